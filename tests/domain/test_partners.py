"""Accounts of partners: the difference to what stands, in the month in which it is booked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.instants import DAY_MS, iso
from chalicelib.domain.limits import SETTLE_MARGIN_MS
from chalicelib.domain.partner_months import settles_from, totals_of
from chalicelib.domain.partners import (
    Booking,
    Lines,
    burned_lines,
    issued_lines,
    month_of,
    partner_of,
)
from chalicelib.domain.program.occasion import Share
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.presentation import present
from chalicelib.domain.program.validation import check
from tests.domain.program.builders import NOON, compiled, document, rate, rule

FUEL = {"id": "fuel", "name": "Fuel", "buys_point_at": "0.011", "paid_per_point_burned": "0.009"}
SHOP = {"id": "shop", "name": "Shop", "connection": "web", "buys_point_at": "0.000001"}
RULES = [
    rule("litres", rate(), paid_by="fuel"),
    rule("more", rate(), paid_by="fuel"),
    rule("pages", rate(), paid_by="shop"),
    rule("own", rate()),
]


def two_partners() -> CompiledProgram:
    return compiled(partners=[FUEL, SHOP], earn=RULES)


def booking(days: int = 0, revision: int = 1) -> Booking:
    return Booking(two_partners(), NOON + days * DAY_MS, revision)


def shares(**points: int) -> tuple[Share, ...]:
    return tuple(Share(name, "points", count) for name, count in points.items() if count)


def test_rules_of_one_partner_are_one_line_and_rules_of_nobody_none() -> None:
    (fuel, shop) = issued_lines((), shares(litres=10, more=5, pages=3, own=9), booking())
    assert (fuel.partner, fuel.month, fuel.issued) == ("fuel", "2026-06", 15)
    assert fuel.owed == 15 * 1_100_000  # 1.1 cents in millionths
    assert (shop.issued, shop.owed) == (3, 3 * 100)


def test_the_same_again_is_the_same_line_of_its_old_revision() -> None:
    lines = issued_lines((), shares(litres=10), booking())
    assert issued_lines(lines, shares(litres=10), booking(days=40, revision=2)) == lines


def test_what_comes_back_in_another_month_is_a_line_of_that_month() -> None:
    lines = issued_lines((), shares(litres=10), booking())
    june, july = issued_lines(lines, shares(litres=4), booking(days=30, revision=2))
    assert (june.issued, june.reversed, june.revision) == (10, 0, 1)
    assert (july.month, july.issued, july.reversed, july.revision) == ("2026-07", 0, 6, 2)
    assert july.owed == -6 * 1_100_000


STEPS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99)),
    max_size=6,
)


@given(STEPS)
def test_lines_always_sum_to_what_stands_and_months_that_are_over_never_change(steps: Any) -> None:
    lines: Lines = ()
    days, program = 0, two_partners()
    for revision, (more, litres, pages, burned) in enumerate(steps, start=1):
        days += more
        now = booking(days, revision)
        before = {line: line.month for line in lines}
        lines = issued_lines(lines, shares(litres=litres, pages=pages), now)
        lines = burned_lines(lines, (program.partners["fuel"], "points", burned), now)
        this = month_of(now.now, "UTC")
        assert {line for line, month in before.items() if month != this} <= set(lines)
        fuel = [line for line in lines if line.partner == "fuel"]
        assert sum(line.issued - line.reversed for line in fuel) == litres
        assert sum(line.burned - line.returned for line in fuel) == burned
        assert sum(line.owed for line in fuel) == litres * 1_100_000
        assert sum(line.due for line in fuel) == burned * 900_000
        places = [(line.partner, line.month, line.unit) for line in lines]
        assert len(places) == len(set(places))


def test_an_order_names_its_partner_or_comes_by_its_connection() -> None:
    program = two_partners()
    assert partner_of(program, "fuel", "web") == "fuel"
    assert partner_of(program, "", "web") == "shop"
    assert partner_of(program, "unheard of", "fuel") == "fuel"
    assert partner_of(program, "", "main") == ""


def test_a_month_rounds_each_amount_once() -> None:
    lines = issued_lines((), shares(litres=5, pages=5), booking())
    totals = totals_of(lines)
    assert (totals.owed_minor, totals.due_minor, totals.net_minor) == (6, 0, 6)  # 5.5 and a bit
    ((unit,)) = totals.units
    assert (unit.unit, unit.issued) == ("points", 10)
    assert totals_of(()).units == ()


def test_a_good_document_of_partners_has_no_errors() -> None:
    assert check(document(partners=[FUEL, SHOP], earn=RULES)).errors == ()


def test_pages_show_where_members_earn_and_what_can_be_bought_and_no_prices_between_shops() -> None:
    plus = {"id": "plus", "name": "Plus", "sold_as": {"sku": "PLUS"}, "period": "P1Y"}
    shown = present(compiled(partners=[{**FUEL, "burns": False, "paid_per_point_burned": None}],
                             memberships=[plus]), "en")  # fmt: skip
    assert shown["partners"] == [{"id": "fuel", "name": "Fuel", "earns": True, "burns": False}]
    assert shown["memberships"] == [
        {"id": "plus", "name": "Plus", "sku": "PLUS", "plan": None, "period": "P1Y"}
    ]


def test_a_name_that_lacks_a_language_of_the_program_is_warned_of() -> None:
    half = {**FUEL, "name": {"en": "Fuel"}}
    checked = check(document(locales=["en", "hu"], partners=[half]))
    assert [problem.path for problem in checked.warnings] == ["$.partners[0].name"]


@pytest.mark.parametrize(
    ("month", "zone", "since"),
    [
        ("2026-11", "UTC", "2026-12-01T01:00:00Z"),
        ("2026-12", "UTC", "2027-01-01T01:00:00Z"),
        ("2028-02", "Asia/Kathmandu", "2028-02-29T19:15:00Z"),
        ("2026-03", "Europe/Warsaw", "2026-03-31T23:00:00Z"),  # an hour less than in winter
        ("2999-12", "UTC", "3000-01-01T01:00:00Z"),
    ],
)
def test_a_month_can_be_settled_an_hour_after_its_last_instant(
    month: str, zone: str, since: str
) -> None:
    at = settles_from(month, zone)
    assert iso(at) == since
    assert month_of(at - SETTLE_MARGIN_MS - 1, zone) == month
    assert month_of(at - SETTLE_MARGIN_MS, zone) > month
