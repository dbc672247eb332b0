"""Instants: whole milliseconds since 1970-01-01T00:00:00Z, as plain integers.

Everything the books compare or store is an ``Instant``; ``datetime`` appears only where people
read or write a time (the edges) and in calendar arithmetic (``calendar.py``). Integers compare
fast, store small, and cannot lose their zone. This module never reads a clock.
"""

from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Instant: TypeAlias = int

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

_FIRST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND


def to_instant(moment: datetime) -> Instant:
    """Whole milliseconds of an aware ``moment``; finer parts are dropped.

    Raises:
        ValueError: ``moment`` has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a time needs a zone, such as 2026-11-21T10:00:00Z")
    return (moment - _EPOCH) // _MILLISECOND


def to_datetime(instant: Instant) -> datetime:
    """The aware UTC ``datetime`` of ``instant``."""
    return _EPOCH + instant * _MILLISECOND


def parse_instant(text: str) -> Instant:
    """Read ISO 8601 with a zone (``Z`` or an offset).

    Raises:
        ValueError: not a time, no zone, or one that UTC can't write in four digits of a year.
    """
    instant = to_instant(datetime.fromisoformat(text))
    if not _FIRST <= instant <= _LAST:
        raise ValueError("a time lies in the years 1 to 9999")
    return instant


def iso(instant: Instant) -> str:
    """``2026-11-21T10:00:00Z``, with milliseconds only where there are any."""
    moment = to_datetime(instant)
    spec = "milliseconds" if instant % SECOND_MS else "seconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")


def utc_day(instant: Instant) -> str:
    """``2026-11-21``, of the day in UTC."""
    return to_datetime(instant).date().isoformat()
