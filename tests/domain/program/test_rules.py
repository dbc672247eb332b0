"""What the keys of a rule do to an order: multipliers, percents, quantities, groups, hours."""

from typing import Any

import pytest

from chalicelib.domain.member import Counters
from chalicelib.domain.program import caps
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.presentation import present
from chalicelib.domain.program.validation import check
from chalicelib.domain.wording.sentences import names_of
from tests.domain.program.broken_rules import CASH, COUNTED, DOUBLE, IN_GROUP
from tests.domain.program.builders import (
    NOON,
    POINTS,
    add,
    at,
    award,
    by_rule,
    codes,
    compiled,
    document,
    group,
    line,
    order,
    points,
    rate,
    rule,
    tier,
)

MONEY = {"points": POINTS, "cash": CASH}
TEA, CUP = line(1_000, "l1", tags=("tea",)), line(500, "l2", tags=("cup",), quantity_milli=2_000)
OF_TEA: dict[str, Any] = {"lines": {"line.tags": {"has": "tea"}}}


# ---------------------------------------------------------------- multipliers


@pytest.mark.parametrize(("stack", "expected"), [("best", 30), ("sum", 37), ("product", 45)])
def test_rules_that_multiply_are_stacked_with_the_tier(stack: str, expected: int) -> None:
    program = compiled(
        stack=stack,
        earn=[rule("base"), rule("twice", DOUBLE)],
        tier_groups=[group(tier("gold", multiply={"points": "1.5"}))],
    )
    given = award(program, order(1_500), tiers={"club": "gold"})
    assert by_rule(given) == {"base": expected}


def test_two_rules_that_multiply_make_a_product() -> None:
    more = {"multiply": "1.5", "unit": "points"}
    program = compiled(stack="product", earn=[rule("base"), rule("x", DOUBLE), rule("y", more)])
    assert points(award(program, order(1_000))) == 30


def test_a_multiplier_with_lines_is_for_those_lines_only() -> None:
    program = compiled(earn=[rule("base"), rule("tea", DOUBLE, **OF_TEA)])
    given = award(program, order(TEA, CUP))
    assert points(given) == 25
    assert "boosted" in codes(given)


def test_a_bonus_rule_is_never_multiplied() -> None:
    program = compiled(earn=[rule("base"), rule("more", rate(), bonus=True), rule("x", DOUBLE)])
    assert by_rule(award(program, order(1_000))) == {"base": 20, "more": 10}


def test_a_multiplier_is_used_up_by_its_times() -> None:
    twice = rule("twice", DOUBLE, limit={"times": 1, "window": "lifetime"})
    program = compiled(earn=[rule("base"), twice])
    first = award(program, order(1_000), room={"rule:twice": 1})
    assert (points(first), first.used, first.wanted) == (20, {"rule:twice": 1}, {"rule:twice": 1})
    later = award(program, order(1_000), room={"rule:twice": 0})
    assert (points(later), later.used, later.wanted) == (10, {}, {"rule:twice": 1})
    assert award(program, order(0), room={"rule:twice": 1}).used == {}


def test_a_multiplier_once_is_given_by_the_order_it_multiplied() -> None:
    program = compiled(earn=[rule("base"), rule("twice", DOUBLE, once="member")])
    assert award(program, order(1_000)).once == ("twice",)
    assert points(award(program, order(1_000), already_given=("twice",))) == 10


def test_a_multiplier_on_trial_says_so() -> None:
    program = compiled(earn=[rule("base"), rule("twice", DOUBLE, dry_run=True)])
    given = award(program, order(1_000))
    assert (points(given), codes(given)) == (10, ["rate", "dry_run"])


def test_full_counts_whole_amounts_of_each_multiplier_apart() -> None:
    program = compiled(earn=[rule("base", full=True), rule("tea", DOUBLE, **OF_TEA)])
    assert points(award(program, order(line(150, "l1", tags=("tea",)), line(150, "l2")))) == 3


