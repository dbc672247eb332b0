"""Proof 3: standing wrong versions of the ledger, each of which the suite must see."""

import pytest

from tests.simulation.all_mutants import MUTANTS, MUTANTS_BY_NAME
from tests.simulation.conftest import Counted
from tests.simulation.killers import KILLERS

QUICK = (
    "two calls instead of one transaction",
    "silence taken for success",
    "check, then act",
    "no second look before a refusal",
    "stock by a bare ADD",
    "an undo done again",
    "expiry without an entry",
    "owing where nobody may owe",
    "a hold released twice",
    "a gift one-sided",
    "a merge counted twice",
    "once twice by a merge",
    "a pool one-sided",
    "a code returned twice",
    "a budget without its ceiling",
    "room given back still granted",
    "expiry a millisecond late",
    "a code's first partner",
    "two months at once",
    "the first delivery of a version kept",
)
INVARIANTS = ("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10")


def seen(name: str) -> str:
    with MUTANTS_BY_NAME[name].alive():
        return KILLERS[name]()


@pytest.mark.parametrize("name", QUICK)
def test_a_wrong_version_is_seen(name: str) -> None:
    assert seen(name)


@pytest.mark.soak
def test_every_wrong_version_is_seen_and_every_invariant_is_broken_by_one(counted: Counted) -> None:
    said = {mutant.name: seen(mutant.name) for mutant in MUTANTS}
    survivors = [name for name, words in said.items() if not words]
    broken = {name for name in INVARIANTS if any(f"{name}:" in words for words in said.values())}
    counted("3 mutants", mutants=len(said), survivors=len(survivors), invariants_broken=len(broken))
    assert survivors == []
    assert broken == set(INVARIANTS)


@pytest.mark.soak
def test_the_true_ledger_is_seen_by_none() -> None:
    """Else a mutant would be killed by something that is always so."""
    assert {name: kill() for name, kill in KILLERS.items()} == dict.fromkeys(KILLERS, "")


def test_every_wrong_version_has_its_killer() -> None:
    assert {mutant.name for mutant in MUTANTS} == set(KILLERS)
    assert len(MUTANTS) >= 8


@pytest.mark.parametrize("name", sorted(MUTANTS_BY_NAME))
def test_every_wrong_version_still_changes_what_is_there(name: str) -> None:
    with MUTANTS_BY_NAME[name].alive():
        pass
