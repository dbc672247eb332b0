"""Orders through the real verbs: who earns, by which terms, and what a refund takes back."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.events import (
    NO_SIGNS,
    Customer,
    OrderDeleted,
    OrderMarked,
    OrderStatus,
    Refund,
    Signs,
)
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.ledger import EntryKind
from chalicelib.domain.limits import ORDER_REFUNDS_MAX
from tests.builders import (
    NOON,
    TEA,
    Scene,
    line,
    program,
    recorded,
    refund,
    refunded,
    refused,
    state,
    upserted,
)
from tests.conservation import WatchedTable, verify_table

LATER = NOON + HOUR_MS


def test_a_paid_order_earns_and_makes_a_member(shop: Scene) -> None:
    shop.pay(11_450)
    assert shop.available() == 114
    assert shop.tier() == "leaf"
    assert [entry.kind for entry in shop.journal()] == [EntryKind.EARN]


def test_a_repeated_delivery_is_a_replay(shop: Scene) -> None:
    shop.pay(11_450)
    assert shop.pay(11_450).replayed
    assert shop.available() == 114


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"test": True}, "test_order"),
        ({"status": OrderStatus.CANCELLED}, "order_cancelled"),
        ({"status": OrderStatus.OPEN}, "order_unpaid"),
        ({"paid_at": None}, "order_unpaid"),
        ({"currency": "EUR"}, "other_currency"),
        ({"customer": None, "guest_email": "ann@example.com"}, "guest_order"),
        ({"paid_at": NOON - 500 * DAY_MS}, "before_program"),
    ],
)
def test_an_order_that_may_not_earn_is_a_document_alone(
    shop: Scene, changes: dict[str, Any], reason: str
) -> None:
    before = len(shop.table.items())  # type: ignore[attr-defined]
    shop.order(upserted(state(**changes)))
    assert shop.document().reason == reason
    assert shop.account() is None
    assert len(shop.table.items()) == before + 1  # type: ignore[attr-defined]


def test_an_order_before_the_first_program_earns_once_there_is_one(scene: Scene) -> None:
    scene.publish(since=NOON)
    late = {"version": NOON - HOUR_MS, "created_at": NOON - HOUR_MS}
    scene.order(upserted(state(line(1_000), **late, paid_at=NOON - DAY_MS)))
    assert scene.available() == 10
    older = state(line(1_000), id="2", **late, paid_at=NOON - DAY_MS - 1)
    scene.order(upserted(older))
    assert scene.document("2").reason == "before_program"
    assert scene.available() == 10


@pytest.mark.parametrize(("days", "points"), [(0, 0), (30, 10)])
def test_retroactive_days_are_the_programs(scene: Scene, days: int, points: int) -> None:
    scene.publish(program(join={"how": "automatic", "retroactive_days": days}), since=NOON)
    scene.order(upserted(state(line(1_000), paid_at=NOON - 20 * DAY_MS)))
    assert scene.available() == points


def test_a_full_return_nets_to_exactly_nothing(shop: Scene) -> None:
    shop.pay(11_455)
    shop.order(refunded(refund(11_455)))
    account = shop.account()
    assert account is not None
    assert account.units["points"].lots == ()
    assert account.order_count == 1
    assert shop.document().net == {}
    assert shop.tier() == "leaf"
    assert [entry.points for entry in shop.journal()] == [114, -114]


def test_amounts_without_lines_are_summed_and_dealt_once(shop: Scene) -> None:
    shop.order(upserted(state(line(3_333, "a"), line(3_333, "b"), line(3_334, "c"))))
    for number in range(3):
        shop.order(refunded(Refund(id=f"r{number}", at=LATER, amount=1_111)))
    assert shop.available() == (10_000 - 3_333) // 100
    shop.order(refunded(Refund(id="r9", at=LATER, amount=10**9)))
    assert shop.available() == 0


def test_lines_beat_an_amount_for_the_same_refund(shop: Scene) -> None:
    shop.pay(10_000)
    shop.order(refunded(Refund(id="r1", at=LATER, amount=9_000)))
    shop.order(refunded(refund(1_000, at=LATER)))
    assert shop.available() == 90
    shop.order(refunded(Refund(id="r1", at=LATER, amount=9_000)))
    assert shop.available() == 90


def test_a_newer_complete_list_takes_a_refund_back(shop: Scene) -> None:
    shop.pay(10_000)
    shop.order(refunded(refund(9_000, at=LATER)))
    voided = state(line(10_000), version=LATER + 1)
    shop.order(upserted(voided))
    assert shop.available() == 100
    corrected = state(line(10_000), version=LATER + 2, refunds=(refund(500, at=LATER),))
    shop.order(upserted(corrected))
    assert shop.available() == 95


def test_two_contents_of_one_version_mark_the_order(shop: Scene) -> None:
    first, second = state(line(10_000)), state(line(20_000))
    shop.order(upserted(first))
    shop.order(upserted(second))
    assert shop.document().marked
    end = shop.available()
    shop.order(upserted(first))
    assert shop.available() == end


def test_marks_and_deletions_take_nothing(shop: Scene) -> None:
    shop.pay(10_000)
    shop.order(OrderMarked("e", LATER, "main", "1001", "edited"))
    shop.order(OrderDeleted("e", LATER, "main", "1001"))
    assert shop.document().marked
    assert shop.document().deleted
    assert shop.available() == 100
    assert shop.order(OrderDeleted("e", LATER, "main", "1001")).replayed


@pytest.mark.parametrize("event", [refunded(refund(1)), OrderDeleted("e", NOON, "main", "1001")])
def test_what_is_heard_before_the_order_waits_for_it(shop: Scene, event: Any) -> None:
    shop.order(event)
    assert shop.document().reason == "order_unknown"
    assert shop.account() is None
    shop.pay(10_000)
    assert shop.account() is not None


def test_too_many_refunds_are_refused(shop: Scene) -> None:
    many = tuple(refund(1, f"r{n}") for n in range(ORDER_REFUNDS_MAX + 1))
    assert refused(shop.order(upserted(state(refunds=many)))) == "value_invalid"


def test_state_only_updates_write_the_document_and_keep_the_newest_version(shop: Scene) -> None:
    shop.pay(10_000)
    before = shop.account()
    shop.order(upserted(state(line(10_000), version=LATER, fulfilled_at=LATER)))
    assert shop.account() == before
    newest = shop.document().state
    assert newest is not None
    assert newest.version == LATER
    assert shop.order(upserted(state(line(10_000), version=LATER - 1))).replayed


# ---------------------------------------------------------------- terms of the award


@pytest.mark.parametrize("rate", ["2", "0.5", None])
def test_a_reversal_is_by_the_terms_of_the_award(shop: Scene, rate: str | None) -> None:
    shop.pay(10_000)
    doubled = {**TEA["earn"][0], "give": [{**TEA["earn"][0]["give"][0], "rate": rate or "1"}]}
    shop.publish(program(earn=[doubled] if rate else []), since=NOON + 1)
    shop.order(refunded(refund(4_000, at=LATER)))
    assert shop.available() == 60
    shop.order(refunded(refund(6_000, "r2", at=LATER)))
    assert shop.available() == 0


def test_the_version_live_when_it_was_paid_counts_however_late_it_arrives(shop: Scene) -> None:
    double = {**TEA["earn"][0], "give": [{**TEA["earn"][0]["give"][0], "rate": "2"}]}
    shop.publish(program(earn=[double]), since=NOON)
    shop.pay(1_000, "old", at=NOON - 1)
    shop.pay(1_000, "new", at=NOON)
    assert shop.available() == 10 + 20


def test_the_multiplier_is_of_the_tier_held_before(shop: Scene) -> None:
    shop.pay(20_000, "1")
    assert shop.available() == 200
    assert shop.tier() == "gold"
    shop.pay(10_000, "2")
    assert shop.available() == 350
    shop.order(refunded(refund(5_000, at=LATER), "2"))
    assert shop.available() == 275


def test_a_refund_below_the_threshold_ends_the_tier_and_keeps_other_awards(shop: Scene) -> None:
    shop.pay(20_000, "1")
    shop.pay(1_000, "2")
    shop.order(refunded(refund(15_000, at=LATER), "1"))
    assert shop.tier() == "leaf"
    assert shop.available() == 50 + 15


def test_an_entry_tells_as_many_rules_as_it_has_room_for(open_shop: Callable[..., Scene]) -> None:
    rules = [
        {
            "id": f"{number:02}-{'x' * 40}",
            "on": "order.paid",
            "give": [{"add": 1, "unit": "points"}],
        }
        for number in range(9)
    ]
    shop = open_shop(program(earn=rules))
    shop.pay(1_000)
    (entry,) = shop.journal()
    assert entry.points == 9
    assert 1 < len(entry.explanation) < 1 + 9
    assert len(shop.document().trace) >= 9


@pytest.mark.parametrize("signs", [NO_SIGNS, Signs(), Signs(ip="198.51.100.7")])
def test_of_two_states_of_one_version_the_greater_content_says_whose_the_order_is(
    signs: Signs,
) -> None:
    mine = state(line(1_000), customer=Customer("77"), signs=signs)
    theirs = state(line(2_000), customer=Customer("88"), signs=signs)
    for pair in ((mine, theirs), (theirs, mine)):
        one = Scene(WatchedTable())
        one.publish()
        for told in pair:
            one.order(upserted(told))
        assert one.document().marked
        assert {who for who in ("77", "88") if one.balance(who).available} == {
            "77" if one.document().state.lines[0].net == 1_000 else "88"  # type: ignore[union-attr]
        }
        verify_table(one.table.items())  # type: ignore[attr-defined]


def test_qualifying_amounts_without_points_are_an_entry(open_shop: Callable[..., Scene]) -> None:
    shop = open_shop(program(earn=[]))
    shop.pay(20_000)
    assert shop.tier() == "gold"
    assert [(e.kind, e.points) for e in shop.journal()] == [(EntryKind.QUALIFY, 0)]
    shop.order(refunded(refund(20_000, at=LATER)))
    assert shop.tier() == "leaf"


# ---------------------------------------------------------------- whose order it is


def bought_by(customer: str | None, version: int = NOON, **changes: Any) -> Any:
    told = Customer(customer) if customer else None
    return upserted(state(line(10_000), version=version, customer=told, **changes))


def test_another_customer_moves_the_order_in_one_transaction(shop: Scene) -> None:
    shop.order(bought_by("77"))
    calls = len(shop.table.calls)  # type: ignore[attr-defined]
    shop.order(bought_by("88", LATER))
    writes = [c for c in shop.table.calls[calls:] if c.operation != "load"]  # type: ignore[attr-defined]
    assert [call.operation for call in writes] == ["transact"]
    assert (shop.available("77"), shop.available("88")) == (0, 100)
    shop.order(bought_by("77"))
    assert (shop.available("77"), shop.available("88")) == (0, 100), "older: no news"
    shop.order(bought_by("77", LATER + 1))
    assert (shop.available("77"), shop.available("88")) == (100, 0)


def test_a_moved_order_that_may_not_earn_goes_back_alone(shop: Scene) -> None:
    shop.order(bought_by("77"))
    shop.order(bought_by("88", LATER, status=OrderStatus.CANCELLED))
    assert shop.available("77") == 0
    assert shop.account("88") is None


def test_a_delivery_without_a_customer_takes_no_order_away(shop: Scene) -> None:
    shop.order(bought_by("77"))
    shop.order(bought_by(None, LATER))
    assert shop.available("77") == 100
    shop.order(refunded(refund(10_000, at=LATER)))
    assert shop.available("77") == 0


@pytest.mark.parametrize("customers", [("77", "88"), ("88", "77")])
def test_of_two_customers_in_one_version_one_wins_in_any_order(
    shop: Scene, customers: tuple[str, str]
) -> None:
    for customer in (*customers, *customers, customers[0]):
        shop.order(bought_by(customer))
    winner = max("77", "88", key=shop.member)
    assert shop.available(winner) == 100
    assert sum(shop.available(customer) for customer in customers) == 100
    assert shop.document().marked


def test_an_order_whose_payment_names_nobody_waits_for_who_does(shop: Scene) -> None:
    shop.order(bought_by("77", status=OrderStatus.OPEN))
    shop.order(bought_by(None, LATER))
    assert shop.account() is None
    assert shop.document().reason == "not_a_member"
    shop.order(bought_by("77", LATER + 1))
    assert shop.available() == 100


def test_an_edit_up_then_down_does_not_make_the_document_remember_lots(shop: Scene) -> None:
    for step in range(1, 6):
        recorded(shop.order(upserted(state(line(1_000 * step), version=NOON + step))))
    assert len(shop.document().credited["points"]) == 1
