"""A campaign's share is what it adds; budgets cover it whole; arms are the same for ever."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.program.campaigns import HELD_OUT, IN, arm_in, arms_of, awarded, is_held_out
from chalicelib.domain.program.occasion import Award, Terms
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.shared import granted_whole
from tests.domain.program.broken_campaigns import campaign
from tests.domain.program.builders import (
    POINTS,
    add,
    at,
    by_rule,
    codes,
    compiled,
    order,
    points,
    rate,
    rule,
)

DOUBLE = {"multiply": "2", "unit": "points"}
TRIPLE = {"multiply": "3", "unit": "points"}


def boost(effect: dict[str, Any], **keys: Any) -> dict[str, Any]:
    name = keys.get("id", "spring")
    return campaign(**{"rules": [rule(f"{name}-rule", effect)], **keys})


def with_campaigns(*campaigns: dict[str, Any], **keys: Any) -> CompiledProgram:
    return compiled(campaigns=list(campaigns), **keys)


def given_by(program: CompiledProgram, *lines: int, **of_terms: Any) -> tuple[Terms, Award]:
    """The first award of an order for a member who is in every campaign."""
    arms = dict.fromkeys(program.campaigns, IN)
    room = dict.fromkeys(program.shared, 10**9)
    plain: dict[str, Any] = {"program_version": 1, "arms": arms, "room": room}
    return granted_whole(program, order(*lines), Terms(**{**plain, **of_terms}))


# ---------------------------------------------------------------- shares


def test_a_campaign_of_points_is_its_own_share() -> None:
    program = with_campaigns(campaign(budget={"points": 100}))
    _, award = given_by(program, 1_000)
    assert by_rule(award) == {"base": 10, "gift": 5}
    assert award.used["campaign:spring"] == 5
    assert codes(award)[0] == "campaign"
    assert {"rate", "bonus"} <= set(codes(award))  # what a campaign added hides no other reason


def test_the_share_of_a_multiplier_is_the_result_with_it_minus_the_result_without() -> None:
    _, award = given_by(with_campaigns(boost(TRIPLE, budget={"points": 100})), 1_000)
    assert (points(award), award.used["campaign:spring"]) == (30, 20)


@pytest.mark.parametrize(("stack", "whole", "first", "second"),
                         [("best", 30, 10, 10), ("sum", 40, 10, 20),
                          ("product", 60, 10, 40)])  # fmt: skip
def test_two_campaigns_share_what_they_add_to_one_another(
    stack: str, whole: int, first: int, second: int
) -> None:
    budget = {"points": 1_000}
    pair = (boost(DOUBLE, id="a", budget=budget), boost(TRIPLE, id="b", budget=budget))
    _, award = given_by(with_campaigns(*pair, stack=stack), 1_000)
    assert points(award) == whole
    assert (award.used["campaign:a"], award.used["campaign:b"]) == (first, second)


@given(st.lists(st.integers(1, 99_999), min_size=1, max_size=3), st.sampled_from(["1.5", "2.25"]))
def test_shares_and_what_was_there_without_campaigns_sum_to_the_whole(
    cents: list[int], multiplier: str
) -> None:
    budget = {"points": 10**6}
    pair = (
        boost({"multiply": multiplier, "unit": "points"}, id="a", budget=budget),
        campaign(id="b", rules=[rule("b-rule", rate("0.3"))], budget=budget),
    )
    program = with_campaigns(*pair)
    _, award = given_by(program, *cents)
    plain = awarded(program, order(*cents), Terms(program_version=1))
    shares = award.used.get("campaign:a", 0) + award.used.get("campaign:b", 0)
    assert points(award) == points(plain) + shares


def test_a_budget_in_money_counts_what_points_are_worth() -> None:
    worth = {"points": {**POINTS, "value": {"USD": 1}, "value_per": 3}}
    program = with_campaigns(campaign(budget={"amount": {"USD": 500}}), units=worth)
    _, award = given_by(program, 1_000)
    assert award.used["campaign:spring"] == 2  # 5 points at a third of a cent, rounded up


def test_a_budget_in_money_counts_what_points_cost_where_that_is_said() -> None:
    cheap = {"points": {**POINTS, "value": {"USD": 3}, "cost": {"USD": 1}, "value_per": 3}}
    program = with_campaigns(campaign(budget={"amount": {"USD": 500}}), units=cheap)
    _, award = given_by(program, 1_000)
    assert award.used["campaign:spring"] == 2  # 5 points at a third of a cent, rounded up


def test_status_points_take_nothing_of_a_budget() -> None:
    units = {"points": POINTS, "karma": {**POINTS, "kind": "status"}}
    gift = campaign(rules=[rule("gift", add(5, "karma"))], budget={"points": 1})
    _, award = given_by(with_campaigns(gift, units=units), 1_000)
    assert points(award, "karma") == 5


# ---------------------------------------------------------------- budgets


def test_a_budget_that_does_not_cover_the_share_whole_gives_nothing() -> None:
    program = with_campaigns(boost(DOUBLE, budget={"points": 100}))
    terms, award = given_by(program, 1_000, room={"campaign:spring": 9})
    assert (points(award), terms.arms) == (10, {"spring": "spent"})
    assert "budget_spent" in codes(award)


def test_where_one_campaign_is_spent_the_other_gives_what_it_would_alone() -> None:
    budget = {"points": 100}
    pair = (boost(TRIPLE, id="a", budget=budget), boost(DOUBLE, id="b", budget=budget))
    room = {"campaign:a": 5, "campaign:b": 100}
    terms, award = given_by(with_campaigns(*pair), 1_000, room=room)
    assert (points(award), award.used["campaign:b"]) == (20, 10)
    assert terms.arms == {"a": "spent", "b": "in"}


@pytest.mark.parametrize("cents", [1_000, 1_500, 10_000])
def test_an_order_that_grew_beyond_the_budget_keeps_what_was_granted(cents: int) -> None:
    program = with_campaigns(boost(DOUBLE, budget={"points": 100}))
    arms = {"spring": IN}
    terms = Terms(program_version=1, arms=arms, room={"campaign:spring": 10})
    award = awarded(program, order(cents), terms)
    assert points(award) == cents // 100 + 10
    assert (award.used["campaign:spring"], award.wanted["campaign:spring"]) == (10, cents // 100)


def test_an_unlimited_campaign_counts_nothing() -> None:
    program = with_campaigns(campaign())
    _, award = given_by(program, 1_000)
    assert (program.shared, points(award), award.used) == ({}, 15, {})


# ---------------------------------------------------------------- arms


def members(count: int = 2_000) -> list[str]:
    return [f"m{number}" for number in range(count)]


def test_a_holdout_is_about_its_share_and_the_same_for_ever() -> None:
    program = with_campaigns(campaign(holdout="0.1"))
    arms = [arm_in(program, program.campaigns["spring"], member) for member in members()]
    assert arms == [arm_in(program, program.campaigns["spring"], member) for member in members()]
    assert 140 <= arms.count(HELD_OUT) <= 260


def test_two_campaigns_hold_out_different_members() -> None:
    half = {"holdout": "0.5", "budget": "unlimited"}
    program = with_campaigns(boost(DOUBLE, id="a", **half), boost(DOUBLE, id="b", **half))
    first, second = program.campaigns.values()
    both = [(arm_in(program, first, m), arm_in(program, second, m)) for m in members()]
    assert 400 <= both.count((HELD_OUT, HELD_OUT)) <= 600


def test_who_is_in_the_programs_holdout_is_in_no_campaign() -> None:
    program = with_campaigns(campaign(), holdout="0.5")
    out = [member for member in members(200) if is_held_out(program, member)]
    assert 70 <= len(out) <= 130
    arms = [arms_of(program, member, (), order(100)) for member in out]
    assert arms == [{"spring": HELD_OUT}] * len(out)
    assert not is_held_out(with_campaigns(campaign()), "m1")


def test_a_campaign_is_for_its_segment_while_it_runs() -> None:
    june = {"from": "2026-06-10", "to": "2026-06-20", "segment": "lapsed"}
    lapsed = {"lapsed": {"member.days_since_order": {"gte": 90}}}
    program = with_campaigns(campaign(**june), segments=lapsed)
    assert arms_of(program, "m", ("lapsed",), order(100)) == {"spring": IN}
    assert arms_of(program, "m", (), order(100)) == {}
    late = order(100, at=at("2026-06-25"), placed_at=at("2026-06-25"))
    assert arms_of(program, "m", ("lapsed",), late) == {}
    late_paid = order(100, at=at("2026-06-25"), placed_at=at("2026-06-20"))
    assert arms_of(program, "m", ("lapsed",), late_paid) == {"spring": IN}


@pytest.mark.parametrize(("arms", "reason"),
                         [({}, "wrong_segment"), ({"spring": HELD_OUT}, "holdout"),
                          ({"spring": "spent"}, "budget_spent")])  # fmt: skip
def test_who_gets_nothing_is_told_why(arms: dict[str, str], reason: str) -> None:
    program = with_campaigns(campaign())
    award = awarded(program, order(1_000), Terms(program_version=1, arms=arms))
    assert (points(award), reason in codes(award)) == (10, True)


def test_a_campaigns_rule_runs_within_the_dates_of_both() -> None:
    inner = rule("gift", add(5), **{"from": "2026-06-14", "to": "2026-06-30"})
    program = with_campaigns(campaign(rules=[inner], **{"from": "2026-06-01", "to": "2026-06-14"}))
    (compiled_rule,) = (each for each in program.rules["order.paid"] if each.campaign)
    assert compiled_rule.starts_at == at("2026-06-14T00:00:00Z")
    assert compiled_rule.ends_before == at("2026-06-15T00:00:00Z")


def test_money_is_worth_what_it_is_though_parts_of_a_cent_are_kept() -> None:
    cash = {"points": POINTS, "cash": {**POINTS, "kind": "money", "scale": 10}}
    back = campaign(rules=[rule("back", {"percent": "2.5", "unit": "cash"})],
                    budget={"amount": {"USD": 100}})  # fmt: skip
    _, award = given_by(with_campaigns(back, units=cash), 1_010)
    assert (points(award, "cash"), award.used["campaign:spring"]) == (252, 26)


# ---------------------------------------------------------------- what a budget cuts


def test_what_a_budget_cuts_is_cut_from_what_its_own_campaign_gives() -> None:
    two = [rule("a-gift", add(5)), rule("a-more", add(7))]
    pair = (
        campaign(id="a", rules=two, budget={"points": 100}),
        campaign(id="b", rules=[rule("b-gift", add(3))], budget={"points": 100}),
    )
    program = with_campaigns(*pair)
    room = {"campaign:a": 5, "campaign:b": 3}
    _, whole = given_by(program, 2_000)
    assert by_rule(whole) == {"a-gift": 5, "a-more": 7, "b-gift": 3, "base": 20}
    terms = Terms(program_version=1, arms={"a": IN, "b": IN}, room=room)
    award = awarded(program, order(2_000), terms)
    assert by_rule(award) == {"a-gift": 5, "b-gift": 3, "base": 20}
    assert {cap: award.used[cap] for cap in room} == room


def test_what_a_campaign_multiplies_is_cut_from_base_points_and_no_other_campaigns() -> None:
    pair = (
        boost(DOUBLE, id="a", budget={"points": 100}),
        campaign(id="z", rules=[rule("z-gift", add(3))], budget={"points": 100}),
    )
    terms = Terms(program_version=1, arms={"a": IN, "z": IN}, room={"campaign:a": 10})
    award = awarded(with_campaigns(*pair), order(2_000), terms)
    assert by_rule(award) == {"base": 30, "z-gift": 3}
