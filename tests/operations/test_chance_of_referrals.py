"""Draws of who brought a friend: once it has qualified, by the referral's id, under that day."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, utc_day
from chalicelib.domain.referral_decision import side_id
from chalicelib.security.draws import number_of, secret_of_day
from chalicelib.security.keyed_ids import member_id
from tests.builders import NOON, SHOP, SHOP_KEY, TEA, Scene, refund, refunded
from tests.conservation import WatchedTable
from tests.operations.moments import at_every_moment
from tests.operations.referral_scenes import (
    OFFER,
    WEEK,
    buy,
    come,
    opened,
    referring,
    side_of,
    swept,
)
from tests.operations.test_chance import HALF
from tests.operations.test_chance_of_joining import sound

SPIN = {
    "id": "spin",
    "on": "referral.qualified",
    "give": [{"chance": HALF}],
    "limit": {"times": 1, "window": {"calendar": "month"}},
}
DOCUMENT = referring(offers=[{**OFFER, "advocate": []}], keys={"earn": [TEA["earn"][0], SPIN]})
DAY = utc_day(NOON + WEEK)


def ticket(friend: str, day: str = DAY) -> int:
    name = f"action:{side_id(member_id(SHOP_KEY, 'main', friend), 'advocate')}"
    return number_of(secret_of_day(SHOP_KEY, day), SHOP, name, "spin") % 2


def who(wins: int, start: int = 200) -> str:
    return next(str(n) for n in range(start, start + 99) if ticket(str(n)) == wins)


def brought(friend: str) -> Scene:
    scene = opened(WatchedTable(), DOCUMENT)
    come(scene, friend)
    buy(scene, friend=friend)
    return scene


@pytest.mark.parametrize("wins", [0, 1])
def test_the_advocate_draws_once_it_has_qualified_and_never_again(wins: int) -> None:
    friend = who(wins)
    scene = brought(friend)
    waiting = side_of(scene, "advocate", friend)
    assert waiting is None or waiting.drawn is None
    for days in (0, 0, 9):
        swept(scene, NOON + WEEK + days * DAY_MS)
        assert scene.available("77") == 50 * wins
    side = side_of(scene, "advocate", friend)
    assert side is not None
    assert side.drawn is not None
    assert (side.drawn.day, side.drawn.numbers["spin"] % 2) == (DAY, wins)
    assert "drawn" in {row.code for row in side.trace}
    friends = side_of(scene, "friend", friend)
    assert friends is None or friends.drawn is None
    sound(scene, "77", friend)


def test_an_order_that_comes_back_before_it_stood_draws_nothing() -> None:
    friend = who(1)
    scene = brought(friend)
    scene.order(refunded(refund(3_000), "f1"))
    swept(scene, NOON + WEEK)
    side = side_of(scene, "advocate", friend)
    assert side is None or side.drawn is None
    assert scene.available("77") == 0
    sound(scene, "77", friend)


def test_a_blank_is_the_advocates_time_of_the_month() -> None:
    blank, lucky = who(0), who(1)
    scene = brought(blank)
    come(scene, lucky)
    buy(scene, order="f2", friend=lucky, at=NOON + 1)
    swept(scene, NOON + WEEK)
    swept(scene, NOON + WEEK + 1)
    drawn = [side_of(scene, "advocate", each) for each in (blank, lucky)]
    assert all(each is not None and each.drawn is not None for each in drawn)
    assert scene.available("77") == 0
    sound(scene, "77", blank, lucky)


@pytest.mark.parametrize("backwards", [False, True])
def test_two_sweeps_and_an_order_at_every_moment_draw_once(backwards: bool) -> None:
    friend = who(1)
    start: Any = brought(friend)

    def sweeps(scene: Scene) -> None:
        swept(scene, NOON + WEEK)

    def buys(scene: Scene) -> None:
        scene.now = NOON + WEEK
        buy(scene, 900, "f2", friend, at=scene.now)

    first, second = (buys, sweeps) if backwards else (sweeps, buys)
    seen = 0
    for scene in at_every_moment(start.table, first, second, backwards):
        seen += 1
        swept(scene, NOON + WEEK)
        assert scene.available("77") == 50
    assert seen > 3
