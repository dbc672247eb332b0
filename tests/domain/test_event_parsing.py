"""Canonical events as JSON: the contract of POST …/events."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.event_parsing import parse_event
from chalicelib.domain.events import (
    Customer,
    CustomerMerged,
    CustomerRedacted,
    CustomerUpserted,
    OrderDeleted,
    OrderMarked,
    OrderRefunded,
    OrderStatus,
    OrderUpserted,
    Signs,
    normalised_email,
)
from chalicelib.domain.instants import parse_instant
from chalicelib.domain.limits import (
    ADDRESSES_MAX,
    ID_LENGTH_MAX,
    MONEY_MINOR_MAX,
    ORDER_CODES_MAX,
    ORDER_LINES_MAX,
    ORDER_REFUNDS_MAX,
    TAGS_MAX,
)
from chalicelib.domain.outcome import Problem
from tests.domain.event_bodies import AT, NOW, line_json, order_json, refund_json, upserted_json

EARLIER = "2026-11-20T10:00:00Z"


def read(builtins: object) -> Any:
    return parse_event(builtins, NOW)


def codes_of(builtins: object) -> dict[str, str]:
    problems = read(builtins)
    assert isinstance(problems, tuple), problems
    assert all(isinstance(problem, Problem) for problem in problems)
    return {problem.path: problem.code for problem in problems}


def test_the_order_of_the_contract_becomes_a_state() -> None:
    event = read(upserted_json())
    assert isinstance(event, OrderUpserted)
    assert (event.id, event.occurred_at, event.source) == ("e1", NOW, "pos")
    order = event.order
    assert (order.id, order.number, order.version, order.status) == (
        "1001",
        "#1001",
        NOW,
        OrderStatus.PAID,
    )
    assert (order.created_at, order.paid_at, order.fulfilled_at) == (NOW, NOW, None)
    assert order.customer == Customer("77", "kim@example.com", True, "", "US", "en")
    (line,) = order.lines
    assert (line.quantity_milli, line.net, line.gross, line.tax) == (2_000, 4_000, 4_400, 400)
    assert (line.tags, line.attributes) == (("coffee",), {"roast": "dark"})
    (refund,) = order.refunds
    assert (refund.id, refund.at, refund.lines[0].net, refund.amount) == ("r1", NOW, 2_000, None)
    assert (order.codes, order.refunds_complete) == (("ABCD-2345",), True)


def test_what_is_left_out_has_its_default() -> None:
    order = {
        "id": "1",
        "version": AT,
        "status": "open",
        "currency": "JPY",
        "created_at": AT,
        "lines": [line_json(tax=100)],
    }
    event = read({"type": "order.upserted", "id": "e1", "order": order})
    assert isinstance(event, OrderUpserted)
    assert (event.source, event.occurred_at) == ("main", NOW)
    assert (event.order.customer, event.order.refunds_complete) == (None, False)
    assert event.order.lines[0].gross == 4_000


def test_a_refund_alone_happened_at_its_own_time() -> None:
    at = "2026-11-20T10:00:00Z"
    body = {"type": "order.refunded", "id": "e2", "order_id": "1001", "refund": refund_json(at=at)}
    event = read(body)
    assert isinstance(event, OrderRefunded)
    assert (event.order_id, event.occurred_at) == ("1001", parse_instant(at))
    told = read(body | {"occurred_at": AT})
    assert isinstance(told, OrderRefunded)
    assert told.occurred_at == NOW


def test_deletions_and_marks_name_their_order() -> None:
    deleted = {"type": "order.deleted", "id": "e3", "order_id": "1001"}
    marked = {"type": "order.marked", "id": "e4", "order_id": "1001", "reason": "edited"}
    assert read(deleted) == OrderDeleted("e3", NOW, "main", "1001")
    assert read(marked) == OrderMarked("e4", NOW, "main", "1001", "edited")


def test_a_customer_needs_a_version() -> None:
    body = {"type": "customer.upserted", "id": "e5", "customer": {"id": "77"}, "version": AT}
    assert read(body) == CustomerUpserted("e5", NOW, "main", Customer("77"), NOW)
    assert codes_of(body | {"version": None}) == {"$.version": "shape_invalid"}


def test_an_address_that_is_none_is_never_verified() -> None:
    customer = {"id": "77", "email": "nonsense", "email_verified": True}
    event = read(upserted_json(customer=customer))
    assert isinstance(event, OrderUpserted)
    assert event.order.customer == Customer("77")


def test_a_guest_s_address_counts_only_without_a_customer() -> None:
    guest = read(upserted_json(customer=None, guest_email=" Kim@Example.com"))
    known = read(upserted_json(guest_email="kim@example.com"))
    assert guest.order.guest_email == "kim@example.com"
    assert known.order.guest_email == ""


@pytest.mark.parametrize(
    ("quantity", "milli"), [("0", 0), ("1", 1_000), ("1.5", 1_500), ("0.125", 125), ("007", 7_000)]
)
def test_quantities_are_thousandths(quantity: str, milli: int) -> None:
    event = read(upserted_json(lines=[line_json(quantity=quantity)], refunds=[]))
    assert event.order.lines[0].quantity_milli == milli


@pytest.mark.parametrize(
    "quantity", ["", "-1", "1.", ".5", "1.2345", "1e3", "1\n", "١", "1 ", "9" * 10, 2, 1.5, None]
)
def test_what_is_no_quantity_is_named(quantity: object) -> None:
    body = upserted_json(lines=[line_json(quantity=quantity)])
    assert codes_of(body) == {"$.order.lines[0].quantity": "shape_invalid"}


@pytest.mark.parametrize("odd", ["", "x" * (ID_LENGTH_MAX + 1), "a\x00b", "a\n", "\ud800", 7, None])
def test_an_odd_id_is_named(odd: object) -> None:
    assert codes_of(upserted_json(id=odd)) == {"$.order.id": "shape_invalid"}


@pytest.mark.parametrize("id_", ["#", "a b", "S#1#M#2", "żółć", "😀", "x" * ID_LENGTH_MAX])
def test_an_unusual_id_is_an_id(id_: str) -> None:
    assert read(upserted_json(id=id_)).order.id == id_


@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ({"colour": "red"}, "$.order", "shape_invalid"),
        ({"status": "shipped"}, "$.order.status", "shape_invalid"),
        ({"currency": "ZZZ"}, "$.order.currency", "currency_unknown"),
        ({"currency": "usd"}, "$.order.currency", "currency_unknown"),
        ({"version": "2026-11-21T10:00:00"}, "$.order.version", "shape_invalid"),
        ({"version": "yesterday"}, "$.order.version", "shape_invalid"),
        ({"version": "2026-11-21T10:05:01Z"}, "$.order.version", "time_in_future"),
        ({"created_at": "1969-12-31T23:59:59Z"}, "$.order.created_at", "time_too_early"),
        ({"paid_at": None}, "$.order.paid_at", "time_missing"),
        ({"lines": [line_json(), line_json()]}, "$.order.lines", "id_twice"),
        ({"refunds": [refund_json(), refund_json()]}, "$.order.refunds", "id_twice"),
        ({"lines": []}, "$.order.refunds[0].lines[0].line_id", "line_unknown"),
        ({"lines": [line_json(net=-1)]}, "$.order.lines[0].net", "shape_invalid"),
        ({"lines": [line_json(net=1.5)]}, "$.order.lines[0].net", "shape_invalid"),
        ({"lines": [line_json(net=MONEY_MINOR_MAX + 1)]}, "$.order.lines[0].net", "shape_invalid"),
        ({"lines": [line_json()] * (ORDER_LINES_MAX + 1)}, "$.order.lines", "shape_invalid"),
        (
            {"refunds": [refund_json()] * (ORDER_REFUNDS_MAX + 1)},
            "$.order.refunds",
            "shape_invalid",
        ),
        ({"codes": ["C"] * (ORDER_CODES_MAX + 1)}, "$.order.codes", "shape_invalid"),
        ({"tags": ["t"] * (TAGS_MAX + 1)}, "$.order.tags", "shape_invalid"),
        ({"attributes": {"a": "x" * 129}}, "$.order.attributes.a", "text_malformed"),
        ({"attributes": {"a": 10**14 + 1}}, "$.order.attributes.a", "value_too_large"),
        ({"attributes": {"a": 1.5}}, "$.order.attributes[...]", "shape_invalid"),
        (
            {"lines": [line_json(attributes={"a": ["b\n"]})]},
            "$.order.lines[0].attributes.a",
            "text_malformed",
        ),
        ({"customer": {"id": "77", "country": "hu"}}, "$.order.customer.country", "shape_invalid"),
    ],
)
def test_a_field_that_cannot_be_true_is_named(
    fields: dict[str, object], path: str, code: str
) -> None:
    assert codes_of(upserted_json(**fields)) == {path: code}


def test_faults_of_content_are_named_all_at_once() -> None:
    refunds = [refund_json(at="2030-01-01T00:00:00Z")]
    assert codes_of(upserted_json(currency="EUX", paid_at=None, lines=[], refunds=refunds)) == {
        "$.order.refunds[0].at": "time_in_future",
        "$.order.currency": "currency_unknown",
        "$.order.paid_at": "time_missing",
        "$.order.refunds[0].lines[0].line_id": "line_unknown",
    }


def test_faults_of_lone_refunds_and_customers_are_named() -> None:
    future = "2030-01-01T00:00:00Z"
    refund = {
        "type": "order.refunded",
        "id": "e",
        "order_id": "1",
        "refund": refund_json(at=future),
    }
    customer = {"type": "customer.upserted", "id": "e", "customer": {"id": "1"}, "version": future}
    assert codes_of(refund) == {"$.refund.at": "time_in_future"}
    assert codes_of(customer) == {"$.version": "time_in_future"}
    assert codes_of(upserted_json() | {"occurred_at": future}) == {
        "$.occurred_at": "time_in_future"
    }


@pytest.mark.parametrize("builtins", [None, [], "text", 7, {}, {"type": "order.exploded"}])
def test_what_is_no_event_is_named(builtins: object) -> None:
    assert set(codes_of(builtins).values()) == {"shape_invalid"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([AT, "paid", "1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(order_json())), JSON)
def test_any_json_in_any_place_gives_an_event_or_problems(field: str, value: object) -> None:
    answer = read(upserted_json(**{field: value}))
    assert isinstance(answer, OrderUpserted) or answer


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("kim@example.com", "kim@example.com"),
        ("  Kim.Nagy+tea@Example.COM\n", "kim.nagy+tea@example.com"),
        ('"odd@name"@example.com', '"odd@name"@example.com'),
        ("", ""),
        (None, ""),
        ("kim", ""),
        ("@example.com", ""),
        ("kim@", ""),
        ("kim nagy@example.com", ""),
        ("kim@example.com\x00", ""),
        ("x" * 250 + "@e.com", ""),
    ],
)
def test_an_address_is_compared_in_one_form(text: str | None, address: str) -> None:
    assert normalised_email(text) == address


# ---------------------------------------------------------------- customers who merge or go


def test_two_customers_become_one() -> None:
    merged = {"type": "customer.merged", "id": "e1", "kept_id": "77", "merged_id": "78"}
    assert read(merged) == CustomerMerged("e1", NOW, "main", "77", "78")
    assert read({**merged, "occurred_at": EARLIER}).occurred_at == parse_instant(EARLIER)


def test_a_customer_is_not_merged_into_itself() -> None:
    merged = {"type": "customer.merged", "id": "e1", "kept_id": "77", "merged_id": "77"}
    assert codes_of(merged) == {"$.merged_id": "id_twice"}


def test_a_customer_is_to_be_forgotten() -> None:
    gone = {"type": "privacy.customer_redacted", "id": "e1", "customer_id": "77"}
    assert read(gone) == CustomerRedacted("e1", NOW, "main", "77")


def test_signs_of_an_order_are_told_as_texts() -> None:
    told = {"addresses": ["12 Main St, 40003"], "payment": "fp_1", "device": "d1", "ip": "::1"}
    signs = read(upserted_json(signs=told)).order.signs
    assert signs == Signs((("12 Main St, 40003",),), "fp_1", "d1", "::1")
    assert read(upserted_json(signs={})).order.signs == Signs()
    assert read(upserted_json()).order.signs == Signs()


def test_so_many_addresses_are_no_order() -> None:
    crowd = {"addresses": ["12 Main St"] * (ADDRESSES_MAX + 1)}
    assert codes_of(upserted_json(signs=crowd)) == {"$.order.signs.addresses": "shape_invalid"}
