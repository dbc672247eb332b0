"""Every example program walks a year of orders and actions, and its points add up each month."""

import json
from pathlib import Path

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.replay.member_state import plan_of, quietly
from chalicelib.domain.replay.past_actions import PastAction
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.replay.walking import Past, walk_member
from tests.builders import NOON
from tests.domain.replay.histories import FIFTH, back, bought, months

EXAMPLES = sorted((Path(__file__).parents[3] / "examples" / "programs").glob("*.json"))
ADDED, TAKEN = ("earn", "reinstate", "return"), ("reverse", "redeem", "expire", "donate")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_replayed_to_the_point(path: Path) -> None:
    program = compile_program(read_program(json.loads(path.read_text(encoding="utf-8"))), 1)
    names = {rule.on.removeprefix("action.") for rule in program.program.earn}
    span = months()
    tally = Tally(len(span.names))
    for member in range(3):
        past: list[Past] = [
            bought(
                2_000 + 9_000 * member + 700 * place,
                f"{member}-{place}",
                600 - 40 * place - member,
                (back(1_500, 590 - 40 * place - member),) if place % 4 == 0 else (),
                currency=program.currency,
            )
            for place in range(12)
        ]
        past += [
            PastAction("77", f"main:{name}{place}", name, NOON - 30 * place * DAY_MS, f"p{place}")
            for name in sorted(names)
            for place in range(5)
        ]
        walk_member(f"m{member}", past, quietly(plan_of(program, span, FIFTH)), tally)
    for unit in program.units:
        for habit in ("half", "one", "more"):
            held = 0
            for month in range(len(span.names)):
                held += sum(tally.row(kind, unit, habit)[month] for kind in ADDED)
                held -= sum(tally.row(kind, unit, habit)[month] for kind in TAKEN)
                assert tally.row("outstanding", unit, habit)[month] == held