def test_the_tier_that_the_order_reaches_multiplies_where_asked_for() -> None:
    ladder = [group(tier("leaf"), tier("gold", 100, multiply={"points": "2"}))]
    before = compiled(earn=[rule("base")], tier_groups=ladder)
    after = compiled(earn=[rule("base", tier="after")], tier_groups=ladder)
    held: dict[str, Any] = {"tiers": {"club": "leaf"}, "qualified_before": {"club": 5_000}}
    assert points(award(before, order(5_000), **held)) == 50
    assert points(award(after, order(5_000), **held)) == 100
    assert points(award(after, order(4_999), **held)) == 49
    assert points(award(after, order(100), tiers={"club": "gold"})) == 2


# ---------------------------------------------------------------- percents and quantities


def test_a_percent_of_money_is_exact_below_the_minor_unit() -> None:
    program = compiled(units=MONEY, earn=[rule("a", {"percent": "1.5", "unit": "cash"})])
    given = award(program, order(4_299))
    assert points(given, "cash") == 64_485  # thousandths of a cent
    assert codes(given) == ["percent"]


def test_a_percent_without_parts_is_rounded_once() -> None:
    whole = {**MONEY, "cash": {**CASH, "scale": 1}}
    program = compiled(units=whole, earn=[rule("a", {"percent": "1", "unit": "cash"})])
    assert points(award(program, order(150, 150)), "cash") == 3


def test_a_rate_by_quantity_counts_pieces_of_matching_lines() -> None:
    program = compiled(earn=[rule("a", {**COUNTED, "rate": "1.5"})])
    given = award(program, order(TEA, CUP))
    assert (points(given), codes(given)) == (4, ["quantity", "rounded"])


# ---------------------------------------------------------------- groups


def cashback(most_fuel: int | None = None) -> CompiledProgram:
    month = {"calendar": "month"}
    limit = {"limit": {"amount": most_fuel, "window": month}} if most_fuel is not None else {}
    one, three = ({"percent": each, "unit": "cash"} for each in ("1", "3"))
    return compiled(
        units={**MONEY, "cash": {**CASH, "scale": 1}},
        earn=[rule("all", one, **IN_GROUP), rule("fuel", three, **IN_GROUP, **OF_TEA, **limit)],
    )


def test_of_a_group_each_line_goes_to_the_rule_that_gives_most() -> None:
    given = award(cashback(), order(TEA, CUP))
    assert by_rule(given) == {"all": 5, "fuel": 30}
    assert codes(given) == ["percent", "percent"]


def test_what_gives_most_is_judged_after_the_rules_own_limit() -> None:
    given = award(cashback(8), order(TEA, CUP), room={"rule:fuel": 8})
    assert by_rule(given) == {"all": 15}
    assert "not_best" in codes(given)
    given = award(cashback(12), order(TEA, CUP), room={"rule:fuel": 12})
    assert by_rule(given) == {"all": 5, "fuel": 12}


def test_nothing_is_picked_where_every_rule_is_spent() -> None:
    never = {"limit": {"times": 1, "window": "lifetime"}}
    program = compiled(earn=[rule("a", **IN_GROUP, **never), rule("b", **IN_GROUP, **never)])
    given = award(program, order(TEA), room={"rule:a": 0, "rule:b": 0})
    assert given.shares == ()
    assert codes(given) == ["not_best", "not_best"]


def test_a_group_of_a_retired_unit_gives_nothing() -> None:
    """Found by drawn programs: it raised, so no order of the shop could be recorded."""
    retired = {"points": POINTS, "old": {**POINTS, "retired": True}}
    both = [rule(name, rate(unit="old"), group="best", pick="best") for name in ("one", "two")]
    program = compiled(units=retired, earn=[rule("base"), *both])
    assert by_rule(award(program, order(500))) == {"base": 5}


def test_a_rule_of_a_group_on_trial_takes_no_line() -> None:
    program = compiled(earn=[rule("a", **IN_GROUP), rule("b", rate("9"), dry_run=True, **IN_GROUP)])
    assert by_rule(award(program, order(1_000))) == {"a": 10}


