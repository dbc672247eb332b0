"""Gifts of campaigns: what they cost the shop is within a budget of money, like points."""

from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from chalicelib.domain.events import Customer
from chalicelib.domain.program.validation import check
from chalicelib.storage.stock import budget_keys, budgets_of
from tests.builders import (
    NOON,
    TEA,
    Scene,
    line,
    program,
    recorded,
    refund,
    refunded,
    state,
    unit,
    upserted,
)
from tests.conservation import WatchedTable, verify_table
from tests.operations.audited import audited, report_of
from tests.operations.given_scenes import CAKE, given, stand
from tests.operations.moments import at_every_moment

BUDGET = "campaign:spring"
TREE = {"id": "forest", "name": "A tree", "unit_cost": {"USD": 150}}
GIFT = {"id": "cakes", "on": "order.paid", "if": {"order.net_total": {"gte": 5_000}},
        "give": [{"reward": "cake"}]}  # fmt: skip
TEN = {"id": "ten", "on": "order.paid", "give": [{"add": 10, "unit": "points"}]}
DOUBLE = {"id": "twice", "on": "order.paid", "give": [{"multiply": "2", "unit": "points"}]}


def opened(*rules: dict[str, Any], cents: int = 500) -> Scene:
    """A cake costs the shop 2.50, a point 0.01, a tree 1.50."""
    campaign = {
        "id": "spring",
        "rules": list(rules or (GIFT,)),
        "budget": {"amount": {"USD": cents}},
    }
    scene = Scene(WatchedTable())
    scene.publish(
        program(
            campaigns=[campaign],
            rewards=[CAKE, TEA["rewards"][0]],
            causes=[TREE],
            units=unit(value={"USD": 1}),
        )
    )
    return scene


def spent(scene: Scene) -> int:
    items = scene.table.load(budget_keys("tea", (BUDGET,)))
    return sum(budgets_of("tea", {BUDGET: 0}, items).spent[BUDGET].values())


def codes(result: Any) -> list[str]:
    document: Any = recorded(result)
    return [row.code for row in document.trace]


def grown(scene: Scene, net: int, version: int = 1, order: str = "1") -> Any:
    """The order is of ``net`` now."""
    told = {"id": order, "number": f"#{order}", "version": NOON + version}
    return scene.order(upserted(state(line(net), **told)))


def added(scene: Scene, order: str = "1") -> int:
    """Points that the campaign added to the order."""
    return scene.document(order).campaigns.get("spring", {}).get("points", 0)


def sound(scene: Scene) -> None:
    verify_table(scene.table.items())  # type: ignore[attr-defined]
    report = report_of(audited(scene.table))
    assert (report.breaks, report.unproven) == ((), ())


# ---------------------------------------------------------------- given, and given back


def test_a_campaign_gives_cakes_as_long_as_its_budget_covers_one() -> None:
    scene = opened()
    told = [codes(scene.pay(5_000, str(number))) for number in range(4)]
    assert ["budget_spent" in each for each in told] == [False, False, True, True]
    assert (stand(scene), spent(scene)) == (["ready", "ready"], 500)
    sound(scene)


@pytest.mark.parametrize("first", [100, 5_000])
def test_an_order_that_grows_into_a_rule_with_a_limit_asks_of_the_budget_too(first: int) -> None:
    monthly = {"times": 1, "window": {"calendar": "month"}}
    more = {**TEN, "id": "more", "if": {"order.net_total": {"gte": 9_000}}, "limit": monthly}
    scene = opened(GIFT, TEN, more)
    scene.pay(first, "1")
    scene.order(refunded(refund(first - 50), "1"))
    for version in (1, 2):
        told = {"id": "1", "number": "#1", "version": NOON + version}
        back = refund(first - 50, at=NOON)
        whole = state(line(9_000 + first), refunds=(back,), refunds_complete=True, **told)
        scene.order(upserted(whole))
        assert (added(scene), spent(scene), stand(scene)[0]) == (20, 270, "ready")
    sound(scene)


def test_a_budget_in_money_needs_the_price_of_what_is_given_alone() -> None:
    perk = {"id": "perk", "name": "Perk", "kind": "perk"}
    trees = {"id": "trees", "on": "order.paid", "give": [{"cause": "forest", "add": 2}]}
    campaign = {"id": "spring", "rules": [GIFT, trees], "budget": {"amount": {"USD": 500}}}
    wood = {"id": "wood", "name": "A wood"}
    checked = check(program(campaigns=[campaign], rewards=[CAKE, perk], causes=[TREE, wood]))
    assert checked.errors == ()


def test_what_costs_less_than_is_left_is_all_that_is_given() -> None:
    scene = opened(cents=249)
    assert "budget_spent" in codes(scene.pay(5_000, "1"))
    assert (stand(scene), spent(scene)) == ([], 0)


def test_a_refund_returns_what_its_cake_costs() -> None:
    scene = opened(cents=250)
    scene.pay(5_000, "1")
    scene.order(refunded(refund(4_000), "1"))
    assert (stand(scene), spent(scene)) == (["undone"], 0)
    scene.pay(5_000, "2")
    assert (stand(scene), spent(scene)) == (["ready", "undone"], 250)
    sound(scene)


def test_points_and_gifts_are_one_share_whole_or_not_at_all() -> None:
    scene = opened(GIFT, TEN, cents=519)
    scene.pay(5_000, "1")
    assert (added(scene), spent(scene)) == (10, 260)
    assert "budget_spent" in codes(scene.pay(5_000, "2"))  # 260 more were needed
    assert (added(scene, "2"), len(given(scene)), spent(scene)) == (0, 1, 260)
    scene.pay(100, "3")
    assert (added(scene, "3"), spent(scene)) == (10, 270)
    sound(scene)


