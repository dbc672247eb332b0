"""What a replay reads: orders as they were paid, and what came back of each.

An order of the books is read back into that: its state before any return, every refund with its
time, and the buyer as the order's own terms remember them. Cancelled or refunded whole is one
refund of everything that was left.
"""

from collections.abc import Iterable
from operator import attrgetter

import msgspec

from chalicelib.domain.events import Customer, OrderState, OrderStatus, Refund, RefundLine
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import FactValue, MemberFacts
from chalicelib.domain.orders import OrderDocument, earning_state, refunds_of
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.domain.pausing import PAUSED
from chalicelib.domain.program.choosing import ripe_from, waiting_rules
from chalicelib.domain.program.occasion import Drawn, Launched
from chalicelib.domain.program.plan import CompiledProgram


class PastOrder(msgspec.Struct, frozen=True, omit_defaults=True, tag="order"):
    """One order. ``state`` is as it was paid: its refunds stand beside it, each with its time."""

    member: str
    state: OrderState
    refunds: tuple[Refund, ...] = ()
    drawn: Drawn | None = None  # what chance said of it in the books
    launched: Launched | None = None  # it was brought in from before the program ...
    brought_at: Instant = 0  # ... and when
    is_paused: bool = False  # the books say that it fell into a pause
    facts: dict[str, FactValue] = {}  # the shop's own, as the award's terms remember them
    is_untold: bool = False  # no terms remember the buyer

    @property
    def paid_at(self) -> Instant:
        """When it was paid: its place in the history."""
        if self.state.paid_at is None:
            raise InvariantBroken("a past order was paid")
        return self.state.paid_at


class Step(msgspec.Struct, frozen=True):
    """One thing that a member did: paid an order, sent some back, or kept it long enough."""

    at: Instant
    order: PastOrder
    refund: Refund | None = None
    is_payment: bool = False


def steps_of(
    orders: Iterable[PastOrder], program: CompiledProgram | None = None
) -> tuple[Step, ...]:
    """What one member did, in order of time; an order is paid before anything of it comes back.

    With a ``program`` also when its rules begin to count an order that was fulfilled.
    """
    steps = []
    waiting = waiting_rules(program) if program else ()
    for order in orders:
        paid_at = max(order.paid_at, order.brought_at)
        steps.append(Step(paid_at, order, is_payment=True))
        steps += [Step(max(part.at, paid_at), order, part) for part in order.refunds]
        zone = program.zone if program else ""
        ripe = {ripe_from(rule, order.state.fulfilled_at, zone) for rule in waiting}
        steps += [Step(at, order) for at in sorted(at for at in ripe if at and at > paid_at)]
    return tuple(sorted(steps, key=attrgetter("at")))


def facts_of(order: PastOrder) -> MemberFacts:
    """What is known of the buyer, as the order tells it."""
    customer = order.state.customer
    if customer is None:
        return MemberFacts(facts=order.facts)
    return MemberFacts(
        locale=customer.locale, country=customer.country, tags=customer.tags, facts=order.facts
    )


_WHOLE = frozenset({OrderStatus.CANCELLED, OrderStatus.REFUNDED})


def past_order_of(document: OrderDocument) -> PastOrder | None:
    """The history of an order of the books; None where it was nobody's, or never paid."""
    state = earning_state(document)
    if state is None or state.paid_at is None or not document.member:
        return None
    paid_at = document.earned_at or state.paid_at
    refunds = refunds_of(document)
    if state.status in _WHOLE:
        refunds = (*refunds, _whole(state, refunds))
    is_paid = state.status in _WHOLE or state.status is OrderStatus.PARTIALLY_REFUNDED
    as_paid = msgspec.structs.replace(
        state,
        status=OrderStatus.PAID if is_paid else state.status,
        paid_at=paid_at,
        refunds=(),
        refunds_complete=False,
        customer=_buyer(document),
    )
    past = PastOrder(
        document.member,
        as_paid,
        refunds,
        document.drawn,
        is_paused=document.reason == PAUSED,
        facts=document.terms.facts.facts if document.terms else {},
        is_untold=document.terms is None,
    )
    launched = document.terms.launched if document.terms else None
    if launched is None:
        return past
    return msgspec.structs.replace(past, launched=launched, brought_at=document.recorded_at)


def _whole(state: OrderState, refunds: tuple[Refund, ...]) -> Refund:
    """Everything comes back, with the last that did, or when the state was told."""
    at = max((refund.at for refund in refunds), default=state.version)
    lines = tuple(RefundLine(line.id, line.quantity_milli, line.net) for line in state.lines)
    return Refund("whole", at, lines)


def _buyer(document: OrderDocument) -> Customer:
    """Who bought, as the award's own terms remember them; without an award, nothing is known."""
    facts = document.terms.facts if document.terms else MemberFacts()
    return Customer(document.member, country=facts.country, locale=facts.locale, tags=facts.tags)
