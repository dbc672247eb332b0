"""Who is forgotten and had a place in a pool: what comes back is paid out whole, theirs too."""

from functools import partial
from typing import Any

import pytest

from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.redeem_from_pool import undo_in_pool
from chalicelib.operations.sweep_due import sweep_shops
from chalicelib.security.keyed_ids import redemption_id
from chalicelib.storage.table import Table
from tests.builders import TEA, Scene, recorded
from tests.conservation import WatchedTable, verify_table
from tests.faults import Crash, Fault, no_fault
from tests.operations.moments import at_every_moment
from tests.operations.test_decide_and_commit import schedule
from tests.operations.test_two_writers import all_items, at_once
from tests.operations.verbs_of_pools import (
    dissolve,
    household,
    leave,
    owned,
    pool_journal,
    pool_name,
    pooled,
    put,
    shared,
    take,
    verify_pool,
)

ALL = 160  # points of the three customers
WHO = ("77", "88", "99")
FIVE = {**TEA["rewards"][0], "undo": "P1D"}


def opened(table: Any) -> Scene:
    """77 and 88 put 30 each into their pool, and 77 took a reward of 50: each bore 25."""
    scene = household(Scene(table), rewards=[FIVE])
    recorded(put(scene, 30, "77", "a"))
    recorded(put(scene, 30, "88", "b"))
    recorded(take(scene, "77"))
    return scene


@pytest.fixture
def home(table: Table) -> Scene:
    return opened(table)


def erase(scene: Scene, who: str = "88") -> Any:
    command = EraseCommand(scene.shop, scene.member(who), "operator", scene.now)
    return erase_member(scene.table, command)


def returned(scene: Scene) -> Any:
    """The reward that 77 took comes back."""
    member = scene.member("77")
    named = (pool_name(scene), member, redemption_id(f"{pool_name(scene)}:{member}", "r1"))
    return undo_in_pool(scene.table, scene.shop, named, scene.now)


def has(scene: Scene) -> tuple[int, ...]:
    """What 77, 88 and 99 have, and the pool."""
    return (*(scene.balance(who).available for who in WHO), pooled(scene).available)


def whole(scene: Scene) -> None:
    """Nothing was lost or made, and every book says the same."""
    spent = -sum(e.points for e in pool_journal(scene) if e.kind in ("redeem", "return"))
    assert sum(has(scene)) + spent == ALL
    assert sum(owned(scene).values()) == pooled(scene).available
    assert pooled(scene).available == 0 or not shared(scene).dissolved_at
    for member in (*(scene.member(who) for who in WHO), pool_name(scene)):
        assert audit_member(scene.table, scene.shop, member).breaks == ()
    scene.verify(*WHO)
    verify_pool(scene)


def test_what_comes_back_to_a_pool_that_is_over_is_the_forgotten_ones_too(home: Scene) -> None:
    recorded(dissolve(home))
    assert has(home) == (75, 15, 20, 0)
    recorded(erase(home))
    recorded(returned(home))
    assert has(home) == (100, 40, 20, 0)
    whole(home)


def test_what_was_paid_out_to_a_forgotten_member_is_theirs_alone_and_not_paid_again(
    home: Scene,
) -> None:
    recorded(dissolve(home))
    recorded(erase(home))
    recorded(returned(home))
    for _ in range(2):
        recorded(dissolve(home))
        sweep_shops(home.table, home.now)
    assert has(home) == (100, 40, 20, 0)
    account = home.account("88")
    assert account is not None
    assert account.erased_at == home.now
    whole(home)


def test_who_was_forgotten_before_their_pool_was_over_has_no_part_of_what_comes_back(
    home: Scene,
) -> None:
    recorded(erase(home))
    assert list(shared(home).places) == [home.member("77")]
    recorded(returned(home))
    assert has(home) == (70, 15, 20, 55)
    whole(home)
    recorded(dissolve(home))
    assert has(home) == (125, 15, 20, 0)
    whole(home)


def test_the_owner_who_is_forgotten_hinders_no_payment(home: Scene) -> None:
    recorded(dissolve(home))
    recorded(erase(home, "77"))
    recorded(returned(home))
    assert has(home) == (100, 40, 20, 0)
    whole(home)


def test_everybody_forgotten_is_still_paid(home: Scene) -> None:
    recorded(dissolve(home))
    for who in ("77", "88"):
        recorded(erase(home, who))
    recorded(returned(home))
    assert has(home) == (100, 40, 20, 0)
    whole(home)


def test_the_sweep_pays_a_forgotten_member_what_a_dead_process_left(home: Scene) -> None:
    recorded(dissolve(home))
    recorded(erase(home))
    table: Any = home.table
    schedule(table, [None, Fault.CRASH])
    with pytest.raises(Crash):
        returned(home)
    table.fault = no_fault
    assert pooled(home).available == 50
    sweep_shops(home.table, home.now)
    assert has(home) == (100, 40, 20, 0)
    whole(home)


def over(table: Any) -> Scene:
    """As ``opened``; the pool is over, each was paid what is left."""
    scene = opened(table)
    recorded(dissolve(scene))
    return scene


# Where it begins, two acts, and what 77, 88, 99 and the pool have after both, in any order.
RACES: dict[str, tuple[Any, Any, Any]] = {
    "comes back, is forgotten": (over, returned, erase),
    "is forgotten, comes back": (over, erase, returned),
    "comes back, the owner is forgotten": (over, returned, lambda s: erase(s, "77")),
    "the owner is forgotten, comes back": (over, lambda s: erase(s, "77"), returned),
    "is forgotten, the pool ends": (opened, erase, dissolve),
    "the pool ends, is forgotten": (opened, dissolve, erase),
    "is forgotten, leaves": (opened, erase, leave),
    "both are forgotten": (opened, erase, lambda s: erase(s, "77")),
    "is forgotten of a pool that lives, comes back": (opened, erase, returned),
    "comes back to a pool that lives, is forgotten": (opened, returned, erase),
    "is forgotten, puts in": (opened, erase, lambda s: put(s, 5, "88", "late")),
    "puts in, is forgotten": (opened, lambda s: put(s, 5, "88", "late"), erase),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", RACES)
def test_nothing_is_lost_at_any_moment_of_an_erasure(name: str, backwards: bool) -> None:
    start = WatchedTable()
    begun, first, second = RACES[name]
    begun(start)
    for scene in at_every_moment(start, first, second, backwards):
        whole(scene)
        if begun is over:
            assert has(scene) == (100, 40, 20, 0)


def test_many_who_pay_out_what_came_back_pay_it_once(raced_table: Table) -> None:
    scene = over(raced_table)
    acts = [partial(returned, scene), partial(erase, scene), partial(dissolve, scene)]
    at_once(acts * 2)
    assert has(scene) == (100, 40, 20, 0)
    whole(scene)
    verify_table(all_items(raced_table))
