"""Challenges for bringing friends: each referral counts once it has qualified, for ever."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.referral_document import QUALIFIED
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.explain_document import explain_document
from tests.builders import NOON, TEA, Scene, refund, refunded
from tests.conservation import WatchedTable, verify_table
from tests.operations import referral_scenes
from tests.operations.challenge_scenes import BADGES, challenge, live, progress, worn
from tests.operations.moments import at_every_moment
from tests.operations.referral_scenes import OFFER, WEEK, buy, come, referring, review, swept
from tests.operations.test_causes import FOREST, counted, settle
from tests.operations.test_messages import CAPS, TEMPLATES, told
from tests.operations.verbs_of_members import merge
from tests.simulation.referral_verbs import matured

GIFTS = [{"add": 50, "unit": "points"}, {"badge": "regular"}, {"cause": "forest", "add": 3},
         {"message": "thanks"}]  # fmt: skip
TWO = challenge(id="friends", name="Two friends", on=QUALIFIED, target=2, repeat=5, give=GIFTS)
QUIET: dict[str, Any] = {**OFFER, "friend": [], "advocate": []}
FRIENDS = ("88", "99", "66")


def document(*challenges: dict[str, Any], **said: Any) -> dict[str, Any]:
    """The tea shop, whose referral gives nothing but progress."""
    keys = {"badges": BADGES, "causes": [FOREST], "earn": [TEA["earn"][0]],
            "messages": {"templates": TEMPLATES, "caps": CAPS},
            "challenges": list(challenges or (TWO,))}  # fmt: skip
    return referring(**{"offers": [QUIET], **said, "keys": {**keys, **said.pop("keys", {})}})


def brought(made: dict[str, Any] | None = None, friends: tuple[str, ...] = FRIENDS[:2]) -> Scene:
    scene = referral_scenes.opened(WatchedTable(), made or document())
    for friend in friends:
        come(scene, friend)
        buy(scene, 3_000, f"f{friend}", friend)
    return scene


def back(scene: Scene, friend: str) -> None:
    scene.order(refunded(refund(3_000, at=scene.now), f"f{friend}"))


def has(scene: Scene, customer: str = "77") -> tuple[int, int, set[str], int]:
    """How many friends count, points that can be spent, badges, and what the forest has."""
    own = live(scene, "friends", customer), scene.available(customer)
    return (*own, worn(scene, customer), counted(scene))


def sound(scene: Scene, *customers: str) -> None:
    verify_table(scene.table.items())  # type: ignore[attr-defined]
    for customer in customers or ("77", *FRIENDS[:2]):
        assert audit_member(scene.table, scene.shop, scene.member(customer)).breaks == ()


NONE = (0, 0, set[str](), 0)
ALL = (2, 50, {"regular"}, 3)


def test_friends_count_once_their_orders_have_stood_and_never_twice() -> None:
    scene = brought()
    swept(scene, NOON + WEEK - 1)
    assert has(scene) == NONE
    for days in (7, 7, 8):
        swept(scene, NOON + days * DAY_MS)
        buy(scene, 2_500, f"again{days}", at=scene.now)
        assert has(scene) == ALL
    assert [live(scene, "friends", each) for each in FRIENDS[:2]] == [0, 0]
    sound(scene)


def test_an_order_that_comes_back_before_counts_for_nothing_and_the_next_one_does() -> None:
    scene = brought()
    back(scene, "88")
    swept(scene, NOON + WEEK)
    assert has(scene) == (1, 0, set(), 0)
    buy(scene, 3_000, "next", at=scene.now)
    swept(scene, scene.now + WEEK)
    assert has(scene) == ALL
    sound(scene)


def test_an_order_that_comes_back_after_takes_no_friend_away() -> None:
    scene = brought()
    swept(scene, NOON + WEEK)
    back(scene, "88")
    assert has(scene) == ALL
    sound(scene)


@pytest.mark.parametrize(("verdict", "after"), [("ordered", 1), ("rejected", 0)])
def test_who_is_looked_at_counts_once_staff_say_so(verdict: str, after: int) -> None:
    scene = referral_scenes.opened(WatchedTable(), document())
    come(scene, email="a.nn@example.com")
    buy(scene)
    swept(scene, NOON + WEEK)
    assert live(scene, "friends") == 0
    review(scene, "88", verdict)
    assert live(scene, "friends") == after
    sound(scene, "77", "88")


def test_a_friend_beyond_the_limit_counts_as_for_tiers() -> None:
    """The limit is of what the offer gives."""
    scene = brought(document(offers=[OFFER], limit={"times": 1, "window": "lifetime"}))
    swept(scene, NOON + WEEK)
    assert has(scene) == (2, 150, {"regular"}, 3)
    sound(scene)


def test_the_member_is_told_when_the_last_friend_qualified() -> None:
    """The order is older than what is news, the completion is not."""
    scene = brought(document(qualify={"after": "P20D"}))
    swept(scene, NOON + 20 * DAY_MS)
    assert (told(scene), live(scene, "friends")) == (["thanks"], 2)
    sound(scene)


def test_every_offer_counts_whatever_its_region() -> None:
    here = {**QUIET, "regions": ["US"]}
    scene = referral_scenes.opened(WatchedTable(), document(offers=[here, QUIET]))
    for friend, country in (("88", "US"), ("99", "")):
        come(scene, friend, country=country)
        buy(scene, 3_000, f"f{friend}", friend, country=country)
    swept(scene, NOON + WEEK)
    assert has(scene) == ALL
    sound(scene)


def test_friends_are_a_step_and_a_streak_of_the_day_on_which_they_bought() -> None:
    bring = {"id": "bring", "on": QUALIFIED, "name": "Bring a friend"}
    steps = challenge("steps", on=None, target=None, id="start", steps=[
        bring, {"id": "buy", "on": "order.paid"}])  # fmt: skip
    weeks = challenge("streak", on=QUALIFIED, id="weeks", every="week", target=1)
    scene = brought(document(steps, weeks))
    swept(scene, NOON + WEEK)
    scene.pay(1_000, "own")
    for name in ("start", "weeks"):
        made = progress(scene, name)
        assert made is not None
        assert made.completed == 1
    assert scene.available() == 100 + 10
    sound(scene)


def test_who_takes_part_counts_friends_who_bought_from_then_on() -> None:
    scene = brought(document({**TWO, "join": "opt_in"}))
    swept(scene, NOON + WEEK)
    assert has(scene) == NONE
    sound(scene)


def test_who_is_held_out_makes_no_progress() -> None:
    scene = brought(document(keys={"holdout": "0.9999"}))
    swept(scene, NOON + WEEK)
    assert has(scene) == NONE
    sound(scene)


def test_a_friend_who_turns_out_to_be_ann_counts_only_if_it_had_qualified() -> None:
    for days, counts in ((6, 0), (7, 1)):
        scene = brought(friends=("88",))
        swept(scene, NOON + days * DAY_MS)
        merge(scene, "88")
        swept(scene, NOON + WEEK)
        assert live(scene, "friends") == counts
        sound(scene, "77")


def test_two_advocates_who_become_one_have_what_both_brought() -> None:
    scene = brought(friends=("88",))
    scene.join("55", email="other@example.com")
    referral_scenes.own(scene, "55")
    come(scene, "99", by=referral_scenes.code(scene, "55"))
    buy(scene, 3_000, "f99", "99")
    swept(scene, NOON + WEEK)
    merge(scene, "55")
    assert has(scene) == ALL
    sound(scene)


def test_what_was_passed_on_of_two_who_became_one_is_not_given_again() -> None:
    each = {**TWO, "target": 1, "repeat": 1}
    scene = brought(document(each), friends=("88",))
    scene.join("55", email="other@example.com")
    referral_scenes.own(scene, "55")
    come(scene, "99", by=referral_scenes.code(scene, "55"))
    swept(scene, NOON + WEEK)
    buy(scene, 3_000, "f99", "99")
    settle(scene, 2)
    merge(scene, "55")
    swept(scene, scene.now + WEEK)
    assert (live(scene, "friends"), counted(scene)) == (2, 3)
    sound(scene)


def test_staff_read_that_the_friend_counts() -> None:
    scene = brought()
    swept(scene, NOON + WEEK)
    side = referral_scenes.side_of(scene, "advocate")
    assert side is not None
    named = f"action:{side.id}", "en"
    told = explain_document(scene.table, scene.shop, scene.member("77"), named, scene.now)
    assert "Counts for the challenge" in str(told)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("rival", ["sweep", "refund", "order", "merge"])
def test_two_writers_at_every_moment_count_each_friend_once(rival: str, backwards: bool) -> None:
    start: Any = brought()
    start.now = NOON + WEEK
    matured("99")(start)

    def qualifies(scene: Scene) -> None:
        scene.now = NOON + WEEK
        matured("88")(scene)

    second: dict[str, Any] = {
        "sweep": qualifies,
        "refund": lambda scene: back(scene, "88"),
        "order": lambda scene: scene.pay(1_000, "own"),
        "merge": lambda scene: merge(scene, "88"),
    }
    after = {"merge": {1, 2}, "refund": {1, 2}}.get(rival, {2})
    earned, seen = {"order": 10, "merge": 30}.get(rival, 0), 0
    for scene in at_every_moment(start.table, qualifies, second[rival], backwards):
        seen += 1
        friends = live(scene, "friends")
        assert friends in after
        assert scene.available() == 50 * (friends == 2) + earned
        sound(scene, "77")
    assert seen > 3
