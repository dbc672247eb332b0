"""Moving lots from one account to another, with the dates that they had.

What is moved was taken out of the other account in the same commit; nothing is made here. A
debt is filled first, as by every credit.
"""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from chalicelib.domain.booking import Draft, unit_state
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import Movement
from chalicelib.domain.limits import WAITING_LOTS_MAX
from chalicelib.domain.lot_merging import compacted, with_lots
from chalicelib.domain.lots import Touched, credit, take_back
from chalicelib.domain.member import Lot, UnitState


def lots_received(draft: Draft, parts: tuple[Touched, ...], movement: Movement) -> Draft:
    """Credit ``parts`` under one movement; ``movement.points`` is their sum."""
    state = unit_state(draft, movement.unit)
    touched: list[Touched] = []
    for part in parts:
        dates = Touched(0, part.available_at, part.expires_at)
        moved = credit(state, part.points, dates, draft.now, draft.zone)
        state = moved.state
        touched.extend(moved.touched)
    return with_movement(draft, movement.unit, state, replace(movement, touched=tuple(touched)))


def with_movement(draft: Draft, unit: str, state: UnitState, movement: Movement | None) -> Draft:
    """``draft`` with ``state`` of a unit, which ``movement`` leads to; None: the same is booked."""
    units = {**draft.account.units, unit: state}
    account = msgspec.structs.replace(draft.account, units=units)
    moved = () if movement is None else (movement,)
    return replace(draft, account=account, movements=(*draft.movements, *moved))


def merged_states(kept: UnitState, gone: UnitState, now: Instant, zone: str) -> UnitState:
    """All that both have of a unit: lots, holds, codes, debts, and what is remembered as lapsed."""
    both = msgspec.structs.replace(
        kept,
        deficit=0,
        holds={**gone.holds, **kept.holds},
        codes={**gone.codes, **kept.codes},
        active_at=max(kept.active_at, gone.active_at),
        not_before=max(kept.not_before, gone.not_before),
    )
    both = with_lots(both, _few_waiting((*kept.lots, *gone.lots)), now)
    debt = kept.deficit + gone.deficit
    if debt:
        both = take_back(both, debt, (), now, "allow").state
    return compacted(both, now, zone)


def _few_waiting(lots: tuple[Lot, ...]) -> Iterator[Lot]:
    """``lots``, of which only so many still wait for their order; the others for their date."""
    waiting = 0
    for lot in lots:
        waiting += bool(lot.waits_for)
        is_one_too_many = bool(lot.waits_for) and waiting > WAITING_LOTS_MAX
        yield msgspec.structs.replace(lot, waits_for="") if is_one_too_many else lot
