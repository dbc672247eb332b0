"""The three kinds of no."""

import re

import pytest

from chalicelib.domain.outcome import (
    Busy,
    InvariantBroken,
    Problem,
    Refusal,
    RefusalCode,
    StorageUnavailable,
    ensure,
)


def test_codes_are_stable_lower_case_words() -> None:
    for code in RefusalCode:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code.value)
        assert code.name.lower() == code.value


def test_precedence_goes_from_who_asks_to_what_is_there_to_state() -> None:
    order = list(RefusalCode)
    steps = ["too_large", "token_invalid", "reward_unknown", "value_invalid"]
    steps += ["same_key_other_request", "limit_reached", "reward_out_of_stock"]
    steps += ["insufficient_points", "busy"]
    assert [code.value for code in order if code.value in steps] == steps


def test_busy_is_one_way_of_being_unavailable() -> None:
    assert issubclass(Busy, StorageUnavailable)
    assert not issubclass(InvariantBroken, StorageUnavailable)


def test_ensure_raises_the_sentence_unless_the_condition_holds() -> None:
    ensure(1, "never seen")
    with pytest.raises(InvariantBroken, match="points are kept"):
        ensure(0, "points are kept")


def test_a_refusal_names_its_problems() -> None:
    refusal = Refusal(RefusalCode.VALUE_INVALID, "no", (Problem("$.a", "type", "wrong"),))
    assert refusal.problems[0].path == "$.a"
    assert Refusal(RefusalCode.BUSY, "no").problems == ()
