"""Keeping lots few: equal dates are one lot, empty ones go, and 64 are the most.

Rounding is always in the member's favour: dates of expiry up, dates of maturity down. Lots that
wait for a document are never merged nor joined; there are ``WAITING_LOTS_MAX`` at most.
"""

from collections.abc import Iterable

import msgspec

from chalicelib.domain import limits
from chalicelib.domain.calendar import rolling_months, window_end
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Lot, UnitState

_MONTH = rolling_months(1)
_FOREVER = 1 << 62  # sorts after every real instant


def with_lots(state: UnitState, lots: Iterable[Lot], now: Instant) -> UnitState:
    """Merge lots of equal dates, drop empty ones, keep them in the order they are spent."""
    merged: dict[tuple[Instant, Instant, str, str], Lot] = {}
    forgotten, last, is_sorted = now - limits.LAPSED_LOT_KEPT_MS, (0, 0), True
    for lot in lots:
        end = _FOREVER if lot.expires_at is None else lot.expires_at
        lapsed = 0 if end <= forgotten else lot.lapsed
        if not lot.remaining and not lapsed:
            continue
        available_at = lot.available_at if lot.available_at > now else 0
        waits_for = lot.waits_for if available_at else ""
        key = (end, available_at, waits_for, lot.moved)
        held = merged.get(key)
        if held is None:
            is_sorted, last = is_sorted and last <= key[:2], key[:2]
            is_as_it_was = available_at == lot.available_at and waits_for == lot.waits_for
            if is_as_it_was and lapsed == lot.lapsed:
                merged[key] = lot
                continue
        remaining, before = (held.remaining, held.lapsed) if held else (0, 0)
        merged[key] = Lot(
            remaining + lot.remaining,
            available_at,
            lot.expires_at,
            before + lapsed,
            waits_for,
            lot.moved,
        )
    ordered = tuple(merged.values())
    if not is_sorted:
        ordered = tuple(sorted(ordered, key=expiry_key))
    return msgspec.structs.replace(state, lots=ordered)


def compacted(state: UnitState, now: Instant, zone: str) -> UnitState:
    """Keep at most ``LOTS_PER_UNIT_MAX`` lots by rounding dates UP: nobody loses a day."""
    if len(state.lots) <= limits.LOTS_PER_UNIT_MAX:
        return state
    rounded = [
        lot
        if lot.expires_at is None or lot.waits_for
        else msgspec.structs.replace(lot, expires_at=window_end(_MONTH, lot.expires_at, zone))
        for lot in state.lots
    ]
    state = with_lots(state, rounded, now)
    while len(state.lots) > limits.LOTS_PER_UNIT_MAX:
        state = with_lots(state, _nearest_joined(state.lots, now), now)
    return state


def _nearest_joined(lots: tuple[Lot, ...], now: Instant) -> tuple[Lot, ...]:
    """Join two lots, pending ones first, at the dates that are better for the member."""
    free = [lot for lot in lots if not lot.waits_for]
    pending = [lot for lot in free if lot.available_at > now]
    first, second = pending[-2:] if len(pending) > 1 else free[-2:]
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


def expiry_key(lot: Lot) -> tuple[Instant, Instant]:
    """The order that lots are spent in: soonest-expiring first."""
    return (_FOREVER if lot.expires_at is None else lot.expires_at, lot.available_at)
