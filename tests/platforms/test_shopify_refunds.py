"""What came back: each pitfall of refunds, by name, alone and within the order."""

import pytest

from chalicelib.domain.events import OrderRefunded, OrderStatus
from chalicelib.domain.instants import parse_instant
from tests.platforms.reading import (
    codes_of,
    events_of,
    left_of,
    refunds_of,
    state_of,
    total_left,
)
from tests.platforms.shopify_bodies import (
    Body,
    line_body,
    order_body,
    refund_body,
    returned,
)

LINE = line_body(price="20.00", quantity=2)


def test_a_refund_alone_names_its_order_and_its_own_time() -> None:
    body = refund_body(9001, returned(LINE, 1, "20.00"), at="2026-11-22T12:00:00+01:00")
    (event,) = events_of("refunds/create", body)
    assert isinstance(event, OrderRefunded)
    assert (event.id, event.order_id, event.source) == ("1001:9001", "1001", "main")
    assert event.occurred_at == event.refund.at == parse_instant("2026-11-22T11:00:00Z")
    (part,) = event.refund.lines
    assert (part.line_id, part.quantity_milli, part.net) == ("11", 1_000, 2_000)


@pytest.mark.parametrize(
    "body",
    [
        refund_body(9001, returned(LINE, 1, "20.00")),
        refund_body(9001, returned(LINE, 2, "40.00"), adjustments=[("refund_discrepancy", "-3")]),
        refund_body(9001, adjustments=[("refund_discrepancy", "-3.00")]),
        refund_body(9001, adjustments=[("shipping_refund", "-5.00")]),
        refund_body(9001, returned(LINE, 1, "0.00")),
    ],
)
def test_a_refund_says_the_same_alone_and_within_its_order(body: Body) -> None:
    assert refunds_of(body) == state_of(order_body(lines=[LINE], refunds=[body])).refunds


def test_a_refund_of_a_discounted_line_is_worth_what_was_paid_for_it() -> None:
    line = line_body(price="199.00", discounts=["3.33"])
    body = refund_body(9001, returned(line, 1, "195.67"))
    state = state_of(order_body(lines=[line], refunds=[body]))
    assert refunds_of(body)[0].lines[0].net == 19_567
    assert left_of(state) == {"11": 0}


def test_goods_count_and_money_does_not() -> None:
    # refunds_create: 399.29 of goods go with a transaction of 209.00.
    line = line_body(price="399.29")
    body = refund_body(9001, returned(line, 1, "399.29"), transactions=["209.00"])
    assert refunds_of(body)[0].lines[0].net == 39_929


def test_a_refund_to_store_credit_counts_without_a_transaction() -> None:
    body = refund_body(9001, returned(LINE, 1, "20.00"), transactions=[])
    assert refunds_of(body)[0].lines[0].net == 2_000


def test_money_kept_back_from_returned_goods_is_no_discount_on_the_return() -> None:
    # A store-credit refund pays nothing out: the discrepancy equals the goods.
    body = refund_body(
        9001, returned(LINE, 1, "20.00"), adjustments=[("refund_discrepancy", "20.00")]
    )
    (refund,) = refunds_of(body)
    assert (refund.lines[0].net, refund.amount) == (2_000, None)


def test_a_shipping_refund_leaves_the_goods_alone() -> None:
    body = refund_body(9001, adjustments=[("shipping_refund", "-5.00")], transactions=["5.00"])
    (refund,) = refunds_of(body)
    assert (refund.lines, refund.amount) == ((), None)
    assert total_left(order_body(lines=[LINE], refunds=[body])) == 4_000


def test_a_refund_of_nothing_with_money_beside_it_leaves_the_goods_alone() -> None:
    # refunds_create-3-partial: subtotal 0.0, transaction 41.94.
    body = refund_body(9001, returned(LINE, 1, "0.00"), transactions=["41.94"])
    (refund,) = refunds_of(body)
    assert (refund.lines, refund.amount) == ((), None)


def test_money_off_without_goods_is_a_refund_by_amount() -> None:
    body = refund_body(9001, adjustments=[("refund_discrepancy", "-7.50")])
    (refund,) = refunds_of(body)
    assert (refund.id, refund.lines, refund.amount) == ("9001", (), 750)
    assert total_left(order_body(lines=[LINE], refunds=[body])) == 3_250


def test_money_off_beside_goods_is_a_second_refund() -> None:
    adjustments = [("refund_discrepancy", "-1.00"), ("refund_discrepancy", "-0.50")]
    body = refund_body(9001, returned(LINE, 1, "20.00"), adjustments=adjustments)
    goods, money = refunds_of(body)
    assert (goods.id, goods.amount) == ("9001", None)
    assert (money.id, money.lines, money.amount) == ("9001:discrepancy", (), 150)
    assert [event.id for event in events_of("refunds/create", body)] == [
        "1001:9001",
        "1001:9001:discrepancy",
    ]
    assert total_left(order_body(lines=[LINE], refunds=[body])) == 1_850


