"""Caps: what limits have used, and what they have left.

A cap counts by buckets of its window in the member's counters; a cooldown keeps the very instants
of the times. ``room`` asks what is free for an event at an instant, ``count`` books signed
differences. For a rolling window an event that arrives late lies in several windows (those that
end at each later bucket, too); it gets what the fullest of them leaves, so that no window is ever
over its limit, in whatever order events come.

What is remembered is bounded: ``LIMIT_BUCKETS_MAX`` of a member, shared evenly by the limits that
have used any, and never less than two windows of each. The oldest goes first; above
``LIMIT_BUCKETS_OLD_MAX`` of one limit also what is older than a year (but not while old events are
brought in, which come in any order). The newest of what went stays as a mark::

    2026-09-01 2026-10-05 2026-11-20     used
    <2026-10-05           2026-11-20     the oldest two forgotten: the mark is the newer of them

An event whose window reaches back to the mark finds no room, and is told so (``FORGOTTEN``): what
was left then nobody knows. Who has no mark loses nothing, however old the event.
"""

from bisect import bisect_left
from collections.abc import Mapping
from typing import Final

from chalicelib.domain.calendar import (
    Period,
    Step,
    add_period,
    bucket_name,
    bucket_ordinal,
    window_ordinal,
)
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.limits import (
    LIMIT_BUCKETS_MAX,
    LIMIT_BUCKETS_OLD_MAX,
    LIMIT_BUCKETS_OLD_MS,
)
from chalicelib.domain.member import Counters
from chalicelib.domain.program.plan import CompiledCap, CompiledProgram

FORGOTTEN: Final = -1
"""The room of a cap for an event so late that what its window used is no longer remembered."""

_NOTHING: Mapping[str, int] = {}
_MARK: Final = "<"  # before the name of the newest bucket, or time, that was forgotten


def room(program: CompiledProgram, counters: Counters, at: Instant) -> dict[str, int]:
    """What each cap of rules and days has free for an event at ``at``: 0 or more, or FORGOTTEN."""
    return {cap_id: _free(cap, counters, at, program.zone) for cap_id, cap in program.caps.items()}


def times_used(program: CompiledProgram, reward_id: str, counters: Counters, at: Instant) -> int:
    """How often a member had a reward in the window of its limit that holds ``at``; 0 unlimited."""
    cap = program.reward_caps.get(f"reward:{reward_id}")
    return _used(cap, counters, at, program.zone) if cap else 0


def count(
    program: CompiledProgram,
    counters: Counters,
    at: Instant,
    used: Mapping[str, int],
    now: Instant,
) -> Counters:
    """``counters`` with signed differences ``used`` (by cap id) booked for an event at ``at``.

    Nothing goes below 0; what a difference gives back of a bucket that was forgotten is dropped.
    Caps that the program does not have are left as they are.
    """
    booked = dict(counters.used)
    every = sorted(booked.keys() | used.keys())
    share = LIMIT_BUCKETS_MAX // max(len(every), 1)
    for cap_id in every:
        cap = program.caps.get(cap_id) or program.reward_caps.get(cap_id)
        if cap is None or (cap.window is None and cap.cooldown is None):
            continue
        named, difference = booked.get(cap_id, _NOTHING), used.get(cap_id, 0)
        if difference or len(named) > share:
            buckets = _by_place(cap, named)
            here = _place(cap, at, program.zone)
            buckets[here] = max(buckets.get(here, 0) + difference, 0)
            oldest = _oldest(cap, program, (at, now))
            booked[cap_id] = _kept(cap, buckets, _mark(cap, named), (share, oldest))
    return Counters(used={cap_id: buckets for cap_id, buckets in booked.items() if buckets})


def _free(cap: CompiledCap, counters: Counters, at: Instant, zone: str) -> int:
    named = counters.used.get(cap.id, _NOTHING)
    mark = _mark(cap, named)
    if mark is not None and _reaches(cap, mark, at, zone):
        return FORGOTTEN
    return max(cap.limit - _used(cap, counters, at, zone), 0)


