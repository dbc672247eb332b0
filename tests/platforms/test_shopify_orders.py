"""What state an order is in, and whose it is: each pitfall by name."""

import pytest

from chalicelib.domain.events import (
    OrderDeleted,
    OrderMarked,
    OrderStatus,
    OrderUpserted,
    Signs,
)
from chalicelib.domain.instants import parse_instant
from tests.platforms.reading import (
    RECEIVED_AT,
    codes_of,
    customer_of,
    events_of,
    state_of,
    total_left,
)
from tests.platforms.shopify_bodies import (
    customer_body,
    line_body,
    order_body,
    refund_body,
    returned,
)


@pytest.mark.parametrize(
    ("financial_status", "status"),
    [
        (None, OrderStatus.OPEN),
        ("pending", OrderStatus.OPEN),
        ("authorized", OrderStatus.OPEN),
        ("partially_paid", OrderStatus.PARTIALLY_PAID),
        ("expired", OrderStatus.OPEN),
        ("paid", OrderStatus.PAID),
        ("partially_refunded", OrderStatus.PARTIALLY_REFUNDED),
        ("refunded", OrderStatus.REFUNDED),
        ("voided", OrderStatus.CANCELLED),
    ],
)
def test_the_body_alone_says_the_status(financial_status: str | None, status: OrderStatus) -> None:
    for topic in ("orders/create", "orders/paid", "orders/updated", "orders/cancelled"):
        assert state_of(order_body(status=financial_status), topic).status is status


def test_a_status_that_shopify_does_not_document_is_no_guess() -> None:
    assert codes_of("orders/paid", order_body(status="settled")) == {
        "$.financial_status": "status_unknown"
    }


def test_a_cancelled_order_is_cancelled_though_only_partly_refunded() -> None:
    line = line_body(quantity=2)
    body = order_body(
        lines=[line],
        refunds=[refund_body(9001, returned(line, 1, "20.00"))],
        status="partially_refunded",
        cancelled_at="2026-11-22T10:00:00Z",
    )
    assert state_of(body, "orders/cancelled").status is OrderStatus.CANCELLED


def test_shopify_s_own_test_send_is_a_voided_test_under_any_topic() -> None:
    # The "send test notification" body says so even for orders/paid.
    body = order_body(status="voided", test=True, cancelled_at="2026-11-21T10:00:00Z")
    state = state_of(body, "orders/paid")
    assert (state.test, state.status, state.paid_at) == (True, OrderStatus.CANCELLED, None)


def test_a_paid_test_order_is_flagged_as_a_test() -> None:
    state = state_of(order_body(test=True))
    assert (state.test, state.status) == (True, OrderStatus.PAID)


def test_the_same_state_comes_of_every_topic_that_tells_it() -> None:
    body = order_body()
    told = {
        repr(events_of(topic, body)) for topic in ("orders/create", "orders/paid", "orders/updated")
    }
    assert len(told) == 1


def test_the_event_is_named_after_the_state_and_happened_at_its_version() -> None:
    (event,) = events_of("orders/paid", order_body(updated_at="2026-11-21T11:00:00+01:00"))
    assert isinstance(event, OrderUpserted)
    assert event.id == "1001@2026-11-21T10:00:00Z"
    assert event.occurred_at == event.order.version == parse_instant("2026-11-21T10:00:00Z")


def test_an_order_was_paid_when_shopify_processed_it() -> None:
    body = order_body(processed_at="2026-11-20T09:00:00Z", updated_at="2026-11-21T12:00:00Z")
    assert state_of(body).paid_at == parse_instant("2026-11-20T09:00:00Z")
    assert state_of(order_body(status="pending")).paid_at is None
    assert state_of(order_body(processed_at=None)).paid_at == state_of(order_body()).created_at


def test_an_order_is_fulfilled_when_its_last_parcel_left() -> None:
    parcels = [
        {"created_at": "2026-11-21T10:00:00Z", "status": "success"},
        {"created_at": "2026-11-22T10:00:00Z", "status": "success"},
        {"created_at": "2026-11-23T08:00:00Z", "status": "cancelled"},
    ]
    whole = order_body(fulfillment_status="fulfilled", fulfillments=parcels)
    part = order_body(fulfillment_status="partial", fulfillments=parcels)
    assert state_of(whole).fulfilled_at == parse_instant("2026-11-22T10:00:00Z")
    assert state_of(part).fulfilled_at is None


