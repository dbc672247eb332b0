"""Reports of campaigns: what is counted of a member, and what the arms differ in."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.actions import Action
from chalicelib.domain.campaign_report import ArmCount, comparison, counted
from chalicelib.domain.enrolling import enrolments
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.occasion import Terms
from tests.domain.program.broken_campaigns import campaign
from tests.domain.program.builders import NOON, compiled

LAPSED = {"lapsed": {"member.days_since_order": {"gte": 90}}}


def order(minor: int, at: int = NOON, **changes: Any) -> OrderDocument:
    plain: dict[str, Any] = {"counted": True, "bought": minor, "earned_at": at}
    return OrderDocument("main", f"{at}", **{**plain, **changes})


def arm(*revenues: int) -> ArmCount:
    total = ArmCount()
    for revenue in revenues:
        total = total.plus(counted([order(revenue)], "spring", (0, NOON + 1)))
    return total


def test_orders_count_from_entering_to_the_campaigns_end() -> None:
    orders = [order(100, NOON - 1), order(200, NOON), order(400, NOON + 5), order(800, NOON + 9)]
    count = counted(orders, "spring", (NOON, NOON + 9))
    assert (count.orders, count.revenue, count.buyers, count.members) == (2, 600, 1, 1)


def test_an_order_that_went_back_is_none_and_who_never_bought_counts_as_a_member() -> None:
    gone = order(0, counted=False)
    assert counted([gone], "spring", (0, NOON + 1)) == ArmCount(members=1)


def test_points_and_cost_are_what_the_campaign_added() -> None:
    given_by = {"spring": {"points": 30}, "other": {"points": 9}}
    action = Action(
        "a", "m", "walked", "", 0, 0, earned_at=NOON, campaigns={"spring": {"karma": 2}}
    )
    mine = order(100, campaigns=given_by, budgets={"campaign:spring": 3, "campaign:other": 5})
    count = counted([mine, action], "spring", (0, NOON + 1))
    assert (count.points, count.cost, count.orders) == ({"points": 30, "karma": 2}, 3, 1)


def test_the_comparison_is_the_difference_of_means_with_its_interval() -> None:
    # means 200 and 100; variances of means 10,000 / 3 and 5,000 / 2
    found = comparison({"in": arm(100, 200, 300), "holdout": arm(50, 150)})
    assert found is not None
    assert found.per_member == 100
    assert (found.low, found.high) == (-50, 250)  # 1.96 * sqrt(3333.33 + 2500) = 149.70


def test_two_members_in_each_arm_are_the_least() -> None:
    assert comparison({"in": arm(1, 2, 3), "holdout": arm(1)}) is None
    assert comparison({"holdout": arm(1, 2)}) is None


@given(st.lists(st.integers(0, 10**7), min_size=2, max_size=9),
       st.lists(st.integers(0, 10**7), min_size=2, max_size=9))  # fmt: skip
def test_the_estimate_lies_within_its_interval(one: list[int], other: list[int]) -> None:
    found = comparison({"in": arm(*one), "holdout": arm(*other)})
    assert found is not None
    assert found.low <= found.per_member <= found.high
    mean = sum(one) / len(one) - sum(other) / len(other)
    assert abs(found.per_member - mean) <= 1


# ---------------------------------------------------------------- entering


def entered(facts: MemberFacts, *documents: OrderDocument, now: int = NOON) -> Any:
    program = compiled(segments=LAPSED, campaigns=[campaign(segment="lapsed", to="2026-06-20")])
    return enrolments(program, ("m", facts), documents, {}, now).get("spring")


def test_a_member_enters_when_their_segment_holds_while_the_campaign_runs() -> None:
    lapsed = MemberFacts(segments=("lapsed",))
    made = entered(lapsed)
    assert (made.arm, made.entered_at, made.member) == ("in", NOON, "m")
    assert entered(MemberFacts()) is None
    assert entered(lapsed, now=NOON + 30 * 86_400_000) is None


def test_who_came_back_before_anybody_looked_entered_with_that_order() -> None:
    judged = Terms(program_version=1, arms={"spring": "spent"})
    other = Terms(program_version=1, arms={"spring": "holdout"})
    made = entered(MemberFacts(), order(5, NOON - 9, terms=judged), order(5, NOON, terms=other))
    assert (made.arm, made.entered_at) == ("in", NOON - 9)


def test_nobody_enters_twice() -> None:
    program = compiled(segments=LAPSED, campaigns=[campaign(segment="lapsed")])
    who = ("m", MemberFacts(segments=("lapsed",)))
    known = enrolments(program, who, (), {}, NOON)
    assert enrolments(program, who, (), known, NOON + 5) == known
