"""Lots: which points a member can spend now, and the four ways a unit's state can move.

A lot is one credit with its own dates. At an instant it is *lapsed* (``expires_at <= now``),
else *pending* (``available_at > now``), else *spendable*; so what is available is a pure function
of (state, now) and never waits for a job. Every function returns a new state and what it touched;
none of them reads the clock or knows programs, orders or tiers.

::

    credit    fills the deficit first, the rest becomes (or joins) a lot
    spend     spendable lots, soonest-expiring first
    take back the document's own lots (their lapsed points first: those cost nothing),
              then pending, then latest-expiring; the rest by the unit's policy
    give back to the lots they came from, with a minimum life
    lapse     empties expired lots; they are remembered for 120 days
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from chalicelib.domain import limits
from chalicelib.domain.calendar import rolling_months, window_end
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Lot, UnitState
from chalicelib.domain.outcome import ensure

_MONTH = rolling_months(1)
_FOREVER = 1 << 62  # after every real instant
_lot = msgspec.structs.replace
_Take: TypeAlias = Callable[[UnitState, int, "Touched"], tuple[UnitState, int]]


class Touched(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """Points that a movement put into, or took from, the lot with these dates."""

    points: int
    available_at: Instant = 0
    expires_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """What a member has of one unit at one instant, all in points."""

    available: int
    pending: int
    held: int
    deficit: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A new state, and the lots that changed."""

    state: UnitState
    touched: tuple[Touched, ...]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A new state after a reversal, and where the points came from."""

    state: UnitState
    touched: tuple[Touched, ...]
    taken: int  # left the balance, deficit included
    from_lapsed: int  # had lapsed already: reversed without touching the balance
    short: int  # could not be taken (the unit clamps)
    own: tuple[Touched, ...]  # what is left of the document's own lots


def is_lapsed(lot: Lot, now: Instant) -> bool:
    """Whether the lot's points are gone at ``now``; wins over pending."""
    return lot.expires_at is not None and lot.expires_at <= now


def is_spendable(lot: Lot, now: Instant) -> bool:
    """Whether the lot's points can be spent at ``now``."""
    return lot.available_at <= now and not is_lapsed(lot, now)


def booked(state: UnitState) -> int:
    """The sum of all entries of the unit: what the journal says (invariant I1)."""
    return sum(lot.remaining for lot in state.lots) - state.deficit


def balance(state: UnitState, now: Instant) -> Balance:
    """The figures that a member sees at ``now``."""
    spendable = sum(lot.remaining for lot in state.lots if is_spendable(lot, now))
    pending = sum(
        lot.remaining for lot in state.lots if lot.available_at > now and not is_lapsed(lot, now)
    )
    return Balance(spendable - state.deficit, pending, 0, state.deficit)


def lapse(state: UnitState, now: Instant) -> Moved:
    """Empty expired lots, let pending ones mature, forget what lapsed 120 days ago.

    Idempotent: a second call at the same instant touches nothing.
    """
    lapsed = [lot for lot in state.lots if is_lapsed(lot, now)]
    emptied = (_lot(lot, remaining=0, lapsed=lot.lapsed + lot.remaining) for lot in lapsed)
    others = (lot for lot in state.lots if not is_lapsed(lot, now))
    gone = (Touched(lot.remaining, lot.available_at, lot.expires_at) for lot in lapsed)
    return Moved(_with_lots(state, (*emptied, *others), now), _present(gone))


def credit(state: UnitState, points: int, dates: Touched, now: Instant, zone: str) -> Moved:
    """Add ``points`` (> 0): the deficit first, the rest with ``dates`` of its own."""
    ensure(points > 0, "a credit is positive")
    filled = min(points, state.deficit)
    rest = points - filled
    state = msgspec.structs.replace(state, deficit=state.deficit - filled)
    if not rest:
        return Moved(state, ())
    added = Lot(rest, dates.available_at, dates.expires_at)
    state = _with_lots(state, (*state.lots, added), now)
    touched = Touched(rest, dates.available_at, dates.expires_at)
    return Moved(_compacted(state, now, zone), (touched,))


