"""Money kept in parts of a minor unit: earned and corrected in parts, spent whole."""

from typing import Any

import pytest

from chalicelib.domain.instants import HOUR_MS
from chalicelib.domain.outcome import Refusal
from chalicelib.operations.hold_points import (
    HoldCommand,
    authorize_hold,
    capture_hold,
    public_hold_id,
)
from tests.builders import Scene, program, recorded, unit
from tests.operations.verbs_of_members import give
from tests.operations.verbs_of_pools import create, put

SHARED = {"gift": {"max": 1000, "window": "lifetime"}, "pool": {"members_max": 3}}


@pytest.fixture
def cash(scene: Scene) -> Scene:
    """A member with 12.3 cents, and another."""
    units = unit(kind="money", scale=10, **SHARED)
    scene.publish(program(units=units, earn=[], rewards=[], tier_groups=[]))
    scene.join()
    scene.join("88")
    recorded(scene.adjust(123))
    return scene


def hold(scene: Scene, points: int) -> Any:
    command = HoldCommand("tea", scene.member(), "points", points, HOUR_MS, "h1", scene.now)
    return authorize_hold(scene.table, command)


def is_for_parts(answer: Any) -> bool:
    if not isinstance(answer, Refusal):
        return False
    return [(each.path, each.code) for each in answer.problems] == [("$.points", "value_invalid")]


def test_staff_may_correct_parts(cash: Scene) -> None:
    recorded(cash.adjust(-3, key="less"))
    assert cash.available() == 120


def test_only_whole_minor_units_are_set_aside_and_captured(cash: Scene) -> None:
    assert is_for_parts(hold(cash, 25))
    made: Any = recorded(hold(cash, 120))
    name = public_hold_id(made)
    assert is_for_parts(capture_hold(cash.table, "tea", name, (25, cash.now)))
    recorded(capture_hold(cash.table, "tea", name, (20, cash.now)))
    assert cash.available() == 103


def test_only_whole_minor_units_are_given(cash: Scene) -> None:
    assert is_for_parts(give(cash, 25))
    recorded(give(cash, 20))
    assert (cash.available(), cash.available("88")) == (103, 20)


def test_only_whole_minor_units_are_put_into_a_pool(cash: Scene) -> None:
    recorded(create(cash))
    assert is_for_parts(put(cash, 25, "77"))
    recorded(put(cash, 20, "77"))
    assert cash.available() == 103
