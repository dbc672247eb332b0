"""Who may have a reward, what it is worth, and until when it can be given back."""

import pytest

from chalicelib.domain.instants import iso
from chalicelib.domain.member import Counters
from chalicelib.domain.outcome import RefusalCode
from chalicelib.domain.program import caps
from chalicelib.domain.program.document import Reward
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rewards import (
    cost_to_shop,
    expires_at,
    face_value,
    find_reward,
    money_cost,
    reward_refusal,
    undo_until,
)
from tests.domain.program.builders import POINTS, at, compiled, facts, group, reward

NOW = at("2026-06-15")


def found(program: CompiledProgram, reward_id: str = "five") -> Reward:
    written = find_reward(program, reward_id)
    assert written is not None
    return written


def test_a_reward_is_found_by_its_id() -> None:
    program = compiled()
    assert found(program).name == "$5 off"
    assert find_reward(program, "six") is None


def test_a_plain_reward_is_for_everybody_as_often_as_they_like() -> None:
    program = compiled()
    assert reward_refusal(program, found(program), facts(), Counters(), NOW) is None


def test_a_reward_for_some_is_refused_to_others() -> None:
    program = compiled(
        tier_groups=[group()], rewards=[reward(who={"member.tier.club": {"in": ["gold"]}})]
    )
    gold, leaf = facts(tiers={"club": "gold"}), facts(tiers={"club": "leaf"})
    assert reward_refusal(program, found(program), gold, Counters(), NOW) is None
    refusal = reward_refusal(program, found(program), leaf, Counters(), NOW)
    assert refusal is RefusalCode.REWARD_NOT_FOR_YOU


def test_a_limit_is_reached_and_opens_again_with_its_window() -> None:
    limit = {"times": 2, "window": {"calendar": "month"}}
    program = compiled(rewards=[reward(limit=limit, who={"member.order_count": {"gte": 1}})])
    counters, member = Counters(), facts(order_count=1)
    for _ in range(2):
        assert reward_refusal(program, found(program), member, counters, NOW) is None
        counters = caps.count(program, counters, NOW, {"reward:five": 1}, NOW)
    refusal = reward_refusal(program, found(program), member, counters, NOW)
    assert refusal is RefusalCode.LIMIT_REACHED
    assert reward_refusal(program, found(program), member, counters, at("2026-07-01")) is None
    nobody = reward_refusal(program, found(program), facts(), counters, NOW)
    assert nobody is RefusalCode.REWARD_NOT_FOR_YOU  # first in precedence


def test_a_reward_costs_its_unit_cost_or_else_its_face_value() -> None:
    off = found(compiled())
    assert (face_value(off, "USD"), money_cost(off, "USD")) == (500, 500)
    mug = found(compiled(rewards=[reward(kind="product", value=None, sku="mug",
                                         unit_cost={"USD": 210})]))  # fmt: skip
    assert (face_value(mug, "USD"), money_cost(mug, "USD")) == (None, 210)
    assert money_cost(mug, "EUR") is None


def test_a_reward_that_nobody_priced_costs_what_its_points_cost() -> None:
    points = {**POINTS, "cost": {"USD": 7}, "value_per": 10}
    ship = reward(kind="free_shipping", value=None, cost={"unit": "points", "amount": 25})
    program = compiled(units={"points": points}, rewards=[ship])
    assert cost_to_shop(program.program, found(program)) == 18  # 17.5, rounded up
    silent = compiled(rewards=[ship])
    assert cost_to_shop(silent.program, found(silent)) is None
    priced = compiled(units={"points": points}, rewards=[reward()])
    assert cost_to_shop(priced.program, found(priced)) == 500  # its face value is said
    free = compiled(units={"points": points}, rewards=[reward(
        kind="free_shipping", value=None, cost=None,
        limit={"times": 1, "window": "lifetime"})])  # fmt: skip
    assert cost_to_shop(free.program, found(free)) is None


@pytest.mark.parametrize(
    ("keys", "expires", "undo"),
    [
        ({}, None, "2026-07-15T12:00:00Z"),
        ({"valid": "P60D"}, "2026-08-14T12:00:00Z", "2026-08-14T12:00:00Z"),
        ({"valid": "P7D", "undo": "P30D"}, "2026-06-22T12:00:00Z", "2026-06-22T12:00:00Z"),
        ({"valid": "P60D", "undo": "PT30M"}, "2026-08-14T12:00:00Z", "2026-06-15T12:30:00Z"),
        ({"undo": "never"}, None, None),
    ],
)
def test_an_unused_reward_can_be_given_back_until(
    keys: dict[str, str], expires: str | None, undo: str | None
) -> None:
    program = compiled(rewards=[reward(**keys)])
    times = (expires_at(program, found(program), NOW), undo_until(program, found(program), NOW))
    assert tuple(iso(time) if time else None for time in times) == (expires, undo)


def test_a_reward_without_a_limit_was_never_had_too_often() -> None:
    program = compiled()
    assert caps.times_used(program, "five", Counters(), NOW) == 0


def test_a_reward_may_be_combined_with_another_of_its_program() -> None:
    both = [reward(combine=["six"]), reward("six")]
    assert compiled(rewards=both).program.rewards[0].combine == ("six",)
