"""Shares of a friend's order: two refunds at once, an approval and a refund at once."""

from typing import Any

import pytest

from tests.builders import NOON, Scene
from tests.conservation import WatchedTable
from tests.operations import referral_scenes
from tests.operations.moments import at_every_moment
from tests.operations.referral_scenes import WEEK, buy, come, review, swept
from tests.operations.test_referral_shares import Has, back, has, opened, sharing, sound


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(("nets", "left"), [((500, 300), (220, 11)), ((500, 700), (0, 0))])
def test_two_refunds_at_once_leave_the_share_of_what_is_left(
    nets: tuple[int, int], left: Has, backwards: bool
) -> None:
    start: Any = opened()
    buy(start)
    first, second = (_returns(net) for net in nets)
    seen = 0
    for scene in at_every_moment(start.table, first, second, backwards):
        seen += 1
        assert has(scene) == left
        swept(scene, NOON + WEEK)
        swept(scene, NOON + WEEK + 1)
        assert has(scene) == left
        sound(scene)
    assert seen > 3


def _returns(net: int) -> Any:
    return lambda scene: back(scene, net, at=NOON + net)


def flagged() -> Scene:
    """A friend with an address like Ann's has bought; staff are to look at it."""
    scene = referral_scenes.opened(WatchedTable(), sharing())
    come(scene, email="a.nn@example.com")
    buy(scene)
    return scene


@pytest.mark.parametrize(
    ("approved", "ends"),
    [(NOON + 1, {(250, 12)}), (NOON + WEEK, {(300, 15), (250, 12)})],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_refund_at_every_moment_of_an_approval_is_heard_by_both_sides_or_none(
    approved: int, ends: set[Has], backwards: bool
) -> None:
    """Until the end of ``after`` it counts, however late; from then on only if it came first."""

    def approves(scene: Scene) -> None:
        scene.now = approved
        review(scene, "88", "ordered")

    def returns(scene: Scene) -> None:
        scene.now = approved
        back(scene, 500, at=approved)

    start = flagged()
    seen = set()
    for one, other in ((approves, returns), (returns, approves)):
        for scene in at_every_moment(start.table, one, other, backwards):  # type: ignore[arg-type]
            swept(scene, NOON + WEEK + 1)
            sound(scene)
            seen.add(has(scene))
    assert seen == ends


def test_an_approval_after_two_refunds_and_before_a_third_gives_what_was_left_at_the_end() -> None:
    scene = flagged()
    back(scene, 500)
    back(scene, 300, at=NOON + 1)
    scene.now = NOON + 2 * WEEK
    review(scene, "88", "ordered")
    assert has(scene) == (220, 11)
    back(scene, 900, at=NOON + 2 * WEEK)
    assert has(scene) == (220, 11)
    sound(scene)
