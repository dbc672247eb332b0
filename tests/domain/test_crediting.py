"""Dates of points: what a program's words come to, in its own time zone."""

from typing import Any

import pytest

from chalicelib.domain.calendar_days import end_of_next, parse_month_day
from chalicelib.domain.crediting import credit_dates, order_dates, waits
from chalicelib.domain.instants import iso, parse_instant
from chalicelib.domain.lots import Touched
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.plan import CompiledProgram
from tests.builders import program, unit

AT = parse_instant("2026-11-21T12:00:00Z")


def rules(zone: str = "Europe/Budapest", **keys: Any) -> CompiledProgram:
    return compile_program(read_program(program(timezone=zone, units=unit(**keys))), 1)


def expires(at: int = AT, **keys: Any) -> str | None:
    date = credit_dates(rules(**keys), "points", at).expires_at
    return None if date is None else iso(date)


@pytest.mark.parametrize(
    ("expiry", "date"),
    [
        ("never", None),
        ({"idle": "P1Y"}, None),
        ({"after": "P1Y"}, "2027-11-21T12:00:00Z"),
        ({"after": "P1Y", "round": "month"}, "2027-11-30T23:00:00Z"),
        ({"after": "P1Y", "round": "year"}, "2027-12-31T23:00:00Z"),
        ({"on": "12-31"}, "2026-12-31T23:00:00Z"),
        ({"on": "12-31", "min_life": "P3M"}, "2027-12-31T23:00:00Z"),
        ({"on": "06-30"}, "2027-06-30T22:00:00Z"),
        ({"on": "02-29"}, "2027-02-28T23:00:00Z"),
        ({"on": "02-29", "min_life": "P1Y"}, "2028-02-29T23:00:00Z"),
    ],
)
def test_expiry_is_what_the_words_say(expiry: Any, date: str | None) -> None:
    assert expires(expiry=expiry) == date


def test_a_day_of_the_year_is_over_at_the_next_local_midnight_and_not_before() -> None:
    last_second = parse_instant("2026-12-31T22:59:59Z")
    assert expires(last_second, expiry={"on": "12-31"}) == "2026-12-31T23:00:00Z"
    midnight = parse_instant("2026-12-31T23:00:00Z")
    assert expires(midnight, expiry={"on": "12-31"}) == "2027-12-31T23:00:00Z"
    assert end_of_next("12-31", midnight, "Europe/Budapest") == midnight


@pytest.mark.parametrize("text", ["02-30", "13-01", "00-10", "1-1", "12-31T"])
def test_a_day_that_no_year_has_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_month_day(text)


RETURNS = {"until": "order.returns_closed", "at_most": "P90D", "returns_days": 14}
FULFILLED = {"until": "order.fulfilled", "at_most": "P90D"}


@pytest.mark.parametrize(
    ("pending", "fulfilled", "date"),
    [
        (RETURNS, None, "2027-02-19T12:00:00Z"),
        (RETURNS, "2026-11-23T08:00:00Z", "2026-12-07T08:00:00Z"),
        (RETURNS, "2027-02-18T08:00:00Z", "2027-02-19T12:00:00Z"),
        (FULFILLED, "2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"),
        (FULFILLED, None, "2027-02-19T12:00:00Z"),
        ({"for": "P1D"}, "2027-01-01T00:00:00Z", "2026-11-22T12:00:00Z"),
    ],
)
def test_points_of_an_order_wait_for_it_and_at_most_so_long(
    pending: Any, fulfilled: str | None, date: str
) -> None:
    known = parse_instant(fulfilled) if fulfilled else None
    made = rules(pending=pending)
    assert iso(order_dates(made, "points", AT, known).available_at) == date
    assert waits(made, "points") == ("until" in pending)


def test_points_that_no_order_earned_wait_for_none() -> None:
    assert credit_dates(rules(pending=RETURNS), "points", AT) == Touched(0)
    assert not waits(rules(), "points")
