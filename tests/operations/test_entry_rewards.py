"""What a tier gives on entry belongs to one order at a time, and passes on when that goes back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.asking import entries_of
from chalicelib.domain.events import OrderStatus
from chalicelib.domain.instants import HOUR_MS
from tests.builders import NOON, TEA, Scene, line, program, state, upserted
from tests.conservation import WatchedTable

CLUB = TEA["tier_groups"][0]
LEAF, GOLD = CLUB["tiers"]
REWARD = 500
ENTRY = program(
    tier_groups=[
        {
            **CLUB,
            "tiers": [LEAF, {**GOLD, "entry": [{"unit": "points", "add": REWARD}]}],
        }
    ]
)
GOLD_AT = GOLD["at"]["USD"]
ORDERS = ("1", "2", "3", "4")


class Buyer:
    """One member whose orders change: each has the net that was told last."""

    def __init__(self) -> None:
        self.shop = Scene(WatchedTable())
        self.shop.publish(ENTRY)
        self.net: dict[str, int] = {}

    def tell(self, order_id: str, net: int) -> None:
        self.shop.now += HOUR_MS
        status = OrderStatus.PAID if net else OrderStatus.CANCELLED
        told = state(
            line(net or 1), id=order_id, version=self.shop.now, created_at=NOON, paid_at=NOON,
            status=status,
        )  # fmt: skip
        self.shop.order(upserted(told))
        self.net[order_id] = net

    def holders(self) -> list[str]:
        """The orders that the reward belongs to."""
        return [
            order
            for order in self.net
            if ("club", "gold") in entries_of(self.shop.document(order).posted, ())
        ]


@pytest.fixture
def buyer() -> Buyer:
    return Buyer()


def test_the_next_order_gets_what_went_back_while_the_tier_stayed(buyer: Buyer) -> None:
    buyer.tell("1", 25_000)
    buyer.tell("2", 20_000)
    assert buyer.holders() == ["1"]
    buyer.tell("1", 0)
    assert buyer.shop.tier() == "gold"
    assert buyer.holders() == []
    buyer.tell("3", 100)
    assert buyer.holders() == ["3"]
    buyer.tell("4", 100)
    assert buyer.holders() == ["3"]


def test_an_order_that_grows_again_does_not_give_what_another_has(buyer: Buyer) -> None:
    buyer.tell("1", 25_000)
    buyer.tell("1", 10_000)
    assert buyer.shop.tier() == "leaf"
    buyer.tell("2", 15_000)
    assert buyer.holders() == ["2"]
    buyer.tell("1", 25_000)
    assert buyer.holders() == ["2"]


def test_an_order_that_grows_again_has_it_again_where_nobody_else_does(buyer: Buyer) -> None:
    for net in (25_000, 10_000, 25_000):
        buyer.tell("1", net)
    assert buyer.holders() == ["1"]
    assert buyer.shop.available() == 250 + REWARD


def test_it_is_given_once_a_period(buyer: Buyer) -> None:
    buyer.tell("1", 20_000)
    assert buyer.shop.available() == 200 + REWARD
    buyer.tell("1", 0)
    assert buyer.shop.available() == 0
    buyer.tell("2", 25_000)
    assert buyer.shop.available() == 250 + REWARD
    buyer.tell("3", 1_000)
    assert buyer.shop.available() == 250 + REWARD + 15


def test_a_refund_never_gives_it(buyer: Buyer) -> None:
    for order in ("1", "2", "3"):
        buyer.tell(order, 25_000)
    buyer.tell("1", 0)
    buyer.tell("2", 100)
    assert buyer.holders() == []


CHANGES = st.tuples(st.sampled_from(ORDERS), st.sampled_from((0, 100, 10_000, 15_000, 25_000)))


@settings(max_examples=150)
@given(st.lists(CHANGES, min_size=1, max_size=10))
def test_it_is_given_once_whatever_becomes_of_the_orders(changes: list[tuple[str, int]]) -> None:
    buyer = Buyer()
    for order, net in changes:
        is_new = order not in buyer.net and net
        buyer.tell(order, net)
        assert len(buyer.holders()) <= 1
        if is_new and sum(buyer.net.values()) >= GOLD_AT:
            assert len(buyer.holders()) == 1, "a new order leaves nothing owing"
    for order in ORDERS:
        buyer.tell(order, 0)
    assert buyer.shop.available() == 0
    buyer.shop.verify()
