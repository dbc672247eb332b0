"""Checks of segments: conditions over the member alone, and none that asks about segments.

And of what members bought, wherever a condition asks: an account remembers so many products.
"""

from chalicelib.domain.limits import BOUGHT_VALUES_MAX
from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.condition_checks import SEGMENTS_FIELD, check_condition
from chalicelib.domain.program.habit_fields import bought_key, bought_values

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
    asked = bought_values(checking.document.value)
    if len({bought_key(field, value) for field, value in asked}) > BOUGHT_VALUES_MAX:
        checking.findings.error(
            checking.document.path,
            "products_too_many",
            f"Ask for at most {BOUGHT_VALUES_MAX} products that members bought; "
            "a tag of yours may stand for many.",
        )


def _asks(condition: object, field: str) -> bool:
    if isinstance(condition, dict):
        return field in condition or any(_asks(part, field) for part in condition.values())
    if isinstance(condition, list | tuple):
        return any(_asks(part, field) for part in condition)
    return False
