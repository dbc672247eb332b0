"""What holds of the amounts of ANY order: discounts, edits and returns, drawn at random."""

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.platforms.reading import drift_of, left_of, refunds_of, state_of, total_left
from tests.platforms.shopify_bodies import Body, line_body, order_body, refund_body, returned


@st.composite
def orders(draw: st.DrawFn) -> Body:
    """Consistent orders: discounts, edits and returns, with or without tax in the prices."""
    lines, parts = [], []
    taxes_included = draw(st.booleans())
    for line_id in range(11, 11 + draw(st.integers(1, 4))):
        quantity = draw(st.integers(1, 5))
        price = draw(st.integers(0, 50_000))
        discount = draw(st.just(0) | st.integers(0, price * quantity))
        back = draw(st.integers(0, quantity))
        removed = draw(st.integers(0, quantity - back))
        value = price * quantity - discount
        tax = value * 27 // (127 if taxes_included else 100)
        line = line_body(
            line_id,
            _text(price),
            quantity,
            discounts=[_text(discount)],
            taxes=[(_text(tax), "0.27")],
            current_quantity=quantity - back - removed,
        )
        lines.append(line)
        if back:
            subtotal = _text(value * back // quantity)
            parts.append(returned(line, back, subtotal, _text(tax * back // quantity)))
    refunds = [refund_body(9001, *parts)] if parts else []
    told = _text(draw(st.integers(0, 300_000)))
    return order_body(
        lines=lines, refunds=refunds, taxes_included=taxes_included, current_subtotal_price=told
    )


def _text(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


def _minor(text: str) -> int:
    return int(text.replace(".", ""))


@given(orders())
def test_the_smaller_of_both_sums_is_what_is_left(body: Body) -> None:
    body |= {"taxes_included": False}
    drift, told = drift_of(body), _minor(body["current_subtotal_price"])
    assert total_left(body) == told + min(0, drift)


@given(orders())
def test_no_line_is_ever_worth_less_than_nothing_or_more_than_it_cost(body: Body) -> None:
    for line, wire in zip(state_of(body).lines, body["line_items"], strict=True):
        assert 0 <= line.net <= _minor(wire["price"]) * wire["quantity"]
        assert line.net <= line.gross <= _minor(wire["price"]) * wire["quantity"]
        assert line.tax >= 0


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(orders())
def test_alone_or_within_the_order_a_refund_is_worth_the_same(body: Body) -> None:
    # A refund alone is judged by its line's tax; below 1.00 that is too few cents to judge by.
    whole = state_of(body | {"current_subtotal_price": None})
    assume(all(line.net >= 100 for line in whole.lines))
    for refund in body["refunds"]:
        assert refunds_of(refund) == state_of(body | {"refunds": [refund]}).refunds


@given(orders(), st.integers(0, 300_000))
def test_a_line_that_went_back_whole_is_worth_nothing(body: Body, told: int) -> None:
    lines = [line | {"current_quantity": 0} for line in body["line_items"]]
    parts = []
    for line in lines:
        discounts = _minor(line["discount_allocations"][0]["amount"])
        value = _minor(line["price"]) * line["quantity"] - discounts
        tax = line["tax_lines"][0]["price"]
        parts.append(returned(line, line["quantity"], _text(value), tax))
    gone = body | {
        "line_items": lines,
        "refunds": [refund_body(9001, *parts)],
        "current_subtotal_price": _text(told),
    }
    assert set(left_of(state_of(gone)).values()) <= {0}
