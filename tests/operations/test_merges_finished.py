"""What both had once counts once, and what waited is claimed, even if the process dies."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer, CustomerMerged
from chalicelib.domain.instants import HOUR_MS
from chalicelib.operations.record_event import record_event
from chalicelib.operations.sweep_due import sweep_due
from tests.builders import NOON, Scene, line, program, recorded, refused, state, upserted
from tests.faults import Crash, Fault, no_fault
from tests.operations.test_merges import HELLO, ONCE, furnished
from tests.operations.verbs_of_members import merge


def crashing(scene: Scene) -> None:
    """The process of a merge dies right after its commit."""
    table: Any = scene.table
    table.fault = lambda call, _: Fault.CRASH_AFTER if call == "transact" else None
    with pytest.raises(Crash):
        merge(scene)
    table.fault = no_fault


def test_what_is_given_once_counts_once_even_if_the_merge_dies_after_its_commit(
    scene: Scene,
) -> None:
    """The order's bonus stood twice until somebody asked again."""
    furnished(scene, ONCE)
    crashing(scene)
    assert scene.available() == 165
    assert scene.document("2").once == ()
    scene.verify("77", "88")


def test_a_bonus_won_under_an_id_merged_before_counts_once_too(scene: Scene) -> None:
    furnished(scene, ONCE)
    scene.pay(2_000, "3", customer=Customer("99"))
    scene.join("new")
    recorded(merge(scene, gone="99", kept="new"))
    assert scene.available("new") == 5 + 20 + 10
    recorded(merge(scene, gone="new"))
    assert scene.available() == 115 + 20
    recorded(merge(scene))
    assert scene.available() == 115 + 20 + 50
    scene.verify("77", "88", "99", "new")


def test_so_much_given_twice_that_one_commit_cannot_hold_it_is_refused(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnished(scene, ONCE)
    monkeypatch.setattr("chalicelib.domain.limits.TRANSACTION_WRITES_MAX", 10)
    assert refused(merge(scene)) == "limit_reached"


OPT_IN = program(join={"how": "opt_in", "retroactive_days": 30})


def test_orders_that_waited_for_the_gone_member_are_claimed(scene: Scene) -> None:
    """They waited for their next delivery."""
    scene.publish(OPT_IN)
    scene.pay(5_000, "2", customer=Customer("88"))
    recorded(scene.join())
    recorded(merge(scene))
    assert scene.available() == 50
    assert scene.document("2").member == scene.member()
    scene.verify("77", "88")


def test_what_a_dead_merge_left_is_claimed_by_the_sweep(scene: Scene) -> None:
    scene.publish(OPT_IN)
    scene.pay(5_000, "2", customer=Customer("88"))
    recorded(scene.join())
    crashing(scene)
    assert scene.available() == 0
    scene.now += HOUR_MS
    assert sweep_due(scene.table, scene.shop, scene.now).accounts == 1
    assert scene.available() == 50
    assert sweep_due(scene.table, scene.shop, scene.now).accounts == 0
    scene.verify("77", "88")


def test_guest_orders_of_the_gone_member_are_claimed_before_they_are_forgotten(
    scene: Scene,
) -> None:
    scene.publish(OPT_IN)
    table: Any = scene.table
    query, table.query = table.query, lambda asked: type(query(asked))(())
    guest = state(line(3_000), id="g", customer=None, guest_email="kim@example.com")
    scene.order(upserted(guest))
    recorded(scene.join())
    recorded(scene.join("88", email="kim@example.com", email_verified=True))
    table.query = query
    recorded(merge(scene))
    assert scene.available() == 30
    scene.verify("77", "88")


def test_what_joining_gave_under_an_id_merged_before_counts_once(scene: Scene) -> None:
    scene.publish(program(earn=[HELLO]))
    for customer in ("77", "88"):
        recorded(scene.join(customer))
    told = CustomerMerged("m", NOON, "main", kept_id="new", merged_id="88")
    assert record_event(scene.table, scene.shop, told, (NOON, NOON)).status == "recorded"
    recorded(merge(scene, gone="new"))
    assert scene.available() == 5
    scene.verify("77", "88", "new")
