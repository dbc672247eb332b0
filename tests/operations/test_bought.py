"""Products in conditions: who bought what, under refunds, moves, merges and later versions."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.events import Customer, OrderStatus
from chalicelib.domain.habits import EVER
from chalicelib.domain.instants import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.domain.program.defaults import document_of, read_program
from chalicelib.domain.program.habit_fields import bought_key
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.publish_program import publish_program
from chalicelib.operations.recall_products import recalled_account
from chalicelib.operations.sweep_due import sweep_shops
from chalicelib.storage.items import Anything, Put
from chalicelib.storage.members import account_item
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import find_shop
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
    upserted,
)
from tests.conservation import WatchedTable
from tests.memory_table import MemoryTable
from tests.operations.moments import at_every_moment
from tests.operations.verbs_of_members import merge

GREEN = {"member.bought.skus": {"has": "GREEN"}}
CUPS = {"member.bought.tags_12m": {"any_of": ["cup", "pot"]}}


def bonus(name: str, condition: dict[str, Any]) -> dict[str, Any]:
    give = [{"add": 7, "unit": "points"}]
    return {"id": f"for-{name}", "on": "order.paid", "if": condition, "give": give}


PLAIN = program()
ASKING = program(earn=[TEA["earn"][0], bonus("green", GREEN), bonus("cups", CUPS)])
DRINKERS = program(segments={"drinkers": GREEN}, earn=[
    TEA["earn"][0], bonus("green", {"member.segments": {"has": "drinkers"}})
])  # fmt: skip


def scene(document: dict[str, Any] = ASKING) -> Scene:
    made = Scene(WatchedTable())
    made.publish(document)
    return made


def buy(shop: Scene, order_id: str, sku: str = "", customer: str = "77", **changes: Any) -> Any:
    at = changes.pop("at", shop.now)
    goods = line(1_000, sku=sku, tags=("cup",) if sku == "CUP" else ())
    told = {"id": order_id, "version": at, "created_at": at, "paid_at": at, **changes}
    return shop.order(upserted(state(goods, customer=Customer(customer), **told)))


def gave(result: Any) -> list[str]:
    """Which of the rules that ask for products gave something."""
    document: Any = recorded(result)
    return sorted(each.rule_id for each in document.posted if each.rule_id.startswith("for-"))


def sweep(shop: Scene) -> None:
    sweep_shops(shop.table, shop.now)


def test_an_order_is_judged_by_what_was_bought_before_it() -> None:
    shop = scene()
    assert gave(buy(shop, "1", "GREEN")) == []
    assert gave(buy(shop, "2", "CUP")) == ["for-green"]
    assert gave(buy(shop, "3")) == ["for-cups", "for-green"]
    assert gave(buy(shop, "4", customer="88")) == []


def test_a_refund_takes_the_product_away_unless_another_order_holds_it() -> None:
    shop = scene()
    buy(shop, "1", "GREEN")
    buy(shop, "2", "GREEN")
    shop.order(refunded(refund(1_000), "1"))
    assert gave(buy(shop, "3")) == ["for-green"]
    shop.order(refunded(refund(1_000, "r2"), "2"))
    assert gave(buy(shop, "4")) == []
    assert gave(shop.order(refunded(refund(500, "r3"), "3"))) == ["for-green"]  # as it was then


def test_an_order_that_is_another_members_takes_its_products_along() -> None:
    shop = scene()
    buy(shop, "1", "GREEN")
    buy(shop, "1", "GREEN", "88", version=NOON + 1)
    assert gave(buy(shop, "2")) == []
    assert gave(buy(shop, "3", customer="88")) == ["for-green"]


def test_what_was_bought_before_anybody_asked_counts_once_the_sweep_came_by() -> None:
    shop = scene(PLAIN)
    buy(shop, "1", "GREEN")
    buy(shop, "2", "CUP", at=NOON - DAY_MS)
    shop.order(refunded(refund(1_000), "2"))
    shop.publish(ASKING, NOON)
    sweep(shop)
    held = shop.account()
    assert held is not None
    assert len(held.products) == 1
    assert gave(buy(shop, "3")) == ["for-green"]
    revision = held.revision
    sweep(shop)  # nothing is left to be counted
    after = shop.account()
    assert after is not None
    assert after.revision == revision + 1  # of order 3


def test_orders_that_gave_nothing_count_too() -> None:
    shop = scene(program(earn=[], tier_groups=[]))
    buy(shop, "1", "GREEN")
    assert shop.document("1").silent
    shop.publish(ASKING, NOON)
    sweep(shop)
    assert gave(buy(shop, "2")) == ["for-green"]


def test_who_orders_before_the_sweep_is_counted_a_minute_later() -> None:
    shop = scene(PLAIN)
    buy(shop, "1", "GREEN")
    shop.publish(DRINKERS, NOON)
    sweep(shop)
    shop.publish(program(earn=[bonus("green", GREEN), bonus("pot", CUPS)]), NOON)
    assert gave(buy(shop, "2", "CUP")) == ["for-green"]
    shop.now += MINUTE_MS
    sweep(shop)
    assert gave(buy(shop, "3")) == ["for-green", "for-pot"]


def test_members_who_are_one_bought_what_both_did() -> None:
    shop = scene()
    buy(shop, "1", "CUP")
    buy(shop, "2", "GREEN", "88")
    merge(shop)
    assert gave(buy(shop, "3")) == ["for-cups", "for-green"]
    shop.order(refunded(refund(1_000), "2"))
    assert gave(buy(shop, "4")) == ["for-cups"]
    gone = shop.account("88")
    assert gone is not None
    assert (gone.products, gone.recalls) == ({}, "")


def test_members_who_were_one_before_anybody_asked_are_counted_with_all_ids() -> None:
    shop = scene(PLAIN)
    buy(shop, "1", "CUP")
    buy(shop, "2", "GREEN", "88")
    merge(shop)
    shop.publish(ASKING, NOON)
    shop.now += HOUR_MS
    sweep(shop)
    assert gave(buy(shop, "3")) == ["for-cups", "for-green"]


def test_who_is_forgotten_bought_nothing() -> None:
    shop = scene()
    buy(shop, "1", "GREEN")
    erase_member(shop.table, EraseCommand(shop.shop, shop.member(), "operator", NOON))
    shop.order(refunded(refund(400), "1"))
    sweep(shop)
    held = shop.account()
    assert held is not None
    assert (held.products, held.months, held.last_order_at) == ({}, {}, 0)


def asks_later(shop: Scene) -> None:
    """The shop asks for other products, and the sweep comes by."""
    shop.versions = 1
    shop.publish(DRINKERS, NOON)
    sweep(shop)


def buys_cup(shop: Scene) -> Any:
    return buy(shop, "2", "CUP")


def returns_tea(shop: Scene) -> Any:
    return shop.order(refunded(refund(1_000), "1"))


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (buys_cup, returns_tea),
        (sweep, buys_cup),
        (asks_later, returns_tea),
        (merge, returns_tea),
        (merge, asks_later),
    ],
)
def test_two_writers_leave_what_the_orders_hold(first: Any, second: Any, backwards: bool) -> None:
    start = WatchedTable()
    before = Scene(start)
    before.publish(ASKING)
    buy(before, "1", "GREEN", "88")
    for one, other in ((first, second), (second, first)):
        for shop in at_every_moment(start, one, other, backwards):
            shop.now += MINUTE_MS
            sweep(shop)
            for customer in ("77", "88"):
                assert_exact(shop, customer)


def assert_exact(shop: Scene, customer: str = "77") -> None:
    """The account remembers what its orders hold, neither more nor less."""
    held, known = shop.account(customer), find_shop(shop.table, shop.shop)
    assert known is not None
    live = program_of(shop.table, shop.shop, known.live_version(shop.now))
    if held is None or not held.order_count:
        return
    anew = recalled_account(shop.table, shop.shop, (shop.member(customer), held), live, shop.now)
    assert (held.products, held.recalls) == (anew.products, live.recalls.digest)


def test_the_nightly_audit_counts_products_anew() -> None:
    shop = scene()
    buy(shop, "1", "GREEN")
    buy(shop, "2", "CUP", "88")
    merge(shop)
    member = shop.member()
    assert audit_member(shop.table, shop.shop, member).breaks == ()
    held = shop.account()
    assert held is not None
    tampered: Any = ({}, {**held.products, next(iter(held.products)): {"2026-11": 2}})
    for revision, products in enumerate(tampered, held.revision + 1):
        other = replace(held, products=products, revision=revision)
        item = account_item(shop.shop, member, other)
        shop.table.write(Put(item, Anything()))
        (found,) = audit_member(shop.table, shop.shop, member).breaks
        assert (found.invariant, found.where) == ("I8", "products")


def deliveries() -> dict[str, Any]:
    """What is ever said of one order of green tea and a cup, and of another of green tea."""
    green = line(1_000, sku="GREEN")
    cup, pot = line(500, "l2", tags=("cup",)), line(600, "l3", tags=("pot",))
    gone = refund(1_000, at=NOON + 2)
    back = {"status": OrderStatus.PARTIALLY_REFUNDED, "refunds": (gone, refund(600, "r2", "l3"))}
    return {
        "paid": upserted(state(green, cup)),
        "edited": upserted(state(green, cup, pot, version=NOON + 1)),
        "refund": refunded(gone),
        "listed": upserted(state(green, cup, pot, version=NOON + 3, **back)),
        "other": upserted(state(green, id="2")),
        "other cancelled": upserted(
            state(green, id="2", version=NOON + 1, status=OrderStatus.CANCELLED)
        ),
        "other after all": upserted(state(green, id="2", version=NOON + 2)),
    }


@settings(max_examples=40)
@given(st.permutations(sorted(deliveries())), st.lists(st.sampled_from(sorted(deliveries()))))
def test_any_order_of_deliveries_ends_alike(order: list[str], again: list[str]) -> None:
    told, shop = deliveries(), Scene(MemoryTable())
    shop.publish(ASKING)
    for name in (*order, *again):
        shop.order(told[name])
    held = shop.account()
    assert held is not None
    assert held.products == {
        bought_key("skus", "GREEN"): {EVER: 1},
        bought_key("tags", "cup"): {"2026-11": 1},
    }
    assert_exact(shop)


def test_new_conditions_of_tiers_see_what_was_bought_before(scene: Scene) -> None:
    scene.publish(PLAIN)
    buy(scene, "1", "GREEN")
    buy(scene, "2", "CUP", "88")
    tiers = [{"id": "leaf", "name": "Leaf"}, {"id": "tea", "name": "Tea", "if": GREEN}]
    group = {"id": "drinkers", "by": "custom", "tiers": tiers}
    scene.publish(program(tier_groups=[TEA["tier_groups"][0], group]), NOON)
    sweep(scene)
    assert [scene.tier(each, "drinkers") for each in ("77", "88")] == ["tea", ""]
    scene.order(refunded(refund(1_000), "1"))
    sweep(scene)
    assert scene.tier("77", "drinkers") == "leaf"


def test_a_segment_asks_for_products_as_rules_do() -> None:
    shop = scene(DRINKERS)
    assert gave(buy(shop, "1", "GREEN")) == []
    assert gave(buy(shop, "2")) == ["for-green"]


def publish_now(shop: Scene, document: dict[str, Any]) -> None:
    """As staff do: what was walked for which version stays known."""
    shop.now += MINUTE_MS
    made = document_of(read_program(document))
    publish_program(shop.table, shop.shop, made, ("staff", shop.now))


def test_who_bought_under_a_version_that_was_live_in_between_is_counted() -> None:
    """Two versions within one sweep, the second asks as the one before both: nobody was walked."""
    first = program(tier_groups=[], earn=[bonus("green", GREEN)])
    shop = scene(first)
    sweep(shop)
    publish_now(shop, program(tier_groups=[], earn=[bonus("pot", CUPS)]))
    buy(shop, "1", "GREEN")
    publish_now(shop, first)
    sweep(shop)
    assert gave(buy(shop, "2")) == ["for-green"]
