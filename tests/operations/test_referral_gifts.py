"""Referrals that give badges, causes and messages: once, to both, when the order has stood."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.member import standing_of
from chalicelib.domain.program.tiers import tier_at
from chalicelib.domain.wording.names import names_of
from chalicelib.domain.wording.sentences import document_sentence
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.storage.programs import program_of
from chalicelib.storage.table import Table
from tests.builders import NOON, TEA, Scene, recorded, refund, refunded
from tests.conservation import WatchedTable, verify_table
from tests.operations import referral_scenes
from tests.operations.challenge_scenes import worn
from tests.operations.moments import Act, at_every_moment
from tests.operations.referral_scenes import (
    WEEK,
    buy,
    come,
    referring,
    review,
    side_of,
    stood,
    swept,
)
from tests.operations.test_causes import FOREST, counted
from tests.operations.test_messages import CAPS, TEMPLATES, inbox, told
from tests.operations.verbs_of_members import merge
from tests.simulation.referral_verbs import matured

GIFTS = [{"badge": "guide"}, {"cause": "forest", "add": 2}, {"message": "thanks"}]
BOTH = {"regions": ["*"], "friend": GIFTS, "advocate": GIFTS}
GUIDE = {"id": "guide", "name": "Guide"}


def gifts(*offers: dict[str, Any], keys: Any = None, caps: Any = CAPS, **said: Any) -> Any:
    """The referral of the tea shop, with what is no points for both sides."""
    given = {"badges": [GUIDE], "causes": [FOREST], "earn": [TEA["earn"][0]],
             "messages": {"templates": TEMPLATES, "caps": caps}}  # fmt: skip
    return referring(offers=list(offers or (BOTH,)), keys={**given, **(keys or {})}, **said)


def opened(document: Any = None, table: Table | None = None) -> Scene:
    return referral_scenes.opened(table or WatchedTable(), document or gifts())


@pytest.fixture
def scene() -> Scene:
    made = opened()
    come(made)
    buy(made)
    return made


Has = tuple[set[str], list[str]]
NONE: Has = (set(), [])
ALL: Has = ({"guide"}, ["thanks"])


def has(scene: Scene, customer: str) -> Has:
    """The badges of a member, and what they were told."""
    return worn(scene, customer), told(scene, customer)


def all_of_it(scene: Scene) -> tuple[Has, Has, int]:
    """What Ann has, her friend, and the forest."""
    return has(scene, "77"), has(scene, "88"), counted(scene)


def sound(scene: Scene, *customers: str) -> None:
    verify_table(scene.table.items())  # type: ignore[attr-defined]
    for name in customers or ("77", "88"):
        assert audit_member(scene.table, scene.shop, scene.member(name)).breaks == ()


BACK = refunded(refund(3_000), "f1")


# ---------------------------------------------------------------- when


def test_nobody_has_anything_while_the_order_may_come_back(scene: Scene) -> None:
    swept(scene, NOON + WEEK - 1)
    assert all_of_it(scene) == (NONE, NONE, 0)
    sound(scene)


def test_both_sides_have_it_once_the_order_has_stood_and_never_twice(scene: Scene) -> None:
    for hours in (0, 1):
        swept(scene, NOON + WEEK + hours)
        buy(scene, 2_500, f"g{hours}", at=scene.now)
        assert all_of_it(scene) == (ALL, ALL, 4)
    sound(scene)


def test_an_order_that_comes_back_before_gave_nothing_and_the_next_gives_once(
    scene: Scene,
) -> None:
    scene.order(BACK)
    swept(scene, NOON + WEEK)
    assert all_of_it(scene) == (NONE, NONE, 0)
    buy(scene, 3_000, "f2", at=scene.now)
    swept(scene, scene.now + WEEK)
    assert all_of_it(scene) == (ALL, ALL, 4)
    sound(scene)


def test_an_order_that_comes_back_after_takes_nothing(scene: Scene) -> None:
    swept(scene, NOON + WEEK)
    scene.order(refunded(refund(3_000, at=scene.now), "f1"))
    assert all_of_it(scene) == (ALL, ALL, 4)
    sound(scene)


@pytest.mark.parametrize(("days", "has_told"), [(7, True), (14, True), (15, False)])
def test_a_message_tells_of_having_qualified_which_is_news_for_a_week(
    scene: Scene, days: int, has_told: bool
) -> None:
    """Not of the order, which is older: a sweep that is later than that tells nobody."""
    swept(scene, NOON + days * DAY_MS)
    assert [len(told(scene, each)) for each in ("77", "88")] == [has_told, has_told]
    side = side_of(scene, "friend")
    assert side is not None
    codes = {row.code for row in side.trace}
    assert ("message_too_late" in codes) == (not has_told)
    sound(scene)


def test_who_is_approved_late_is_told_then() -> None:
    scene = opened()
    come(scene, email="a.nn@example.com")
    buy(scene)
    scene.now = NOON + 40 * DAY_MS
    assert all_of_it(scene) == (NONE, NONE, 0)
    review(scene, "88", "ordered")
    assert all_of_it(scene) == (ALL, ALL, 4)
    sound(scene)


def test_who_is_rejected_has_nothing() -> None:
    scene = opened()
    come(scene, email="a.nn@example.com")
    buy(scene)
    review(scene, "88", "rejected")
    swept(scene, NOON + WEEK)
    assert all_of_it(scene) == (NONE, NONE, 0)
    sound(scene)


# ---------------------------------------------------------------- how much


def test_a_friend_beyond_the_limit_has_theirs_and_the_advocate_no_more() -> None:
    scene = opened(gifts(limit={"times": 1, "window": "lifetime"}))
    for friend, order in (("88", "f1"), ("99", "f2")):
        come(scene, friend)
        buy(scene, 3_000, order, friend)
    swept(scene, NOON + WEEK)
    assert counted(scene) == 6
    assert [has(scene, each) for each in ("77", "88", "99")] == [ALL] * 3
    sound(scene, "77", "88", "99")


def test_two_friends_are_two_messages_and_one_badge(scene: Scene) -> None:
    come(scene, "99")
    buy(scene, 3_000, "f2", "99")
    swept(scene, NOON + WEEK)
    assert has(scene, "77") == ({"guide"}, ["thanks", "thanks"])
    assert counted(scene) == 8
    sound(scene, "77", "88", "99")


def test_caps_and_the_holdout_refuse_messages_alone() -> None:
    for keys, caps in (({}, {**CAPS, "day": 1}), ({"holdout": "0.9999"}, CAPS)):
        scene = opened(gifts(caps=caps, keys=keys))
        for friend, order in (("88", "f1"), ("99", "f2")):
            come(scene, friend)
            buy(scene, 3_000, order, friend)
        swept(scene, NOON + WEEK)
        assert told(scene, "77") == ([] if keys else ["thanks"])
        assert (worn(scene, "77"), counted(scene)) == ({"guide"}, 8)
        sound(scene, "77", "88", "99")


def test_offers_of_points_beside_gifts_give_the_points_at_once() -> None:
    both = {"regions": ["*"], "advocate": [{"add": 5, "unit": "points"}, *GIFTS]}
    scene = opened(gifts(both))
    come(scene)
    buy(scene)
    assert (scene.balance("77").pending, worn(scene, "77")) == (5, set())
    swept(scene, NOON + WEEK)
    assert (scene.available("77"), all_of_it(scene)) == (5, (ALL, NONE, 2))
    sound(scene)


# ---------------------------------------------------------------- rules and tiers beside offers


def test_a_rule_for_having_brought_somebody_gives_its_badge_and_message() -> None:
    """The badge was on the document and nobody wore it; the message came too late for itself."""
    rule = {"id": "thanks", "on": "referral.qualified", "once": "member", "give": GIFTS[:1]}
    told_of = {**rule, "id": "told", "give": GIFTS[2:]}
    keys = {"earn": [rule, told_of]}
    scene = opened(gifts(referral_scenes.OFFER, keys=keys, qualify={"after": "P14D"}))
    come(scene)
    buy(scene)
    swept(scene, NOON + 2 * WEEK)
    assert has(scene, "77") == ALL
    sound(scene)


@pytest.mark.parametrize(("days", "tier"), [(14, "gold"), (20, "gold"), (21, "leaf")])
def test_a_tier_for_having_brought_somebody_is_held_from_then_on(days: int, tier: str) -> None:
    """Not from the order on: it was over before anybody had it."""
    give = [{"tier": "gold", "tier_group": "club", "for": "P7D"}]
    rule = {"id": "thanks", "on": "referral.qualified", "once": "member", "give": give}
    keys = {"earn": [rule], "tier_groups": TEA["tier_groups"]}
    scene = opened(gifts(referral_scenes.OFFER, keys=keys, qualify={"after": "P14D"}))
    come(scene)
    buy(scene)
    swept(scene, NOON + 14 * DAY_MS)
    account = scene.account("77")
    assert account is not None
    compiled = program_of(scene.table, scene.shop, 1)
    standing = standing_of(account, "club")
    assert tier_at(compiled.groups["club"], standing, NOON + days * DAY_MS) == tier
    sound(scene)


def test_a_tier_that_referrals_reach_gives_its_badge_and_message() -> None:
    bronze = {"id": "bronze", "name": "Bronze", "at": 1, "entry": [GIFTS[0], GIFTS[2]]}
    group = {"id": "friends", "by": "referrals", "window": "lifetime",
             "tiers": [{"id": "none", "name": "None", "at": 0}, bronze]}  # fmt: skip
    scene = opened(gifts(referral_scenes.OFFER, keys={"tier_groups": [group]}))
    come(scene)
    buy(scene)
    swept(scene, NOON + WEEK)
    assert has(scene, "77") == ALL
    sound(scene)


def by_points() -> Any:
    """As ``gifts``, where the points of either side reach a tier, at once."""
    gold = {"id": "gold", "name": "Gold", "at": 40, "entry": [GIFTS[0], GIFTS[2]]}
    group = {"id": "club", "by": "points", "unit": "points", "window": "lifetime",
             "tiers": [{"id": "none", "name": "None", "at": 0}, gold]}  # fmt: skip
    return gifts(referral_scenes.OFFER, keys={"tier_groups": [group], "earn": []})


def test_a_badge_of_a_tier_goes_with_the_points_that_reached_it() -> None:
    scene = opened(by_points())
    come(scene)
    buy(scene)
    assert all_of_it(scene)[:2] == (ALL, ALL)
    scene.order(BACK)
    assert all_of_it(scene)[:2] == (NONE, NONE)
    sound(scene)


@pytest.mark.parametrize(("gone", "kept"), [("88", "77"), ("77", "88")])
def test_badges_of_both_sides_go_in_one_document_where_they_are_one(gone: str, kept: str) -> None:
    scene = opened(by_points())
    come(scene)
    buy(scene)
    merge(scene, gone, kept)
    swept(scene, NOON + WEEK)
    assert worn(scene, kept) == set()
    assert all(each.withdrawn_at for each in inbox(scene, kept).messages)
    sound(scene, kept)


# ---------------------------------------------------------------- merges and erasures


@pytest.mark.parametrize("who", ["77", "88"])
@pytest.mark.parametrize("is_early", [True, False])
def test_who_is_merged_away_has_it_under_the_new_id_once(
    scene: Scene, who: str, is_early: bool
) -> None:
    scene.join("55")
    if is_early:
        merge(scene, who, "55")
    swept(scene, NOON + WEEK)
    if not is_early:
        merge(scene, who, "55")
        swept(scene, NOON + WEEK + DAY_MS)
    other = "88" if who == "77" else "77"
    assert (has(scene, "55"), has(scene, other), counted(scene)) == (ALL, ALL, 4)
    sound(scene, "55", other)


def test_two_who_become_one_bring_nobody(scene: Scene) -> None:
    merge(scene, "88", "77")
    swept(scene, NOON + WEEK)
    assert (has(scene, "77"), counted(scene)) == (NONE, 0)
    sound(scene, "77")


@pytest.mark.parametrize(("who", "other"), [("77", "88"), ("88", "77")])
def test_who_is_erased_gets_nothing_and_the_other_side_does(
    scene: Scene, who: str, other: str
) -> None:
    recorded(
        erase_member(
            scene.table, EraseCommand(scene.shop, scene.member(who), "operator", scene.now)
        )
    )
    swept(scene, NOON + WEEK)
    assert (has(scene, who), has(scene, other), counted(scene)) == (NONE, ALL, 2)
    sound(scene, other)


# ---------------------------------------------------------------- two writers


MATURES = stood(matured())
RIVALS: dict[str, Act] = {
    "another run": MATURES,
    "another friend's": stood(matured("99")),
    "another order of the friend": stood(lambda scene: buy(scene, 900, "f2", at=scene.now)),
    "a return that is too late": stood(lambda scene: scene.order(BACK)),
    "a merge": stood(lambda scene: merge(scene, "88", "55")),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", RIVALS)
def test_gifts_are_given_once_at_every_moment_of_another_writer(name: str, backwards: bool) -> None:
    start = opened()
    for friend, order in (("88", "f1"), ("99", "f3")):
        come(start, friend)
        buy(start, 3_000, order, friend)
    start.join("55")
    whose = "55" if name == "a merge" else "88"
    for scene in at_every_moment(start.table, MATURES, RIVALS[name], backwards):  # type: ignore[arg-type]
        swept(scene, NOON + WEEK)
        assert has(scene, "77") == ({"guide"}, ["thanks", "thanks"])
        assert (has(scene, whose), has(scene, "99"), counted(scene)) == (ALL, ALL, 8)
        sound(scene, "77", whose, "99")


@pytest.mark.parametrize("backwards", [False, True])
def test_an_order_that_comes_back_leaves_nothing_at_any_moment(backwards: bool) -> None:
    start = opened()
    come(start)
    for scene in at_every_moment(start.table, buy, lambda other: other.order(BACK), backwards):  # type: ignore[arg-type]
        swept(scene, NOON + WEEK)
        assert all_of_it(scene) == (NONE, NONE, 0)
        sound(scene)


# ---------------------------------------------------------------- words


def words(scene: Scene, locale: str = "en") -> str:
    action = side_of(scene, "friend")
    assert action is not None
    names = names_of(program_of(scene.table, scene.shop, 1).program, locale)
    return document_sentence(action, names, locale)


def test_staff_read_what_waits_and_what_was_given(scene: Scene) -> None:
    assert words(scene) == (
        "Rule the offer for friends: the badge Guide, once the friend's order has stood. "
        "Rule the offer for friends: 2 for A tree planted, once the friend's order has stood. "
        "Rule the offer for friends: message for the member, “thanks”, once the friend's order "
        "has stood."
    )
    for locale in ("hu", "fa"):
        assert "Guide" in words(scene, locale)
    swept(scene, NOON + WEEK)
    assert words(scene) == (
        "The action coming by a friend gave the badge Guide, 2 for A tree planted."
    )
