"""Actions in the proofs: told, told at once, taken back, and won once by two who are merged."""

from typing import Any

from chalicelib.operations.record_event import record_event
from tests.builders import NOON, Scene
from tests.operations.action_scenes import done, review_rule, revoked
from tests.simulation.interleaving import Request
from tests.simulation.member_acts import merge
from tests.simulation.member_verbs import two
from tests.simulation.rivals import Meeting, earning
from tests.simulation.verbs import Verb, funded
from tests.simulation.worlds import plain

QUIZ = {
    "id": "quiz",
    "on": "action.quiz.done",
    "once": "member",
    "give": [{"add": 15, "unit": "points"}],
}


def acting() -> dict[str, Any]:
    """The plain program, with five reviews a month and a quiz once."""
    return {**plain(), "earn": [*plain()["earn"], review_rule(), QUIZ]}


def telling(event: Any) -> Request:
    """The shop tells of ``event``; a no is an answer, too."""

    def told(scene: Scene) -> Any:
        result = record_event(scene.table, scene.shop, event, (scene.now, scene.now))
        return result.refusal or result

    return told


def reviewing(name: str) -> Request:
    return telling(done(name, at=NOON))


def _quiz(name: str, customer: str) -> Request:
    return telling(done(name, customer, NOON, action="quiz.done"))


def _four_told(scene: Scene) -> None:
    funded(scene)
    for number in range(4):
        reviewing(f"r{number}")(scene)


def _told(scene: Scene) -> None:
    funded(scene)
    reviewing("a1")(scene)


def _both_won(scene: Scene) -> None:
    two(scene)
    _quiz("q1", "77")(scene)
    _quiz("q2", "88")(scene)


OF_FRIEND = done("a1", "88", NOON)
BACK = telling(revoked("a1", NOON + 1))
ACTION_VERBS = (
    Verb("action", reviewing("a1"), funded, acting),
    Verb("action of nobody yet", reviewing("a1"), world=acting),
    Verb("action that wins once", _quiz("q1", "77"), funded, acting),
    Verb("action taken back", BACK, _told, acting),
    Verb("action taken back before it was told", BACK, funded, acting),
    Verb("merge of who both won once", merge, _both_won, acting),
)
ACTION_MEETINGS = (
    Meeting("one action twice", (reviewing("a1"), reviewing("a1")), funded, acting),
    Meeting("one id, two customers", (reviewing("a1"), telling(OF_FRIEND)), two, acting),
    Meeting("two actions, one counts", (reviewing("a1"), reviewing("a2")), _four_told, acting),
    Meeting("action and its end", (reviewing("a1"), BACK), funded, acting),
    Meeting("one end of an action twice", (BACK, BACK), _told, acting),
    Meeting("end of an action and order", (BACK, earning("1")), _told, acting),
    Meeting("two quizzes, one wins", (_quiz("q1", "77"), _quiz("q2", "77")), funded, acting),
)
DRAWN_OF_ACTIONS = (
    Meeting("merge and order, both won once", (merge, earning("1")), _both_won, acting),
)
