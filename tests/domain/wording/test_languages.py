"""Tables of the languages: complete, alike, and with a sentence for every code there is."""

import re
from typing import get_args

import pytest

from chalicelib.domain.ledger import EntryKind
from chalicelib.domain.program.document import Effect
from chalicelib.domain.records import RedemptionStatus
from chalicelib.domain.wording.phrases import LANGUAGES, PLACEHOLDER, Template
from chalicelib.domain.wording.plurals import plural_categories
from tests.domain.wording.produced_codes import (
    explained_codes,
    order_reasons,
    read_domain,
    trace_codes,
    trace_variants,
)

DOMAIN = read_domain()
ENGLISH = LANGUAGES["en"]
OTHERS = sorted(LANGUAGES.keys() - {"en"})
CAPS = {"rule", "day", "points_max", "cooldown", "forgotten", "forgotten_day"}


def _forms(template: Template) -> tuple[str, ...]:
    return (template,) if isinstance(template, str) else tuple(template.values())


def _holes(template: Template) -> set[str]:
    return {hole for form in _forms(template) for hole in PLACEHOLDER.findall(form)}


def _missing(language: str, keys: set[str]) -> set[str]:
    return keys - LANGUAGES[language].keys()


def test_the_codes_of_today_are_found_in_the_source() -> None:
    assert {"rule", "order", "order_moved", "undone", "order_refunded"} <= explained_codes(DOMAIN)
    assert {"rate", "cap_reached", "already_given", "excluded_line"} <= trace_codes(DOMAIN)
    assert {"test_order", "guest_order", "order_moved"} <= order_reasons(DOMAIN)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_explanation_has_a_sentence(language: str) -> None:
    assert not _missing(language, {f"entry_{code}" for code in explained_codes(DOMAIN)})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_entry_has_a_sentence_that_needs_no_parameter(language: str) -> None:
    keys = {f"entry_{kind}" for kind in EntryKind}
    assert not _missing(language, keys)
    assert not {key for key in keys if _holes(LANGUAGES[language][key])}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_an_order_has_a_clause(language: str) -> None:
    assert not _missing(language, {f"reason_{code}" for code in order_reasons(DOMAIN)})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_of_a_trace_has_a_sentence_and_so_have_its_variants(language: str) -> None:
    whys, parts = trace_variants(DOMAIN, "why"), trace_variants(DOMAIN, "part")
    assert whys
    assert parts
    bases = get_args(get_args(Effect.__annotations__["of"])[0])
    keys = {
        *(f"trace_{code}" for code in trace_codes(DOMAIN)),
        *(f"trace_excluded_line_{why}" for why in whys),
        *(f"trace_condition_unmet_{part}" for part in parts),
        *(f"trace_rate_{base}" for base in bases),
        *(f"trace_cap_reached_{cap}" for cap in CAPS),
        *(f"trace_cap_spent_{cap}" for cap in ("cooldown", "forgotten")),
    }
    assert not _missing(language, keys)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_of_a_redemption_has_a_sentence(language: str) -> None:
    assert not _missing(language, {f"redemption_{status}" for status in RedemptionStatus})


@pytest.mark.parametrize("language", OTHERS)
def test_all_languages_have_the_same_keys(language: str) -> None:
    assert LANGUAGES[language].keys() == ENGLISH.keys()


@pytest.mark.parametrize("language", OTHERS)
def test_all_languages_name_the_same_placeholders(language: str) -> None:
    differing = {
        key
        for key, template in LANGUAGES[language].items()
        if _holes(template) != _holes(ENGLISH[key])
    }
    assert not differing


@pytest.mark.parametrize("language", OTHERS)
def test_what_has_plural_forms_in_one_language_has_them_in_all(language: str) -> None:
    assert _with_forms(language) == _with_forms("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_exactly_those_that_the_language_has(language: str) -> None:
    table = LANGUAGES[language]
    wrong = {
        key
        for key in _with_forms(language)
        if not isinstance(forms := table[key], str) and forms.keys() != plural_categories(language)
    }
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_plain_and_tidy(language: str) -> None:
    untidy = re.compile(r"[<>&]|  |^\s|\{\W|\{\}|\.\.")
    for key, template in LANGUAGES[language].items():
        if not key.startswith("list_"):
            assert not [form for form in _forms(template) if untidy.search(form) or not form]


@pytest.mark.parametrize("language", LANGUAGES)
def test_staff_read_whole_sentences_and_members_read_lines(language: str) -> None:
    for key, template in LANGUAGES[language].items():
        is_sentence = key.startswith(
            (
                *("order_", "redemption_", "adjustment_", "joining_", "hold_", "trace_"),
                *("transfer_", "merge_", "erased", "pooling_", "notice_", "action_", "settlement_"),
                *("progress_", "badges_", "given_", "enrolled", "referral_"),
            )
        )
        assert {form.endswith(".") for form in _forms(template)} == {is_sentence}, key


def test_persian_uses_its_own_letters() -> None:
    arabic = re.compile("[\u064a\u0643\u0660-\u0669]")  # Arabic yeh, kaf and digits
    wrong = [
        form for text in LANGUAGES["fa"].values() for form in _forms(text) if arabic.search(form)
    ]
    assert not wrong


def _with_forms(language: str) -> set[str]:
    return {key for key, forms in LANGUAGES[language].items() if not isinstance(forms, str)}
