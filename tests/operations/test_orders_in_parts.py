"""Orders paid in parts: awarded once, whole, when paid in full; a raise pays when it is paid."""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.events import Customer, OrderStatus
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.operations.explain_document import ExplainedDocument, explain_document
from tests.builders import (
    NOON,
    TEA,
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

LATER = NOON + HOUR_MS
PARTLY = {"status": OrderStatus.PARTIALLY_PAID, "paid_at": None}
RAISED = (line(10_000), line(5_000, "l2"))


def partly(*lines: Any, version: int = NOON, **changes: Any) -> Any:
    return upserted(state(*(lines or RAISED), version=version, **{**PARTLY, **changes}))


def paid(*lines: Any, version: int = NOON, **changes: Any) -> Any:
    return upserted(state(*(lines or RAISED), version=version, **changes))


def sentence(scene: Scene) -> str:
    name = ("order:main:1001", "en")
    told = explain_document(scene.table, scene.shop, "external:77", name, scene.now)
    assert isinstance(told, ExplainedDocument)
    return told.sentence


def test_a_deposit_earns_nothing_and_makes_no_member(shop: Scene) -> None:
    shop.order(partly())
    assert (shop.account(), shop.document().reason) == (None, "order_partly_paid")
    shop.join()
    assert "only a part of it is paid" in sentence(shop)


def test_the_whole_is_awarded_once_when_the_rest_is_paid(shop: Scene) -> None:
    for event in (partly(), partly(version=NOON + 1), paid(version=LATER), partly(), paid()):
        shop.order(event)
    assert shop.available() == 150
    assert [entry.points for entry in shop.journal()] == [150]


def test_what_was_refunded_before_the_rest_is_paid_is_never_earned(shop: Scene) -> None:
    shop.order(partly())
    shop.order(refunded(refund(4_000, at=NOON + 1)))
    assert shop.account() is None
    shop.order(paid(version=LATER, refunds=(refund(4_000, at=NOON + 1),)))
    assert shop.available() == 110
    assert [entry.points for entry in shop.journal()] == [110]


def test_a_cancelled_deposit_leaves_nothing_behind(shop: Scene) -> None:
    shop.order(partly())
    shop.order(upserted(state(*RAISED, version=LATER, status=OrderStatus.CANCELLED, paid_at=None)))
    assert (shop.account(), shop.document().reason) == (None, "order_cancelled")


def test_a_raise_that_is_not_paid_yet_takes_nothing_and_gives_nothing(shop: Scene) -> None:
    shop.order(paid(line(10_000)))
    shop.order(partly(version=LATER))
    assert shop.available() == 100
    assert len(shop.journal()) == 1
    assert shop.order(partly(version=LATER)).replayed
    assert "100 points" in sentence(shop)
    assert "A part that was added is not paid yet" in sentence(shop)
    shop.order(paid(version=LATER + 1))
    assert shop.available() == 150
    assert shop.document().settled is None, "kept only as long as it is needed"


def test_a_refund_while_a_raise_is_due_is_taken_from_what_was_paid(shop: Scene) -> None:
    shop.order(paid(line(10_000)))
    shop.order(partly(version=LATER))
    shop.order(refunded(refund(3_000, at=LATER + 1)))
    assert shop.available() == 70
    shop.order(refunded(refund(5_000, "r2", "l2", at=LATER + 2)))
    assert shop.available() == 70, "the raise earned nothing yet, so there is nothing to take"
    shop.order(paid(version=LATER + 3, refunds_complete=False))
    assert shop.available() == 70
    shop.order(partly(version=LATER + 4, status=OrderStatus.CANCELLED))
    assert (shop.available(), shop.document().net) == (0, {})


def test_cancelled_while_a_raise_is_due_takes_all_back(shop: Scene) -> None:
    shop.order(paid(line(10_000)))
    shop.order(partly(version=LATER))
    shop.order(paid(version=LATER + 1, status=OrderStatus.CANCELLED))
    assert shop.available() == 0
    shop.order(partly(version=LATER + 2))
    assert shop.available() == 0, "re-opened, and not paid in full again"
    shop.order(paid(version=LATER + 3))
    assert shop.available() == 150


def test_an_order_whose_payment_failed_altogether_is_taken_back(shop: Scene) -> None:
    shop.order(paid(line(10_000)))
    shop.order(upserted(state(line(10_000), version=LATER, status=OrderStatus.OPEN)))
    assert shop.available() == 0
    shop.order(partly(line(10_000), version=LATER + 1))
    assert (shop.available(), shop.document().reason) == (0, "order_partly_paid")


def test_a_raised_order_that_moves_takes_along_what_was_paid(shop: Scene) -> None:
    shop.order(paid(line(10_000)))
    shop.order(partly(version=LATER, customer=Customer("88")))
    assert (shop.available("77"), shop.available("88")) == (0, 100)
    shop.order(paid(version=LATER + 1, customer=Customer("88")))
    assert (shop.available("77"), shop.available("88")) == (0, 150)


def test_a_late_word_of_the_first_payment_awards_what_it_paid_for(shop: Scene) -> None:
    shop.order(partly(version=LATER))
    shop.order(paid(line(10_000)))
    assert shop.available() == 100
    shop.order(paid(version=LATER + 1))
    assert shop.available() == 150


def test_only_the_raise_asks_for_more_of_a_cap_and_when_it_is_paid(
    open_shop: Callable[..., Scene],
) -> None:
    monthly = {"amount": 130, "window": {"calendar": "month"}}
    shop = open_shop(program(earn=[{**TEA["earn"][0], "limit": monthly}]))
    shop.order(paid(line(10_000)))
    shop.order(partly(version=LATER))
    shop.pay(2_000, "other")
    assert shop.available() == 120, "room that a raise has not used serves others"
    shop.order(paid(version=LATER + 1))
    assert shop.available() == 130


def test_points_wait_from_when_the_order_was_first_paid(open_shop: Callable[..., Scene]) -> None:
    shop = open_shop(program(units=unit(pending={"for": "P14D"})))
    shop.order(partly())
    shop.now = NOON + 3 * DAY_MS
    shop.order(paid(version=shop.now, paid_at=shop.now))
    shop.now += 14 * DAY_MS - 1
    assert (shop.balance().available, shop.balance().pending) == (0, 150)
    shop.now += 1
    assert shop.available() == 150


def test_a_code_is_used_up_when_its_order_is_paid_in_full(shop: Scene) -> None:
    shop.pay(10_000, "before")
    made: Any = recorded(shop.redeem())
    shop.order(partly(codes=(made.code,)))
    undone: Any = recorded(shop.undo(made))
    assert undone.status == "undone", "until then its owner may give it back"
    again: Any = recorded(shop.redeem(key="k2"))
    shop.order(paid(version=LATER, codes=(again.code,)))
    shop.order(partly(version=LATER + 1, codes=(again.code,)))
    used: Any = recorded(shop.redeem(key="k2"))
    assert used.status == "used"
