"""What an order is worth: each pitfall of the field table, by name."""

import pytest

from tests.platforms.reading import drift_of, left_of, state_of, total_left
from tests.platforms.shopify_bodies import (
    line_body,
    money_set,
    order_body,
    refund_body,
    returned,
)


def test_a_line_is_price_times_quantity_less_its_own_discounts() -> None:
    line = line_body(price="20.00", quantity=3, discounts=["5.00", "1.50"])
    (known,) = state_of(order_body(lines=[line])).lines
    assert (known.net, known.gross, known.tax) == (5350, 6000, 0)
    assert (known.id, known.product_id, known.sku) == ("11", "501", "ASSAM-100")
    assert known.quantity_milli == 3_000
    assert known.attributes == {"vendor": "Tea & Co"}


def test_the_discounted_samples_add_up_to_587_and_leave_195_67() -> None:
    # platforms.md 0.5: three lines of 199.00, 10.00 off across, two of them sent back.
    lines = [
        line_body(11, "199.00", discounts=["3.34"]),
        line_body(12, "199.00", discounts=["3.33"]),
        line_body(13, "199.00", discounts=["3.33"]),
    ]
    back = refund_body(
        9001, returned(lines[0], 1, "195.66", "3.98"), returned(lines[1], 1, "195.67", "3.98")
    )
    body = order_body(
        lines=lines, refunds=[back], status="partially_refunded", subtotal_price="597.00"
    )
    state = state_of(body)
    assert sum(line.net for line in state.lines) == 58_700
    assert left_of(state) == {"11": 0, "12": 0, "13": 19_567}
    assert drift_of(body) == 0


def test_tax_on_top_is_no_spend() -> None:
    line = line_body(price="74.99", quantity=3, taxes=[("13.50", "0.06")])
    (known,) = state_of(order_body(lines=[line])).lines
    assert (known.net, known.tax, known.gross) == (22_497, 1_350, 22_497)


def test_tax_within_the_price_is_no_spend_either() -> None:
    line = line_body(price="127.00", quantity=2, taxes=[("54.00", "0.27")])
    (known,) = state_of(order_body(lines=[line], taxes_included=True)).lines
    assert (known.net, known.tax, known.gross) == (20_000, 5_400, 20_000)


def test_a_discount_within_a_taxed_price_is_taken_off_before_the_tax() -> None:
    line = line_body(price="127.00", discounts=["12.70"], taxes=[("24.30", "0.27")])
    (known,) = state_of(order_body(lines=[line], taxes_included=True)).lines
    assert (known.net, known.tax, known.gross) == (9_000, 2_430, 10_000)


def test_a_gift_card_bought_is_flagged() -> None:
    lines = [line_body(11), line_body(12, "50.00", gift_card=True)]
    assert [line.gift_card for line in state_of(order_body(lines=lines)).lines] == [False, True]


def test_a_tip_is_no_line_of_goods() -> None:
    tip = line_body(12, "5.00", tip={"payment_gateway": "bogus"}, product_id=None)
    body = order_body(lines=[line_body(11), tip])
    assert [line.id for line in state_of(body).lines] == ["11"]
    assert drift_of(body) == 0


def test_a_tip_in_the_older_spelling_is_no_line_of_goods() -> None:
    tip = line_body(12, "5.00", tip_payment_gateway="bogus")
    body = order_body(lines=[line_body(11), tip], current_subtotal_price="20.00")
    assert [line.id for line in state_of(body).lines] == ["11"]


def test_shipping_tips_and_total_discounts_never_count() -> None:
    body = order_body(
        total_discounts="10000.00",
        total_tip_received="9.00",
        total_shipping_price_set=money_set("10.00"),
        total_price="39.00",
    )
    assert total_left(body) == 2_000


def test_a_line_discounted_below_zero_is_worth_nothing() -> None:
    # Script and tax apps add lines of 10000.00 that are discounted by 10000.00.
    lines = [line_body(11), line_body(12, "10000.00", discounts=["10000.01"])]
    body = order_body(lines=lines, current_subtotal_price="20.00")
    assert [line.net for line in state_of(body).lines] == [2_000, 0]


def test_presentment_money_is_never_read() -> None:
    presentment = {"amount": "7777", "currency_code": "JPY"}
    line = line_body(price_set=money_set("20.00", presentment=presentment))
    state = state_of(order_body(lines=[line], presentment_currency="JPY"))
    assert (state.currency, state.lines[0].net) == ("USD", 2_000)


@pytest.mark.parametrize(
    ("currency", "price", "net"),
    [
        ("JPY", "1250", 1_250),
        ("JPY", "1250.00", 1_250),
        ("HUF", "1250.00", 125_000),
        ("USD", "12.50", 1_250),
        ("KWD", "1.250", 1_250),
        ("KWD", "1.25", 1_250),
    ],
)
def test_amounts_are_minor_units_of_their_own_currency(currency: str, price: str, net: int) -> None:
    body = order_body(lines=[line_body(price=price, currency=currency)], currency=currency)
    state = state_of(body)
    assert (state.currency, state.lines[0].net) == (currency, net)


def test_fractions_of_a_cent_are_rounded_once_per_line_half_to_even() -> None:
    lines = [line_body(11, "0.335", 4), line_body(12, "0.125"), line_body(13, "0.135")]
    state = state_of(order_body(lines=lines, current_subtotal_price=None))
    assert [line.net for line in state.lines] == [134, 12, 14]


