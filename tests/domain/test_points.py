"""The arithmetic under everything: rounding by name, and wholes that equal their parts."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.points import ceil_ratio, floor_ratio, half_even_ratio, lcm_of, share

NUMERATORS = st.integers(-(10**18), 10**18)
DENOMINATORS = st.integers(1, 10**12)
WEIGHTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 10**9))


@given(NUMERATORS, DENOMINATORS)
def test_floor_and_ceil_enclose_the_exact_value(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    low, high = floor_ratio(numerator, denominator), ceil_ratio(numerator, denominator)
    assert low <= exact <= high
    assert high - low == (0 if exact.denominator == 1 else 1)


@given(NUMERATORS, DENOMINATORS)
def test_half_even_is_what_fractions_say(numerator: int, denominator: int) -> None:
    assert half_even_ratio(numerator, denominator) == round(Fraction(numerator, denominator))


@pytest.mark.parametrize(
    ("numerator", "rounded"), [(1, 0), (3, 2), (5, 2), (7, 4), (-1, 0), (-3, -2), (-5, -2)]
)
def test_a_half_goes_to_the_even_neighbour(numerator: int, rounded: int) -> None:
    assert half_even_ratio(numerator, 2) == rounded


@given(st.integers(-(10**12), 10**12), WEIGHTS)
def test_parts_sum_to_the_whole_and_keep_their_proportion(
    whole: int, weights: dict[str, int]
) -> None:
    total = sum(weights.values())
    if not total:
        if whole:
            with pytest.raises(ValueError, match="weigh nothing"):
                share(whole, weights)
        return
    parts = share(whole, weights)
    assert sum(parts.values()) == whole
    assert parts.keys() == weights.keys()
    for key, weight in weights.items():
        assert abs(parts[key] - Fraction(whole * weight, total)) < 1
        assert parts[key] == 0 or weight


@given(st.integers(0, 10**12), WEIGHTS)
def test_a_negative_whole_is_the_mirror_image(whole: int, weights: dict[str, int]) -> None:
    if sum(weights.values()):
        mirrored = {key: -part for key, part in share(whole, weights).items()}
        assert share(-whole, weights) == mirrored


@given(st.integers(0, 10**9), WEIGHTS)
def test_the_order_of_the_parts_does_not_matter(whole: int, weights: dict[str, int]) -> None:
    if sum(weights.values()):
        backwards = dict(reversed(weights.items()))
        assert share(whole, weights) == share(whole, backwards)


def test_ties_go_to_the_first_id() -> None:
    assert share(2, {"c": 1, "a": 1, "b": 1}) == {"c": 0, "a": 1, "b": 1}


def test_nothing_is_dealt_to_parts_that_weigh_nothing() -> None:
    assert share(0, {"a": 0, "b": 0}) == {"a": 0, "b": 0}
    assert share(0, {}) == {}


@given(st.lists(st.integers(1, 1_000), max_size=6))
def test_lcm_is_the_least_that_all_divide(numbers: list[int]) -> None:
    least = lcm_of(tuple(numbers))
    assert all(least % number == 0 for number in numbers)
    assert not any(
        all(least // prime % number == 0 for number in numbers)
        for prime in (2, 3, 5, 7, 11)
        if least % prime == 0
    )
