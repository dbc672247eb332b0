"""What must hold of a Shopify body before it is translated: the faults that types can't see.

The topic header is unsigned, so a genuine body can be replayed under another topic: here the body
itself must be what the topic promises. Amounts must be finite and within the books' reach, times
neither before 1970 nor in the future, ids unique. Every fault is collected with its path.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from chalicelib.domain.currencies import EXPONENTS
from chalicelib.domain.instants import Instant, to_instant
from chalicelib.domain.limits import FUTURE_SKEW_MS_MAX, MONEY_MINOR_MAX
from chalicelib.domain.outcome import Problem
from chalicelib.platforms import shopify_wire as wire
from chalicelib.platforms.money import exact, is_amount, to_minor

_ORDER_KEYS = frozenset({"line_items", "financial_status"})
_REFUND_KEYS = frozenset({"order_id", "refund_line_items"})
_CUSTOMER_KEYS = frozenset({"email"})
_EDIT_KEYS = frozenset({"order_edit"})
_MERGE_KEYS = frozenset(
    {"admin_graphql_api_customer_kept_id", "admin_graphql_api_customer_deleted_id"}
)
_REDACTION_KEYS = frozenset({"customer", "orders_to_redact"})

SHAPES: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "Order": (_ORDER_KEYS, _REFUND_KEYS | _EDIT_KEYS),
    "Refund": (_REFUND_KEYS, _ORDER_KEYS | _EDIT_KEYS),
    "Customer": (_CUSTOMER_KEYS, _ORDER_KEYS | _REFUND_KEYS | _EDIT_KEYS),
    "OrderEdit": (_EDIT_KEYS, _ORDER_KEYS | _REFUND_KEYS),
    "Merge": (_MERGE_KEYS, _ORDER_KEYS | _REFUND_KEYS | _EDIT_KEYS | _CUSTOMER_KEYS),
    "Redaction": (_REDACTION_KEYS, _ORDER_KEYS | _REFUND_KEYS | _EDIT_KEYS | _CUSTOMER_KEYS),
    "Deletion": (frozenset({"id"}), _ORDER_KEYS | _REFUND_KEYS | _EDIT_KEYS | _CUSTOMER_KEYS),
}
"""By kind of body: the keys that it always has, and keys that only other kinds have."""


def kind_problems(kind: str, keys: Iterable[str]) -> Iterator[Problem]:
    """Why a body with these top-level ``keys`` is not a ``kind``."""
    needed, foreign = SHAPES[kind]
    present = frozenset(keys)
    for key in sorted(needed - present):
        yield Problem(f"$.{key}", "other_kind", f"this body is no {kind}: {key} is missing")
    for key in sorted(foreign & present):
        yield Problem(f"$.{key}", "other_kind", f"this body is no {kind}: it has {key}")


def identity_problems(
    kind: str, own_id: int, global_id: str | None, path: str = "$"
) -> Iterator[Problem]:
    """Why ``admin_graphql_api_id`` speaks of another thing, or of an id rounded on its way."""
    expected = f"gid://shopify/{kind}/{own_id}"
    if global_id is not None and global_id.partition("?")[0] != expected:
        yield Problem(f"{path}.admin_graphql_api_id", "other_kind", f"this should be {expected}")


def time_problems(times: Mapping[str, datetime | None], received_at: Instant) -> Iterator[Problem]:
    """Times before 1970, or more than five minutes after ``received_at``."""
    latest = received_at + FUTURE_SKEW_MS_MAX
    for path, moment in times.items():
        if moment is None:
            continue
        if to_instant(moment) < 0:
            yield Problem(path, "time_too_early", "before 1970")
        elif to_instant(moment) > latest:
            yield Problem(path, "time_in_future", "more than five minutes in the future")


def order_problems(order: wire.Order, received_at: Instant) -> Iterator[Problem]:
    """Everything that keeps a full order body from being understood."""
    yield from identity_problems("Order", order.id, order.admin_graphql_api_id)
    times: dict[str, datetime | None] = {
        "$.created_at": order.created_at,
        "$.updated_at": order.updated_at,
        "$.processed_at": order.processed_at,
        "$.cancelled_at": order.cancelled_at,
    }
    for row, parcel in enumerate(order.fulfillments or ()):
        times[f"$.fulfillments[{row}].created_at"] = parcel.created_at
    yield from time_problems(times, received_at)
    yield from _twice_problems("$.line_items", (line.id for line in order.line_items))
    yield from _twice_problems("$.refunds", (refund.id for refund in order.refunds or ()))
    exponent = EXPONENTS.get(order.currency)
    if exponent is None:
        yield Problem("$.currency", "currency_unknown", "not a currency of ISO 4217")
        return
    for row, line in enumerate(order.line_items):
        yield from _line_problems(line, exponent, f"$.line_items[{row}]")
    if order.current_subtotal_price is not None:
        amounts = {"$.current_subtotal_price": order.current_subtotal_price}
        yield from _amount_problems(amounts, exponent)
    for row, refund in enumerate(order.refunds or ()):
        yield from refund_problems(refund, exponent, received_at, f"$.refunds[{row}]")


def refund_problems(
    refund: wire.Refund, exponent: int, received_at: Instant, path: str = "$"
) -> Iterator[Problem]:
    """Everything that keeps a refund, alone or within an order, from being understood."""
    yield from identity_problems("Refund", refund.id, refund.admin_graphql_api_id, path)
    created_at = refund.created_at or refund.processed_at
    if created_at is None:
        yield Problem(f"{path}.created_at", "time_missing", "a refund needs a time")
    yield from time_problems({f"{path}.created_at": created_at}, received_at)
    for row, part in enumerate(refund.refund_line_items):
        part_path = f"{path}.refund_line_items[{row}]"
        amounts = {f"{part_path}.subtotal": part.subtotal}
        if part.total_tax is not None:
            amounts[f"{part_path}.total_tax"] = part.total_tax
        yield from _amount_problems(amounts, exponent)
        if part.line_item is not None:
            yield from _line_problems(part.line_item, exponent, f"{part_path}.line_item")
    adjustments = {
        f"{path}.order_adjustments[{row}].amount": adjustment.amount
        for row, adjustment in enumerate(refund.order_adjustments or ())
    }
    yield from _amount_problems(adjustments, exponent)


def currency_of(refund: wire.Refund) -> str | None:
    """The shop's currency as the refund itself tells it; its plain amounts name none."""
    sets = (
        *(part.subtotal_set for part in refund.refund_line_items),
        *(adjustment.amount_set for adjustment in refund.order_adjustments or ()),
        refund.total_duties_set,
    )
    told = (each.shop_money.currency_code for each in sets if each and each.shop_money)
    return next(told, None)


