"""Rules on ``action.revoked``: given once, in whatever order it is told, by terms of the action."""

from functools import partial
from typing import Any

import pytest

from chalicelib.domain.actions import Action, action_occasion
from chalicelib.domain.event_parsing import parse_event
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.messages import Inbox
from chalicelib.domain.wording.names import names_of
from chalicelib.domain.wording.sentences import entry_sentence
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.explain_document import explain_document
from chalicelib.storage.members import inbox_key, inbox_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.table import Table
from tests.builders import NOON, Scene, unit
from tests.conservation import WatchedTable, verify_table
from tests.operations.action_scenes import MONTH, action_of, done, review_rule, reviewing, revoked
from tests.operations.action_scenes import tell as told
from tests.operations.test_two_writers import MOMENTS_MAX, all_items, at_once, interrupted
from tests.operations.verbs_of_members import merge

TWICE = {"times": 2, "window": MONTH}
SORRY: dict[str, Any] = {
    "id": "sorry",
    "on": "action.revoked",
    "give": [{"add": 3, "unit": "points"}],
    "limit": TWICE,
}
MAILED = {
    "messages": {
        "caps": {"day": 5, "week": 10, "quiet": "none"},
        "templates": {"sorry": {"text": "We took it back."}},
    }
}


def sorry(**keys: Any) -> dict[str, Any]:
    """Three points for an action that was taken back, twice a month."""
    return {**SORRY, **keys}


def publish(scene: Scene, *rules: dict[str, Any], **keys: Any) -> None:
    scene.publish(reviewing(review_rule(), *(rules or (SORRY,)), **keys))


def taken_back(scene: Scene, *names: str, **about: Any) -> None:
    """Each is told and then taken back."""
    for name in names:
        told(scene, done(name, subject=about.get("subject", name)))
        told(scene, revoked(name, scene.now))


def right(scene: Scene) -> None:
    scene.verify()
    assert audit_member(scene.table, scene.shop, scene.member()).breaks == ()


def messages(scene: Scene) -> Inbox:
    key = inbox_key(scene.shop, scene.member())
    return inbox_of(scene.table.load([key]).get(key))


def test_what_an_action_earned_goes_back_and_the_rule_gives_once(scene: Scene) -> None:
    publish(scene)
    told(scene, done())
    assert scene.available() == 10
    assert [told(scene, revoked("a1", NOON)) for _ in range(3)] == ["recorded", *["replayed"] * 2]
    assert scene.available() == 3
    assert told(scene, done()) == "replayed"
    assert [(share.rule_id, share.points) for share in action_of(scene).posted] == [("sorry", 3)]
    right(scene)


def test_one_that_is_taken_back_before_it_is_told_gives_the_same(scene: Scene) -> None:
    publish(scene, sorry(once="subject", give=[*SORRY["give"], {"message": "sorry"}]), **MAILED)
    scene.pay(1_000)
    told(scene, done("a1"))
    told(scene, revoked("a1", NOON))
    told(scene, revoked("a2", NOON))
    told(scene, done("a2", subject="p2"))
    one, other = action_of(scene, "a1"), action_of(scene, "a2")
    assert (one.posted, one.net, one.used, one.once, one.grants) == (
        other.posted, other.net, other.used, other.once, other.grants,
    )  # fmt: skip
    assert [each.name for each in messages(scene).messages] == ["sorry", "sorry"]
    assert scene.available() == 10 + 3 + 3
    right(scene)


def test_what_is_taken_back_before_it_is_told_makes_nobody_a_member(scene: Scene) -> None:
    publish(scene)
    told(scene, revoked("a1", NOON))
    told(scene, done())
    assert scene.account() is None
    assert action_of(scene).reason == "action_revoked"


def test_conditions_ask_about_the_action_itself(scene: Scene) -> None:
    publish(scene, sorry(**{"if": {"action.name": "review.approved", "action.words": {"gte": 5}}}))
    told(scene, done("a1", words=4))
    told(scene, done("a2", words=5, subject="p2"))
    told(scene, done("a3", words=9, action="idea"))
    for name in ("a1", "a2", "a3"):
        told(scene, revoked(name, NOON))
    assert scene.available() == 3
    assert action_of(scene, "a1").trace[0].code == "condition_unmet"


def test_a_renewal_that_is_revoked_is_one_too(scene: Scene) -> None:
    publish(scene, sorry(**{"if": {"action.name": "subscription.renewed"}}))
    scene.pay(1_000)
    told(scene, done("r1", action="subscription.renewed", subject="s1"))
    told(scene, revoked("r1", NOON))
    assert scene.available() == 10 + 3


