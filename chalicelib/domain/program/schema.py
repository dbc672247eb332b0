"""The JSON Schema of the program document (draft 2020-12), made from the types, for editors.

It tells shapes and words; what hangs together across keys only ``validation.check`` knows.
"""

from typing import cast

import msgspec

from chalicelib.domain.program.defaults import Json
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.fields import (
    FIELDS,
    OPERATORS,
    POINTS_FIELDS,
    TIER_FIELDS,
    Field,
    Kind,
)
from chalicelib.domain.program.rule_document import (
    ACTION_PATTERN,
    ACTION_REVOKED,
    TRIGGER_PATTERN,
    TRIGGERS,
)

_CONDITION = "#/$defs/Condition"
_FILLED_IN = (("Program", ("units", "earn", "rewards", "limits")), ("Unit", ("spendable",)))
"""Keys whose default depends on other keys (``defaults``): described in words."""
_WORDS = {
    ("", "id"): "Its name in the books: 1 to 48 of a-z, 0-9 and -. Never reuse or rename one.",
    ("", "name"): "What people call it: a text, or {locale: text}.",
    ("", "text"): "What people read: a text, or {locale: text}.",
    ("", "unit"): "Id of a unit of this program.",
    ("", "calendar"): "Since the day, week, month, quarter or year began.",
    ("", "rolling"): "So long until now, such as P30D.",
    ("", "add"): "How many points.",
    ("", "amount"): "How many points.",
    ("", "kind"): "What sort it is.",
    ("", "scope"): "For whom it counts.",
    ("Rule", "limit"): "How often, or how much, a member can have by it.",
    ("Rule", "give"): "What it gives: one effect or several.",
    ("Tier", "perks"): "Benefits in words.",
    ("Tier", "entry"): "Points or rewards for reaching it.",
    ("Perk", "value"): "For the shop's own programs.",
    ("TierGroup", "unit"): "With `by: points`: which are counted.",
    ("TierGroup", "tiers"): "From the lowest to the highest.",
    ("TierGroup", "window"): "The time over which amounts count: lifetime, or a span.",
    ("Referral", "offers"): "What both sides get, by region.",
    ("Referral", "qualify"): "What the friend has to do.",
    ("Program", "tier_groups"): "Ladders of tiers.",
    ("Condition", "all"): "Each of these must hold.",
    ("Condition", "any"): "One of these must hold.",
    ("Condition", "not"): "This must not hold.",
}
"""Hover texts of keys that say nothing themselves, by (definition or "" for every one, key)."""

_OPERATOR_WORDS = {
    "eq": "Is this.",
    "ne": "Is not this; also where it is missing.",
    "exists": "true: it is there; false: it is missing.",
    "in": "Is one of these.",
    "nin": "Is none of these; also where it is missing.",
    "gt": "Is more (later) than this.",
    "gte": "Is this or more (later).",
    "lt": "Is less (earlier) than this.",
    "lte": "Is this or less (earlier).",
    "has": "This is among them.",
    "any_of": "At least one of these is among them.",
}
_OF_ACTIONS = "Any action of the shop's own: action.<name>, such as action.review.approved."
_DECLARED = "^(order|line|action|facts)[.][a-z][a-z0-9_]*$"
_ABOUT = "Every key must hold: fields, or all, any and not of further conditions."
_VALUES: dict[Kind, Json] = {
    Kind.TEXT: {"type": "string"},
    Kind.INTEGER: {"type": "integer"},
    Kind.TIME: {"type": "string"},
    Kind.LIST: {"type": "string"},
    Kind.PRODUCTS: {"type": "string"},
    Kind.FLAG: {"type": "boolean"},
}


def program_schema() -> Json:
    """The schema as JSON-ready values."""
    schema: Json = msgspec.json.schema(Program, schema_hook=_anything)
    definitions = cast("dict[str, Json]", schema["$defs"])
    for definition in definitions.values():
        _point_at_condition(definition)
    for name, keys in _FILLED_IN:
        for key in keys:
            cast("dict[str, Json]", definitions[name]["properties"])[key].pop("default")
    definitions["Condition"] = _condition()
    for name, definition in definitions.items():
        _describe(name, definition, definitions)
        _offer_triggers(cast("Json", definition.get("properties", {})).get("on"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Laurel program document",
        **schema,
    }


def _describe(name: str, definition: Json, definitions: dict[str, Json]) -> None:
    """Give every key of ``definition`` the words that an editor shows over it.

    A key without words of its own has those of the table, else of the thing that it holds.
    """
    for key, described in cast("dict[str, Json]", definition.get("properties", {})).items():
        if not described.get("description"):
            held = definitions.get(str(described.get("$ref", "")).removeprefix("#/$defs/"), {})
            words = _WORDS.get((name, key)) or _WORDS.get(("", key))
            described["description"] = words or held["description"]


def _offer_triggers(described: object) -> None:
    """Make of the pattern of a trigger one choice of names, which editors offer, and actions."""
    if not isinstance(described, dict):
        return
    for node in (described, *described.get("anyOf", ())):
        if node.get("pattern") == TRIGGER_PATTERN:
            del node["pattern"], node["type"]
            node["anyOf"] = [
                {"enum": [*TRIGGERS, ACTION_REVOKED]},
                {"type": "string", "pattern": ACTION_PATTERN, "description": _OF_ACTIONS},
            ]
            return


def _anything(_kind: type) -> Json:
    return {"title": "anything"}


def _point_at_condition(definition: Json) -> None:
    properties = cast("dict[str, Json]", definition["properties"])
    for name in ("lines", "if", "who"):
        if name in properties:
            description = properties[name]["description"]
            properties[name] = {"$ref": _CONDITION, "description": description}
    if "segments" in properties:
        properties["segments"]["additionalProperties"] = {"$ref": _CONDITION}


def _condition() -> Json:
    several = {"type": "array", "items": {"$ref": _CONDITION}, "minItems": 1}
    properties: Json = {"all": several, "any": several, "not": {"$ref": _CONDITION}}
    for name, field in FIELDS.items():
        properties[name] = _field(field)
    tier = _field(Field(Kind.TEXT, lambda _subject: None, "Tier held in that group."))
    points = _field(Field(Kind.INTEGER, lambda _subject: None, "Points available of that unit."))
    return {
        "title": "Condition",
        "description": _ABOUT,
        "type": "object",
        "properties": properties,
        "patternProperties": {
            f"^{TIER_FIELDS.replace('.', '[.]')}[a-z0-9-]+$": tier,
            f"^{POINTS_FIELDS.replace('.', '[.]')}[a-z0-9-]+$": points,
            _DECLARED: {"description": "A field that the document declares."},
        },
        "additionalProperties": False,
        "minProperties": 1,
    }


def _field(field: Field) -> Json:
    value = _VALUES[field.kind]
    operators: Json = {}
    for operator in OPERATORS[field.kind]:
        is_list = operator in ("in", "nin", "any_of")
        asked: Json = {"type": "array", "items": value, "minItems": 1} if is_list else value
        asked = {"type": "boolean"} if operator == "exists" else asked
        operators[operator] = {**asked, "description": _OPERATOR_WORDS[operator]}
    compared: Json = {
        "type": "object",
        "properties": operators,
        "additionalProperties": False,
        "minProperties": 1,
    }
    if field.kind in (Kind.LIST, Kind.PRODUCTS):
        return {**compared, "description": field.description}
    return {"anyOf": [value, compared], "description": field.description}
