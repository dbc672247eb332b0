"""Proof 1: every verb, all 8³ outcomes of its first three store calls, until it ends."""

from collections.abc import Iterable

import pytest

from tests.simulation.all_verbs import BY_NAME, VERBS
from tests.simulation.conftest import Counted
from tests.simulation.schedules import SCHEDULES, Wrong, wrong_ends
from tests.simulation.verbs import Verb

PARTS = 6
QUICK = ("first order", "refund of a code's order", "redeem of a stock", "undo", "adjust down")


def proven(verbs: Iterable[Verb], counted: Counted) -> None:
    ends: list[Wrong | None] = []
    verbs = tuple(verbs)
    for verb in verbs:
        for later in (False, True):
            ends += wrong_ends(verb, redelivered_later=later)
    wrong = [end for end in ends if end is not None]
    names = "1 fault schedules"
    counted(names, verbs=len(verbs), schedules_of_three_calls=len(ends), wrong_ends=len(wrong))
    assert wrong == []
    assert len(ends) == len(verbs) * 2 * len(SCHEDULES)


def test_there_are_eight_outcomes_of_each_of_three_calls() -> None:
    assert len(set(SCHEDULES)) == 8**3


def test_no_schedule_of_faults_changes_what_a_verb_comes_to(counted: Counted) -> None:
    proven((BY_NAME[name] for name in QUICK), counted)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_no_schedule_of_faults_changes_what_any_verb_comes_to(part: int, counted: Counted) -> None:
    proven(VERBS[part::PARTS], counted)
