"""Contrast in integers agrees with the formula, and what reads badly is warned."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.program.contrast import (
    _LINEAR,
    BLACK,
    TEXT_CONTRAST_MILLI,
    WHITE,
    contrast_milli,
    readable_on,
)
from chalicelib.domain.program.defaults import filled, read_program
from chalicelib.domain.program.validation import check
from tests.domain.program.builders import compiled, document

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_the_table_is_what_the_formula_makes() -> None:
    def linear(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    assert list(_LINEAR) == [round(linear(value) * 1_000_000) for value in range(256)]


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [
        (WHITE, BLACK, "21"),
        (WHITE, WHITE, "1"),
        ("#777777", WHITE, "4.47"),
        ("#ff0000", WHITE, "4"),
    ],
)
def test_known_contrasts(first: str, second: str, ratio: str) -> None:
    off = contrast_milli(first, second) - int(Fraction(ratio) * 1_000)
    assert abs(off) <= 10


@given(COLORS, COLORS)
def test_contrast_has_no_direction_and_stays_within_its_bounds(first: str, second: str) -> None:
    assert contrast_milli(first, second) == contrast_milli(second, first)
    assert 1_000 <= contrast_milli(first, second) <= 21_000


@given(COLORS)
def test_white_or_black_always_reads(ground: str) -> None:
    assert contrast_milli(readable_on(ground), ground) >= TEXT_CONTRAST_MILLI


@pytest.mark.parametrize(
    ("looks", "paths"),
    [
        ({}, []),
        ({"accent": "#1a5c3a"}, []),
        ({"accent": "#1a5c3a", "on_accent": "#2a6c4a"}, ["$.presentation.on_accent"]),
        ({"accent": "#ffee00"}, ["$.presentation.accent"]),
        (
            {"accent": "#ffee00", "on_accent": "#ffffff"},
            ["$.presentation.on_accent", "$.presentation.accent"],
        ),
    ],
)
def test_what_reads_badly_is_warned(looks: dict[str, Any], paths: list[str]) -> None:
    warnings = check(document(presentation=looks)).warnings
    assert [(warning.path, warning.code) for warning in warnings] == [
        (path, "contrast_low") for path in paths
    ]


def test_the_better_of_black_and_white_is_written_out() -> None:
    assert (
        read_program(document(presentation={"accent": "#000080"})).presentation.on_accent == WHITE
    )
    assert (
        read_program(document(presentation={"accent": "#ffee00"})).presentation.on_accent == BLACK
    )
    for odd in (5, {"accent": 5}, {"accent": "blue"}):
        assert filled(document(presentation=odd))["presentation"] == odd


@pytest.mark.parametrize(
    ("looks", "path", "code"),
    [
        ({"accent": "blue"}, "$.presentation.accent", "color_malformed"),
        ({"logo": "http://a.example/x.png"}, "$.presentation.logo", "address_malformed"),
        ({"logo": "https://a.example/x y.png"}, "$.presentation.logo", "address_malformed"),
        ({"position": "left"}, "$.presentation.position", "choice_unknown"),
        (5, "$.presentation", "type_wrong"),
    ],
)
def test_looks_that_are_none_are_errors(looks: Any, path: str, code: str) -> None:
    errors = check(document(presentation=looks)).errors
    assert [(error.path, error.code) for error in errors] == [(path, code)]


def test_pages_are_told_the_looks_in_their_language() -> None:
    from chalicelib.domain.program.presentation import present

    looks = {
        "accent": "#000080",
        "logo": "https://a.example/x.png",
        "launcher": {"en": "Perks", "hu": "Előnyök"},
    }
    program = compiled(presentation=looks, locales=["en", "hu"])
    told: Any = present(program, "hu")["presentation"]
    assert (told["launcher"], told["on_accent"], told["position"]) == ("Előnyök", WHITE, "end")
    missing = check(document(presentation=looks, locales=["en", "hu", "fa"])).warnings
    assert [warning.path for warning in missing] == ["$.presentation.launcher"]
