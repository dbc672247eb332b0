"""Products that an account remembers: the sum of its orders as they are, however they came."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.booking import opened
from chalicelib.domain.events import OrderStatus
from chalicelib.domain.habits import EVER, counted_anew, is_recalled, joined_products, with_habits
from chalicelib.domain.habits import with_products as remembering
from chalicelib.domain.instants import DAY_MS, MINUTE_MS, parse_instant
from chalicelib.domain.member import Account, MemberFacts
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.habit_fields import recalls_of
from tests.builders import line, refund, state
from tests.domain.program.builders import compiled, rule

JUNE = parse_instant("2026-06-15T12:00:00Z")
GREEN = {"member.bought.skus": {"has": "GREEN"}}
LATELY = {"member.bought.skus_12m": {"has": "GREEN"}}
TEAS = {"any": [{"member.bought.tags": {"any_of": ["tea", "cup"]}}, {"not": LATELY}]}
LINES = {
    "GREEN": line(500, "l1", sku="GREEN", product_id="p1", tags=("tea",)),
    "BLACK": line(400, "l2", sku="BLACK", product_id="p2", tags=("tea", "strong")),
    "CUP": line(300, "l3", sku="CUP", product_id="p3", tags=("cup",)),
    "CARD": line(300, "l4", sku="GREEN", gift_card=True),
    "FREE": line(0, "l5", sku="GREEN"),
}


def asking(*conditions: Any) -> CompiledProgram:
    return compiled(segments={f"s{n}": each for n, each in enumerate(conditions)})


ALL, LESS = asking(GREEN, LATELY, TEAS), asking(GREEN)


def order(*skus: str, name: str = "1", at: int = JUNE, refunds: Any = ()) -> OrderDocument:
    told = state(*(LINES[sku] for sku in skus), id=name, refunds=refunds)
    return OrderDocument("main", name, counted=True, earned_at=at, state=told)


def settled(
    held: Account | None,
    orders: tuple[OrderDocument | None, OrderDocument],
    program: CompiledProgram = ALL,
) -> Account:
    """The account once an order is another than it was."""
    before, after = orders
    draft = opened("m", held, JUNE, program)
    count = draft.account.order_count + after.counted - (before is not None and before.counted)
    last = max(draft.account.last_order_at, after.earned_at if after.counted else 0)
    account = replace(draft.account, order_count=count, last_order_at=last)
    return remembering(replace(draft, account=account), orders, program).account


def told(account: Account, program: CompiledProgram = ALL, at: int = JUNE) -> dict[str, Any]:
    return with_habits(MemberFacts(), account, program, at).bought


def test_what_conditions_name_is_remembered_and_nothing_else() -> None:
    account = settled(None, (None, order("GREEN", "CUP")))
    assert told(account) == {"skus": ("GREEN",), "skus_12m": ("GREEN",), "tags": ("cup", "tea")}
    assert len(account.products) == 3
    assert account.recalls == ALL.recalls.digest


def test_a_program_that_asks_for_no_product_remembers_none() -> None:
    plain = asking({"member.orders_12m": {"gte": 2}})
    account = settled(None, (None, order("GREEN")), plain)
    assert (account.products, account.recalls, plain.recalls.digest) == ({}, "", "")


@pytest.mark.parametrize("sku", ["CARD", "FREE"])
def test_gift_cards_and_what_cost_nothing_are_no_products(sku: str) -> None:
    assert told(settled(None, (None, order(sku)))) == {}


def test_a_refund_takes_a_product_away_when_no_other_order_holds_it() -> None:
    first, second = order("GREEN", "CUP"), order("GREEN", name="2")
    held = settled(settled(None, (None, first)), (None, second))
    part = order("GREEN", "CUP", refunds=(refund(200),))
    back = order("GREEN", "CUP", refunds=(refund(500),))
    held = settled(held, (first, part))
    assert "skus" in told(held)
    held = settled(held, (part, back))
    assert told(held)["skus"] == ("GREEN",)
    held = settled(held, (second, replace(second, counted=False)))
    assert told(held) == {"tags": ("cup",)}
    held = settled(held, (back, first))  # the refund was a mistake of the shop
    assert told(held)["tags"] == ("cup", "tea")


def test_what_is_older_than_a_year_was_bought_and_not_lately() -> None:
    old = order("GREEN", at=JUNE - 366 * DAY_MS)
    held = settled(None, (None, old))
    assert told(held)["skus"] == ("GREEN",)
    assert "skus_12m" not in told(held)
    held = settled(held, (None, order("CUP", name="2")))
    assert {EVER: 1} in held.products.values()
    assert (told(held)["skus"], "skus_12m" in told(held)) == (("GREEN",), False)
    assert "skus" not in told(settled(held, (old, replace(old, counted=False))))


_SKUS = st.lists(st.sampled_from(sorted(LINES)), unique=True).map(tuple)
_REFUNDS = st.lists(st.sampled_from(["l1", "l2", "l3"]), unique=True)
_STEPS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.booleans(),
        _SKUS,
        _REFUNDS,
        st.sampled_from([0, 30, 200, 340, 400, 800]),
    ),
    max_size=8,
)


def walked(steps: Any, program: CompiledProgram = ALL) -> tuple[Account | None, Any]:
    """The account, and the orders as they are, after ``steps`` of paying, editing, refunding."""
    held: Account | None = None
    orders: dict[str, OrderDocument] = {}
    for number, counts, skus, gone, days in steps:
        name = str(number)
        at = orders[name].earned_at if name in orders else JUNE - days * DAY_MS
        back = tuple(refund(500, each, each) for each in gone)
        after = replace(order(*skus, name=name, at=at, refunds=back), counted=counts)
        held = settled(held, (orders.get(name), after), program)
        orders[name] = after
    return held, orders


@given(_STEPS)
def test_any_course_of_orders_and_refunds_ends_in_what_the_orders_hold(steps: Any) -> None:
    held, orders = walked(steps)
    if held is None:
        return
    assert held.recalls == ALL.recalls.digest
    anew = counted_anew(replace(held, products={}), orders.values(), ALL, JUNE)
    assert anew == held
    assert all(len(months) <= 13 for months in held.products.values())


@given(_STEPS, _STEPS)
def test_two_members_who_are_one_remember_what_both_bought(one: Any, other: Any) -> None:
    kept, orders = walked(one)
    gone, others = walked(other)
    if kept is None or gone is None:
        return
    changes: Any = joined_products(kept, gone, "UTC")
    both = replace(
        kept,
        order_count=kept.order_count + gone.order_count,
        last_order_at=max(kept.last_order_at, gone.last_order_at),
        **changes,
    )
    anew = counted_anew(both, (*orders.values(), *others.values()), ALL, JUNE)
    assert (anew.products, is_recalled(both, ALL)) == (both.products, True)


def test_members_who_are_one_and_were_asked_otherwise_are_counted_anew() -> None:
    one = settled(None, (None, order("GREEN")))
    other = settled(None, (None, order("CUP")), LESS)
    changes: Any = joined_products(one, other, "UTC")
    assert changes["recalls"] == ""
    assert changes["products"] == one.products


@given(_STEPS, _STEPS)
def test_products_asked_for_later_are_less_than_all_until_they_are_counted(
    early: Any, late: Any
) -> None:
    held, orders = walked(early, LESS)
    for number, counts, skus, gone, _ in late:
        name = str(number)
        at = orders[name].earned_at if name in orders else JUNE
        back = tuple(refund(500, each, each) for each in gone)
        after = replace(order(*skus, name=name, at=at, refunds=back), counted=counts)
        held = settled(held, (orders.get(name), after))
        orders[name] = after
    if held is None:
        return
    anew = counted_anew(held, orders.values(), ALL, JUNE)
    for key, months in held.products.items() if held.order_count else ():
        row = anew.products[key]
        assert sum(months.values()) <= sum(row.values())
        assert all(many <= row[month] for month, many in months.items() if month != EVER)
    assert is_recalled(anew, ALL)
    if held.recalls == ALL.recalls.digest:
        assert anew.products == held.products


def test_who_ordered_before_anybody_asked_is_looked_at_in_a_minute() -> None:
    before = settled(None, (None, order("CUP")), LESS)
    held = settled(before, (None, order("GREEN", name="2")))
    assert (held.recalls, held.claim_at) == ("", JUNE + MINUTE_MS)
    assert told(held)["skus"] == ("GREEN",)
    assert not is_recalled(held, ALL)


def test_where_the_index_lags_the_account_is_looked_at_again() -> None:
    held = replace(settled(None, (None, order("GREEN"))), order_count=2, recalls="")
    again = counted_anew(held, [order("GREEN")], ALL, JUNE + MINUTE_MS)
    assert (again.recalls, again.claim_at) == ("", JUNE + MINUTE_MS)
    assert told(again)["skus"] == ("GREEN",)


def test_a_program_that_asks_no_more_lets_all_be_forgotten() -> None:
    held = settled(None, (None, order("GREEN")))
    plain = asking({"member.country": "HU"})
    gone = settled(held, (None, order("CUP", name="2")), plain)
    assert (gone.products, gone.recalls, is_recalled(gone, plain)) == ({}, "", True)


def test_nothing_is_remembered_of_who_was_erased() -> None:
    erased = Account(1, order_count=1, erased_at=JUNE)
    assert settled(erased, (None, order("GREEN"))).products == {}
    assert is_recalled(erased, ALL)


def test_what_an_order_cannot_say_is_nothing() -> None:
    known = OrderDocument("main", "1", counted=True, earned_at=JUNE)
    gone = replace(known, state=state(LINES["GREEN"], status=OrderStatus.REFUNDED))
    assert told(settled(None, (None, gone))) == {}


def test_the_same_products_are_asked_for_however_the_conditions_are_written() -> None:
    one = recalls_of(asking(GREEN, TEAS).program)
    listed = {"member.bought.skus_12m": {"any_of": ["GREEN"]}}
    tags = {"member.bought.tags": {"any_of": ["cup", "tea"]}}
    other = recalls_of(compiled(earn=[rule("x", **{"if": {"all": [listed, tags]}})]).program)
    assert one.digest == other.digest
    assert one.known == other.known
    assert recalls_of(asking(GREEN).program).digest != recalls_of(asking(LATELY).program).digest