def spend(state: UnitState, points: int, now: Instant) -> Moved:
    """Take ``points`` (> 0) from spendable lots, soonest-expiring first."""
    ensure(0 < points <= balance(state, now).available, "only available points can be spent")
    order = sorted((lot for lot in state.lots if is_spendable(lot, now)), key=_expiry_key)
    state, touched, left = _drain(state, points, order, now)
    ensure(left == 0, "spendable lots cover what is available")
    return Moved(state, touched)


def give_back(state: UnitState, touched: Iterable[Touched], now: Instant, zone: str) -> Moved:
    """Return spent points to the dates they had, with at least ``RETURNED_LIFE_MS_MIN`` to live."""
    back: list[Touched] = []
    least = now + limits.RETURNED_LIFE_MS_MIN
    for part in touched:
        expires_at = None if part.expires_at is None else max(part.expires_at, least)
        moved = credit(state, part.points, Touched(0, 0, expires_at), now, zone)
        state = moved.state
        back.extend(moved.touched)
    return Moved(state, tuple(back))


def take_back(
    state: UnitState,
    points: int,
    own: Iterable[Touched],
    now: Instant,
    may_owe: Callable[[], bool],
) -> TakenBack:
    """Reverse ``points`` (> 0) that a document credited to the lots ``own``.

    What the unit's policy ``may_owe`` allows becomes a deficit; else it is ``short``.
    """
    ensure(points > 0, "a reversal is positive")
    touched: list[Touched] = []

    def forget(state: UnitState, points: int, part: Touched) -> tuple[UnitState, int]:
        return _forget_lapsed(state, points, part, now)

    def drain(state: UnitState, points: int, part: Touched) -> tuple[UnitState, int]:
        matching = [lot for lot in state.lots if _same_dates(lot, part, now)]
        state, drained, missed = _drain(state, points, matching, now)
        touched.extend(drained)
        return state, points - missed

    state, own, left = _from_own(state, points, own, forget)
    from_lapsed = points - left
    state, own, left = _from_own(state, left, own, drain)
    pending_first = sorted(
        (lot for lot in state.lots if not is_lapsed(lot, now)),
        key=lambda lot: (is_spendable(lot, now), *(-part for part in _expiry_key(lot))),
    )
    beyond_own = left
    state, drained, left = _drain(state, left, pending_first, now)
    owed = left if may_owe() else 0
    state = msgspec.structs.replace(state, deficit=state.deficit + owed)
    taken = points - from_lapsed - (left - owed)
    own = _less(own, beyond_own)
    return TakenBack(state, (*touched, *drained), taken, from_lapsed, left - owed, own)


def _from_own(
    state: UnitState, points: int, own: Iterable[Touched], take: _Take
) -> tuple[UnitState, tuple[Touched, ...], int]:
    """Take up to ``points`` from a document's own lots; what is left of ``own`` and of them."""
    kept: list[Touched] = []
    for part in own:
        state, gone = take(state, min(points, part.points), part)
        points -= gone
        kept.extend(_less((part,), gone))
    return state, tuple(kept), points


def _present(parts: Iterable[Touched]) -> tuple[Touched, ...]:
    return tuple(part for part in parts if part.points)


def _less(own: Iterable[Touched], points: int) -> tuple[Touched, ...]:
    """``own`` after ``points`` of it were reversed, from the first part on."""
    kept: list[Touched] = []
    for part in own:
        gone = min(points, part.points)
        points -= gone
        kept.append(Touched(part.points - gone, part.available_at, part.expires_at))
    return _present(kept)


