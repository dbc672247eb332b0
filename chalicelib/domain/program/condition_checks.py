"""Checks of fields and conditions.

Declared fields hide none of the table; conditions ask about known ones, with operators and values
that fit, in bounded depth and size.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.limits import (
    CONDITION_DEPTH_MAX,
    CONDITION_NODES_MAX,
    MONEY_MINOR_MAX,
    TEXT_LENGTH_MAX,
)
from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.conditions import COMBINERS
from chalicelib.domain.program.fields import (
    DECLARABLE,
    ENTERED_FIELDS,
    FIELDS,
    OPERATORS,
    POINTS_FIELDS,
    TIER_FIELDS,
    Field,
    Kind,
    field_named,
)
from chalicelib.domain.program.findings import Findings, Node, below
from chalicelib.domain.program.scalars import is_time
from chalicelib.domain.program.shape import is_storable

SEGMENTS_FIELD = "member.segments"
_LISTED = ("in", "nin", "any_of")
_DECLARED = ("order", "line", "action")


def declared_in(document: Node) -> Mapping[str, Kind]:
    """Kinds of the fields that a document declares, as far as they can be read."""
    attributes = document.child("attributes")
    spaces = [(space, attributes.child(space)) for space in _DECLARED]
    return {
        f"{space}.{name}": DECLARABLE[kind]
        for space, names in (*spaces, ("facts", document.child("facts")))
        for name, kind in names.value.items()
        if isinstance(kind, str) and kind in DECLARABLE
    }


def check_fields(checking: Checking) -> None:
    """Report declarations of what there is already."""
    attributes = checking.document.child("attributes")
    for space in _DECLARED:
        names = attributes.child(space)
        for name in names.value:
            if f"{space}.{name}" in FIELDS:
                checking.findings.error(
                    names.at(name), "field_taken", "There is a field of this name: choose another."
                )


@dataclass(slots=True)
class _Walk:
    """One condition under way."""

    findings: Findings
    groups: Mapping[str, frozenset[str]]
    namespaces: tuple[str, ...]
    declared: Mapping[str, Kind]
    units: frozenset[str]
    segments: frozenset[str]
    partners: frozenset[str]
    nodes: int = 0


def check_condition(checking: Checking, node: Node, key: str, namespaces: tuple[str, ...]) -> None:
    """Report what is wrong with the condition under ``key``, which may ask ``namespaces``."""
    segments = frozenset(checking.document.child("segments").value)
    partners = frozenset(each.text("id") for each in checking.document.items("partners"))
    known = (checking.declared, frozenset(checking.units), segments, partners)
    walk = _Walk(checking.findings, checking.groups, namespaces, *known)
    _check(walk, node.value[key], node.at(key), 1)
    if walk.nodes > CONDITION_NODES_MAX:
        checking.findings.error(
            node.at(key),
            "condition_too_big",
            f"Use at most {CONDITION_NODES_MAX} keys in one condition.",
        )


def _check(walk: _Walk, condition: object, path: str, depth: int) -> None:
    if not isinstance(condition, dict):
        if depth > 1:  # the outermost was reported by its shape
            walk.findings.error(path, "type_wrong", "Write a condition here: an object.")
        return
    if not condition:
        walk.findings.error(path, "condition_empty", "Add a key, or remove the condition.")
    if depth > CONDITION_DEPTH_MAX:
        walk.findings.error(
            path, "condition_too_deep", f"Nest at most {CONDITION_DEPTH_MAX} conditions."
        )
        return
    for key, value in condition.items():
        walk.nodes += 1
        here = below(path, str(key))
        if key == "not":
            _check(walk, value, here, depth + 1)
        elif key in COMBINERS:
            _check_list(walk, value, here, depth)
        else:
            _check_field(walk, str(key), value, here)


def _check_list(walk: _Walk, conditions: object, path: str, depth: int) -> None:
    if not isinstance(conditions, list | tuple) or not conditions:
        walk.findings.error(path, "condition_empty", "Write a list of one or more conditions.")
        return
    for place, condition in enumerate(conditions):
        _check(walk, condition, f"{path}[{place}]", depth + 1)


def _check_field(walk: _Walk, name: str, value: object, path: str) -> None:
    namespace = name.partition(".")[0]
    field = field_named(name, walk.declared)
    group = name.removeprefix(TIER_FIELDS).removeprefix(ENTERED_FIELDS)
    asks_tiers = name.startswith((TIER_FIELDS, ENTERED_FIELDS))
    unit = name.removeprefix(POINTS_FIELDS)
    is_unknown_unit = name.startswith(POINTS_FIELDS) and unit not in walk.units
    is_unknown_group = asks_tiers and group not in walk.groups
    if field is None or is_unknown_group or is_unknown_unit:
        table = (*FIELDS, *walk.declared)
        known = ", ".join(known for known in table if known.startswith(walk.namespaces))
        walk.findings.error(path, "field_unknown", f"Ask about one of: {known}.")
    elif namespace not in walk.namespaces:
        places = ", ".join(walk.namespaces)
        walk.findings.error(path, "field_not_here", f"Only these can be asked here: {places}.")
    else:
        tiers = walk.groups.get(group) if asks_tiers else None
        _check_comparisons(walk.findings, (field, tiers), value, path)
        if name == SEGMENTS_FIELD:
            _check_segments(walk, value, path)
        if name == "order.partner":
            _check_partners(walk, value, path)


def _check_partners(walk: _Walk, value: object, path: str) -> None:
    """A partner that is asked for must be there."""
    told = value.values() if isinstance(value, dict) else (value,)
    named = [each for part in told for each in (part, *_items(part)) if isinstance(each, str)]
    if not walk.partners.issuperset(named):
        known = ", ".join(sorted(walk.partners)) or "there is none yet"
        walk.findings.error(path, "partner_unknown", f"Name a partner of this program: {known}.")


def _check_segments(walk: _Walk, value: object, path: str) -> None:
    """A segment that is asked for must be there."""
    asked = value if isinstance(value, dict) else {}
    named = [asked.get("has"), *_items(asked.get("any_of"))]
    for segment in (name for name in named if isinstance(name, str)):
        if segment not in walk.segments:
            known = ", ".join(sorted(walk.segments)) or "there is none yet"
            walk.findings.error(path, "segment_unknown", f"Name a segment: {known}.")


def _check_comparisons(
    findings: Findings, asked: tuple[Field, frozenset[str] | None], value: object, path: str
) -> None:
    field, tiers = asked
    if isinstance(value, dict) and not value:
        findings.error(path, "condition_empty", "Add an operator, or write the value itself.")
    comparisons = value if isinstance(value, dict) else {"eq": value}
    for operator, operand in comparisons.items():
        here = below(path, str(operator)) if isinstance(value, dict) else path
        if operator not in OPERATORS[field.kind]:
            fitting = ", ".join(OPERATORS[field.kind])
            detail = f"For a field of kind {field.kind}, use one of: {fitting}."
            findings.error(here, "operator_wrong", detail)
        elif not _fits(field.kind, str(operator), operand):
            wanted = _wanted(field.kind, str(operator))
            findings.error(here, "operand_wrong", f"Write {wanted} here.")
        elif tiers is not None and not _is_tier(operand, tiers):
            known = ", ".join(sorted(tiers))
            findings.error(here, "tier_unknown", f"Name a tier of the group: {known}.")


def _is_tier(operand: object, tiers: frozenset[str]) -> bool:
    named = operand if isinstance(operand, list | tuple) else (operand,)
    return isinstance(operand, bool) or all(tier in tiers for tier in named)


def _fits(kind: Kind, operator: str, operand: object) -> bool:
    if operator == "exists":
        return isinstance(operand, bool)
    if operator in _LISTED:
        is_list = isinstance(operand, list | tuple) and 0 < len(operand) <= CONDITION_NODES_MAX
        return is_list and all(_is_value(kind, item) for item in _items(operand))
    return _is_value(kind, operand)


def _items(operand: object) -> tuple[object, ...]:
    return tuple(operand) if isinstance(operand, list | tuple) else ()


def _is_value(kind: Kind, value: object) -> bool:
    if kind is Kind.INTEGER:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return is_whole and isinstance(value, int) and abs(value) <= MONEY_MINOR_MAX
    if kind is Kind.FLAG:
        return isinstance(value, bool)
    if not isinstance(value, str):
        return False
    if kind is Kind.TIME:
        return is_time(value)
    return 0 < len(value) <= TEXT_LENGTH_MAX and is_storable(value)


def _wanted(kind: Kind, operator: str) -> str:
    if operator == "exists" or kind is Kind.FLAG:
        return "true or false"
    one = {
        Kind.INTEGER: "whole number",
        Kind.TIME: "date such as 2026-11-21",
        Kind.TEXT: "text",
        Kind.LIST: "text",
        Kind.PRODUCTS: "text",
    }[kind]
    return (
        f"a list of 1 to {CONDITION_NODES_MAX}, each a {one}" if operator in _LISTED else f"a {one}"
    )
