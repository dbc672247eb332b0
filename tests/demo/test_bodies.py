"""What the demo sends is what Shopify would send: the real translator reads it, to the cent."""

from itertools import pairwise

import pytest

from chalicelib.domain.events import OrderRefunded, OrderStatus, OrderUpserted
from chalicelib.domain.instants import DAY_MS, parse_instant
from chalicelib.platforms import shopify
from chalicelib.platforms.translation import Translated
from dev.demo.baskets import FREE_SHIPPING_FROM_CENTS, Goods, price
from dev.demo.catalog import Product, find_product, products
from dev.demo.history import Purchase, Return, year_before
from dev.demo.opening import program
from dev.demo.order_book import OrderBook, Sale
from dev.demo.people import KIM, people
from dev.demo.shopify_bodies import Body, encoded, order_body, refund_body, signed_headers

AT = parse_instant("2026-11-21T10:00:00Z")
REWARDS = {reward["id"]: reward for reward in program()["rewards"]}


def goods(key: str, quantity: int = 1) -> Goods:
    product = find_product(key)
    assert product is not None
    return Goods(product, quantity)


def sold(*lines: Goods, code: str = "", reward: str = "") -> tuple[OrderBook, Sale]:
    book = OrderBook()
    basket = price(lines, code, REWARDS.get(reward))
    return book, book.sell(book.reserve(1), KIM, basket, AT)


def translated(topic: str, body: Body) -> Translated:
    result = shopify.translate(topic, encoded(body), "main", AT + DAY_MS)
    assert isinstance(result, Translated), result
    assert result.drift_minor == 0, "our sum and Shopify's differ"
    return result


def order_of(body: Body) -> OrderUpserted:
    (event,) = translated("orders/updated", body).events
    assert isinstance(event, OrderUpserted)
    return event


@pytest.mark.parametrize("product", products(), ids=lambda product: product.key)
def test_each_product_is_sold_for_its_price(product: Product) -> None:
    _, sale = sold(Goods(product, 3))
    (line,) = order_of(order_body(sale)).order.lines
    assert (line.net, line.gift_card) == (3 * product.price_cents, product.gift_card)


@pytest.mark.parametrize("reward", REWARDS)
def test_each_reward_takes_off_what_it_says_and_is_named_on_the_order(reward: str) -> None:
    _, sale = sold(goods("matcha", 2), goods("assam"), code="ABCD-2345", reward=reward)
    state = order_of(order_body(sale)).order
    full = 2 * 3200 + 1400
    off = {"five-off": 500, "tenth-off": full // 10}.get(reward, 0)
    assert state.codes == ("ABCD-2345",)
    assert sum(line.net for line in state.lines) == full - off


def test_a_code_below_its_minimum_is_not_on_the_order() -> None:
    _, sale = sold(goods("assam"), code="ABCD-2345", reward="tenth-off")
    assert order_of(order_body(sale)).order.codes == ()


def test_a_refund_alone_and_within_its_order_say_the_same() -> None:
    book, sale = sold(goods("assam", 2), goods("matcha"), code="ABCD-2345", reward="five-off")
    back = book.take_back(sale.order_id, AT + 1, rows=1)
    (alone,) = translated("refunds/create", refund_body(back, back.backs[0])).events
    whole = order_of(order_body(back)).order
    assert isinstance(alone, OrderRefunded)
    assert whole.status is OrderStatus.PARTIALLY_REFUNDED
    assert whole.refunds == (alone.refund,)


def test_an_order_returned_in_two_parts_is_refunded_to_the_cent() -> None:
    book, sale = sold(goods("assam", 3), goods("earl-grey"), code="ABCD-2345", reward="five-off")
    book.take_back(sale.order_id, AT + 1, rows=1)
    whole = order_of(order_body(book.take_back(sale.order_id, AT + 2, rows=9))).order
    given_back = sum(line.net for refund in whole.refunds for line in refund.lines)
    assert whole.status is OrderStatus.REFUNDED
    assert given_back == sum(line.net for line in whole.lines) == 3 * 1400 + 1500 - 500


def test_a_cancelled_order_is_cancelled() -> None:
    book, sale = sold(goods("assam"))
    cancelled = book.cancel(sale.order_id, AT + 1)
    assert order_of(order_body(cancelled)).order.status is OrderStatus.CANCELLED


def test_the_signature_is_over_these_very_bytes() -> None:
    raw = encoded(order_body(sold(goods("assam"))[1]))
    headers = signed_headers("orders/paid", "tea.myshopify.com", raw, "s" * 32)
    assert shopify.verify(raw, headers, [b"s" * 32])
    assert not shopify.verify(raw + b" ", headers, [b"s" * 32])


def test_shipping_is_free_from_a_sum_of_goods_and_never_for_gift_cards() -> None:
    assert price([goods("assam")]).shipping_cents > 0
    assert price([goods("matcha", 2)]).shipping_cents == 0 < FREE_SHIPPING_FROM_CENTS
    assert price([goods("gift-card")]).shipping_cents == 0


def test_the_year_is_the_same_each_time_and_every_step_is_in_its_place() -> None:
    steps = year_before(AT, people())
    assert steps == year_before(AT, people())
    assert all(AT - 366 * DAY_MS < step.at < AT for step in steps)
    kims = [step for step in steps if isinstance(step, Purchase) and step.buyer is KIM]
    assert list(steps[: len(kims)]) == kims
    assert all(a.at <= b.at for a, b in pairwise(steps[len(kims) :]))


def test_the_year_has_sixty_customers_and_something_of_everything() -> None:
    steps = year_before(AT, people())
    orders = [step for step in steps if isinstance(step, Purchase)]
    assert len({step.buyer.customer_id for step in orders if step.buyer}) >= 58
    assert len(orders) > 400
    assert sum(isinstance(step, Return) for step in steps) > 15
    assert any(step.buyer is None for step in orders)
