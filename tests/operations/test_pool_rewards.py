"""Rewards that a household pool pays: whose points, whose limits, and where they go back to."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.ledger import EntryKind
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.redeem_from_pool import find_in_pool
from chalicelib.storage.codes import find_code
from tests.builders import (
    NOON,
    TEA,
    Scene,
    line,
    program,
    recorded,
    refund,
    refused,
    state,
    upserted,
)
from tests.operations.audited import audited, item_at, report_of
from tests.operations.audited import put as put_item
from tests.operations.verbs_of_members import merge
from tests.operations.verbs_of_pools import (
    add,
    cancelled,
    dissolve,
    household,
    leave,
    owned,
    pool_journal,
    pool_name,
    pooled,
    put,
    take,
    undo,
    verify_pool,
)

FIVE = {**TEA["rewards"][0], "undo": "P1D"}
LIMITED = {**FIVE, "id": "once", "limit": {"times": 1, "window": "lifetime"}}
SOLD = {**FIVE, "id": "last", "stock": 1}
FREE = {"id": "tasting", "name": "A tasting", "kind": "perk"}
REWARDS = [FIVE, LIMITED, SOLD, FREE]


@pytest.fixture
def home(scene: Scene) -> Scene:
    """A pool with 60 of 77's points and 20 of 88's; 40 and 20 left with them."""
    household(scene, rewards=REWARDS)
    recorded(put(scene, 60, "77"))
    recorded(put(scene, 20, key="c2"))
    return scene


def all_is_well(scene: Scene) -> None:
    for member in (pool_name(scene), *(scene.member(each) for each in ("77", "88", "99"))):
        assert audit_member(scene.table, scene.shop, member).breaks == ()
    scene.verify("77", "88", "99")
    verify_pool(scene)


def test_anybody_who_shares_may_take_a_reward_once(home: Scene) -> None:
    first, again = take(home), take(home)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.document == again.document
    assert first.document.by == home.member("88")
    assert (pooled(home).available, home.available("88")) == (30, 20)
    assert pool_journal(home)[-1].explanation[0].parameters == {
        "reward": "five-off",
        "member": home.member("88"),
    }
    owner = find_code(home.table, home.shop, first.document.code)
    assert owner is not None
    assert owner.member == pool_name(home)
    all_is_well(home)


def test_a_reward_is_borne_in_proportion_and_comes_back_to_who_bore_it(home: Scene) -> None:
    made: Any = recorded(take(home))
    assert made.borne == {home.member("77"): 37, home.member("88"): 13}
    assert owned(home) == {"77": 23, "88": 7}
    recorded(add(home, "99"))
    recorded(put(home, 20, "99", "c3"))
    assert owned(home) == {"77": 23, "88": 7, "99": 20}
    assert [undo(home, made).replayed, undo(home, made).replayed] == [False, True]
    assert owned(home) == {"77": 60, "88": 20, "99": 20}
    assert pool_journal(home)[-1].explanation[0].parameters["member"] == home.member("88")
    all_is_well(home)


def test_only_who_took_it_undoes_it(home: Scene) -> None:
    made: Any = recorded(take(home))
    assert refused(undo(home, made, "77")) == "redemption_unknown"
    named = (pool_name(home), home.member("77"), made.id)
    assert find_in_pool(home.table, home.shop, named) is None
    recorded(merge(home, "88", "99"))
    named = (pool_name(home), home.member("99"), made.id)
    assert find_in_pool(home.table, home.shop, named) == made
    assert take(home).replayed
    recorded(undo(home, made, "99"))
    assert pooled(home).available == 80
    all_is_well(home)


def test_a_refund_of_the_order_that_used_the_code_returns_to_the_pool(home: Scene) -> None:
    made: Any = recorded(take(home))
    order = state(line(5_000), id="9", codes=(made.code,), customer=None)
    recorded(home.order(upserted(order)))
    back = state(
        line(5_000),
        id="9",
        codes=(made.code,),
        customer=None,
        version=NOON + 1,
        refunds=(refund(2_500),),
    )
    recorded(home.order(upserted(back)))
    assert pooled(home).available == 30 + 25
    assert sum(owned(home).values()) == 55
    assert refused(undo(home, made)) == "redemption_not_undoable"
    all_is_well(home)


def test_limits_are_of_who_asks(home: Scene) -> None:
    made: Any = recorded(take(home, reward="once"))
    assert home.counters("88").used["reward:once"]
    assert refused(take(home, reward="once", key="r2")) == "limit_reached"
    assert refused(home.redeem("once", customer="88")) == "limit_reached"
    assert refused(take(home, "77", reward="once", key="r3")) == "insufficient_points"
    recorded(undo(home, made))
    recorded(take(home, reward="once", key="r4"))
    all_is_well(home)


def test_stock_that_is_not_right_is_a_break_although_a_pool_took_the_piece(home: Scene) -> None:
    """It was called unproven, night for night: pools were not counted again."""
    recorded(take(home, "77", reward="last"))
    table: Any = home.table
    put_item(table, item_at(table, "S#tea#B#last", "00"), n=1)
    night = audited(table, home.now + DAY_MS)
    assert [each.where for each in report_of(night).breaks] == ["stock of last"]
    assert report_of(night).unproven == ()


def test_stock_is_taken_and_given_back(home: Scene) -> None:
    made: Any = recorded(take(home, reward="last"))
    assert refused(take(home, "77", reward="last", key="r2")) == "reward_out_of_stock"
    recorded(undo(home, made))
    recorded(take(home, "77", reward="last", key="r3"))
    all_is_well(home)


@pytest.mark.parametrize(
    ("who", "reward", "code"),
    [
        ("99", "five-off", "pool_unknown"),
        ("5", "five-off", "pool_unknown"),
        ("88", "nothing", "reward_unknown"),
        ("88", "tasting", "pool_not_allowed"),
    ],
)
def test_what_a_pool_does_not_pay(home: Scene, who: str, reward: str, code: str) -> None:
    assert refused(take(home, who, reward=reward)) == code
    assert refused(take(home, pool=home.member("77"))) == "pool_unknown"


def test_a_retry_is_answered_after_the_member_left(home: Scene) -> None:
    made = recorded(take(home))
    recorded(leave(home))
    assert recorded(take(home)) == made
    assert refused(take(home, key="r2")) == "pool_unknown"
    recorded(dissolve(home))
    assert refused(take(home, "77", key="r3")) == "pool_unknown"


def test_what_comes_back_to_a_dissolved_pool_is_paid_out_at_once(home: Scene) -> None:
    made: Any = recorded(take(home))
    recorded(dissolve(home))
    recorded(merge(home, "77", "99"))
    recorded(undo(home, made))
    assert pooled(home).available == 0
    assert (home.available("99"), home.available("88")) == (20 + 40 + 23 + 37, 20 + 7 + 13)
    assert dissolve(home).replayed
    assert undo(home, made).replayed
    all_is_well(home)


def test_a_refund_after_the_pool_was_dissolved_is_paid_out_at_once(home: Scene) -> None:
    made: Any = recorded(take(home))
    told: dict[str, Any] = {"id": "9", "codes": (made.code,), "customer": None}
    recorded(home.order(upserted(state(line(5_000), **told))))
    recorded(dissolve(home))
    before = home.available("77"), home.available("88")
    back = state(line(5_000), **told, version=NOON + 1, refunds=(refund(5_000),))
    recorded(home.order(upserted(back)))
    assert pooled(home).available == 0
    assert (home.available("77") - before[0], home.available("88") - before[1]) == (37, 13)
    all_is_well(home)


def test_two_places_that_became_one_member_are_paid_once(home: Scene) -> None:
    made: Any = recorded(take(home))
    recorded(dissolve(home))
    recorded(merge(home, "88", "77"))
    recorded(undo(home, made))
    assert (home.available("77"), pooled(home).available) == (140, 0)
    all_is_well(home)


# ---------------------------------------------------------------- who gives all


def giving(scene: Scene, *who: str) -> Scene:
    household(scene, rewards=REWARDS)
    recorded(put(scene, 10, "77"))
    for each in who:
        recorded(add(scene, each, gives_all=True))
    return scene


def test_a_pool_takes_only_what_it_lacks_from_who_asks_first(scene: Scene) -> None:
    giving(scene, "77", "88")
    made: Any = recorded(take(scene))
    assert (scene.available("77"), scene.available("88"), pooled(scene).available) == (90, 0, 0)
    assert made.borne == {scene.member("77"): 10, scene.member("88"): 40}
    kinds = [entry.kind for entry in pool_journal(scene)]
    assert kinds == [EntryKind.GIFT_IN, EntryKind.GIFT_IN, EntryKind.REDEEM]
    assert pool_journal(scene)[1].explanation[0].code == "pool_drawn"
    all_is_well(scene)
    recorded(undo(scene, made))
    assert owned(scene) == {"77": 10, "88": 40}
    assert take(scene).replayed


def test_then_from_the_others_in_the_order_in_which_they_came(scene: Scene) -> None:
    giving(scene, "77", "88", "99")
    recorded(scene.adjust(-15, customer="88"))
    recorded(take(scene, "99"))
    assert [scene.available(who) for who in ("77", "88", "99")] == [70, 25, 0]
    all_is_well(scene)


def test_who_does_not_give_all_is_never_drawn_on(scene: Scene) -> None:
    giving(scene, "88")
    recorded(scene.adjust(-5, customer="88"))
    assert refused(take(scene)) == "insufficient_points"
    assert (scene.available("77"), scene.available("88"), pooled(scene).available) == (90, 35, 10)
    recorded(add(scene, "77", gives_all=True))
    recorded(take(scene))
    assert (scene.available("77"), scene.available("88")) == (85, 0)


def test_nobody_is_drawn_on_once_the_program_ends_sharing(scene: Scene) -> None:
    giving(scene, "77", "88")
    scene.publish(program(rewards=REWARDS))
    assert refused(take(scene)) == "insufficient_points"


def test_a_limit_and_a_draw_meet_in_one_book(scene: Scene) -> None:
    giving(scene, "88", "77")
    recorded(take(scene, reward="once"))
    assert scene.counters("88").used["reward:once"]
    assert scene.available("88") == 0
    all_is_well(scene)


def test_a_refund_meets_the_points_of_who_gives_all_where_they_are(scene: Scene) -> None:
    giving(scene, "88")
    recorded(cancelled(scene))
    assert (scene.balance("88").deficit, scene.available("88")) == (0, 0)
    assert refused(take(scene)) == "insufficient_points"
    all_is_well(scene)
