"""Referrals: both sides get theirs once the friend's order has stood, and never twice."""

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.defaults import document_of, read_program
from chalicelib.domain.program.validation import check
from chalicelib.storage.table import Table
from tests.builders import NOON, Scene, refund, refunded
from tests.operations.referral_scenes import (
    OFFER,
    WEEK,
    buy,
    code,
    come,
    opened,
    own,
    pending,
    points,
    referral_of,
    referring,
    side_of,
    swept,
)


@pytest.fixture
def scene(table: Table) -> Scene:
    return opened(table)


def test_a_member_has_one_code_for_ever_and_a_link_that_carries_it(scene: Scene) -> None:
    mine = own(scene)
    assert mine == own(scene)
    assert mine.code == code(scene)
    assert mine.link == f"https://tea.example/welcome?laurel_ref={mine.code}"


def test_a_friend_who_only_joined_earns_nobody_anything(scene: Scene) -> None:
    come(scene)
    assert referral_of(scene).state == "joined"
    assert points(scene) == (0, 0)
    assert pending(scene) == (0, 0)


def test_both_sides_wait_from_the_qualifying_order_on(scene: Scene) -> None:
    come(scene)
    buy(scene)
    assert referral_of(scene).state == "ordered"
    assert pending(scene) == (100, 50)
    assert points(scene) == (0, 30)
    scene.now += WEEK
    assert points(scene) == (100, 80)


def test_an_order_below_the_minimum_does_not_qualify_and_a_later_one_does(scene: Scene) -> None:
    come(scene)
    buy(scene, 1_999, "f1")
    assert referral_of(scene).state == "joined"
    buy(scene, 2_000, "f2")
    assert referral_of(scene).order == "main:f2"


def test_a_refund_below_the_minimum_before_the_end_takes_both_sides_back(scene: Scene) -> None:
    come(scene)
    buy(scene)
    scene.order(refunded(refund(1_001), "f1"))
    assert referral_of(scene).state == "reversed"
    assert pending(scene) == (0, 0)
    assert scene.available() == 0


def test_a_refund_that_leaves_the_minimum_takes_nothing_back(scene: Scene) -> None:
    come(scene)
    buy(scene)
    scene.order(refunded(refund(1_000), "f1"))
    assert referral_of(scene).state == "ordered"
    assert pending(scene) == (100, 50)


def test_a_refund_after_the_end_takes_nothing_back(scene: Scene) -> None:
    come(scene)
    buy(scene)
    scene.now += WEEK
    scene.order(refunded(refund(3_000, at=scene.now), "f1"))
    assert referral_of(scene).state == "qualified"
    assert points(scene) == (100, 50)


def test_another_order_qualifies_after_a_reversal(scene: Scene) -> None:
    come(scene)
    buy(scene)
    scene.order(refunded(refund(3_000), "f1"))
    scene.now += DAY_MS
    buy(scene, 2_500, "f2", at=scene.now)
    assert referral_of(scene).state == "ordered"
    assert pending(scene) == (100, 50)
    assert points(scene) == (0, 25)
    assert scene.balance("77", at=NOON + WEEK).available == 0
    assert scene.balance("77", at=scene.now + WEEK).available == 100


def test_a_second_order_changes_nothing_while_the_first_stands(scene: Scene) -> None:
    come(scene)
    buy(scene)
    buy(scene, 9_000, "f2")
    scene.order(refunded(refund(9_000), "f2"))
    assert referral_of(scene).order == "main:f1"
    assert pending(scene) == (100, 50)


def test_every_delivery_again_is_a_replay(scene: Scene) -> None:
    come(scene)
    assert come(scene).replayed
    buy(scene)
    before = scene.account("77")
    assert buy(scene).replayed
    assert scene.account("77") == before


def test_the_sweep_writes_down_that_it_qualified_and_moves_nothing(scene: Scene) -> None:
    come(scene)
    buy(scene)
    swept(scene, NOON + WEEK - 1)
    assert referral_of(scene).state == "ordered"
    swept(scene, NOON + WEEK)
    assert referral_of(scene).state == "qualified"
    assert points(scene) == (100, 80)


def test_own_referrals_are_told_as_they_stand_without_saying_who(scene: Scene) -> None:
    come(scene)
    buy(scene)
    scene.now += WEEK
    (mine,) = own(scene).referrals
    assert mine.state == "qualified"


@pytest.mark.parametrize("typed", ["", "ZZZZ-ZZZZ", "nonsense", "K7QF-9M2X-4P"])
def test_a_code_that_leads_nowhere_keeps_nobody_from_joining(scene: Scene, typed: str) -> None:
    assert not come(scene, by=typed).replayed
    buy(scene)
    assert pending(scene) == (0, 0)


def test_a_code_is_taken_as_people_type_it(scene: Scene) -> None:
    come(scene, by=f" {code(scene).lower()} ")
    assert referral_of(scene).state == "joined"


def test_a_member_is_nobodys_new_friend(scene: Scene) -> None:
    scene.join("88")
    assert come(scene).replayed
    buy(scene)
    assert pending(scene) == (0, 0)


def test_who_came_by_one_code_came_by_no_other(scene: Scene) -> None:
    scene.join("66")
    own(scene, "66")
    come(scene)
    assert come(scene, by=code(scene, "66")).replayed
    buy(scene)
    assert scene.balance("66").pending == 0


