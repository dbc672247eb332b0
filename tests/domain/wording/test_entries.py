"""What members read in the history."""

import pytest

from chalicelib.domain.ledger import EntryKind, Explained
from chalicelib.domain.wording.names import Names
from chalicelib.domain.wording.phrases import LANGUAGES, phrase
from chalicelib.domain.wording.sentences import entry_sentence
from tests.domain.wording.builders import about, entry, names
from tests.domain.wording.produced_codes import explained_codes, read_domain

KIND = EntryKind
ORDER = about("order", order="#1001")


@pytest.mark.parametrize(
    ("kind", "first", "sentence"),
    [
        (KIND.EARN, ORDER, "Order #1001"),
        (KIND.REVERSE, ORDER, "Refund or change of order #1001"),
        (KIND.QUALIFY, ORDER, "Order #1001 counts towards your tier"),
        (KIND.REVERSE, about("order_cancelled", order="#7"), "Order #7 was cancelled"),
        (KIND.REVERSE, about("order_unpaid", order="#7"), "Order #7 is no longer paid"),
        (KIND.REVERSE, about("test_order", order="#7"), "Order #7 was a test"),
        (KIND.REVERSE, about("other_currency", order="#7"), "Order #7 is in another currency"),
        (KIND.REVERSE, about("order_moved", order="#7"), "Order #7 belongs to another account"),
        (KIND.REDEEM, about("redeemed", reward="five-off"), "Redeemed: $5 off"),
        (KIND.RETURN, about("undone", reward="five-off"), "Undone: $5 off"),
        (
            KIND.RETURN,
            about("order_refunded", reward="five-off"),
            "Given back for a refunded order: $5 off",
        ),
        (KIND.EXPIRE, about("expired", points=20), "Expired"),
        (KIND.ADJUST, about("adjusted"), "Adjusted by the shop"),
        (KIND.EARN, about("joined", rule="welcome", points=5), "Welcome! Thank you for joining"),
    ],
)
def test_an_entry_says_what_it_was(kind: EntryKind, first: Explained, sentence: str) -> None:
    assert entry_sentence(entry(kind, first), names(), "en") == sentence


def test_reaching_a_tier_is_told_with_the_order_that_did_it() -> None:
    reached = about("rule", rule="tier:club/gold", points=50)
    earned = entry(KIND.EARN, ORDER, about("rule", rule="purchase", points=9), reached)
    assert entry_sentence(earned, names(), "en") == "Order #1001, and you reached Gold"
    taken = entry(KIND.REVERSE, ORDER, reached)
    assert entry_sentence(taken, names(), "en") == "Refund or change of order #1001"


def test_less_that_counts_for_a_tier_is_told_as_less() -> None:
    shrunk = entry(KIND.QUALIFY, ORDER, points=0, qualifying={"club": {"2026-11": -500}})
    said = entry_sentence(shrunk, names(), "en")
    assert said == "Order #1001 now counts less towards your tier"


@pytest.mark.parametrize("kind", EntryKind)
@pytest.mark.parametrize("explanation", [(), (about("of_tomorrow", x=1),), (about("order"),)])
def test_an_unknown_code_or_a_missing_parameter_leaves_what_the_kind_says(
    kind: EntryKind, explanation: tuple[Explained, ...]
) -> None:
    said = entry_sentence(entry(kind, *explanation), names(), "en")
    assert said == phrase(f"entry_{kind}", "en")


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("kind", EntryKind)
def test_no_sentence_leaves_a_placeholder(locale: str, kind: EntryKind) -> None:
    for code in explained_codes(read_domain()):
        first = about(code, order="#1001", reward="five-off", rule="purchase", points=3)
        said = entry_sentence(entry(kind, first), names(locale), locale)
        assert said
        assert "{" not in said


def test_hungarian_and_persian_speak_for_themselves() -> None:
    redeemed = entry(KIND.REDEEM, about("redeemed", reward="five-off"))
    assert entry_sentence(redeemed, names("hu"), "hu-HU") == "Beváltva: 5 dollár kedvezmény"
    assert entry_sentence(redeemed, names("fa"), "fa-IR") == "دریافت جایزه: ۵ دلار تخفیف"


def test_a_number_keeps_its_order_in_a_sentence_from_right_to_left() -> None:
    earned = entry(KIND.EARN, ORDER)
    assert entry_sentence(earned, names("fa"), "fa") == "سفارش \u2068#1001\u2069"


def test_a_persian_name_is_isolated_in_an_english_sentence_alone() -> None:
    redeemed = entry(KIND.REDEEM, about("redeemed", reward="five-off"))
    said = entry_sentence(redeemed, names("fa"), "en")
    assert said == "Redeemed: \u2068۵ دلار تخفیف\u2069"


def test_an_unknown_language_is_answered_in_english() -> None:
    assert entry_sentence(entry(KIND.EARN, ORDER), names(), "tlh-KX") == "Order #1001"


def test_a_value_is_never_read_as_a_template_nor_escaped() -> None:
    sly = entry(KIND.EARN, about("order", order="{reward}<b>&"))
    assert entry_sentence(sly, Names(), "en") == "Order {reward}<b>&"


def test_a_phrase_that_does_not_exist_is_empty() -> None:
    assert phrase("no_such_key", "en") == ""
