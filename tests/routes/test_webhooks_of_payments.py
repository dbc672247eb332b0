"""Shopify's orders paid in parts, raised after they were paid, and paid in another currency."""

from itertools import permutations

import pytest

from chalicelib.domain.program.validation import check
from tests.builders import TEA
from tests.platforms.shopify_bodies import Body, line_body, refund_body, returned
from tests.routes.session import open_session, order_of

AT = [f"2026-11-21T11:{minute}:00Z" for minute in (10, 20, 30, 40, 50)]
FIRST, ADDED = line_body(11, "100.00"), line_body(12, "50.00")
BACK = refund_body(9, returned(FIRST, 1, "100.00"), at=AT[3])
STORY: tuple[tuple[str, Body], ...] = (
    ("orders/create", order_of(lines=[FIRST], status="partially_paid", updated_at=AT[0])),
    ("orders/paid", order_of(lines=[FIRST], updated_at=AT[1])),
    ("orders/updated", order_of(lines=[FIRST, ADDED], status="partially_paid", updated_at=AT[2])),
    ("refunds/create", BACK),
)
REST = order_of(
    lines=[FIRST | {"current_quantity": 0}, ADDED],
    status="partially_refunded",
    updated_at=AT[4],
    refunds=[BACK],
)


def test_each_step_of_an_order_paid_in_parts() -> None:
    with open_session() as shop:
        after = []
        for topic, body in STORY:
            shop.deliver(body, topic)
            after.append(shop.available() if shop.member() else None)
        assert after == [None, 100, 100, 0]
        shop.deliver(REST, "orders/updated")
        assert shop.available() == 50
        assert shop.parked() == []


@pytest.mark.parametrize("order", list(permutations(range(len(STORY)))), ids=str)
def test_whatever_comes_first_it_comes_to_the_same(order: tuple[int, ...]) -> None:
    with open_session() as shop:
        for place in (*order, *order):
            topic, body = STORY[place]
            shop.deliver(body, topic)
        assert shop.available() == 0
        shop.deliver(REST, "orders/updated")
        assert shop.available() == 50


def test_an_order_of_a_shop_in_euros_earns_in_a_program_in_dollars() -> None:
    assert check({**TEA, "fx": {"EUR": "1.0834"}}).errors == ()
    with open_session(fx={"EUR": "1.0834"}) as shop:
        shop.deliver(order_of("100.00", currency="EUR"))
        assert shop.available() == 108
