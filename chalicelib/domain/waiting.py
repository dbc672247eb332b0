"""Lots that wait for their order: spendable when it is fulfilled, or returns have closed.

Such a lot always has a date, at first the latest one, and matures on it like any other; so no
job is needed, and an order that is never fulfilled still pays. Until then the order's later
states may move the date. A waiting lot never merges; beyond ``WAITING_LOTS_MAX`` in a unit, new
ones do not wait and mature at the date they were credited with.
"""

from collections.abc import Iterable

import msgspec

from chalicelib.domain import limits
from chalicelib.domain.instants import Instant
from chalicelib.domain.lot_merging import with_lots
from chalicelib.domain.lots import Touched
from chalicelib.domain.member import Lot, UnitState


class Redated(msgspec.Struct, frozen=True):
    """A state with other dates of maturity, the lots that moved, and the document's own lots."""

    state: UnitState
    touched: tuple[Touched, ...]
    own: tuple[Touched, ...]


def waiting(state: UnitState, touched: Iterable[Touched], document: str, now: Instant) -> UnitState:
    """The state in which what was just credited (``touched``) waits for ``document``."""
    for part in touched:
        is_full = sum(1 for lot in state.lots if lot.waits_for) >= limits.WAITING_LOTS_MAX
        has_own = any(lot.waits_for == document for lot in state.lots)
        if part.available_at > now and (has_own or not is_full):
            state = _tagged(state, part, document, now)
    return state


def redated(
    state: UnitState, own: tuple[Touched, ...], wish: tuple[str, Instant], now: Instant
) -> Redated:
    """Let the lots that wait for a document mature at another date; ``wish`` is (document, date).

    What has matured stays as it is. ``own`` are the lots that the document credited.
    """
    document, date = wish
    mine = [
        lot
        for lot in state.lots
        if lot.waits_for == document and lot.available_at > now and lot.available_at != date
    ]
    if not mine:
        return Redated(state, (), own)
    moved = {(lot.available_at, lot.expires_at) for lot in mine}
    others = [lot for lot in state.lots if not any(lot is one for one in mine)]
    later = [msgspec.structs.replace(lot, available_at=date) for lot in mine]
    state = with_lots(state, (*others, *later), now)
    touched = tuple(Touched(lot.remaining, date, lot.expires_at) for lot in mine if lot.remaining)
    kept = tuple(
        Touched(part.points, date, part.expires_at)
        if (part.available_at, part.expires_at) in moved
        else part
        for part in own
    )
    return Redated(state, touched, kept)


def _tagged(state: UnitState, part: Touched, document: str, now: Instant) -> UnitState:
    """Take ``part`` out of the plain lot of its dates, as a lot that waits."""
    lots: list[Lot] = []
    left = part.points
    for lot in state.lots:
        is_plain = not lot.waits_for and not lot.moved
        is_its = (lot.available_at, lot.expires_at) == (part.available_at, part.expires_at)
        taken = min(left, lot.remaining) if is_plain and is_its else 0
        left -= taken
        lots.append(msgspec.structs.replace(lot, remaining=lot.remaining - taken))
    waiting_lot = Lot(part.points - left, part.available_at, part.expires_at, 0, document)
    return with_lots(state, (*lots, waiting_lot), now)
