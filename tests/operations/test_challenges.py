"""Challenges: progress is what documents contribute, and its target is given once."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, iso
from chalicelib.domain.progress import Badges, Worn
from chalicelib.operations.audit_member import audit_member
from chalicelib.storage.documents import document_item
from chalicelib.storage.items import Anything, Put
from tests.builders import NOON, Scene, recorded, refund, refunded
from tests.conservation import WatchedTable
from tests.memory_table import MemoryTable
from tests.operations.action_scenes import action_of, done, revoked, tell
from tests.operations.challenge_scenes import (
    BADGES,
    FIFTY,
    challenge,
    challenging,
    earning,
    live,
    progress,
    worn,
)
from tests.operations.moments import at_every_moment
from tests.operations.test_scenarios_of_rules import sound
from tests.operations.verbs_of_members import merge

Open = Callable[[dict[str, Any]], Scene]


def test_the_third_order_completes_it_and_gives_once(open_shop: Open) -> None:
    scene = open_shop(earning())
    for number in range(1, 6):
        recorded(scene.pay(1_000, str(number)))
    made = progress(scene)
    assert made is not None
    assert (live(scene), made.completed) == (5, 1)
    assert scene.available() == 50 + 50
    told = [(e.document, e.points, e.explanation[0].code) for e in scene.journal()]
    assert ("progress:three", 50, "challenge") in told


def test_a_repeat_and_a_refund_net_to_what_remains(open_shop: Open) -> None:
    scene = open_shop(challenging(challenge(target=2, repeat=2)))
    for number in range(1, 7):
        recorded(scene.pay(1_000, str(number)))
    assert scene.available() == 100
    for number in (1, 2, 3):
        scene.order(refunded(refund(1_000), str(number)))
    assert (live(scene), scene.available()) == (3, 50)
    own = (entry for entry in scene.journal() if entry.document == "progress:three")
    reasons = [entry.explanation[0].code for entry in own]
    assert reasons == ["challenge", "challenge", "challenge_undone"]


def test_a_second_delivery_is_a_replay_and_writes_nothing(open_shop: Open) -> None:
    scene = open_shop(challenging())
    recorded(scene.pay(1_000))
    before = progress(scene)
    assert scene.pay(1_000).replayed
    assert (live(scene), progress(scene)) == (1, before)


def test_a_sum_follows_what_is_left_of_an_order(open_shop: Open) -> None:
    scene = open_shop(challenging(challenge("sum", of="line.net", target=5_000)))
    recorded(scene.pay(4_000, "1"))
    recorded(scene.pay(3_000, "2"))
    assert (live(scene), scene.available()) == (7_000, 50)
    scene.order(refunded(refund(2_500), "2"))
    assert (live(scene), scene.available()) == (4_500, 0)


def test_a_set_keeps_a_value_while_another_document_holds_it(open_shop: Open) -> None:
    visited = "action.country.visited"
    made = challenge("set", on=visited, of="action.country", target=2, max=3)
    scene = open_shop(challenging(made))
    for number, country in enumerate(("it", "it", "fr")):
        tell(scene, done(f"a{number}", action="country.visited", country=country))
    assert (live(scene), scene.available()) == (2, 50)
    tell(scene, revoked("a0", scene.now))
    assert (live(scene), scene.available()) == (2, 50)
    tell(scene, revoked("a1", scene.now))
    assert (live(scene), scene.available()) == (1, 0)


def test_a_full_set_takes_no_more_and_a_refund_of_the_refused_takes_nothing(
    open_shop: Open,
) -> None:
    made = challenge("set", on="action.visit", of="action.country", target=2, max=2)
    scene = open_shop(challenging(made))
    for number, country in enumerate(("it", "fr", "hu")):
        tell(scene, done(f"a{number}", action="visit", country=country))
    assert (live(scene), scene.available()) == (2, 50)
    assert set(action_of(scene, "a2").progress["three"].values()) == {0}
    tell(scene, revoked("a2", scene.now))
    assert (live(scene), scene.available()) == (2, 50)


def test_a_streak_of_weeks_bridges_one_that_was_missed(open_shop: Open) -> None:
    made = challenge("streak", every="week", target=3, skips=1)
    scene = open_shop(challenging(made))
    for number, week in enumerate((0, 1, 3)):
        scene.now = NOON + week * 7 * DAY_MS
        recorded(scene.pay(1_000, str(number)))
    assert scene.available() == 50
    scene.order(refunded(refund(1_000, at=scene.now), "1"))
    assert scene.available() == 0


def test_a_streak_longer_than_is_remembered_keeps_what_it_gave(open_shop: Open) -> None:
    made = challenge("streak", on="action.walk", every="day", target=30, repeat=3)
    scene = open_shop(challenging(made))
    for day in range(91):
        scene.now = NOON + day * DAY_MS
        tell(scene, done(f"a{day}", action="walk"))
    kept = progress(scene)
    assert kept is not None
    assert (kept.completed, len(kept.live) <= 64, kept.banked) == (3, True, 1)
    assert scene.available() == 150
    tell(scene, revoked("a3", scene.now))
    assert scene.available() == 150


def test_all_steps_complete_it(open_shop: Open) -> None:
    steps = [{"id": "buy", "on": "order.paid"}, {"id": "tell", "on": "action.review.approved"}]
    made = challenge("steps", on=None, target=None, steps=steps)
    scene = open_shop(challenging(made))
    recorded(scene.pay(1_000))
    assert scene.available() == 0
    tell(scene, done())
    assert (live(scene), scene.available()) == (2, 50)


def test_an_action_that_only_counts_makes_an_account(open_shop: Open) -> None:
    scene = open_shop(challenging(challenge(on="action.walk")))
    assert tell(scene, done(action="walk")) == "recorded"
    assert scene.account() is not None
    assert live(scene) == 1


def test_a_badge_that_two_rules_gave_for_one_order_goes_with_the_order(open_shop: Open) -> None:
    """Found by drawn histories: one of the two was kept, and the badge worn for ever."""
    both = [
        {"id": name, "on": "order.paid", "give": [{"badge": "regular"}]} for name in ("one", "two")
    ]
    scene = open_shop(challenging(challenge(), earn=both, badges=BADGES))
    recorded(scene.pay(6_000))
    assert worn(scene) == {"regular"}
    scene.order(refunded(refund(6_000)))
    assert worn(scene) == set()
    assert [line.kept for line in scene.document().grants] == [0, 0]


def test_a_badge_is_worn_while_anything_gives_it(open_shop: Open) -> None:
    rule = {
        "id": "big", "on": "order.paid", "give": [{"badge": "regular"}],
        "if": {"order.net_total": {"gte": 5_000}},
    }  # fmt: skip
    made = challenge(target=2, give=[{"badge": "regular"}])
    scene = open_shop(challenging(made, earn=[rule], badges=BADGES))
    recorded(scene.pay(6_000, "1"))
    assert worn(scene) == {"regular"}
    recorded(scene.pay(1_000, "2"))
    scene.order(refunded(refund(6_000), "1"))
    assert worn(scene) == set()
    recorded(scene.pay(1_000, "3"))
    assert worn(scene) == {"regular"}


def test_only_what_is_placed_between_its_dates_counts(open_shop: Open) -> None:
    scene = open_shop(challenging(challenge(**{"from": iso(NOON), "to": iso(NOON + DAY_MS)})))
    for number, at in enumerate((NOON - 1, NOON, NOON + DAY_MS - 1, NOON + DAY_MS)):
        recorded(scene.pay(1_000, str(number), at=at))
    assert live(scene) == 2


def test_an_order_that_moves_takes_its_progress_along(open_shop: Open) -> None:
    scene = open_shop(challenging(challenge(target=1)))
    recorded(scene.pay(1_000))
    assert scene.available() == 50
    recorded(scene.pay(1_000, version=scene.now + 1, customer=Customer("88")))
    assert (scene.available(), scene.available("88")) == (0, 50)
    assert (live(scene), live(scene, customer="88")) == (0, 1)


@pytest.mark.parametrize("backwards", [False, True])
def test_two_orders_at_once_both_count(backwards: bool) -> None:
    table = WatchedTable()
    start = Scene(table)
    start.publish(challenging())
    recorded(start.pay(1_000, "1"))
    scenes = at_every_moment(
        table, lambda s: s.pay(1_000, "2"), lambda s: s.pay(1_000, "3"), backwards
    )
    for scene in scenes:
        assert (live(scene), scene.available()) == (3, 50)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_refund_and_an_order_at_once_net(backwards: bool) -> None:
    table = WatchedTable()
    start = Scene(table)
    start.publish(challenging())
    for number in ("1", "2"):
        recorded(start.pay(1_000, number))
    scenes = at_every_moment(
        table,
        lambda s: s.pay(1_000, "3"),
        lambda s: s.order(refunded(refund(1_000), "1")),
        backwards,
    )
    for scene in scenes:
        assert (live(scene), scene.available()) == (2, 0)


# ---------------------------------------------------------------- merges, and the audit


def test_what_two_members_did_counts_together_once_they_are_one(open_shop: Open) -> None:
    given = [FIFTY, {"badge": "regular"}]
    scene = open_shop(challenging(challenge(target=3, give=given)))
    for number, customer in enumerate(("77", "77", "88")):
        recorded(scene.pay(1_000, str(number), customer=Customer(customer)))
    recorded(merge(scene, gone="88", kept="77"))
    assert (live(scene), scene.available(), worn(scene)) == (3, 50, {"regular"})
    recorded(scene.pay(1_000, "next"))
    assert (live(scene), scene.available(), worn(scene)) == (4, 50, {"regular"})
    scene.order(refunded(refund(1_000, at=scene.now), "2"))  # the other's
    assert (live(scene), scene.available()) == (3, 50)
    scene.order(refunded(refund(1_000, at=scene.now), "0"))
    assert (live(scene), scene.available(), worn(scene)) == (2, 0, set())
    sound(scene)


def test_what_both_completed_alone_is_worth_what_it_is_worth_once(open_shop: Open) -> None:
    given = [FIFTY, {"badge": "regular"}]
    scene = open_shop(challenging(challenge(target=1, give=given)))
    for customer in ("77", "88"):
        recorded(scene.pay(1_000, customer, customer=Customer(customer)))
    recorded(merge(scene, gone="88", kept="77"))
    assert (live(scene), scene.available(), worn(scene)) == (2, 50, {"regular"})
    recorded(scene.pay(1_000, "next"))
    assert (live(scene), scene.available(), worn(scene)) == (3, 50, {"regular"})
    sound(scene)


def test_the_audit_finds_progress_that_no_document_made() -> None:
    scene = Scene(MemoryTable())
    scene.publish(challenging(challenge(on="action.walk", give=[{"badge": "regular"}])))
    for number in range(3):
        tell(scene, done(f"a{number}", action="walk"))
    sound(scene)
    own, table = progress(scene), scene.table
    assert own is not None
    for change in (
        {"live": {"": 2}},
        {"documents": 1},
        {"net": {"points": 5}},
        {"live": {"": 4}},
    ):
        wrong = msgspec.structs.replace(own, **change)
        table.write(Put(document_item(scene.shop, wrong), Anything()))
        assert audit_member(table, scene.shop, scene.member()).breaks, change
    table.write(Put(document_item(scene.shop, own), Anything()))
    bare = Badges("member", scene.member(), revision=9)
    table.write(Put(document_item(scene.shop, bare), Anything()))
    assert audit_member(table, scene.shop, scene.member()).breaks
    worn_now = Badges("member", scene.member(), {"regular": Worn(1, 0)}, revision=9)
    table.write(Put(document_item(scene.shop, worn_now), Anything()))
    sound(scene)
