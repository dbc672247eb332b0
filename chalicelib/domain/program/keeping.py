"""How long a tier is held, and what is left when its time is over.

Nothing runs at the end of a keep: what holds at an instant is computed from what was last
written. At each end on the way the member keeps the tier if the window just over supports it,
else drops by the group's rule. Amounts lie in buckets of the group's window (``calendar``).

::

    rolling P1Y     gained ──────────────────── end of the month a year on ─→ the 12 months before
    rolling P30D    gained ────────────────────── end of the day 30 days on ─→ the 30 days before
    calendar year   gained ── 31 December (window) ── 31 December (window_and_next) ─→ that year
    with a grace    ... the end, judged ── lost, but held ── end of the grace, judged again
"""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.calendar import (
    Step,
    Window,
    add_period,
    window_end,
    window_start,
)
from chalicelib.domain.instants import Instant
from chalicelib.domain.program.plan import CompiledGroup
from chalicelib.domain.program.tier_windows import (
    bucket_end,
    ordinal_at,
    ordinal_of,
    start_of,
)

_DAY, _MONTH = Window(Step.DAY), Window(Step.MONTH)
_WINDOW_AND_NEXT = 2


class Held(msgspec.Struct, frozen=True):
    """A tier (by its place in the group), since when, and until when it is kept."""

    place: int
    since: Instant
    keep_until: Instant | None


def sum_at(group: CompiledGroup, buckets: Mapping[str, int], instant: Instant) -> int:
    """The amount in the window that ends with the bucket of ``instant``."""
    last = ordinal_at(group, instant)
    first = last - group.window.count + 1
    total = 0
    for name, amount in buckets.items():
        ordinal = ordinal_of(group, name)
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
        place = _place_after(group, held.place, buckets, _judged_at(group, end))
        over = grace_end(group, end)
        if place < held.place and over > end:
            if over > now:
                break
            # The grace is over: what was earned in it counts as well.
            end, place = over, _place_after(group, held.place, buckets, _last_of(group, over))
        since = held.since if place == held.place else end
        held = Held(place, since, _keep_of_renewal(group, end) if place else None)
    return held


def grace_end(group: CompiledGroup, end: Instant) -> Instant:
    """Until when a tier that is lost at ``end`` is held; ``end`` itself without a grace."""
    grace = group.keeping.grace
    return end if grace is None else add_period(end, grace, group.zone)


def rebuilt(
    group: CompiledGroup, floor: Held, buckets: Mapping[str, int], since: Instant, now: Instant
) -> Held:
    """What a member who carried in ``floor`` would hold with ``buckets``, as exact as they are.

    In the bucket of ``since`` a tier counts as reached then; in others, when they began.
    """
    held = floor
    ordinals = (ordinal_of(group, name) for name in buckets)
    own, oldest = ordinal_at(group, since), ordinal_at(group, floor.since)
    for ordinal in sorted(known for known in ordinals if known is not None and known >= oldest):
        start = since if ordinal == own else start_of(group, ordinal)
        at = min(max(start, floor.since), now)
        held = lapsed(group, held, buckets, at)
        place = place_at(group, buckets, at)
        if place > held.place:
            held = gained(group, place, at)
    return lapsed(group, held, buckets, now)


def _place_after(group: CompiledGroup, place: int, buckets: Mapping[str, int], at: Instant) -> int:
    reached = place_at(group, buckets, at)
    if reached >= place:
        return place
    return max(place - 1, reached) if group.drop == "one" else reached


def _judged_at(group: CompiledGroup, end: Instant) -> Instant:
    """Which window decides at the end of a keep.

    Rolling months: the one that ends there; the month of the gain has just left it. Calendar and
    rolling days: the window just over; but a tier kept for its own calendar window alone starts
    the new one from nothing.
    """
    starts_anew = group.keeping.windows == 1
    return end if starts_anew else _last_of(group, end)


def _last_of(group: CompiledGroup, end: Instant) -> Instant:
    """An instant of the last window before ``end``; whole months are judged a month later."""
    is_rolling = group.window.step is Step.MONTH and group.window.count > 1
    return end if is_rolling else end - 1


def _keep_of_gain(group: CompiledGroup, at: Instant) -> Instant | None:
    keeping = group.keeping
    if keeping.period is not None:
        # To the end of that month, so that the month of the gain is over when it is judged.
        return window_end(_grain(group), add_period(at, keeping.period, group.zone), group.zone)
    if not keeping.windows:
        return None
    end = bucket_end(group, at)
    return bucket_end(group, end) if keeping.windows == _WINDOW_AND_NEXT else end


def _keep_of_renewal(group: CompiledGroup, end: Instant) -> Instant:
    if group.keeping.period is None:
        return bucket_end(group, end)
    until, grain = add_period(end, group.keeping.period, group.zone), _grain(group)
    is_start = window_start(grain, until, group.zone) == until
    return until if is_start else window_end(grain, until, group.zone)


def _grain(group: CompiledGroup) -> Window:
    """What a keep is rounded up to: days where days are counted, else months."""
    return _DAY if group.window.step is Step.DAY else _MONTH
