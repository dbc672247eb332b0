"""Which versions of the program an order is decided by: live when paid, of its terms, widened."""

from typing import TypeAlias

from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.order_decision import OrderEvent, blank_document
from chalicelib.domain.orders import OrderDocument, earning_state, merged
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.storage.programs import program_at, program_of, with_rules_of_now
from chalicelib.storage.shops import Shop
from chalicelib.storage.table import Table

Delivery: TypeAlias = tuple[OrderEvent, Instant]
"""What was told, and the time of the books."""


def program_when_paid(
    table: Table, shop: Shop, document: OrderDocument | None, delivery: Delivery
) -> CompiledProgram | None:
    """The version that was live when the order was paid, as far as is known by now."""
    program = program_at(table, shop, paid_when(document, delivery))
    return with_rules_of_now(table, shop, program, delivery[1]) if program else None


def widened_program(
    table: Table, shop: Shop, document: OrderDocument | None, delivery: Delivery
) -> CompiledProgram | None:
    """The version that was live the last day that an order so old still counted at joining.

    Whoever a wider rollout lets in brings the orders of the program's ``retroactive_days``.
    """
    _, now = delivery
    live = program_at(table, shop, now)
    if live is None or (document is not None and document.terms is not None):
        return None
    allowance = live.program.join.retroactive_days * DAY_MS
    return program_at(table, shop, min(paid_when(document, delivery) + allowance, now))


def program_of_terms(
    table: Table, shop: Shop, document: OrderDocument | None, now: Instant
) -> CompiledProgram | None:
    """The version that the order was awarded by."""
    if document is None or document.terms is None:
        return None
    program = program_of(table, shop.shop_id, document.terms.program_version)
    return with_rules_of_now(table, shop, program, now)


def paid_when(document: OrderDocument | None, delivery: Delivery) -> Instant:
    """When the order was paid, as far as is known by now; never later than now."""
    event, now = delivery
    known = merged(document or blank_document(event, now), event)
    state = earning_state(known)
    paid_at = state.paid_at if state else None
    return min(paid_at or now, now)
