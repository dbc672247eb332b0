"""Program 4, FoBoGro: a grocery dash of which there are three, and a coffee with a big basket.

The story of docs/programs/fobogro.md: its numbers are those here.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.operations.fulfil_redemption import list_open_redemptions
from chalicelib.storage.stock import stock_left
from tests.builders import NOON, Scene, recorded, refund, refunded, refused
from tests.conservation import WatchedTable, verify_table
from tests.operations.given_scenes import given, stand

DOCUMENT = json.loads(
    (Path(__file__).parents[2] / "examples/programs/fobogro.json").read_text(encoding="utf-8")
)


@pytest.fixture
def shop() -> Scene:
    scene = Scene(WatchedTable())
    scene.publish(DOCUMENT)
    return scene


def rich(shop: Scene, *customers: str) -> None:
    """Each has bought for 1,000.00, two days ago."""
    for customer in customers:
        recorded(shop.pay(100_000, f"w{customer}", NOON - 2 * DAY_MS, customer=Customer(customer)))


def test_three_dashes_are_three(shop: Scene) -> None:
    rich(shop, "1", "2", "3", "4")
    for customer in ("1", "2", "3"):
        recorded(shop.redeem("dash", "k", customer))
    assert refused(shop.redeem("dash", "k", "4")) == "reward_out_of_stock"
    assert (shop.available("3"), shop.available("4")) == (0, 2_000)
    found: Any = list_open_redemptions(shop.table, shop.shop, (50, None), shop.now)
    assert [row.note[:4] for row in found.rows] == ["Ring"] * 3


def test_who_changes_their_mind_leaves_the_dash_to_the_next(shop: Scene) -> None:
    rich(shop, "1", "2", "3", "4")
    taken = [recorded(shop.redeem("dash", "k", customer)) for customer in ("1", "2", "3")]
    recorded(shop.undo(taken[0], "1"))
    recorded(shop.redeem("dash", "k", "4"))
    assert stock_left(shop.table, shop.shop, "dash") == 0
    assert (shop.available("1"), shop.available("4")) == (2_000, 0)


def test_a_big_basket_brings_a_coffee_once_a_month(shop: Scene) -> None:
    recorded(shop.pay(16_000, "1"))
    recorded(shop.pay(17_000, "2"))
    (coffee,) = given(shop)
    assert (coffee.reward_id, coffee.status, coffee.given_by) == ("coffee", "ready", "order:main:1")
    assert refused(shop.redeem("coffee")) == "reward_not_for_you"
    shop.now += 30 * DAY_MS
    recorded(shop.pay(16_000, "3"))
    assert stand(shop) == ["ready", "ready"]
    verify_table(shop.table.items())  # type: ignore[attr-defined]


def test_a_basket_that_shrinks_takes_an_undrunk_coffee_along(shop: Scene) -> None:
    recorded(shop.pay(16_000, "1"))
    recorded(shop.order(refunded(refund(2_000), "1")))
    assert stand(shop) == ["undone"]
