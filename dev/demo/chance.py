"""Chance that is the same each time: draws named by what they are for, from a hash.

A name (``"77", "order", 3, "size"``) always draws the same number, whatever was drawn before, so a
change in one corner of the history leaves all others as they were.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

_SEED = "tea & co, second flush"


def draw(*name: object) -> int:
    """A whole number of 64 bits that belongs to ``name``."""
    told = "/".join([_SEED, *map(str, name)])
    return int.from_bytes(hashlib.sha256(told.encode()).digest()[:8], "big")


def between(low: int, high: int, *name: object) -> int:
    """A whole number from ``low`` to ``high``, both included."""
    return low + draw(*name) % (high - low + 1)


def happens(percent: int, *name: object) -> bool:
    """Whether something happens that does so in ``percent`` of cases."""
    return draw(*name) % 100 < percent


def pick(items: Sequence[Item], *name: object) -> Item:
    """One of ``items``; none is likelier than another."""
    return items[draw(*name) % len(items)]
