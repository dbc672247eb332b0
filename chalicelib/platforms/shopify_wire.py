"""The fields of Shopify's webhook bodies that we read, and no others.

One struct per object, in Shopify's own names; unknown fields are skipped. Amounts become
``Decimal`` straight from the text, whether Shopify wrote a string (``"195.67"`` on orders) or a
number (``195.67`` on refund lines); ids are integers of any size, never floats. Money is the
shop's: the plain fields are in ``currency``, and ``presentment_money`` is never read. Nulls are
common: without approved access to protected customer data, e-mail and names are null too.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta

from chalicelib.domain.limits import ORDER_CODES_MAX, ORDER_LINES_MAX, ORDER_REFUNDS_MAX

Id: TypeAlias = Annotated[int, Meta(ge=1)]
GlobalId: TypeAlias = Annotated[
    str, Meta(pattern=r"^gid://shopify/Customer/[1-9][0-9]{0,19}(?![\s\S])")
]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=10**9)]
Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]


class Amount(msgspec.Struct, frozen=True):
    """A discount allocation (``amount``); its index and sets are of no use here."""

    amount: Decimal


class TaxLine(msgspec.Struct, frozen=True):
    """One tax on one line, for its whole quantity."""

    price: Decimal
    rate: Decimal | None = None


class Tip(msgspec.Struct, frozen=True):
    """How a tip was paid; that it is there at all makes its line a tip."""


class Line(msgspec.Struct, frozen=True):
    """A line item. ``quantity`` never falls; ``current_quantity`` does, by edits and returns."""

    id: Id
    price: Decimal
    quantity: Count
    current_quantity: Count | None = None
    discount_allocations: tuple[Amount, ...] | None = None
    tax_lines: tuple[TaxLine, ...] | None = None
    gift_card: bool | None = None
    product_id: Id | None = None
    sku: str | None = None
    vendor: str | None = None
    tip: Tip | None = None
    tip_payment_gateway: str | None = None


class ShopMoney(msgspec.Struct, frozen=True):
    """Only the code: the plain fields carry the amounts."""

    currency_code: str


class MoneySet(msgspec.Struct, frozen=True):
    """Shop money beside presentment money; read for the currency of a refund sent alone."""

    shop_money: ShopMoney | None = None


class RefundedLine(msgspec.Struct, frozen=True):
    """What came back of one line. ``subtotal`` is after discounts, and may be 0.0."""

    line_item_id: Id
    quantity: Count
    subtotal: Decimal
    total_tax: Decimal | None = None
    subtotal_set: MoneySet | None = None
    line_item: Line | None = None


class Adjustment(msgspec.Struct, frozen=True):
    """Money beside the lines: ``shipping_refund`` or ``refund_discrepancy``; negative is back."""

    amount: Decimal
    kind: str | None = None
    amount_set: MoneySet | None = None


class Refund(msgspec.Struct, frozen=True):
    """A refund, within an order or alone. Transactions are not read: money is not the basis."""

    id: Id
    order_id: Id
    refund_line_items: Annotated[tuple[RefundedLine, ...], Meta(max_length=ORDER_LINES_MAX)]
    created_at: Moment | None = None
    processed_at: Moment | None = None
    order_adjustments: tuple[Adjustment, ...] | None = None
    total_duties_set: MoneySet | None = None
    admin_graphql_api_id: str | None = None


class Address(msgspec.Struct, frozen=True):
    """Where somebody lives. The country picks offers; the rest is hashed, or forgotten."""

    country_code: str | None = None
    address1: str | None = None
    address2: str | None = None
    zip: str | None = None
    city: str | None = None


class Customer(msgspec.Struct, frozen=True):
    """A customer, within an order or alone."""

    id: Id
    email: str | None = None
    verified_email: bool | None = None
    first_name: str | None = None
    last_name: str | None = None
    tags: str | None = None
    default_address: Address | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    admin_graphql_api_id: str | None = None


class Code(msgspec.Struct, frozen=True):
    """A discount code that was used."""

    code: str


class Note(msgspec.Struct, frozen=True):
    """What the shop's pages wrote into the cart, with any value."""

    name: Any = None
    value: Any = None


class Fulfillment(msgspec.Struct, frozen=True):
    """A parcel on its way."""

    created_at: Moment | None = None
    status: str | None = None


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A whole order, as every ``orders/*`` topic but edited and delete sends it."""

    id: Id
    created_at: Moment
    updated_at: Moment
    currency: str
    financial_status: str | None
    line_items: Annotated[tuple[Line, ...], Meta(max_length=ORDER_LINES_MAX)]
    refunds: Annotated[tuple[Refund, ...], Meta(max_length=ORDER_REFUNDS_MAX)] | None = None
    discount_codes: Annotated[tuple[Code, ...], Meta(max_length=ORDER_CODES_MAX)] | None = None
    note_attributes: tuple[Note, ...] | None = None
    name: str | None = None
    processed_at: Moment | None = None
    cancelled_at: Moment | None = None
    test: bool | None = None
    taxes_included: bool | None = None
    current_subtotal_price: Decimal | None = None
    source_name: str | None = None
    email: str | None = None
    contact_email: str | None = None
    customer: Customer | None = None
    customer_locale: str | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    browser_ip: str | None = None
    tags: str | None = None
    fulfillment_status: str | None = None
    fulfillments: tuple[Fulfillment, ...] | None = None
    admin_graphql_api_id: str | None = None


class Edit(msgspec.Struct, frozen=True):
    """Only which order: the deltas alone don't tell what is left of it."""

    id: Id
    order_id: Id
    committed_at: Moment | None = None
    created_at: Moment | None = None


class Edited(msgspec.Struct, frozen=True):
    """The body of ``orders/edited``."""

    order_edit: Edit


class Merged(msgspec.Struct, frozen=True):
    """The body of ``customers/merge``: global ids, and whether it came to an end."""

    admin_graphql_api_customer_kept_id: GlobalId
    admin_graphql_api_customer_deleted_id: GlobalId
    status: str


class Redacted(msgspec.Struct, frozen=True):
    """The customer of ``customers/redact``; e-mail and phone are not read."""

    id: Id


class Redaction(msgspec.Struct, frozen=True):
    """The body of ``customers/redact``."""

    customer: Redacted


class Deleted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``orders/delete``: an id and nothing more."""

    id: Id
    admin_graphql_api_id: str | None = None
