"""Instants: whole milliseconds, always with a zone on the way in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.instants import iso, parse_instant, to_datetime, to_instant

INSTANTS = st.integers(0, 253_402_300_799_999)


@given(INSTANTS)
def test_an_instant_survives_being_written_and_read(instant: int) -> None:
    assert parse_instant(iso(instant)) == instant
    assert to_instant(to_datetime(instant)) == instant


@given(INSTANTS, st.integers(-14 * 60, 14 * 60))
def test_the_zone_of_a_time_does_not_change_the_instant(instant: int, minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    if 86_400_000 < instant < 253_402_300_799_999 - 86_400_000:
        assert to_instant(to_datetime(instant).astimezone(zone)) == instant


def test_milliseconds_are_written_only_where_there_are_any() -> None:
    assert iso(1_000) == "1970-01-01T00:00:01Z"
    assert iso(1_001) == "1970-01-01T00:00:01.001Z"


def test_parts_of_a_millisecond_are_dropped() -> None:
    assert to_instant(datetime(1970, 1, 1, 0, 0, 0, 1_999, tzinfo=UTC)) == 1


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_could_not_be_written_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="years 1 to 9999"):
        parse_instant(text)


@pytest.mark.parametrize("text", ["2026-11-21T10:00:00", "yesterday", ""])
def test_a_time_without_a_zone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_instant(text)
