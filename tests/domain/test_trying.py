"""Trying decides as booking would, also where booking would refuse."""

from chalicelib.domain.limits import ORDER_REFUNDS_MAX
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.order_decision import OrderLoad
from chalicelib.domain.trying import Tried, made_up_member, try_order
from tests.builders import NOON, refund, refused, state, upserted
from tests.domain.program.builders import compiled, group

PROGRAM = compiled(tier_groups=[group()])


def load() -> OrderLoad:
    buyer = made_up_member("m1", MemberFacts(tiers={"club": "silver"}), NOON)
    return OrderLoad("tea", "USD", None, buyer, None)


def test_what_booking_refuses_is_refused() -> None:
    refunds = tuple(refund(1, f"r{number}") for number in range(ORDER_REFUNDS_MAX + 1))
    event = upserted(state(refunds=refunds))
    assert refused(try_order(event, load(), PROGRAM, NOON)) == "value_invalid"


def test_an_order_of_nobody_moves_no_tier() -> None:
    event = upserted(state(customer=None))
    nobody = OrderLoad("tea", "USD", None, None, None)
    tried = try_order(event, nobody, PROGRAM, NOON)
    assert isinstance(tried, Tried)
    assert (tried.document.reason, tried.tiers_before) == ("guest_order", tried.tiers_after)


def test_somebody_made_up_keeps_the_tier_that_they_are_given() -> None:
    tried = try_order(upserted(state()), load(), PROGRAM, NOON)
    assert isinstance(tried, Tried)
    assert tried.tiers_before == {"club": "silver"}
