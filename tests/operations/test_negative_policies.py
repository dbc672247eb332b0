"""What a reversal takes where points were spent, lapsed, or can be spent: by the unit's policy."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.events import Customer, OrderStatus, Refund, RefundLine
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.ledger import EntryKind
from chalicelib.operations.audit_member import audit_member
from tests.builders import (
    NOON,
    Scene,
    line,
    program,
    recorded,
    refund,
    refunded,
    state,
    unit,
    upserted,
)
from tests.conservation import WatchedTable, verify_table

LATER = NOON + HOUR_MS


@pytest.mark.parametrize(("policy", "left", "owed"), [("allow", -50, 50), ("clamp", 0, 0)])
def test_what_was_spent_is_owed_or_forgiven(
    open_shop: Callable[..., Scene], policy: str, left: int, owed: int
) -> None:
    shop = open_shop(program(units=unit(negative=policy)))
    shop.pay(10_000)
    shop.redeem()
    shop.order(refunded(refund(10_000, at=LATER)))
    assert shop.available() == left
    assert shop.balance().deficit == owed
    assert shop.document().forgiven == ({} if owed else {"points": 50})
    shop.pay(8_000, "2")
    assert shop.available() == left + 80


SPARING = program(units=unit(pending={"for": "P14D"}, negative="pending_only"))


def test_a_refund_takes_what_still_waits_and_nothing_that_can_be_spent(
    open_shop: Callable[..., Scene],
) -> None:
    shop = open_shop(SPARING)
    shop.pay(10_000)
    shop.now = NOON + 14 * DAY_MS
    shop.pay(3_000, "2")
    assert (shop.balance().available, shop.balance().pending) == (100, 30)
    shop.order(refunded(refund(5_000, at=LATER)))
    assert (shop.balance().available, shop.balance().pending) == (100, 0), "30 waited, 20 did not"
    assert shop.document().forgiven == {"points": 20}
    shop.order(refunded(refund(5_000, at=LATER)))
    shop.order(refunded(refund(5_000, "r2", at=LATER)))
    assert shop.document().forgiven == {"points": 70}
    assert (shop.balance().available, shop.balance().deficit) == (100, 0)
    shop.pay(1_000, "3", at=shop.now)
    assert shop.balance().pending == 10, "what was forgiven is never asked again"


WAITS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 20)), min_size=1, max_size=5)


@settings(max_examples=40)
@given(WAITS, st.integers(0, 30), st.lists(st.integers(1, 3_000), min_size=1, max_size=4))
def test_what_is_taken_of_pending_points_is_what_plain_arithmetic_says(
    orders: list[tuple[int, int]], wait: int, parts: list[int]
) -> None:
    shop = Scene(WatchedTable())
    shop.publish(SPARING)
    waiting: dict[int, int] = {}  # points by the day on which they can be spent
    shop.pay(10_000)
    waiting[14] = 100
    for number, (day, net) in enumerate(orders):
        shop.now = NOON + day * DAY_MS
        shop.pay(net * 100, f"other-{number}")
        waiting[14 + day] = waiting.get(14 + day, 0) + net
    day = max([day for day, _ in orders]) + wait
    shop.now = NOON + day * DAY_MS
    spendable = sum(points for date, points in waiting.items() if date <= day)
    pending = sum(waiting.values()) - spendable
    target, forgiven = 100, 0
    left = 10_000
    for number, part in enumerate(parts):
        left = max(0, left - part)
        asked, target = target - left // 100, left // 100
        taken = min(asked, pending)
        pending, forgiven = pending - taken, forgiven + asked - taken
        shop.order(refunded(refund(part, f"r{number}")))
        assert (shop.balance().available, shop.balance().pending) == (spendable, pending)
        assert shop.document().forgiven.get("points", 0) == forgiven
        assert shop.document().net.get("points", 0) == target + forgiven
    verify_table(shop.table.items())  # type: ignore[attr-defined]


def test_what_was_forgiven_is_not_asked_again_and_not_paid_twice(
    open_shop: Callable[..., Scene],
) -> None:
    shop = open_shop(program(units=unit(negative="clamp")))
    shop.pay(10_000)
    shop.redeem()
    shop.order(refunded(refund(10_000, at=LATER)))
    shop.pay(10_000, "2")
    shop.order(refunded(refund(10_000, at=LATER)))
    assert shop.available() == 100
    shop.order(upserted(state(line(10_000), version=LATER + 1)))
    assert shop.available() == 150, "50 of the 100 had been forgiven, 50 were taken"


def test_points_that_lapsed_are_reversed_at_no_cost(open_shop: Callable[..., Scene]) -> None:
    shop = open_shop(program(units=unit(expiry={"after": "P30D"})))
    shop.pay(10_000)
    shop.redeem()
    shop.now = NOON + 31 * DAY_MS
    shop.pay(10_000, "2")
    assert [e.kind for e in shop.journal()][-2:] == [EntryKind.EXPIRE, EntryKind.EARN]
    shop.order(refunded(refund(10_000, at=LATER)))
    assert shop.document().lapsed == {"points": 50}
    assert shop.available() == 100 - 50


NETS = st.lists(st.integers(0, 30_000), min_size=1, max_size=4)
PARTS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40_000), st.booleans()), max_size=6)


@settings(max_examples=50)
@given(NETS, PARTS, st.booleans(), st.sampled_from(["allow", "clamp", "pending_only"]))
def test_a_refund_never_takes_more_than_was_earned(
    nets: list[int], parts: list[tuple[int, int, bool]], spends: bool, policy: str
) -> None:
    shop = Scene(WatchedTable())
    pending = {"for": "P14D"} if policy == "pending_only" else "none"
    shop.publish(program(units=unit(negative=policy, pending=pending)))
    shop.order(upserted(state(*(line(net, f"l{n}") for n, net in enumerate(nets)))))
    earned = sum(nets) // 100
    if spends:
        shop.now += 15 * DAY_MS
        shop.redeem()
    for number, (which, amount, is_alone) in enumerate(parts):
        lines = () if is_alone else (RefundLine(f"l{which}", 0, amount),)
        made = Refund(id=f"r{number}", at=LATER, lines=lines, amount=amount)
        shop.order(refunded(made))
        net = shop.document().net.get("points", 0)
        assert 0 <= net <= earned
    verify_table(shop.table.items())  # type: ignore[attr-defined]
    shop.order(upserted(state(line(1), version=LATER + 1, status=OrderStatus.CANCELLED)))
    document = shop.document()
    assert document.net == document.forgiven
    verify_table(shop.table.items())  # type: ignore[attr-defined]


# ---------------------------------------------------------------- orders that move


def moved(shop: Scene, customer: str, version: int) -> None:
    told = state(line(10_000), customer=Customer(customer), version=NOON + version)
    recorded(shop.order(upserted(told)))


def entries_sum(shop: Scene, *customers: str) -> int:
    return sum(
        entry.points
        for customer in customers
        for entry in shop.journal(customer)
        if entry.document == "order:main:1001"
    )


def well(shop: Scene) -> None:
    for customer in ("77", "88"):
        assert audit_member(shop.table, shop.shop, shop.member(customer)).breaks == ()


@pytest.mark.parametrize("policy", ["allow", "clamp"])
def test_who_keeps_points_of_an_order_that_moves_gets_them_once(
    open_shop: Callable[..., Scene], policy: str
) -> None:
    shop = open_shop(program(units=unit(negative=policy)))
    moved(shop, "77", 0)
    shop.redeem()
    moved(shop, "88", 1)
    kept = 50 if policy == "clamp" else 0
    assert (entries_sum(shop, "77"), entries_sum(shop, "88")) == (kept, 100)
    assert shop.document().left == ({shop.member(): {"points": (50, 0)}} if kept else {})
    well(shop)
    moved(shop, "77", 2)
    assert (entries_sum(shop, "77"), entries_sum(shop, "88")) == (100, 0)
    assert (shop.document().net, shop.document().left) == ({"points": 100}, {})
    assert shop.available() == 50
    well(shop)
    shop.verify("77", "88")


def test_what_lapsed_before_an_order_moved_is_told_of_who_had_it(
    open_shop: Callable[..., Scene],
) -> None:
    shop = open_shop(program(units=unit(expiry={"after": "P30D"})))
    moved(shop, "77", 0)
    shop.now = NOON + 31 * DAY_MS
    moved(shop, "88", 1)
    assert shop.document().left == {shop.member(): {"points": (0, 100)}}
    well(shop)
    moved(shop, "77", 2)
    assert (shop.document().lapsed, shop.document().left) == (
        {"points": 100},
        {shop.member("88"): {"points": (0, 100)}},
    )
    well(shop)