def test_an_id_beyond_2_to_the_53_keeps_every_digit() -> None:
    line = line_body(466_157_049_001_234_567, product_id=788_032_119_674_292_922)
    body = order_body(820_982_911_946_154_508, lines=[line], customer=customer_body(2**63 + 1))
    state = state_of(body)
    assert state.id == "820982911946154508"
    assert state.lines[0].id == "466157049001234567"
    assert state.lines[0].product_id == "788032119674292922"
    assert state.customer is not None
    assert state.customer.id == "9223372036854775809"


def test_an_order_tells_its_codes_tags_number_and_channel() -> None:
    body = order_body(codes=["ABCD-2345", "TENOFF", "ABCD-2345", ""], tags="b2b, vip,, b2b ")
    state = state_of(body)
    assert state.codes == ("ABCD-2345", "TENOFF")
    assert state.tags == ("b2b", "vip")
    assert (state.number, state.channel, state.refunds_complete) == ("#1001", "web", True)


def test_tags_beyond_a_hundred_are_left_out() -> None:
    tags = ",".join(f"tag{number:03}" for number in range(250))
    assert state_of(order_body(tags=tags)).tags == tuple(f"tag{n:03}" for n in range(100))


def test_paying_with_a_gift_card_or_store_credit_is_paying() -> None:
    body = order_body(payment_gateway_names=["gift_card", "shopify_store_credit"])
    assert (state_of(body).status, total_left(body)) == (OrderStatus.PAID, 2_000)


# ------------------------------------------------------------- whose order


def test_a_customer_s_order_names_the_customer() -> None:
    state = state_of(order_body())
    assert state.guest_email == ""
    customer = state.customer
    assert customer is not None
    assert (customer.id, customer.email, customer.email_verified) == ("77", "kim@example.com", True)
    assert (customer.name, customer.country, customer.locale) == ("Kim Nagy", "HU", "en")


@pytest.mark.parametrize(
    ("email", "contact_email", "guest_email"),
    [
        (" Kim@Example.COM ", None, "kim@example.com"),
        (None, "Kim@Example.com", "kim@example.com"),
        ("", "kim@example.com", "kim@example.com"),
        ("no address", None, ""),
        (None, None, ""),
    ],
)
def test_a_guest_order_waits_under_its_normalised_address(
    email: str | None, contact_email: str | None, guest_email: str
) -> None:
    body = order_body(customer=None, email=email) | {"contact_email": contact_email}
    state = state_of(body)
    assert (state.customer, state.guest_email) == (None, guest_email)


def test_a_till_sale_without_a_customer_is_nobody_s() -> None:
    state = state_of(order_body(customer=None, email=None, source_name="pos"))
    assert (state.channel, state.customer, state.guest_email) == ("pos", None, "")


def test_a_till_sale_with_a_customer_is_theirs() -> None:
    state = state_of(order_body(source_name="pos", email=None))
    assert state.customer is not None
    assert (state.channel, state.customer.id) == ("pos", "77")


@pytest.mark.parametrize(
    ("order_email", "customer_email", "verified", "believed"),
    [
        ("kim@example.com", "kim@example.com", True, True),
        ("KIM@example.com ", "kim@example.com", True, True),
        ("jon@example.com", "john@example.com", True, False),
        ("kim@example.com", "kim@example.com", False, False),
        ("kim@example.com", "kim@example.com", None, False),
        (None, "kim@example.com", True, False),
        (None, None, True, False),
    ],
)
def test_an_order_s_address_is_verified_only_where_both_agree(
    order_email: str | None, customer_email: str | None, verified: bool | None, believed: bool
) -> None:
    customer = customer_body(email=customer_email, verified_email=verified)
    state = state_of(order_body(customer=customer, email=order_email))
    assert state.customer is not None
    assert state.customer.email_verified is believed


