"""Streaks in real time: no change of clocks, end of a year or 53rd week breaks one."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.domain.calendar import window_ordinal
from chalicelib.domain.instants import Instant
from chalicelib.domain.progress import Progress
from chalicelib.domain.progressing import completions, moved
from tests.domain.program.builders import add, compiled

# Clocks that change at midnight, by half an hour, that skipped a whole day, or never change.
ZONES = ("UTC", "Europe/Budapest", "America/New_York", "America/Havana", "Asia/Beirut",
         "Australia/Lord_Howe", "Pacific/Apia", "Asia/Tehran")  # fmt: skip
PERIODS = ("day", "week", "month", "quarter", "year")
APIA = "Pacific/Apia"  # had no 30 December 2011
LATEST = date(2060, 1, 1)


def first_day(every: str, number: int) -> date:
    """When the ``number``-th period since 2009 begins; weeks on Mondays, as ISO has them."""
    if every in ("day", "week"):
        return date(2009, 1, 5) + timedelta(days=number * (7 if every == "week" else 1))
    months = number * {"month": 1, "quarter": 3, "year": 12}[every]
    return date(2009 + months // 12, months % 12 + 1, 1)


def instant(day: date, minute: int, zone: str) -> Instant:
    """``minute`` of ``day`` on a clock of ``zone``; of a time that there is twice the first."""
    told = datetime.combine(day, time(minute // 60, minute % 60), ZoneInfo(zone))
    return int(told.astimezone(UTC).timestamp() * 1_000)


def is_missing(day: date, zone: str) -> bool:
    return zone == APIA and day == date(2011, 12, 30)


@settings(max_examples=300)
@example("week", "Europe/Budapest", 619, [(0, 0), (6, 1439)] * 10)  # 2020 had a 53rd week
@example("week", "America/New_York", 0, [(6, 1439), (0, 0)] * 80)
@example("day", "America/Havana", 60, [(0, 0), (0, 1439)] * 10)  # midnight is missing in March
@example("day", "Asia/Beirut", 80, [(0, 0)] * 90)
@example("day", "Australia/Lord_Howe", 90, [(0, 120)] * 300)
@given(
    st.sampled_from(PERIODS),
    st.sampled_from(ZONES),
    st.integers(0, 900),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 1_439)), min_size=1, max_size=90),
)
def test_who_does_it_every_period_never_loses_a_streak(
    every: str, zone: str, first: int, done: list[tuple[int, int]]
) -> None:
    """Each of ``done`` is some minute of some day of the next period."""
    if every in ("quarter", "year"):
        first %= 40
    challenge = compiled(
        timezone=zone,
        challenges=[{"id": "c", "name": "C", "kind": "streak", "on": "action.walk", "every": every,
                     "target": 2, "repeat": 1_000, "give": [add(1)]}],
    ).challenges["c"]  # fmt: skip
    assert challenge.window is not None
    progress = Progress("c", "m")
    for number, (offset, minute) in enumerate(done, start=first):
        start, end = first_day(every, number), first_day(every, number + 1)
        if end > LATEST:
            break
        day = start + timedelta(days=offset % (end - start).days)
        if is_missing(day, zone):
            return  # nobody there can do it then: the streak is over
        period = window_ordinal(challenge.window, instant(day, minute, zone), zone)
        progress = moved(challenge, progress, {}, {str(period): 1})
        assert completions(challenge, progress) == (number - first + 1) // 2


@pytest.mark.parametrize("year", [2009, 2015, 2020, 2026, 2032])
def test_the_53rd_week_is_a_week_between_two_others(year: int) -> None:
    challenge = compiled(
        challenges=[{"id": "c", "name": "C", "kind": "streak", "on": "action.walk",
                     "every": "week", "target": 3, "give": [add(1)]}],
    ).challenges["c"]  # fmt: skip
    assert challenge.window is not None
    last = date.fromisocalendar(year, 53, 7)
    days = (last - timedelta(days=7), last, last + timedelta(days=1))
    periods = [window_ordinal(challenge.window, instant(day, 600, "UTC"), "UTC") for day in days]
    assert periods == list(range(periods[0], periods[0] + 3))