def _line_problems(line: wire.Line, exponent: int, path: str) -> Iterator[Problem]:
    amounts: dict[str, Decimal] = {f"{path}.price": line.price}
    for row, part in enumerate(line.discount_allocations or ()):
        amounts[f"{path}.discount_allocations[{row}].amount"] = part.amount
    for row, tax in enumerate(line.tax_lines or ()):
        amounts[f"{path}.tax_lines[{row}].price"] = tax.price
        if tax.rate is not None:
            amounts[f"{path}.tax_lines[{row}].rate"] = tax.rate
    yield from _amount_problems(amounts, exponent)
    price = exact(line.price) if is_amount(line.price) else 0
    fits_alone = to_minor(price, exponent) <= MONEY_MINOR_MAX
    if fits_alone and to_minor(price * line.quantity, exponent) > MONEY_MINOR_MAX:
        yield Problem(f"{path}.quantity", "amount_invalid", "price times quantity is out of reach")


def _amount_problems(amounts: Mapping[str, Decimal], exponent: int) -> Iterator[Problem]:
    for path, amount in amounts.items():
        may_be_negative = ".order_adjustments[" in path or path == "$.current_subtotal_price"
        if not is_amount(amount):
            yield Problem(path, "amount_invalid", "not a finite amount within the books' reach")
        elif amount < 0 and not may_be_negative:
            yield Problem(path, "amount_invalid", "this amount is never below zero")
        elif abs(to_minor(exact(amount), exponent)) > MONEY_MINOR_MAX:
            yield Problem(path, "amount_invalid", "larger than any amount of the books")


def _twice_problems(path: str, ids: Iterable[int]) -> Iterator[Problem]:
    for twice in (known for known, count in Counter(ids).items() if count > 1):
        yield Problem(path, "id_twice", f"the id {twice} stands here more than once")
