"""Pools and the sweep: they are dated, lapse and are paid out as members are."""

from chalicelib.operations.sweep_due import Swept, date_members, sweep_due
from chalicelib.storage.dating import Bookmark, laid_bookmark
from chalicelib.storage.index_names import pools_partition
from chalicelib.storage.table import Query
from tests.builders import NOON, TEA, Scene, program, recorded, unit
from tests.operations.time_scenes import IDLE, days
from tests.operations.verbs_of_pools import (
    household,
    pool_account,
    pool_journal,
    put,
    verify_pool,
)


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
