"""What is known of an order is a function of the SET of deliveries: any order, any repeats."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.events import (
    OrderLine,
    OrderState,
    OrderStatus,
    Refund,
    RefundLine,
)
from chalicelib.domain.order_decision import OrderEvent
from chalicelib.domain.order_remains import refunded_minor, remaining_lines
from chalicelib.domain.orders import (
    OrderDocument,
    earning_state,
    merged,
    refunds_of,
)
from tests.builders import NOON, line, refunded, state, upserted

REFUNDS = st.builds(
    Refund,
    id=st.sampled_from(["r1", "r2", "r3"]),
    at=st.integers(NOON, NOON + 5),
    lines=st.lists(
        st.builds(RefundLine, line_id=st.sampled_from(["a", "b", "x"]), net=st.integers(0, 700)),
        max_size=2,
    ).map(tuple),
    amount=st.one_of(st.none(), st.integers(0, 900)),
)
STATES = st.builds(
    state,
    st.builds(line, st.integers(0, 1_000), st.just("a")),
    st.builds(line, st.integers(0, 1_000), st.just("b"), gift_card=st.booleans()),
    version=st.integers(NOON, NOON + 4),
    status=st.sampled_from(OrderStatus),
    refunds=st.lists(REFUNDS, max_size=2, unique_by=lambda refund: refund.id).map(tuple),
    refunds_complete=st.booleans(),
)
EVENTS = st.lists(st.one_of(STATES.map(upserted), REFUNDS.map(refunded)), min_size=1, max_size=5)


def known(events: list[OrderEvent]) -> OrderDocument:
    document = OrderDocument(source="main", order_id="1001")
    for event in events:
        document = merged(document, event)
    return document


@settings(max_examples=150)
@given(EVENTS, st.data())
def test_what_is_known_does_not_depend_on_order_or_repeats(
    events: list[OrderEvent], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(events), max_size=3))
    mixed = data.draw(st.permutations([*events, *again]))
    tidy, untidy = known(events), known(mixed)
    # Whether two contents shared a version that a newer one has since replaced is not kept.
    assert msgspec.structs.replace(tidy, marked=False) == msgspec.structs.replace(
        untidy, marked=False
    )


PAID = {OrderStatus.PAID, OrderStatus.PARTIALLY_REFUNDED}


@settings(max_examples=150)
@given(st.lists(STATES, min_size=1, max_size=6, unique_by=lambda told: told.version))
def test_an_order_partly_paid_earns_by_the_state_that_was_last_paid_in_full(
    states: list[OrderState],
) -> None:
    document = known([upserted(each) for each in states])
    newest_first = sorted(states, key=lambda told: -told.version)
    newest = newest_first[0]
    others = [told for told in newest_first if told.status != "partially_paid"]
    is_due_again = newest.status == "partially_paid" and others and others[0].status in PAID
    expected = others[0] if is_due_again else newest
    assert earning_state(document) == msgspec.structs.replace(expected, customer=None)
    if newest.status != "partially_paid":
        assert document.settled is None


@given(EVENTS)
def test_a_delivery_again_brings_nothing_new(events: list[OrderEvent]) -> None:
    document = known(events)
    for event in events:
        again = merged(document, event)
        assert msgspec.structs.replace(again, marked=document.marked) == document


@given(EVENTS)
def test_no_line_keeps_more_than_it_had_or_less_than_nothing(events: list[OrderEvent]) -> None:
    document = known(events)
    paid = earning_state(document)  # after a raise that is due, the last that was paid in full
    had = {each.id: each for each in paid.lines} if paid else {}
    for left in remaining_lines(document):
        assert 0 <= left.net <= had[left.line_id].net
        assert 0 <= left.gross <= had[left.line_id].gross
        assert 0 <= left.quantity_milli <= had[left.line_id].quantity_milli
    gone, whole = refunded_minor(document)
    assert 0 <= gone <= whole


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=5), st.integers(0, 6_000))
def test_an_amount_is_dealt_to_the_last_cent_and_never_to_gift_cards(
    nets: list[int], amount: int
) -> None:
    lines = tuple(line(net, f"l{n}") for n, net in enumerate(nets))
    card = line(500, "card", gift_card=True)
    document = known([upserted(state(*lines, card)), refunded(Refund("r", NOON, amount=amount))])
    left = {each.line_id: each.net for each in remaining_lines(document)}
    assert left.pop("card") == 500
    assert sum(left.values()) == max(0, sum(nets) - amount)


def test_the_newest_version_wins_wholly() -> None:
    old = state(line(100), tags=("old",), version=NOON)
    new = state(line(50), version=NOON + 1)
    assert known([upserted(new), upserted(old)]).state == msgspec.structs.replace(
        new, customer=None
    )


def test_nothing_personal_is_kept() -> None:
    kept = known([upserted(state(customer=None, guest_email="ann@example.com"))]).state
    assert kept is not None
    assert kept.guest_email == ""
    assert kept.customer is None


def complete(*refunds: Refund, version: int = NOON + 10) -> OrderState:
    return state(line(1_000), version=version, refunds=refunds)


def of_lines(net: int, refund_id: str = "r1", at: int = NOON) -> Refund:
    return Refund(refund_id, at, (RefundLine("l1", 0, net),))


def test_a_complete_list_replaces_what_was_known() -> None:
    gone, smaller = of_lines(900, "r0"), of_lines(100)
    told = known([refunded(gone), refunded(of_lines(900)), upserted(complete(smaller))])
    assert refunds_of(told) == (smaller,)


def test_a_refund_after_a_complete_list_comes_on_top() -> None:
    later = of_lines(100, "r2", NOON + 10)
    told = known([refunded(later), upserted(complete(of_lines(200)))])
    assert {refund.id for refund in refunds_of(told)} == {"r1", "r2"}


def test_lines_that_were_told_alone_beat_the_lists_amount() -> None:
    told = known([refunded(of_lines(300)), upserted(complete(Refund("r1", NOON, amount=999)))])
    assert refunds_of(told) == (of_lines(300),)


def test_a_refund_told_twice_in_the_same_words_is_kept_once() -> None:
    both: list[OrderEvent] = [upserted(complete(of_lines(200))), refunded(of_lines(200))]
    assert known(both) == known(both[::-1])
    assert known(both).gathered == ()


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_what_remains_of_tax_and_gross_is_rounded_down(net: int, back: int) -> None:
    made = OrderLine("l1", 1_000, net, gross=net + net // 5, tax=net // 5)
    document = known([upserted(state(made)), refunded(of_lines(back))])
    (left,) = remaining_lines(document)
    assert left.net == max(0, net - back)
    assert left.tax * (net or 1) <= made.tax * left.net
