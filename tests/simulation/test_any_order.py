"""Proof 5: every permutation of one order's five deliveries, each twice, ends in one state."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest

from tests.simulation.all_worlds import WORLDS
from tests.simulation.any_order import SECOND, STORIES, walked
from tests.simulation.conftest import Counted
from tests.simulation.latest_worlds import opening_doors
from tests.simulation.worlds import foreign, pending, sparing

PERMUTATIONS = 113_400  # 10! / 2^5


ALL_WORLDS: Mapping[str, Callable[[], dict[str, Any]]] = {
    **WORLDS,
    "sparing": sparing,
    "foreign": foreign,
    "doors": partial(opening_doors, 2),  # wide open: the customer of the story is to be let in
}
WALKED_WHOLE = ("plain", "pending", "rich", "clamped", "sparing", "foreign")
"""Both stories, with and without a code; of the others one order can tell little."""


def proven(cases: list[tuple[str, bool, int, str]], counted: Counted) -> None:
    sequences = deliveries = 0
    for world, with_code, spacing, story in cases:
        told, made, broken = walked(
            ALL_WORLDS[world](), with_code=with_code, spacing=spacing, story=story
        )
        assert broken == []
        assert len(told) == 1, (world, with_code, story, told)
        assert sum(told.values()) == PERMUTATIONS
        sequences, deliveries = sequences + sum(told.values()), deliveries + made
    counted(
        "5 any order",
        cases=len(cases),
        permutations=sequences,
        deliveries=deliveries,
        other_ends=0,
    )


def test_every_order_of_arrival_ends_in_one_state(counted: Counted) -> None:
    proven([("plain", True, SECOND, "edits"), ("foreign", True, SECOND, "parts")], counted)


@pytest.mark.soak
@pytest.mark.parametrize("world", ALL_WORLDS)
def test_every_order_of_arrival_ends_in_one_state_under_every_program(
    world: str, counted: Counted
) -> None:
    cases = [(world, False, SECOND, "edits")]
    if world in WALKED_WHOLE:
        cases.append((world, False, SECOND, "parts"))
        if world != "sparing":  # nothing can be spent there yet
            cases += [(world, True, SECOND, story) for story in STORIES]
    if world in ("plain", "rich"):
        cases.append((world, True, SECOND // 5, "edits"))  # one second
    proven(cases, counted)


def test_worlds_have_what_the_walk_needs() -> None:
    assert pending()["units"]["points"]["pending"] != "none"
