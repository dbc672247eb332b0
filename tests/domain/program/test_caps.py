"""Caps: what is free, what is counted, what is forgotten."""

from typing import Any

import pytest

from chalicelib.domain.member import Counters
from chalicelib.domain.program import caps
from chalicelib.domain.program.giving import within_limits
from chalicelib.domain.program.plan import CompiledProgram
from tests.domain.program.broken import KARMA
from tests.domain.program.builders import (
    POINTS,
    add,
    at,
    award,
    by_rule,
    codes,
    compiled,
    line,
    order,
    points,
    rate,
    reward,
    rule,
)


def limited(window: Any, zone: str = "UTC", **limit: Any) -> CompiledProgram:
    limit = limit or {"times": 1}
    return compiled(timezone=zone, earn=[rule("a", add(10), limit={**limit, "window": window})])


def used_at(program: CompiledProgram, *days: str, of: str = "rule:a") -> Counters:
    counters = Counters()
    for day in days:
        counters = caps.count(program, counters, at(day), {of: 1}, at(day))
    return counters


def free(program: CompiledProgram, counters: Counters, day: str) -> int:
    return caps.room(program, counters, at(day))["rule:a"]


@pytest.mark.parametrize(
    ("window", "used", "closed", "opened"),
    [
        ({"calendar": "day"}, "2026-06-15", "2026-06-15", "2026-06-16"),
        ({"calendar": "week"}, "2026-06-15", "2026-06-21", "2026-06-22"),
        ({"calendar": "month"}, "2026-06-15", "2026-06-30", "2026-07-01"),
        ({"calendar": "quarter"}, "2026-05-15", "2026-06-30", "2026-07-01"),
        ({"calendar": "year"}, "2026-06-15", "2026-12-31", "2027-01-01"),
        ({"rolling": "P7D"}, "2026-06-15", "2026-06-21", "2026-06-22"),
        ({"rolling": "P1W"}, "2026-06-15", "2026-06-21", "2026-06-22"),
        ({"rolling": "P30D"}, "2026-06-15", "2026-07-14", "2026-07-15"),
        ({"rolling": "P1M"}, "2026-10-31", "2026-11-30", "2026-12-01"),
        ({"rolling": "P2M"}, "2026-10-31", "2026-12-31", "2027-01-01"),
        ({"rolling": "P3M"}, "2026-06-15", "2026-09-14", "2026-09-15"),
        ({"rolling": "P90D"}, "2026-06-15", "2026-09-12", "2026-09-13"),
        ({"rolling": "P1Y"}, "2026-06-15", "2027-06-15", "2027-06-16"),
        ({"rolling": "P2Y"}, "2026-06-15", "2028-06-30", "2028-07-01"),
        ({"rolling": "P400D"}, "2026-06-15", "2027-08-31", "2027-09-01"),
    ],
)
def test_a_limit_is_over_when_its_window_is(
    window: Any, used: str, closed: str, opened: str
) -> None:
    program = limited(window)
    counters = used_at(program, used)
    assert free(program, counters, closed) == 0
    assert free(program, counters, opened) == 1


def test_a_weekly_customer_fits_in_seven_rolling_days() -> None:
    program = limited({"rolling": "P7D"})
    counters = used_at(program, "2026-06-01", "2026-06-08", "2026-06-15")
    assert free(program, counters, "2026-06-22") == 1


def test_a_lifetime_is_never_over() -> None:
    program = limited("lifetime")
    assert free(program, used_at(program, "2016-01-01"), "2036-01-01") == 0


def test_a_limit_within_an_order_counts_nothing() -> None:
    program = limited("order", amount=4)
    counters = caps.count(program, Counters(), at("2026-06-15"), {"rule:a": 4}, at("2026-06-15"))
    assert counters == Counters()
    assert free(program, counters, "2026-06-15") == 4
    assert points(award(program, order(100), room={"rule:a": 4})) == 4


def test_days_are_of_the_programs_zone() -> None:
    program = limited({"calendar": "day"}, "Europe/Budapest")
    counters = used_at(program, "2026-06-15T21:30:00Z")
    assert free(program, counters, "2026-06-15T21:59:00Z") == 0
    assert free(program, counters, "2026-06-15T22:00:00Z") == 1


def test_a_late_event_gets_what_the_fullest_of_its_windows_leaves() -> None:
    program = limited({"rolling": "P7D"}, amount=10)
    counters = caps.count(program, Counters(), at("2026-06-15"), {"rule:a": 7}, at("2026-06-15"))
    counters = caps.count(program, counters, at("2026-06-08"), {"rule:a": 2}, at("2026-06-15"))
    assert free(program, counters, "2026-06-12") == 3  # 8 June is out of the week of the 15th
    assert free(program, counters, "2026-06-10") == 3
    assert free(program, counters, "2026-06-08") == 8