def test_the_limit_is_the_advocates_and_friends_get_theirs(table: Table) -> None:
    limit = {"times": 1, "window": {"calendar": "year"}}
    scene = opened(table, referring(limit=limit))
    for friend, order in (("88", "f1"), ("99", "f2")):
        come(scene, friend)
        buy(scene, 3_000, order, friend)
    assert scene.balance("77").pending == 100
    assert scene.balance("99").pending == 50
    action = side_of(scene, "advocate", "99")
    assert action is not None
    assert "cap_reached" in {row.code for row in action.trace}


def test_a_place_of_the_limit_that_came_back_serves_the_next_friend(table: Table) -> None:
    scene = opened(table, referring(limit={"times": 1, "window": {"calendar": "year"}}))
    come(scene)
    buy(scene)
    scene.order(refunded(refund(3_000), "f1"))
    come(scene, "99")
    buy(scene, 3_000, "f2", "99")
    assert scene.balance("77").pending == 100


def test_an_order_after_the_life_of_the_link_does_not_count(table: Table) -> None:
    scene = opened(table, referring(link_life="P30D"))
    come(scene)
    scene.now += 30 * DAY_MS
    buy(scene, at=scene.now)
    assert referral_of(scene).state == "joined"


OFFERS = [
    {"regions": ["US"], "friend": [{"add": 10, "unit": "points"}],
     "advocate": [{"add": 11, "unit": "points"}]},
    {"regions": ["GB", "IE"], "friend": [{"add": 20, "unit": "points"}],
     "advocate": [{"add": 22, "unit": "points"}]},
    OFFER,
]  # fmt: skip


@pytest.mark.parametrize(
    ("region_of", "advocate", "friend", "got"),
    [
        ("each", "US", "GB", (11, 20)),
        ("each", "US", "IE", (11, 20)),
        ("each", "", "FR", (100, 50)),
        ("friend", "US", "GB", (22, 20)),
        ("advocate", "US", "GB", (11, 10)),
    ],
)
def test_each_side_gets_the_offer_of_the_region(
    table: Table, region_of: str, advocate: str, friend: str, got: tuple[int, int]
) -> None:
    scene = Scene(table)
    scene.publish(referring(offers=OFFERS, region_of=region_of))
    scene.join("77", country=advocate)
    own(scene)
    come(scene)
    buy(scene, country=friend)
    assert pending(scene) == got


def test_a_similar_email_is_flagged_and_books_nothing(scene: Scene) -> None:
    come(scene, email="A.nn+new@example.com")
    buy(scene)
    known = referral_of(scene)
    assert (known.state, known.reasons) == ("flagged", ("email",))
    assert pending(scene) == (0, 0)


def test_what_is_not_checked_flags_nobody(table: Table) -> None:
    scene = opened(table, referring(checks=["self"]))
    come(scene, email="a.nn@example.com")
    buy(scene)
    assert referral_of(scene).state == "ordered"


def test_flagged_ones_are_rejected_where_the_program_says_so(table: Table) -> None:
    scene = opened(table, referring(on_flag="reject"))
    come(scene, email="a.nn@example.com")
    buy(scene)
    assert referral_of(scene).state == "rejected"
    buy(scene, 5_000, "f2")
    assert pending(scene) == (0, 0)


def test_rules_and_tiers_count_a_referral_once_it_has_qualified(table: Table) -> None:
    rule = {"id": "thanks", "on": "referral.qualified", "give": [{"add": 7, "unit": "points"}],
            "once": "member"}  # fmt: skip
    club = {"id": "friends", "by": "referrals", "window": "lifetime",
            "tiers": [{"id": "none", "name": "None", "at": 0},
                      {"id": "guide", "name": "Guide", "at": 1,
                       "entry": [{"add": 500, "unit": "points"}]}]}  # fmt: skip
    scene = opened(table, referring(keys={"earn": [rule], "tier_groups": [club]}))
    come(scene)
    buy(scene)
    account = scene.account("77")
    assert account is not None
    assert account.standings.get("friends") is None or not account.standings["friends"].buckets
    assert pending(scene) == (100, 50)
    swept(scene, NOON + WEEK)
    assert scene.available("77") == 607
    account = scene.account("77")
    assert account is not None
    assert account.standings["friends"].tier == "guide"
    come(scene, "99")
    buy(scene, 3_000, "f2", "99", at=scene.now)
    swept(scene, scene.now + WEEK)
    assert scene.available("77") == 707


def test_an_order_claimed_at_joining_counts(scene: Scene) -> None:
    document = referring()
    document["join"] = {"how": "opt_in", "retroactive_days": 2}
    scene.publish(document)
    buy(scene)
    come(scene, joined_at=NOON)
    assert referral_of(scene).state == "ordered"


def test_a_stored_program_is_as_good_as_the_written_one() -> None:
    assert check(document_of(read_program(referring()))).errors == ()


def test_the_program_of_the_order_says_what_is_offered(scene: Scene) -> None:
    come(scene)
    bare = referring()
    del bare["referral"]
    scene.publish(bare, since=NOON - 1)
    buy(scene)
    assert referral_of(scene).state == "joined"


def test_joining_by_a_code_means_nothing_where_the_program_has_no_referral(table: Table) -> None:
    scene = Scene(table)
    scene.publish()
    scene.join("77")
    come(scene)
    account = scene.account("88")
    assert account is not None
    assert account.referred == ()
