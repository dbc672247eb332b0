"""Periods, local dates and windows."""

from calendar import monthrange
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import (
    BEGINNING,
    FOREVER,
    LIFETIME,
    Period,
    Step,
    Window,
    add_period,
    bucket_name,
    bucket_ordinal,
    day_start,
    ends_before,
    instant_of,
    local_date,
    local_time,
    parse_period,
    period_days,
    rolling_days,
    rolling_months,
    starts_at,
    window_bucket,
    window_end,
    window_ordinal,
    window_start,
    zone_of,
)
from chalicelib.domain.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, iso, parse_instant

BUDAPEST = "Europe/Budapest"
ZONES = ["UTC", BUDAPEST, "America/New_York", "Asia/Tehran", "Pacific/Apia", "Asia/Kathmandu"]
INSTANTS = st.integers(parse_instant("1990-01-01T00:00:00Z"), parse_instant("2090-01-01T00:00:00Z"))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("P1Y", Period(months=12)),
        ("P1Y6M", Period(months=18)),
        ("P2W", Period(days=14)),
        ("P1W3D", Period(days=10)),
        ("PT30M", Period(elapsed_ms=30 * MINUTE_MS)),
        ("P1DT12H", Period(days=1, elapsed_ms=12 * HOUR_MS)),
        ("PT90S", Period(elapsed_ms=90 * SECOND_MS)),
        ("P1Y2M3W4DT5H6M7S", Period(14, 25, 5 * HOUR_MS + 6 * MINUTE_MS + 7 * SECOND_MS)),
    ],
)
def test_a_period_is_months_days_and_elapsed_time(text: str, period: Period) -> None:
    assert parse_period(text) == period


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1", "1Y", "P1YT", "P-1D", "P1.5D", "P0D", "PT0S", "p1d", "P1D ", "P1M1Y"],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a period"):
        parse_period(text)


def test_the_days_of_a_period_are_near_enough_for_limits() -> None:
    assert period_days(parse_period("P10Y")) == 3_652
    assert period_days(parse_period("P2W")) == 14
    assert period_days(parse_period("PT48H")) == 2


@pytest.mark.parametrize(
    ("start", "period", "zone", "end"),
    [
        ("2026-01-31T10:00:00Z", "P1M", "UTC", "2026-02-28T10:00:00Z"),
        ("2028-02-29T10:00:00Z", "P1Y", "UTC", "2029-02-28T10:00:00Z"),
        ("2026-11-30T10:00:00Z", "P3M", "UTC", "2027-02-28T10:00:00Z"),
        ("2026-12-31T23:00:00Z", "P1M", "UTC", "2027-01-31T23:00:00Z"),
        # Equal local time over a clock change: a day of 23 hours, a day of 25.
        ("2026-03-28T11:00:00Z", "P1D", BUDAPEST, "2026-03-29T10:00:00Z"),
        ("2026-10-24T10:00:00Z", "P1D", BUDAPEST, "2026-10-25T11:00:00Z"),
        # 02:30 is skipped on 29 March: it moves forward to 03:30.
        ("2026-03-28T01:30:00Z", "P1D", BUDAPEST, "2026-03-29T01:30:00Z"),
        # 02:30 happens twice on 25 October: the first.
        ("2026-10-24T00:30:00Z", "P1D", BUDAPEST, "2026-10-25T00:30:00Z"),
        # From the second 02:30 a year on: the fold is not carried along.
        ("2026-10-25T01:30:00Z", "P7D", BUDAPEST, "2026-11-01T01:30:00Z"),
        # Elapsed time does not care.
        ("2026-03-28T11:00:00Z", "PT24H", BUDAPEST, "2026-03-29T11:00:00Z"),
        ("2026-03-28T11:00:00.250Z", "P1DT1H", BUDAPEST, "2026-03-29T11:00:00.250Z"),
    ],
)
def test_calendar_time_is_added_at_equal_local_time(
    start: str, period: str, zone: str, end: str
) -> None:
    assert iso(add_period(parse_instant(start), parse_period(period), zone)) == end


@given(INSTANTS, st.integers(0, 40), st.integers(0, 70), st.sampled_from(ZONES))
def test_a_period_never_leads_back(start: int, months: int, days: int, zone: str) -> None:
    period = Period(months, days, 1)
    assert add_period(start, period, zone) > start - HOUR_MS


@given(INSTANTS, st.integers(0, 40), st.integers(1, 70), st.sampled_from(ZONES))
def test_a_period_ends_when_clocks_show_the_same(
    start: int, months: int, days: int, zone: str
) -> None:
    local = local_time(start, zone)
    year, month0 = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, monthrange(year, month0 + 1)[1])
    shown = local.replace(year=year, month=month0 + 1, day=day) + timedelta(days=days)
    end = instant_of(shown, zone) + start % 1_000
    assert add_period(start, Period(months, days), zone) == end


