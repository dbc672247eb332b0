"""Paid memberships as values: terms change only with what is left of their price, and in bounds."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import Period
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.limits import MEMBERSHIP_TERMS_MAX
from chalicelib.domain.member import Account, Term
from chalicelib.domain.memberships import (
    Sale,
    held_until,
    joined,
    memberships_at,
    sale_of,
    shortened,
)
from chalicelib.domain.program.occasion import Bought, Occasion
from chalicelib.domain.program.plan import CompiledMembership
from tests.domain.program.builders import NOON, line, order

PLUS = CompiledMembership("plus", "PLUS", "", Period(months=12), is_prorated=False)
PART = CompiledMembership("plus", "PLUS", "", Period(months=12), is_prorated=True)
CLUB = CompiledMembership("club", "", "club", Period(months=1), is_prorated=False)
YEAR = Bought(NOON, NOON + 360 * DAY_MS, NOON + 360 * DAY_MS, 900, 900)


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 1_000)), max_size=6),
    st.sampled_from([PLUS, PART]),
)
def test_a_term_stays_within_its_period_and_a_repeat_changes_nothing(
    steps: list[tuple[int, int]], sold: CompiledMembership
) -> None:
    known, now = YEAR, NOON
    for days, minor in steps:
        now += days * DAY_MS
        known = shortened(known, Sale(1, minor), sold, now)
        assert known == shortened(known, Sale(1, minor), sold, now + DAY_MS)
        assert known.starts_at <= known.ends_at <= known.full_until
        if minor >= known.whole:
            assert known.ends_at == known.full_until


def test_a_term_that_has_not_begun_never_does_once_it_is_refunded() -> None:
    gone = shortened(YEAR, Sale(0, 0), PLUS, NOON - DAY_MS)
    assert gone.ends_at == gone.starts_at


TRIAL = Bought(NOON, NOON + 30 * DAY_MS, NOON + 30 * DAY_MS, 0, 0)


def test_a_trial_for_nothing_ends_when_it_comes_back_and_not_again() -> None:
    kept, gone = Sale(1, 0), Sale(0, 0)
    assert shortened(TRIAL, kept, PLUS, NOON + DAY_MS) == TRIAL
    ended = shortened(TRIAL, gone, PLUS, NOON + DAY_MS)
    assert ended.ends_at == NOON + DAY_MS
    assert shortened(ended, gone, PLUS, NOON + 9 * DAY_MS) == ended
    assert shortened(ended, kept, PLUS, NOON + 9 * DAY_MS) == TRIAL
    over = NOON + 40 * DAY_MS
    assert shortened(TRIAL, gone, PART, over) == TRIAL


def test_free_pieces_are_sold_where_none_cost_anything() -> None:
    assert sale_of(PLUS, order(line(0, sku="PLUS"), line(300, "l2", sku="MUG"))) == Sale(1, 0)


def test_only_lines_of_the_product_that_cost_something_are_sold() -> None:
    goods = order(line(500, sku="PLUS"), line(300, "l2", sku="MUG"), line(0, "l3", sku="PLUS"))
    assert sale_of(PLUS, goods) == Sale(1, 500)
    assert sale_of(PLUS, Occasion("", NOON, NOON)) == Sale(0, 0)


def test_a_renewal_is_of_the_plan_that_it_names() -> None:
    told: dict[str, object] = {"properties": {"plan": "club"}}
    renewed = Occasion("subscription.renewed", NOON, NOON, action=told)
    assert sale_of(CLUB, renewed) == Sale(1, 1)
    for action in ({"properties": {"plan": 5}}, {"properties": {"plan": "x"}}, {}):
        other = Occasion("subscription.renewed", NOON, NOON, action=dict(action))
        assert sale_of(CLUB, other) == Sale(0, 0)
    assert sale_of(CLUB, Occasion("action.club", NOON, NOON, action=told)) == Sale(0, 0)


def test_periods_that_meet_are_held_without_a_gap_and_others_are_not() -> None:
    terms = {"a": Term(0, 10), "b": Term(10, 20), "c": Term(25, 30)}
    account = Account(revision=1, memberships={"plus": terms})
    assert [memberships_at(account, at) for at in (0, 19, 20, 25)] == [
        ("plus",), ("plus",), (), ("plus",),
    ]  # fmt: skip
    assert held_until(account, "plus", 5) == 20
    assert held_until(account, "club", 5) == 5


def test_an_account_keeps_the_terms_that_end_last() -> None:
    many = {f"d{number:02}": Term(number, number + 1) for number in range(20)}
    kept = joined({"plus": many}, {"club": {"x": Term(0, 1)}})
    assert len(kept["plus"]) == MEMBERSHIP_TERMS_MAX
    assert min(term.starts_at for term in kept["plus"].values()) == 20 - MEMBERSHIP_TERMS_MAX
    assert kept["club"] == {"x": Term(0, 1)}
