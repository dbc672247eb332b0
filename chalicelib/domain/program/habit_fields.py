"""Which fields ask what an account remembers of buying: they are read only where one is asked.

Of products an account remembers those alone that some condition names: the list of them is bounded,
and is read off the conditions.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from chalicelib.domain.program.conditions import COMBINERS
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.every_rule import every_rule
from chalicelib.domain.program.fields import BOUGHT, BOUGHT_FIELDS, POINTS_FIELDS, YEAR
from chalicelib.domain.program.occasion import OccasionLine

_DIGITS = 10
_SEGMENTS = "member.segments"

HABITS = frozenset(
    {
        "member.last_order_at",
        "member.days_since_order",
        "member.orders_12m",
        "member.spend_12m",
        "member.birth_month",
        "member.in_birth_month",
        _SEGMENTS,
    }
)
"""Fields that nobody fills in unless a program asks for one of them."""

_FAMILIES = (POINTS_FIELDS, BOUGHT_FIELDS)


class Recalls(msgspec.Struct, frozen=True):
    """The products that conditions ask for, and by which keys accounts count them."""

    digest: str = ""  # of all of it; "": none is asked for
    asked: Mapping[str, tuple[tuple[str, str], ...]] = {}  # by field: (value, its key)
    keys: Mapping[tuple[str, str], str] = {}  # (what of a line, value) → key
    dated: frozenset[str] = frozenset()  # keys of which some condition asks for the last year

    @property
    def known(self) -> frozenset[str]:
        """Every key."""
        return frozenset(self.keys.values())

    def keys_of(self, lines: Iterable[OccasionLine]) -> frozenset[str]:
        """Keys of what is left in ``lines``; gift cards and lines of nothing are no products."""
        bought = (line for line in lines if line.net > 0 and not line.gift_card)
        told = (part for line in bought for part in _parts(line))
        return frozenset(self.keys[part] for part in told if part in self.keys)


NOTHING_RECALLED = Recalls()


def recalls_of(program: Program) -> Recalls:
    """What accounts are to remember for the conditions of the program."""
    named: dict[str, set[str]] = {}
    for condition in (*_conditions(program), *program.segments.values()):
        for field, value in bought_values(condition):
            named.setdefault(field, set()).add(value)
    if not named:
        return NOTHING_RECALLED
    asked = {
        field: tuple((value, bought_key(field, value)) for value in sorted(named[field]))
        for field in sorted(named)
    }
    keys = {
        (what_is_asked(field), value): key for field, row in asked.items() for value, key in row
    }
    lately = (row for field, row in asked.items() if field.endswith(YEAR))
    dated = frozenset(key for row in lately for _, key in row)
    told = (
        program.timezone,
        *sorted({*keys.values()}),
        YEAR,
        *sorted(dated),
    )  # months are a zone's
    return Recalls(_digest("\0".join(told)), asked, keys, dated)


def bought_values(condition: object) -> Iterator[tuple[str, str]]:
    """Every (field, value) of products that ``condition`` asks for, whatever is wrong with it."""
    if isinstance(condition, list | tuple):
        for part in condition:
            yield from bought_values(part)
    if not isinstance(condition, dict):
        return
    for name, asked in condition.items():
        if not str(name).startswith(BOUGHT_FIELDS):
            yield from bought_values(asked)
        elif isinstance(asked, dict):
            field, several = str(name).removeprefix(BOUGHT_FIELDS), asked.get("any_of")
            listed = several if isinstance(several, list | tuple) else ()
            values = (asked.get("has"), *listed)
            yield from ((field, value) for value in values if isinstance(value, str))


def asked_fields(
    conditions: Iterable[object], segments: Mapping[str, object]
) -> dict[str, frozenset[int]]:
    """Every field that ``conditions`` ask for, also through segments, with the numbers beside it.

    Whatever is wrong with them.
    """
    found: dict[str, frozenset[int]] = {}
    told = [each for condition in conditions for each in _asked(condition)]
    if any(field == _SEGMENTS for field, _ in told):
        told += [each for condition in segments.values() for each in _asked(condition)]
    for field, numbers in told:
        found[field] = found.get(field, frozenset()) | numbers
    return found


def _asked(condition: object) -> Iterator[tuple[str, frozenset[int]]]:
    if isinstance(condition, list | tuple):
        for part in condition:
            yield from _asked(part)
    if not isinstance(condition, dict):
        return
    for name, asked in condition.items():
        if name in COMBINERS:
            yield from _asked(asked)
        else:
            yield str(name), frozenset(_numbers(asked))


def _numbers(operand: object) -> Iterator[int]:
    if isinstance(operand, dict):
        operand = tuple(operand.values())
    if isinstance(operand, list | tuple):
        for part in operand:
            yield from _numbers(part)
    elif isinstance(operand, int) and not isinstance(operand, bool):
        yield operand


def what_is_asked(field: str) -> str:
    """What of a line the field asks, however far back."""
    name = field.removesuffix(YEAR)
    return BOUGHT[name][0] if name in BOUGHT else name


def bought_key(field: str, value: str) -> str:
    """The key by which an account counts orders that hold ``value``."""
    return _digest(f"{what_is_asked(field)}\0{value}")


def asks_habits(program: Program) -> bool:
    """Whether any condition of the program asks about habits, or a segment may."""
    return bool(program.segments) or any(_asks(condition) for condition in _conditions(program))


def _conditions(program: Program) -> Iterator[object]:
    for rule in every_rule(program):
        yield rule.if_
        yield rule.lines
    for reward in program.rewards:
        yield reward.who
    for group in program.tier_groups:
        yield from (tier.if_ for tier in group.tiers)
    for challenge in program.challenges:
        yield challenge.if_
        yield challenge.lines
        yield from (step.if_ for step in challenge.steps)
    if program.referral is not None:
        yield program.referral.qualify.if_


def _asks(condition: object) -> bool:
    if isinstance(condition, dict):
        names = (str(key) for key in condition)
        is_asked = any(name in HABITS or name.startswith(_FAMILIES) for name in names)
        return is_asked or any(_asks(part) for part in condition.values())
    if isinstance(condition, list | tuple):
        return any(_asks(part) for part in condition)
    return False


def _parts(line: OccasionLine) -> Iterator[tuple[str, str]]:
    yield "sku", line.sku
    yield "product_id", line.product_id
    yield from (("tags", tag) for tag in line.tags)


def _digest(told: str) -> str:
    return hashlib.sha256(told.encode()).hexdigest()[:_DIGITS]