def _used(cap: CompiledCap, counters: Counters, at: Instant, zone: str) -> int:
    """The most that any window which holds ``at`` has used."""
    window, buckets = cap.window, _by_place(cap, counters.used.get(cap.id, _NOTHING))
    if cap.cooldown is not None:
        return int(_is_cooling(cap.cooldown, buckets, at, zone))
    if window is None:
        return 0
    here = window_ordinal(window, at, zone)
    ends = [key for key in buckets if here < key < here + window.count]
    return max(
        sum(used for key, used in buckets.items() if end - window.count < key <= end)
        for end in (here, *ends)
    )


# ---------------------------------------------------------------- buckets


def _place(cap: CompiledCap, at: Instant, zone: str) -> int:
    """Number of the bucket that ``at`` falls in; of a cooldown ``at`` itself."""
    return at if cap.window is None else window_ordinal(cap.window, at, zone)


def _name(cap: CompiledCap, place: int) -> str:
    return str(place) if cap.window is None else bucket_name(cap.window.step, place)


def _by_place(cap: CompiledCap, named: Mapping[str, int]) -> dict[int, int]:
    """Buckets by number, without the mark and what tells no time."""
    buckets: dict[int, int] = {}
    for name, used in named.items():
        place = None if name.startswith(_MARK) else _place_of(cap, name)
        if place is not None:
            buckets[place] = buckets.get(place, 0) + used
    return buckets


def _place_of(cap: CompiledCap, name: str) -> int | None:
    if cap.window is None:
        return int(name) if name.isdecimal() else None
    month = bucket_ordinal(Step.MONTH, name) if cap.window.step is Step.DAY else None
    if month is None or bucket_name(Step.MONTH, month) != name:
        return bucket_ordinal(cap.window.step, name)
    # Nobody knows on which day of its month it was used: a limit never falls short.
    following = bucket_ordinal(Step.DAY, bucket_name(Step.MONTH, month + 1))
    return None if following is None else following - 1


def _mark(cap: CompiledCap, named: Mapping[str, int]) -> int | None:
    """The newest bucket that was forgotten; None for none, or of windows of another kind."""
    told = [name[1:] for name in named if name.startswith(_MARK)]
    places = [(name, _place_of(cap, name)) for name in told]
    own = [place for name, place in places if place is not None and _name(cap, place) == name]
    return max(own, default=None)


def _reaches(cap: CompiledCap, mark: int, at: Instant, zone: str) -> bool:
    """Whether a window that holds ``at``, or a cooldown before it, reaches back to ``mark``."""
    if cap.cooldown is not None:
        return at < add_period(mark, cap.cooldown, zone)
    return cap.window is not None and mark > window_ordinal(cap.window, at, zone) - cap.window.count


def _oldest(
    cap: CompiledCap, program: CompiledProgram, times: tuple[Instant, Instant]
) -> int | None:
    """The first bucket that is not too old at (when it happened, now); None: none is."""
    at, now = times
    since = now - max(program.program.join.retroactive_days * DAY_MS, LIMIT_BUCKETS_OLD_MS)
    return _place(cap, since, program.zone) if at >= since else None


def _kept(
    cap: CompiledCap, buckets: Mapping[int, int], mark: int | None, most: tuple[int, int | None]
) -> dict[str, int]:
    """``buckets`` by name without the oldest, for which a mark stays."""
    share, oldest = most
    places = sorted(place for place, used in buckets.items() if used)
    windows = 2 * (cap.window.count if cap.window else 1)
    aged = bisect_left(places, oldest) if oldest is not None else 0
    gone = max(
        len(places) - max(share, windows),
        min(aged, len(places) - max(LIMIT_BUCKETS_OLD_MAX, windows)),
        0,
    )
    marks = [place for place in (mark, *places[:gone][-1:]) if place is not None]
    kept = {_name(cap, place): buckets[place] for place in places[gone:]}
    return {**kept, _MARK + _name(cap, max(marks)): 1} if marks else kept


# ---------------------------------------------------------------- cooldowns


def _is_cooling(cooldown: Period, times: Mapping[int, int], at: Instant, zone: str) -> bool:
    """Whether another time lies so near to ``at``, before it or (for a late event) after it."""
    over = add_period(at, cooldown, zone)
    return any(
        at < add_period(time, cooldown, zone) if time <= at else time < over
        for time, used in times.items()
        if used
    )
