"""Household pools: who shares, what passes, and whose it is when somebody goes."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.ledger import EntryKind
from chalicelib.domain.limits import POOL_INVITATION_MS
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.explain_document import explain_document
from chalicelib.operations.find_member import find_member, find_pool
from tests.builders import NOON, Scene, program, recorded, refused, unit
from tests.operations.verbs_of_members import give
from tests.operations.verbs_of_pools import (
    accept,
    add,
    cancelled,
    create,
    dissolve,
    household,
    invite,
    leave,
    owned,
    pool_account,
    pool_journal,
    pool_name,
    pooled,
    put,
    shared,
    verify_pool,
)

IN_POOL = {"77", "88"}


@pytest.fixture
def home(scene: Scene) -> Scene:
    return household(scene)


def audited(scene: Scene, *who: str) -> None:
    for member in (pool_name(scene), *(scene.member(each) for each in who)):
        assert audit_member(scene.table, scene.shop, member).breaks == ()


def test_what_is_put_in_passes_once(home: Scene) -> None:
    first, again = put(home, 30), put(home, 30)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.document == again.document
    assert (home.available("88"), pooled(home).available) == (10, 30)
    assert owned(home) == {"77": 0, "88": 30}
    home.verify("77", "88")
    verify_pool(home)
    audited(home, "77", "88")


def test_every_entry_of_a_pool_names_the_member_and_its_hash_covers_the_name(home: Scene) -> None:
    recorded(put(home, 30))
    recorded(leave(home))
    kinds = [entry.kind for entry in pool_journal(home)]
    assert kinds == [EntryKind.GIFT_IN, EntryKind.GIFT_OUT]
    for entry in (*pool_journal(home), *home.journal("88")[-2:]):
        assert entry.explanation[0].parameters == {"member": home.member("88")}
    verify_pool(home)


def test_both_sides_read_what_happened_in_words(home: Scene) -> None:
    made: Any = recorded(put(home, 30))
    left: Any = recorded(leave(home))
    told = [
        explain_document(home.table, home.shop, home.member("88"), (name, "en"), home.now)
        for name in (f"pooling:{made.id}", f"pooling:{left.id}")
    ]
    assert [each.sentence for each in told] == [  # type: ignore[union-attr]
        "30 points put into the household pool.",
        "The member left the household pool and took 30 points along.",
    ]


def test_points_keep_their_dates_in_a_pool_and_back(scene: Scene) -> None:
    household(scene, expiry={"after": "P30D"})
    scene.now = NOON + 10 * DAY_MS
    recorded(put(scene, 30))
    recorded(put(scene, 50, who="77"))
    assert pool_account(scene).due_at == NOON + 30 * DAY_MS
    recorded(leave(scene))
    assert scene.balance("88", at=NOON + 29 * DAY_MS).available == 40
    assert scene.balance("88", at=NOON + 31 * DAY_MS).available == 0
    scene.now = NOON + 31 * DAY_MS
    assert pooled(scene).available == 0


def test_what_lapses_is_borne_in_proportion_without_any_job(scene: Scene) -> None:
    household(scene, expiry={"after": "P30D"})
    recorded(put(scene, 40))
    scene.now = NOON + 20 * DAY_MS
    scene.pay(10_000, "4")
    recorded(put(scene, 160, who="77"))
    assert owned(scene) == {"77": 160, "88": 40}
    scene.now = NOON + 31 * DAY_MS
    assert pooled(scene).available == 60
    assert owned(scene) == {"77": 48, "88": 12}
    recorded(leave(scene))
    assert (scene.available("88"), pooled(scene).available) == (12, 48)
    assert [entry.kind for entry in pool_journal(scene)][-2:] == ["expire", "gift_out"]
    audited(scene, *IN_POOL)


def test_who_leaves_a_pool_where_points_stay_takes_nothing(scene: Scene) -> None:
    household(scene, {"members_max": 3, "leave": "stay"})
    recorded(put(scene, 30))
    recorded(leave(scene))
    assert (scene.available("88"), pooled(scene).available) == (10, 30)
    assert owned(scene) == {"77": 30}
    recorded(leave(scene, "77"))
    assert scene.available("77") == 130
    assert shared(scene).dissolved_at == scene.now
    audited(scene, *IN_POOL)


def test_leaving_twice_is_leaving_once(home: Scene) -> None:
    recorded(put(home, 30))
    assert [leave(home).replayed, leave(home).replayed] == [False, True]
    assert home.available("88") == 40
    recorded(add(home))
    recorded(put(home, 10, key="c2"))
    recorded(leave(home))
    assert home.available("88") == 40
    verify_pool(home)


def test_the_pool_passes_to_who_was_there_longest(home: Scene) -> None:
    home.now += 1
    recorded(add(home, "99"))
    recorded(leave(home, "77"))
    assert shared(home).owner == home.member("88")
    assert refused(invite(home, "99")) == "pool_not_allowed"


def test_dissolving_pays_everybody_their_share_to_the_point(home: Scene) -> None:
    recorded(put(home, 33))
    recorded(put(home, 50, who="77"))
    assert [dissolve(home).replayed, dissolve(home).replayed] == [False, True]
    assert (home.available("77"), home.available("88"), pooled(home).available) == (100, 40, 0)
    assert home.account("77").pools == home.account("88").pools == {}  # type: ignore[union-attr]
    assert refused(put(home, 1, key="c9")) == "pool_unknown"
    assert refused(add(home, "99")) == "pool_unknown"
    assert leave(home).replayed
    audited(home, *IN_POOL)


def test_an_invitation_is_accepted_once_and_for_a_week(home: Scene) -> None:
    recorded(leave(home))
    assert [invite(home).replayed, invite(home).replayed] == [False, True]
    assert refused(accept(home, "88", key="another")) == "invitation_unknown"
    recorded(accept(home, "88"))
    assert accept(home, "88").replayed
    assert refused(accept(home, "99")) == "invitation_unknown"
    recorded(invite(home, key="i2"))
    home.now += POOL_INVITATION_MS
    assert refused(accept(home, "99", key="i2")) == "invitation_unknown"
    assert refused(invite(home, "88", key="i3")) == "pool_not_allowed"
    assert refused(invite(home, "99", key="i3")) == "pool_unknown"
    assert refused(invite(home, "88", key="i1")) == "pool_not_allowed"


def test_no_more_share_or_are_invited_than_the_program_lets(scene: Scene) -> None:
    household(scene, {"members_max": 2})
    assert refused(invite(scene)) == "limit_reached"
    assert refused(add(scene, "99")) == "limit_reached"
    recorded(leave(scene))
    recorded(invite(scene))
    assert refused(invite(scene, key="i2")) == "limit_reached"


def test_a_member_is_in_one_pool_of_a_unit(home: Scene) -> None:
    assert refused(create(home, "88", key="p2")) == "already_in_pool"
    recorded(create(home, "99", key="p3"))
    other = pool_name(home, "99", "p3")
    assert refused(add(home, "88", other)) == "already_in_pool"
    assert refused(add(home, "99")) == "already_in_pool"
    recorded(leave(home))
    recorded(add(home, "88", other))


def test_a_wish_to_give_all_can_be_changed(home: Scene) -> None:
    assert add(home).replayed
    recorded(add(home, gives_all=True))
    assert shared(home).places[home.member("88")].gives_all
    assert add(home, gives_all=True).replayed


def test_making_a_pool_is_once_a_key(home: Scene) -> None:
    assert create(home).replayed
    assert refused(create(home, gives_all=True)) == "same_key_other_request"
    recorded(put(home, 5))
    assert refused(put(home, 6)) == "same_key_other_request"


def test_what_cannot_be_put_in_stays(home: Scene) -> None:
    assert refused(put(home, 41)) == "insufficient_points"
    assert refused(put(home, 1, who="99")) == "pool_unknown"
    assert refused(put(home, 1, who="5")) == "member_unknown"
    assert refused(add(home, "5")) == "member_unknown"
    assert refused(create(home, "5", key="p5")) == "member_unknown"
    home.publish(program())
    assert refused(put(home, 1)) == "pool_not_allowed"
    assert refused(add(home, "99")) == "pool_not_allowed"
    assert refused(create(home, "99", key="p6")) == "pool_not_allowed"
    assert refused(invite(home)) == "limit_reached"
    recorded(leave(home))


def test_pending_points_stay_with_their_member(scene: Scene) -> None:
    household(scene, pending={"for": "P14D"})
    assert refused(put(scene, 1)) == "insufficient_points"


def test_a_debt_never_reaches_the_pool(home: Scene) -> None:
    recorded(put(home, 40))
    recorded(cancelled(home))
    assert (home.balance("88").deficit, pooled(home).available) == (40, 40)
    recorded(leave(home))
    assert (home.balance("88").deficit, home.available("88")) == (0, 0)
    audited(home, *IN_POOL)


def test_a_pool_is_no_member(home: Scene) -> None:
    name = pool_name(home)
    assert refused(find_member(home.table, home.shop, name)) == "member_unknown"
    assert find_pool(home.table, home.shop, name).member == name  # type: ignore[union-attr]
    for other in (home.member("77"), "x", "external:77"):
        assert refused(find_pool(home.table, home.shop, other)) == "pool_unknown"


def test_gifts_never_meet_a_pool(home: Scene) -> None:
    assert refused(give(home, 1)) == "transfer_not_allowed"


def test_a_share_is_the_activity_of_who_puts_in(scene: Scene) -> None:
    household(scene, expiry={"idle": "P30D", "counts": ["order.paid"]})
    scene.now = NOON + 20 * DAY_MS
    recorded(put(scene, 30))
    assert pool_account(scene).units["points"].active_at == NOON
    scene.pay(1_000, "9")
    recorded(put(scene, 10, who="77"))
    assert pool_account(scene).units["points"].active_at == scene.now


def test_units_are_named_and_allowed(scene: Scene) -> None:
    scene.publish(program(units=unit(pool={}, spendable=False)))
    scene.pay(1_000)
    assert refused(create(scene)) == "pool_not_allowed"