def test_without_access_to_personal_data_the_customer_is_an_id() -> None:
    bare = customer_body(
        email=None, first_name=None, last_name=None, default_address=None, tags=None
    )
    state = state_of(order_body(customer=bare, email=None, billing_address=None))
    customer = state.customer
    assert customer is not None
    assert (customer.id, customer.email, customer.name, customer.country) == ("77", "", "", "")
    assert not customer.email_verified


# --------------------------------------------------- customers, edits, deletion


@pytest.mark.parametrize("topic", ["customers/create", "customers/update"])
def test_a_customer_account_is_told_with_its_version(topic: str) -> None:
    body = customer_body(tags="vip, Léon", at="2026-11-21T10:00:00Z")
    event = customer_of(body, topic)
    assert event.id == "77@2026-11-21T10:00:00Z"
    assert event.version == event.occurred_at == parse_instant("2026-11-21T10:00:00Z")
    assert event.customer.email_verified
    assert event.customer.tags == ("Léon", "vip")


def test_an_unverified_account_is_unverified() -> None:
    assert not customer_of(customer_body(verified_email=False)).customer.email_verified
    assert not customer_of(customer_body(email=None)).customer.email_verified


def test_a_customer_without_times_is_as_new_as_its_delivery() -> None:
    body = customer_body(created_at=None, updated_at=None)
    assert customer_of(body).version == RECEIVED_AT


@pytest.mark.parametrize("code", ["hungary", "H1", "ÉÉ", "", None])
def test_a_country_is_two_letters_or_nothing(code: str | None) -> None:
    body = customer_body(default_address={"country_code": code})
    assert customer_of(body).customer.country == ""


def test_an_edit_asks_to_read_the_order_again() -> None:
    edit = {"id": 5, "order_id": 1001, "committed_at": "2026-11-22T10:00:00Z"}
    (event,) = events_of("orders/edited", {"order_edit": edit})
    at = parse_instant("2026-11-22T10:00:00Z")
    assert event == OrderMarked("1001:edit:5", at, "main", "1001", "edited")


def test_an_edit_without_a_time_happened_when_it_came() -> None:
    (event,) = events_of("orders/edited", {"order_edit": {"id": 5, "order_id": 1001}})
    assert event.occurred_at == RECEIVED_AT


def test_a_deletion_names_the_order() -> None:
    (event,) = events_of("orders/delete", {"id": 820_982_911_946_154_508})
    order_id = "820982911946154508"
    assert event == OrderDeleted(f"{order_id}:deleted", RECEIVED_AT, "main", order_id)


@pytest.mark.parametrize(
    ("notes", "attributes"),
    [
        ([{"name": "laurel_ref", "value": "K7QF-9M2X"}], {"laurel_ref": "K7QF-9M2X"}),
        ([{"name": "gift note", "value": "For Ann"}], {}),
        ([{"name": "laurel_ref", "value": 7}, {"name": ["odd"]}], {}),
        ([{"name": "laurel_ref", "value": ""}], {}),
        (None, {}),
    ],
)
def test_of_what_the_cart_carries_the_referral_code_alone_is_kept(
    notes: object, attributes: dict[str, str]
) -> None:
    assert state_of({**order_body(), "note_attributes": notes}).attributes == attributes


HOME = {
    "address1": "12 Main St",
    "address2": None,
    "zip": "40003",
    "city": "A",
    "country_code": "US",
}


def test_both_addresses_and_the_browser_are_told_for_the_checks_of_referrals() -> None:
    bill = {**HOME, "address2": "Apt 4", "zip": "", "name": "Kim"}
    body = order_body(shipping_address=HOME, billing_address=bill, browser_ip="93.184.216.34")
    signs = state_of(body).signs
    home, billed = ("12 Main St", "40003", "US"), ("12 Main St", "Apt 4", "A", "US")
    assert signs == Signs((home, billed), ip="93.184.216.34")


def test_one_address_is_told_once_and_one_without_a_street_not_at_all() -> None:
    assert state_of(order_body(shipping_address=HOME, billing_address=HOME)).signs.addresses == (
        ("12 Main St", "40003", "US"),
    )
    nowhere = {**HOME, "address1": None}
    assert state_of(order_body(shipping_address=nowhere, browser_ip=None)).signs == Signs()
