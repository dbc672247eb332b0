"""Rewards of which all members together have so many in a window: turns, and who gives one back."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.publish_program import publish_program
from chalicelib.storage.items import Add
from chalicelib.storage.stock import budget_keys, budgets_of
from tests.builders import NOON, TEA, Scene, program, recorded, refused, unit
from tests.conservation import WatchedTable, verify_table
from tests.operations.action_scenes import done, revoked, tell
from tests.operations.audited import audited, report_of
from tests.operations.given_scenes import IDEA, given, giving, stand
from tests.operations.moments import at_every_moment
from tests.operations.verbs_of_pools import household, put, take
from tests.operations.verbs_of_pools import undo as undo_in_pool

ONE_A_DAY = {"times": 1, "window": {"calendar": "day"}, "scope": "shop"}
FIVE = {**TEA["rewards"][0], "limit": ONE_A_DAY, "undo": "P2D"}
TODAY, TOMORROW = "reward:five-off@2026-11-21", "reward:five-off@2026-11-22"


def opened(**reward: Any) -> Scene:
    scene = Scene(WatchedTable())
    scene.publish(program(rewards=[{**FIVE, **reward}], units=unit(pending="none")))
    scene.pay(50_000, "1")
    scene.pay(50_000, "2", customer=Customer("88"))
    return scene


def turns(scene: Scene, name: str = TODAY) -> int:
    items = scene.table.load(budget_keys(scene.shop, (name,)))
    return sum(budgets_of(scene.shop, {name: 0}, items).spent[name].values())


def sound(scene: Scene) -> None:
    verify_table(scene.table.items())  # type: ignore[attr-defined]
    for customer in ("77", "88"):
        assert audit_member(scene.table, scene.shop, scene.member(customer)).breaks == ()
    report = report_of(audited(scene.table, scene.now + DAY_MS))
    assert (report.breaks, report.unproven) == ((), ())


def test_all_members_together_have_one_a_day() -> None:
    scene = opened()
    first = recorded(scene.redeem())
    assert scene.redeem().replayed
    assert refused(scene.redeem(key="k2", customer="88")) == "limit_reached"
    assert refused(scene.redeem(key="k2")) == "limit_reached"
    scene.now += DAY_MS
    recorded(scene.redeem(key="k3", customer="88"))
    assert (turns(scene), turns(scene, TOMORROW)) == (1, 1)
    assert first.budgets == {TODAY: 1}  # type: ignore[union-attr]
    sound(scene)


def test_an_undone_one_gives_its_turn_back_to_its_own_day() -> None:
    scene = opened()
    document = recorded(scene.redeem())
    scene.now += DAY_MS
    recorded(scene.redeem(key="k2", customer="88"))
    assert recorded(scene.undo(document)).budgets == {}  # type: ignore[union-attr]
    assert scene.undo(document).replayed
    assert (turns(scene), turns(scene, TOMORROW)) == (0, 1)
    sound(scene)


def test_a_turn_that_came_back_is_for_anybody() -> None:
    scene = opened()
    recorded(scene.undo(recorded(scene.redeem())))
    recorded(scene.redeem(key="k2", customer="88"))
    assert turns(scene) == 1
    sound(scene)


@pytest.mark.parametrize("backwards", [False, True])
def test_of_two_at_once_one_has_the_last(backwards: bool) -> None:
    start = opened()
    for scene in at_every_moment(
        start.table,  # type: ignore[arg-type]
        lambda scene: scene.redeem(),
        lambda scene: scene.redeem(customer="88"),
        backwards,
    ):
        assert turns(scene) == 1
        held = [scene.available(customer) for customer in ("77", "88")]
        assert sorted(held) == [450, 500]


@pytest.mark.parametrize("backwards", [False, True])
def test_a_redemption_and_an_undo_at_once_never_share_a_turn(backwards: bool) -> None:
    start = opened()
    document = recorded(start.redeem())
    for scene in at_every_moment(
        start.table,  # type: ignore[arg-type]
        lambda scene: scene.redeem(key="k2", customer="88"),
        lambda scene: scene.undo(document),
        backwards,
    ):
        assert scene.available() == 500
        assert turns(scene) == int(scene.available("88") == 450)


def test_a_wider_limit_holds_from_its_version_on() -> None:
    scene = opened()
    recorded(scene.redeem())
    scene.now += 1
    two = program(
        rewards=[{**FIVE, "limit": {**ONE_A_DAY, "times": 2}}], units=unit(pending="none")
    )
    publish_program(scene.table, "tea", two, ("key:ann", scene.now))
    recorded(scene.redeem(key="k2", customer="88"))
    assert refused(scene.redeem(key="k3", customer="88")) == "limit_reached"
    assert turns(scene) == 2
    sound(scene)


def test_a_limit_for_ever_has_one_counter() -> None:
    scene = opened(limit={**ONE_A_DAY, "window": "lifetime"})
    recorded(scene.redeem())
    scene.now += 400 * DAY_MS
    scene.pay(50_000, "3", customer=Customer("88"))
    assert refused(scene.redeem(key="k2", customer="88")) == "limit_reached"
    assert turns(scene, "reward:five-off") == 1


def test_the_audit_finds_a_turn_that_no_redemption_has() -> None:
    scene = opened()
    recorded(scene.redeem())
    key = next(iter(scene.table.load(budget_keys(scene.shop, (TODAY,)))))
    scene.table.transact([Add(key, "n", 1)], "tampered")
    (found,) = report_of(audited(scene.table, scene.now + DAY_MS)).breaks
    assert found.where == f"budget {TODAY}"


def test_a_redemption_without_such_a_limit_reads_and_writes_no_turn() -> None:
    scene = opened(limit=None)
    scene.table.calls.clear()  # type: ignore[attr-defined]
    assert recorded(scene.redeem()).budgets == {}  # type: ignore[union-attr]
    asked = str(list(scene.table.calls))  # type: ignore[attr-defined]
    assert "budget" not in asked


# ---------------------------------------------------------------- given, and paid by pools


def test_a_given_one_takes_a_turn_and_fails_where_none_is_left() -> None:
    scene = Scene(WatchedTable())
    scene.publish(giving(IDEA, limit=ONE_A_DAY))
    tell(scene, done("a1", action="idea.accepted", at=NOON))
    tell(scene, done("a2", action="idea.accepted", at=NOON, customer="88"))
    name = "reward:cake@2026-11-21"
    assert (stand(scene), stand(scene, "88"), turns(scene, name)) == (["ready"], ["failed"], 1)
    assert given(scene, "88")[0].reason == "limit_reached"
    tell(scene, revoked("a2", NOON + HOUR_MS))
    assert turns(scene, name) == 1
    tell(scene, revoked("a1", NOON + HOUR_MS))
    assert (stand(scene), turns(scene, name)) == (["undone"], 0)
    sound(scene)


def test_a_pool_takes_turns_and_gives_them_back(scene: Scene) -> None:
    household(scene, rewards=[FIVE])
    recorded(put(scene, 60, "77"))
    recorded(put(scene, 20, key="c2"))
    document = recorded(take(scene))
    assert refused(take(scene, key="r2")) == "limit_reached"
    assert turns(scene) == 1
    recorded(undo_in_pool(scene, document))
    assert turns(scene) == 0
    recorded(take(scene, key="r3"))
    assert turns(scene) == 1
    sound(scene)
