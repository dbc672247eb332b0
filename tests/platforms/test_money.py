from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platforms.money import EXACT_UNIT, exact, is_amount, part_to_minor, to_minor

minor_units = st.integers(-(10**14), 10**14)
exponents = st.sampled_from([0, 2, 3, 4])


def as_text(minor: int, exponent: int, zeros: int = 0) -> str:
    """Decimal text of minor units, written without any arithmetic of ours."""
    digits = str(abs(minor)).rjust(exponent + 1, "0")
    whole, places = digits[: len(digits) - exponent], digits[len(digits) - exponent :]
    return ("-" if minor < 0 else "") + whole + "." + places + "0" * (zeros + (not places))


@given(minor_units, exponents, st.integers(0, 6))
def test_every_amount_of_minor_units_comes_back_exactly(
    minor: int, exponent: int, zeros: int
) -> None:
    assert to_minor(exact(Decimal(as_text(minor, exponent, zeros))), exponent) == minor


@given(st.integers(0, 10**6), st.integers(0, 10**4), exponents)
def test_price_times_quantity_is_exact(price: int, quantity: int, exponent: int) -> None:
    assert (
        to_minor(exact(Decimal(as_text(price, exponent))) * quantity, exponent) == price * quantity
    )


@given(minor_units, st.integers(1, 999), st.integers(1, 999))
def test_a_part_and_the_rest_differ_from_the_whole_by_one_at_most(
    minor: int, part: int, more: int
) -> None:
    amount = exact(Decimal(as_text(minor, 2)))
    first = part_to_minor(amount, 2, part, part + more)
    second = part_to_minor(amount, 2, more, part + more)
    assert abs(first + second - minor) <= 1


@pytest.mark.parametrize(
    ("text", "exponent", "minor"),
    [
        ("1250", 0, 1250),
        ("1250.00", 0, 1250),
        ("1250.5", 0, 1250),  # a half goes to the even
        ("1251.5", 0, 1252),
        ("12.50", 2, 1250),
        ("12.345", 2, 1234),
        ("12.355", 2, 1236),
        ("1.234", 3, 1234),
        ("1.2345", 4, 12345),
        ("59.980000000000004", 2, 5998),  # dust of a JSON number
        ("-5.00", 2, -500),
        ("1e3", 2, 100_000),
        ("0e-30", 2, 0),
        ("1e-999999", 2, 0),
    ],
)
def test_one_amount_is_read_as_written(text: str, exponent: int, minor: int) -> None:
    assert to_minor(exact(Decimal(text)), exponent) == minor


def test_fractions_of_a_minor_unit_are_rounded_once_per_sum() -> None:
    third = exact(Decimal("0.335"))
    assert to_minor(third, 2) * 4 == 136  # rounding each piece would make 1.36
    assert to_minor(third * 4, 2) == 134


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "1e15", "1e999999999"])
def test_what_is_no_amount_is_said_before_it_is_used(text: str) -> None:
    assert not is_amount(Decimal(text))
    with pytest.raises(ValueError, match="finite"):
        exact(Decimal(text))


def test_a_part_of_nothing_is_nothing() -> None:
    assert part_to_minor(EXACT_UNIT, 2, 0, 0) == 0


def test_dust_beyond_eighteen_places_is_rounded_half_to_even() -> None:
    assert [exact(Decimal(f"{n}.5e-18")) for n in (0, 1, 2)] == [0, 2, 2]
