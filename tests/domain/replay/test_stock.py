"""Rewards that run out: the second pass over the sums of a replay."""

from typing import Any

from chalicelib.domain.replay.history import PastOrder
from chalicelib.domain.replay.report import Report, main_money
from chalicelib.domain.replay.spending import MILLION
from tests.builders import TEA
from tests.domain.replay.histories import bought, compared, made

REWARD = TEA["rewards"][0]  # 5.00 off for 50 points


def replayed(stock: int | None, days: int = 330, **changes: Any) -> Report:
    """Ten members who earn a reward each, two a month; a stock for the draft alone."""
    histories: dict[str, list[PastOrder]] = {
        f"m{number}": [bought(5_000, str(number), 40 + 31 * (number // 2))] for number in range(10)
    }
    earn = changes.pop("earn", TEA["earn"])
    limited = {**REWARD, **changes} if stock is None else {**REWARD, "stock": stock, **changes}
    draft = made(rewards=[limited], tier_groups=[], earn=earn)
    plain = made(tier_groups=[])
    report, _ = compared(plain, draft, histories, share=MILLION, days=days)
    return report


def test_what_has_run_out_costs_nothing_and_leaves_the_points() -> None:
    report = replayed(3)
    assert main_money(report.live).total_cost_minor == 5_000
    money = main_money(report.draft)
    assert (money.total_cost_minor, sum(money.rewards), sum(money.refused)) == (1_500, 3, 7)
    (unit,) = [each for each in report.draft.units if each.habit == "one"]
    assert (sum(unit.redeemed), unit.outstanding[-1]) == (150, 350)
    assert "rewards_ran_out" in report.notes


def test_the_first_come_first() -> None:
    taken = [count for count in main_money(replayed(3).draft).rewards if count]
    assert taken == [2, 1]


def test_every_month_still_adds_up() -> None:
    for unit in replayed(4).draft.units:
        held = 0
        for month, outstanding in enumerate(unit.outstanding):
            held += unit.issued[month] - unit.redeemed[month] - unit.expired[month]
            assert outstanding == held


def test_enough_stock_changes_nothing() -> None:
    assert main_money(replayed(10).draft) == main_money(replayed(None).draft)
    assert "rewards_ran_out" not in replayed(10).notes


def test_a_reward_that_nobody_can_price_runs_out_too() -> None:
    perk: dict[str, Any] = {"kind": "perk", "value": None}
    report = replayed(1, **perk)
    money = main_money(report.draft)
    assert (sum(money.unpriced), sum(money.refused), money.total_cost_minor) == (1, 9, 0)


def test_a_reward_that_rules_alone_give_runs_out_without_points() -> None:
    gift = {"id": "gift", "on": "order.paid", "give": [{"reward": REWARD["id"]}]}
    report = replayed(2, cost=None, limit={"times": 9, "window": "lifetime"}, earn=[gift])
    money = main_money(report.draft)
    assert (sum(money.rewards), sum(money.refused), money.total_cost_minor) == (2, 8, 1_000)


def test_what_points_cost_prices_a_reward_that_nobody_priced() -> None:
    free = {"id": "ship", "name": "Ship", "kind": "free_shipping", "cost": REWARD["cost"]}
    units = {"points": {"name": {"other": "points"}, "cost": {"USD": 1}}}
    program = made(rewards=[free], units=units)
    report, _ = compared(program, program, {"ann": [bought(50_000)]}, share=MILLION)
    money = main_money(report.live)
    assert report.notes == ()
    assert money.total_cost_minor == sum(money.rewards) * REWARD["cost"]["amount"] > 0
