"""What an occasion counts for a challenge of each kind, and that a live one keeps its terms."""

from typing import Any

import pytest

from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.earning import evaluate
from chalicelib.domain.program.occasion import Occasion
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.validation import check
from tests.domain.program.broken_challenges import STEPS, challenge
from tests.domain.program.builders import NOON, line, order, terms


def ready(raw: dict[str, Any]) -> CompiledProgram:
    own = {"action": {"miles": "integer", "country": "text"}, "line": {"boxes": "integer"}}
    told = {**raw, "attributes": own}
    checked = check(told)
    assert checked.program is not None, checked.errors
    return compile_program(checked.program, 1)


def acted(name: str, **told: Any) -> Occasion:
    doing: dict[str, object] = {"name": name, "subject": "", "properties": told}
    return Occasion(f"action.{name}", NOON, NOON, action=doing)


def counted(raw: dict[str, Any], occasion: Occasion) -> dict[str, int]:
    """Amounts by value, for the one challenge."""
    return evaluate(ready(raw), occasion, terms()).progress.get("three", {})


BASKET = order(line(1_500, "l1", sku="A"), line(500, "l2", sku="B", quantity_milli=3_000))


@pytest.mark.parametrize(
    ("of", "amount"), [("line.net", 2_000), ("line.quantity", 4)], ids=["money", "pieces"]
)
def test_a_sum_counts_money_or_pieces(of: str, amount: int) -> None:
    assert counted(challenge("sum", of=of), BASKET) == {"": amount}


def test_a_sum_counts_what_the_shop_tells_of_lines() -> None:
    told = (2, "5", -3, "many")
    lines = [line(100, f"l{n}", attributes={"boxes": boxes}) for n, boxes in enumerate(told)]
    assert counted(challenge("sum", of="line.boxes"), order(*lines, line(100))) == {"": 7}


def test_a_sum_counts_a_number_of_an_action_and_nothing_else() -> None:
    raw = challenge("sum", on="action.walked", of="action.miles")
    assert counted(raw, acted("walked", miles=7)) == {"": 7}
    assert counted(raw, acted("walked")) == {}


def test_a_set_counts_each_value_once() -> None:
    raw = challenge("set", of="line.sku", max=9)
    found = counted(raw, BASKET)
    assert sorted(found.values()) == [1, 1]
    tried = challenge("set", on="action.tried", of="action.country", max=9)
    assert len(counted(tried, acted("tried", country="BR"))) == 1
    assert counted(tried, acted("tried")) == {}


def test_a_streak_counts_the_period_and_steps_the_step() -> None:
    assert list(counted(challenge("streak", every="week"), BASKET).values()) == [1]
    raw = challenge("steps", on=None, target=None, steps=STEPS)
    assert counted(raw, BASKET) == {"buy": 1}
    assert counted(raw, acted("told")) == {"tell": 1}


def test_what_meets_no_condition_counts_nothing() -> None:
    lines = challenge(lines={"line.sku": "C"})
    assert counted(lines, BASKET) == {}
    assert counted(challenge(**{"if": {"order.net_total": {"gte": 9_999}}}), BASKET) == {}


@pytest.mark.parametrize("changed", [{"target": 4}, {"kind": "sum", "of": "line.net"}])
def test_members_on_their_way_keep_their_terms(changed: dict[str, Any]) -> None:
    live = ready(challenge()).program
    codes = [each.code for each in check(challenge(**changed), live).errors]
    assert codes == ["challenge_changed"]
    assert check(challenge(name="Three teas"), live).errors == ()
