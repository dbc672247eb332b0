"""What the shop sells: ``site/catalog.json``, which the pages read as well. Prices are in cents."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SITE = Path(__file__).parent / "site"


@dataclass(frozen=True, slots=True)
class Product:
    """One tea, or the gift card."""

    key: str  # in addresses of the shop's pages
    product_id: int  # Shopify's
    sku: str
    title: str
    price_cents: int
    gift_card: bool = False


@cache
def products() -> tuple[Product, ...]:
    """All of it, in the order of the shelf."""
    rows = json.loads((SITE / "catalog.json").read_text(encoding="utf-8"))
    return tuple(
        Product(
            key=row["key"],
            product_id=row["product_id"],
            sku=row["sku"],
            title=row["name"]["en"],
            price_cents=row["price_cents"],
            gift_card=row.get("gift_card", False),
        )
        for row in rows
    )


def find_product(key: str) -> Product | None:
    """The product of a key."""
    return next((product for product in products() if product.key == key), None)


def find_sku(sku: str) -> Product | None:
    """The product of a stock keeping unit."""
    return next((product for product in products() if product.sku == sku), None)
