"""Any program, any events, and then everything is sent back: nothing of it stays in the books.

Programs and events are drawn from their types (``tests/domain/program/any_program``); what they do
goes the whole way, from the canonical event to the table.
"""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.actions import Action
from chalicelib.domain.events import (
    ActionRevoked,
    Event,
    OrderState,
    OrderStatus,
    OrderUpserted,
    Refund,
    RefundLine,
)
from chalicelib.domain.instants import HOUR_MS
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.records import Redemption
from chalicelib.operations.record_event import record_event
from chalicelib.operations.sweep_due import sweep_due
from chalicelib.storage.documents import document_of
from tests.builders import Scene
from tests.conservation import WatchedTable, verify_table
from tests.domain.program.any_event import NOW, events
from tests.domain.program.any_program import mended, programs

EXAMPLES = 20
LATER = NOW + HOUR_MS


def told(scene: Scene, *happened: Event) -> None:
    for event in happened:
        record_event(scene.table, scene.shop, event, (scene.now, scene.now))
    sweep_due(scene.table, scene.shop, scene.now)


def documents(scene: Scene, kind: type[Any], sort: str) -> list[Any]:
    items = scene.table.items()  # type: ignore[attr-defined]
    return [document_of(item, kind) for item in items if str(item["SK"]).startswith(sort)]


def sent_back(order: OrderState, status: OrderStatus) -> OrderState:
    """The order with all its goods refunded, or cancelled."""
    lines = tuple(RefundLine(line.id, 0, line.net) for line in order.lines)
    whole = (Refund(id="all", at=LATER, lines=lines),)
    refunds = () if status is OrderStatus.CANCELLED else whole
    return msgspec.structs.replace(
        order, version=LATER, status=status, refunds=refunds, refunds_complete=True
    )


def all_sent_back(scene: Scene, status: OrderStatus) -> list[Event]:
    back: list[Event] = []
    for known in documents(scene, OrderDocument, "O"):
        if known.state is not None:
            order = sent_back(known.state, status)
            back.append(OrderUpserted(f"{order.id}-back", LATER, known.source, order))
    for action in documents(scene, Action, "D#action:"):
        source, _, name = action.id.partition(":")
        back.append(ActionRevoked(f"{name}-back", LATER, source, name))
    return back


ENDS = (OrderStatus.CANCELLED, OrderStatus.REFUNDED, OrderStatus.PARTIALLY_REFUNDED)


@settings(max_examples=EXAMPLES)
@given(programs(), events(), st.sampled_from(ENDS))
def test_what_is_sent_back_leaves_nothing_in_the_books(
    raw: dict[str, Any], happened: list[Event], end: OrderStatus
) -> None:
    scene = Scene(WatchedTable(), now=NOW)
    scene.publish(raw)
    told(scene, *happened)
    scene.now = LATER
    told(scene, *all_sent_back(scene, end))
    verify_table(scene.table.items())  # type: ignore[attr-defined]
    for made in (*documents(scene, OrderDocument, "O"), *documents(scene, Action, "D#action:")):
        assert (made.posted, made.qualifying, made.progress) == ((), {}, {})
        assert not any(grant.amount for grant in made.grants)
        assert not any(bought.ends_at > LATER for bought in made.memberships.values())
    by_them = ("order:", "action:")
    for redemption in documents(scene, Redemption, "D#redemption:"):
        if redemption.given_by.startswith(by_them):
            assert redemption.status in ("undone", "failed"), redemption


def movements(scene: Scene) -> list[str]:
    """Every entry, and every reward that was given."""
    items = scene.table.items()  # type: ignore[attr-defined]
    return [repr(each) for each in items if str(each["SK"]).startswith(("L#", "D#redemption:"))]


@settings(max_examples=EXAMPLES)
@given(programs(), events())
def test_what_was_told_twice_moves_no_point(raw: dict[str, Any], happened: list[Event]) -> None:
    """A repeat may still find a customer of whom nothing was known before: that is no movement.

    Rewards that redeem themselves go on with each delivery, so many at once.
    """
    scene = Scene(WatchedTable(), now=NOW)
    asked_for = [each for each in raw.get("rewards", ()) if not each.get("auto")]
    scene.publish(mended({**raw, "rewards": asked_for}))
    told(scene, *happened)
    told(scene, *happened)
    verify_table(scene.table.items())  # type: ignore[attr-defined]
    before = movements(scene)
    told(scene, *happened)
    assert movements(scene) == before


@pytest.mark.soak
@settings(max_examples=200)
@given(programs(), events(), st.sampled_from(ENDS))
def test_the_same_holds_of_many_more_histories(
    raw: dict[str, Any], happened: list[Event], end: OrderStatus
) -> None:
    test_what_is_sent_back_leaves_nothing_in_the_books.hypothesis.inner_test(raw, happened, end)  # type: ignore[attr-defined]
    test_what_was_told_twice_moves_no_point.hypothesis.inner_test(raw, happened)  # type: ignore[attr-defined]
