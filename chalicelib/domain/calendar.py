"""Calendar arithmetic: periods, local dates and windows of counting, integers in and out.

A *period* is an ISO 8601 duration; months and days are calendar arithmetic at equal local time,
the PT part is elapsed time. A *window* is a run of calendar buckets: the one that an instant
falls in and ``count - 1`` before it. That one idea serves calendar windows (``count`` 1), rolling
caps, and tier windows; what was counted is kept by bucket name (``2026-11``), so that old buckets
fall out by themselves and no job has to run in time.

A local time that a clock change skips moves forward by the gap; one that happens twice is the
first. Nothing here reads a clock. Instants must fall in the years 1 to 9999 (OverflowError).
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from chalicelib.domain.instants import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    SECOND_MS,
    Instant,
    to_instant,
)

BEGINNING: Instant = 0
"""Start of a window without a start: nothing in the books is older than 1970."""
FOREVER: Instant = 253_370_764_800_000
"""End of a window without an end: 9999-01-01T00:00:00Z."""
DAY_BUCKETS_MAX = 62
"""Rolling windows of tiers have at most so many days, or whole months."""

_MONTHS_A_YEAR = 12
_DAYS_A_WEEK = 7
_DAYS_A_YEAR = 365
_QUARTERS = ("Q1", "Q2", "Q3", "Q4")
_PERIOD = re.compile(
    r"P(?=[\dT])(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?",
    re.ASCII,
)
_ZONE = re.compile(r"UTC|(?!posix/|right/)[A-Za-z]\w*(?:/[A-Za-z][\w+-]*){1,2}", re.ASCII)


# ---------------------------------------------------------------- zones


@lru_cache(maxsize=1_024)
def zone_of(name: str) -> ZoneInfo:
    """The time zone ``name``; made once per process.

    Raises:
        ValueError: no such zone.
    """
    if not _ZONE.fullmatch(name):
        raise ValueError("a time zone is UTC or an area and a city, such as Europe/Budapest")
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError("a time zone is UTC or an area and a city") from error


def local_time(instant: Instant, zone: str) -> datetime:
    """What clocks in ``zone`` show at ``instant``, to the second, without a zone of its own."""
    aware = datetime.fromtimestamp(instant // SECOND_MS, zone_of(zone))
    return aware.replace(tzinfo=None, fold=0)


@lru_cache(maxsize=4_096)  # one decision asks a dozen times for the same few instants
def local_date(instant: Instant, zone: str) -> date:
    """The date in ``zone`` at ``instant``."""
    return datetime.fromtimestamp(instant // SECOND_MS, zone_of(zone)).date()


def instant_of(local: datetime, zone: str) -> Instant:
    """When clocks in ``zone`` show ``local``: the first time of two, moved forward if never."""
    return to_instant(local.replace(tzinfo=zone_of(zone), fold=0))


@lru_cache(maxsize=4_096)
def day_start(day: date, zone: str) -> Instant:
    """The first instant of ``day`` in ``zone``."""
    return instant_of(datetime(day.year, day.month, day.day), zone)  # noqa: DTZ001 local by intent


def starts_at(text: str, zone: str) -> Instant:
    """Read a date (its first instant in ``zone``), a local time, or a time with an offset.

    Raises:
        ValueError: none of these.
    """
    moment = datetime.fromisoformat(text)
    return instant_of(moment, zone) if moment.tzinfo is None else to_instant(moment)


def ends_before(text: str, zone: str) -> Instant:
    """As ``starts_at``, for the open end of an interval: a bare date includes that day.

    Raises:
        ValueError: not a date or time.
    """
    if "T" in text or " " in text:
        return starts_at(text, zone)
    return day_start(date.fromisoformat(text) + timedelta(days=1), zone)


# ---------------------------------------------------------------- periods


class Period(msgspec.Struct, frozen=True):
    """A length of time: calendar months and days, then elapsed milliseconds."""

    months: int = 0
    days: int = 0
    elapsed_ms: int = 0


@lru_cache(maxsize=1_024)
def parse_period(text: str) -> Period:
    """Read an ISO 8601 duration such as ``P1Y``, ``P2W`` or ``PT30M``.

    Raises:
        ValueError: not a duration, or one of no length.
    """
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise ValueError("a period is an ISO 8601 duration such as P14D, P1Y or PT30M")
    years, months, weeks, days, hours, minutes, seconds = (int(n or 0) for n in match.groups())
    period = Period(
        months=years * _MONTHS_A_YEAR + months,
        days=weeks * _DAYS_A_WEEK + days,
        elapsed_ms=hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS,
    )
    if period == Period():
        raise ValueError("a period must have a length")
    return period


def period_days(period: Period) -> int:
    """About how many days ``period`` has (a month as 30.4375); for limits and comparisons only."""
    return period.months * 36_525 // 1_200 + period.days + period.elapsed_ms // DAY_MS


@lru_cache(maxsize=4_096)  # each unit and each purse of a replay asks for the same date
def add_period(instant: Instant, period: Period, zone: str) -> Instant:
    """``instant`` plus ``period``: equal local time in ``zone``, clamped to the month's end."""
    if not period.months and not period.days:
        return instant + period.elapsed_ms
    day = local_date(instant, zone)
    moved = _moved_day(day, period)
    begun, ended = _plain_start(day, zone), _plain_start(moved, zone)
    if begun is not None and ended is not None:
        return ended + instant - begun + period.elapsed_ms
    local = datetime.combine(moved, local_time(instant, zone).time())
    return instant_of(local, zone) + instant % SECOND_MS + period.elapsed_ms


