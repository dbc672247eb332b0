"""Campaigns through the books: budgets shared by writers, refunds, holdouts, and the audit."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.campaigns import HELD_OUT, arm_in
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.storage.stock import budget_keys, budgets_of
from tests.builders import NOON, Scene, line, program, recorded, refund, refunded, state, upserted
from tests.conservation import WatchedTable, verify_table
from tests.operations.audited import audited, report_of
from tests.operations.moments import at_every_moment

BUDGET = "campaign:spring"


def spring(**changes: Any) -> dict[str, Any]:
    double = {"multiply": "2", "unit": "points"}
    rules = [{"id": "double", "on": "order.paid", "give": [double]}]
    return {"id": "spring", "rules": rules, "budget": {"points": 100}, **changes}


def scene(**changes: Any) -> Scene:
    made = Scene(WatchedTable())
    made.publish(program(campaigns=[spring(**changes)]))
    return made


def spent(shop: Scene) -> int:
    items = shop.table.load(budget_keys("tea", (BUDGET,)))
    return sum(budgets_of("tea", {BUDGET: 0}, items).spent[BUDGET].values())


def points(result: Any) -> int:
    document: Any = recorded(result)
    return sum(share.points for share in document.posted)


def trace(result: Any) -> list[str]:
    document: Any = recorded(result)
    return [row.code for row in document.trace]


def test_a_campaign_gives_until_its_budget_does_not_cover_a_whole_share() -> None:
    shop = scene()
    assert points(shop.pay(6_000, "1")) == 120
    refused = shop.pay(5_000, "2")
    assert (points(refused), "budget_spent" in trace(refused)) == (50, True)
    assert points(shop.pay(4_000, "3")) == 80
    assert (spent(shop), points(shop.pay(100, "4"))) == (100, 1)


def test_the_same_delivery_again_takes_nothing_more() -> None:
    shop = scene()
    first = shop.pay(6_000, "1")
    again = shop.pay(6_000, "1")
    assert again.replayed
    assert recorded(again) == recorded(first)
    assert spent(shop) == 60


def test_what_a_tier_gives_that_a_campaign_helped_to_reach_is_not_of_its_budget() -> None:
    leaf = {"id": "leaf", "name": "Leaf", "at": 0}
    gold = {"id": "gold", "name": "Gold", "at": 90, "entry": [{"add": 20, "unit": "points"}]}
    club = {"id": "club", "by": "points", "unit": "points", "tiers": [leaf, gold]}
    shop = Scene(WatchedTable())
    shop.publish(program(campaigns=[spring()], tier_groups=[club]))
    shop.pay(5_000, "1")
    for version in (1, 2):
        shop.order(upserted(state(line(5_000), id="1", version=NOON + version)))
        assert (shop.balance().available, spent(shop)) == (50 + 50 + 20, 50)
    shop.order(refunded(refund(5_000, at=NOON + 3), "1"))
    assert (shop.balance().available, spent(shop)) == (0, 0)


def test_a_refund_returns_its_part_to_the_budget() -> None:
    shop = scene()
    shop.pay(10_000, "1")
    shop.order(refunded(refund(4_000), "1"))
    assert (spent(shop), shop.balance().available) == (60, 120)
    assert points(shop.pay(4_000, "2")) == 80
    shop.order(refunded(refund(6_000, "r2"), "1"))
    assert (spent(shop), shop.balance().available) == (40, 80)


def test_an_order_that_moves_to_another_member_asks_anew() -> None:
    shop = scene()
    shop.pay(6_000, "1")
    moved = state(line(6_000), id="1", number="#1", version=NOON + 1, customer=Customer("88"))
    shop.order(upserted(moved))
    assert (shop.balance().available, spent(shop)) == (
        0,
        0 + int(shop.balance("88").available) - 60,
    )
    verify_table(shop.table.items())  # type: ignore[attr-defined]


def test_an_edit_that_makes_an_order_larger_asks_for_the_difference() -> None:
    shop = scene()
    shop.pay(3_000, "1")
    larger = state(line(5_000), id="1", number="#1", version=NOON + 1)
    assert (points(shop.order(upserted(larger))), spent(shop)) == (100, 50)
    too_large = state(line(20_000), id="1", number="#1", version=NOON + 2)
    assert (points(shop.order(upserted(too_large))), spent(shop)) == (250, 50)


def test_a_campaign_that_was_published_later_is_not_for_older_orders() -> None:
    shop = Scene(WatchedTable())
    shop.publish(program())
    shop.pay(1_000, "1")
    shop.publish(program(campaigns=[spring()]), since=NOON + 1)
    assert points(shop.order(refunded(refund(500), "1"))) == 5
    assert points(shop.pay(1_000, "2", NOON + 2)) == 20


def test_who_is_held_out_earns_as_if_there_were_no_campaign() -> None:
    shop = scene(holdout="0.5")
    compiled = compile_program(read_program(program(campaigns=[spring(holdout="0.5")])), 1)
    campaign = compiled.campaigns["spring"]
    arms = {name: arm_in(compiled, campaign, shop.member(name)) for name in map(str, range(8))}
    assert set(arms.values()) == {HELD_OUT, "in"}
    for name, arm in arms.items():
        result = shop.pay(500, f"o{name}", customer=Customer(name))
        document: Any = recorded(result)
        assert document.terms.arms == {"spring": arm}
        assert points(result) == (5 if arm == HELD_OUT else 10)
        assert ("holdout" in trace(result)) == (arm == HELD_OUT)


def test_the_programs_holdout_gets_no_campaign_and_no_challenge_and_keeps_the_rest() -> None:
    once = {
        "id": "first",
        "name": "One order",
        "kind": "count",
        "on": "order.paid",
        "target": 1,
        "give": [{"add": 9, "unit": "points"}],
    }
    for share, available in (("0", 29), ("1", 10)):
        shop = Scene(WatchedTable())
        shop.publish(program(campaigns=[spring()], challenges=[once], holdout=share))
        shop.pay(1_000, "1")
        assert shop.balance().available == available


def test_a_win_back_is_for_who_did_not_buy_for_long() -> None:
    lapsed = {"lapsed": {"member.days_since_order": {"gte": 90}}}
    shop = Scene(WatchedTable())
    shop.publish(program(segments=lapsed, campaigns=[spring(segment="lapsed")]))
    assert points(shop.pay(1_000, "1", NOON - 100 * DAY_MS)) == 10
    back = shop.pay(1_000, "2", NOON - DAY_MS)
    assert points(back) == 20
    again = shop.pay(1_000, "3")
    assert (points(again), "wrong_segment" in trace(again)) == (10, True)


def test_the_nightly_audit_counts_the_budget_from_documents() -> None:
    shop = scene()
    shop.pay(6_000, "1")
    fine: Any = shop.table.copy()  # type: ignore[attr-defined]
    assert report_of(audited(fine)).breaks == ()
    key = next(iter(shop.table.load(budget_keys("tea", (BUDGET,)))))
    shop.table._partitions[key[0]][key[1]]["n"] = 61  # type: ignore[attr-defined]
    broken = report_of(audited(shop.table))
    assert [(each.invariant, each.where) for each in broken.breaks] == [("I9", f"budget {BUDGET}")]
    assert "61" in broken.breaks[0].detail


RACES: dict[str, tuple[Any, Any, int, int]] = {
    "the last of it": (lambda s: s.pay(6_000, "2"), lambda s: s.pay(6_000, "3"), 180, 60),
    "both fit": (lambda s: s.pay(5_000, "2"), lambda s: s.pay(5_000, "3"), 200, 100),
    "the same": (lambda s: s.pay(5_000, "2"), lambda s: s.pay(5_000, "2"), 100, 50),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", RACES)
def test_two_writers_never_overdraw_a_budget(name: str, backwards: bool) -> None:
    start: Any = scene().table
    first, second, available, taken = RACES[name]
    for shop in at_every_moment(start, first, second, backwards):
        assert (shop.balance().available, spent(shop)) == (available, taken)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_refund_and_an_order_share_what_is_given_back(backwards: bool) -> None:
    opened = scene()
    opened.pay(10_000, "1")
    start: Any = opened.table

    def back(shop: Scene) -> Any:
        return shop.order(refunded(refund(5_000), "1"))

    for shop in at_every_moment(start, back, lambda s: s.pay(5_000, "2"), backwards):
        assert (shop.balance().available, spent(shop)) in {(150, 50), (200, 100)}
