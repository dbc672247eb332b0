"""How long a tier is held, and what is left when its time is over.

Nothing runs at the end of a keep: what holds at an instant is computed from what was last
written. At each end on the way the member keeps the tier if the window just over supports it,
else drops by the group's rule. Amounts lie in buckets of the group's window (``calendar``).

::

    rolling P1Y     gained ──────────────────── end of the month a year on ─→ the 12 months before
    calendar year   gained ── 31 December (window) ── 31 December (window_and_next) ─→ that year
"""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.calendar import (
    Step,
    Window,
    add_period,
    bucket_ordinal,
    bucket_start,
    window_end,
    window_ordinal,
    window_start,
)
from chalicelib.domain.instants import Instant
from chalicelib.domain.program.plan import CompiledGroup

_MONTH = Window(Step.MONTH)
_WINDOW_AND_NEXT = 2


class Held(msgspec.Struct, frozen=True):
    """A tier (by its place in the group), since when, and until when it is kept."""

    place: int
    since: Instant
    keep_until: Instant | None


def sum_at(group: CompiledGroup, buckets: Mapping[str, int], instant: Instant) -> int:
    """The amount in the window that ends with the bucket of ``instant``."""
    last = window_ordinal(group.window, instant, group.zone)
    first = last - group.window.count + 1
    total = 0
    for name, amount in buckets.items():
        ordinal = bucket_ordinal(group.window.step, name)
        if ordinal is not None and first <= ordinal <= last:
            total += amount
    return total


def place_at(group: CompiledGroup, buckets: Mapping[str, int], instant: Instant) -> int:
    """The place of the highest tier that the window at ``instant`` reaches; 0 is the lowest."""
    amount = sum_at(group, buckets, instant)
    return max((place for place, tier in enumerate(group.tiers) if tier.at <= amount), default=0)


def gained(group: CompiledGroup, place: int, at: Instant) -> Held:
    """The tier at ``place``, reached at ``at``, with the keep that gives."""
    return Held(place, at, _keep_of_gain(group, at) if place else None)


def lapsed(group: CompiledGroup, held: Held, buckets: Mapping[str, int], now: Instant) -> Held:
    """What is left of ``held`` at ``now``: kept on, or dropped, at every end on the way."""
    while held.keep_until is not None and held.keep_until <= now:
        end = held.keep_until
        place = _place_after(group, held.place, buckets, end)
        since = held.since if place == held.place else end
        held = Held(place, since, _keep_of_renewal(group, end) if place else None)
    return held


def rebuilt(
    group: CompiledGroup, floor: Held, buckets: Mapping[str, int], since: Instant, now: Instant
) -> Held:
    """What a member who carried in ``floor`` would hold with ``buckets``, as exact as they are.

    In the bucket of ``since`` a tier counts as reached then; in others, when they began.
    """
    held, step = floor, group.window.step
    ordinals = (bucket_ordinal(step, name) for name in buckets)
    own = window_ordinal(group.window, since, group.zone)
    oldest = window_ordinal(group.window, floor.since, group.zone)
    for ordinal in sorted(known for known in ordinals if known is not None and known >= oldest):
        start = since if ordinal == own else bucket_start(step, ordinal, group.zone)
        at = min(max(start, floor.since), now)
        held = lapsed(group, held, buckets, at)
        place = place_at(group, buckets, at)
        if place > held.place:
            held = gained(group, place, at)
    return lapsed(group, held, buckets, now)


def _place_after(group: CompiledGroup, place: int, buckets: Mapping[str, int], end: Instant) -> int:
    reached = place_at(group, buckets, _judged_at(group, end))
    if reached >= place:
        return place
    return max(place - 1, reached) if group.drop == "one" else reached


def _judged_at(group: CompiledGroup, end: Instant) -> Instant:
    """Which window decides at the end of a keep.

    Rolling: the one that ends there; the month of the gain has just left it. Calendar: the year
    just over; but a tier kept for its own window alone starts the new year from nothing.
    """
    is_rolling = group.window.step is Step.MONTH
    starts_anew = group.keeping.windows == 1
    return end if is_rolling or starts_anew else end - 1


def _keep_of_gain(group: CompiledGroup, at: Instant) -> Instant | None:
    keeping = group.keeping
    if keeping.period is not None:
        # To the end of that month, so that the month of the gain is over when it is judged.
        return window_end(_MONTH, add_period(at, keeping.period, group.zone), group.zone)
    if not keeping.windows:
        return None
    end = window_end(group.window, at, group.zone)
    return window_end(group.window, end, group.zone) if keeping.windows == _WINDOW_AND_NEXT else end


def _keep_of_renewal(group: CompiledGroup, end: Instant) -> Instant:
    if group.keeping.period is None:
        return window_end(group.window, end, group.zone)
    until = add_period(end, group.keeping.period, group.zone)
    is_month_start = window_start(_MONTH, until, group.zone) == until
    return until if is_month_start else window_end(_MONTH, until, group.zone)
