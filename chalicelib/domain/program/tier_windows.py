"""The windows of tier groups: calendar steps, rolling runs, and years from a day of one's own.

A tier group counts in *buckets* (``calendar``). Most are calendar steps. A year that starts on
another day (``start``) and a member's own year (``anniversary``) are *blocks*: so many months
each, counted from an anchor date; a bucket is named by the first day of its block. The anchor of
an anniversary is the member's and lies with the standing, so it never moves once it counts.

::

    anchor 2024-02-29    2024-02-29 ── 2025-02-28 ── 2026-02-28 ── 2027-02-28 ── 2028-02-29
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date

import msgspec

from chalicelib.domain.calendar import (
    Step,
    bucket_name,
    bucket_ordinal,
    bucket_start,
    day_start,
    local_date,
    window_end,
    window_ordinal,
    window_start,
)
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Standing
from chalicelib.domain.program.plan import Block, CompiledGroup

_MONTHS_A_YEAR = 12


def of_member(group: CompiledGroup, standing: Standing) -> CompiledGroup:
    """``group`` with its window as this member's: anniversaries count from their own day."""
    if not group.is_anniversary or group.block is None:
        return group
    anchor = local_date(standing.own_from, group.zone)
    return msgspec.structs.replace(group, block=Block(group.block.months, anchor))


def ordinal_at(group: CompiledGroup, instant: Instant) -> int:
    """Number of the bucket that ``instant`` falls in; consecutive buckets count up by one."""
    if group.block is None:
        return window_ordinal(group.window, instant, group.zone)
    return _block_of(group.block, local_date(instant, group.zone))


def ordinal_of(group: CompiledGroup, name: str) -> int | None:
    """Number of the bucket ``name``, also where another window named it; None if unreadable."""
    if group.block is None:
        return bucket_ordinal(group.window.step, name)
    day = bucket_ordinal(Step.DAY, name)
    return None if day is None else _block_of(group.block, date.fromordinal(day))


def name_of(group: CompiledGroup, ordinal: int) -> str:
    """The name that bucket ``ordinal`` is stored under."""
    if group.block is None:
        return bucket_name(group.window.step, ordinal)
    return _first_day(group.block, ordinal).isoformat()


def start_of(group: CompiledGroup, ordinal: int) -> Instant:
    """The first instant of bucket ``ordinal``."""
    if group.block is None:
        return bucket_start(group.window.step, ordinal, group.zone)
    return day_start(_first_day(group.block, ordinal), group.zone)


def period_start(group: CompiledGroup, now: Instant) -> Instant:
    """The first instant of the window that holds ``now``: the qualification period."""
    return start_of(group, ordinal_at(group, now) - group.window.count + 1)


def bucket_end(group: CompiledGroup, instant: Instant) -> Instant:
    """The first instant after the bucket that holds ``instant``."""
    if group.block is None:
        return window_end(group.window, instant, group.zone)
    return start_of(group, ordinal_at(group, instant) + 1)


def judged_at(group: CompiledGroup, now: Instant) -> Instant:
    """When moves last became effective: ``now``, or when its day or window began."""
    if group.judged is None:
        return now
    if group.judged.step is Step.DAY:
        return window_start(group.judged, now, group.zone)
    return start_of(group, ordinal_at(group, now))


def effective_from(group: CompiledGroup, at: Instant) -> Instant:
    """When a move of ``at`` becomes effective: at once, or at the end of its day or window."""
    if group.judged is None or judged_at(group, at) == at:
        return at
    if group.judged.step is Step.DAY:
        return window_end(group.judged, at, group.zone)
    return bucket_end(group, at)


def oldest_kept(group: CompiledGroup, now: Instant) -> int:
    """Number of the oldest bucket that still matters: of the window before the one at ``now``."""
    return ordinal_at(group, now) - group.window.count


def booked(
    group: CompiledGroup, named: Mapping[str, int], amount: int, at: Instant, now: Instant
) -> dict[str, int]:
    """Buckets with ``amount`` added, unless its bucket can no longer matter."""
    buckets = dict[int, int]()
    for name, value in named.items():
        ordinal = ordinal_of(group, name)
        if ordinal is not None:
            buckets[ordinal] = buckets.get(ordinal, 0) + value
    own = ordinal_at(group, at)
    if own >= oldest_kept(group, now):
        buckets[own] = buckets.get(own, 0) + amount
    return {name_of(group, key): buckets[key] for key in sorted(buckets) if buckets[key]}


def kept(group: CompiledGroup, buckets: Mapping[str, int], now: Instant) -> dict[str, int]:
    """Buckets of the window and the one before it; forgetting is no reversal, so it comes last."""
    oldest = oldest_kept(group, now)
    ordinals = ((name, ordinal_of(group, name)) for name in buckets)
    return {name: buckets[name] for name, key in ordinals if key is not None and key >= oldest}


def _block_of(block: Block, day: date) -> int:
    ordinal = (_months(day) - _months(block.anchor)) // block.months
    return ordinal if _first_day(block, ordinal) <= day else ordinal - 1


def _first_day(block: Block, ordinal: int) -> date:
    year, month0 = divmod(_months(block.anchor) + ordinal * block.months, _MONTHS_A_YEAR)
    _, last = monthrange(year, month0 + 1)
    return date(year, month0 + 1, min(block.anchor.day, last))


def _months(day: date) -> int:
    return day.year * _MONTHS_A_YEAR + day.month - 1
