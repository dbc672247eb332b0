"""Canonical events as JSON: the shape of what ``POST …/events`` accepts.

The structs ARE the contract of api.md, and OpenAPI is made from them: times are ISO 8601 with a
zone, quantities decimal strings, ids free of control signs, unknown keys refused. Keys that no
rule reads yet (``title``, ``cost``, ``partner``) are accepted and not kept. Nothing here checks
what one value means beside another (``event_parsing`` does).
"""

from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from chalicelib.domain.events import EMAIL_LENGTH_MAX, OrderStatus
from chalicelib.domain.limits import (
    ADDRESSES_MAX,
    FIELDS_DECLARED_MAX,
    ID_LENGTH_MAX,
    MONEY_MINOR_MAX,
    NAME_LENGTH_MAX,
    ORDER_CODES_MAX,
    ORDER_LINES_MAX,
    ORDER_REFUNDS_MAX,
    REASON_LENGTH_MAX,
    TAGS_MAX,
)

# Patterns are written for Python and JavaScript alike, because OpenAPI shows them: there `$` is the
# end, here it also stands before a last line feed, which the leading look-ahead refuses.
# No control signs and no lone surrogates: neither can be a key of the table.
_WORD = r"^(?!.*\n)[^\x00-\x1f\x7f\ud800-\udfff]*$"

Id: TypeAlias = Annotated[str, Meta(min_length=1, max_length=ID_LENGTH_MAX, pattern=_WORD)]
Source: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}(?![\s\S])")]
Word: TypeAlias = Annotated[str, Meta(max_length=ID_LENGTH_MAX, pattern=_WORD)]
Name: TypeAlias = Annotated[str, Meta(max_length=NAME_LENGTH_MAX, pattern=_WORD)]
Address: TypeAlias = Annotated[str, Meta(max_length=REASON_LENGTH_MAX, pattern=_WORD)]
Email: TypeAlias = Annotated[str, Meta(max_length=EMAIL_LENGTH_MAX)]
Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
Minor: TypeAlias = Annotated[int, Meta(ge=0, le=MONEY_MINOR_MAX)]
Quantity: TypeAlias = Annotated[str, Meta(pattern=r"^(?!.*\n)[0-9]{1,9}(\.[0-9]{1,3})?$")]
Tags: TypeAlias = Annotated[tuple[Word, ...], Meta(max_length=TAGS_MAX)]
# Bounds of each value are checked with its path (``told_problems``): a union of types that have
# constraints of their own makes the decoder free memory twice when a process ends (msgspec 0.22).
Told: TypeAlias = str | int | bool | tuple[str, ...]
Attributes: TypeAlias = Annotated[dict[Id, Told], Meta(max_length=TAGS_MAX)]


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every wire struct has in common."""


class WireCustomer(_Wire, frozen=True, kw_only=True):
    """``order.customer`` and the customer of ``customer.upserted``."""

    id: Id
    email: Email | None = None
    email_verified: bool = False
    name: Name | None = None
    country: Annotated[str, Meta(pattern=r"^(?!.*\n)[A-Z]{2}$")] | None = None
    locale: Annotated[str, Meta(max_length=35, pattern=_WORD)] | None = None
    tags: Tags = ()


class WireLine(_Wire, frozen=True, kw_only=True):
    """One of ``order.lines``. ``gross`` is before discounts, ``net`` where it isn't given."""

    id: Id
    quantity: Quantity
    net: Minor
    gross: Minor | None = None
    tax: Minor = 0
    product_id: Word | None = None
    sku: Word | None = None
    title: str | None = None
    cost: Minor | None = None
    tags: Tags = ()
    gift_card: bool = False
    attributes: Attributes = {}


class WireRefundLine(_Wire, frozen=True, kw_only=True):
    """One of ``refund.lines``."""

    line_id: Id
    quantity: Quantity = "0"
    net: Minor


class WireRefund(_Wire, frozen=True, kw_only=True):
    """One of ``order.refunds``, or the refund of ``order.refunded``."""

    id: Id
    at: Moment
    lines: Annotated[tuple[WireRefundLine, ...], Meta(max_length=ORDER_LINES_MAX)] = ()
    amount: Minor | None = None