@pytest.mark.parametrize(
    "name",
    ["", "Mars/Base", "CET", "posix/Europe/Budapest", "right/Europe/Budapest", "../etc", "Europe",
     "Europe/Budapest\n", "/etc/passwd"],
)  # fmt: skip
def test_a_zone_is_utc_or_an_area_and_a_city(name: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        zone_of(name)


def test_zones_of_three_parts_are_known() -> None:
    assert zone_of("America/Argentina/Buenos_Aires").key == "America/Argentina/Buenos_Aires"


def test_a_local_date_is_that_of_the_zone() -> None:
    instant = parse_instant("2026-06-15T23:30:00Z")
    assert local_date(instant, "UTC").isoformat() == "2026-06-15"
    assert local_date(instant, BUDAPEST).isoformat() == "2026-06-16"
    assert local_time(instant, BUDAPEST).isoformat() == "2026-06-16T01:30:00"


def test_a_day_without_midnight_starts_at_its_first_instant() -> None:
    # In São Paulo, summer time began at midnight: 4 November 2018 began at 01:00.
    start = day_start(local_date(parse_instant("2018-11-04T12:00:00Z"), "UTC"), "America/Sao_Paulo")
    assert iso(start) == "2018-11-04T03:00:00Z"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-06-15", "2026-06-14T22:00:00Z", "2026-06-15T22:00:00Z"),
        ("2026-06-15T09:00", "2026-06-15T07:00:00Z", "2026-06-15T07:00:00Z"),
        ("2026-06-15 09:00", "2026-06-15T07:00:00Z", "2026-06-15T07:00:00Z"),
        ("2026-06-15T09:00:00Z", "2026-06-15T09:00:00Z", "2026-06-15T09:00:00Z"),
    ],
)
def test_a_bare_date_at_the_end_includes_that_day(text: str, first: str, last: str) -> None:
    assert iso(starts_at(text, BUDAPEST)) == first
    assert iso(ends_before(text, BUDAPEST)) == last


# ---------------------------------------------------------------- windows


@pytest.mark.parametrize(
    ("step", "name", "start", "end"),
    [
        (Step.DAY, "2026-11-21", "2026-11-21", "2026-11-22"),
        (Step.WEEK, "2026-W47", "2026-11-16", "2026-11-23"),
        (Step.MONTH, "2026-11", "2026-11-01", "2026-12-01"),
        (Step.QUARTER, "2026-Q4", "2026-10-01", "2027-01-01"),
        (Step.YEAR, "2026", "2026-01-01", "2027-01-01"),
    ],
)
def test_a_calendar_window_is_one_bucket(step: Step, name: str, start: str, end: str) -> None:
    now, window = parse_instant("2026-11-21T10:00:00Z"), Window(step)
    assert window_bucket(window, now, "UTC") == name
    assert iso(window_start(window, now, "UTC")) == f"{start}T00:00:00Z"
    assert iso(window_end(window, now, "UTC")) == f"{end}T00:00:00Z"


def test_weeks_belong_to_the_iso_year() -> None:
    week = Window(Step.WEEK)
    assert window_bucket(week, parse_instant("2027-01-01T00:00:00Z"), "UTC") == "2026-W53"


def test_a_lifetime_has_no_start_and_no_end() -> None:
    assert window_bucket(LIFETIME, 5, "UTC") == "all"
    assert window_start(LIFETIME, 5, "UTC") == BEGINNING
    assert window_end(LIFETIME, 5, "UTC") == FOREVER
    assert bucket_ordinal(Step.LIFETIME, "2026-11") == 0


def test_a_rolling_year_is_thirteen_months() -> None:
    now, year = parse_instant("2026-11-21T10:00:00Z"), rolling_months(12)
    assert year.count == 13
    assert iso(window_start(year, now, "UTC")) == "2025-11-01T00:00:00Z"


def test_long_rolling_windows_are_counted_by_months() -> None:
    assert rolling_days(62) == Window(Step.DAY, 62)
    assert rolling_days(366) == Window(Step.DAY, 366)
    assert rolling_days(367) == Window(Step.MONTH, 14)
    assert rolling_days(730) == Window(Step.MONTH, 26)


@given(INSTANTS, st.sampled_from(list(Step)), st.sampled_from(ZONES))
def test_every_instant_lies_in_its_own_bucket(instant: int, step: Step, zone: str) -> None:
    window = Window(step)
    ordinal = window_ordinal(window, instant, zone)
    assert window_start(window, instant, zone) <= instant < window_end(window, instant, zone)
    assert bucket_ordinal(step, bucket_name(step, ordinal)) == ordinal
    assert window_ordinal(window, window_end(window, instant, zone), zone) == ordinal + (
        step is not Step.LIFETIME
    )


@given(INSTANTS, st.sampled_from([Step.DAY, Step.WEEK, Step.MONTH, Step.QUARTER, Step.YEAR]))
def test_bucket_names_sort_like_time(instant: int, step: Step) -> None:
    window = Window(step)
    earlier = window_bucket(window, instant - 400 * DAY_MS, "UTC")
    assert earlier < window_bucket(window, instant, "UTC")


@pytest.mark.parametrize(
    ("step", "name", "same_as"),
    [
        (Step.MONTH, "2026-11-21", "2026-11"),
        (Step.YEAR, "2026-11", "2026"),
        (Step.YEAR, "2026-W47", "2026"),
        (Step.MONTH, "2026-Q4", "2026-10"),
        (Step.MONTH, "2026", "2026-01"),
        (Step.QUARTER, "2026-11-21", "2026-Q4"),
    ],
)
def test_names_of_another_step_are_read_by_their_first_day(
    step: Step, name: str, same_as: str
) -> None:
    assert bucket_ordinal(step, name) == bucket_ordinal(step, same_as)


@pytest.mark.parametrize("name", ["all", "", "2026-Q5", "2026-13", "x-y", "2026-W99"])
def test_names_that_tell_no_time_are_left_out(name: str) -> None:
    assert bucket_ordinal(Step.MONTH, name) is None
