"""Try a program out: one cart or order, one member, one instant, decided as ever and not booked.

The decision is the production one over what was loaded for it; only the program is another, and
the order is new. So a try tells what would happen, whatever the language has learnt meanwhile.
"""

from typing import cast

import msgspec

from chalicelib.domain.budgets import Budgets
from chalicelib.domain.calendar import Step, Window, bucket_name, window_ordinal
from chalicelib.domain.decision import Decision
from chalicelib.domain.events import OrderUpserted
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account, Lot, MemberFacts, Standing, UnitState
from chalicelib.domain.member_books import LoadedMember
from chalicelib.domain.order_decision import OrderLoad, decide_order
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.shared import limits_at
from chalicelib.domain.standing import held_tiers


class Tried(msgspec.Struct, frozen=True):
    """What would have happened."""

    document: OrderDocument
    tiers_before: dict[str, str]
    tiers_after: dict[str, str]


def try_order(
    event: OrderUpserted, loaded: OrderLoad, program: CompiledProgram, now: Instant
) -> Tried | Refusal:
    """What ``event`` would earn by ``program`` at ``now``, for the buyer as loaded."""
    paid_at = event.order.paid_at or now
    budgets = Budgets(limits_at(program, paid_at), loaded.budgets.spent)
    fresh = msgspec.structs.replace(
        loaded,
        currency=program.currency,
        document=None,
        holder=None,
        program=program,
        terms_program=None,
        starts_at=0,
        pauses=(),
        budgets=budgets,
        widened=None,
    )
    outcome = decide_order(event, fresh, now)
    if isinstance(outcome, Refusal):
        return outcome
    decided = cast("Decision", outcome)  # an order that nobody knows was not recorded before
    document = cast("OrderDocument", decided.document)
    account = loaded.buyer.account if loaded.buyer else None
    before = held_tiers(account or Account(revision=0), program, now)
    after = held_tiers(decided.books[0].account, program, now) if decided.books else before
    return Tried(document, before, after)


def made_up_member(member: str, facts: MemberFacts, zone: str, now: Instant) -> LoadedMember:
    """Somebody who is in no table: with ``facts``, and a member since then.

    What they bought is put where an account remembers it, in the month of ``now``, so that habits
    and segments are read as ever. Their points never lapse.
    """
    month = bucket_name(Step.MONTH, window_ordinal(Window(Step.MONTH), now, zone))
    bought = (facts.orders_12m, facts.spend_12m)
    account = Account(
        revision=1,
        joined_at=facts.joined_at or now,
        order_count=facts.order_count,
        last_order_at=facts.last_order_at,
        months={month: bought} if any(bought) else {},
        units={
            unit: UnitState((Lot(points),), active_at=now)
            for unit, points in facts.points.items()
            if points
        },
        standings={
            group: Standing(
                tier=tier,
                since=facts.joined_at or now,
                floor_tier=tier,
                own_from=facts.joined_at or now,
            )
            for group, tier in facts.tiers.items()
        },
    )
    return LoadedMember(member, account, facts=facts)
