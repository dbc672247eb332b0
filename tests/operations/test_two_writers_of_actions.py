"""Two and more writers at once about what a member did: told, taken back, and limited.

As ``test_two_writers``: one at every moment of another on the fake, then threads on three engines.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from chalicelib.storage.table import Table
from tests.builders import NOON, Scene
from tests.conservation import WatchedTable, verify_table
from tests.operations.action_scenes import done, review_rule, reviewing, revoked, tell
from tests.operations.test_two_writers import MOMENTS_MAX, WRITERS, all_items, at_once, interrupted

Act = Callable[[Scene], Any]
TRIED = "action.coffee.tried"
PROGRAM = reviewing(review_rule(), review_rule(id="tried", on=TRIED, once="subject"))


def opened(table: Table) -> Scene:
    """Four of five reviews of a month were paid: 40 points."""
    scene = Scene(table)
    scene.publish(PROGRAM)
    for number in range(4):
        assert tell(scene, done(f"b{number}", subject=f"b{number}")) == "recorded"
    return scene


def telling(event_id: str, **told: Any) -> Act:
    return lambda scene: tell(scene, done(event_id, at=NOON, **told))


def taking_back(event_id: str) -> Act:
    return lambda scene: tell(scene, revoked(event_id, NOON))


def trying(event_id: str) -> Act:
    return telling(event_id, action="coffee.tried")


# Each pair of acts that race, and what may be available after both (the scene starts with 40).
RACES: dict[str, tuple[Act, Act, set[int]]] = {
    "same action": (telling("a1"), telling("a1"), {50}),
    "the last free place of a limit": (telling("a1"), telling("a2", subject="p2"), {50}),
    "action and its revoke": (telling("a1"), taking_back("a1"), {40}),
    "revoke and its action": (taking_back("a1"), telling("a1"), {40}),
    "same revoke": (taking_back("b0"), taking_back("b0"), {30}),
    "two revokes": (taking_back("b0"), taking_back("b1"), {20}),
    "revoke and another action": (taking_back("b0"), telling("a1"), {40}),
    "action and order": (telling("a1"), lambda s: s.pay(2_000, "2"), {70}),
    "order and action": (lambda s: s.pay(2_000, "2"), telling("a1"), {70}),
    "revoke and adjustment": (taking_back("b0"), lambda s: s.adjust(-20), {10}),
    "two actions of one subject": (trying("t1"), trying("t2"), {50}),
    "one id, two customers": (telling("a1"), telling("a1", customer="88"), {40, 50}),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", RACES)
def test_an_action_counts_once_at_every_moment_of_another_writer(
    name: str, backwards: bool
) -> None:
    start = WatchedTable()
    opened(start)
    first, second, available = RACES[name]
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        scene = Scene(table)
        ran = interrupted(table, moment, partial(second, scene), backwards)
        first(scene)
        if not ran:
            return
        assert scene.available() in available, moment
        verify_table(table.items())
    raise AssertionError("more moments than were tried")


@pytest.mark.parametrize("name", RACES)
def test_threads_racing_with_actions_lose_and_double_nothing(name: str, raced_table: Table) -> None:
    scene = opened(raced_table)
    first, second, available = RACES[name]
    at_once([partial(act, scene) for act in (first, second) * (WRITERS // 2)])
    assert scene.available() in available
    verify_table(all_items(raced_table))


@pytest.mark.parametrize("backwards", [False, True])
def test_who_tells_the_same_at_the_same_time_is_never_told_no(backwards: bool) -> None:
    """The keys of a BatchGet are read one by one: the id may be seen taken, its document not."""
    start = WatchedTable()
    opened(start)
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        scene = Scene(table)
        ran = interrupted(table, moment, partial(telling("a1"), scene), backwards)
        assert telling("a1")(scene) in {"recorded", "replayed"}, moment
        if not ran:
            return
    raise AssertionError("more moments than were tried")


def test_one_id_told_of_two_customers_pays_one_of_them(raced_table: Table) -> None:
    scene = opened(raced_table)
    acts = (telling("a1"), telling("a1", customer="88"))
    answers = at_once([partial(act, scene) for act in acts])
    assert sorted(answers) == ["recorded", "same_key_other_request"]
    other = scene.account("88")
    assert scene.available() + (scene.available("88") if other else 0) == 50
