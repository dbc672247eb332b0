"""Which budgets of the shop an order may spend: known before it is read, or fixed by its terms."""

from collections.abc import Mapping

from chalicelib.domain.budgets import Budgets
from chalicelib.domain.instants import Instant
from chalicelib.domain.order_decision import OrderEvent, blank_document
from chalicelib.domain.orders import OrderDocument, earning_state, merged
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.shared import limits_at
from chalicelib.operations.order_members import Items
from chalicelib.storage.items import Key
from chalicelib.storage.stock import budget_keys, budgets_of
from chalicelib.storage.table import Table

_NO_LIMITS: Mapping[str, int] = {}


def order_limits(
    programs: tuple[CompiledProgram | None, ...],
    event: OrderEvent,
    document: OrderDocument | None,
) -> Mapping[str, int]:
    """Limits by budget of what the order may spend by ``programs``; 0 for what it only gives back.

    Of programs that both have a budget the last one says its limit.
    """
    held = document.budgets if document else _NO_LIMITS
    if not held and not any(program and program.shared for program in programs):
        return _NO_LIMITS
    at = _earned_at(event, document)
    limits = dict.fromkeys(held, 0)
    for program in programs:
        limits |= limits_at(program, at) if program else {}
    return limits


def more_budget_keys(shop: str, due: Mapping[str, int], asked: Mapping[str, int]) -> list[Key]:
    """Where the budgets lie that were not ``asked`` for yet."""
    return budget_keys(shop, due.keys() - asked.keys()) if due else []


def load_budgets(table: Table, shop: str, limits: Mapping[str, int]) -> Budgets:
    """The budgets as they are, for a document that few have."""
    return budgets_of(shop, limits, table.load(budget_keys(shop, limits)) if limits else {})


def read_budgets(shop: str, limits: Mapping[str, int], items: Items) -> Budgets:
    """The budgets among ``items`` that were read."""
    return budgets_of(shop, limits, items) if limits else Budgets()


def _earned_at(event: OrderEvent, document: OrderDocument | None) -> Instant:
    if document is not None and document.earned_at:
        return document.earned_at
    state = earning_state(merged(document or blank_document(event, 0), event))
    return (state.paid_at if state else None) or 0
