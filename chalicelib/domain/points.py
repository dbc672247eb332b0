"""Points and money arithmetic: integers only, every rounding in one place.

The direction of a rounding is in the function's name. ``share`` is the one way a whole is dealt
to parts, so that parts always sum to the whole. Nothing here knows members, orders or programs.
"""

from collections.abc import Mapping
from math import gcd

POINTS_MAX = 10**12
"""Largest absolute number of points that one movement, or a balance, may hold."""


def floor_ratio(numerator: int, denominator: int) -> int:
    """Round ``numerator / denominator`` down, towards minus infinity."""
    return numerator // denominator


def ceil_ratio(numerator: int, denominator: int) -> int:
    """Round ``numerator / denominator`` up, towards plus infinity."""
    return -(-numerator // denominator)


def half_even_ratio(numerator: int, denominator: int) -> int:
    """Round to the nearest integer; a half goes to the even neighbour."""
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    above_half = twice > denominator
    half_and_odd = twice == denominator and quotient % 2 == 1
    return quotient + 1 if above_half or half_and_odd else quotient


def share(whole: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Deal ``whole`` in proportion to ``weights`` by largest remainder, ties by id.

    Weights are non-negative; with a total weight of 0 everybody gets 0 and ``whole`` must be 0.
    A negative ``whole`` is dealt as the mirror image of the positive one.
    Source: the Hamilton (largest remainder) method of apportionment.
    """
    total = sum(weights.values())
    if total == 0:
        if whole:
            raise ValueError("a whole cannot be dealt to parts that weigh nothing")
        return dict.fromkeys(weights, 0)
    sign = -1 if whole < 0 else 1
    parts = {key: abs(whole) * weight // total for key, weight in weights.items()}
    left = abs(whole) - sum(parts.values())
    by_remainder = sorted(weights, key=lambda key: (-(abs(whole) * weights[key] % total), key))
    for key in by_remainder[:left]:
        parts[key] += 1
    return {key: sign * part for key, part in parts.items()}


def lcm_of(numbers: tuple[int, ...]) -> int:
    """Least common multiple of positive ``numbers``; 1 for none."""
    result = 1
    for number in numbers:
        result = result // gcd(result, number) * number
    return result
