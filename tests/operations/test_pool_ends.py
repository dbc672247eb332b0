"""Pools and the ends of memberships: merged, erased; and what the audit says of damaged pools."""

from typing import Any

import msgspec
import pytest

from chalicelib.domain.member import Account, Place
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.storage.items import Anything, Put
from chalicelib.storage.key_names import account_key
from chalicelib.storage.members import account_item, account_of
from tests.builders import Scene, recorded, refused
from tests.faults import Crash, Fault, no_fault
from tests.operations.test_decide_and_commit import schedule
from tests.operations.verbs_of_members import merge
from tests.operations.verbs_of_pools import (
    add,
    create,
    household,
    leave,
    owned,
    pool_account,
    pool_name,
    pooled,
    put,
    shared,
    verify_pool,
)


@pytest.fixture
def home(scene: Scene) -> Scene:
    household(scene)
    recorded(put(scene, 30))
    return scene


def erase(scene: Scene, name: str) -> Any:
    return erase_member(scene.table, EraseCommand(scene.shop, name, "operator", scene.now))


def breaks(scene: Scene, member: str) -> list[str]:
    return [each.invariant for each in audit_member(scene.table, scene.shop, member).breaks]


def all_is_well(scene: Scene) -> None:
    for who in ("77", "88", "99"):
        assert breaks(scene, scene.member(who)) == []
    assert breaks(scene, pool_name(scene)) == []
    verify_pool(scene)


def test_a_merged_member_takes_the_place_along(home: Scene) -> None:
    recorded(merge(home, "88", "99"))
    assert owned(home) == {"77": 0, "99": 30}
    all_is_well(home)
    assert put(home, 30).replayed
    recorded(put(home, 20, "88", "c2"))
    assert (home.available("99"), pooled(home).available) == (10, 50)
    recorded(leave(home, "88"))
    assert home.available("99") == 60
    all_is_well(home)


def test_the_owner_who_is_merged_owns_it_still(home: Scene) -> None:
    recorded(merge(home, "77", "99"))
    assert shared(home).owner == home.member("99")
    all_is_well(home)


def test_two_places_of_one_person_become_one(home: Scene) -> None:
    recorded(put(home, 10, "77", "c2"))
    recorded(merge(home, "88", "77"))
    assert owned(home) == {"77": 40}
    all_is_well(home)


def test_a_merge_and_its_leaving_are_one_commit(home: Scene) -> None:
    recorded(create(home, "99", "p2"))
    table: Any = home.table
    schedule(table, [Fault.CRASH])
    with pytest.raises(Crash):
        merge(home, "88", "99")
    table.fault = no_fault
    assert owned(home) == {"77": 0, "88": 30}
    assert home.account("99").pools == {"points": pool_name(home, "99", "p2")}  # type: ignore[union-attr]
    all_is_well(home)


def test_the_last_one_who_leaves_by_a_merge_ends_the_pool(home: Scene) -> None:
    recorded(create(home, "99", "p2"))
    recorded(put(home, 5, "99", key="c9", pool=pool_name(home, "99", "p2")))
    recorded(merge(home, "99", "88"))
    key = account_key(home.shop, pool_name(home, "99", "p2"))
    over = account_of(home.table.load([key]).get(key))
    assert over is not None
    assert over.pool is not None
    assert (over.pool.dissolved_at, over.units["points"].lots) == (home.now, ())
    assert home.available("88") == 10 + 20
    assert breaks(home, pool_name(home, "99", "p2")) == []
    all_is_well(home)


def test_an_erasure_and_its_leaving_are_one_commit(home: Scene) -> None:
    table: Any = home.table
    schedule(table, [Fault.CRASH])
    with pytest.raises(Crash):
        erase(home, home.member("88"))
    table.fault = no_fault
    assert owned(home) == {"77": 0, "88": 30}
    all_is_well(home)


def test_who_has_two_pools_after_a_merge_leaves_one(home: Scene) -> None:
    recorded(create(home, "99", "p2"))
    recorded(merge(home, "88", "99"))
    assert home.account("99").pools == {"points": pool_name(home, "99", "p2")}  # type: ignore[union-attr]
    assert list(shared(home).places) == [home.member("77")]
    assert home.available("99") == 20 + 40
    all_is_well(home)


def test_an_erased_member_leaves_first(home: Scene) -> None:
    recorded(erase(home, home.member("88")))
    assert list(shared(home).places) == [home.member("77")]
    assert (home.available("88"), pooled(home).available) == (40, 0)
    assert refused(add(home)) == "member_erased"
    assert refused(put(home, 1, key="c2")) == "member_erased"
    assert refused(erase(home, pool_name(home))) == "member_unknown"
    all_is_well(home)


def damaged(scene: Scene, member: str, damage: Any) -> None:
    key = account_key(scene.shop, member)
    account = account_of(scene.table.load([key]).get(key))
    assert account is not None
    after = msgspec.structs.replace(damage(account), revision=account.revision + 1)
    scene.table.write(Put(account_item(scene.shop, member, after), Anything()))


def without_pool(account: Account) -> Account:
    return msgspec.structs.replace(account, pools={})


def test_the_audit_finds_a_member_who_does_not_know_their_pool(home: Scene) -> None:
    damaged(home, home.member("88"), without_pool)
    assert breaks(home, pool_name(home)) == ["I7"]


def test_the_audit_finds_a_pool_that_does_not_know_its_member(home: Scene) -> None:
    other = msgspec.structs.replace(shared(home), places={home.member("77"): Place(0)})
    damaged(home, pool_name(home), lambda a: msgspec.structs.replace(a, pool=other))
    assert breaks(home, home.member("88")) == ["I7"]
    damaged(home, home.member("88"), lambda a: msgspec.structs.replace(a, pools={"points": "x"}))
    assert breaks(home, home.member("88")) == ["I7"]


def test_the_audit_finds_an_owner_without_a_place(home: Scene) -> None:
    other = msgspec.structs.replace(shared(home), owner="x")
    damaged(home, pool_name(home), lambda a: msgspec.structs.replace(a, pool=other))
    assert breaks(home, pool_name(home)) == ["I7"]


def test_the_audit_finds_points_that_came_from_nowhere(home: Scene) -> None:
    account = pool_account(home)
    more = msgspec.structs.replace(account.units["points"], deficit=5)
    damaged(
        home,
        pool_name(home),
        lambda a: msgspec.structs.replace(a, units={"points": more}),
    )
    assert "I1" in breaks(home, pool_name(home))
    damaged(home, pool_name(home), lambda _: account)
