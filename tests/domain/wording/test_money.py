"""Units that are money are told as amounts, to the part that is kept and no further."""

import json
from pathlib import Path

import pytest

from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.wording.money import money_text, parts_text
from chalicelib.domain.wording.names import names_of

CASHBACK = Path(__file__).parents[3] / "examples" / "programs" / "cashback.json"


@pytest.mark.parametrize(
    ("count", "scale", "currency", "said"),
    [
        (42_990, 1_000, "PLN", "0.4299 PLN"),
        (3_000_000, 1_000, "PLN", "30.00 PLN"),
        (-5, 10, "USD", "-0.005 USD"),
        (7, 1, "USD", "0.07 USD"),
        (1_234, 1, "JPY", "1,234 JPY"),
        (12_345, 10, "JPY", "1,234.5 JPY"),
    ],
)
def test_an_amount_has_the_places_of_its_currency_and_of_its_parts(
    count: int, scale: int, currency: str, said: str
) -> None:
    assert parts_text(count, scale, currency, "en") == said
    if scale == 1:
        assert money_text(count, currency, "en") == said


def test_a_unit_of_kind_money_is_told_as_money_in_every_language() -> None:
    program = read_program(json.loads(CASHBACK.read_text(encoding="utf-8")))
    said = {tag: names_of(program, tag).points(128_970, "cash", tag) for tag in ("en", "hu", "fa")}
    assert said["en"] == "1.2897 PLN cashback"
    assert said["hu"] == "1,2897 PLN cashback"
    assert "۱" in said["fa"]
    assert names_of(program, "en").figure(128_970, "cash", "en") == "1.2897 PLN"
