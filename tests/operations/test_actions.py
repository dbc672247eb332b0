"""Actions: told once, paid once, taken back whole, and kept for ever."""

from typing import Any

import pytest

from chalicelib.domain.events import OrderStatus
from chalicelib.domain.instants import DAY_MS, MINUTE_MS
from chalicelib.domain.member import Profile
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.explain_document import explain_document
from chalicelib.operations.merge_members import MergeCommand, merge_members
from tests.builders import NOON, Scene, recorded
from tests.operations.action_scenes import (
    action_of,
    done,
    facts,
    review_rule,
    reviewing,
    revoked,
    tell,
)

ONCE_EACH = review_rule(once="subject")
BY_COUNTRY = review_rule(
    id="country", on="action.coffee.tried", once={"by": "action.country"}
)  # fmt: skip


def audited(scene: Scene, *customers: str) -> None:
    for customer in customers or ("77",):
        scene.verify(customer)
        assert audit_member(scene.table, scene.shop, scene.member(customer)).breaks == ()


def test_an_action_is_paid_once_however_often_it_is_told(scene: Scene) -> None:
    scene.publish(reviewing())
    assert [tell(scene, done()) for _ in range(3)] == ["recorded", "replayed", "replayed"]
    assert scene.available() == 10
    assert [entry.document for entry in scene.journal()] == ["action:main:a1"]
    audited(scene)


def test_an_id_names_one_action_of_one_customer(scene: Scene) -> None:
    scene.publish(reviewing())
    tell(scene, done())
    assert tell(scene, done(words=5)) == "same_key_other_request"
    assert tell(scene, done(customer="78")) == "same_key_other_request"
    assert scene.account("78") is None
    assert scene.available() == 10


def test_a_time_that_nobody_told_is_no_other_content(scene: Scene) -> None:
    scene.publish(reviewing())
    assert tell(scene, done()) == "recorded"
    scene.now += DAY_MS
    assert tell(scene, done()) == "replayed"
    assert tell(scene, done(at=scene.now)) == "same_key_other_request"


def test_an_action_of_the_future_is_refused(scene: Scene) -> None:
    scene.publish(reviewing())
    assert tell(scene, done(at=NOON + 6 * MINUTE_MS)) == "value_invalid"
    assert tell(scene, done(at=NOON + 4 * MINUTE_MS)) == "recorded"


def test_what_no_rule_rewards_is_kept_and_makes_nobody_a_member(scene: Scene) -> None:
    scene.publish(reviewing())
    assert tell(scene, done(action="photo.shared")) == "recorded"
    assert scene.account() is None
    assert action_of(scene).name == "photo.shared"
    assert tell(scene, done(action="photo.shared")) == "replayed"


def test_before_there_is_a_program_an_action_is_kept_alone(scene: Scene) -> None:
    scene.publish(reviewing(), since=NOON)
    assert tell(scene, done(at=NOON - 3 * DAY_MS)) == "recorded"
    assert action_of(scene).reason == "before_program"
    assert scene.account() is None


def test_who_did_not_opt_in_earns_nothing(scene: Scene) -> None:
    scene.publish(reviewing(join={"how": "opt_in"}))
    tell(scene, done())
    assert action_of(scene).reason == "not_a_member"
    scene.join()
    tell(scene, done("a2", at=NOON - 3 * DAY_MS))
    assert action_of(scene, "a2").reason == "before_joining"
    tell(scene, done("a3"))
    assert scene.available() == 10


def test_the_first_action_that_earns_makes_a_member_who_is_welcomed(scene: Scene) -> None:
    hello = {"id": "hello", "on": "member.joined", "give": [{"add": 5, "unit": "points"}]}
    scene.publish(reviewing(review_rule(), hello))
    tell(scene, done())
    assert scene.available() == 15
    audited(scene)


def test_a_limit_says_what_an_action_earns(scene: Scene) -> None:
    scene.publish(reviewing())
    for number in range(7):
        assert tell(scene, done(f"a{number}", subject=f"p{number}")) == "recorded"
    assert scene.available() == 50
    assert action_of(scene, "a6").posted == ()
    audited(scene)


def test_once_for_a_subject(scene: Scene) -> None:
    scene.publish(reviewing(ONCE_EACH))
    for number, subject in enumerate(("p1", "p1", "p2")):
        tell(scene, done(f"a{number}", subject=subject))
    assert scene.available() == 20
    assert [row.code for row in action_of(scene, "a1").trace] == ["already_given"]
    audited(scene)


