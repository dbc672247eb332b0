"""What a replay reads: orders as they were paid, and what came back of each."""

from collections.abc import Iterable
from operator import attrgetter

import msgspec

from chalicelib.domain.events import OrderState, Refund
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.outcome import InvariantBroken


class PastOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """One order. ``state`` is as it was paid: its refunds stand beside it, each with its time."""

    member: str
    state: OrderState
    refunds: tuple[Refund, ...] = ()

    @property
    def paid_at(self) -> Instant:
        """When it was paid: its place in the history."""
        if self.state.paid_at is None:
            raise InvariantBroken("a past order was paid")
        return self.state.paid_at


class Step(msgspec.Struct, frozen=True):
    """One thing that a member did: paid an order, or sent a part of it back."""

    at: Instant
    order: PastOrder
    refund: Refund | None = None  # None: it was paid


def steps_of(orders: Iterable[PastOrder]) -> tuple[Step, ...]:
    """What one member did, in order of time; an order is paid before anything of it comes back."""
    steps = []
    for order in orders:
        paid_at = order.paid_at
        steps.append(Step(paid_at, order))
        steps += [Step(max(part.at, paid_at), order, part) for part in order.refunds]
    return tuple(sorted(steps, key=attrgetter("at")))


def facts_of(order: PastOrder) -> MemberFacts:
    """What is known of the buyer, as the order tells it."""
    customer = order.state.customer
    if customer is None:
        return MemberFacts()
    return MemberFacts(locale=customer.locale, country=customer.country, tags=customer.tags)
