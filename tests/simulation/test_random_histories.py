"""Proof 2: random histories with faults everywhere; invariants and a judge after every step.

A failing seed is in the failure's own words; see it again with
``lived(seed, steps, next_step)``, and give it a test of its own in ``test_found_once``.
"""

from collections import Counter
from functools import cache

import pytest

from tests.simulation.conftest import Counted
from tests.simulation.dice import Dice
from tests.simulation.happenings import next_step
from tests.simulation.histories import lived
from tests.simulation.openings import opening

QUICK, FULL, PARTS = 300, 5_000, 4
FAULTS_MIN = 25_000


def steps_of(seed: str) -> int:
    return 4 + Dice(f"length of {seed}").below(16)


def proven(name: str, numbers: range, counted: Counted) -> int:
    told: Counter[str] = Counter()
    openings = cache(opening)  # of this run alone: no other test's, and no mutant's
    for number in numbers:
        seed = f"{name}-{number}"
        history = lived(seed, steps_of(seed), next_step, openings)
        told.update(faults=history.faults, steps=history.steps)
    counted("2 random histories", histories=len(numbers), **told, wrong_books=0)
    return told["faults"]


def test_no_random_history_breaks_the_books(counted: Counted) -> None:
    assert proven("gate", range(QUICK), counted) > QUICK


def test_the_same_seed_has_the_same_trace() -> None:
    for seed in ("gate-1", "gate-2"):
        first, again = (lived(seed, 20, next_step) for _ in range(2))
        assert (first.trace, first.faults) == (again.trace, again.faults)
        assert first.scene.table.items() == again.scene.table.items()  # type: ignore[attr-defined]


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_no_random_history_of_thousands_breaks_the_books(part: int, counted: Counted) -> None:
    assert proven("soak", range(part, FULL, PARTS), counted) >= FAULTS_MIN // PARTS
