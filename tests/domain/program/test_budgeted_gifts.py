"""Rewards and units of causes in campaigns: what a budget of money counts, keeps and withholds."""

from typing import Any

import pytest

from chalicelib.domain.program.campaigns import IN, awarded, gifts_granted
from chalicelib.domain.program.occasion import Award
from chalicelib.domain.program.plan import CompiledProgram
from tests.domain.program.broken_campaigns import campaign
from tests.domain.program.builders import (
    POINTS,
    add,
    codes,
    compiled,
    group,
    order,
    points,
    reward,
    rule,
    terms,
)

CAKE = reward("cake", kind="product", sku="C", value=None, unit_cost={"USD": 300})
PERK = reward("perk", kind="perk", value=None)  # nobody says what it costs
FOREST = {"id": "forest", "name": "A tree", "unit_cost": {"USD": 100}}
MEAL = {"id": "meal", "name": "A meal"}
WORTH = {"points": {**POINTS, "value": {"USD": 1}}, "karma": {**POINTS, "kind": "status"}}
REGULAR = {"id": "regular", "name": "Regular"}
FREE = (add(7, "karma"), {"badge": "regular"})
GIFTS = ({"reward": "cake"}, {"cause": "forest", "add": 2}, add(5), *FREE)


def giving(*effects: dict[str, Any], **of_rule: Any) -> CompiledProgram:
    """A campaign with a budget of money that gives these."""
    gift = rule("gift", *effects, **of_rule)
    return compiled(
        units=WORTH,
        earn=[rule(), rule("always", {"cause": "meal", "add": 1})],
        rewards=[CAKE, PERK],
        causes=[FOREST, MEAL],
        badges=[REGULAR],
        campaigns=[campaign(rules=[gift], budget={"amount": {"USD": 9_000}})],
    )


def given(program: CompiledProgram, room: int, *gifts: str) -> Award:
    """An order of $10 where the budget granted ``room`` cents, and ``gifts`` before."""
    fixed = terms(arms={"spring": IN}, room={"campaign:spring": room}, gifts=gifts)
    return awarded(program, order(1_000), fixed)


def names(award: Award) -> list[str]:
    return [grant.name for grant in award.grants]


def test_a_budget_of_money_counts_gifts_by_what_they_cost_the_shop() -> None:
    program = giving(*GIFTS)
    award = given(program, 505)
    assert award.used["campaign:spring"] == 300 + 2 * 100 + 5
    assert (names(award), points(award), points(award, "karma")) == (
        ["meal", "cake", "forest", "regular"],
        15,
        7,
    )
    assert gifts_granted(program, order(1_000), award) == ("gift/0", "gift/1")
    assert program.campaigns["spring"].worth.keys() == {"points", "reward:cake", "cause:forest"}


@pytest.mark.parametrize(
    ("room", "before", "kept", "own", "used"),
    [
        (504, ("gift/0", "gift/1"), ["cake", "forest"], 4, 504),
        (499, ("gift/0", "gift/1"), ["cake"], 5, 305),  # a gift is there whole or not at all
        (504, ("gift/1",), ["forest"], 5, 205),
        (504, (), [], 5, 5),
    ],
)
def test_what_a_budget_no_more_covers_keeps_first_the_gifts_that_were_granted(
    room: int, before: tuple[str, ...], kept: list[str], own: int, used: int
) -> None:
    award = given(giving(*GIFTS), room, *before)
    assert names(award) == ["meal", *kept, "regular"]  # what no budget counts is never withheld
    assert (points(award) - 10, award.used["campaign:spring"]) == (own, used)
    assert award.wanted["campaign:spring"] == 505
    assert points(award, "karma") == 7
    assert ("budget_spent" in codes(award)) == (len(kept) < 2)


def test_a_rule_whose_gifts_are_all_withheld_takes_none_of_its_times() -> None:
    program = giving({"reward": "cake"}, limit={"times": 3, "window": "lifetime"})
    assert given(program, 300).used["rule:gift"] == 1
    award = given(program, 299, "gift/0")
    assert (names(award), award.used.get("rule:gift", 0)) == (["meal"], 0)
    assert "budget_spent" in codes(award)


def test_a_tier_that_is_reached_by_a_campaign_gives_what_no_budget_counts() -> None:
    gold = {"id": "gold", "name": "Gold", "at": 12, "entry": [add(40)]}
    program = compiled(
        tier_groups=[
            group({"id": "leaf", "name": "Leaf", "at": 0}, gold, by="points", unit="points")
        ],
        campaigns=[campaign(budget={"points": 100})],
    )
    fixed = terms(arms={"spring": IN}, entered=("club/gold",), room={"campaign:spring": 100})
    award = awarded(program, order(1_000), fixed)
    assert points(award) == 10 + 5 + 40
    assert (award.campaigns, award.used["campaign:spring"]) == ({"spring": {"points": 5}}, 5)
