"""Whether a condition can ever hold, as far as that can be told from its words alone.

What must hold together is narrowed field by field: to values that are named, to a range, to being
there or missing. Of ``any`` each branch is tried with all that must hold beside it. Whatever is
not understood (``not``, lists, texts that are excluded) narrows nothing: a condition that is
called impossible is, one that is not may still be.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, NamedTuple

import msgspec

from chalicelib.domain.calendar import ends_before, local_date, starts_at
from chalicelib.domain.program.fields import FIELDS, Kind
from chalicelib.domain.program.hours import WEEKDAYS
from chalicelib.domain.program.rule_document import Rule

_FAR: Final = 10**18
_EARNING: Final = (1, _FAR)
_BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "line.net": _EARNING,
    "order.net_total": _EARNING,
    "order.line_count": _EARNING,
    "member.birth_month": (1, 12),
}
"""Numbers that fields have where a rule gives: lines and orders of net 0 match nothing."""

_DAYS_A_WEEK: Final = 7


class _Asked(NamedTuple):
    """One comparison."""

    field: str
    operator: str
    operand: object


class _Left(msgspec.Struct, frozen=True):
    """What comparisons leave of one field."""

    low: int = -_FAR
    high: int = _FAR
    named: frozenset[object] | None = None  # None: any value
    barred: frozenset[object] = frozenset()
    there: bool | None = None  # None: there or missing

    def is_nothing(self) -> bool:
        """Whether no value is left."""
        left = None if self.named is None else self.named - self.barred
        if left is not None:
            left = frozenset(each for each in left if self._is_within(each))
        return self.low > self.high or left == frozenset()

    def _is_within(self, value: object) -> bool:
        if isinstance(value, int) and not isinstance(value, bool):
            return self.low <= value <= self.high
        return True


def is_impossible(condition: Mapping[str, object], zone: str) -> bool:
    """Whether ``condition`` can hold for nothing that earns."""
    asked, choices = _required(condition)
    if _contradict(asked, zone):
        return True
    return any(all(_is_barred(asked, branch, zone) for branch in branches) for branches in choices)


def has_no_day(rule: Rule, zone: str) -> bool:
    """Whether no day from ``from`` to ``to`` is one of the weekdays of ``when``."""
    if rule.when is None or not rule.when.weekdays or rule.from_ is None or rule.to is None:
        return False
    first = local_date(starts_at(rule.from_, zone), zone)
    last = local_date(ends_before(rule.to, zone) - 1, zone)
    days = min((last - first).days, _DAYS_A_WEEK) + 1
    met = {WEEKDAYS[(first + timedelta(days=each)).weekday()] for each in range(days)}
    return not met & {str(each) for each in rule.when.weekdays}


def _is_barred(asked: list[_Asked], branch: Mapping[str, object], zone: str) -> bool:
    """Whether a branch of ``any`` can't hold beside what is asked anyway."""
    more, _ = _required(branch)
    return is_impossible(branch, zone) or _contradict([*asked, *more], zone)


def _required(
    condition: Mapping[str, object],
) -> tuple[list[_Asked], list[list[Mapping[str, object]]]]:
    """Every comparison that must hold, however deep in ``all``, and the lists of ``any``."""
    asked: list[_Asked] = []
    choices: list[list[Mapping[str, object]]] = []
    for key, value in condition.items():
        if key == "all" and isinstance(value, list):
            for part in value:
                deeper, further = _required(part)
                asked += deeper
                choices += further
        elif key == "any" and isinstance(value, list):
            choices.append(value)
        elif "." in key:
            said = value if isinstance(value, dict) else {"eq": value}
            asked += [_Asked(key, operator, operand) for operator, operand in said.items()]
    return asked, choices


def _contradict(asked: list[_Asked], zone: str) -> bool:
    left: dict[str, _Left] = {}
    for each in asked:
        known = left.get(each.field) or _Left(*_BOUNDS.get(each.field, (-_FAR, _FAR)))
        narrower = _narrowed(known, each, zone)
        if narrower is None or narrower.is_nothing():
            return True
        left[each.field] = narrower
    return False


def _narrowed(known: _Left, asked: _Asked, zone: str) -> _Left | None:
    """``known`` where ``asked`` holds, too; None: it can't, because the field would be missing."""
    operator, operand = asked.operator, asked.operand
    if operator in ("ne", "nin"):
        return msgspec.structs.replace(known, barred=known.barred | _values(operand))
    there = operand if operator == "exists" else True
    if known.there is not None and known.there is not there:
        return None
    known = msgspec.structs.replace(known, there=bool(there))
    low, high = _range(asked, zone)
    known = msgspec.structs.replace(known, low=max(known.low, low), high=min(known.high, high))
    if operator in ("eq", "in") and not _is_time(asked.field):
        named = _values(operand)
        named = named if known.named is None else known.named & named
        known = msgspec.structs.replace(known, named=named)
    return known


def _values(operand: object) -> frozenset[object]:
    return frozenset(operand) if isinstance(operand, list | tuple) else frozenset((operand,))


def _range(asked: _Asked, zone: str) -> tuple[int, int]:
    """The numbers that a comparison leaves, from and to; of a day all of it."""
    _, operator, operand = asked
    if isinstance(operand, str) and _is_time(asked.field):
        first, last = starts_at(operand, zone), ends_before(operand, zone)
        last = starts_at(operand, zone) if operator == "lt" else last
    elif isinstance(operand, int) and not isinstance(operand, bool):
        first = operand + 1 if operator == "gt" else operand
        last = operand - 1 if operator == "lt" else operand
    else:
        return -_FAR, _FAR
    low = first if operator in ("eq", "gte", "gt") else -_FAR
    high = last if operator in ("eq", "lte", "lt") else _FAR
    return low, high


def _is_time(name: str) -> bool:
    return name in FIELDS and FIELDS[name].kind is Kind.TIME