def test_once_for_each_value_of_a_field(scene: Scene) -> None:
    scene.publish(reviewing(BY_COUNTRY))
    for number, country in enumerate(("PE", "ET", "PE")):
        tell(scene, done(f"a{number}", action="coffee.tried", country=country))
    assert scene.available() == 20


def test_what_is_taken_back_nets_to_nothing_and_frees_its_place(scene: Scene) -> None:
    scene.publish(reviewing(ONCE_EACH))
    tell(scene, done())
    assert tell(scene, revoked("a1", NOON)) == "recorded"
    assert tell(scene, revoked("a1", NOON)) == "replayed"
    assert scene.available() == 0
    assert action_of(scene).once == ()
    tell(scene, done("a2"))
    assert scene.available() == 10
    audited(scene)


def test_taking_back_goes_by_the_terms_of_the_award(scene: Scene) -> None:
    scene.publish(reviewing())
    tell(scene, done())
    scene.publish(reviewing(review_rule(give=[{"add": 99, "unit": "points"}])), since=NOON)
    tell(scene, revoked("a1", NOON))
    assert scene.available() == 0
    audited(scene)


def test_room_that_is_given_back_serves_later_actions(scene: Scene) -> None:
    scene.publish(reviewing(review_rule(limit={"times": 1, "window": {"calendar": "month"}})))
    tell(scene, done("a1"))
    tell(scene, revoked("a1", NOON))
    tell(scene, done("a2"))
    assert scene.available() == 10


def test_taken_back_before_it_is_told_it_earns_nothing(scene: Scene) -> None:
    scene.publish(reviewing())
    assert tell(scene, revoked("a1", NOON)) == "recorded"
    assert tell(scene, revoked("a1", NOON)) == "recorded"
    assert tell(scene, done()) == "recorded"
    assert (action_of(scene).reason, scene.account()) == ("action_revoked", None)
    assert tell(scene, revoked("a1", NOON)) == "replayed"


def test_what_earned_nothing_can_be_taken_back(scene: Scene) -> None:
    scene.publish(reviewing(join={"how": "opt_in"}))
    tell(scene, done())
    assert tell(scene, revoked("a1", NOON)) == "recorded"
    assert action_of(scene).reason == "action_revoked"


def test_an_action_counts_as_activity(scene: Scene) -> None:
    units = {"points": {"name": {"other": "points"}, "pending": "none", "expiry": {"idle": "P2M"}}}
    scene.publish(reviewing(units=units))
    tell(scene, done())
    scene.now += 50 * DAY_MS
    tell(scene, done("a2"))
    scene.now += 50 * DAY_MS
    assert scene.available() == 20


def test_status_points_of_actions_move_a_tier_and_back(scene: Scene) -> None:
    units = {
        "points": {"name": {"other": "points"}, "pending": "none", "expiry": "never"},
        "karma": {"name": {"other": "karma"}, "kind": "status"},
    }
    ladder = {
        "id": "club",
        "by": "points",
        "unit": "karma",
        "tiers": [
            {"id": "new", "name": "New", "at": 0},
            {"id": "star", "name": "Star", "at": 10, "entry": [{"unit": "points", "add": 3}]},
        ],
    }
    give = [{"add": 10, "unit": "karma"}]
    scene.publish(reviewing(review_rule(give=give), units=units, tier_groups=[ladder]))
    tell(scene, done())
    assert (scene.tier(), scene.available()) == ("star", 3)
    tell(scene, revoked("a1", NOON))
    assert (scene.tier(), scene.available()) == ("new", 0)
    audited(scene)


def test_conditions_see_the_profile_and_the_facts(scene: Scene) -> None:
    for_vips = review_rule(**{"if": {"facts.vip": True, "member.country": "HU"}})
    scene.publish(reviewing(for_vips))
    scene.join(country="HU")
    tell(scene, done("a1"))
    assert scene.available() == 0
    assert tell(scene, facts(NOON, vip=True)) == "recorded"
    tell(scene, done("a2"))
    assert scene.available() == 10
    terms = action_of(scene, "a2").terms
    assert terms is not None
    assert terms.facts.facts == {"vip": True}


