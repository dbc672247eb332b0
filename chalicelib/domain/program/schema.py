"""The JSON Schema of the program document (draft 2020-12), made from the types, for editors.

It tells shapes and words; what hangs together across keys only ``validation.check`` knows.
"""

from typing import cast

import msgspec

from chalicelib.domain.program.defaults import Json
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.fields import FIELDS, OPERATORS, TIER_FIELDS, Field, Kind

_CONDITION = "#/$defs/Condition"
_FILLED_IN = (("Program", ("units", "earn", "rewards", "limits")), ("Unit", ("spendable",)))
"""Keys whose default depends on other keys (``defaults``): described in words."""
_ABOUT = "Every key must hold: fields, or all, any and not of further conditions."
_VALUES: dict[Kind, Json] = {
    Kind.TEXT: {"type": "string"},
    Kind.INTEGER: {"type": "integer"},
    Kind.TIME: {"type": "string"},
    Kind.LIST: {"type": "string"},
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
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Laurel program document",
        **schema,
    }


def _anything(_kind: type) -> Json:
    return {"title": "anything"}


def _point_at_condition(definition: Json) -> None:
    properties = cast("dict[str, Json]", definition["properties"])
    for name in ("lines", "if", "who"):
        if name in properties:
            description = properties[name]["description"]
            properties[name] = {"$ref": _CONDITION, "description": description}


def _condition() -> Json:
    several = {"type": "array", "items": {"$ref": _CONDITION}, "minItems": 1}
    properties: Json = {"all": several, "any": several, "not": {"$ref": _CONDITION}}
    for name, field in FIELDS.items():
        properties[name] = _field(field)
    tier = _field(Field(Kind.TEXT, lambda _subject: None, "Tier held in that group."))
    return {
        "title": "Condition",
        "description": _ABOUT,
        "type": "object",
        "properties": properties,
        "patternProperties": {f"^{TIER_FIELDS.replace('.', '[.]')}[a-z0-9-]+$": tier},
        "additionalProperties": False,
        "minProperties": 1,
    }


def _field(field: Field) -> Json:
    value = _VALUES[field.kind]
    operators: Json = {}
    for operator in OPERATORS[field.kind]:
        is_list = operator in ("in", "nin", "any_of")
        operators[operator] = {"type": "array", "items": value, "minItems": 1} if is_list else value
    operators["exists"] = {"type": "boolean"}
    compared: Json = {
        "type": "object",
        "properties": operators,
        "additionalProperties": False,
        "minProperties": 1,
    }
    if field.kind is Kind.LIST:
        return {**compared, "description": field.description}
    return {"anyOf": [value, compared], "description": field.description}
