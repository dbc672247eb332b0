"""Checks of segments: conditions over the member alone, and none that asks about segments."""

from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.condition_checks import SEGMENTS_FIELD, check_condition

NAMESPACES = ("member", "facts")


def check_segments(checking: Checking) -> None:
    """Report what is wrong with the segments."""
    segments = checking.document.child("segments")
    for name, condition in segments.value.items():
        check_condition(checking, segments, name, NAMESPACES)
        if _asks(condition, SEGMENTS_FIELD):
            checking.findings.error(
                segments.at(name),
                "segment_of_segments",
                "A segment asks about members, not about other segments: repeat their conditions.",
            )


def _asks(condition: object, field: str) -> bool:
    if isinstance(condition, dict):
        return field in condition or any(_asks(part, field) for part in condition.values())
    if isinstance(condition, list | tuple):
        return any(_asks(part, field) for part in condition)
    return False
