"""Days of every year, such as 31 December: when points of a calendar expiry are lost.

A day is over at the next local midnight, and that is when points go: a date never costs the
member a part of its day. 02-29 means the last day of February in every year.
"""

from datetime import date, timedelta
from functools import lru_cache

from chalicelib.domain.calendar import day_start, local_date
from chalicelib.domain.instants import Instant

_LEAP_YEAR = 2_000
_FEBRUARY = 2
_LEAP_DAY = 29


@lru_cache(maxsize=512)
def parse_month_day(text: str) -> tuple[int, int]:
    """Read ``12-31`` as (month, day).

    Raises:
        ValueError: no day of any year.
    """
    day = date.fromisoformat(f"{_LEAP_YEAR}-{text}")
    return day.month, day.day


def end_of_next(text: str, at: Instant, zone: str) -> Instant:
    """The first local midnight after a day ``text`` that is at ``at`` or later."""
    month_day = parse_month_day(text)
    year = local_date(at, zone).year
    ends = (_end_of(year + step, month_day, zone) for step in range(-1, 3))
    return next(end for end in ends if end >= at)


def _end_of(year: int, month_day: tuple[int, int], zone: str) -> Instant:
    month, day = month_day
    if (month, day) == (_FEBRUARY, _LEAP_DAY):
        return day_start(date(year, month + 1, 1), zone)
    return day_start(date(year, month, day) + timedelta(days=1), zone)