def _drain(
    state: UnitState, points: int, order: Iterable[Lot], now: Instant
) -> tuple[UnitState, tuple[Touched, ...], int]:
    """Take up to ``points`` from the lots in ``order``; what is left over comes back last."""
    remaining = {id(lot): lot.remaining for lot in state.lots}
    touched: list[Touched] = []
    for lot in order:
        taken = min(points, lot.remaining)
        if taken:
            points -= taken
            remaining[id(lot)] -= taken
            touched.append(Touched(taken, lot.available_at, lot.expires_at))
    lots = (_lot(lot, remaining=remaining[id(lot)]) for lot in state.lots)
    return _with_lots(state, lots, now), tuple(touched), points


def _forget_lapsed(
    state: UnitState, points: int, part: Touched, now: Instant
) -> tuple[UnitState, int]:
    """Take up to ``points`` from what is remembered as lapsed in the lot of ``part``."""
    count = 0
    lots: list[Lot] = []
    for lot in state.lots:
        taken = min(points - count, lot.lapsed) if _same_dates(lot, part, now) else 0
        count += taken
        lots.append(_lot(lot, lapsed=lot.lapsed - taken))
    return _with_lots(state, lots, now), count


def _same_dates(lot: Lot, part: Touched, now: Instant) -> bool:
    """Whether ``lot`` is where ``part`` was credited; a matured lot has lost its first date."""
    same_expiry = lot.expires_at == part.expires_at
    matured = lot.available_at == 0 and part.available_at <= now
    return same_expiry and (matured or lot.available_at == part.available_at)


def _with_lots(state: UnitState, lots: Iterable[Lot], now: Instant) -> UnitState:
    """Merge lots of equal dates, drop empty ones, keep them in the order they are spent."""
    merged: dict[tuple[Instant, Instant | None], Lot] = {}
    for lot in lots:
        too_old = lot.expires_at is not None and lot.expires_at + limits.LAPSED_LOT_KEPT_MS <= now
        lapsed = 0 if too_old else lot.lapsed
        if not lot.remaining and not lapsed:
            continue
        available_at = lot.available_at if lot.available_at > now else 0
        key = (available_at, lot.expires_at)
        held = merged.get(key)
        if held:
            remaining, lapsed = held.remaining + lot.remaining, held.lapsed + lapsed
        else:
            remaining = lot.remaining
        merged[key] = Lot(remaining, available_at, lot.expires_at, lapsed)
    ordered = sorted(merged.values(), key=_expiry_key)
    return msgspec.structs.replace(state, lots=tuple(ordered))


def _compacted(state: UnitState, now: Instant, zone: str) -> UnitState:
    """Keep at most ``LOTS_PER_UNIT_MAX`` lots by rounding dates UP: nobody loses a day."""
    if len(state.lots) <= limits.LOTS_PER_UNIT_MAX:
        return state
    rounded = [
        lot
        if lot.expires_at is None
        else _lot(lot, expires_at=window_end(_MONTH, lot.expires_at, zone))
        for lot in state.lots
    ]
    state = _with_lots(state, rounded, now)
    while len(state.lots) > limits.LOTS_PER_UNIT_MAX:
        state = _with_lots(state, _nearest_joined(state.lots, now), now)
    return state


def _nearest_joined(lots: tuple[Lot, ...], now: Instant) -> tuple[Lot, ...]:
    """Join two lots, pending ones first, at the dates that are better for the member."""
    pending = [lot for lot in lots if lot.available_at > now]
    first, second = pending[-2:] if len(pending) > 1 else lots[-2:]
    expires_at = None
    if first.expires_at is not None and second.expires_at is not None:
        expires_at = max(first.expires_at, second.expires_at)
    joined = Lot(
        first.remaining + second.remaining,
        min(first.available_at, second.available_at),
        expires_at,
        first.lapsed + second.lapsed,
    )
    return (*(lot for lot in lots if lot is not first and lot is not second), joined)


def _expiry_key(lot: Lot) -> tuple[Instant, Instant]:
    return (_FOREVER if lot.expires_at is None else lot.expires_at, lot.available_at)
