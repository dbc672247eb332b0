"""Counts with the program's word, money, and which of several texts a locale gets."""

import pytest

from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.wording.money import money_text
from chalicelib.domain.wording.names import Names, names_of
from chalicelib.domain.wording.points import best_tag, for_locale, points_text, unit_forms
from tests.domain.wording.builders import POINTS

RUSSIAN = {"one": "балл", "few": "балла", "many": "баллов", "other": "балла"}


@pytest.mark.parametrize(
    ("count", "locale", "text"),
    [(1, "en", "1 point"), (1234, "en", "1,234 points"), (-1, "en", "-1 point"),
     (1234, "hu", "1\u00a0234 pont"), (1234, "fa", "۱٬۲۳۴ امتیاز"), (1, "fa", "۱ امتیاز")],
)  # fmt: skip
def test_a_count_stands_with_its_word(count: int, locale: str, text: str) -> None:
    assert points_text(count, POINTS[locale], locale) == text


def test_every_category_takes_its_own_form() -> None:
    counts = (1, 3, 5, 21)
    texts = ["1 балл", "3 балла", "5 баллов", "21 балл"]
    assert [points_text(count, RUSSIAN, "ru") for count in counts] == texts


def test_without_forms_the_number_stands_alone() -> None:
    assert points_text(1234, {}, "en") == "1,234"


def test_plain_forms_serve_every_locale() -> None:
    assert unit_forms({"one": "point", "other": "points"}, "hu") == POINTS["en"]


@pytest.mark.parametrize(
    ("locale", "fallback", "language"),
    [("hu", "", "hu"), ("hu-HU", "", "hu"), ("de", "", "en"), ("de", "fa", "fa"), ("", "", "en")],
)
def test_forms_are_found_exactly_then_by_language_then_by_fallback_then_first(
    locale: str, fallback: str, language: str
) -> None:
    assert unit_forms(dict(POINTS), locale, fallback) == POINTS[language]


def test_a_tag_prefers_itself_then_the_bare_language_then_a_sister() -> None:
    tags = ("pt-PT", "pt", "pt-BR", "en-GB")
    wanted = ("pt-BR", "pt-AO", "EN", "fr", "")
    assert [best_tag(tags, tag) for tag in wanted] == ["pt-BR", "pt", "en-GB", "", ""]


def test_nothing_is_found_in_nothing() -> None:
    assert for_locale({}, "en", "hu") is None


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [(11450, "USD", "en", "114.50 USD"), (5, "USD", "hu", "0,05 USD"),
     (-5, "USD", "en", "-0.05 USD"),
     (1234567, "JPY", "en", "1,234,567 JPY"), (1500, "KWD", "fa", "۱٫۵۰۰ KWD"), (7, "", "en", "7")],
)  # fmt: skip
def test_money_is_exact_and_names_its_currency(
    minor: int, currency: str, locale: str, text: str
) -> None:
    assert money_text(minor, currency, locale) == text


def test_names_are_the_program_s_in_the_locale_else_in_its_first() -> None:
    program = read_program(
        {
            "id": "tea",
            "name": "Tea",
            "currency": "USD",
            "locales": ["hu", "en"],
            "units": {"points": {"name": {"en": POINTS["en"], "hu": POINTS["hu"]}}},
            "earn": [
                {"id": "double-week", "on": "order.paid", "give": [{"unit": "points", "add": 1}]}
            ],
            "tier_groups": [
                {"id": "club", "tiers": [{"id": "leaf", "name": "Leaf", "at": {"USD": 0}}]}
            ],
            "rewards": [
                {
                    "id": "mug",
                    "name": {"en": "Mug", "hu": "Bögre"},
                    "kind": "perk",
                    "cost": {"unit": "points", "amount": 5},
                }
            ],
        }
    )
    found = names_of(program, "de")
    assert found == Names(
        units={"points": POINTS["hu"]},
        rewards={"mug": "Bögre"},
        rules={"double-week": "double week"},
        tiers={"club/leaf": "Leaf"},
        groups={"club": ""},
        currency="USD",
    )
    assert names_of(program, "en-GB").reward("mug") == "Mug"


def test_what_a_program_no_longer_has_is_called_by_its_id() -> None:
    nobody = Names()
    said = (nobody.reward("old-mug"), nobody.rule("double-week"), nobody.tier("tier:club/top-tea"))
    assert said == ("old mug", "double week", "top tea")
    assert nobody.points(2, "gold-stars", "en") == "2 gold stars"
