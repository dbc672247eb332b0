"""What tests do with members: gifts, merges, claims, erasure, in the fewest words."""

from typing import Any

from chalicelib.operations.give_points import TransferCommand, give_points
from chalicelib.operations.merge_members import MergeCommand, merge_members
from tests.builders import Scene


def give(
    scene: Scene,
    points: int,
    key: str = "t1",
    giver: str = "77",
    to: str = "88",
    unit: str = "points",
    message: str = "",
) -> Any:
    """Give points of one customer to another."""
    command = TransferCommand(
        scene.shop,
        scene.member(giver),
        scene.member(to),
        unit,
        points,
        message,
        "salt",
        "operator",
        key,
        scene.now,
    )
    return give_points(scene.table, command)


def merge(scene: Scene, gone: str = "88", kept: str = "77") -> Any:
    """Merge one customer's membership into another's."""
    command = MergeCommand(
        scene.shop, scene.member(gone), scene.member(kept), "operator", scene.now, scene.now
    )
    return merge_members(scene.table, command)