def test_limits_count_in_the_window_of_the_action(scene: Scene) -> None:
    publish(scene)
    taken_back(scene, "a1", "a2", "a3")
    assert scene.available() == 2 * 3
    assert "cap_reached" in {row.code for row in action_of(scene, "a3").trace}
    told(scene, done("a4", at=scene.now, subject="p4"))
    scene.now += 40 * DAY_MS
    told(scene, revoked("a4", scene.now))
    assert scene.available() == 2 * 3  # the month of a4 is full, whenever it goes
    taken_back(scene, "a5")
    assert scene.available() == 3 * 3
    right(scene)


def test_of_the_shops_own_limit_as_much_is_given_as_is_there(scene: Scene) -> None:
    publish(scene, sorry(limit={**TWICE, "times": 1, "scope": "shop"}))
    told(scene, done("a1"))
    told(scene, done("b1", customer="88"))
    told(scene, revoked("a1", NOON))
    told(scene, revoked("b1", NOON))
    assert (scene.available(), scene.available("88")) == (3, 0)
    assert "budget_spent" in {row.code for row in action_of(scene, "b1", "88").trace}


@pytest.mark.parametrize("once", ["subject", {"by": "action.country"}])
def test_once_for_a_subject_is_once_whichever_action_is_taken_back(scene: Scene, once: Any) -> None:
    publish(scene, sorry(once=once))
    for name, country in (("a1", "HU"), ("a2", "HU"), ("a3", "IR")):
        told(scene, done(name, subject=country, country=country))
    for name in ("a2", "a1", "a3"):
        told(scene, revoked(name, NOON))
    assert [bool(action_of(scene, name).posted) for name in ("a1", "a2", "a3")] == [
        False, True, True,
    ]  # fmt: skip
    right(scene)


def test_a_merge_takes_back_what_both_were_given_once(scene: Scene) -> None:
    publish(scene, sorry(once="member"))
    for name, customer in (("a1", "77"), ("b1", "88")):
        told(scene, done(name, customer=customer))
        told(scene, revoked(name, NOON))
    assert (scene.available(), scene.available("88")) == (3, 3)
    merge(scene)
    assert scene.available() == 3
    right(scene)


def test_who_was_forgotten_is_given_nothing(scene: Scene) -> None:
    publish(scene)
    told(scene, done())
    command = EraseCommand(scene.shop, scene.member(), "staff", scene.now)
    erase_member(scene.table, command)
    told(scene, revoked("a1", NOON))
    assert action_of(scene).posted == ()


@pytest.mark.parametrize("later", [20, 40])
@pytest.mark.parametrize("negative", ["allow", "clamp"])
def test_what_it_gives_lives_from_when_it_was_taken_back(
    scene: Scene, later: int, negative: str
) -> None:
    publish(scene, units=unit(expiry={"after": "P30D"}, negative=negative))
    told(scene, done("a1"))
    scene.now += later * DAY_MS
    told(scene, revoked("a1", scene.now))
    assert scene.available() == 3
    scene.now += 29 * DAY_MS
    assert scene.available() == 3
    right(scene)
    scene.now += DAY_MS
    assert scene.available() == 0
    assert told(scene, revoked("a1", scene.now)) == "replayed"
    right(scene)


def test_the_member_is_told_however_old_the_action_is(scene: Scene) -> None:
    publish(scene, sorry(give=[{"message": "sorry"}]), **MAILED)
    told(scene, done(at=NOON))
    scene.now += 30 * DAY_MS
    told(scene, revoked("a1", scene.now))
    assert [each.name for each in messages(scene).messages] == ["sorry"]
    told(scene, done("a2", at=NOON, subject="p2"))
    told(scene, revoked("a2", NOON + DAY_MS))  # taken back long ago, told today
    assert len(messages(scene).messages) == 1


def test_a_badge_and_a_draw_are_given_as_by_any_action(scene: Scene) -> None:
    certain = {"chance": [{"weight": 1, "give": [{"add": 7, "unit": "points"}]},
                          {"weight": 1, "give": [{"add": 7, "unit": "points"}]}]}  # fmt: skip
    badges = [{"id": "patient", "name": "Patient"}]
    rules = (sorry(give=[{"badge": "patient"}]), sorry(id="draw", give=[certain]))
    publish(scene, *rules, badges=badges)
    taken_back(scene, "a1")
    assert [grant.name for grant in action_of(scene).grants] == ["patient"]
    assert scene.available() == 7
    right(scene)


def test_a_tier_that_the_action_reached_goes_with_it_and_its_entry_too(scene: Scene) -> None:
    tiers = [
        {"id": "base", "name": "Base", "at": 0},
        {"id": "gold", "name": "Gold", "at": 8, "entry": [{"add": 50, "unit": "points"}]},
    ]
    groups = [{"id": "club", "by": "points", "unit": "points", "tiers": tiers}]
    publish(scene, tier_groups=groups)
    told(scene, done())
    assert scene.available() == 60
    told(scene, revoked("a1", NOON))
    assert scene.available() == 3
    right(scene)


