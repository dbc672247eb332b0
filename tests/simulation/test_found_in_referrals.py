"""What histories of a shop that checks its referrals found, each with the smallest story."""

from contextlib import suppress
from typing import Any

from chalicelib.domain.events import Customer, Signs
from chalicelib.domain.instants import DAY_MS
from chalicelib.security.keyed_ids import referral_code
from tests.builders import NOON, SHOP_KEY, Scene, line, recorded, refund, refunded, state, upserted
from tests.conservation import WatchedTable
from tests.faults import Crash, Fault
from tests.memory_table import MemoryTable
from tests.operations.referral_scenes import buy, come, opened, referral_of, referring
from tests.simulation.member_acts import merge
from tests.simulation.signed_world import moved_in, signed
from tests.simulation.worlds import copied, scene_of, table_of

YEARLY = {"times": 1, "window": {"calendar": "year"}}


def of_whom(who: str, version: int, **shows: Any) -> Any:
    """The event of an order that the shop says is of ``who``, with the code of 1."""
    typed = referral_code(SHOP_KEY, Scene(MemoryTable()).member("1"))
    told = {"id": "0", "number": "0", "version": NOON + version, "codes": (typed,)}
    return upserted(state(line(6_000), customer=Customer(who), signs=Signs(**shows), **told))


def test_an_order_that_leaves_a_friend_takes_its_referral_along_although_the_process_died() -> None:
    """Both sides kept 150 points for an order of somebody else: whom the delivery that came again
    found in the books was the new one alone.

    Found by history a-233 of the world ``signed``, the first in which customers change.
    """
    start = scene_of(signed())
    moved_in(start)
    recorded(start.join("99"))
    recorded(start.order(of_whom("88", 0)))
    assert start.balance("88").pending + start.balance("1").pending == 150
    for died_at in range(12):
        scene = copied(start)
        plan = [None] * died_at + [Fault.CRASH]
        table_of(scene).fault = lambda *_, plan=plan: plan.pop(0) if plan else None
        with suppress(Crash):
            scene.order(of_whom("99", 1))
        table_of(scene).fault = lambda *_: None
        recorded(scene.order(of_whom("99", 1)))
        assert scene.balance("88").pending + scene.balance("1").pending == 0, died_at


def test_what_a_delivery_shows_is_seen_of_whom_it_names_and_of_nobody_else() -> None:
    """A friend was flagged by the house of another customer: of whoever had the order before, or
    was said to have it by a delivery that lost.
    """
    for shown_by in ("1", "88"):
        scene = scene_of(signed())
        moved_in(scene)
        recorded(scene.order(of_whom("88", 1)))
        recorded(scene.order(of_whom(shown_by, 0, device="browser 1")))
        later = upserted(state(line(6_000), id="1", number="1", customer=Customer("88")))
        recorded(scene.order(of_whom("77", 2)))
        recorded(scene.order(later))
        known = referral_of(scene, "88", "1")
        assert known.reasons == (("device",) if shown_by == "88" else ())


def test_a_turn_that_came_back_and_was_taken_is_not_taken_again_by_who_had_it_first() -> None:
    """An advocate was paid for three of two friends: who sent an order back and bought again was
    granted the turn that another friend had meanwhile.

    Found by history c-772 of the world ``signed``.
    """
    scene = opened(WatchedTable(), referring(limit=YEARLY))
    for friend in ("88", "99"):
        come(scene, friend)
    buy(scene, 3_000, "f1", "88")
    scene.order(refunded(refund(3_000), "f1"))
    buy(scene, 3_000, "f2", "99")
    buy(scene, 3_000, "f3", "88")
    assert scene.balance("77").pending == 100
    assert (scene.balance("88").pending, scene.balance("99").pending) == (50, 50)
    assert scene.counters("77").used["rule:referral:advocate"] == {"2026": 1}
    scene.order(refunded(refund(3_000), "f2"))
    assert scene.balance("77").pending == 0
    buy(scene, 3_000, "f2", "99", version=NOON + 1)
    assert scene.balance("77").pending == 100


def test_one_order_of_who_was_two_friends_is_brought_by_one() -> None:
    """Both referrals counted by the one order of somebody who had come twice and was merged: its
    advocate was paid twice for one friend, who had both offers.

    Found by history b-566 of the world ``signed``.
    """
    scene = opened(WatchedTable(), referring())
    for friend in ("88", "99"):
        come(scene, friend)
    recorded(merge(scene, "88", "99"))
    scene.now += DAY_MS
    buy(scene, 3_000, "f1", "99", at=scene.now)
    assert [referral_of(scene, friend).state for friend in ("88", "99")] == ["joined", "ordered"]
    assert (scene.balance("77").pending, scene.balance("99").pending) == (100, 50)
    buy(scene, 3_000, "f2", "99", at=scene.now)
    assert scene.balance("77").pending == 100
