"""What the account remembers of a member's buying, and what conditions may ask of it.

Orders and their money are counted by calendar month of the payment, for the current month and the
eleven before; older months are forgotten. A refund takes from the month of its order, so a month is
what is left of its orders. When a member last bought is never taken back: they were here.
"""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.calendar import (
    Step,
    Window,
    bucket_name,
    local_date,
    window_ordinal,
)
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.limits import HABIT_MONTHS
from chalicelib.domain.lots import balance
from chalicelib.domain.member import Account, MemberFacts
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.fields import Subject
from chalicelib.domain.program.plan import CompiledProgram

_MONTH = Window(Step.MONTH)


def bought(
    account: Account, before: OrderDocument, after: OrderDocument, zone: str
) -> dict[str, object]:
    """What changes in ``account`` where an order became ``after``; nothing where it counts same."""
    orders = int(after.counted) - int(before.counted)
    minor = after.bought - before.bought
    changes: dict[str, object] = {}
    if after.counted and after.earned_at > account.last_order_at:
        changes["last_order_at"] = after.earned_at
    if orders or minor:
        name = bucket_name(Step.MONTH, window_ordinal(_MONTH, after.earned_at, zone))
        held = account.months.get(name, (0, 0))
        made = (max(0, held[0] + orders), max(0, held[1] + minor))
        changes["months"] = _kept({**account.months, name: made})
    return changes


def joined_months(
    one: Mapping[str, tuple[int, int]], other: Mapping[str, tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """The months of two accounts that are one member's."""
    return _kept(
        {
            name: (
                one.get(name, (0, 0))[0] + other.get(name, (0, 0))[0],
                one.get(name, (0, 0))[1] + other.get(name, (0, 0))[1],
            )
            for name in {**one, **other}
        }
    )


def with_habits(
    facts: MemberFacts, account: Account, program: CompiledProgram, at: Instant
) -> MemberFacts:
    """``facts`` with what the account tells of habits at ``at``, and the segments that hold then.

    Only where the program asks for any of it: what nobody asks is not kept with an award.
    """
    if not program.asks_habits:
        return facts
    orders, minor = _last_year(account, at, program.zone)
    last = account.last_order_at
    known = msgspec.structs.replace(
        facts,
        last_order_at=last,
        days_since_order=max(0, at - last) // DAY_MS if last else None,
        orders_12m=orders,
        spend_12m=minor,
        in_birth_month=_is_birth_month(facts, at, program.zone),
        points={
            unit: balance(state, at).available for unit, state in sorted(account.units.items())
        },
    )
    subject = Subject({}, known)
    held = tuple(name for name, test in program.segments.items() if test(subject))
    return msgspec.structs.replace(known, segments=held)


def _is_birth_month(facts: MemberFacts, at: Instant, zone: str) -> bool | None:
    return local_date(at, zone).month == facts.birth_month if facts.birth_month else None


def _last_year(account: Account, at: Instant, zone: str) -> tuple[int, int]:
    here = window_ordinal(_MONTH, at, zone)
    names = {bucket_name(Step.MONTH, here - back) for back in range(HABIT_MONTHS)}
    found = [month for name, month in account.months.items() if name in names]
    return sum(orders for orders, _ in found), sum(minor for _, minor in found)


def _kept(months: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """The newest months; names sort as time does."""
    names = sorted(name for name, month in months.items() if any(month))
    return {name: months[name] for name in names[-HABIT_MONTHS:]}