def test_room_freed_by_a_refund_is_free_where_it_was_used() -> None:
    program = limited({"calendar": "month"}, times=2)
    counters = used_at(program, "2026-06-10", "2026-06-20")
    for day in ("2026-06-25", "2026-07-05", "2026-12-05"):
        freed = caps.count(program, counters, at("2026-06-10"), {"rule:a": -1}, at(day))
        assert free(program, freed, "2026-06-28") == 1


def test_what_is_given_back_twice_is_given_back_once() -> None:
    program = limited("lifetime", times=3)
    counters = used_at(program, "2026-06-10")
    for _ in range(2):
        counters = caps.count(program, counters, at("2026-06-10"), {"rule:a": -1}, at("2026-06-11"))
    assert counters == Counters()
    assert free(program, counters, "2026-06-12") == 3


def test_counters_reach_as_far_back_as_joining_does() -> None:
    window = {"window": {"calendar": "month"}, "times": 1}
    program = compiled(join={"retroactive_days": 365}, earn=[rule("a", add(1), limit=window)])
    now, counters = at("2026-06-15"), Counters()
    for day in ("2025-09-10", "2025-12-10", "2026-06-10"):
        counters = caps.count(program, counters, at(day), {"rule:a": 1}, now)
    assert free(program, counters, "2025-09-20") == 0
    assert free(program, counters, "2025-10-20") == 1


def test_counts_survive_a_change_of_the_window() -> None:
    daily = used_at(limited({"calendar": "day"}, times=5), "2026-06-14", "2026-06-15")
    monthly = limited({"calendar": "month"}, times=5)
    assert free(monthly, daily, "2026-06-20") == 3
    counted = caps.count(monthly, daily, at("2026-06-20"), {"rule:a": 1}, at("2026-06-20"))
    assert counted.used == {"rule:a": {"2026-06": 3}}


def test_names_that_tell_no_time_and_caps_of_other_programs_are_left_alone() -> None:
    program = limited({"calendar": "day"})
    counters = Counters(used={"rule:old": {"2020": 5}, "rule:a": {"all": 9}})
    assert free(program, counters, "2026-06-15") == 1
    new = caps.count(program, counters, at("2026-06-15"), {"rule:new": 1}, at("2026-06-15"))
    assert new.used == counters.used
    own = caps.count(program, counters, at("2026-06-15"), {"rule:a": 1}, at("2026-06-15"))
    assert own.used == {"rule:old": {"2020": 5}, "rule:a": {"2026-06-15": 1}}


def test_an_overdrawn_cap_has_no_room_rather_than_less_than_none() -> None:
    program = limited({"calendar": "day"})
    assert free(program, used_at(program, "2026-06-15", "2026-06-15"), "2026-06-15") == 0


# ---------------------------------------------------------------- caps in an evaluation


def test_a_rule_that_had_its_times_gives_nothing() -> None:
    program = limited("lifetime")
    result = award(program, order(100), room={"rule:a": 0})
    assert (result.shares, result.used, result.wanted) == ((), {}, {"rule:a": 1})
    assert "cap_reached" in codes(result)


def test_a_rule_gives_what_is_left_of_its_amount() -> None:
    program = compiled(
        earn=[rule("a", rate(), limit={"amount": 30, "window": "lifetime"}), rule("b")]
    )
    result = award(program, order(5_000), room={"rule:a": 12})
    assert by_rule(result) == {"a": 12, "b": 50}
    assert (result.used, result.wanted) == ({"rule:a": 12}, {"rule:a": 50})


def test_a_cap_that_the_terms_do_not_name_is_unlimited() -> None:
    assert points(award(limited("lifetime", amount=3), order(100))) == 10


def test_a_limit_of_one_unit_leaves_the_other_alone() -> None:
    program = compiled(
        units={"points": POINTS, "karma": KARMA},
        earn=[rule("a", add(9), add(9, "karma"),
                   limit={"amount": {"karma": 2}, "window": "lifetime"})],
    )  # fmt: skip
    result = award(program, order(100), room={"rule:a": 2})
    assert {share.unit: share.points for share in result.shares} == {"points": 9, "karma": 2}


def test_the_day_cuts_rules_from_the_last_id_backwards() -> None:
    program = compiled(
        limits={"points_per_day": 25}, earn=[rule("c", add(10)), rule("a", add(10)), rule("b")]
    )
    result = award(program, order(1_000), room={"day:points": 15})
    assert by_rule(result) == {"a": 10, "b": 5}
    assert (result.used, result.wanted) == ({"day:points": 15}, {"day:points": 30})


