"""What an account remembers of buying: by month, with refunds, and no longer than a year."""

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.habits import bought, joined_months, with_habits
from chalicelib.domain.instants import DAY_MS, parse_instant
from chalicelib.domain.limits import HABIT_MONTHS
from chalicelib.domain.member import Account, Lot, MemberFacts, UnitState
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.scalars import Condition
from tests.domain.program.builders import add, compiled, group, reward, rule

JUNE = parse_instant("2026-06-15T12:00:00Z")
ASKING = {"segments": {"lapsed": {"member.days_since_order": {"gte": 30}}}}


def account(**changes: Any) -> Account:
    return Account(1, joined_at=1, **changes)


def order(minor: int, at: int = JUNE, *, counted: bool = True) -> OrderDocument:
    return OrderDocument("main", "1", counted=counted, bought=minor, earned_at=at)


NOTHING = OrderDocument("main", "1")


def test_an_order_counts_in_the_month_of_its_payment() -> None:
    changes = bought(account(), NOTHING, order(500), "UTC")
    assert changes == {"last_order_at": JUNE, "months": {"2026-06": (1, 500)}}


def test_a_refund_takes_from_the_month_of_its_order_and_forgets_no_visit() -> None:
    held = account(last_order_at=JUNE, months={"2026-06": (2, 900)})
    part = bought(held, order(500), order(200), "UTC")
    assert part == {"months": {"2026-06": (2, 600)}}
    whole = bought(held, order(500), order(0, counted=False), "UTC")
    assert whole == {"months": {"2026-06": (1, 400)}}


def test_an_order_told_again_changes_nothing() -> None:
    held = account(last_order_at=JUNE, months={"2026-06": (1, 500)})
    assert bought(held, order(500), order(500), "UTC") == {}


def test_an_older_order_that_comes_late_is_not_the_newest() -> None:
    held = account(last_order_at=JUNE)
    assert "last_order_at" not in bought(held, NOTHING, order(5, JUNE - DAY_MS), "UTC")


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 9_000)), max_size=40))
def test_no_more_than_twelve_months_are_kept(orders: list[tuple[int, int]]) -> None:
    held = account()
    for day, minor in orders:
        changes: Any = bought(held, NOTHING, order(minor, JUNE + day * DAY_MS), "UTC")
        known = {"months": held.months, "last_order_at": held.last_order_at}
        held = account(**{**known, **changes})
        assert len(held.months) <= HABIT_MONTHS


def test_two_members_who_are_one_bought_what_both_did() -> None:
    one, other = {"2026-05": (1, 100), "2026-06": (1, 50)}, {"2026-06": (2, 70)}
    assert joined_months(one, other) == {"2026-05": (1, 100), "2026-06": (3, 120)}


def test_facts_tell_of_the_year_before_and_of_what_is_available() -> None:
    months = {"2025-06": (5, 5_000), "2025-07": (1, 100), "2026-06": (2, 900)}
    units = {"points": UnitState((Lot(40), Lot(60, available_at=JUNE + 1)))}
    held = account(last_order_at=JUNE - 40 * DAY_MS, months=months, units=units)
    facts = with_habits(MemberFacts(), held, compiled(**ASKING), JUNE)
    assert (facts.orders_12m, facts.spend_12m) == (3, 1_000)
    assert (facts.days_since_order, facts.points) == (40, {"points": 40})
    assert facts.segments == ("lapsed",)


def test_who_never_bought_is_in_no_segment_of_recency() -> None:
    facts = with_habits(MemberFacts(), account(), compiled(**ASKING), JUNE)
    assert (facts.days_since_order, facts.segments) == (None, ())


def test_what_no_condition_asks_is_not_kept() -> None:
    plain = compiled(earn=[rule("base", **{"if": {"member.country": "HU"}})])
    assert with_habits(MemberFacts(), account(last_order_at=JUNE), plain, JUNE) == MemberFacts()


def test_a_condition_deep_inside_asks_too() -> None:
    deep = {"any": [{"member.country": "HU"}, {"not": {"member.points.points": {"gt": 5}}}]}
    assert compiled(earn=[rule("base", **{"if": deep})]).asks_habits


OFTEN = {"member.orders_12m": {"gte": 3}}
COUNTED = {"id": "c", "name": "Three", "kind": "count", "target": 3, "give": [add(50)]}
PAID = {**COUNTED, "on": "order.paid"}
STEP = {"id": "one", "on": "order.paid", "if": OFTEN}
STEPS = {"id": "c", "name": "All", "kind": "steps", "give": [add(50)], "steps": [STEP]}
OFFER = {"regions": ["*"], "friend": [add(10)], "advocate": [add(10)]}
FROM = {"from": "2026-06-01", "to": "2026-07-01"}
CUSTOM = group(
    {"id": "leaf", "name": "Leaf"}, {"id": "silver", "name": "Silver", "if": OFTEN}, by="custom"
)

PLACES: dict[tuple[str, str], dict[str, Any]] = {
    ("Rule", "if_"): {"earn": [rule("base", **{"if": OFTEN})]},
    ("Rule", "lines"): {"earn": [rule("base", lines=OFTEN)]},
    ("Reward", "who"): {"rewards": [reward(who=OFTEN)]},
    ("Tier", "if_"): {"tier_groups": [CUSTOM]},
    ("Challenge", "if_"): {"challenges": [{**PAID, "if": OFTEN}]},
    ("Challenge", "lines"): {"challenges": [{**PAID, "lines": OFTEN}]},
    ("ChallengeStep", "if_"): {"challenges": [STEPS]},
    ("Qualify", "if_"): {"referral": {"offers": [OFFER], "qualify": {"if": OFTEN}}},
    ("Program", "segments"): {"segments": {"often": OFTEN}},
}
"""Where a program has conditions, each asking about habits there alone."""


@pytest.mark.parametrize("place", PLACES, ids=".".join)
def test_habits_are_read_wherever_a_condition_asks_for_them(place: tuple[str, str]) -> None:
    program = compiled(**PLACES[place])
    held = account(months={"2026-06": (4, 900)})
    assert with_habits(MemberFacts(), held, program, JUNE).orders_12m == 4


def test_a_rule_of_a_campaign_asks_too() -> None:
    campaign = {
        "id": "june",
        "budget": "unlimited",
        **FROM,
        "rules": [rule("more", **{"if": OFTEN})],
    }
    assert compiled(campaigns=[campaign]).asks_habits


def test_no_place_of_a_condition_is_forgotten() -> None:
    assert set(PLACES) == set(_places(Program, set()))


def _places(struct: Any, seen: set[Any]) -> Any:
    """(struct, field) of every condition that a document of ``struct`` may hold."""
    seen.add(struct)
    for field in msgspec.structs.fields(struct):
        if _is_condition(field.type):
            yield struct.__name__, field.name
        for inner in _structs(field.type):
            if inner not in seen:
                yield from _places(inner, seen)


def _is_condition(kind: Any) -> bool:
    return kind == Condition or any(_is_condition(part) for part in get_args(kind))


def _structs(kind: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for part in get_args(kind):
        yield from _structs(part)
