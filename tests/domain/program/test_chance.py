"""Chance: what a rule gives by the number of its document, and that it is the same at each look."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.program.occasion import DRAW_END, Drawn
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.presentation import present
from chalicelib.domain.program.validation import check
from tests.domain.program.broken_causes import FOREST
from tests.domain.program.builders import (
    add,
    award,
    by_rule,
    codes,
    compiled,
    document,
    order,
    points,
    rate,
    rule,
)

TREE = {"cause": "forest", "add": 2}
WHEEL = [
    {"weight": 90, "give": []},
    {"weight": 9, "give": [add(50)]},
    {"weight": 1, "give": [add(500), TREE]},
]


def spinning(*beside: Any, branches: Any = WHEEL, **keys: Any) -> dict[str, Any]:
    return rule("wheel", *beside, {"chance": branches}, **keys)


def with_wheel(*rules: dict[str, Any], **keys: Any) -> CompiledProgram:
    return compiled(causes=[FOREST], earn=list(rules or (spinning(),)), **keys)


def drew(number: int, rule_id: str = "wheel") -> Drawn:
    return Drawn("2026-06-15", {rule_id: number})


@pytest.mark.parametrize(
    ("number", "gave", "trees"),
    [(0, 0, 0), (89, 0, 0), (90, 50, 0), (98, 50, 0), (99, 500, 2), (100, 0, 0), (299, 500, 2)],
)
def test_a_ticket_stands_for_its_branch(number: int, gave: int, trees: int) -> None:
    result = award(with_wheel(), order(500, drawn=drew(number)))
    assert points(result) == gave
    assert sum(grant.amount for grant in result.grants) == trees
    row = next(row for row in result.trace if row.code == "drawn")
    assert row.parameters["ticket"] == number % 100
    assert (row.parameters["tickets"], row.parameters["day"]) == (100, "2026-06-15")


def test_what_was_not_drawn_gives_nothing_and_says_so() -> None:
    for occasion in (order(500), order(500, drawn=drew(99, "other"))):
        result = award(with_wheel(), occasion)
        assert (points(result), codes(result)) == (0, ["not_drawn"])


def test_nothing_left_of_an_order_gives_nothing_whatever_was_drawn() -> None:
    assert points(award(with_wheel(), order(drawn=drew(99)))) == 0


def test_a_rule_may_give_something_for_sure_beside_its_draw() -> None:
    program = with_wheel(spinning(rate()))
    assert points(award(program, order(500, drawn=drew(0)))) == 5
    assert points(award(program, order(500, drawn=drew(90)))) == 55
    assert points(award(program, order(500))) == 0


def test_a_multiplier_may_be_drawn() -> None:
    lucky = spinning(branches=[{"weight": 1, "give": [{"multiply": "3", "unit": "points"}]}])
    program = with_wheel(rule("base", rate()), lucky)
    assert points(award(program, order(500, drawn=drew(7)))) == 15


def test_two_branches_may_give_to_one_cause_under_keys_of_their_own() -> None:
    both = [{"weight": 1, "give": [TREE]}, {"weight": 1, "give": [TREE]}]
    program = with_wheel(spinning(branches=both))
    places = {award(program, order(5, drawn=drew(n))).grants[0].effect for n in (0, 1)}
    assert len(places) == 2


# ---------------------------------------------------------------- limits


def test_a_draw_is_a_time_whether_it_won_or_not() -> None:
    limit = {"times": 1, "window": {"calendar": "day"}}
    program = with_wheel(spinning(limit=limit))
    blank = award(program, order(500, drawn=drew(0)), room={"rule:wheel": 1})
    assert (blank.used, blank.wanted) == ({"rule:wheel": 1}, {"rule:wheel": 1})
    again = award(program, order(500, drawn=drew(99)), room={"rule:wheel": 0})
    assert (points(again), again.used, again.grants) == (0, {}, ())
    assert "cap_reached" in codes(again)


def test_a_limit_by_points_cuts_what_was_won_and_the_draw_stays_in_the_trace() -> None:
    program = with_wheel(spinning(limit={"amount": 600, "window": {"calendar": "day"}}))
    result = award(program, order(500, drawn=drew(99)), room={"rule:wheel": 120})
    assert points(result) == 120
    assert {"drawn", "cap_reached"} <= set(codes(result))


def test_a_draw_of_once_is_had_by_a_blank_too() -> None:
    program = with_wheel(spinning(once="member"))
    assert award(program, order(500, drawn=drew(0))).once == ("wheel",)
    assert award(program, order(500)).once == ()


def test_a_dry_run_draws_and_pays_nothing() -> None:
    program = with_wheel(spinning(dry_run=True, once="member"))
    result = award(program, order(500, drawn=drew(99)))
    assert (points(result), result.once, result.used) == (0, (), {})
    assert {"drawn", "dry_run", "dry_run_grant"} <= set(codes(result))


@given(
    number=st.integers(0, DRAW_END - 1),
    cents=st.lists(st.integers(0, 9_999), max_size=3),
    room=st.integers(0, 600),
)
def test_the_same_number_gives_the_same_by_what_was_granted(
    number: int, cents: list[int], room: int
) -> None:
    """What a repeated delivery relies on: evaluating by what was used changes nothing."""
    limit = {"amount": 600, "window": {"calendar": "day"}}
    program = with_wheel(spinning(limit=limit), rule("base", rate()))
    occasion = order(*cents, drawn=drew(number))
    first = award(program, occasion, room={"rule:wheel": room})
    again = award(program, occasion, room={"rule:wheel": first.used.get("rule:wheel", 0)})
    assert (by_rule(first), first.grants) == (by_rule(again), again.grants)
    assert by_rule(first).get("wheel", 0) <= room


# ---------------------------------------------------------------- documents


def test_a_rule_that_can_only_draw_blanks_is_warned_of() -> None:
    checked = check(document(earn=[rule(), spinning(branches=[{"weight": 1}])]))
    assert [problem.code for problem in checked.warnings] == ["rule_never_pays"]


def test_the_same_draw_again_is_no_other_meaning_and_another_unit_is() -> None:
    first = document(causes=[FOREST], earn=[spinning()])
    live = check(first).program
    assert check(first, live).warnings == ()
    other = document(earn=[spinning(branches=[{"weight": 1, "give": [TREE]}])], causes=[FOREST])
    assert "id_reused" in [problem.code for problem in check(other, live).warnings]


def test_odds_are_shown_where_the_program_says_so() -> None:
    shown = present(with_wheel(spinning(rate()), presentation={"odds": True}), "en")
    assert shown["earn"][0]["chance"]["branches"] == [  # type: ignore[index]
        {"weight": 90, "give": []},
        {"weight": 9, "give": [{"unit": "points", "add": 50}]},
        {
            "weight": 1,
            "give": [{"unit": "points", "add": 500}],
            "grants": [{"cause": "forest", "add": 2}],
        },
    ]
    hidden = present(with_wheel(), "en")
    assert hidden["earn"][0]["chance"] == {"branches": None}  # type: ignore[index]
