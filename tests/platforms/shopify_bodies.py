"""Shopify bodies of our own making, in the shape of API 2026-04, for tests, routes and the demo.

Every builder has defaults for all that a test does not care about. Amounts are decimal text in the
order's currency, as Shopify writes them; refund lines carry numbers, as Shopify writes those.
``order_body`` lowers ``current_quantity`` and ``current_subtotal_price`` by its refunds unless told
otherwise, so that a body is consistent unless a test makes it lie.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

import msgspec

Body: TypeAlias = dict[str, Any]

SECRET = b"hush"
SHOP_DOMAIN = "tea.myshopify.com"
AT = "2026-11-21T10:00:00Z"

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def money_set(amount: str, currency: str = "USD", presentment: Mapping[str, str] = {}) -> Body:
    """Shop money, and the same again as presentment money unless another is given."""
    shop_money = {"amount": amount, "currency_code": currency}
    return {"shop_money": shop_money, "presentment_money": dict(presentment) or shop_money}


def line_body(
    line_id: int = 11,
    price: str = "20.00",
    quantity: int = 1,
    *,
    discounts: Iterable[str] = (),
    taxes: Iterable[tuple[str, str]] = (),  # (amount for the whole quantity, rate)
    current_quantity: int | None = None,
    currency: str = "USD",
    **fields: object,
) -> Body:
    """A line item. ``current_quantity`` is ``quantity`` less refunds, unless given."""
    body: Body = {
        "id": line_id,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{line_id}",
        "current_quantity": current_quantity,
        "gift_card": False,
        "name": "Assam, 100 g",
        "price": price,
        "price_set": money_set(price, currency),
        "product_id": 501,
        "properties": [],
        "quantity": quantity,
        "sku": "ASSAM-100",
        "title": "Assam",
        "total_discount": "0.00",
        "variant_id": 601,
        "vendor": "Tea & Co",
        "tax_lines": [
            {"title": "VAT", "price": tax, "rate": Decimal(rate), "price_set": money_set(tax)}
            for tax, rate in taxes
        ],
        "discount_allocations": [
            {
                "amount": amount,
                "discount_application_index": 0,
                "amount_set": money_set(amount, currency),
            }
            for amount in discounts
        ],
    }
    return body | fields


def returned(line: Body, quantity: int, subtotal: str, tax: str = "0.00") -> Body:
    """A refund line for ``quantity`` pieces of ``line``."""
    currency = line["price_set"]["shop_money"]["currency_code"]
    return {
        "id": line["id"] + 500_000,
        "line_item_id": line["id"],
        "quantity": quantity,
        "restock_type": "no_restock",
        "location_id": None,
        "subtotal": Decimal(subtotal),
        "total_tax": Decimal(tax),
        "subtotal_set": money_set(subtotal, currency),
        "total_tax_set": money_set(tax, currency),
        "line_item": line | {"current_quantity": None},
    }


def refund_body(
    refund_id: int = 9001,
    *parts: Body,
    order_id: int = 1001,
    at: str = "2026-11-22T10:00:00Z",
    adjustments: Iterable[tuple[str, str]] = (),  # (kind, amount: below zero is given back)
    transactions: Iterable[str] = (),
    currency: str = "USD",
    **fields: object,
) -> Body:
    """A refund of ``parts`` (``returned``), to be sent alone or put into an order."""
    body: Body = {
        "id": refund_id,
        "admin_graphql_api_id": f"gid://shopify/Refund/{refund_id}",
        "order_id": order_id,
        "created_at": at,
        "processed_at": at,
        "note": None,
        "restock": False,
        "return": None,
        "duties": [],
        "total_duties_set": money_set("0.00", currency),
        "refund_shipping_lines": [],
        "refund_line_items": list(parts),
        "order_adjustments": [
            {
                "id": refund_id + row,
                "order_id": order_id,
                "refund_id": refund_id,
                "kind": kind,
                "reason": kind.replace("_", " ").capitalize(),
                "amount": amount,
                "tax_amount": "0.00",
                "amount_set": money_set(amount, currency),
            }
            for row, (kind, amount) in enumerate(adjustments, start=1)
        ],
        "transactions": [
            {"id": refund_id + 100 + row, "kind": "refund", "status": "success", "amount": amount}
            for row, amount in enumerate(transactions)
        ],
    }
    return body | fields


def customer_body(
    customer_id: int = 77,
    email: str | None = "kim@example.com",
    *,
    at: str = AT,
    **fields: object,
) -> Body:
    """A customer account, as its own topics send it and as orders carry it."""
    body: Body = {
        "id": customer_id,
        "admin_graphql_api_id": f"gid://shopify/Customer/{customer_id}",
        "created_at": at,
        "updated_at": at,
        "first_name": "Kim",
        "last_name": "Nagy",
        "state": "enabled",
        "note": None,
        "verified_email": True,
        "tax_exempt": False,
        "email": email,
        "phone": None,
        "currency": "USD",
        "tags": "",
        "addresses": [],
        "tax_exemptions": [],
        "default_address": {"id": 12321, "customer_id": customer_id, "country_code": "HU"},
    }
    return body | fields


_KIM = customer_body()

_PLAIN_ORDER: Body = {
    "cancel_reason": None,
    "cancelled_at": None,
    "confirmed": True,
    "fulfillment_status": None,
    "fulfillments": [],
    "note_attributes": [],
    "payment_gateway_names": ["bogus"],
    "source_name": "web",
    "tags": "",
    "taxes_included": False,
    "test": False,
    "total_tip_received": "0.00",
    "billing_address": {"country_code": "HU"},
}


def order_body(
    order_id: int = 1001,
    *,
    lines: Iterable[Body] = (),
    refunds: Iterable[Body] = (),
    customer: Body | None = _KIM,
    email: str | None = "kim@example.com",
    status: str | None = "paid",
    currency: str = "USD",
    at: str = AT,
    updated_at: str | None = None,
    codes: Iterable[str] = (),
    **fields: object,
) -> Body:
    """A whole order, placed at ``at``; by default one line of 20.00, paid by customer 77."""
    refunds = list(refunds)
    lines = [_as_of(line, refunds) for line in list(lines) or [line_body(currency=currency)]]
    subtotal = fields.pop("current_subtotal_price", _subtotal(lines, refunds))
    body: Body = {
        "id": order_id,
        "admin_graphql_api_id": f"gid://shopify/Order/{order_id}",
        "contact_email": email,
        "created_at": at,
        "currency": currency,
        "current_subtotal_price": subtotal,
        "current_total_price": subtotal,
        "customer_locale": "en",
        "discount_codes": [
            {"code": code, "amount": "5.00", "type": "fixed_amount"} for code in codes
        ],
        "email": email,
        "financial_status": status,
        "name": f"#{order_id}",
        "presentment_currency": currency,
        "processed_at": at,
        "updated_at": updated_at or at,
        "customer": customer,
        "line_items": lines,
        "refunds": refunds,
    }
    return _PLAIN_ORDER | body | fields


def encoded(body: object) -> bytes:
    """The body as the bytes that Shopify would sign."""
    return _ENCODER.encode(body)


def signature(raw: bytes, secret: bytes = SECRET) -> str:
    """Base64 of HMAC-SHA256, as the header carries it."""
    return b64encode(hmac.digest(secret, raw, "sha256")).decode()


def signed(
    body: object,
    secret: bytes = SECRET,
    *,
    topic: str = "orders/paid",
    shop_domain: str = SHOP_DOMAIN,
) -> tuple[bytes, dict[str, str]]:
    """The raw bytes of a delivery and its headers."""
    raw = encoded(body)
    return raw, {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": signature(raw, secret),
        "X-Shopify-Shop-Domain": shop_domain,
        "X-Shopify-API-Version": "2026-04",
        "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
    }


def _as_of(line: Body, refunds: Iterable[Body]) -> Body:
    if line["current_quantity"] is not None:
        return line
    parts = [part for refund in refunds for part in refund["refund_line_items"]]
    gone = sum(part["quantity"] for part in parts if part["line_item_id"] == line["id"])
    return line | {"current_quantity": line["quantity"] - gone}


def _subtotal(lines: Iterable[Body], refunds: Iterable[Body]) -> str:
    """After edits and returns, in the prices' own terms: with tax where prices include it."""
    total = Decimal(0)
    for line in (line for line in lines if not line.get("tip")):
        parts = [part for refund in refunds for part in refund["refund_line_items"]]
        back = [part for part in parts if part["line_item_id"] == line["id"]]
        gone = sum(part["quantity"] for part in back if part["subtotal"])
        kept = min(line["quantity"], line["current_quantity"] + gone)
        discounts = sum(Decimal(part["amount"]) for part in line["discount_allocations"])
        value = Decimal(line["price"]) * line["quantity"] - discounts
        total += value * kept / line["quantity"] if line["quantity"] else 0
        total -= sum(part["subtotal"] for part in back)
    return str(total)
