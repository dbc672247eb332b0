"""Decisions about actions that no event comes to: what was never told, and what is settled."""

from typing import Any

import pytest

from chalicelib.domain.action_decision import (
    ActionLoad,
    asked_action,
    decide_action,
    decide_revoke,
)
from chalicelib.domain.decision import Decision
from chalicelib.domain.events import ActionCompleted
from chalicelib.domain.member import Account
from chalicelib.domain.member_books import LoadedMember
from chalicelib.domain.outcome import InvariantBroken
from tests.domain.program.builders import NOON, add, compiled

ASKED = asked_action(ActionCompleted("e1", NOON, "main", "review", "kim"), "kim", NOON)
PAYING = {
    "id": "a",
    "on": "action.review",
    "give": [add(10)],
    "limit": {"times": 5, "window": "lifetime"},
}
REVIEWS = compiled(earn=[PAYING])


def loaded(**more: Any) -> ActionLoad:
    owner = LoadedMember("kim", Account(1))
    plain: dict[str, Any] = {"document": None, "place": None, "owner": owner, "program": REVIEWS}
    return ActionLoad("tea", **{**plain, **more})


def reason(**more: Any) -> str:
    outcome = decide_action(ASKED, loaded(**more), NOON)
    assert isinstance(outcome, Decision)
    return outcome.document.reason  # type: ignore[union-attr]  # an action's


def test_what_was_never_told_is_not_taken_back() -> None:
    with pytest.raises(InvariantBroken):
        decide_revoke(NOON, loaded(), NOON)


def test_an_action_without_a_program_earns_nothing() -> None:
    assert reason(program=None) == "no_program"


def test_an_action_of_a_forgotten_member_earns_nothing() -> None:
    gone = LoadedMember("kim", Account(1, erased_at=NOON))
    assert reason(owner=gone) == "not_a_member"


def test_an_action_from_before_the_program_earns_nothing() -> None:
    assert reason(starts_at=NOON + 10**12) == "before_program"


def test_an_action_of_who_is_not_in_the_rollout_yet_earns_nothing() -> None:
    program = compiled(earn=[PAYING], join={"rollout": "0"})
    assert reason(program=program, owner=LoadedMember("kim", None)) == "not_in_rollout"
