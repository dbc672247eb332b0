"""Referrals of members who are merged or erased: nobody brings themselves, nothing is lost."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.storage.table import Table
from tests.builders import NOON, Scene, recorded, refund, refunded
from tests.operations.referral_scenes import (
    WEEK,
    buy,
    code,
    come,
    opened,
    own,
    pending,
    referral_of,
    referring,
    review,
    swept,
)
from tests.operations.test_merges_finished import crashing
from tests.operations.verbs_of_members import merge


@pytest.fixture
def scene(table: Table) -> Scene:
    return opened(table)


def erase(scene: Scene, customer: str) -> None:
    """Forget a customer."""
    name = scene.member(customer)
    recorded(erase_member(scene.table, EraseCommand(scene.shop, name, "operator", scene.now)))


def waits(scene: Scene, customer: str) -> int:
    return scene.balance(customer).pending


def booked(scene: Scene, customer: str) -> int:
    balance = scene.balance(customer)
    return balance.available + balance.pending


# ------------------------------------------------------------ the friend goes into somebody else


def test_points_of_a_friend_who_is_merged_go_along(scene: Scene) -> None:
    come(scene)
    buy(scene)
    scene.join("99")
    merge(scene, "88", "99")
    assert waits(scene, "99") == 50
    scene.order(refunded(refund(3_000), "f1"))
    assert referral_of(scene).state == "reversed"
    assert (waits(scene, "77"), waits(scene, "99")) == (0, 0)


def test_a_friend_who_is_merged_before_buying_still_brings_the_advocate_theirs(
    scene: Scene,
) -> None:
    come(scene)
    scene.join("99")
    merge(scene, "88", "99")
    scene.now += HOUR_MS
    buy(scene, friend="99", at=scene.now)
    assert referral_of(scene).state == "ordered"
    assert (waits(scene, "77"), waits(scene, "99")) == (100, 50)


def test_what_the_other_one_bought_before_the_friend_came_does_not_count(scene: Scene) -> None:
    scene.join("99")
    buy(scene, 3_000, "old", "99")
    scene.now += HOUR_MS
    come(scene)
    merge(scene, "88", "99")
    buy(scene, 3_000, "old", "99", at=NOON)
    assert referral_of(scene).state == "joined"
    assert waits(scene, "77") == 0


def test_both_of_two_friends_who_turn_out_to_be_one_are_watched(scene: Scene) -> None:
    scene.join("66")
    own(scene, "66")
    come(scene, "88")
    come(scene, "99", by=code(scene, "66"))
    buy(scene, 3_000, "f1", "88")
    buy(scene, 3_000, "f2", "99")
    merge(scene, "88", "99")
    assert (waits(scene, "77"), waits(scene, "66"), waits(scene, "99")) == (100, 100, 100)
    scene.order(refunded(refund(3_000), "f1"))
    assert (waits(scene, "77"), waits(scene, "66"), waits(scene, "99")) == (0, 100, 50)
    scene.order(refunded(refund(3_000), "f2"))
    assert (waits(scene, "77"), waits(scene, "66"), waits(scene, "99")) == (0, 0, 0)


# ------------------------------------------------------------ the advocate goes into somebody else


def test_points_of_an_advocate_who_is_merged_go_along(scene: Scene) -> None:
    come(scene)
    buy(scene)
    scene.join("99")
    merge(scene, "77", "99")
    assert waits(scene, "99") == 100
    scene.order(refunded(refund(3_000), "f1"))
    assert (waits(scene, "99"), waits(scene, "88")) == (0, 0)


def test_the_code_of_an_advocate_who_was_merged_leads_to_who_has_their_points(
    scene: Scene,
) -> None:
    scene.join("99")
    merge(scene, "77", "99")
    come(scene)
    buy(scene)
    assert waits(scene, "99") == 100
    assert [each.state for each in own(scene, "99").referrals] == ["ordered"]


def test_the_limit_counts_what_both_advocates_brought(table: Table) -> None:
    scene = opened(table, referring(limit={"times": 1, "window": {"calendar": "year"}}))
    come(scene)
    buy(scene)
    scene.join("99")
    merge(scene, "77", "99")
    come(scene, "66")
    buy(scene, 3_000, "f2", "66")
    assert (waits(scene, "99"), waits(scene, "66")) == (100, 50)


# ------------------------------------------------------------ friend and advocate are one


ONE = [("88", "77"), ("77", "88")]


@pytest.mark.parametrize(("gone", "kept"), ONE)
def test_who_brought_themselves_gives_back_what_waits(scene: Scene, gone: str, kept: str) -> None:
    come(scene)
    buy(scene)
    recorded(merge(scene, gone, kept))
    known = referral_of(scene)
    assert (known.state, known.reasons) == ("rejected", ("self",))
    assert booked(scene, kept) == 30
    recorded(merge(scene, gone, kept))
    assert booked(scene, kept) == 30


@pytest.mark.parametrize(("gone", "kept"), ONE)
def test_who_brought_themselves_gets_nothing_for_a_later_order(
    scene: Scene, gone: str, kept: str
) -> None:
    come(scene)
    recorded(merge(scene, gone, kept))
    scene.now += HOUR_MS
    buy(scene, friend=kept, at=scene.now)
    known = referral_of(scene)
    assert (known.state, known.reasons) == ("rejected", ("self",))
    assert booked(scene, kept) == 30


@pytest.mark.parametrize(("gone", "kept"), ONE)
def test_a_flagged_referral_of_who_brought_themselves_is_over(
    scene: Scene, gone: str, kept: str
) -> None:
    come(scene, email="a.nn@example.com")
    buy(scene)
    recorded(merge(scene, gone, kept))
    known = referral_of(scene)
    assert (known.state, known.reasons) == ("rejected", ("email", "self"))
    refusal: Any = review(scene, "88", "ordered")
    assert refusal.code == "referral_not_flagged"


@pytest.mark.parametrize(("gone", "kept"), ONE)
@pytest.mark.parametrize("is_swept", [True, False])
def test_what_qualified_before_they_were_one_stays(
    scene: Scene, gone: str, kept: str, is_swept: bool
) -> None:
    come(scene)
    buy(scene)
    scene.now = NOON + WEEK
    if is_swept:
        swept(scene, scene.now)
    recorded(merge(scene, gone, kept))
    swept(scene, scene.now + DAY_MS)
    assert referral_of(scene).state == "qualified"
    assert booked(scene, kept) == 180


def test_what_a_crash_left_after_merging_themselves_the_sweep_takes_back(scene: Scene) -> None:
    come(scene)
    buy(scene)
    crashing(scene)
    assert booked(scene, "77") == 180
    swept(scene, scene.now + HOUR_MS)
    assert referral_of(scene).state == "rejected"
    assert booked(scene, "77") == 30


def test_staff_cannot_approve_who_brought_themselves_before_that_was_settled(
    scene: Scene,
) -> None:
    come(scene, email="a.nn@example.com")
    buy(scene)
    crashing(scene)
    review(scene, "88", "ordered")
    known = referral_of(scene)
    assert (known.state, known.reasons) == ("rejected", ("email", "self"))
    assert known.reviewed_by == "operator"
    assert booked(scene, "77") == 30


# ------------------------------------------------------------ somebody is forgotten


@pytest.mark.parametrize("who", ["77", "88"])
def test_who_was_forgotten_earns_nothing_new_and_the_other_side_does(
    scene: Scene, who: str
) -> None:
    come(scene)
    if who == "88":
        buy(scene)
    erase(scene, who)
    buy(scene)
    other = {"77": ("88", 50), "88": ("77", 100)}[who]
    assert waits(scene, other[0]) == other[1]
    assert waits(scene, who) == (50 if who == "88" else 0)


def test_an_order_of_a_friend_who_was_forgotten_brings_nothing(scene: Scene) -> None:
    come(scene)
    erase(scene, "88")
    buy(scene)
    assert referral_of(scene).state == "joined"
    assert pending(scene) == (0, 0)


@pytest.mark.parametrize("who", ["77", "88"])
def test_what_waits_for_the_forgotten_is_taken_back_with_the_order(scene: Scene, who: str) -> None:
    come(scene)
    buy(scene)
    erase(scene, who)
    scene.order(refunded(refund(3_000), "f1"))
    assert referral_of(scene).state == "reversed"
    assert pending(scene) == (0, 0)


@pytest.mark.parametrize("who", ["77", "88"])
def test_the_sweep_lets_a_referral_of_the_forgotten_qualify(scene: Scene, who: str) -> None:
    come(scene)
    buy(scene)
    erase(scene, who)
    swept(scene, NOON + WEEK)
    assert referral_of(scene).state == "qualified"
    assert (scene.available("77"), scene.available("88")) == (100, 80)


@pytest.mark.parametrize(("who", "got"), [("77", (0, 50)), ("88", (100, 0))])
def test_an_approved_referral_of_the_forgotten_gives_the_other_side_theirs(
    scene: Scene, who: str, got: tuple[int, int]
) -> None:
    come(scene, email="a.nn@example.com")
    buy(scene)
    erase(scene, who)
    review(scene, "88", "ordered")
    assert referral_of(scene).state == "ordered"
    assert pending(scene) == got