def test_a_day_cap_by_unit_leaves_the_others_alone() -> None:
    program = compiled(
        units={"points": POINTS, "karma": KARMA},
        limits={"points_per_day": {"karma": 5}},
        earn=[rule("a", add(10), add(10, "karma"))],
    )
    assert set(program.caps) == {"day:karma"}
    result = award(program, order(100), room={"day:karma": 5})
    assert {share.unit: share.points for share in result.shares} == {"points": 10, "karma": 5}


def test_rounding_up_never_lifts_a_rule_above_its_cap() -> None:
    program = compiled(
        units={"points": {**POINTS, "rounding": "up"}},
        earn=[rule("a", rate("10"), limit={"amount": 10, "window": "lifetime"}),
              rule("b", rate("0.05"))],
    )  # fmt: skip
    assert by_rule(award(program, order(100), room={"rule:a": 10})) == {"a": 10, "b": 1}


def test_less_than_a_point_does_not_use_up_a_time() -> None:
    program = compiled(earn=[rule("a", rate(), limit={"times": 1, "window": "lifetime"})])
    result = award(program, order(40), room={"rule:a": 1})
    assert (result.used, result.wanted) == ({}, {})


# ---------------------------------------------------------------- rewards


def test_rewards_are_counted_by_the_same_machinery() -> None:
    program = compiled(rewards=[reward("five", limit={"times": 2, "window": {"calendar": "month"}}),
                                reward("free")])  # fmt: skip
    counters = used_at(program, "2026-06-10", of="reward:five")
    assert caps.times_used(program, "five", counters, at("2026-06-20")) == 1
    assert caps.times_used(program, "five", counters, at("2026-07-01")) == 0
    assert caps.times_used(program, "free", counters, at("2026-06-20")) == 0
    assert "reward:five" not in caps.room(program, counters, at("2026-06-20"))


# ---------------------------------------------------------------- more room for a larger base


def test_a_rule_of_a_group_gets_no_more_room_than_its_own_limits_let_it() -> None:
    month = {"calendar": "month"}
    best = {"group": "g", "pick": "best"}
    program = compiled(
        earn=[
            rule("a", limit={"amount": 50, "window": month}, **best),
            rule("b", limit={"times": 1, "window": month}, **best),
        ]
    )
    asked = {"pick:a": 40, "pick:b": 40, "rule:a": 30}
    free = {"rule:a": 30, "rule:b": 0}
    used_up = within_limits(program, {"rule:b": 0}, asked, free)
    assert used_up == {"pick:a": 30, "pick:b": 0, "rule:a": 30}
    assert within_limits(program, {"rule:b": 1}, asked, free)["pick:b"] == 40
    assert within_limits(program, {"rule:b": 0}, {**asked, "rule:b": 1}, free)["pick:b"] == 40
    assert within_limits(program, {}, {"rule:a": 30}, free) == {"rule:a": 30}
    # Of 29.5 points 29 were granted: the choice, which remembers 30, gets no more than all 50.
    held = {"rule:a": 29, "pick:a": 30}
    assert within_limits(program, held, asked, {**free, "rule:a": 21})["pick:a"] == 20


def test_a_rule_of_a_group_that_gives_nothing_for_its_lines_asks_for_nothing() -> None:
    best = {"group": "g", "pick": "best"}
    of_gross = rule("a", rate(of="gross"), **best)
    program = compiled(earn=[of_gross, rule("b", rate("2"), **best)])
    given = award(program, order(line(100, gross=0)))
    assert by_rule(given) == {"b": 2}
    assert "pick:a" not in given.wanted


@pytest.mark.parametrize(
    ("window", "closed", "opened"),
    [
        ({"rolling": "P1M"}, "2026-12-02", "2026-12-31"),
        ({"rolling": "P3M"}, "2027-03-01", "2027-03-02"),
        ({"calendar": "month"}, "2026-11-30", "2026-12-01"),
    ],
)
def test_what_was_counted_by_months_counts_to_the_end_of_its_month(
    window: Any, closed: str, opened: str
) -> None:
    program, counters = limited(window), Counters(used={"rule:a": {"2026-11": 1}})
    assert free(program, counters, "2026-11-21") == 0
    assert free(program, counters, closed) == 0
    assert free(program, counters, opened) == 1
    more = caps.count(program, counters, at("2026-11-21"), {"rule:a": 0}, at("2026-11-21"))
    assert free(program, more, closed) == 0
