"""Which fields ask what an account remembers of buying: they are read only where one is asked."""

from collections.abc import Iterator

from chalicelib.domain.program.document import Program
from chalicelib.domain.program.every_rule import every_rule
from chalicelib.domain.program.fields import POINTS_FIELDS

HABITS = frozenset(
    {
        "member.last_order_at",
        "member.days_since_order",
        "member.orders_12m",
        "member.spend_12m",
        "member.birth_month",
        "member.in_birth_month",
        "member.segments",
    }
)
"""Fields that nobody fills in unless a program asks for one of them."""


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
        is_asked = any(name in HABITS or name.startswith(POINTS_FIELDS) for name in names)
        return is_asked or any(_asks(part) for part in condition.values())
    if isinstance(condition, list | tuple):
        return any(_asks(part) for part in condition)
    return False
