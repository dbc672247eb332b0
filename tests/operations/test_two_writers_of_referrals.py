"""Two and more writers at once about a referral: friends, orders, refunds, the sweep and staff.

As ``test_two_writers``: one at every moment of another on the fake, then threads on three engines.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from chalicelib.storage.table import Table
from tests.builders import NOON, Scene, refund, refunded
from tests.conservation import WatchedTable, verify_table
from tests.operations import referral_scenes
from tests.operations.referral_scenes import WEEK, buy, come, own, referring, review, swept
from tests.operations.test_two_writers import MOMENTS_MAX, WRITERS, all_items, at_once, interrupted
from tests.operations.verbs_of_members import merge

Act = Callable[[Scene], Any]
LIMITED = referring(limit={"times": 1, "window": {"calendar": "year"}})


def opened(table: Table) -> Scene:
    """At most one friend a year; two have joined, one of them looks much like Ann."""
    scene = referral_scenes.opened(table, LIMITED)
    come(scene, "88")
    come(scene, "99")
    come(scene, "66", email="a.nn@example.com")
    buy(scene, 3_000, "g1", "66")
    return scene


def booked(scene: Scene) -> tuple[int, int]:
    """What Ann and both friends have, of which orders earned nothing: pending or not."""
    both = [scene.balance(each) for each in ("88", "99")]
    return total(scene), sum(each.pending for each in both)


def total(scene: Scene) -> int:
    """All of Ann's points."""
    ann = scene.balance("77")
    return ann.available + ann.pending


def back(order: str) -> Act:
    return lambda scene: scene.order(refunded(refund(3_000), order))


def ordering(friend: str, order: str) -> Act:
    return lambda scene: buy(scene, 3_000, order, friend)


# Each pair of acts that race, and what Ann has, and the friends wait for, after both.
RACES: dict[str, tuple[Act, Act, set[tuple[int, int]]]] = {
    "the same order": (ordering("88", "f1"), ordering("88", "f1"), {(100, 50)}),
    "two orders of one friend": (ordering("88", "f1"), ordering("88", "f2"), {(100, 50)}),
    "two friends at the limit": (ordering("88", "f1"), ordering("99", "f2"), {(100, 100)}),
    "an order and its refund": (ordering("88", "f1"), back("f1"), {(0, 0)}),
    "a refund and its order": (back("f1"), ordering("88", "f1"), {(0, 0)}),
    "an order and Ann's own": (ordering("88", "f1"), lambda s: s.pay(2_000, "a1"), {(120, 50)}),
    "the same friend joins twice": (lambda s: come(s, "55"), lambda s: come(s, "55"), {(0, 0)}),
    "Ann asks for her code twice": (own, own, {(0, 0)}),
    "approved twice": (
        lambda s: review(s, "66", "ordered"),
        lambda s: review(s, "66", "ordered"),
        {(100, 0)},
    ),
    "approved and rejected": (
        lambda s: review(s, "66", "ordered"),
        lambda s: review(s, "66", "rejected"),
        {(100, 0), (0, 0)},
    ),
    "approved and sent back": (lambda s: review(s, "66", "ordered"), back("g1"), {(0, 0)}),
    "an order and becoming one": (ordering("88", "f1"), merge, {(30, 0)}),
    "becoming one and an order": (merge, ordering("88", "f1"), {(30, 0)}),
    "approved and becoming one": (
        lambda s: review(s, "66", "ordered"),
        lambda s: merge(s, "66"),
        {(30, 0)},
    ),
    "two sweeps": (
        lambda s: swept(s, NOON + WEEK),
        lambda s: swept(s, NOON + WEEK),
        {(0, 0)},
    ),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", RACES)
def test_a_referral_pays_once_at_every_moment_of_another_writer(name: str, backwards: bool) -> None:
    start = WatchedTable()
    opened(start)
    first, second, after = RACES[name]
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        scene = Scene(table)
        ran = interrupted(table, moment, partial(second, scene), backwards)
        first(scene)
        if not ran:
            return
        assert booked(scene) in after, moment
        verify_table(table.items())
    raise AssertionError("more moments than were tried")


@pytest.mark.parametrize("name", RACES)
def test_threads_racing_with_referrals_lose_and_double_nothing(
    name: str, raced_table: Table
) -> None:
    scene = opened(raced_table)
    first, second, after = RACES[name]
    at_once([partial(act, scene) for act in (first, second) * (WRITERS // 4)])
    assert booked(scene) in after
    verify_table(all_items(raced_table))


def test_a_refund_meets_the_sweep_at_the_end() -> None:
    """Whoever comes first at the very end: nothing is taken any more."""
    start = WatchedTable()
    scene = opened(start)
    buy(scene)
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        scene = Scene(table, now=NOON + WEEK)
        ran = interrupted(table, moment, partial(back("f1"), scene), False)
        swept(scene, NOON + WEEK)
        if not ran:
            return
        assert total(scene) == 100, moment
        verify_table(table.items())
    raise AssertionError("more moments than were tried")
