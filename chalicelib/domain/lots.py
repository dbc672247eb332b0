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
    hold      sets available points aside until a time; capture spends them, freeing returns them
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

import msgspec

from chalicelib.domain import limits
from chalicelib.domain.instants import Instant
from chalicelib.domain.lot_merging import compacted, expiry_key, with_lots
from chalicelib.domain.member import Lot, UnitState
from chalicelib.domain.outcome import ensure

_lot = msgspec.structs.replace
_Take: TypeAlias = Callable[[UnitState, int, "Touched"], tuple[UnitState, int]]


class Touched(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """Points that a movement put into, or took from, the lot with these dates."""

    points: int
    available_at: Instant = 0
    expires_at: Instant | None = None


class Balance(msgspec.Struct, frozen=True):
    """What a member has of one unit at one instant, all in points."""

    available: int
    pending: int
    held: int
    deficit: int


class Moved(msgspec.Struct, frozen=True):
    """A new state, and the lots that changed."""

    state: UnitState
    touched: tuple[Touched, ...]


class TakenBack(msgspec.Struct, frozen=True):
    """A new state after a reversal, and where the points came from."""

    state: UnitState
    touched: tuple[Touched, ...]
    taken: int  # left the balance, deficit included
    from_lapsed: int  # had lapsed already: reversed without touching the balance
    short: int  # not taken, by the unit's policy: it clamps, or spares what can be spent
    own: tuple[Touched, ...]  # what is left of the document's own lots


def is_lapsed(lot: Lot, now: Instant) -> bool:
    """Whether the lot's points are gone at ``now``; wins over pending."""
    return lot.expires_at is not None and lot.expires_at <= now


def is_spendable(lot: Lot, now: Instant) -> bool:
    """Whether the lot's points can be spent at ``now``."""
    return lot.available_at <= now and not is_lapsed(lot, now)


def booked(state: UnitState) -> int:
    """The sum of all entries of the unit: what the journal says (invariant I1)."""
    return sum([lot.remaining for lot in state.lots]) + held_points(state) - state.deficit


def held_points(state: UnitState) -> int:
    """Points that holds have set aside, whether or not their time is over."""
    if not state.holds:
        return 0
    return sum(part.remaining for held in state.holds.values() for part in held.parts)


def released(state: UnitState, now: Instant) -> UnitState:
    """The state with the points of every hold whose time is over back in their lots."""
    over = [held for held in state.holds.values() if held.expires_at <= now] if state.holds else ()
    if not over:
        return state
    live = {name: held for name, held in state.holds.items() if held.expires_at > now}
    parts = [part for held in over for part in held.parts]
    return put_back(msgspec.structs.replace(state, holds=live), parts, now)


def put_back(state: UnitState, parts: Iterable[Lot], now: Instant) -> UnitState:
    """The state with what a hold let go back in its lots; a debt made meanwhile is paid first."""
    state = with_lots(state, (*state.lots, *parts), now)
    if not state.deficit:
        return state
    owing = msgspec.structs.replace(state, deficit=0)
    return take_back(owing, state.deficit, (), now, "allow").state


def balance(state: UnitState, now: Instant) -> Balance:
    """The figures that a member sees at ``now``."""
    state = released(state, now) if state.holds else state
    spendable, pending = 0, 0
    for lot in state.lots:
        if is_lapsed(lot, now):
            continue
        if lot.available_at > now:
            pending += lot.remaining
        else:
            spendable += lot.remaining
    return Balance(spendable - state.deficit, pending, held_points(state), state.deficit)


def is_still(state: UnitState, now: Instant) -> bool:
    """Whether time alone has done nothing to the lots and holds: ``lapse`` would change nothing.

    A loop over what every read meets, without a copy: most of the time nothing has happened.
    """
    for lot in state.lots:
        if 0 < lot.available_at <= now:
            return False  # matured
        end = lot.expires_at
        if end is None or end > now:
            continue
        if lot.remaining or end + limits.LAPSED_LOT_KEPT_MS <= now:
            return False  # expired, or to be forgotten
    return all(held.expires_at > now for held in state.holds.values()) if state.holds else True


def lapse(state: UnitState, now: Instant) -> Moved:
    """Empty expired lots, let pending ones mature, forget what lapsed 120 days ago.

    Points of holds whose time is over come back first, and may lapse at once. Idempotent: a
    second call at the same instant touches nothing.
    """
    state = released(state, now) if state.holds else state
    lapsed = [lot for lot in state.lots if is_lapsed(lot, now)]
    if not lapsed:
        return Moved(with_lots(state, state.lots, now), ())
    emptied = (_lot(lot, remaining=0, lapsed=lot.lapsed + lot.remaining) for lot in lapsed)
    others = (lot for lot in state.lots if not is_lapsed(lot, now))
    gone = (Touched(lot.remaining, lot.available_at, lot.expires_at) for lot in lapsed)
    return Moved(with_lots(state, (*emptied, *others), now), _present(gone))


def credit(state: UnitState, points: int, dates: Touched, now: Instant, zone: str) -> Moved:
    """Add ``points`` (> 0): the deficit first, the rest with ``dates`` of its own."""
    ensure(points > 0, "a credit is positive")
    filled = min(points, state.deficit)
    rest = points - filled
    if filled:
        state = msgspec.structs.replace(state, deficit=state.deficit - filled)
    if not rest:
        return Moved(state, ())
    added = Lot(rest, dates.available_at, dates.expires_at)
    state = with_lots(state, (*state.lots, added), now)
    touched = Touched(rest, dates.available_at, dates.expires_at)
    return Moved(compacted(state, now, zone), (touched,))


def spend(state: UnitState, points: int, now: Instant) -> Moved:
    """Take ``points`` (> 0) from spendable lots, soonest-expiring first."""
    ensure(0 < points <= balance(state, now).available, "only available points can be spent")
    order = sorted((lot for lot in state.lots if is_spendable(lot, now)), key=expiry_key)
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
    policy: str,
) -> TakenBack:
    """Reverse ``points`` (> 0) that a document credited to the lots ``own``.

    ``policy`` is the unit's: ``allow`` makes a deficit of what is not there; of ``clamp`` it is
    ``short``; ``pending_only`` takes nothing that can be spent, and the rest is ``short``.
    """
    ensure(points > 0, "a reversal is positive")
    touched: list[Touched] = []

    def forget(state: UnitState, points: int, part: Touched) -> tuple[UnitState, int]:
        return _forget_lapsed(state, points, part, now)

    def spared(lot: Lot) -> bool:
        return policy == "pending_only" and is_spendable(lot, now)

    def drain(state: UnitState, points: int, part: Touched) -> tuple[UnitState, int]:
        matching = [lot for lot in state.lots if _same_dates(lot, part, now) and not spared(lot)]
        state, drained, missed = _drain(state, points, matching, now)
        touched.extend(drained)
        return state, points - missed

    state, own, left = _from_own(state, points, own, forget)
    from_lapsed = points - left
    state, own, left = _from_own(state, left, own, drain)
    pending_first = sorted(
        (lot for lot in state.lots if not is_lapsed(lot, now) and not spared(lot)),
        key=lambda lot: (is_spendable(lot, now), *(-part for part in expiry_key(lot))),
    )
    beyond_own = left
    state, drained, left = _drain(state, left, pending_first, now)
    owed = left if policy == "allow" else 0
    state = msgspec.structs.replace(state, deficit=state.deficit + owed)
    taken = points - from_lapsed - (left - owed)
    own = _less(own, beyond_own - (left if policy == "pending_only" else 0))  # spared: its own
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
    drained: dict[int, Lot] = {}
    touched: list[Touched] = []
    for lot in order:
        taken = min(points, lot.remaining)
        if taken:
            points -= taken
            drained[id(lot)] = _lot(lot, remaining=lot.remaining - taken)
            touched.append(Touched(taken, lot.available_at, lot.expires_at))
    lots = (drained.get(id(lot), lot) for lot in state.lots)
    return with_lots(state, lots, now), tuple(touched), points


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
    return with_lots(state, lots, now), count


def _same_dates(lot: Lot, part: Touched, now: Instant) -> bool:
    """Whether ``lot`` is where ``part`` was credited; a matured lot has lost its first date.

    One whose expiry was moved (by inactivity, by hand) has a later date than its own.
    """
    end = lot.expires_at or 0
    was_moved = bool(lot.moved) and (part.expires_at is None or part.expires_at < end)
    same_expiry = was_moved or lot.expires_at == part.expires_at
    matured = lot.available_at == 0 and part.available_at <= now
    return same_expiry and (matured or lot.available_at == part.available_at)
