"""Whole Shopify objects as values of ours: the order's state, and the customer.

Three choices are made here. **Status** is read from ``financial_status`` and ``cancelled_at``,
never from the topic, since the topic is unsigned and Shopify's own test sends say orders/paid over
a voided order. **When it was paid** is ``processed_at``: Shopify tells no time of payment, and this
one is the same in every delivery of an order, whatever its topic, so the terms of the award cannot
depend on which delivery came first. **A verified e-mail** needs Shopify's word for it and, on an
order, the customer's address to be the one that the order was placed with.
"""

from chalicelib.domain.events import (
    REFERRAL_ATTRIBUTE,
    Customer,
    OrderState,
    OrderStatus,
    Signs,
    Told,
    normalised_email,
)
from chalicelib.domain.instants import Instant, to_instant
from chalicelib.domain.limits import ID_LENGTH_MAX, NAME_LENGTH_MAX, TAGS_MAX
from chalicelib.platforms import shopify_wire as wire
from chalicelib.platforms.shopify_goods import Goods

STATUSES = {
    None: OrderStatus.OPEN,
    "pending": OrderStatus.OPEN,
    "authorized": OrderStatus.OPEN,
    "partially_paid": OrderStatus.PARTIALLY_PAID,
    "expired": OrderStatus.OPEN,
    "paid": OrderStatus.PAID,
    "partially_refunded": OrderStatus.PARTIALLY_REFUNDED,
    "refunded": OrderStatus.REFUNDED,
    "voided": OrderStatus.CANCELLED,
}
"""Every ``financial_status`` that Shopify documents; another one is a problem, not a guess."""

_WAS_PAID = frozenset({"paid", "partially_refunded", "refunded"})
_LOCALE_LENGTH_MAX = 35
_COUNTRY_LENGTH = 2


def state_of(order: wire.Order, goods: Goods) -> OrderState:
    """The state that one full order body tells; its ``financial_status`` must be known."""
    was_paid = order.financial_status in _WAS_PAID
    is_cancelled = order.cancelled_at is not None
    return OrderState(
        id=str(order.id),
        number=(order.name or "")[:ID_LENGTH_MAX],
        version=to_instant(order.updated_at),
        status=OrderStatus.CANCELLED if is_cancelled else STATUSES[order.financial_status],
        test=bool(order.test),
        currency=order.currency,
        created_at=to_instant(order.created_at),
        paid_at=to_instant(order.processed_at or order.created_at) if was_paid else None,
        fulfilled_at=_fulfilled_at(order),
        channel=(order.source_name or "")[:ID_LENGTH_MAX],
        customer=_buyer(order),
        guest_email=_order_email(order) if order.customer is None else "",
        signs=_signs(order),
        lines=goods.lines,
        refunds=goods.refunds,
        refunds_complete=order.refunds is not None,
        codes=tuple(dict.fromkeys(used.code[:ID_LENGTH_MAX] for used in _codes(order))),
        tags=tags_of(order.tags),
        attributes=_attributes(order),
    )


def customer_of(customer: wire.Customer) -> Customer:
    """A customer account as its own topics tell it."""
    email = normalised_email(customer.email)
    name = " ".join(part for part in (customer.first_name, customer.last_name) if part)
    return Customer(
        id=str(customer.id),
        email=email,
        email_verified=bool(email and customer.verified_email),
        name=name.strip()[:NAME_LENGTH_MAX],
        country=_country(customer.default_address),
        tags=tags_of(customer.tags),
    )


def tags_of(text: str | None) -> tuple[str, ...]:
    """The tags in Shopify's comma-separated text, in order of the alphabet; the first 100."""
    tags = {tag.strip()[:ID_LENGTH_MAX] for tag in (text or "").split(",")}
    return tuple(sorted(tags - {""}))[:TAGS_MAX]


def _buyer(order: wire.Order) -> Customer | None:
    if order.customer is None:
        return None
    known = customer_of(order.customer)
    locale = (order.customer_locale or "")[:_LOCALE_LENGTH_MAX]
    return Customer(
        id=known.id,
        email=known.email,
        email_verified=known.email_verified and known.email == _order_email(order),
        name=known.name,
        country=known.country or _country(order.billing_address),
        locale=locale,
        tags=known.tags,
    )


def _signs(order: wire.Order) -> Signs:
    """What Shopify tells: it has no fingerprint of cards, and its devices are tills."""
    told = (order.shipping_address, order.billing_address)
    addresses = (_address(each) for each in told if each and each.address1)
    return Signs(tuple(dict.fromkeys(addresses)), ip=(order.browser_ip or "")[:ID_LENGTH_MAX])


def _address(told: wire.Address) -> tuple[str, ...]:
    """Street and code; the town only without one, since people spell it as they like."""
    parts = (told.address1, told.address2, told.zip or told.city, told.country_code)
    return tuple(part[:NAME_LENGTH_MAX] for part in parts if part)


def _order_email(order: wire.Order) -> str:
    return normalised_email(order.email) or normalised_email(order.contact_email)


def _codes(order: wire.Order) -> tuple[wire.Code, ...]:
    return tuple(used for used in order.discount_codes or () if used.code)


def _attributes(order: wire.Order) -> dict[str, Told]:
    """The referral code that the cart carries; what else is written there is nobody's business."""
    notes: tuple[wire.Note, ...] = order.note_attributes or ()
    told = [note.value for note in notes if note.name == REFERRAL_ATTRIBUTE]
    code = told[0] if told and isinstance(told[0], str) else ""
    return {REFERRAL_ATTRIBUTE: code[:ID_LENGTH_MAX]} if code else {}


def _country(address: wire.Address | None) -> str:
    code = (address.country_code or "").upper() if address else ""
    is_code = len(code) == _COUNTRY_LENGTH and code.isascii() and code.isalpha()
    return code if is_code else ""


def _fulfilled_at(order: wire.Order) -> Instant | None:
    """When the last parcel of a wholly fulfilled order left."""
    if order.fulfillment_status != "fulfilled":
        return None
    parcels = (part for part in order.fulfillments or () if part.status != "cancelled")
    return max((to_instant(part.created_at) for part in parcels if part.created_at), default=None)