def test_what_members_report_themselves_gives_nothing_when_it_goes(scene: Scene) -> None:
    publish(scene, review_rule(id="walk", on="action.walk", self_reported=True), SORRY)
    event = done("w1", action="walk")
    own = type(event)(**{**{key: getattr(event, key) for key in event.__struct_fields__},
                         "is_self_reported": True})  # fmt: skip
    told(scene, own)
    assert scene.available() == 10
    told(scene, revoked("w1", NOON))
    assert scene.available() == 0
    assert action_of(scene, "w1").trace[0].code == "self_reported"


def test_no_action_may_be_called_so(scene: Scene) -> None:
    wire = {"type": "action.completed", "id": "a", "customer_id": "77", "action": "revoked"}
    (problem,) = parse_event(wire, NOON)  # type: ignore[misc]  # problems, as the next line says
    assert (problem.path, problem.code) == ("$.action", "name_taken")
    assert not isinstance(parse_event({**wire, "action": "revoked.x"}, NOON), tuple)


def test_one_that_was_called_so_before_leaves_nothing() -> None:
    gone = Action("main:a", "m", "revoked", "", NOON, NOON, revoked_at=NOON)
    assert action_occasion(gone, "action_revoked").trigger == ""
    assert action_occasion(gone, "").trigger == "action.revoked"


def test_an_action_of_ours_is_never_one() -> None:
    ours = Action("-:tier.entered-x-m", "m", "tier.entered", "", NOON, NOON, revoked_at=NOON)
    assert action_occasion(ours, "action_revoked").trigger == ""


@pytest.mark.parametrize(
    ("give", "expected"),
    [
        ({"add": 30, "unit": "points"}, "Taking back the action review approved earned 30 points"),
        ({"badge": "patient"}, "Taking back the action review approved gave the badge Patient."),
    ],
)
def test_staff_read_what_taking_it_back_gave(scene: Scene, give: Any, expected: str) -> None:
    publish(scene, sorry(give=[give]), badges=[{"id": "patient", "name": "Patient"}])
    taken_back(scene, "a1")
    named = "action:main:a1", "en"
    answer: Any = explain_document(scene.table, scene.shop, scene.member(), named, NOON)
    assert answer.sentence.startswith(expected)


def test_members_read_what_they_earned_by_it(scene: Scene) -> None:
    publish(scene, sorry(name="Sorry", give=[{"add": 30, "unit": "points"}]))
    scene.pay(1_000)
    told(scene, revoked("a1", NOON))
    told(scene, done())
    last = scene.journal()[-1]
    assert (last.points, last.explanation[0].code) == (30, "action_revoked")
    names = names_of(program_of(scene.table, scene.shop, 1).program, "en")
    assert entry_sentence(last, names, "en") == "Earned by Sorry"


# ---------------------------------------------------------------- two writers

ONE = {"times": 1, "window": MONTH}
RACES: dict[str, tuple[tuple[Any, ...], int]] = {
    "the last of a limit": ((revoked("a1", NOON), revoked("a2", NOON)), 3),
    "the same one": ((revoked("a1", NOON), revoked("a1", NOON)), 10 + 3),
    "told and taken back": ((done("a3", at=NOON, subject="p3"), revoked("a3", NOON)), 20 + 3),
    "taken back and told": ((revoked("a3", NOON), done("a3", at=NOON, subject="p3")), 20 + 3),
    "another action": ((revoked("a1", NOON), done("a3", at=NOON, subject="p3")), 20 + 3),
}
"""Of each two events, and what is available after both: two reviews stand before."""


def opened(table: Table) -> Scene:
    scene = Scene(table)
    publish(scene, sorry(limit=ONE))
    for name in ("a1", "a2"):
        assert told(scene, done(name, subject=name)) == "recorded"
    return scene


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", RACES)
def test_it_gives_once_at_every_moment_of_another_writer(name: str, backwards: bool) -> None:
    start = WatchedTable()
    opened(start)
    (first, second), available = RACES[name]
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        scene = Scene(table)
        ran = interrupted(table, moment, partial(told, scene, second), backwards)
        told(scene, first)
        if not ran:
            return
        assert scene.available() == available, moment
        verify_table(table.items())
    raise AssertionError("more moments than were tried")


@pytest.mark.parametrize("name", RACES)
def test_threads_that_take_back_at_once_lose_and_double_nothing(
    name: str, raced_table: Table
) -> None:
    scene = opened(raced_table)
    (first, second), available = RACES[name]
    at_once([partial(told, scene, each) for each in (first, second) * 4])
    assert scene.available() == available
    verify_table(all_items(raced_table))
