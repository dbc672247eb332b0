"""Whether an order of a friend qualifies: by what is left of it, and the terms it was paid by."""

from chalicelib.domain.calendar import add_period
from chalicelib.domain.exchange import goods_of
from chalicelib.domain.instants import Instant
from chalicelib.domain.order_occasion import order_occasion, order_partner
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.compiled_referral import region_for
from chalicelib.domain.program.fields import Subject
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.referral_plan import CompiledReferral
from chalicelib.domain.referral_signs import is_checked
from chalicelib.domain.referrals import Offers, Purchase, Qualifying, Referral, purchase_of


def qualifying_of(
    known: Referral,
    order: OrderDocument,
    program: CompiledProgram,
    countries: tuple[str, str],
    now: Instant,
) -> Qualifying | None:
    """The terms on which ``order`` qualifies; None if it does not.

    ``program`` is that of the order's own terms; ``countries`` are (friend's, advocate's).
    """
    terms = program.referral
    bought = _bought(known, order, (program, terms), now) if terms is not None else None
    if terms is None or bought is None:
        return None
    friend, advocate = countries
    if order.terms is not None and order.terms.facts.country:
        friend = order.terms.facts.country
    chosen = {
        "each": (friend, advocate),
        "friend": (friend, friend),
        "advocate": (advocate, advocate),
    }[terms.region_of]
    reasons = tuple(reason for reason in known.reasons if is_checked(reason, terms.checks))
    return Qualifying(
        ordered_at=order.earned_at,
        matures_at=add_period(order.earned_at, terms.after, program.zone),
        program_version=program.version,
        offers=Offers(*(region_for(terms, country) for country in chosen)),
        bought=bought,
        reasons=reasons,
        is_reviewed=terms.is_reviewed,
    )


def _is_in_time(known: Referral, order: OrderDocument) -> bool:
    """Whether the friend paid it in time: as long as the link lives, and not as somebody else.

    Whom the friend is merged into may have bought before, which nobody brought them for.
    """
    is_late = known.until > 0 and order.earned_at >= known.until
    is_friends = order.earned_at >= known.recorded_at or order.member == known.friend
    return not is_late and (is_friends or known.order == f"{order.source}:{order.order_id}")


def _bought(
    known: Referral,
    order: OrderDocument,
    by: tuple[CompiledProgram, CompiledReferral],
    now: Instant,
) -> Purchase | None:
    """What is left of the order that counts; None where it does not qualify."""
    program, terms = by
    if order.terms is None or order.reason or not _is_in_time(known, order):
        return None
    goods, partner = goods_of(order, program, ""), order_partner(order, program)
    occasion = order_occasion(order, (goods.lines, partner), order.terms.facts, now)
    subject = Subject(occasion.order, order.terms.facts, None, {})
    is_met = terms.condition is None or terms.condition(subject)
    return purchase_of(goods.lines) if is_met else None
