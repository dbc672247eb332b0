"""Trying decides as booking would, also where booking would refuse."""

import pytest

from chalicelib.domain.action_decision import ActionLoad
from chalicelib.domain.actions import Action
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.limits import ORDER_REFUNDS_MAX
from chalicelib.domain.member import MemberFacts, Profile
from chalicelib.domain.order_decision import OrderLoad
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.records import Joining
from chalicelib.domain.trying import Tried, made_up_member, try_action, try_joining, try_order
from tests.builders import NOON, refund, refused, state, upserted
from tests.domain.program.builders import POINTS, compiled, group

PROGRAM = compiled(tier_groups=[group()])
MONTH_AGO = NOON - 30 * DAY_MS
HABITS = MemberFacts(
    last_order_at=MONTH_AGO, orders_12m=3, spend_12m=9_000, birth_month=6, points={"points": 70}
)


def load() -> OrderLoad:
    facts = MemberFacts(tiers={"club": "silver"})
    buyer = made_up_member("m1", facts, PROGRAM.zone, NOON)
    return OrderLoad("tea", "USD", None, buyer, None)


def test_what_booking_refuses_is_refused() -> None:
    refunds = tuple(refund(1, f"r{number}") for number in range(ORDER_REFUNDS_MAX + 1))
    event = upserted(state(refunds=refunds))
    assert refused(try_order(event, load(), PROGRAM, NOON)) == "value_invalid"


def test_an_action_of_tomorrow_is_refused_as_ever() -> None:
    owner = made_up_member("m1", MemberFacts(), PROGRAM.zone, NOON)
    asked = Action("try:1", "m1", "review", "", NOON + DAY_MS, NOON)
    loaded = ActionLoad("tea", None, None, owner, PROGRAM)
    assert refused(try_action(asked, loaded, PROGRAM, NOON)) == "value_invalid"


def test_joining_by_rules_of_no_joining_gives_nothing() -> None:
    tried = try_joining(("tea", "m1", Profile("77")), PROGRAM, NOON)
    assert isinstance(tried.document, Joining)
    assert (tried.document.posted, tried.document.trace) == ((), ())
    assert tried.tiers_before == tried.tiers_after


def test_an_order_of_nobody_moves_no_tier() -> None:
    event = upserted(state(customer=None))
    nobody = OrderLoad("tea", "USD", None, None, None)
    tried = try_order(event, nobody, PROGRAM, NOON)
    assert isinstance(tried, Tried)
    assert isinstance(tried.document, OrderDocument)
    assert (tried.document.reason, tried.tiers_before) == ("guest_order", tried.tiers_after)


def test_somebody_made_up_keeps_the_tier_that_they_are_given() -> None:
    tried = try_order(upserted(state()), load(), PROGRAM, NOON)
    assert isinstance(tried, Tried)
    assert tried.tiers_before == {"club": "silver"}


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_somebody_made_up_bought_what_they_are_given(zone: str) -> None:
    idle = {**POINTS, "expiry": {"idle": "P6M"}}
    lapsed = {"lapsed": {"member.days_since_order": {"gte": 30}}}
    program = compiled(timezone=zone, units={"points": idle}, segments=lapsed)
    buyer = made_up_member("m1", HABITS, zone, NOON)
    tried = try_order(upserted(state()), OrderLoad("tea", "USD", None, buyer, None), program, NOON)
    assert isinstance(tried, Tried)
    assert isinstance(tried.document, OrderDocument)
    assert tried.document.terms is not None
    facts = tried.document.terms.facts
    assert (facts.last_order_at, facts.days_since_order) == (MONTH_AGO, 30)
    assert (facts.orders_12m, facts.spend_12m) == (3, 9_000)
    assert (facts.points, facts.segments) == ({"points": 70}, ("lapsed",))
    assert facts.birth_month == 6


def test_somebody_made_up_without_habits_never_bought() -> None:
    account = made_up_member("m1", MemberFacts(), "UTC", NOON).account
    assert account is not None
    assert (account.last_order_at, account.months, account.units) == (0, {}, {})
