"""Days of the week and hours of the day, in the program's zone."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import msgspec

from chalicelib.domain.calendar import instant_of, local_time
from chalicelib.domain.instants import Instant

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_MINUTES_AN_HOUR = 60


class Hours(msgspec.Struct, frozen=True):
    """When something holds: no days are all days, no hours are all hours."""

    days: frozenset[int]  # 0 is Monday
    spans: tuple[tuple[int, int], ...]  # minutes of the day, half-open; the end may be before


def hours_of(weekdays: Sequence[str], spans: Sequence[str]) -> Hours:
    """From ``("sat",)`` and ``("09:00-17:00",)``, both as the document checks them."""
    days = frozenset(WEEKDAYS.index(day) for day in weekdays)
    return Hours(days, tuple(_span(text) for text in spans))


def holds_at(hours: Hours, at: Instant, zone: str) -> bool:
    """Whether ``at`` is within; hours past midnight belong to the day that clocks show then."""
    local = local_time(at, zone)
    if hours.days and local.weekday() not in hours.days:
        return False
    minute = local.hour * _MINUTES_AN_HOUR + local.minute
    return not hours.spans or any(_is_within(minute, span) for span in hours.spans)


class Telling(msgspec.Struct, frozen=True):
    """How often members are told something, and at what time of the day they are not."""

    day: int  # messages at most
    week: int  # likewise, of ISO
    quiet: tuple[int, int] | None  # minutes of the day, as in ``Hours``; None: never


def telling_of(day: int, week: int, quiet: str) -> Telling:
    """From what the document says; ``quiet`` is hours, or none."""
    return Telling(day, week, None if quiet == "none" else _span(quiet))


def told_from(telling: Telling, now: Instant, zone: str) -> Instant:
    """When a message of ``now`` may be shown: at once, or at the end of the quiet hours."""
    local = local_time(now, zone)
    minute = local.hour * _MINUTES_AN_HOUR + local.minute
    if telling.quiet is None or not _is_within(minute, telling.quiet):
        return now
    end = telling.quiet[1]
    midnight = datetime.combine(local.date(), time())
    days = 0 if minute < end else 1
    # Of an hour that clocks show twice the first is meant, which may be over.
    return max(now, instant_of(midnight + timedelta(days=days, minutes=end), zone))


def _is_within(minute: int, span: tuple[int, int]) -> bool:
    first, last = span
    if first < last:
        return first <= minute < last
    return minute >= first or minute < last


def _span(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    return _minute(first), _minute(last)


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * _MINUTES_AN_HOUR + int(minute)
