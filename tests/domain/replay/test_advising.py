"""What a replay says against publishing a draft."""

from typing import Any

from chalicelib.domain.outcome import Problem
from chalicelib.domain.program.document import Program
from chalicelib.domain.replay.advising import advised
from chalicelib.domain.replay.history import PastOrder
from chalicelib.domain.replay.report import Report
from chalicelib.domain.replay.spending import MILLION
from tests.builders import TEA
from tests.domain.replay.histories import bought, compared, made

OTHER = Problem("$.name", "text_missing", "x")
REACH = Problem("$.rewards", "no_reward_within_reach", "x")
CHEAP = {**TEA["rewards"][0], "cost": {"unit": "points", "amount": 10}}
FAR = {**TEA["rewards"][0], "cost": {"unit": "points", "amount": 690}}
PLAIN: dict[str, Any] = {"tier_groups": []}


def replayed(*orders: PastOrder, **changes: Any) -> tuple[Report, Program]:
    draft = made(**changes)
    report, _ = compared(made(), draft, {"ann": list(orders)} if orders else {}, share=MILLION)
    return report, draft.program


def codes(found: tuple[Report, Program], *warnings: Problem) -> list[str]:
    return [warning.code for warning in advised(warnings, *found)]


def test_rewards_over_the_programs_own_share_are_told_with_both_figures() -> None:
    # 100.00 of goods earn 100 points: ten rewards of 5.00, half of what was spent.
    found = replayed(bought(10_000), rewards=[CHEAP], limits={"reward_cost_share": "0.05"})
    (told,) = advised((), *found)
    assert (told.code, told.path) == ("replay_cost_high", "$.limits.reward_cost_share")
    assert "50.0 % of what members spent; the limit is 5.0 %" in told.detail
    within = replayed(bought(10_000), rewards=[CHEAP], limits={"reward_cost_share": "0.5"})
    assert codes(within) == []


def test_points_worth_more_than_the_limit_are_told() -> None:
    units = {"points": {**TEA["units"]["points"], "value": {"USD": 10}}}
    kept = {"rewards": [], "units": units}
    over = replayed(bought(10_000), **kept, limits={"liability": {"USD": 999}})
    told = {each.code: each for each in advised((), *over)}
    assert told["replay_liability_high"].path == "$.limits.liability"
    assert "up to 1000 (minor units of USD)" in told["replay_liability_high"].detail
    within = replayed(bought(10_000), **kept, limits={"liability": {"USD": 1_000}})
    assert "replay_liability_high" not in codes(within)


def test_what_took_many_orders_is_not_within_reach() -> None:
    orders = [bought(10_000, order_id=str(place), days_ago=90 - place) for place in range(7)]
    slow = replayed(*orders, rewards=[FAR], **PLAIN)
    (told,) = advised((OTHER,), *slow)[1:]
    assert (told.code, "took 7 orders" in told.detail) == ("no_reward_within_reach", True)
    assert codes(replayed(*orders, rewards=[CHEAP]), REACH, OTHER) == ["text_missing"]
    (never,) = advised((REACH,), *replayed(orders[0], rewards=[FAR]))
    assert never.detail.startswith("Nobody had enough")


def test_a_history_of_nobody_says_nothing() -> None:
    limits = {"reward_cost_share": "0.0001", "liability": {"USD": 0}}
    assert codes(replayed(rewards=[FAR], limits=limits), REACH) == ["no_reward_within_reach"]
