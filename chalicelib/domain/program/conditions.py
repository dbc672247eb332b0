"""Conditions as closures: compiled once per version, asked per order.

``{"field": value}`` means ``eq``; all keys of an object must hold; ``all``, ``any`` and ``not``
combine. A missing field makes every operator false except ``ne``, ``nin`` and ``exists: false``.
Only checked conditions come here (``condition_checks``); the closures never raise.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias, cast

from chalicelib.domain.calendar import ends_before, starts_at
from chalicelib.domain.program.fields import (
    NONE_DECLARED,
    Field,
    Kind,
    Read,
    Subject,
    field_named,
)

Test: TypeAlias = Callable[[Subject], bool]
_Make: TypeAlias = Callable[[Read, object], Test]

COMBINERS = ("all", "any", "not")
"""Keys of a condition that are not fields."""


def compile_condition(
    condition: Mapping[str, object], zone: str, declared: Mapping[str, Kind] = NONE_DECLARED
) -> Test:
    """One closure for ``condition``; dates in it are of ``zone``."""
    tests = tuple(_keyed(key, value, zone, declared) for key, value in condition.items())
    return tests[0] if len(tests) == 1 else _every(tests)


def _keyed(key: str, value: object, zone: str, declared: Mapping[str, Kind]) -> Test:
    if key == "not":
        return _negated(compile_condition(cast("Mapping[str, object]", value), zone, declared))
    if key in COMBINERS:
        parts = cast("list[Mapping[str, object]]", value)
        tests = tuple(compile_condition(part, zone, declared) for part in parts)
        return _every(tests) if key == "all" else _some(tests)
    field = field_named(key, declared)
    if field is None:  # unreachable for checked programs; an unknown field is missing
        return _never
    return _compared(field, value, zone)


def _compared(field: Field, value: object, zone: str) -> Test:
    comparisons = value if isinstance(value, dict) else {"eq": value}
    tests = tuple(
        _of_times(field.read, operator, operand, zone)
        if field.kind is Kind.TIME and isinstance(operand, str)
        else _MAKERS[operator](field.read, _operand(operand))
        for operator, operand in comparisons.items()
    )
    return tests[0] if len(tests) == 1 else _every(tests)


def _operand(operand: object) -> object:
    return frozenset(operand) if isinstance(operand, list | tuple) else operand


def _of_times(read: Read, operator: str, text: str, zone: str) -> Test:
    """A bare date is its whole day, as in ``to``: equal is in it, after it is after its end."""
    first, after = starts_at(text, zone), ends_before(text, zone)
    if first == after:
        return _MAKERS[operator](read, first)
    if operator in ("eq", "ne"):
        in_it = _every((_MAKERS["gte"](read, first), _MAKERS["lt"](read, after)))
        return in_it if operator == "eq" else _negated(in_it)
    if operator in ("lte", "gt"):
        return _MAKERS["lt" if operator == "lte" else "gte"](read, after)
    return _MAKERS[operator](read, first)


def _every(tests: tuple[Test, ...]) -> Test:
    return lambda subject: all(test(subject) for test in tests)


def _some(tests: tuple[Test, ...]) -> Test:
    return lambda subject: any(test(subject) for test in tests)


def _negated(test: Test) -> Test:
    return lambda subject: not test(subject)


def _never(_subject: Subject) -> bool:
    return False


def _eq(read: Read, operand: object) -> Test:
    return lambda subject: read(subject) == operand


def _ne(read: Read, operand: object) -> Test:
    return lambda subject: read(subject) != operand


def _in(read: Read, operand: object) -> Test:
    among = cast("frozenset[object]", operand)
    return lambda subject: read(subject) in among


def _nin(read: Read, operand: object) -> Test:
    among = cast("frozenset[object]", operand)
    return lambda subject: read(subject) not in among


def _exists(read: Read, operand: object) -> Test:
    return lambda subject: (read(subject) is not None) is operand


def _ordered(holds: Callable[[int, int], bool]) -> _Make:
    def make(read: Read, operand: object) -> Test:
        bound = cast("int", operand)

        def test(subject: Subject) -> bool:
            value = read(subject)
            return value is not None and holds(cast("int", value), bound)

        return test

    return make


def _has(read: Read, operand: object) -> Test:
    return _any_of(read, frozenset((operand,)))


def _any_of(read: Read, operand: object) -> Test:
    among = cast("frozenset[object]", operand)

    def test(subject: Subject) -> bool:
        # `in` compares and never hashes: what a shop sends may hold anything.
        values = read(subject)
        return isinstance(values, tuple | list) and any(item in values for item in among)

    return test


_MAKERS: Mapping[str, _Make] = {
    "eq": _eq,
    "ne": _ne,
    "in": _in,
    "nin": _nin,
    "exists": _exists,
    "has": _has,
    "any_of": _any_of,
    "gt": _ordered(lambda value, bound: value > bound),
    "gte": _ordered(lambda value, bound: value >= bound),
    "lt": _ordered(lambda value, bound: value < bound),
    "lte": _ordered(lambda value, bound: value <= bound),
}
