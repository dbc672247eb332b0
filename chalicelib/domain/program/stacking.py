"""How several multipliers become one, in integers.

All multipliers of a unit are numerators over one ``base``. Joined ones stand over
``base ** factors`` (``factors``: how many could meet), because a product needs that many.
"""

from collections.abc import Sequence
from math import prod
from typing import Literal, TypeAlias

Stack: TypeAlias = Literal["best", "sum", "product"]


def joined(stack: Stack, numerators: Sequence[int], base: int, factors: int) -> int:
    """The multiplier over ``base ** factors``; 1 for none.

    best: the largest. sum: 1 + the sum of (m - 1), never below 0. product: all of them.
    """
    if not numerators:
        return int(base**factors)
    match stack:
        case "best":
            return int(max(numerators) * base ** (factors - 1))
        case "sum":
            total = base + sum(numerator - base for numerator in numerators)
            return int(max(total, 0) * base ** (factors - 1))
        case _:
            return int(prod(numerators) * base ** (factors - len(numerators)))
