"""What happened in a shop, in our own words: the only input of the books from outside.

Every tongue (``platforms/*``) and the admin API (``event_wire``) end in one of these values, so
that nothing further in knows a platform. An order is always a *state* with a version, never a
step: the ledger posts differences between states. Times are Instants, money is in minor units
of the order's currency, quantities are thousandths, ids are strings. The parts that the ledger
stores (``OrderLine``, ``Refund``) have short names on the wire; ``rename`` is the whole mapping.
Nothing here parses foreign names, decides, or reads a clock.
"""

from enum import StrEnum
from typing import Final, TypeAlias

import msgspec

from chalicelib.domain.instants import Instant

QUANTITY_MILLI = 1_000
"""Thousandths in one piece."""

EMAIL_LENGTH_MAX = 254
"""Longest address that can be delivered to (RFC 5321, 4.5.3.1.3, less the brackets)."""

REFERRAL_ATTRIBUTE = "laurel_ref"
"""The attribute of an order that carries a referral code, called as in the links."""


class OrderStatus(StrEnum):
    """Where an order stands. Only ``paid`` and ``partially_refunded`` may earn.

    ``open`` is an order of which nothing is paid. ``partially_paid`` has a part paid and a part
    due: it earns nothing new, and keeps what it earned when it was last paid in full.
    """

    OPEN = "open"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


Told: TypeAlias = str | int | bool | tuple[str, ...]
"""A value that a shop tells of its own data: of orders, lines, actions and members alike."""


class OrderLine(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={
        "id": "i",
        "product_id": "p",
        "sku": "s",
        "quantity_milli": "q",
        "net": "n",
        "gross": "g",
        "tax": "x",
        "tags": "t",
        "gift_card": "c",
        "attributes": "a",
    },
):
    """One line of goods as it stands before refunds: edits are in, refunds are not."""

    id: str
    quantity_milli: int
    net: int  # minor units after every discount, without tax
    product_id: str = ""
    sku: str = ""
    gross: int = 0  # minor units before discounts, without tax
    tax: int = 0  # minor units
    tags: tuple[str, ...] = ()
    gift_card: bool = False  # buying one is no spend; paying with one later is
    attributes: dict[str, Told] = {}


class RefundLine(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={"line_id": "i", "quantity_milli": "q", "net": "n"},
):
    """What came back of one line. ``net`` is on the same footing as the line's own."""

    line_id: str
    quantity_milli: int = 0
    net: int = 0  # minor units after discounts, without tax


class Refund(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={"id": "i", "at": "w", "lines": "l", "amount": "m"},
):
    """One refund. Lines beat ``amount``, which is the value off goods that names no line."""

    id: str
    at: Instant
    lines: tuple[RefundLine, ...] = ()
    amount: int | None = None  # minor units, read only where there are no lines


class Customer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A customer as the shop knows it. An empty text means "not told", not "erased"."""

    id: str
    email: str = ""  # normalised
    email_verified: bool = False
    name: str = ""
    country: str = ""  # ISO 3166-1 alpha-2, upper case
    locale: str = ""
    tags: tuple[str, ...] = ()


class Signs(msgspec.Struct, frozen=True, omit_defaults=True):
    """What may tell that two customers are one person, as it was told. Kept nowhere like that."""

    addresses: tuple[tuple[str, ...], ...] = ()  # of delivery and bill, each in parts
    payment: str = ""  # the fingerprint of a card, as the shop's payments know it
    device: str = ""  # an id that the shop's pages gave the browser
    ip: str = ""

    def __repr__(self) -> str:
        """Nothing: what prints an order shows nobody's address."""
        return "Signs(...)"


NO_SIGNS: Final = Signs()
"""Nothing was told. The very value that is left out where a state is written."""


