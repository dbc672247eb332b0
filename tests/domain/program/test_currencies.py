"""The currency table."""

import pytest

from chalicelib.domain.currencies import EXPONENTS, is_currency, major_unit


@pytest.mark.parametrize(
    ("code", "minor_units"),
    [("USD", 100), ("EUR", 100), ("HUF", 100), ("JPY", 1), ("KWD", 1_000), ("TND", 1_000)],
)  # fmt: skip
def test_a_major_unit_has_its_minor_units(code: str, minor_units: int) -> None:
    assert major_unit(code) == minor_units


@pytest.mark.parametrize("code", ["", "usd", "QQQ", "XAU", "HRK", "CLF"])
def test_what_no_shop_sells_in_is_no_currency(code: str) -> None:
    assert not is_currency(code)


def test_codes_are_three_capitals_and_exponents_are_known() -> None:
    assert all(len(code) == 3 and code.isupper() for code in EXPONENTS)
    assert set(EXPONENTS.values()) == {0, 2, 3}
    assert len(EXPONENTS) > 140
