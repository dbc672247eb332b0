"""What a basket costs, with and without a reward: the shop's own arithmetic, in whole cents.

Rewards are the program's, as its document says them. A reward of money is dealt to the lines by
their price, with the last line taking what rounding leaves, as shops do; it never covers gift
cards.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from dev.demo.catalog import Product, find_sku

SHIPPING_CENTS = 490
FREE_SHIPPING_FROM_CENTS = 4_500


@dataclass(frozen=True, slots=True)
class Goods:
    """One line of a basket."""

    product: Product
    quantity: int = 1
    discount_cents: int = 0  # of the whole line

    @property
    def full_cents(self) -> int:
        """Before the discount."""
        return self.product.price_cents * self.quantity

    @property
    def paid_cents(self) -> int:
        """After it."""
        return self.full_cents - self.discount_cents


@dataclass(frozen=True, slots=True)
class Basket:
    """Lines with their discounts, and what it is sent for."""

    goods: tuple[Goods, ...]
    shipping_cents: int
    code: str = ""
    below_minimum_cents: int = 0  # how much is missing for the code to work

    @property
    def discount_cents(self) -> int:
        """What the code is worth, without shipping."""
        return sum(line.discount_cents for line in self.goods)

    @property
    def total_cents(self) -> int:
        """What the customer pays."""
        return sum(line.paid_cents for line in self.goods) + self.shipping_cents


def price(
    goods: Iterable[Goods], code: str = "", reward: Mapping[str, Any] | None = None
) -> Basket:
    """The basket with ``reward``, a reward of the program's document, behind ``code``."""
    lines = tuple(goods)
    shipping = _shipping(lines)
    if reward is None:
        return Basket(lines, shipping)
    missing = _minimum_cents(reward) - sum(line.full_cents for line in lines)
    if missing > 0:
        return Basket(lines, shipping, below_minimum_cents=missing)
    match reward["kind"]:
        case "amount_off":
            lines = _dealt(lines, int(reward["value"]["USD"]))
        case "percent_off":
            share = Decimal(reward["percent"])
            lines = _dealt(lines, int(sum(map(_eligible, lines)) * share / 100))
        case "free_shipping":
            shipping = 0
        case "product":
            lines = (*lines, *_present(str(reward["sku"])))
        case _:  # a perk is handed over, not taken off
            pass
    return Basket(lines, shipping, code)


def _shipping(lines: tuple[Goods, ...]) -> int:
    sent = [line for line in lines if not line.product.gift_card]
    is_free = sum(line.full_cents for line in sent) >= FREE_SHIPPING_FROM_CENTS
    return 0 if is_free or not sent else SHIPPING_CENTS


def _minimum_cents(reward: Mapping[str, Any]) -> int:
    return int((reward.get("min_order") or {}).get("USD", 0))


def _eligible(line: Goods) -> int:
    return 0 if line.product.gift_card else line.full_cents


def _dealt(lines: tuple[Goods, ...], off_cents: int) -> tuple[Goods, ...]:
    """``off_cents`` taken off the lines in the proportion of their prices."""
    whole = left = sum(map(_eligible, lines))
    remaining = min(off_cents, whole)
    dealt: list[Goods] = []
    for line in lines:
        eligible = _eligible(line)
        part = remaining * eligible // left if left else 0
        dealt.append(replace(line, discount_cents=part))
        remaining, left = remaining - part, left - eligible
    return tuple(dealt)


def _present(sku: str) -> tuple[Goods, ...]:
    """A product that is given: on the order at its price, all of it taken off."""
    product = find_sku(sku)
    return (Goods(product, 1, product.price_cents),) if product else ()
