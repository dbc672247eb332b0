"""Badges by joining, by tiers, by birthdays and by chance: in the commit of what gave them."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from tests.builders import NOON, TEA, Scene, recorded, refund, refunded
from tests.conservation import WatchedTable, verify_table
from tests.operations.action_scenes import action_of, done, tell
from tests.operations.challenge_scenes import FIFTY, challenge, challenging, worn
from tests.operations.moments import at_every_moment
from tests.operations.test_scenarios_of_rules import sound
from tests.operations.verbs_of_members import merge

Open = Callable[..., Scene]
HELLO = {"id": "hello", "on": "member.joined", "give": [{"badge": "regular"}]}
LEAF, GOLD = TEA["tier_groups"][0]["tiers"]
OTHER = [{"id": "regular", "name": "Regular"}, {"id": "gold", "name": "Golden"}]


def rule(on: str, *give: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"id": "rule", "on": on, "give": list(give), **keys}


def club(**gold: Any) -> list[dict[str, Any]]:
    return [{**TEA["tier_groups"][0], "tiers": [LEAF, {**GOLD, **gold}]}]


@pytest.mark.parametrize(
    "join",
    [
        lambda s: s.join("77"),
        lambda s: s.pay(1_000, "1"),
        lambda s: tell(s, done("a1", action="walk")),
    ],
    ids=["asked", "order", "action"],
)
def test_a_member_wears_a_badge_for_joining_from_the_first_moment(
    open_shop: Open, join: Callable[[Scene], Any]
) -> None:
    walked = challenge(on="action.walk", target=1, id="walker")
    scene = open_shop(challenging(challenge(target=9), walked, earn=[HELLO]))
    join(scene)
    assert worn(scene) == {"regular"}
    join(scene)
    scene.now += DAY_MS
    recorded(scene.pay(1_000, "later", scene.now))
    assert worn(scene) == {"regular"}
    sound(scene)


def test_what_joins_and_gives_a_badge_at_once_is_one_commit(open_shop: Open) -> None:
    both = rule("order.paid", {"badge": "gold"}, {"badge": "regular"})
    scene = open_shop(challenging(challenge(target=9), earn=[HELLO, both], badges=OTHER))
    recorded(scene.pay(1_000, "1"))
    assert worn(scene) == {"regular", "gold"}
    scene.order(refunded(refund(1_000, at=NOON), "1"))
    assert worn(scene) == {"regular"}  # joining is not undone
    sound(scene)


def test_two_who_joined_and_are_one_wear_it_still(open_shop: Open) -> None:
    scene = open_shop(challenging(challenge(target=9), earn=[HELLO]))
    for customer in ("77", "88"):
        recorded(scene.pay(1_000, customer, customer=Customer(customer)))
    recorded(merge(scene, gone="88", kept="77"))
    sound(scene)
    recorded(scene.pay(1_000, "next"))
    assert worn(scene) == {"regular"}
    sound(scene)


@pytest.mark.parametrize("backwards", [False, True])
def test_joining_and_an_order_at_once_wear_it_once(backwards: bool) -> None:
    table = WatchedTable()
    Scene(table).publish(challenging(challenge(target=9), earn=[HELLO]))
    scenes = at_every_moment(table, lambda s: s.join("77"), lambda s: s.pay(1_000, "1"), backwards)
    for scene in scenes:
        assert worn(scene) == {"regular"}
        verify_table(table.items())


def test_a_tier_gives_its_badge_on_entry_and_takes_it_back(open_shop: Open) -> None:
    groups = club(entry=[{"badge": "gold"}])
    scene = open_shop(challenging(challenge(target=9), tier_groups=groups, badges=OTHER))
    recorded(scene.pay(1_000, "1"))
    assert worn(scene) == set()
    recorded(scene.pay(30_000, "2"))
    recorded(scene.pay(1_000, "3"))
    assert worn(scene) == {"gold"}
    scene.order(refunded(refund(30_000, at=NOON), "2"))
    assert worn(scene) == set()
    sound(scene)


def test_a_second_badge_by_entry_joins_the_first(open_shop: Open) -> None:
    groups = club(entry=[{"badge": "gold"}, {"unit": "points", "add": 5}])
    scene = open_shop(
        challenging(challenge(target=9), earn=[HELLO], tier_groups=groups, badges=OTHER)
    )
    recorded(scene.pay(30_000, "1"))
    assert (worn(scene), scene.available()) == ({"regular", "gold"}, 5)
    sound(scene)


def test_a_birthday_gives_a_badge(open_shop: Open) -> None:
    groups = club(birthday=[{"badge": "gold"}])
    day = rule("member.birthday", {"badge": "regular"})
    scene = open_shop(
        challenging(challenge(target=9), earn=[day], tier_groups=groups, badges=OTHER)
    )
    scene.now = NOON - 40 * DAY_MS
    recorded(scene.join("77", birthday="11-22"))
    recorded(scene.pay(30_000, "1", scene.now))
    scene.now = NOON + DAY_MS
    celebrate(scene)
    assert worn(scene) == {"regular", "gold"}
    sound(scene)


def celebrate(scene: Scene) -> None:
    from chalicelib.operations.celebrate import celebrate_birthdays

    assert celebrate_birthdays(scene.table, scene.shop, scene.now) == 1


def test_chance_gives_a_badge_again_and_again(open_shop: Open) -> None:
    drawn = rule("order.paid", {"chance": [{"weight": 1, "give": [{"badge": "regular"}]}]})
    scene = open_shop(challenging(challenge(target=9), earn=[drawn]))
    for number in range(3):
        recorded(scene.pay(1_000, str(number)))
    assert worn(scene) == {"regular"}
    for number in range(3):
        scene.order(refunded(refund(1_000, at=NOON), str(number)))
    assert worn(scene) == set()
    sound(scene)


def test_an_action_that_enters_a_tier_gives_its_badge(open_shop: Open) -> None:
    points = {"id": "fans", "by": "points", "unit": "points", "tiers": [
        {"id": "all", "name": "All", "at": 0},
        {"id": "fan", "name": "Fan", "at": 50, "entry": [{"badge": "gold"}]}]}  # fmt: skip
    walk = rule("action.walk", FIFTY, limit={"times": 9, "window": "lifetime"})
    scene = open_shop(challenging(challenge(target=9), earn=[walk], tier_groups=[points],
                                  badges=OTHER))  # fmt: skip
    tell(scene, done("a1", action="walk"))
    assert worn(scene) == {"gold"}
    assert action_of(scene, "a1").grants
    sound(scene)