class WireSigns(_Wire, frozen=True, kw_only=True):
    """``order.signs``: what referrals are checked by. Only keyed hashes of them are kept."""

    addresses: Annotated[tuple[Address, ...], Meta(max_length=ADDRESSES_MAX)] = ()
    payment: Word | None = None
    device: Word | None = None
    ip: Word | None = None


class WireOrder(_Wire, frozen=True, kw_only=True):
    """The order of ``order.upserted``."""

    id: Id
    version: Moment
    status: OrderStatus
    currency: str
    created_at: Moment
    number: Word | None = None
    test: bool = False
    paid_at: Moment | None = None
    fulfilled_at: Moment | None = None
    partner: Word | None = None
    channel: Word | None = None
    customer: WireCustomer | None = None
    guest_email: Email | None = None
    signs: WireSigns | None = None
    lines: Annotated[tuple[WireLine, ...], Meta(max_length=ORDER_LINES_MAX)]
    refunds: Annotated[tuple[WireRefund, ...], Meta(max_length=ORDER_REFUNDS_MAX)] = ()
    refunds_complete: bool = False
    codes: Annotated[tuple[Word, ...], Meta(max_length=ORDER_CODES_MAX)] = ()
    tags: Tags = ()
    attributes: Attributes = {}


class _WireEvent(_Wire, frozen=True, kw_only=True, tag_field="type"):
    """What every event has. Without ``occurred_at`` the event's own latest time counts."""

    id: Id
    source: Source = "main"  # as its connection is called: no colon, so a document has one name
    occurred_at: Moment | None = None


class WireOrderUpserted(_WireEvent, frozen=True, kw_only=True, tag="order.upserted"):
    """An order is in this state now."""

    order: WireOrder


class WireOrderRefunded(_WireEvent, frozen=True, kw_only=True, tag="order.refunded"):
    """A refund sent alone."""

    order_id: Id
    refund: WireRefund


class WireOrderDeleted(_WireEvent, frozen=True, kw_only=True, tag="order.deleted"):
    """An order is gone from the shop."""

    order_id: Id


class WireOrderMarked(_WireEvent, frozen=True, kw_only=True, tag="order.marked"):
    """An order should be read again."""

    order_id: Id
    reason: Id


class WireCustomerUpserted(_WireEvent, frozen=True, kw_only=True, tag="customer.upserted"):
    """A customer account is in this state now."""

    customer: WireCustomer
    version: Moment


class WireCustomerMerged(_WireEvent, frozen=True, kw_only=True, tag="customer.merged"):
    """Two customer accounts became one."""

    kept_id: Id
    merged_id: Id


class WireActionCompleted(_WireEvent, frozen=True, kw_only=True, tag="action.completed"):
    """A customer did something that is no purchase."""

    action: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}(?![\s\S])")]
    customer_id: Id
    subject: Word | None = None
    properties: Annotated[dict[Id, Told], Meta(max_length=FIELDS_DECLARED_MAX)] = {}


class WireSubscriptionRenewed(_WireEvent, frozen=True, kw_only=True, tag="subscription.renewed"):
    """A customer's subscription was renewed; what it costs is an order of its own."""

    customer_id: Id
    subscription_id: Id
    properties: Annotated[dict[Id, Told], Meta(max_length=FIELDS_DECLARED_MAX)] = {}


class WireActionRevoked(_WireEvent, frozen=True, kw_only=True, tag="action.revoked"):
    """An action is taken back."""

    action_id: Id


class WireFactsSet(_WireEvent, frozen=True, kw_only=True, tag="facts.set"):
    """What a shop knows of a customer now; null takes a fact away."""

    customer_id: Id
    as_of: Moment | None = None
    facts: Annotated[dict[Id, Told | None], Meta(min_length=1, max_length=FIELDS_DECLARED_MAX)]


class WireCustomerRedacted(_WireEvent, frozen=True, kw_only=True, tag="privacy.customer_redacted"):
    """A customer is to be forgotten."""

    customer_id: Id


WirePersonal: TypeAlias = (
    WireActionCompleted
    | WireActionRevoked
    | WireSubscriptionRenewed
    | WireFactsSet
    | WireCustomerUpserted
    | WireCustomerMerged
    | WireCustomerRedacted
)
"""Events about somebody, not about an order."""

WireEvent: TypeAlias = (
    WirePersonal | WireOrderUpserted | WireOrderRefunded | WireOrderDeleted | WireOrderMarked
)
