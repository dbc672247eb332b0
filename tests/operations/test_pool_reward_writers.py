"""Two and more writers at once where a pool pays and draws: nobody pays twice, nothing is lost."""

from functools import partial
from typing import Any

import pytest

from chalicelib.domain.outcome import Refusal
from chalicelib.storage.table import Table
from tests.builders import TEA, Scene, recorded
from tests.conservation import WatchedTable, verify_table
from tests.operations.moments import at_every_moment
from tests.operations.test_two_writers import all_items, at_once
from tests.operations.verbs_of_pools import (
    add,
    cancelled,
    dissolve,
    household,
    leave,
    owned,
    pool_journal,
    pooled,
    put,
    take,
    undo,
    verify_pool,
)

ALL = 160
WHO = ("77", "88", "99")
FIVE = {**TEA["rewards"][0], "undo": "P1D"}


def opened(table: Any) -> Scene:
    """60 points in the pool; 77 has 40 left, 88 has 40 and gives all."""
    scene = household(Scene(table), rewards=[FIVE])
    recorded(put(scene, 60, "77", "first"))
    recorded(add(scene, "88", gives_all=True))
    return scene


def undone(scene: Scene) -> Any:
    made = take(scene, key="again")
    return made if isinstance(made, Refusal) else undo(scene, made.document)


def whole(scene: Scene, spent: int = 0) -> None:
    home = pooled(scene).available
    gone = -sum(e.points for e in pool_journal(scene) if e.kind in ("redeem", "return"))
    theirs = sum(scene.balance(who).available for who in WHO)
    assert theirs + home + gone + spent == ALL
    assert home >= 0
    assert sum(owned(scene).values()) == home
    scene.verify(*WHO)
    verify_pool(scene)


# Two acts, and points that leave by other ways than the pool's rewards if both are done.
RACES: dict[str, tuple[Any, Any, int]] = {
    "same reward": (take, take, 0),
    "two rewards, one drawn": (take, lambda s: take(s, "77", "r2"), 0),
    "reward and leave": (take, leave, 0),
    "reward and the owner leaves": (take, lambda s: leave(s, "77"), 0),
    "reward and put in": (take, lambda s: put(s, 20), 0),
    "reward and dissolve": (take, dissolve, 0),
    "drawn reward and own wish": (
        lambda s: (take(s, "77", "r0"), take(s))[1],
        lambda s: add(s, "88"),
        0,
    ),
    "drawn reward and refund": (lambda s: (take(s, "77", "r0"), take(s))[1], cancelled, 40),
    "drawn reward and leave": (lambda s: (take(s, "77", "r0"), take(s))[1], leave, 0),
    "same undo": (undone, undone, 0),
    "undo and leave": (undone, leave, 0),
    "undo and dissolve": (undone, dissolve, 0),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", RACES)
def test_the_second_writer_at_every_moment_of_the_first(name: str, backwards: bool) -> None:
    start = WatchedTable()
    opened(start)
    first, second, spent = RACES[name]
    for scene in at_every_moment(start, first, second, backwards):
        whole(scene, spent)


def test_points_for_one_reward_pay_one(raced_table: Table) -> None:
    scene = opened(raced_table)
    recorded(add(scene, "88"))
    answers = at_once([partial(take, scene, who, f"r{who}") for who in ("77", "88")] * 2)
    assert sum(isinstance(each, Refusal) for each in answers) == 2
    whole(scene)
    verify_table(all_items(raced_table))


def test_draws_lose_and_double_nothing(raced_table: Table) -> None:
    scene = opened(raced_table)
    acts = [
        partial(take, scene, "77", "a"),
        partial(take, scene, "88", "b"),
        partial(take, scene, "88", "b"),
        partial(put, scene, 5),
    ]
    at_once(acts)
    whole(scene)
    verify_table(all_items(raced_table))