# ------------------------------------------------------------------- edits


def test_an_edit_down_takes_the_removed_pieces_out() -> None:
    line = line_body(price="20.00", quantity=3, current_quantity=1)
    body = order_body(lines=[line])
    (known,) = state_of(body).lines
    assert (known.net, known.quantity_milli) == (2_000, 1_000)
    assert drift_of(body) == 0


def test_an_edit_up_counts_the_added_pieces() -> None:
    before = order_body(lines=[line_body(quantity=1)])
    after = order_body(lines=[line_body(quantity=3)], updated_at="2026-11-21T11:00:00Z")
    assert (total_left(before), total_left(after)) == (2_000, 6_000)
    assert state_of(after).version > state_of(before).version


def test_a_line_edited_away_whole_is_worth_nothing() -> None:
    lines = [line_body(11), line_body(12, current_quantity=0)]
    assert left_of(state_of(order_body(lines=lines))) == {"11": 2_000, "12": 0}


def test_a_return_lowers_current_quantity_but_is_taken_off_once() -> None:
    line = line_body(price="20.00", quantity=3)
    back = refund_body(9001, returned(line, 1, "20.00"))
    state = state_of(order_body(lines=[line], refunds=[back]))
    assert state.lines[0].net == 6_000
    assert left_of(state) == {"11": 4_000}


def test_an_edit_down_and_a_return_are_both_taken_off() -> None:
    line = line_body(price="20.00", quantity=5, current_quantity=2)
    back = refund_body(9001, returned(line, 1, "20.00"))
    state = state_of(order_body(lines=[line], refunds=[back]))
    assert (state.lines[0].net, state.lines[0].quantity_milli) == (6_000, 3_000)
    assert left_of(state) == {"11": 4_000}


def test_a_refund_of_nothing_does_not_bring_an_edited_piece_back() -> None:
    line = line_body(price="20.00", quantity=2, current_quantity=1)
    nothing = refund_body(9001, returned(line, 1, "0.00"), transactions=["41.94"])
    body = order_body(lines=[line], refunds=[nothing])
    assert total_left(body) == 2_000
    assert state_of(body).refunds[0].lines == ()


def test_a_return_that_current_quantity_does_not_know_adds_no_pieces() -> None:
    line = line_body(price="20.00", quantity=2, current_quantity=2)
    back = refund_body(9001, returned(line, 1, "20.00"))
    state = state_of(order_body(lines=[line], refunds=[back], current_subtotal_price=None))
    assert (state.lines[0].net, state.lines[0].quantity_milli) == (4_000, 2_000)
    assert left_of(state) == {"11": 2_000}


def test_an_order_without_current_quantities_is_taken_as_whole() -> None:
    line = line_body(quantity=2)
    body = order_body(lines=[line])
    del body["line_items"][0]["current_quantity"]
    assert total_left(body) == 4_000


# ------------------------------------------------------------------- drift


def test_a_discount_that_no_line_carries_is_dealt_to_the_lines() -> None:
    lines = [line_body(11, "10.00"), line_body(12, "10.00"), line_body(13, "10.00")]
    body = order_body(lines=lines, current_subtotal_price="20.00")
    assert drift_of(body) == 1_000
    assert left_of(state_of(body)) == {"11": 666, "12": 667, "13": 667}
    assert total_left(body) == 2_000


def test_a_missing_discount_never_revives_a_returned_line() -> None:
    lines = [line_body(11, "50.00"), line_body(12, "50.00")]
    back = refund_body(9001, returned(lines[0], 1, "50.00"))
    body = order_body(lines=lines, refunds=[back], current_subtotal_price="40.00")
    assert drift_of(body) == 1_000
    assert left_of(state_of(body)) == {"11": 0, "12": 4_000}


def test_a_missing_discount_takes_its_share_of_included_tax_along() -> None:
    line = line_body(price="127.00", taxes=[("27.00", "0.27")])
    body = order_body(lines=[line], taxes_included=True, current_subtotal_price="114.30")
    (known,) = state_of(body).lines
    assert (known.net, known.tax, known.gross) == (9_000, 2_430, 10_000)


def test_a_stale_subtotal_above_our_sum_is_reported_and_not_believed() -> None:
    # The twelfth sample: refunded whole, current_subtotal_price still says 587.00.
    line = line_body(price="587.00")
    back = refund_body(9001, returned(line, 1, "587.00"))
    body = order_body(lines=[line], refunds=[back], current_subtotal_price="587.00")
    assert drift_of(body) == -58_700
    assert total_left(body) == 0


def test_subtotal_price_is_never_believed() -> None:
    body = order_body(lines=[line_body(price="414.95")], subtotal_price="404.95")
    assert (total_left(body), drift_of(body)) == (41_495, 0)


def test_without_a_subtotal_there_is_nothing_to_compare() -> None:
    body = order_body(current_subtotal_price=None)
    assert (total_left(body), drift_of(body)) == (2_000, 0)


def test_a_negative_subtotal_means_nothing_is_left() -> None:
    body = order_body(current_subtotal_price="-1.00")
    assert (total_left(body), drift_of(body)) == (0, 2_000)


def test_without_a_list_of_refunds_nothing_is_removed_or_compared() -> None:
    body = order_body(lines=[line_body(quantity=2, current_quantity=0)])
    body["refunds"] = None
    state = state_of(body)
    assert not state.refunds_complete
    assert (state.lines[0].net, drift_of(body)) == (4_000, 0)