def test_orders_see_facts_as_they_were(scene: Scene) -> None:
    more = {
        "id": "vip",
        "on": "order.paid",
        "if": {"facts.level": {"gte": 2}},
        "give": [{"add": 7, "unit": "points"}],
    }
    scene.publish(reviewing(more))
    scene.pay(1000, "o1")
    tell(scene, facts(NOON, level=2))
    scene.pay(1000, "o2")
    assert scene.available() == 27
    tell(scene, facts(NOON + 1, level=1))
    assert recorded(scene.pay(1000, "o2")).revision == 1
    assert scene.available() == 27


def test_of_each_fact_the_newest_counts(scene: Scene) -> None:
    scene.publish(reviewing())
    scene.join()
    assert tell(scene, facts(NOON, vip=True, level=1)) == "recorded"
    assert tell(scene, facts(NOON - 1, vip=False)) == "replayed"
    assert tell(scene, facts(NOON, vip=True)) == "replayed"
    assert tell(scene, facts(NOON + 1, vip=None)) == "recorded"
    assert tell(scene, facts(NOON + 1, vip=None)) == "replayed"


@pytest.mark.parametrize("odd", [{"age": 5}, {"vip": 1}, {"level": "x"}, {"level": True}])
def test_facts_are_as_the_program_declares_them(scene: Scene, odd: dict[str, Any]) -> None:
    scene.publish(reviewing())
    scene.join()
    assert tell(scene, facts(NOON, **odd)) == "value_invalid"


def test_facts_make_nobody_a_member(scene: Scene) -> None:
    assert tell(scene, facts(NOON, vip=True)) == "ignored"
    scene.publish(reviewing())
    assert tell(scene, facts(NOON, vip=True)) == "ignored"


def test_orders_are_given_once_for_a_value_of_theirs(scene: Scene) -> None:
    once = {
        "id": "channel",
        "on": "order.paid",
        "once": {"by": "order.channel"},
        "give": [{"add": 7, "unit": "points"}],
    }
    scene.publish(reviewing(once))
    for order, channel in (("o1", "web"), ("o2", "web"), ("o3", "pos")):
        scene.pay(1000, order, channel=channel)
    assert scene.available() == 30 + 14
    scene.pay(1000, "o1", channel="web", status=OrderStatus.CANCELLED, version=NOON + 1)
    scene.pay(1000, "o4", channel="web")
    assert scene.available() == 30 + 14
    audited(scene)


# ---------------------------------------------------------------- people who change


def test_merged_members_keep_one_of_what_is_given_once(scene: Scene) -> None:
    scene.publish(reviewing(review_rule(once="member")))
    tell(scene, done("a1", "77"))
    tell(scene, done("a2", "78"))
    merge = MergeCommand(
        scene.shop, scene.member("78"), scene.member("77"), "shop", NOON, NOON, Profile("77")
    )
    recorded(merge_members(scene.table, merge))
    assert scene.available("77") == 10
    assert tell(scene, done("a2", "78")) == "replayed"
    assert tell(scene, revoked("a1", NOON)) == "recorded"
    assert scene.available("77") == 0
    audited(scene, "77")


def test_erasure_takes_what_was_told_away_and_the_books_stay(scene: Scene) -> None:
    scene.publish(reviewing())
    tell(scene, done(words=5))
    erased = erase_member(scene.table, EraseCommand(scene.shop, scene.member(), "shop", NOON))
    recorded(erased)
    assert (action_of(scene).properties, action_of(scene).request_hash) == ({}, "")
    assert tell(scene, done(words=5)) == "replayed"
    assert tell(scene, done("a2")) == "recorded"
    assert action_of(scene, "a2").reason == "not_a_member"
    audited(scene)


def test_staff_read_why_an_action_earned_or_not(scene: Scene) -> None:
    scene.publish(reviewing(review_rule(name="Reviews", once="subject")))
    for number in (1, 2):
        tell(scene, done(f"a{number}"))
    tell(scene, revoked("a1", NOON))
    sentences = []
    for number in (1, 2):
        name = f"action:main:a{number}"
        told = explain_document(scene.table, scene.shop, scene.member(), (name, "en"), NOON)
        sentences.append(told.sentence if hasattr(told, "sentence") else told.code)
    assert sentences == [
        "The action review approved earned nothing because it was taken back.",
        (
            "The action review approved earned nothing. "
            "Rule Reviews was given before, and is given only once."
        ),
    ]
