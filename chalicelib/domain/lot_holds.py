"""Holds within a unit's lots: points out of their lots until they are captured or let go.

When a hold's time is over its points are back without any of this: ``lots.released``.
"""

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.lot_merging import expiry_key
from chalicelib.domain.lots import Moved, Touched, put_back, spend
from chalicelib.domain.member import Held, Lot, UnitState
from chalicelib.domain.outcome import ensure


def hold(state: UnitState, points: int, wish: tuple[str, Instant], now: Instant) -> Moved:
    """Set available ``points`` aside under ``wish`` (hold id, until when): they cannot lapse."""
    name, expires_at = wish
    moved = spend(state, points, now)
    parts = tuple(Lot(part.points, part.available_at, part.expires_at) for part in moved.touched)
    holds = {**moved.state.holds, name: Held(expires_at, parts)}
    return Moved(msgspec.structs.replace(moved.state, holds=holds), moved.touched)


def freed(state: UnitState, name: str, now: Instant) -> UnitState:
    """Put what a hold set aside back into its lots; no such hold: the same state."""
    held = state.holds.get(name)
    if held is None:
        return state
    rest = {other: kept for other, kept in state.holds.items() if other != name}
    return put_back(msgspec.structs.replace(state, holds=rest), held.parts, now)


def capture(state: UnitState, name: str, points: int, now: Instant) -> Moved:
    """Spend ``points`` of a hold, soonest-expiring first; the rest of it goes back to its lots."""
    held = state.holds[name]
    parts = tuple(sorted(held.parts, key=expiry_key))
    ensure(0 <= points <= sum(part.remaining for part in parts), "a capture is within its hold")
    touched: list[Touched] = []
    left: list[Lot] = []
    for part in parts:
        taken = min(points, part.remaining)
        points -= taken
        touched.append(Touched(taken, part.available_at, part.expires_at))
        left.append(msgspec.structs.replace(part, remaining=part.remaining - taken))
    rest = {other: kept for other, kept in state.holds.items() if other != name}
    state = put_back(msgspec.structs.replace(state, holds=rest), left, now)
    return Moved(state, tuple(each for each in touched if each.points))
