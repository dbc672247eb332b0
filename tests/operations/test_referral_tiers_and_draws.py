"""Offers that give a tier for a time, once the order has stood, or leave something to chance."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, utc_day
from chalicelib.domain.referral_decision import side_id
from chalicelib.domain.standing import held_tiers
from chalicelib.domain.wording.names import names_of
from chalicelib.domain.wording.sentences import document_sentence
from chalicelib.operations.audit_member import audit_member
from chalicelib.security.draws import number_of, secret_of_day
from chalicelib.security.keyed_ids import member_id
from chalicelib.storage.programs import program_of
from tests.builders import NOON, SHOP, SHOP_KEY, Scene, refund, refunded
from tests.conservation import WatchedTable
from tests.operations import referral_scenes
from tests.operations.moments import at_every_moment
from tests.operations.referral_scenes import (
    WEEK,
    buy,
    come,
    pending,
    referring,
    review,
    side_of,
    stood,
    swept,
)
from tests.operations.test_chance import HALF
from tests.operations.verbs_of_members import merge

GOLD = {"tier": "gold", "tier_group": "club", "for": "P30D"}
LONG = {**GOLD, "for": "P90D"}
TIERS = (
    {"regions": ["US"], "friend": [LONG], "advocate": [LONG]},
    {"regions": ["*"], "friend": [GOLD], "advocate": [GOLD]},
)
DRAW = {"chance": HALF}
DRAWS = {"regions": ["*"], "friend": [DRAW], "advocate": [DRAW]}


def opened(*offers: dict[str, Any], **said: Any) -> Scene:
    document = referring(offers=list(offers), keys={"earn": []}, **said)
    return referral_scenes.opened(WatchedTable(), document)


def sound(scene: Scene, *customers: str) -> None:
    scene.verify()
    for name in customers or ("77", "88"):
        assert audit_member(scene.table, scene.shop, scene.member(name)).breaks == ()


def tier_of(scene: Scene, at: int, customer: str = "77") -> str:
    account = scene.account(customer)
    assert account is not None
    return held_tiers(account, program_of(scene.table, scene.shop, 1), at)["club"]


def sentence(scene: Scene, role: str) -> str:
    side = side_of(scene, role)
    assert side is not None
    names = names_of(program_of(scene.table, scene.shop, 1).program, "en")
    return document_sentence(side, names, "en")


BACK = refunded(refund(3_000), "f1")


# ---------------------------------------------------------------- a tier for a time


@pytest.mark.parametrize(("country", "days"), [("US", 90), ("HU", 30)])
def test_both_hold_the_tier_from_when_the_order_has_stood_as_long_as_the_offer_says(
    country: str, days: int
) -> None:
    """Offers have one rule id: each has its own time."""
    scene = opened(*TIERS, region_of="friend")
    come(scene)
    buy(scene, country=country)
    assert "the tier Gold, once the friend's order has stood" in sentence(scene, "advocate")
    swept(scene, NOON + WEEK - 1)
    assert tier_of(scene, scene.now) == "leaf"
    swept(scene, NOON + WEEK + DAY_MS)
    end = NOON + WEEK + days * DAY_MS
    for each in ("77", "88"):
        told = [tier_of(scene, at, each) for at in (NOON + WEEK, end - 1, end)]
        assert told == ["gold", "gold", "leaf"]
    assert "the tier Gold" in sentence(scene, "friend")
    sound(scene)


def test_a_return_before_gives_no_tier_and_a_return_after_takes_none() -> None:
    scene = opened(*TIERS)
    come(scene)
    buy(scene)
    scene.order(BACK)
    swept(scene, NOON + WEEK)
    assert tier_of(scene, scene.now) == "leaf"
    buy(scene, 3_000, "f2", at=scene.now)
    swept(scene, scene.now + WEEK)
    scene.order(refunded(refund(3_000, at=scene.now), "f2"))
    assert [tier_of(scene, scene.now, each) for each in ("77", "88")] == ["gold", "gold"]
    sound(scene)


def test_who_is_approved_late_holds_it_from_then_and_who_is_merged_keeps_it() -> None:
    scene = opened(*TIERS)
    come(scene, email="a.nn@example.com")
    buy(scene)
    scene.now = NOON + 60 * DAY_MS
    review(scene, "88", "ordered")
    assert tier_of(scene, scene.now + 29 * DAY_MS) == "gold"
    scene.join("99")
    merge(scene, "77", "99")
    assert tier_of(scene, scene.now + 29 * DAY_MS, "99") == "gold"
    sound(scene, "99", "88")


def test_a_limit_of_times_bounds_tiers_of_advocates_alone() -> None:
    scene = opened(*TIERS, limit={"times": 1, "window": "lifetime"})
    for friend in ("88", "99"):
        come(scene, friend)
        buy(scene, order=f"o{friend}", friend=friend)
    swept(scene, NOON + WEEK)
    sides = [side_of(scene, "advocate", each) for each in ("88", "99")]
    assert sorted(len(side.grants) for side in sides if side) == [0, 1]
    assert [tier_of(scene, scene.now, each) for each in ("88", "99")] == ["gold", "gold"]
    sound(scene, "77", "88", "99")


# ---------------------------------------------------------------- chance


def wins(friend: str, role: str, now: int = NOON) -> bool:
    name = f"action:{side_id(member_id(SHOP_KEY, 'main', friend), role)}"
    secret = secret_of_day(SHOP_KEY, utc_day(now))
    return number_of(secret, SHOP, name, f"referral:{role}") % 2 == 1


def who(*, friend: bool, advocate: bool, start: int = 200) -> str:
    """The first friend from ``start`` on for whom both sides draw so at noon."""
    wished = {"friend": friend, "advocate": advocate}
    names = (str(number) for number in range(start, start + 99))
    return next(each for each in names if {role: wins(each, role) for role in wished} == wished)


@pytest.mark.parametrize("advocate", [True, False])
def test_each_side_draws_once_when_the_order_counts_whatever_comes_later(advocate: bool) -> None:
    friend = who(friend=True, advocate=advocate)
    scene = opened(DRAWS)
    come(scene, friend)
    buy(scene, friend=friend)
    drawn = [
        side.drawn for role in ("friend", "advocate") if (side := side_of(scene, role, friend))
    ]
    assert (scene.balance("77").pending, scene.balance(friend).pending) == (50 * advocate, 50)
    scene.order(BACK)
    assert (scene.balance("77").pending, scene.balance(friend).pending) == (0, 0)
    scene.now = NOON + 3 * DAY_MS
    buy(scene, 3_000, "f2", friend, at=scene.now)
    swept(scene, NOON + 11 * DAY_MS)
    assert (scene.available("77"), scene.available(friend)) == (50 * advocate, 50)
    sides = [side_of(scene, role, friend) for role in ("friend", "advocate")]
    assert [side.drawn for side in sides if side] == drawn
    assert [each.day for each in drawn if each] == [utc_day(NOON)] * 2
    sound(scene, "77", friend)


def test_a_blank_takes_the_advocates_turn_and_the_friends_draw_has_no_limit() -> None:
    blank = who(friend=True, advocate=False)
    lucky = who(friend=True, advocate=True)
    scene = opened(DRAWS, limit={"times": 1, "window": "lifetime"})
    for number, friend in enumerate((blank, lucky)):
        come(scene, friend)
        buy(scene, 3_000, f"o{friend}", friend, at=NOON + number)
    assert [scene.balance(each).pending for each in ("77", blank, lucky)] == [0, 50, 50]
    sound(scene, "77", blank, lucky)


def test_what_chance_gives_that_is_no_points_waits_as_well() -> None:
    friend = who(friend=False, advocate=True)
    branches = [HALF[0], {"weight": 1, "give": [GOLD]}]
    scene = opened({**DRAWS, "advocate": [{"chance": branches}]})
    come(scene, friend)
    buy(scene, friend=friend)
    assert tier_of(scene, NOON) == "leaf"
    swept(scene, NOON + WEEK)
    assert (tier_of(scene, scene.now), tier_of(scene, scene.now + 30 * DAY_MS)) == ("gold", "leaf")
    sound(scene, "77", friend)


@pytest.mark.parametrize("backwards", [False, True])
def test_an_order_that_comes_at_every_moment_of_a_sweep_draws_nothing_anew(
    backwards: bool,
) -> None:
    scene = opened(DRAWS)
    come(scene, lucky := who(friend=True, advocate=True))
    buy(scene, friend=lucky)
    table: Any = scene.table

    def buys(scene: Scene) -> None:
        buy(scene, 2_500, "f2", lucky, at=scene.now)

    def sweeps(scene: Scene) -> None:
        swept(scene, scene.now)

    first, second = (buys, sweeps) if backwards else (sweeps, buys)
    seen = 0
    for made in at_every_moment(table, stood(first), stood(second), backwards):
        seen += 1
        swept(made, NOON + WEEK)
        assert (made.available("77"), made.available(lucky)) == (50, 50)
        sound(made, "77", lucky)
    assert seen > 3


def test_nothing_is_drawn_while_it_is_flagged() -> None:
    scene = opened(DRAWS)
    come(scene, email="a.nn@example.com")
    buy(scene)
    assert pending(scene) == (0, 0)
    assert side_of(scene, "friend") is None
    scene.now = NOON + 2 * DAY_MS
    review(scene, "88", "ordered")
    given = tuple(50 * wins("88", role, scene.now) for role in ("advocate", "friend"))
    assert pending(scene) == given
    sound(scene)
