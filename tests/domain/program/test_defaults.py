"""The three-key program is good, and means what the design says."""

from typing import Any

import pytest

from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import document_of, filled, read_program
from chalicelib.domain.program.document import Expiry, Pending
from chalicelib.domain.program.validation import check
from tests.domain.program.builders import POINTS, add, award, document, order, points, reward, rule

THREE_KEYS = {"id": "tea", "name": "Tea club", "currency": "USD"}


def test_three_keys_make_a_program() -> None:
    checked = check(THREE_KEYS)
    program = checked.program
    assert checked.errors == ()
    assert program is not None
    assert (program.language, program.timezone, program.stack) == (1, "UTC", "best")
    assert (program.join.how, program.join.retroactive_days) == ("automatic", 1)
    unit = program.units["points"]
    assert (unit.kind, unit.spendable, unit.negative) == ("points", True, "allow")
    assert unit.pending == Pending(for_="P14D")
    assert unit.expiry == Expiry(
        idle="P12M",
        counts=("order.paid", "redeem", "member.joined", "adjust", "action"),
        warn=("P30D", "P7D"),
    )
    assert (unit.value, unit.value_per) == ({"USD": 500}, 100)
    assert program.limits.reward_cost_share == "0.05"
    assert program.tier_groups == ()


def test_three_keys_warn_of_nothing() -> None:
    assert check(THREE_KEYS).warnings == ()


@pytest.mark.parametrize(
    ("currency", "major"), [("USD", 100), ("JPY", 1), ("KWD", 1_000), ("HUF", 100)]
)
def test_a_point_is_for_a_major_unit_of_any_currency(currency: str, major: int) -> None:
    program = read_program({**THREE_KEYS, "currency": currency})
    compiled = compile_program(program, 1)
    assert points(award(compiled, order(42 * major + major - 1))) == 42
    reward_of = program.rewards[0]
    assert reward_of.value == {currency: 5 * major}
    assert reward_of.cost is not None
    assert reward_of.cost.amount == 100


def test_a_given_key_replaces_its_default() -> None:
    checked = check({**THREE_KEYS, "earn": [], "rewards": []})
    assert checked.program is not None
    assert checked.program.earn == ()
    assert checked.program.rewards == ()
    assert checked.program.limits.reward_cost_share is None


@pytest.mark.parametrize(
    ("units", "unit", "rewards"),
    [
        ({"stars": POINTS}, "stars", 1),
        ({"karma": {**POINTS, "kind": "status"}, "stars": POINTS}, "stars", 1),
        ({"karma": {**POINTS, "kind": "status"}}, "karma", 0),
        ({"stars": POINTS, "points": POINTS}, "points", 1),
    ],
)
def test_default_rules_give_the_units_that_there_are(
    units: dict[str, Any], unit: str, rewards: int
) -> None:
    program = check({**THREE_KEYS, "units": units}).program
    assert program is not None
    assert program.earn[0].give[0].unit == unit
    assert len(program.rewards) == rewards


def test_status_points_are_not_spendable_and_never_pending_by_default() -> None:
    program = check(document(units={"points": POINTS, "karma": {"name": {"other": "karma"},
                                    "kind": "status"}})).program  # fmt: skip
    assert program is not None
    assert program.units["karma"].spendable is False
    assert program.units["karma"].pending == "none"


def test_joining_pays_once_a_member_even_when_the_rule_does_not_say_so() -> None:
    joining = {"id": "hello", "on": "member.joined", "give": [add(50)]}
    program = check(document(earn=[joining, rule()])).program
    assert program is not None
    assert [each.once for each in program.earn] == ["member", None]


def test_an_unused_reward_can_be_given_back_as_long_as_its_code_lives() -> None:
    rewards = [reward("a"), reward("b", valid="P60D"), reward("c", undo="never", valid="P60D")]
    program = check(document(rewards=rewards)).program
    assert program is not None
    assert [each.undo for each in program.rewards] == ["P30D", "P60D", "never"]


@pytest.mark.parametrize("raw", [THREE_KEYS, document(), document(units={"stars": POINTS})])
def test_filling_twice_is_filling_once(raw: dict[str, Any]) -> None:
    assert filled(filled(raw)) == filled(raw)


def test_what_is_stored_says_everything_and_reads_back_the_same() -> None:
    program = check(THREE_KEYS).program
    assert program is not None
    stored = document_of(program)
    assert read_program(stored) == program
    assert check(stored).program == program
    assert check(stored).warnings == ()
    units: Any = stored["units"]
    # A later default must not reach this version.
    assert units["points"]["expiry"]["idle"] == "P12M"
    assert units["points"]["pending"] == {"for": "P14D"}
    assert "null" not in str(stored)


@pytest.mark.parametrize(
    "broken",
    [{}, {"currency": 5}, {"units": 5}, {"units": {"a": 5}}, {"earn": 5}, {"earn": [5]},
     {"rewards": 5}, {"rewards": [5]}],
)  # fmt: skip
def test_filling_takes_any_shape(broken: dict[str, Any]) -> None:
    assert filled(broken)["language"] == 1
