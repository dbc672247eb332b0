"""What occasions earn, to the point. These figures never change: refunds run old versions."""

from typing import Any

import pytest

from chalicelib.domain.limits import TRACE_ROWS_MAX
from chalicelib.domain.program.occasion import Share, TraceRow
from chalicelib.domain.program.stacking import Stack, joined
from tests.domain.program.broken import KARMA
from tests.domain.program.builders import (
    NOON,
    POINTS,
    add,
    at,
    award,
    by_rule,
    codes,
    compiled,
    facts,
    group,
    joining,
    line,
    order,
    points,
    rate,
    rule,
    tier,
)

DOUBLED = [group(tier("leaf"), tier("gold", 200, multiply={"points": "2"}))]
GOLD = {"tiers": {"club": "gold"}}


@pytest.mark.parametrize(
    ("cents", "keys", "expected"),
    [
        (4_299, {}, 42),
        (4_299, {"tier_groups": DOUBLED}, 85),  # not 84: rounded once, after doubling
        (4_299, {"tier_groups": DOUBLED, "earn": [rule(full=True)]}, 84),
        (99, {}, 0),
        (100, {}, 1),
        (1, {"earn": [rule("a", rate("1", per={"USD": 1}))]}, 1),
        (10_000, {"earn": [rule("a", rate("0.000001"))]}, 0),
        (10**14, {"earn": [rule("a", rate("0.000001"))]}, 10**6),
        (1_000, {"earn": [rule("a", rate("1", per={"USD": 300}))]}, 3),
        (1_000, {"earn": [rule("a", rate("2", per={"USD": 300}), full=True)]}, 6),
    ],
)
def test_an_order_earns_exactly(cents: int, keys: dict[str, Any], expected: int) -> None:
    assert points(award(compiled(**keys), order(cents), **GOLD)) == expected


@pytest.mark.parametrize(
    ("rounding", "cents", "expected"),
    [
        ("down", 199, 1), ("up", 101, 2), ("up", 100, 1), ("half_even", 150, 2),
        ("half_even", 250, 2), ("half_even", 251, 3), ("half_even", 149, 1),
    ],
)  # fmt: skip
def test_a_unit_rounds_its_own_way(rounding: str, cents: int, expected: int) -> None:
    program = compiled(units={"points": {**POINTS, "rounding": rounding}})
    assert points(award(program, order(cents))) == expected


def test_fractions_of_lines_and_rules_are_kept_until_the_end() -> None:
    program = compiled(earn=[rule("a", rate("0.5")), rule("b", rate("0.25"))])
    # 0.5 × 1.99 + 0.25 × 1.99 = 1.4925 over two lines, and 4.4775 over six.
    assert points(award(program, order(99, 100))) == 1
    assert points(award(program, order(99, 100, 99, 100, 99, 100))) == 4


def test_whole_points_are_dealt_by_largest_remainder_then_by_id() -> None:
    program = compiled(earn=[rule("b", rate("0.5")), rule("a", rate("0.5"))])
    assert by_rule(award(program, order(300))) == {"a": 2, "b": 1}
    program = compiled(earn=[rule("a", rate("0.1")), rule("b", rate("0.9"))])
    assert by_rule(award(program, order(100))) == {"b": 1}


@pytest.mark.parametrize(("of", "expected"), [("net", 10), ("gross", 12), ("with_tax", 13)])
def test_a_rate_is_of_what_it_says(of: str, expected: int) -> None:
    program = compiled(earn=[rule("a", rate(of=of))])
    assert points(award(program, order(line(1_000, gross=1_200, tax=300)))) == expected


def test_odd_gross_and_tax_never_take_points_away() -> None:
    for of in ("gross", "with_tax"):
        program = compiled(earn=[rule("a", rate(of=of))])
        assert points(award(program, order(line(0 + 1_000, gross=-5, tax=-9_000)))) in (0, 10)


def test_gift_cards_and_lines_of_nothing_earn_nothing() -> None:
    program = compiled(earn=[rule(), rule("bonus", add(5))])
    gift = line(5_000, "gift", gift_card=True)
    result = award(program, order(gift, line(0, "gone"), line(-5, "odd")))
    assert result.shares == ()
    assert result.qualifying == {}
    excluded = {row.line_id: row.parameters["why"] for row in result.trace if row.line_id}
    assert excluded == {"gift": "gift_card", "gone": "nothing_left", "odd": "nothing_left"}