@lru_cache(maxsize=4_096)
def _plain_start(day: date, zone: str) -> Instant | None:
    """The first instant of a day on which no clock changes: equal times are equally far into it."""
    start = day_start(day, zone)  # of 24 hours: no zone ever changed its clocks twice in three days
    is_plain = day < date.max and day_start(day + timedelta(days=1), zone) - start == DAY_MS
    return start if is_plain else None


@lru_cache(maxsize=4_096)
def _moved_day(day: date, period: Period) -> date:
    year, month0 = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 + period.months, _MONTHS_A_YEAR)
    _, last = monthrange(year, month0 + 1)
    return date(year, month0 + 1, min(day.day, last)) + timedelta(days=period.days)


# ---------------------------------------------------------------- windows


class Step(StrEnum):
    """What one bucket of a window is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    LIFETIME = "lifetime"


class Window(msgspec.Struct, frozen=True):
    """A run of ``count`` buckets that ends with the current one."""

    step: Step
    count: int = 1


LIFETIME = Window(Step.LIFETIME)


def rolling_days(days: int) -> Window:
    """Any ``days`` days in a row; above a leap year so many months as are no shorter."""
    if days <= _DAYS_A_YEAR + 1:
        return Window(Step.DAY, days)
    return rolling_months(days * _MONTHS_A_YEAR // _DAYS_A_YEAR + 1)


def rolling_months(months: int) -> Window:
    """The current month and the ``months`` whole months before it: 13 buckets for a year."""
    return Window(Step.MONTH, months + 1)


def window_bucket(window: Window, instant: Instant, zone: str) -> str:
    """Name of the bucket that ``instant`` falls in: 2026-11-21, 2026-W47, 2026-11, 2026-Q4 ..."""
    return bucket_name(window.step, window_ordinal(window, instant, zone))


def window_start(window: Window, now: Instant, zone: str) -> Instant:
    """The first instant of the window that holds ``now``."""
    return bucket_start(window.step, window_ordinal(window, now, zone) - window.count + 1, zone)


def window_end(window: Window, now: Instant, zone: str) -> Instant:
    """The first instant after the bucket that holds ``now``."""
    if window.step is Step.LIFETIME:
        return FOREVER
    return bucket_start(window.step, window_ordinal(window, now, zone) + 1, zone)


@lru_cache(maxsize=4_096)
def bucket_start(step: Step, ordinal: int, zone: str) -> Instant:
    """The first instant of bucket ``ordinal``; of a lifetime, the beginning."""
    return BEGINNING if step is Step.LIFETIME else day_start(_FIRST_DAYS[step](ordinal), zone)


@lru_cache(maxsize=4_096)  # the tiers of one decision ask a dozen times for two instants
def window_ordinal(window: Window, instant: Instant, zone: str) -> int:
    """Number of the bucket that ``instant`` falls in; consecutive buckets count up by one."""
    if window.step is Step.LIFETIME:
        return 0
    return _ORDINALS[window.step](local_date(instant, zone))


@lru_cache(maxsize=4_096)
def bucket_name(step: Step, ordinal: int) -> str:
    """The name that bucket ``ordinal`` is stored under."""
    if step is Step.LIFETIME:
        return "all"
    first = _FIRST_DAYS[step](ordinal)
    names = {
        Step.DAY: first.isoformat(),
        Step.WEEK: "{0.year:04}-W{0.week:02}".format(first.isocalendar()),
        Step.MONTH: f"{first.year:04}-{first.month:02}",
        Step.QUARTER: f"{first.year:04}-Q{(first.month + 2) // 3}",
        Step.YEAR: f"{first.year:04}",
    }
    return names[step]


@lru_cache(maxsize=4_096)
def bucket_ordinal(step: Step, name: str) -> int | None:
    """Number of the bucket ``name`` among buckets of ``step``; None where it cannot be told.

    Names of other steps are read by their first day, so that counts survive a program that
    changes its window: the days of a month are counted in that month.
    """
    if step is Step.LIFETIME:
        return 0
    day = _first_day_of_name(name)
    return None if day is None else _ORDINALS[step](day)


def _first_day_of_name(name: str) -> date | None:
    year, _, rest = name.partition("-")
    if rest in _QUARTERS:
        rest = f"{_QUARTERS.index(rest) * 3 + 1:02}"
    whole = {0: f"{year}-01-01", 2: f"{year}-{rest}-01", 3: f"{year}-{rest}-1"}
    try:
        return date.fromisoformat(whole.get(len(rest), name))
    except ValueError:
        return None


_ORDINALS: Mapping[Step, Callable[[date], int]] = {  # a match would name up to five members
    Step.DAY: date.toordinal,
    Step.WEEK: lambda day: (day.toordinal() - 1) // _DAYS_A_WEEK,  # day 1 of year 1: a Monday
    Step.MONTH: lambda day: day.year * _MONTHS_A_YEAR + day.month - 1,
    Step.QUARTER: lambda day: day.year * 4 + (day.month - 1) // 3,
    Step.YEAR: lambda day: day.year,
}
_FIRST_DAYS: Mapping[Step, Callable[[int], date]] = {
    Step.DAY: date.fromordinal,
    Step.WEEK: lambda ordinal: date.fromordinal(ordinal * _DAYS_A_WEEK + 1),
    Step.MONTH: lambda ordinal: date(ordinal // _MONTHS_A_YEAR, ordinal % _MONTHS_A_YEAR + 1, 1),
    Step.QUARTER: lambda ordinal: date(ordinal // 4, ordinal % 4 * 3 + 1, 1),
    Step.YEAR: lambda ordinal: date(ordinal, 1, 1),
}
