"""Days of the week and hours of the day, in the program's zone."""

from collections.abc import Sequence

import msgspec

from chalicelib.domain.calendar import local_time
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
