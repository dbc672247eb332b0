"""Caps: what limits have used, and what they have left.

A cap counts by buckets of its window in the member's counters; a cooldown keeps the very instants
of the last times. ``room`` asks what is free for an event at an instant, ``count`` books signed
differences and forgets buckets that can no longer matter. For a rolling window an event that
arrives late lies in several windows (those that end at each later bucket, too); it gets what the
fullest of them leaves, so that no window is ever over its limit, in whatever order events come.

Buckets are kept for the current and the previous window, and for as far back as joining is
retroactive. What is older is forgotten: a late event of that age finds the full limit free.
"""

from collections.abc import Mapping

from chalicelib.domain.calendar import (
    Period,
    Window,
    add_period,
    bucket_name,
    bucket_ordinal,
    window_ordinal,
)
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.limits import COOLDOWNS_KEPT_MAX
from chalicelib.domain.member import Counters
from chalicelib.domain.program.plan import CompiledCap, CompiledProgram

_NOTHING: Mapping[str, int] = {}


def room(program: CompiledProgram, counters: Counters, at: Instant) -> dict[str, int]:
    """What each cap of rules and days has free for an event at ``at``; never negative."""
    return {
        cap_id: max(cap.limit - _used(cap, counters, at, program.zone), 0)
        for cap_id, cap in program.caps.items()
    }


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

    Room that a negative difference frees is usable in the current or previous window only, so
    an older one is dropped. Caps that the program does not have are left as they are.
    """
    booked = dict(counters.used)
    for cap_id in sorted(booked.keys() | used.keys()):
        cap = program.caps.get(cap_id) or program.reward_caps.get(cap_id)
        if cap is not None and cap.cooldown is not None:
            booked[cap_id] = _cooled(cap.cooldown, booked.get(cap_id, _NOTHING), program, now)
            _book_time(booked[cap_id], at, used.get(cap_id, 0))
            continue
        if cap is None or cap.window is None:
            continue
        buckets = _kept(cap.window, booked.get(cap_id, _NOTHING), program, now)
        difference = used.get(cap_id, 0)
        if difference:
            _book(buckets, cap.window, (program, at, now), difference)
        step = cap.window.step
        booked[cap_id] = {bucket_name(step, key): buckets[key] for key in sorted(buckets)}
    return Counters(used={cap_id: buckets for cap_id, buckets in booked.items() if buckets})


def _used(cap: CompiledCap, counters: Counters, at: Instant, zone: str) -> int:
    """The most that any window which holds ``at`` has used."""
    window = cap.window
    if cap.cooldown is not None:
        return int(_is_cooling(cap.cooldown, counters.used.get(cap.id, _NOTHING), at, zone))
    if window is None:
        return 0
    buckets = _by_ordinal(window, counters.used.get(cap.id, _NOTHING))
    here = window_ordinal(window, at, zone)
    ends = [key for key in buckets if here < key < here + window.count]
    return max(
        sum(used for key, used in buckets.items() if end - window.count < key <= end)
        for end in (here, *ends)
    )


def _by_ordinal(window: Window, named: Mapping[str, int]) -> dict[int, int]:
    buckets: dict[int, int] = {}
    for name, used in named.items():
        ordinal = bucket_ordinal(window.step, name)
        if ordinal is not None:
            buckets[ordinal] = buckets.get(ordinal, 0) + used
    return buckets


def _kept(
    window: Window, named: Mapping[str, int], program: CompiledProgram, now: Instant
) -> dict[int, int]:
    previous_window = window_ordinal(window, now, program.zone) - 2 * window.count + 1
    retroactive = now - program.program.join.retroactive_days * DAY_MS
    oldest = min(previous_window, window_ordinal(window, retroactive, program.zone))
    return {key: used for key, used in _by_ordinal(window, named).items() if key >= oldest and used}


def _book(
    buckets: dict[int, int],
    window: Window,
    when: tuple[CompiledProgram, Instant, Instant],
    difference: int,
) -> None:
    """Add ``difference`` where the event lies; a bucket never falls below 0."""
    program, at, now = when
    here = window_ordinal(window, at, program.zone)
    previous_window = window_ordinal(window, now, program.zone) - 2 * window.count + 1
    if difference > 0 or here >= previous_window:
        buckets[here] = max(buckets.get(here, 0) + difference, 0)
    if not buckets.get(here, 0):
        buckets.pop(here, None)


# ---------------------------------------------------------------- cooldowns


def _is_cooling(cooldown: Period, times: Mapping[str, int], at: Instant, zone: str) -> bool:
    """Whether another time lies so near to ``at``, before it or (for a late event) after it."""
    over = add_period(at, cooldown, zone)
    return any(
        at < add_period(int(time), cooldown, zone) if int(time) <= at else int(time) < over
        for time, used in times.items()
        if used
    )


def _cooled(
    cooldown: Period, times: Mapping[str, int], program: CompiledProgram, now: Instant
) -> dict[str, int]:
    """The times that can still matter: the newest, as far back as joining is retroactive."""
    oldest = now - program.program.join.retroactive_days * DAY_MS
    kept = sorted(
        (time for time in times if add_period(int(time), cooldown, program.zone) > oldest), key=int
    )
    return {time: times[time] for time in kept[-COOLDOWNS_KEPT_MAX:]}


def _book_time(times: dict[str, int], at: Instant, difference: int) -> None:
    """Add or take back the time ``at``, in place."""
    count = times.get(str(at), 0) + difference
    if count > 0:
        times[str(at)] = count
    else:
        times.pop(str(at), None)