def test_units_of_a_cause_cost_what_one_costs() -> None:
    trees = {"id": "trees", "on": "order.paid", "give": [{"cause": "forest", "add": 2}]}
    scene = opened(trees, cents=700)
    for number in range(3):
        scene.pay(1_000, str(number))
    assert spent(scene) == 600
    assert [len(scene.document(str(number)).grants) for number in range(3)] == [1, 1, 0]
    sound(scene)


def test_a_reward_by_steps_costs_its_least() -> None:
    steps = {"unit": "points", "step": 100, "min": 200, "max": 900}
    off = {"id": "cake", "name": "Off", "kind": "amount_off", "cost": steps,
           "per_step": {"USD": 100}}  # fmt: skip
    campaign = {"id": "spring", "rules": [GIFT], "budget": {"amount": {"USD": 300}}}
    scene = Scene(WatchedTable())
    scene.publish(program(campaigns=[campaign], rewards=[off]))
    scene.pay(5_000, "1")
    scene.pay(5_000, "2")
    assert (len(given(scene)), spent(scene)) == (1, 200)


def test_what_rules_of_every_day_give_is_in_no_budget() -> None:
    scene = opened(TEN, cents=20)
    perk = {"id": "perk", "name": "Perk", "kind": "perk"}
    wood = {"id": "wood", "name": "A wood"}
    campaign = {"id": "spring", "rules": [TEN], "budget": {"amount": {"USD": 20}}}
    scene.publish(
        program(
            earn=[TEA["earn"][0], {**GIFT, "id": "always"}],
            campaigns=[campaign],
            rewards=[CAKE, perk],
            causes=[wood],
            units=unit(value={"USD": 1}),
        ),
        since=NOON - 1,
    )
    scene.pay(5_000, "1")
    assert (added(scene), stand(scene), spent(scene)) == (10, ["ready"], 10)


def test_a_budget_in_points_counts_points_alone() -> None:
    campaign = {"id": "spring", "rules": [GIFT, TEN], "budget": {"points": 10}}
    scene = Scene(WatchedTable())
    scene.publish(program(campaigns=[campaign], rewards=[CAKE]))
    scene.pay(5_000, "1")
    assert (added(scene), stand(scene), spent(scene)) == (10, ["ready"], 10)


# ---------------------------------------------------------------- orders that grow


def test_an_order_that_grows_into_a_gift_has_it_if_the_budget_covers_it() -> None:
    scene = opened(GIFT, TEN, cents=260)
    scene.pay(4_000, "1")
    assert (added(scene), spent(scene)) == (10, 10)
    recorded(grown(scene, 6_000))
    assert (added(scene), stand(scene), spent(scene)) == (10, ["ready"], 260)
    assert grown(scene, 6_000).replayed
    sound(scene)


def test_a_gift_that_the_budget_does_not_cover_is_withheld_and_points_stay() -> None:
    scene = opened(GIFT, TEN, cents=259)
    scene.pay(4_000, "1")
    assert "budget_spent" in codes(grown(scene, 6_000))
    assert (added(scene), stand(scene), spent(scene)) == (10, [], 10)
    assert not [row for row in scene.document("1").trace if row.code == "granted"]
    assert grown(scene, 6_000).replayed
    recorded(grown(scene, 7_000, 2))
    assert (stand(scene), spent(scene)) == ([], 10)
    sound(scene)


def test_a_gift_that_was_granted_comes_before_points_that_were_not() -> None:
    scene = opened(GIFT, DOUBLE, cents=310)
    scene.pay(5_000, "1")
    assert (added(scene), spent(scene)) == (50, 300)
    recorded(grown(scene, 9_000))
    assert (added(scene), stand(scene), spent(scene)) == (50, ["ready"], 300)
    assert grown(scene, 9_000).replayed
    recorded(grown(scene, 100, 2))
    assert (added(scene), stand(scene), spent(scene)) == (1, ["undone"], 1)
    sound(scene)


def test_a_gift_that_went_back_is_not_given_again_out_of_what_others_have() -> None:
    scene = opened(cents=250)
    scene.pay(5_000, "1")
    recorded(grown(scene, 100))
    scene.pay(5_000, "2")
    recorded(grown(scene, 5_000, 2))
    assert (sorted(stand(scene)), spent(scene)) == (["ready", "undone"], 250)
    assert not scene.document("1").budgets
    sound(scene)


# ---------------------------------------------------------------- together


@pytest.mark.parametrize("backwards", [False, True])
def test_of_two_orders_at_once_one_has_the_last_cake(backwards: bool) -> None:
    start = opened(cents=499)
    start.pay(100, "0")
    start.pay(100, "00", customer=Customer("88"))
    for scene in at_every_moment(
        start.table,  # type: ignore[arg-type]
        lambda scene: scene.pay(5_000, "1"),
        lambda scene: scene.pay(5_000, "2", customer=Customer("88")),
        backwards,
    ):
        assert spent(scene) == 250
        assert len(given(scene)) + len(given(scene, "88")) == 1


@settings(max_examples=40, deadline=None)
@for_all(
    st.integers(0, 900),
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from([100, 4_000, 5_000, 9_000])), max_size=9),
)
def test_whatever_grows_and_shrinks_the_budget_says_what_was_given(
    cents: int, steps: list[tuple[int, int]]
) -> None:
    scene = opened(GIFT, DOUBLE, cents=max(cents, 1))
    for version, (order, net) in enumerate(steps, 1):
        recorded(grown(scene, net, version, f"{order}"))
        names = {f"{each}" for each, _ in steps[:version]}
        points = sum(added(scene, name) for name in names)
        cakes = sum(line.amount for name in names for line in scene.document(name).grants)
        assert spent(scene) == points + 250 * cakes
        assert spent(scene) <= max(cents, 1)
