"""Pools and the sweep: they are dated, lapse and are paid out as members are."""

from typing import Any

import pytest

from chalicelib.operations.keep_up import Swept
from chalicelib.operations.sweep_due import date_members, sweep_due
from chalicelib.storage.dating import Bookmark, laid_bookmark
from chalicelib.storage.index_names import pools_partition
from chalicelib.storage.table import Query
from tests.builders import NOON, TEA, Scene, program, recorded, unit
from tests.faults import Crash, Fault, no_fault
from tests.operations.test_decide_and_commit import TestClock, clock, schedule
from tests.operations.time_scenes import IDLE, days
from tests.operations.verbs_of_pools import (
    dissolve,
    household,
    pool_account,
    pool_journal,
    pooled,
    put,
    take,
    undo,
    verify_pool,
)

UNDOABLE = [{**TEA["rewards"][0], "undo": "P1D"}]

__all__ = ["clock"]  # the fixture, for this module's tests


def test_a_shorter_inactivity_dates_pools_as_it_dates_members(scene: Scene) -> None:
    household(scene)
    recorded(put(scene, 30))
    idle = unit(pool={}, expiry=IDLE)
    scene.publish(program(units=idle, rewards=TEA["rewards"]), NOON + days(10))
    assert pool_account(scene).due_at == 0
    assert date_members(scene.table, scene.shop, NOON + days(11)) == Swept(4, 0)
    due_at = pool_account(scene).due_at
    assert due_at
    assert sweep_due(scene.table, scene.shop, due_at) == Swept(4, 4)
    assert (pool_journal(scene)[-1].kind, pool_journal(scene)[-1].points) == ("expire", -30)
    verify_pool(scene)


def test_a_walk_that_died_among_the_pools_goes_on_there(scene: Scene) -> None:
    household(scene)
    recorded(put(scene, 30))
    scene.publish(
        program(units=unit(pool={}, expiry=IDLE), rewards=TEA["rewards"]), NOON + days(10)
    )
    at_pools = next(iter(scene.table.query(Query(pools_partition(scene.shop), index="GSI1")).items))
    place = (str(at_pools["PK"]), str(at_pools["SK"]), str(at_pools["GSI1SK"]))
    scene.table.write(laid_bookmark(scene.shop, Bookmark(2, place)))
    assert date_members(scene.table, scene.shop, NOON + days(11)) == Swept()


def test_what_a_dead_process_left_in_a_dissolved_pool_is_paid_out_by_the_sweep(
    scene: Scene,
) -> None:
    household(scene, rewards=UNDOABLE)
    recorded(put(scene, 60, "77"))
    made: Any = recorded(take(scene, "77"))
    recorded(dissolve(scene))
    table: Any = scene.table
    schedule(table, [None, Fault.CRASH])
    with pytest.raises(Crash):
        undo(scene, made, "77")
    table.fault = no_fault
    assert (pooled(scene).available, scene.available("77")) == (50, 50)
    assert sweep_due(table, scene.shop, NOON) == Swept(1, 0)
    assert (pooled(scene).available, scene.available("77")) == (0, 100)
    assert pool_account(scene).due_at == 0
    assert sweep_due(table, scene.shop, NOON) == Swept()
    verify_pool(scene)


def test_a_pool_that_others_write_all_the_time_is_left_to_the_next_run(
    scene: Scene, clock: TestClock
) -> None:
    household(scene, rewards=UNDOABLE)
    recorded(put(scene, 60, "77"))
    made: Any = recorded(take(scene, "77"))
    recorded(dissolve(scene))
    table: Any = scene.table
    schedule(table, [None, Fault.CRASH])
    with pytest.raises(Crash):
        undo(scene, made, "77")
    table.fault = lambda operation, _: Fault.CONFLICT if operation == "transact" else None
    assert sweep_due(table, scene.shop, NOON) == Swept()
    assert clock.pauses
    table.fault = no_fault
    assert sweep_due(table, scene.shop, NOON) == Swept(1, 0)