def test_a_bonus_is_given_once_an_order_and_never_multiplied() -> None:
    program = compiled(earn=[rule("bonus", add(5)), rule("base")], tier_groups=DOUBLED)
    assert by_rule(award(program, order(100, 100, 100), **GOLD)) == {"base": 6, "bonus": 5}


def test_line_conditions_choose_lines_and_bonuses_need_one() -> None:
    only = {"lines": {"line.tags": {"has": "coffee"}}}
    program = compiled(earn=[rule("bonus", add(5), **only), rule("double", rate("2"), **only)])
    result = award(program, order(line(100, tags=("coffee",)), line(900, "l2", tags=("tea",))))
    assert by_rule(result) == {"bonus": 5, "double": 2}
    unmet = award(program, order(line(900, tags=("tea",))))
    assert unmet.shares == ()
    assert [row.parameters for row in unmet.trace] == [{"part": "lines"}] * 2


def test_conditions_ask_the_facts_of_the_terms() -> None:
    program = compiled(
        earn=[rule("third", add(9), **{"if": {"member.order_count": 2, "order.channel": "web"}})]
    )
    web = order(100, order={"channel": "web"}, member=facts(order_count=7))
    assert points(award(program, web, facts=facts(order_count=2))) == 9
    result = award(program, web, facts=facts(order_count=3))
    assert (points(result), codes(result)) == (0, ["condition_unmet"])


def test_rules_run_on_dates_of_the_placing_in_the_programs_zone() -> None:
    program = compiled(
        timezone="Europe/Budapest", earn=[rule(**{"from": "2026-06-01", "to": "2026-06-30"})]
    )

    def earned(placed: str) -> int:
        late = at("2026-09-01")  # when it is paid does not matter
        return points(award(program, order(100, placed_at=at(placed), at=late)))

    assert earned("2026-05-31T21:59:59Z") == 0
    assert earned("2026-05-31T22:00:00Z") == 1
    assert earned("2026-06-30T21:59:59Z") == 1
    assert earned("2026-06-30T22:00:00Z") == 0


def test_a_rule_given_before_pays_nothing_and_says_so() -> None:
    program = compiled(earn=[rule("first", add(50), once="member"), rule("base")])
    fresh = award(program, order(100))
    assert (by_rule(fresh), fresh.once) == ({"base": 1, "first": 50}, ("first",))
    again = award(program, order(100), already_given=("first",))
    assert (by_rule(again), again.once) == ({"base": 1}, ())
    assert "already_given" in codes(again)


def test_a_once_rule_that_paid_nothing_is_not_used_up() -> None:
    program = compiled(earn=[rule("first", rate("0.1"), once="member")])
    assert award(program, order(100)).once == ()


def test_joining_is_rewarded_without_lines() -> None:
    hello = {"id": "hello", "on": "member.joined", "give": [add(50)]}
    result = award(compiled(earn=[hello, rule()]), joining())
    assert result.shares == (Share("hello", "points", 50),)
    assert result.once == ("hello",)


def test_a_dry_run_is_traced_and_not_paid() -> None:
    result = award(compiled(earn=[rule("try", rate("3"), add(7), dry_run=True)]), order(100))
    assert (result.shares, result.wanted) == ((), {})
    assert [row.points for row in result.trace if row.code == "dry_run"] == [3, 7]


def test_a_retired_unit_is_not_earned() -> None:
    units = {"points": POINTS, "stars": {**POINTS, "retired": True}}
    program = compiled(units=units, earn=[rule("a", rate(), add(5, "stars"))])
    assert award(program, order(100)).shares == (Share("a", "points", 1),)


def test_a_tier_gives_nothing_of_a_retired_unit_on_entry() -> None:
    units = {"points": POINTS, "stars": {**POINTS, "retired": True}}
    silver = tier("silver", 1, entry=[add(5, "stars"), add(7)])
    program = compiled(units=units, earn=[], tier_groups=[group(tier("leaf"), silver)])
    given = award(program, order(100), entered=("club/silver",))
    assert given.shares == (Share("tier:club/silver", "points", 7),)


def test_units_are_rounded_apart() -> None:
    program = compiled(
        units={"points": POINTS, "karma": KARMA},
        earn=[rule("a", rate("0.7"), rate("0.7", unit="karma")), rule("b", rate("0.7"))],
    )
    result = award(program, order(100))
    assert result.shares == (Share("a", "points", 1),)


def test_a_trigger_without_rules_earns_nothing() -> None:
    assert award(compiled(earn=[]), order(100)).shares == ()


# ---------------------------------------------------------------- tiers


