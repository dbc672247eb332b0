"""When an account has something to lapse, return, claim, pay out, judge, celebrate or warn of.

The order of the sweep.

The date that is kept is a lower bound: commits only lower it, so most of them leave the index
alone; the sweep, which looks at an account when the bound has come, raises it to the truth.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from msgspec.structs import replace

from chalicelib.domain.calendar import (
    FOREVER,
    Step,
    Window,
    bucket_ordinal,
    bucket_start,
    local_date,
    window_end,
    window_ordinal,
)
from chalicelib.domain.entering import changes
from chalicelib.domain.idleness import lapses_at
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.limits import HABIT_MONTHS
from chalicelib.domain.lots import balance, released
from chalicelib.domain.member import Account, MemberFacts, UnitState
from chalicelib.domain.passing import seen
from chalicelib.domain.program.fields import BOUGHT_FIELDS, POINTS_FIELDS, TIER_FIELDS, YEAR
from chalicelib.domain.program.idle import Idleness
from chalicelib.domain.program.plan import CompiledGroup

_MONTH = Window(Step.MONTH)
_YEAR_MONTHS = 12
_KEPT: Mapping[str, str] = {
    "member.joined_at": "joined_at",
    "member.order_count": "order_count",
    "member.last_order_at": "last_order_at",
    "member.days_since_order": "last_order_at",
    "member.orders_12m": "months",
    "member.spend_12m": "months",
    "member.memberships": "memberships",
}
"""Where an account keeps what a field asks."""


def due_date(account: Account, idle: Mapping[str, Idleness]) -> Instant:
    """When something is first to be done for the account as things stand; 0: nothing ever is."""
    dates = [_unit_due(state, idle.get(unit)) for unit, state in account.units.items()]
    dates += [account.claim_at, account.settle_at, account.anniversary_at, _owed_at(account)]
    dates += [*account.judge_at.values(), next_warning(account, idle)]
    return min((date for date in dates if date), default=0)


def judged_soon(
    account: Account, before: Account | None, groups: Iterable[CompiledGroup], now: Instant
) -> Account:
    """``account`` with the times at which those of ``groups`` are judged that it is new to.

    New is whatever their conditions ask that is unlike ``before``; None: there was no account.
    """
    if account.pool is not None or account.merged_into or account.erased_at:
        return account
    known = before or Account(revision=0)
    times = {
        group.id: judging_time(group, now)
        for group in groups
        if any(_part(account, field) != _part(known, field) for field in group.asks)
    }
    return replace(account, judge_at=sooner(account.judge_at, times)) if times else account


def judging_time(group: CompiledGroup, at: Instant) -> Instant:
    """When a standing is judged that something changed at ``at``: then, or as the window ends."""
    return window_end(group.judged, at, group.zone) if group.judged else at


def sooner(one: Mapping[str, Instant], other: Mapping[str, Instant]) -> dict[str, Instant]:
    """By tier group, the sooner of both times."""
    return {
        group: min(each[group] for each in (one, other) if group in each)
        for group in {**one, **other}
    }


def next_judging(
    account: Account,
    group: CompiledGroup,
    groups: Mapping[str, CompiledGroup],
    told: tuple[MemberFacts, Instant],
) -> Instant:
    """When time alone may next change what the conditions of ``group`` say; 0: it can't.

    ``told``: what is known of the person, and now.
    """
    facts, now = told
    if account.pool is not None or account.merged_into or account.erased_at:
        return 0
    dates = chain.from_iterable(
        _dates(account, (field, numbers), groups, told) for field, numbers in group.asks.items()
    )
    if "member.in_birth_month" in group.asks:
        dates = chain(dates, _birth_dates(facts.birth_month, now, group.zone))
    if any(field.endswith(YEAR) for field in group.asks):
        dates = chain(dates, _year_dates(account, group.zone))
    at = min((date for date in dates if now < date < FOREVER), default=0)
    return judging_time(group, at - 1) if at and group.judged else at


def _part(account: Account, field: str) -> object:
    """What of ``account`` the field asks; None: it asks of the person."""
    if field.startswith(POINTS_FIELDS):
        return account.units.get(field.removeprefix(POINTS_FIELDS))
    if field.startswith(TIER_FIELDS):
        return account.standings.get(field.removeprefix(TIER_FIELDS))
    if field.startswith(BOUGHT_FIELDS):
        return account.products
    return getattr(account, _KEPT[field]) if field in _KEPT else None


def _dates(
    account: Account,
    asked: tuple[str, frozenset[int]],
    groups: Mapping[str, CompiledGroup],
    told: tuple[MemberFacts, Instant],
) -> Iterator[Instant]:
    """Instants at which time alone changes what one field of an account says."""
    field, numbers = asked
    if field == "member.days_since_order" and account.last_order_at:
        days = {each + more for each in numbers for more in (0, 1)}  # it begins, and is over
        yield from (account.last_order_at + each * DAY_MS for each in days)
    if field == "member.memberships":
        for terms in account.memberships.values():
            yield from (at for term in terms.values() for at in (term.starts_at, term.ends_at))
    if field.startswith(POINTS_FIELDS):
        state = account.units.get(field.removeprefix(POINTS_FIELDS), UnitState())
        yield from (lot.available_at for lot in released(state, FOREVER).lots)
        yield from (held.expires_at for held in state.holds.values())
    if field.startswith(TIER_FIELDS) and field.removeprefix(TIER_FIELDS) in groups:
        yield from changes(account, (groups[field.removeprefix(TIER_FIELDS)],), told[1])


def _birth_dates(month: int, now: Instant, zone: str) -> Iterator[Instant]:
    """Where the month of the birthday begins and ends, within a year."""
    here = window_ordinal(_MONTH, now, zone)
    starts = (bucket_start(Step.MONTH, here + each, zone) for each in range(1, _YEAR_MONTHS + 1))
    asked = (month, month % _YEAR_MONTHS + 1) if month else ()
    return (at for at in starts if local_date(at, zone).month in asked)


def _year_dates(account: Account, zone: str) -> Iterator[Instant]:
    """When the months that something was bought in are no longer of the last twelve."""
    for name in {*account.months, *chain.from_iterable(account.products.values())}:
        ordinal = bucket_ordinal(Step.MONTH, name)
        if ordinal is not None:
            yield bucket_start(Step.MONTH, ordinal + HABIT_MONTHS, zone)


def next_warning(account: Account, idle: Mapping[str, Idleness]) -> Instant:
    """When a member is next to be told of points that lapse; 0: never. Pools are told nothing."""
    if account.pool is not None or account.merged_into or account.erased_at:
        return 0
    return min((at for at in _warnings(account, idle) if at > account.warned_at), default=0)


def _warnings(account: Account, idle: Mapping[str, Idleness]) -> Iterator[Instant]:
    for unit, state in account.units.items():
        idleness = idle.get(unit)
        if idleness is not None and idleness.warn is not None:
            for date in _lapse_dates(released(state, FOREVER), idleness):
                yield from (at for at, _ in idleness.warn.times(date))


def lapsing(
    account: Account, idle: Mapping[str, Idleness], now: Instant
) -> dict[tuple[str, Instant], int]:
    """What lapses after ``now`` if nothing more happens: points by unit and date."""
    found: dict[tuple[str, Instant], int] = {}
    for unit, state in seen(account, idle, now).units.items():
        for lot in released(state, now).lots:
            if lot.remaining and lot.expires_at is not None and lot.expires_at > now:
                place = unit, lot.expires_at
                found[place] = found.get(place, 0) + lot.remaining
    return found


def settle_date(account: Account, auto: Mapping[str, int], now: Instant) -> Instant:
    """When something promised, or redeemed by itself, is to be settled at the latest; 0: nothing.

    ``auto`` is the least cost by unit. Who owes points may have to give such a reward back.
    """
    dates = [min(account.settle_at or now, now)] if account.promises else []
    for unit, cost in auto.items() if account.pool is None else ():
        date = _reached(account.units.get(unit, UnitState()), cost, now)
        is_owed = account.units.get(unit, UnitState()).deficit and account.open_redemptions
        dates += [now if is_owed else date]
    return min((date for date in dates if date), default=0)


def _reached(state: UnitState, cost: int, now: Instant) -> Instant:
    """When ``cost`` points can be spent, if nothing happens; 0: never."""
    there = balance(state, now).available
    if there >= cost:
        return now
    waiting = sorted((lot.available_at, lot.remaining) for lot in state.lots)
    for at, points in waiting:
        there += points if at > now else 0
        if at > now and there >= cost:
            return at
    return 0


def lowered(before: Instant, date: Instant) -> Instant:
    """The bound after a commit that found ``date``; 0 is none."""
    return min(before, date) if before and date else before or date


def _owed_at(account: Account) -> Instant:
    """When a pool that is over has points for those who shared it: once they can be spent."""
    if account.pool is None or not account.pool.dissolved_at:
        return 0
    state = account.units.get(account.pool.unit, UnitState())
    return min((max(1, lot.available_at) for lot in state.lots if lot.remaining), default=0)


def _unit_due(state: UnitState, idleness: Idleness | None) -> Instant:
    state = released(state, FOREVER)  # points of holds lapse by their own dates once they are free
    codes = (code.expires_at for code in state.codes.values())
    return min((*_lapse_dates(state, idleness), *codes), default=0)


def _lapse_dates(state: UnitState, idleness: Idleness | None) -> set[Instant]:
    lots = (lot.expires_at for lot in state.lots if lot.remaining)
    return {date for date in (*lots, lapses_at(state, idleness)) if date is not None}
