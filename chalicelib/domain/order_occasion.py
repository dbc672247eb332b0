"""What rules see of an order: its own fields, and the lines that are left of it."""

from chalicelib.domain.events import OrderState
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.orders import OrderDocument, earning_state
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.domain.partners import partner_of
from chalicelib.domain.program.choosing import ripe_from, waiting_rules
from chalicelib.domain.program.occasion import Occasion, OccasionLine
from chalicelib.domain.program.plan import CompiledProgram


def order_occasion(
    document: OrderDocument,
    told: tuple[tuple[OccasionLine, ...], str],
    facts: MemberFacts,
    now: Instant,
) -> Occasion:
    """The occasion of a paid order at ``now``; ``told``: what is left of it, and its partner."""
    lines, partner = told
    state = earning_state(document)
    at = document.earned_at or (state.paid_at if state else None)
    if state is None or at is None:
        raise InvariantBroken("only an order that was paid is settled")
    return Occasion(
        trigger="order.paid",
        at=at,
        placed_at=state.created_at,
        now=now,
        fulfilled_at=state.fulfilled_at,
        lines=lines,
        drawn=document.drawn,
        order=order_fields(state, lines, partner),
        member=document.terms.facts if document.terms else facts,
    )


def order_partner(document: OrderDocument, program: CompiledProgram) -> str:
    """The partner of ``program`` that the order was bought at; "" for none."""
    state = earning_state(document)
    told = state.partner if state else ""
    return partner_of(program, told, document.source) if program.partners else ""


def order_fields(
    state: OrderState, lines: tuple[OccasionLine, ...], partner: str
) -> dict[str, object]:
    """What conditions may ask about an order, of which ``lines`` are left."""
    return {
        "number": state.number,
        "channel": state.channel,
        "partner": partner,
        "currency": state.currency,
        "net_total": sum(line.net for line in lines),
        "line_count": sum(1 for line in lines if line.net),
        "codes": state.codes,
        "tags": state.tags,
        "attributes": state.attributes,
    }


def ripens_at(occasion: Occasion, program: CompiledProgram) -> Instant:
    """When a rule or challenge next begins to count the order, if nobody tells before; 0: none."""
    dates = (
        ripe_from(rule, occasion.fulfilled_at, program.zone) for rule in waiting_rules(program)
    )
    return min((date for date in dates if date is not None and date > occasion.now), default=0)