def test_money_off_that_the_subtotal_knows_already_is_taken_off_once() -> None:
    body = refund_body(9001, adjustments=[("refund_discrepancy", "-7.50")])
    order = order_body(lines=[LINE], refunds=[body], current_subtotal_price="32.50")
    assert total_left(order) == 3_250


def test_two_partial_refunds_then_a_cancellation_leave_both_on_record() -> None:
    refunds = [
        refund_body(9001, returned(LINE, 1, "20.00")),
        refund_body(9002, returned(LINE, 1, "20.00"), at="2026-11-22T11:00:00Z"),
    ]
    body = order_body(
        lines=[LINE], refunds=refunds, status="refunded", cancelled_at="2026-11-22T11:00:00Z"
    )
    state = state_of(body, "orders/cancelled")
    assert state.status is OrderStatus.CANCELLED
    assert [refund.id for refund in state.refunds] == ["9001", "9002"]
    assert left_of(state) == {"11": 0}


def test_one_line_returned_in_two_ways_within_one_refund_adds_up() -> None:
    body = refund_body(9001, returned(LINE, 1, "20.00"), returned(LINE, 1, "20.00"))
    assert left_of(state_of(order_body(lines=[LINE], refunds=[body]))) == {"11": 0}


def test_a_returned_tip_is_no_returned_goods() -> None:
    tip = line_body(12, "5.00", tip={})
    body = refund_body(9001, returned(tip, 1, "5.00"))
    assert refunds_of(body)[0].lines == ()
    assert total_left(order_body(lines=[LINE, tip], refunds=[body])) == 4_000


def test_three_decimals_are_read_as_the_refund_s_own_currency() -> None:
    line = line_body(price="1.250", currency="KWD")
    body = refund_body(9001, returned(line, 1, "1.250"), currency="KWD")
    assert refunds_of(body)[0].lines[0].net == 1_250


def test_no_decimals_are_read_as_the_refund_s_own_currency() -> None:
    line = line_body(price="1250", currency="JPY")
    body = refund_body(9001, returned(line, 1, "1250"), currency="JPY")
    assert refunds_of(body)[0].lines[0].net == 1_250


def test_a_refund_that_names_no_currency_is_unreadable() -> None:
    body = refund_body(9001, returned(LINE, 1, "20.00"), total_duties_set=None)
    body["refund_line_items"][0]["subtotal_set"] = None
    assert codes_of("refunds/create", body) == {"$": "currency_unknown"}


# ------------------------------------------------------------ tax in the price

TAXED = line_body(price="127.00", quantity=2, taxes=[("54.00", "0.27")])


@pytest.mark.parametrize("subtotal", ["127.00", "100.00"])
def test_with_tax_in_the_price_a_return_is_worth_its_net_either_way(subtotal: str) -> None:
    # Shopify's documents do not say whether `subtotal` has tax in it then; the line tells.
    body = refund_body(9001, returned(TAXED, 1, subtotal, "27.00"))
    order = order_body(
        lines=[TAXED], refunds=[body], taxes_included=True, current_subtotal_price="127.00"
    )
    assert refunds_of(body) == state_of(order).refunds
    assert refunds_of(body)[0].lines[0].net == 10_000
    assert total_left(order) == 10_000


def test_with_tax_on_top_a_return_is_worth_its_subtotal() -> None:
    line = line_body(price="100.00", quantity=2, taxes=[("54.00", "0.27")])
    body = refund_body(9001, returned(line, 1, "100.00", "27.00"))
    order = order_body(lines=[line], refunds=[body])
    assert refunds_of(body) == state_of(order).refunds
    assert refunds_of(body)[0].lines[0].net == 10_000
    assert total_left(order) == 10_000


def test_a_refund_line_without_its_line_is_taken_as_it_says() -> None:
    part = returned(LINE, 1, "20.00", "4.00") | {"line_item": None}
    assert refunds_of(refund_body(9001, part))[0].lines[0].net == 2_000


def test_a_refund_line_without_its_line_is_without_tax_where_the_order_says_so() -> None:
    part = returned(TAXED, 1, "127.00", "27.00") | {"line_item": None, "line_item_id": 11}
    order = order_body(lines=[TAXED], refunds=[refund_body(9001, part)], taxes_included=True)
    assert state_of(order).refunds[0].lines[0].net == 10_000


def test_a_refund_line_without_its_tax_is_taken_as_it_says() -> None:
    part = returned(TAXED, 1, "127.00") | {"total_tax": None}
    order = order_body(lines=[TAXED], refunds=[refund_body(9001, part)], taxes_included=True)
    assert state_of(order).refunds[0].lines[0].net == 12_700


def test_a_tax_line_without_its_rate_is_taken_as_tax_on_top() -> None:
    line = line_body(price="100.00", quantity=2, taxes=[("54.00", "0.27")])
    line["tax_lines"][0]["rate"] = None
    body = refund_body(9001, returned(line, 1, "100.00", "27.00"))
    assert refunds_of(body)[0].lines[0].net == 10_000
