"""The till: what a visitor of the page does becomes signed webhooks, at the books' own time.

Who is shopping is one of a few made-up customers, or a guest. A code is looked up on the
customer's own card, as a shop would ask its own platform.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.instants import Instant, iso
from dev.demo.baskets import Basket, Goods, price
from dev.demo.catalog import find_product
from dev.demo.front_door import FrontDoor, plain
from dev.demo.opening import program
from dev.demo.order_book import OrderBook, Sale, Status
from dev.demo.people import KIM, MINA, NORA, Person
from dev.demo.shopify_bodies import order_body, refund_body

VISITORS: Mapping[str, Person] = {"you": KIM, "nora": NORA, "mina": MINA}
"""Who the page can be; any other name is a guest."""

PIECES_MAX = 20
LINES_MAX = 20


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook that was sent, for those who like to look behind."""

    topic: str
    at: Instant
    number: str
    status: int

    def told(self) -> dict[str, object]:
        """As JSON."""
        return {
            "topic": self.topic,
            "at": iso(self.at),
            "number": self.number,
            "status": self.status,
        }


class Till:
    """Sells, takes back, and knows a visitor's orders."""

    def __init__(self, door: FrontDoor, book: OrderBook) -> None:
        """Over the shop's one book of orders."""
        self._door = door
        self._book = book
        self._rewards = {reward["id"]: reward for reward in program()["rewards"]}
        self.deliveries: list[Delivery] = []

    def priced(self, visitor: str, lines: object, code: str) -> Basket | None:
        """The basket with the code's reward, if there is such a code; None for unreadable lines."""
        goods = _goods_of(lines)
        if goods is None:
            return None
        return price(goods, code, self._reward_behind(visitor, code) if code else None)

    def buy(self, visitor: str, basket: Basket, at: Instant) -> Sale:
        """A paid order, told to Laurel at once."""
        order_id = self._book.reserve(1)
        sale = self._book.sell(order_id, VISITORS.get(visitor), basket, at)
        self._send("orders/paid", order_body(sale), sale)
        return sale

    def take_back(self, visitor: str, at: Instant) -> Sale | None:
        """The visitor's last order that is still kept comes back whole; None when there is none."""
        kept = [
            sale
            for sale in self.orders(visitor)
            if sale.status in {Status.PAID, Status.PARTIALLY_REFUNDED}
        ]
        if not kept:
            return None
        rows = len(kept[0].lines)
        sale = self._book.take_back(kept[0].order_id, max(at, kept[0].updated_at + 1), rows)
        self._send("refunds/create", refund_body(sale, sale.backs[-1]), sale)
        self._send("orders/updated", order_body(sale), sale)
        return sale

    def orders(self, visitor: str) -> tuple[Sale, ...]:
        """A visitor's orders, newest first."""
        person = VISITORS.get(visitor)
        return self._book.of(person.customer_id) if person else ()

    def _reward_behind(self, visitor: str, code: str) -> Mapping[str, Any] | None:
        person = VISITORS.get(visitor)
        card = plain(self._door.storefront(person, "card")) if person else None
        for row in (card or {}).get("codes", ()):
            if row["code"] == code and row["status"] == "ready":
                return self._rewards.get(row["reward_id"])
        return None

    def _send(self, topic: str, body: dict[str, Any], sale: Sale) -> None:
        answered = self._door.deliver(topic, body)
        delivery = Delivery(topic, sale.updated_at, sale.number, answered.status)
        self.deliveries = [delivery, *self.deliveries][:LINES_MAX]


def _goods_of(lines: object) -> tuple[Goods, ...] | None:
    """``[{"product": "sencha", "quantity": 2}]`` as goods."""
    if not isinstance(lines, list) or not 0 < len(lines) <= LINES_MAX:
        return None
    goods: list[Goods] = []
    for line in lines:
        row = line if isinstance(line, dict) else {}
        product = find_product(str(row.get("product")))
        quantity = row.get("quantity", 1)
        if product is None or not isinstance(quantity, int) or not 0 < quantity <= PIECES_MAX:
            return None
        goods.append(Goods(product, quantity))
    return tuple(goods)
