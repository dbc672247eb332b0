"""Numbers as languages write and count them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.wording.plurals import (
    decimal_digits,
    digits,
    language_of,
    plural_categories,
    plural_category,
)

KNOWN = ("en", "hu", "fa", "de", "de-AT", "de-CH", "nl", "it", "es", "es-MX", "es-US", "fr", "pt",
         "pt-PT", "ru", "uk", "pl", "xx")  # fmt: skip


@pytest.mark.parametrize(
    ("count", "locale", "written"),
    [
        (0, "en", "0"),
        (-1234, "en", "-1,234"),
        (1234567, "en-GB", "1,234,567"),
        (1234, "hu", "1\u00a0234"),
        (123456, "fa", "۱۲۳٬۴۵۶"),
        (-5, "fa-IR", "\u200e\u2212۵"),
        (1234, "de", "1.234"),
        (1234, "de-AT", "1\u00a0234"),
        (1234, "es", "1234"),
        (12345, "es", "12.345"),
        (1234, "es-MX", "1,234"),
        (1234, "fr", "1\u202f234"),
        (1234, "pt-BR", "1.234"),
        (1234, "pt_PT", "1234"),
        (12345, "pl", "12\u00a0345"),
        (1234, "tlh", "1\u202f234"),
    ],
)
def test_a_count_is_written_as_its_locale_does(count: int, locale: str, written: str) -> None:
    assert digits(count, locale) == written


@given(st.integers(-(10**15), 10**15), st.sampled_from(KNOWN))
def test_no_figure_of_a_count_is_lost_by_grouping(count: int, locale: str) -> None:
    written = digits(count, locale)
    figures = "".join(str(int(sign)) for sign in written if sign.isdecimal())
    assert int(figures) == abs(count)
    assert written.startswith(("-", "\u200e\u2212")) == (count < 0)


@pytest.mark.parametrize(
    ("written", "locale", "read"),
    [
        ("1.5", "en", "1.5"),
        ("1.5", "hu", "1,5"),
        ("-1234.50", "de", "-1.234,50"),
        ("114.50", "fa", "۱۱۴٫۵۰"),
        ("7", "fa", "۷"),
        ("", "hu", ""),
        ("1.", "hu", "1."),
        ("many", "hu", "many"),
        ("۱", "hu", "۱"),
    ],
)
def test_a_decimal_keeps_its_places_and_other_text_is_left_alone(
    written: str, locale: str, read: str
) -> None:
    assert decimal_digits(written, locale) == read


@pytest.mark.parametrize(
    ("locale", "by_category"),
    [
        ("en", {"one": [1], "other": [0, 2, 11, 101, 1_000_000]}),
        ("hu-HU", {"one": [1], "other": [0, 2, 5]}),
        ("fa", {"one": [0, 1], "other": [2, 10]}),
        ("fr", {"one": [0, 1], "other": [2], "many": [1_000_000, 7_000_000]}),
        ("es", {"one": [1], "other": [0, 2], "many": [1_000_000]}),
        ("pt-BR", {"one": [0, 1], "other": [2], "many": [1_000_000]}),
        ("pt-PT", {"one": [1], "other": [0, 2]}),
        ("ru", {"one": [1, 21, 101], "few": [2, 24, 103], "many": [0, 5, 11, 12, 14, 111, 112]}),
        ("uk", {"one": [1, 21], "few": [3], "many": [13]}),
        ("pl", {"one": [1], "few": [2, 22], "many": [0, 5, 12, 21, 101]}),
        (
            "ar",
            {
                "zero": [0],
                "one": [1],
                "two": [2],
                "few": [3, 10, 103],
                "many": [11, 99, 111],
                "other": [100, 102, 200],
            },
        ),
        ("tlh", {"other": [0, 1, 2]}),
    ],
)
def test_categories_are_those_of_cldr(locale: str, by_category: dict[str, list[int]]) -> None:
    for category, counts in by_category.items():
        assert {plural_category(count, locale) for count in counts} == {category}
        assert {plural_category(-count, locale) for count in counts} == {category}
    assert plural_categories(locale) >= by_category.keys()


def test_a_language_is_the_first_part_of_its_tag() -> None:
    assert [language_of(tag) for tag in ("pt-BR", "FA_ir", "en", "")] == ["pt", "fa", "en", ""]
