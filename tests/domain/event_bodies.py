"""Canonical events as JSON, as api.md shows them, for tests of everything that takes them."""

from typing import Any

from chalicelib.domain.instants import parse_instant

AT = "2026-11-21T10:00:00Z"
NOW = parse_instant(AT)


def line_json(**fields: object) -> dict[str, Any]:
    return {"id": "l1", "quantity": "2", "net": 4_000} | fields


def refund_json(**fields: object) -> dict[str, Any]:
    lines = [{"line_id": "l1", "quantity": "1", "net": 2_000}]
    return {"id": "r1", "at": AT, "lines": lines, "amount": None} | fields


def order_json(**fields: object) -> dict[str, Any]:
    """The order of api.md, word for word."""
    return {
        "id": "1001",
        "number": "#1001",
        "version": AT,
        "status": "paid",
        "test": False,
        "currency": "USD",
        "created_at": AT,
        "paid_at": AT,
        "fulfilled_at": None,
        "partner": None,
        "channel": "web",
        "customer": {
            "id": "77",
            "email": "Kim@Example.com",
            "email_verified": True,
            "country": "US",
            "locale": "en",
            "tags": [],
        },
        "guest_email": None,
        "lines": [
            line_json(
                product_id="p1",
                sku="S-1",
                title="Assam",
                gross=4_400,
                tax=400,
                cost=None,
                tags=["coffee"],
                gift_card=False,
                attributes={"roast": "dark"},
            )
        ],
        "refunds": [refund_json()],
        "refunds_complete": True,
        "codes": ["ABCD-2345"],
        "attributes": {},
    } | fields


def upserted_json(**fields: object) -> dict[str, Any]:
    order = order_json(**fields)
    return {
        "type": "order.upserted",
        "id": "e1",
        "occurred_at": AT,
        "source": "pos",
        "order": order,
    }
