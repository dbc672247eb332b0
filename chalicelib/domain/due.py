"""When an account has something to lapse, return, claim, pay out, judge, celebrate or warn of.

The order of the sweep.

The date that is kept is a lower bound: commits only lower it, so most of them leave the index
alone; the sweep, which looks at an account when the bound has come, raises it to the truth.
"""

from collections.abc import Iterator, Mapping

from chalicelib.domain.idleness import lapses_at
from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import balance, released
from chalicelib.domain.member import Account, UnitState
from chalicelib.domain.passing import seen
from chalicelib.domain.program.idle import Idleness

_FOREVER: Instant = 1 << 62


def due_date(account: Account, idle: Mapping[str, Idleness]) -> Instant:
    """When something is first to be done for the account as things stand; 0: nothing ever is."""
    dates = [_unit_due(state, idle.get(unit)) for unit, state in account.units.items()]
    dates += [account.claim_at, account.settle_at, account.anniversary_at, _owed_at(account)]
    dates += [*account.judge_at.values(), next_warning(account, idle)]
    return min((date for date in dates if date), default=0)


def next_warning(account: Account, idle: Mapping[str, Idleness]) -> Instant:
    """When a member is next to be told of points that lapse; 0: never. Pools are told nothing."""
    if account.pool is not None or account.merged_into or account.erased_at:
        return 0
    return min((at for at in _warnings(account, idle) if at > account.warned_at), default=0)


def _warnings(account: Account, idle: Mapping[str, Idleness]) -> Iterator[Instant]:
    for unit, state in account.units.items():
        idleness = idle.get(unit)
        if idleness is not None and idleness.warn is not None:
            for date in _lapse_dates(released(state, _FOREVER), idleness):
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
    state = released(state, _FOREVER)  # points of holds lapse by their own dates once they are free
    codes = (code.expires_at for code in state.codes.values())
    return min((*_lapse_dates(state, idleness), *codes), default=0)


def _lapse_dates(state: UnitState, idleness: Idleness | None) -> set[Instant]:
    lots = (lot.expires_at for lot in state.lots if lot.remaining)
    return {date for date in (*lots, lapses_at(state, idleness)) if date is not None}
