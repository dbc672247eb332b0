"""Scenes of time: a tea shop with other rules of waiting and lapsing."""

from typing import Any

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.records import AdjustmentKind
from chalicelib.operations.adjust_points import AdjustCommand, adjust_points
from tests.builders import (
    Scene,
    program,
    unit,
)
from tests.conservation import WatchedTable

IDLE = {"idle": "P12M", "counts": ["order.paid", "redeem"]}
RETURNS = {"until": "order.returns_closed", "at_most": "P90D", "returns_days": 14}


def scene(**rules: Any) -> Scene:
    made = Scene(WatchedTable())
    made.publish(program(units=unit(**rules)))
    return made


def kinds(made: Scene) -> list[tuple[str, int]]:
    return [(entry.kind.value, entry.points) for entry in made.journal()]


def by_hand(
    made: Scene, kind: AdjustmentKind, *, points: int = 0, until: int = 0, key: str = "h1"
) -> Any:
    command = AdjustCommand(
        made.shop, made.member(), "points", points, "sorry", "salt", "operator", key, made.now,
        kind, until,
    )  # fmt: skip
    return adjust_points(made.table, command)


def days(count: int) -> int:
    return count * DAY_MS
