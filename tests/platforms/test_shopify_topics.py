"""The topic is unsigned and the world is hostile: what is refused, and that nothing ever raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.events import CustomerMerged
from chalicelib.domain.limits import ORDER_CODES_MAX, ORDER_LINES_MAX, ORDER_REFUNDS_MAX
from chalicelib.platforms.shopify import TOPICS, translate
from chalicelib.platforms.translation import Ignored, Translated, Unreadable
from tests.platforms.reading import RECEIVED_AT, codes_of, read
from tests.platforms.shopify_bodies import (
    Body,
    customer_body,
    encoded,
    line_body,
    order_body,
    refund_body,
    returned,
)

ORDER = order_body(refunds=[refund_body(9001, returned(line_body(), 1, "20.00"))])
REFUND = refund_body(9001, returned(line_body(), 1, "20.00"))
CUSTOMER = customer_body()
EDIT = {"order_edit": {"id": 5, "order_id": 1001}}
DELETION = {"id": 1001}
CUSTOMER_DELETION = {
    "id": 77,
    "tax_exemptions": [],
    "admin_graphql_api_id": "gid://shopify/Customer/77",
}

MERGE: Body = {
    "admin_graphql_api_customer_kept_id": "gid://shopify/Customer/77",
    "admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/88",
    "admin_graphql_api_job_id": None,
    "status": "completed",
    "errors": [],
}
REDACTION: Body = {
    "shop_id": 954_889,
    "shop_domain": "tea.myshopify.com",
    "customer": {"id": 77, "email": "kim@example.com", "phone": None},
    "orders_to_redact": [1001],
}

FITTING = {
    "orders/create": ORDER,
    "orders/paid": ORDER,
    "orders/updated": ORDER,
    "orders/cancelled": ORDER,
    "orders/edited": EDIT,
    "orders/delete": DELETION,
    "refunds/create": REFUND,
    "customers/create": CUSTOMER,
    "customers/update": CUSTOMER,
    "customers/enable": CUSTOMER,
    "customers/merge": MERGE,
    "customers/redact": REDACTION,
}


def test_every_topic_has_a_body_that_fits() -> None:
    assert set(FITTING) == set(TOPICS)
    for topic, body in FITTING.items():
        assert isinstance(read(topic, body), Translated)


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize(
    "body",
    [
        *(ORDER, REFUND, CUSTOMER, EDIT, DELETION, CUSTOMER_DELETION, MERGE, REDACTION),
        *({}, [], None, 7, "text"),
    ],
)
def test_a_genuine_body_under_another_topic_is_unreadable(topic: str, body: object) -> None:
    expected = Translated if body is FITTING[topic] else Unreadable
    assert isinstance(read(topic, body), expected)


@pytest.mark.parametrize(
    "topic", ["app/uninstalled", "customers/delete", "orders/fulfilled", "", "ORDERS/PAID", "\x00"]
)
def test_other_topics_are_ignored_with_a_reason(topic: str) -> None:
    assert read(topic, ORDER) == Ignored("topic_unused")


@pytest.mark.parametrize(
    ("topic", "body", "global_id"),
    [
        ("orders/paid", ORDER, "gid://shopify/DraftOrder/1001"),
        ("orders/paid", ORDER, "gid://shopify/Order/1002"),
        ("refunds/create", REFUND, "gid://shopify/Order/9001"),
        ("customers/update", CUSTOMER, "gid://shopify/Customer/78"),
        ("orders/delete", DELETION, "gid://shopify/Product/1001"),
    ],
)
def test_a_body_that_names_another_thing_is_unreadable(
    topic: str, body: Body, global_id: str
) -> None:
    lying = body | {"admin_graphql_api_id": global_id}
    assert codes_of(topic, lying) == {"$.admin_graphql_api_id": "other_kind"}


@pytest.mark.parametrize("topic", TOPICS)
def test_without_any_global_id_the_keys_alone_tell_the_kind(topic: str) -> None:
    for body in (ORDER, REFUND, CUSTOMER, EDIT, DELETION, MERGE, REDACTION):
        bare = {key: value for key, value in body.items() if key != "admin_graphql_api_id"}
        expected = Translated if body is FITTING[topic] else Unreadable
        assert isinstance(read(topic, bare), expected)


def test_an_id_rounded_on_its_way_is_unreadable() -> None:
    body = order_body(820_982_911_946_154_508) | {"id": 820_982_911_946_154_500}
    assert "$.admin_graphql_api_id" in codes_of("orders/paid", body)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("updated_at", "2026-11-23T10:05:01Z", "time_in_future"),
        ("processed_at", "2027-11-21T10:00:00Z", "time_in_future"),
        ("created_at", "1969-12-31T23:59:59Z", "time_too_early"),
        ("created_at", "2026-11-21T10:00:00", "shape_invalid"),
        ("updated_at", None, "shape_invalid"),
        ("currency", "ZZZ", "currency_unknown"),
        ("currency", "usd", "currency_unknown"),
        ("currency", None, "shape_invalid"),
        ("id", 0, "shape_invalid"),
        ("id", "1001", "shape_invalid"),
        ("id", 1001.5, "shape_invalid"),
        ("test", "false", "shape_invalid"),
        ("line_items", None, "shape_invalid"),
        ("line_items", [line_body()] * 2, "id_twice"),
        ("line_items", [line_body(n) for n in range(1, ORDER_LINES_MAX + 2)], "shape_invalid"),
        ("refunds", [REFUND] * 2, "id_twice"),
        ("refunds", [REFUND] * (ORDER_REFUNDS_MAX + 1), "shape_invalid"),
        ("discount_codes", [{"code": "A"}] * (ORDER_CODES_MAX + 1), "shape_invalid"),
        ("current_subtotal_price", "NaN", "amount_invalid"),
    ],
)
def test_a_field_that_cannot_be_true_is_named(field: str, value: object, code: str) -> None:
    assert codes_of("orders/updated", order_body() | {field: value}) == {f"$.{field}": code}


def test_five_minutes_ahead_is_a_clock_and_not_the_future() -> None:
    assert isinstance(
        read("orders/updated", order_body(updated_at="2026-11-23T10:05:00Z")), Translated
    )


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (line_body(price="-1.00"), "price"),
        (line_body(price="Infinity"), "price"),
        (line_body(price="1000000000001.00"), "price"),
        (line_body(price="1e999999"), "price"),
        (line_body(price="1000000000.00", quantity=10**6), "quantity"),
        (line_body(discounts=["-1.00"]), "discount_allocations[0].amount"),
        (line_body(taxes=[("NaN", "0.2")]), "tax_lines[0].price"),
        (line_body(taxes=[("1.00", "-1")]), "tax_lines[0].rate"),
    ],
)
def test_an_amount_out_of_reach_is_named(line: Body, path: str) -> None:
    body = order_body(current_subtotal_price="20.00") | {
        "line_items": [line | {"current_quantity": None}]
    }
    assert codes_of("orders/paid", body) == {f"$.line_items[0].{path}": "amount_invalid"}


def test_a_refund_s_faults_are_all_named_at_once() -> None:
    part = returned(line_body(), 1, "20.00") | {"subtotal": "-1", "total_tax": "NaN"}
    body = refund_body(9001, part, adjustments=[("refund_discrepancy", "Infinity")], at="")
    body |= {"created_at": None, "processed_at": None}
    assert codes_of("refunds/create", body) == {
        "$.created_at": "time_missing",
        "$.refund_line_items[0].subtotal": "amount_invalid",
        "$.refund_line_items[0].total_tax": "amount_invalid",
        "$.order_adjustments[0].amount": "amount_invalid",
    }


def test_a_refund_within_an_order_is_held_to_the_same() -> None:
    refund = refund_body(9001) | {"created_at": "2030-01-01T00:00:00Z"}
    refund |= {"admin_graphql_api_id": "gid://shopify/Refund/1"}
    assert codes_of("orders/updated", order_body(refunds=[refund])) == {
        "$.refunds[0].created_at": "time_in_future",
        "$.refunds[0].admin_graphql_api_id": "other_kind",
    }


def test_edits_and_customers_from_the_future_are_unreadable() -> None:
    edit = {"id": 5, "order_id": 1001, "committed_at": "2030-01-01T00:00:00Z"}
    assert codes_of("orders/edited", {"order_edit": edit}) == {
        "$.order_edit.committed_at": "time_in_future"
    }
    customer = customer_body(at="2030-01-01T00:00:00Z")
    assert codes_of("customers/create", customer) == {
        "$.updated_at": "time_in_future",
        "$.created_at": "time_in_future",
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"\xff\xfe",
        b'{"id": "\xff"}',
        b"\xef\xbb\xbf{}",
        b'{"id":' + b"[" * 100_000,
        b'{"id": 1' + b"0" * 5_000 + b"}",
        b'{"id": 1e400}',
        b"webhook_id=7",
    ],
)
@pytest.mark.parametrize("topic", TOPICS)
def test_bytes_that_are_no_body_are_unreadable(topic: str, raw: bytes) -> None:
    assert isinstance(translate(topic, raw, "main", RECEIVED_AT), Unreadable)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(10**40), 10**40),
    st.text(),
    st.sampled_from(["NaN", "-0", "1e-999999", "1e400", "0.1", "9" * 40, "2026-11-21T10:00:00Z"]),
    st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "paid"]),
    st.just([]),
    st.just({}),
)


def _places(body: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found: list[tuple[str | int, ...]] = [path] if path else []
    pairs = (
        body.items()
        if isinstance(body, dict)
        else enumerate(body)
        if isinstance(body, list)
        else ()
    )
    return found + [deeper for key, value in pairs for deeper in _places(value, (*path, key))]


def _replaced(body: object, path: tuple[str | int, ...], value: object) -> object:
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(body, dict) and key in body:
        return body | {key: _replaced(body[key], rest, value)}
    if isinstance(body, list) and isinstance(key, int) and key < len(body):
        return [*body[:key], _replaced(body[key], rest, value), *body[key + 1 :]]
    return body


@given(st.data())
def test_translate_answers_whatever_was_changed_in_a_body(data: st.DataObject) -> None:
    topic = data.draw(st.sampled_from(TOPICS))
    body: object = data.draw(st.sampled_from(list(FITTING.values())))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(_places(body) or [()]))
        body = _replaced(body, path, data.draw(ODD))
    raw = encoded(body)
    assert isinstance(translate(topic, raw, "main", RECEIVED_AT), Translated | Unreadable)


@given(st.sampled_from(TOPICS), st.binary(max_size=200))
def test_translate_answers_any_bytes(topic: str, raw: bytes) -> None:
    assert isinstance(translate(topic, raw, "main", RECEIVED_AT), Translated | Unreadable)


@given(st.sampled_from(TOPICS), st.integers(0, 5_000), st.binary(min_size=1, max_size=4))
def test_translate_answers_a_body_damaged_on_its_way(topic: str, place: int, splice: bytes) -> None:
    raw = encoded(FITTING[topic])
    damaged = raw[: place % len(raw)] + splice + raw[place % len(raw) + len(splice) :]
    assert isinstance(translate(topic, damaged, "main", RECEIVED_AT), Translated | Unreadable)


def test_a_completed_merge_names_who_stays_and_who_is_gone() -> None:
    told = read("customers/merge", MERGE)
    assert isinstance(told, Translated)
    (event,) = told.events
    assert isinstance(event, CustomerMerged)
    assert (event.kept_id, event.merged_id) == ("77", "88")


@pytest.mark.parametrize("status", ["failed", "requested", "in_progress", "COMPLETED", ""])
def test_a_merge_that_did_not_complete_says_nothing(status: str) -> None:
    assert read("customers/merge", MERGE | {"status": status}) == Translated(())


@pytest.mark.parametrize("other", ["gid://shopify/Customer/77", "gid://shopify/Order/88", "88", ""])
def test_a_merge_of_anything_but_two_customers_is_unreadable(other: str) -> None:
    lying = MERGE | {"admin_graphql_api_customer_deleted_id": other}
    assert isinstance(read("customers/merge", lying), Unreadable)


def test_a_redaction_names_the_customer_alone() -> None:
    told = read("customers/redact", REDACTION)
    assert isinstance(told, Translated)
    assert "kim@example.com" not in repr(told)