class OrderState(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """All that one delivery told about an order. The newest ``version`` wins, wholly."""

    id: str
    version: Instant
    status: OrderStatus
    currency: str  # ISO 4217; every amount here is in its minor units
    created_at: Instant
    number: str = ""  # as people read it, such as #1001
    test: bool = False
    paid_at: Instant | None = None  # picks the terms of the award
    fulfilled_at: Instant | None = None
    partner: str = ""  # the shop that it was bought in, where several share the program
    channel: str = ""  # web, pos, or the platform's own word
    customer: Customer | None = None
    guest_email: str = ""  # normalised; only where there is no customer
    signs: Signs = NO_SIGNS
    lines: tuple[OrderLine, ...] = ()
    refunds: tuple[Refund, ...] = ()
    refunds_complete: bool = False  # this is the whole list: it replaces what was known
    codes: tuple[str, ...] = ()  # discount codes used, as typed
    tags: tuple[str, ...] = ()
    attributes: dict[str, Told] = {}


class OrderUpserted(msgspec.Struct, frozen=True, tag_field="type", tag="order.upserted"):
    """An order is in this state now."""

    id: str
    occurred_at: Instant
    source: str
    order: OrderState


class OrderRefunded(msgspec.Struct, frozen=True, tag_field="type", tag="order.refunded"):
    """A refund sent alone: it adds to an order and never replaces what a full state said."""

    id: str
    occurred_at: Instant
    source: str
    order_id: str
    refund: Refund


class OrderDeleted(msgspec.Struct, frozen=True, tag_field="type", tag="order.deleted"):
    """An order is gone from the shop."""

    id: str
    occurred_at: Instant
    source: str
    order_id: str


class OrderMarked(msgspec.Struct, frozen=True, tag_field="type", tag="order.marked"):
    """An order changed in a way that this delivery doesn't tell whole: read it again later."""

    id: str
    occurred_at: Instant
    source: str
    order_id: str
    reason: str  # a stable word, such as "edited"


class CustomerUpserted(msgspec.Struct, frozen=True, tag_field="type", tag="customer.upserted"):
    """A customer account is in this state now."""

    id: str
    occurred_at: Instant
    source: str
    customer: Customer
    version: Instant


class CustomerMerged(msgspec.Struct, frozen=True, tag_field="type", tag="customer.merged"):
    """Two customer accounts became one; the id of the other is gone."""

    id: str
    occurred_at: Instant
    source: str
    kept_id: str
    merged_id: str


class CustomerRedacted(
    msgspec.Struct, frozen=True, tag_field="type", tag="privacy.customer_redacted"
):
    """A customer is to be forgotten."""

    id: str
    occurred_at: Instant
    source: str
    customer_id: str


class ActionCompleted(msgspec.Struct, frozen=True, tag_field="type", tag="action.completed"):
    """A customer did something that is no purchase. Once: the id is the event's own."""

    id: str
    occurred_at: Instant
    source: str
    action: str  # such as review.approved
    customer_id: str
    subject: str = ""  # what it was done to, such as product:p1
    properties: dict[str, Told] = {}
    is_timed: bool = True  # False: no time was told, so it is when we heard of it
    is_self_reported: bool = False


class ActionRevoked(msgspec.Struct, frozen=True, tag_field="type", tag="action.revoked"):
    """An action is taken back, such as a review that turned out to be false."""

    id: str
    occurred_at: Instant
    source: str
    action_id: str


class FactsSet(msgspec.Struct, frozen=True, tag_field="type", tag="facts.set"):
    """What a shop knows of a customer now. Of each fact the newest counts; None takes it away."""

    id: str
    occurred_at: Instant
    source: str
    customer_id: str
    as_of: Instant
    facts: dict[str, Told | None] = {}


Event: TypeAlias = (
    ActionCompleted
    | ActionRevoked
    | FactsSet
    | OrderUpserted
    | OrderRefunded
    | OrderDeleted
    | OrderMarked
    | CustomerUpserted
    | CustomerMerged
    | CustomerRedacted
)


def normalised_email(text: str | None) -> str:
    """The address in the one form that is compared and hashed; "" for none and for nonsense.

    Surrounding space goes, letters become lower case. Dots and plus parts stay: whether they
    matter is the mail provider's business.
    """
    address = (text or "").strip().lower()
    name, at, host = address.rpartition("@")
    has_both_sides = bool(name and at and host)
    is_one_word = address.isprintable() and not any(sign.isspace() for sign in address)
    return address if has_both_sides and is_one_word and len(address) <= EMAIL_LENGTH_MAX else ""