def test_a_larger_order_may_ask_for_more_of_a_group() -> None:
    program = cashback(8)
    free = caps.room(program, Counters(), NOON)
    assert award(program, order(TEA, CUP), room=free).wanted["pick:all"] == 15
    assert award(program, order(TEA, CUP, 1_000), room=free).wanted["pick:all"] == 25


# ---------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-06-13T10:00:00Z", 10),  # a Saturday, 12:00 in Budapest
        ("2026-06-13T05:59:59Z", 0),  # 07:59:59
        ("2026-06-13T06:00:00Z", 10),  # 08:00
        ("2026-06-13T18:00:00Z", 0),  # 20:00
        ("2026-06-13T23:30:00Z", 10),  # Sunday, 01:30, within 22:00-02:00
        ("2026-06-15T10:00:00Z", 0),  # Monday
    ],
)
def test_days_and_hours_are_of_the_programs_zone(moment: str, expected: int) -> None:
    when = {"weekdays": ["sat", "sun"], "hours": ["08:00-20:00", "22:00-02:00"]}
    program = compiled(timezone="Europe/Budapest", earn=[rule("a", when=when)])
    given = award(program, order(1_000, at=at(moment), placed_at=at(moment)))
    assert points(given) == expected
    assert expected or codes(given) == ["not_now"]


def test_a_day_ends_at_24_and_no_days_are_every_day() -> None:
    program = compiled(earn=[rule("a", when={"hours": ["20:00-24:00"]})])
    late = at("2026-06-15T23:59:59Z")
    assert points(award(program, order(1_000, at=late, placed_at=late))) == 10


def test_windows_test_the_placing_unless_the_payment_counts() -> None:
    dates: dict[str, Any] = {"from": "2026-06-01", "to": "2026-06-30"}
    late: dict[str, Any] = {"placed_at": at("2026-06-30"), "at": at("2026-07-01")}
    assert points(award(compiled(earn=[rule("a", **dates)]), order(1_000, **late))) == 10
    paid = compiled(earn=[rule("a", counts="paid", **dates)])
    assert points(award(paid, order(1_000, **late))) == 0


# ---------------------------------------------------------------- words


def test_a_rule_is_called_by_its_name() -> None:
    named = rule("a", name={"en": "Tea points", "hu": "Teapontok"})
    program = compiled(earn=[named, rule("b-side")], locales=["en", "hu"])
    assert names_of(program.program, "hu").rule("a") == "Teapontok"
    assert names_of(program.program, "en").rule("b-side") == "b side"
    shown: Any = present(program, "hu")["earn"]
    assert shown[0]["name"] == "Teapontok"


def test_every_way_of_giving_is_shown() -> None:
    visit = {"id": "b", "on": "action.x", "give": [add(1)], "once": "member", "self_reported": True}
    program = compiled(
        units=MONEY, earn=[rule("a", {"percent": "2", "unit": "cash"}, COUNTED, DOUBLE), visit]
    )
    shown: Any = present(program, "en")["earn"]
    assert shown[0]["give"] == [
        {"unit": "cash", "percent": "2"},
        {"unit": "points", "rate": "1", "per_quantity": 1},
        {"unit": "points", "multiply": "2"},
    ]
    assert shown[1]["self_reported"] is True


def test_the_tier_that_an_order_reaches_is_found_for_every_unit_and_by_spend_alone() -> None:
    doubling = group(tier("leaf"), tier("gold", 100, multiply={"points": "2", "stars": "3"}))
    counting = group({"id": "new", "name": "New"}, {"id": "old", "name": "Old", "at": 1,
                     "multiply": {"points": "9"}}, id="fans", by="orders")  # fmt: skip
    written = document(
        units={"points": POINTS, "stars": POINTS},
        earn=[rule("a", tier="after"), rule("b", rate(unit="stars"), tier="after")],
        tier_groups=[doubling, counting],
    )
    assert check(written).program is None  # a version from before that check still evaluates
    given = award(compile_program(read_program(written), 1), order(10_000))
    assert (points(given), points(given, "stars")) == (200, 300)
