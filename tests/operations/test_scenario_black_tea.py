"""A story: who drinks green tea gets double on black tea for a month, counted from past orders too.

A tea shop has green drinkers try black tea: a campaign of November doubles it for whoever bought
green tea in the last twelve months, and never black. A reward of a tasting is for both kinds.
"""

from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, parse_instant
from chalicelib.operations.explain_document import explain_document
from chalicelib.operations.sweep_due import sweep_shops
from tests.builders import (
    TEA,
    Scene,
    line,
    program,
    recorded,
    refund,
    refunded,
    refused,
    state,
    upserted,
)
from tests.memory_table import MemoryTable

OCTOBER = parse_instant("2026-10-05T10:00:00Z")
NOVEMBER = parse_instant("2026-11-03T10:00:00Z")
GREEN = {"member.bought.skus_12m": {"any_of": ["GREEN-50", "GREEN-100"]}}
BLACK = {"member.bought.tags": {"has": "black"}}
DOUBLE = {
    "id": "try-black",
    "on": "order.paid",
    "lines": {"line.tags": {"has": "black"}},
    "give": [{"multiply": "2", "unit": "points"}],
}
CAMPAIGN = {
    "id": "november",
    "from": "2026-11-01",
    "to": "2026-11-30",
    "segment": "green",
    "rules": [DOUBLE],
    "budget": "unlimited",
}
TASTING = {
    "id": "tasting",
    "name": "A tasting",
    "kind": "experience",
    "cost": {"unit": "points", "amount": 1},
    "who": {"all": [GREEN, BLACK]},
    "fulfil_note": "Book a table",
}
PLAIN = program(tier_groups=[])
STORY = {
    **PLAIN,
    "segments": {"green": {"all": [GREEN, {"not": BLACK}]}},
    "campaigns": [CAMPAIGN],
    "rewards": [*TEA["rewards"], TASTING],
}
TEAS = {"green": ("GREEN-50", ("green",)), "black": ("BLACK-50", ("black",)), "cup": ("CUP", ())}


@pytest.fixture
def shop() -> Scene:
    made = Scene(MemoryTable(), now=OCTOBER)
    made.publish(PLAIN)
    return made


def buy(shop: Scene, order_id: str, *teas: str, customer: str = "77") -> Any:
    """An order of 10.00 for each tea."""
    lines = [
        line(1_000, f"l{n}", sku=TEAS[tea][0], tags=TEAS[tea][1]) for n, tea in enumerate(teas)
    ]
    paid = {"id": order_id, "version": shop.now, "created_at": shop.now, "paid_at": shop.now}
    shop.order(upserted(state(*lines, customer=Customer(customer), **paid)))
    return sum(each.points for each in shop.document(order_id).posted)


def test_buyers_of_green_tea_get_double_on_black_tea_for_a_month(shop: Scene) -> None:
    # In October nobody asks what is bought. Kim buys green tea, Ada a cup.
    assert buy(shop, "1", "green", "cup") == 20
    assert buy(shop, "2", "cup", customer="88") == 10

    # The campaign is published in November; the sweep counts the orders of October.
    shop.now = NOVEMBER
    shop.publish(STORY, NOVEMBER)
    sweep_shops(shop.table, shop.now)

    # Black tea is doubled for Kim, the cup beside it is not; Ada is told why it is not for her.
    assert buy(shop, "3", "black", "cup") == 30
    assert buy(shop, "4", "black", customer="88") == 10
    why: Any = explain_document(
        shop.table, shop.shop, shop.member("88"), ("order:main:4", "en"), shop.now
    )
    assert "wrong_segment" in {row.code for row, _ in why.trace}

    # Kim knows black tea by now: the next one is counted once. The tasting is hers, not Ada's.
    assert buy(shop, "5", "black") == 10
    assert refused(shop.redeem("tasting", "k1", "88")) == "reward_not_for_you"
    assert recorded(shop.redeem("tasting", "k2")).member == shop.member()

    # The green tea comes back, and all the black: what was doubled stays as it was judged.
    shop.now += DAY_MS
    for order_id in ("3", "5"):
        shop.order(refunded(refund(1_000, f"r{order_id}", "l0"), order_id))
    assert buy(shop, "6", "black") == 20
    shop.order(refunded(refund(1_000, "r6", "l0"), "6"))
    shop.order(refunded(refund(1_000, "r1", "l0"), "1"))
    assert buy(shop, "7", "black") == 10

    # In December it is over.
    shop.now += 30 * DAY_MS
    assert buy(shop, "8", "green", "black", customer="99") == 20
    assert buy(shop, "9", "black", customer="99") == 10
    shop.verify("77", "88", "99")
