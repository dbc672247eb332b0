"""Points moved by hand, and becoming a member: once each, whatever is repeated."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.domain.ledger import EntryKind
from chalicelib.operations.keep_up import Swept
from chalicelib.operations.sweep_due import sweep_due
from tests.builders import (
    NOON,
    TEA,
    Scene,
    program,
    recorded,
    refund,
    refunded,
    refused,
    unit,
)

JOINING = program(
    earn=[
        *TEA["earn"],
        {"id": "hello", "on": "member.joined", "give": [{"add": 50, "unit": "points"}]},
    ]
)
OPT_IN = {**JOINING, "join": {"how": "opt_in", "retroactive_days": 30}}


def test_an_adjustment_moves_points_once_per_key(shop: Scene) -> None:
    shop.join()
    first = recorded(shop.adjust(100))
    assert shop.adjust(100).replayed
    assert recorded(shop.adjust(100)) == first
    recorded(shop.adjust(-40, key="a2"))
    assert shop.available() == 60
    assert [entry.kind for entry in shop.journal()] == [EntryKind.ADJUST] * 2


def test_adjustments_are_refused_in_order_of_precedence(scene: Scene) -> None:
    assert refused(scene.adjust(10)) == "shop_unknown"
    scene.publish()
    assert refused(scene.adjust(10)) == "member_unknown"
    scene.join()
    recorded(scene.adjust(10))
    assert refused(scene.adjust(11, unit="miles")) == "unit_unknown"
    assert refused(scene.adjust(11)) == "same_key_other_request"
    assert refused(scene.adjust(-11, key="a2")) == "insufficient_points"


def test_an_adjustment_is_replayed_although_its_unit_was_retired(shop: Scene) -> None:
    shop.join()
    first = recorded(shop.adjust(10))
    shop.publish(program(units=unit(retired=True), earn=[]))
    assert recorded(shop.adjust(10)) == first
    assert refused(shop.adjust(10, key="a2")) == "unit_unknown"


def test_nobody_is_put_into_debt_by_hand(scene: Scene) -> None:
    scene.publish(program(units=unit(pending={"for": "P14D"})))
    scene.pay(10_000)
    assert refused(scene.adjust(-1)) == "insufficient_points"
    recorded(scene.adjust(5, key="a2"))
    assert scene.available() == 5, "given by hand, they can be spent at once"


def test_a_credit_by_hand_fills_what_is_owed(shop: Scene) -> None:
    shop.pay(5_000)
    shop.redeem()
    shop.order(refunded(refund(5_000, at=NOON + 1)))
    assert shop.available() == -50
    recorded(shop.adjust(70))
    assert shop.available() == 20


def test_joining_makes_an_account_and_pays_once(scene: Scene) -> None:
    assert refused(scene.join()) == "shop_unknown"
    scene.publish(JOINING)
    assert not scene.join().replayed
    assert scene.join().replayed
    assert scene.available() == 50
    scene.pay(1_000)
    assert scene.available() == 60


def test_the_first_order_joins_by_itself_and_pays_for_joining_once(scene: Scene) -> None:
    scene.publish(JOINING)
    scene.pay(1_000)
    assert scene.available() == 60
    assert scene.join().replayed
    scene.order(refunded(refund(1_000, at=NOON + 1)))
    assert scene.available() == 50
    assert next(entry.document for entry in scene.journal()) == "joining:member"


@pytest.mark.parametrize(("days", "points"), [(0, 60), (30, 60), (31, 50)])
def test_opting_in_claims_the_orders_that_waited(scene: Scene, days: int, points: int) -> None:
    scene.publish(OPT_IN)
    scene.pay(1_000)
    assert scene.account() is None
    assert scene.document().reason == "not_a_member"
    scene.now = NOON + days * DAY_MS
    scene.join()
    assert scene.available() == points
    scene.join()
    assert scene.available() == points


def test_a_claim_that_the_lagging_index_missed_is_made_by_the_next_join(scene: Scene) -> None:
    table: Any = scene.table
    scene.publish(OPT_IN)
    table.freeze_indexes()
    scene.pay(1_000)
    scene.join()
    assert scene.available() == 50
    table.thaw_indexes()
    assert scene.join().replayed
    assert scene.available() == 60


def test_a_claim_that_the_lagging_index_missed_is_made_by_the_sweep(scene: Scene) -> None:
    table: Any = scene.table
    scene.publish(OPT_IN)
    table.freeze_indexes()
    scene.pay(1_000)
    scene.join()
    table.thaw_indexes()
    assert sweep_due(table, scene.shop, scene.now + MINUTE_MS - 1) == Swept()
    assert scene.available() == 50
    assert sweep_due(table, scene.shop, scene.now + MINUTE_MS) == Swept(1)
    assert scene.available() == 60
    assert sweep_due(table, scene.shop, scene.now + MINUTE_MS) == Swept()


def test_a_waiting_order_is_claimed_by_its_next_delivery_too(scene: Scene) -> None:
    table: Any = scene.table
    scene.publish(OPT_IN)
    table.freeze_indexes()
    scene.pay(1_000)
    scene.join()
    scene.pay(1_000)
    assert scene.available() == 60


def test_a_new_member_is_written_with_profile_and_contact_in_one_transaction(
    scene: Scene,
) -> None:
    scene.publish(JOINING)
    scene.join(email="ann@example.com", name="Ann")
    rows = {str(item["SK"])[:2] for item in scene.table.items()}  # type: ignore[attr-defined]
    assert {"A", "P", "L#", "D#", "M#"} <= rows


def test_an_old_order_earns_points_that_have_lapsed(scene: Scene) -> None:
    scene.publish(program(units=unit(expiry={"after": "P30D"})))
    scene.pay(1_000, at=NOON - 60 * DAY_MS)
    assert scene.available() == 0
    scene.pay(1_000, "2")
    assert scene.available() == 10
    assert sum(entry.points for entry in scene.journal()) == 10
    scene.now += HOUR_MS
    recorded(scene.adjust(1))
    assert scene.available() == 11