def test_the_tier_held_before_multiplies() -> None:
    program = compiled(tier_groups=DOUBLED)
    assert points(award(program, order(100), tiers={"club": "leaf"})) == 1
    assert points(award(program, order(100), tiers={"club": "gold"})) == 2
    assert points(award(program, order(100), tiers={"club": "gone", "other": "x"})) == 1


def test_spend_qualifies_with_net_and_without_multiplier() -> None:
    result = award(
        compiled(tier_groups=DOUBLED), order(4_299, line(900, "g", gift_card=True)), **GOLD
    )
    assert result.qualifying == {"club": 4_299}


def test_points_qualify_as_they_are_earned() -> None:
    ladder = group({"id": "a", "name": "A", "at": 0, "multiply": {"points": "2"}}, by="points",
                   unit="points")  # fmt: skip
    program = compiled(tier_groups=[ladder], earn=[rule(), rule("bonus", add(5))])
    assert award(program, order(199), tiers={"club": "a"}).qualifying == {"club": 8}


def test_an_entry_effect_stands_while_the_amount_does() -> None:
    gold = tier("gold", 200, entry=[add(50), add(5)])
    program = compiled(tier_groups=[group(tier("leaf"), gold)])
    granted = {"entered": ("club/gold",), "qualified_before": {"club": 15_000}}
    whole = award(program, order(5_000), **granted)
    assert by_rule(whole) == {"base": 50, "tier:club/gold": 55}
    assert codes(whole).count("tier_entered") == 2
    assert by_rule(award(program, order(4_999), **granted)) == {"base": 49}
    assert award(program, order(0), **granted).shares == ()


def test_an_entry_effect_of_the_first_tier_goes_with_a_whole_refund() -> None:
    program = compiled(tier_groups=[group(tier("leaf", entry=[add(10)]))])
    assert points(award(program, order(100), entered=("club/leaf",))) == 11
    assert points(award(program, order(0), entered=("club/leaf",))) == 0
    assert points(award(program, joining(), entered=("club/leaf",))) == 10


def test_entered_tiers_that_the_program_does_not_have_give_nothing() -> None:
    program = compiled(tier_groups=[group()])
    assert points(award(program, order(100), entered=("club/jade", "vip/gold", "odd"))) == 1


@pytest.mark.parametrize(
    ("stack", "tenths", "groups", "expected"),
    [
        ("best", [15, 20], 2, 200), ("sum", [15, 20], 2, 250), ("product", [15, 20], 2, 300),
        ("best", [15], 1, 15), ("sum", [15], 1, 15), ("product", [15], 1, 15),
        ("product", [15], 2, 150), ("sum", [2, 3], 2, 0), ("best", [], 1, 10),
    ],
)  # fmt: skip
def test_multipliers_are_joined_as_the_stack_says(
    stack: Stack, tenths: list[int], groups: int, expected: int
) -> None:
    assert joined(stack, tenths, 10, groups) == expected


# ---------------------------------------------------------------- trace


def test_the_trace_tells_each_step_with_its_figures() -> None:
    program = compiled(tier_groups=DOUBLED)
    assert award(program, order(4_299), **GOLD).trace == (
        TraceRow("rate", "base", "points", "", 42,
                 {"amount": 4_299, "rate": "1", "per": 100, "of": "net"}),
        TraceRow("multiplied", "base", "points", "", 85, {"by": "2"}),
        TraceRow("rounded", "", "points", "", 85, {"exact": "85.98"}),
        TraceRow("qualified", parameters={"group": "club", "amount": 4_299}),
    )  # fmt: skip


def test_a_hundred_lines_that_do_not_count_never_hide_what_does() -> None:
    gifts = [line(100, f"g{place}", gift_card=True) for place in range(100)]
    result = award(compiled(), order(*gifts, line(199, "paid")))
    assert len(result.trace) == TRACE_ROWS_MAX
    assert codes(result)[:2] == ["rate", "rounded"]


def test_a_hundred_rules_make_a_bounded_trace() -> None:
    program = compiled(earn=[rule(f"r{place}", add(1)) for place in range(100)])
    result = award(program, order(100))
    assert points(result) == 100
    assert len(result.trace) == TRACE_ROWS_MAX


def test_no_order_gives_more_points_than_a_movement_may_hold() -> None:
    program = compiled(earn=[rule("a", rate("999999"))])
    result = award(program, order(10**14))
    assert points(result) == 10**12
    assert result.trace[1].parameters["cap"] == "points_max"


def test_times_do_not_matter_to_what_is_earned_but_for_dates() -> None:
    program = compiled()
    assert award(program, order(100, at=0)) == award(program, order(100, at=NOON))
