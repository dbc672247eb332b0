"""A sale as Shopify's webhooks tell it (API 2026-04), and the signature over its bytes.

Our own maker of bodies, so that the demo is a second opinion on what the translator reads, and no
copy of the tests'. Amounts on orders are text, on refund lines numbers, as Shopify writes them.
"""

import base64
import hmac
import json
from typing import Any, TypeAlias

from chalicelib.domain.instants import Instant, iso
from dev.demo.order_book import Back, Line, Sale, Status
from dev.demo.people import Person

Body: TypeAlias = dict[str, Any]

CURRENCY = "USD"
API_VERSION = "2026-04"


def amount(cents: int) -> str:
    """``1250`` as ``12.50``."""
    return f"{cents // 100}.{cents % 100:02d}"


def order_body(sale: Sale) -> Body:
    """The whole order, for every topic that sends one."""
    cancelled_at = None if sale.cancelled_at is None else iso(sale.cancelled_at)
    email = sale.buyer.email if sale.buyer else f"guest-{sale.order_id}@example.com"
    left = amount(sum(_left_cents(line) for line in sale.lines))
    return {
        "id": sale.order_id,
        "admin_graphql_api_id": f"gid://shopify/Order/{sale.order_id}",
        "name": sale.number,
        "created_at": iso(sale.at),
        "processed_at": iso(sale.at),
        "updated_at": iso(sale.updated_at),
        "cancelled_at": cancelled_at,
        "cancel_reason": "customer" if cancelled_at else None,
        "currency": CURRENCY,
        "presentment_currency": CURRENCY,
        "financial_status": _financial_status(sale),
        "fulfillment_status": None,
        "fulfillments": [],
        "source_name": "web",
        "tags": "",
        "taxes_included": False,
        "test": False,
        "email": email,
        "contact_email": email,
        "customer": customer_body(sale.buyer, sale.at) if sale.buyer else None,
        "customer_locale": sale.buyer.locale if sale.buyer else "en",
        "current_subtotal_price": left,
        "current_total_price": left,
        "total_shipping_price_set": _money(sale.basket.shipping_cents),
        "discount_codes": _codes(sale),
        "line_items": [_line_body(line) for line in sale.lines],
        "refunds": [refund_body(sale, back) for back in sale.backs],
    }


def refund_body(sale: Sale, back: Back) -> Body:
    """One refund, to be sent alone or within its order."""
    lines = {line.line_id: line for line in sale.lines}
    return {
        "id": back.refund_id,
        "admin_graphql_api_id": f"gid://shopify/Refund/{back.refund_id}",
        "order_id": sale.order_id,
        "created_at": iso(back.at),
        "processed_at": iso(back.at),
        "note": "Returned by the customer",
        "order_adjustments": [],
        "total_duties_set": _money(0),
        "transactions": [],
        "refund_line_items": [_returned(lines[line], pieces) for line, pieces in back.pieces],
    }


def customer_body(person: Person, at: Instant) -> Body:
    """A customer account."""
    return {
        "id": person.customer_id,
        "admin_graphql_api_id": f"gid://shopify/Customer/{person.customer_id}",
        "created_at": iso(at),
        "updated_at": iso(at),
        "email": person.email,
        "verified_email": True,
        "first_name": person.first,
        "last_name": person.last,
        "tags": "",
        "default_address": {"country_code": person.country},
    }


def encoded(body: Body) -> bytes:
    """The bytes that are signed and sent."""
    return json.dumps(body, separators=(",", ":")).encode()


def signed_headers(topic: str, shop_domain: str, raw: bytes, secret: str) -> dict[str, str]:
    """The headers of a delivery; only the body is under the signature."""
    signature = base64.b64encode(hmac.digest(secret.encode(), raw, "sha256")).decode()
    return {
        "content-type": "application/json",
        "x-shopify-topic": topic,
        "x-shopify-hmac-sha256": signature,
        "x-shopify-shop-domain": shop_domain,
        "x-shopify-api-version": API_VERSION,
    }


def _financial_status(sale: Sale) -> str:
    return "refunded" if sale.status is Status.CANCELLED else sale.status.value


def _left_cents(line: Line) -> int:
    return line.goods.paid_cents - _part_cents(line, line.returned)


def _part_cents(line: Line, pieces: int) -> int:
    """What ``pieces`` of a line were paid with."""
    return line.goods.paid_cents * pieces // line.goods.quantity


def _codes(sale: Sale) -> list[Body]:
    if not sale.basket.code:
        return []
    off = amount(sale.basket.discount_cents)
    return [{"code": sale.basket.code, "amount": off, "type": "fixed_amount"}]


def _line_body(line: Line) -> Body:
    goods = line.goods
    discount = goods.discount_cents
    return {
        "id": line.line_id,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{line.line_id}",
        "product_id": goods.product.product_id,
        "sku": goods.product.sku,
        "title": goods.product.title,
        "vendor": "Tea & Co",
        "gift_card": goods.product.gift_card,
        "quantity": goods.quantity,
        "current_quantity": goods.quantity - line.returned,
        "price": amount(goods.product.price_cents),
        "price_set": _money(goods.product.price_cents),
        "total_discount": "0.00",
        "tax_lines": [],
        "discount_allocations": [{"amount": amount(discount), "amount_set": _money(discount)}]
        if discount
        else [],
    }


def _returned(line: Line, pieces: int) -> Body:
    cents = _part_cents(line, pieces)
    return {
        "id": line.line_id + 500_000,
        "line_item_id": line.line_id,
        "line_item": _line_body(line),
        "quantity": pieces,
        "restock_type": "return",
        # Shopify writes numbers here, where orders carry text.
        "subtotal": float(amount(cents)),
        "subtotal_set": _money(cents),
        "total_tax": 0.0,
    }


def _money(cents: int) -> Body:
    told = {"amount": amount(cents), "currency_code": CURRENCY}
    return {"shop_money": told, "presentment_money": told}
