"""Two and more writers at once on a household pool: no point is lost, made or in two places."""

from functools import partial
from typing import Any

import pytest

from chalicelib.storage.table import Table
from tests.builders import Scene, recorded
from tests.conservation import WatchedTable, verify_table
from tests.operations.moments import at_every_moment
from tests.operations.test_two_writers import all_items, at_once
from tests.operations.verbs_of_members import merge
from tests.operations.verbs_of_pools import (
    accept,
    add,
    create,
    dissolve,
    household,
    invite,
    leave,
    owned,
    pooled,
    put,
    shared,
    verify_pool,
)

ALL = 160  # points of the three customers


def opened(table: Any) -> Scene:
    scene = household(Scene(table))
    recorded(put(scene, 25, "77", "first"))
    recorded(invite(scene))
    return scene


def whole(scene: Scene) -> None:
    """Nothing was lost or made, both accounts say who shares, and shares add up."""
    home = pooled(scene).available
    assert sum(scene.available(who) for who in ("77", "88", "99")) + home == ALL
    names = {scene.member(who): who for who in ("77", "88", "99")}
    sharing = {names[member] for member in shared(scene).places}
    is_over = bool(shared(scene).dissolved_at)
    named = {who for who in names.values() if scene.account(who).pools}  # type: ignore[union-attr]
    assert named == (set() if is_over else sharing)
    assert sum(owned(scene).values()) == home
    scene.verify("77", "88", "99")
    verify_pool(scene)


RACES: dict[str, tuple[Any, Any]] = {
    "same contribution": (lambda s: put(s, 30), lambda s: put(s, 30)),
    "two contributions of the same points": (
        lambda s: put(s, 30),
        lambda s: put(s, 30, key="c2"),
    ),
    "two members put in": (lambda s: put(s, 30), lambda s: put(s, 30, "77", "c2")),
    "put in and leave": (lambda s: put(s, 30), leave),
    "leave twice": (leave, leave),
    "both leave": (leave, lambda s: leave(s, "77")),
    "leave and dissolve": (leave, dissolve),
    "put in and dissolve": (lambda s: put(s, 30), dissolve),
    "dissolve twice": (dissolve, dissolve),
    "one invitation for two": (lambda s: accept(s, "99"), lambda s: accept(s, "99")),
    "accept and be added": (lambda s: accept(s, "99"), lambda s: add(s, "99")),
    "accept and make an own": (lambda s: accept(s, "99"), lambda s: create(s, "88", "p2")),
    "same pool": (create, create),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", RACES)
def test_the_second_writer_at_every_moment_of_the_first(name: str, backwards: bool) -> None:
    start = WatchedTable()
    opened(start)
    first, second = RACES[name]
    for scene in at_every_moment(start, first, second, backwards):
        whole(scene)


@pytest.mark.parametrize("name", ["put in and leave", "both leave", "put in and dissolve"])
def test_threads_lose_and_double_nothing(name: str, raced_table: Table) -> None:
    scene = opened(raced_table)
    at_once([partial(act, scene) for act in RACES[name] * 2])
    whole(scene)
    verify_table(all_items(raced_table))


def test_the_last_points_are_put_in_or_spent(raced_table: Table) -> None:
    scene = opened(raced_table)
    at_once([lambda: put(scene, 40), lambda: scene.adjust(-30, customer="88")])
    assert (scene.available("88"), pooled(scene).available) in {(0, 65), (10, 25)}
    verify_table(all_items(raced_table))


@pytest.mark.parametrize("backwards", [False, True])
def test_a_merge_at_every_moment_of_a_contribution(backwards: bool) -> None:
    start = WatchedTable()
    opened(start)
    for scene in at_every_moment(
        start, lambda s: put(s, 30), lambda s: merge(s, "88", "99"), backwards
    ):
        assert set(shared(scene).places) == {scene.member("77"), scene.member("99")}
        assert scene.available("99") + scene.available("77") + pooled(scene).available == ALL
        verify_pool(scene)
