"""Meetings for trees: what members do gives to a cause, once, with a counter that all can see."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.operations.explain_document import explain_document
from chalicelib.operations.view_causes import view_causes
from tests.builders import NOON, Scene, program, recorded
from tests.conservation import WatchedTable, verify_table
from tests.operations.action_scenes import action_of, done, revoked, tell
from tests.operations.audited import audited, breaks_of, item_at, put
from tests.operations.moments import at_every_moment
from tests.operations.test_causes import FOREST, HELLO, counted, settle
from tests.operations.verbs_of_members import merge

EXAMPLE = Path(__file__).parents[2] / "examples" / "programs" / "whereby.json"
PROGRAM = json.loads(EXAMPLE.read_text(encoding="utf-8"))


@pytest.fixture
def service() -> Scene:
    scene = Scene(WatchedTable())
    scene.publish(PROGRAM)
    return scene


def met(scene: Scene, number: int, customer: str = "77", **told: Any) -> str:
    """A meeting of three people."""
    told = {"people": 3, "minutes": 25, **told}
    subject = told.pop("subject", f"meeting-{number}")
    event = done(f"m{number}", customer, action="meeting.held", subject=subject, **told)
    return tell(scene, event)


def sound(scene: Scene) -> None:
    verify_table(scene.table.items())  # type: ignore[attr-defined]


def test_each_meeting_plants_a_tree_whoever_tells_of_it_again(service: Scene) -> None:
    for number in (1, 2, 2):
        met(service, number)
    met(service, 3, subject="meeting-1")
    met(service, 4, people=1)
    met(service, 5, minutes=4)
    assert counted(service) == 2
    sound(service)


def test_a_member_without_points_is_a_member_all_the_same(service: Scene) -> None:
    assert met(service, 1) == "recorded"
    account = service.account()
    assert account is not None
    assert account.units == {}
    assert action_of(service, "m1").posted == ()


def test_five_meetings_a_day_count_and_the_sixth_says_why_not(service: Scene) -> None:
    for number in range(6):
        met(service, number)
    assert counted(service) == 5
    assert [row.code for row in action_of(service, "m5").trace] == ["cap_spent"]
    service.now += DAY_MS
    met(service, 6)
    assert counted(service) == 6


def test_a_meeting_that_was_none_takes_its_tree_back_once(service: Scene) -> None:
    met(service, 1)
    met(service, 2)
    for _ in range(2):
        tell(service, revoked("m1", NOON))
    assert counted(service) == 1
    met(service, 3, subject="meeting-1")
    assert counted(service) == 2
    sound(service)


def test_a_tree_that_stands_in_the_forest_stays(service: Scene) -> None:
    met(service, 1)
    recorded(settle(service, 1))
    tell(service, revoked("m1", NOON))
    (line,) = action_of(service, "m1").grants
    assert (line.state, line.amount, line.kept) == ("revoked", 0, 1)
    assert counted(service) == 1
    sound(service)


def test_everybody_sees_the_counter_and_the_member_what_they_gave(service: Scene) -> None:
    met(service, 1)
    seen: Any = view_causes(service.table, service.shop, service.now)
    assert [(cause.id, given.whole) for cause, given in seen.causes] == [("forest", 1)]
    said: Any = explain_document(
        service.table, service.shop, service.member(), ("action:main:m1", "en"), service.now
    )
    assert said.sentence == "The action meeting held gave 1 for Trees planted."


def test_points_and_a_gift_of_one_action_are_told_together(service: Scene) -> None:
    both = {**PROGRAM["earn"][0], "give": [*PROGRAM["earn"][0]["give"], {"add": 3, "unit": "p"}]}
    name = {"one": "point", "other": "points"}
    units = {"p": {"name": name, "pending": "none", "expiry": "never"}}
    service.publish({**PROGRAM, "earn": [both], "units": units}, since=NOON - DAY_MS)
    met(service, 1)
    said: Any = explain_document(
        service.table, service.shop, service.member(), ("action:main:m1", "en"), service.now
    )
    assert said.sentence.endswith("It also gave 1 for Trees planted.")
    assert service.balance(unit="p").available == 3


def test_the_nightly_audit_counts_what_actions_gave(service: Scene) -> None:
    met(service, 1)
    met(service, 2)
    assert breaks_of(audited(service.table.copy())) == ()  # type: ignore[attr-defined]
    tampered = service.table.copy()  # type: ignore[attr-defined]
    put(tampered, shard := item_at(tampered, "#G#forest", ""), n=int(str(shard["n"])) + 1)
    assert [each.invariant for each in breaks_of(audited(tampered))] == ["I9"]


def test_joining_by_an_action_gives_to_a_cause_too() -> None:
    scene = Scene(WatchedTable())
    points = {"add": 5, "unit": "points"}
    quiz = {"id": "quiz", "on": "action.quiz", "once": "member", "give": [points]}
    scene.publish(program(causes=[FOREST], earn=[HELLO, quiz]))
    tell(scene, done("q1", action="quiz"))
    assert counted(scene) == 1
    sound(scene)


def test_a_merge_of_two_who_had_a_gift_once_takes_one_back() -> None:
    scene = Scene(WatchedTable())
    quiz = {**PROGRAM["earn"][0], "once": "member", "if": {"action.subject": "s"}}
    scene.publish({**PROGRAM, "earn": [quiz]})
    for number, customer in ((1, "77"), (2, "88")):
        met(scene, number, customer, subject="s")
    assert counted(scene) == 2
    for _ in range(2):
        recorded(merge(scene))
    assert counted(scene) == 1
    sound(scene)


Act = Callable[[Scene], Any]
RIVALS: dict[str, Act] = {
    "itself": partial(met, number=1),
    "another meeting": partial(met, number=2),
    "its end": lambda scene: tell(scene, revoked("m1", NOON)),
    "a settlement": lambda scene: settle(scene, 1),
}


@pytest.mark.parametrize("name", RIVALS)
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("is_told", [False, True])
def test_a_second_writer_at_every_moment_of_a_meeting(
    name: str, backwards: bool, is_told: bool
) -> None:
    start = WatchedTable()
    made = Scene(start)
    made.publish(PROGRAM)
    met(made, 0)
    if is_told:
        met(made, 1)

    def mine(scene: Scene) -> Any:
        return tell(scene, revoked("m1", NOON)) if is_told else met(scene, 1)

    assert sum(1 for _ in at_every_moment(start, mine, RIVALS[name], backwards)) > 3
