"""The shop's own orders, as its platform would keep them: sold, partly returned, cancelled.

The book knows nothing of points. Every change gives the sale as it is then; ``shopify_bodies``
tells it the way Shopify would. Safe from many threads.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock

from chalicelib.domain.instants import Instant
from dev.demo.baskets import Basket, Goods
from dev.demo.people import Person


class Status(StrEnum):
    """Shopify's ``financial_status``, as far as this shop has them; cancelled beside them."""

    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sale: what was sold, and how much of it came back."""

    line_id: int
    goods: Goods
    returned: int = 0  # pieces


@dataclass(frozen=True, slots=True)
class Back:
    """A refund: pieces by line."""

    refund_id: int
    at: Instant
    pieces: tuple[tuple[int, int], ...]  # (line id, pieces)


@dataclass(frozen=True, slots=True)
class Sale:
    """An order as it is now."""

    order_id: int
    at: Instant
    updated_at: Instant
    buyer: Person | None  # None: bought as a guest
    basket: Basket
    lines: tuple[Line, ...]
    backs: tuple[Back, ...] = ()
    cancelled_at: Instant | None = None

    @property
    def number(self) -> str:
        """What the customer sees."""
        return f"#{self.order_id}"

    @property
    def status(self) -> Status:
        """Where it stands."""
        if self.cancelled_at is not None:
            return Status.CANCELLED
        if not self.backs:
            return Status.PAID
        is_whole = all(line.returned == line.goods.quantity for line in self.lines)
        return Status.REFUNDED if is_whole else Status.PARTIALLY_REFUNDED


class OrderBook:
    """Every order of the shop, by number."""

    def __init__(self) -> None:
        """An empty book."""
        self._sales: dict[int, Sale] = {}
        self._last_id = 1_000
        self._lock = Lock()

    def reserve(self, count: int) -> int:
        """The first of ``count`` numbers that nobody else will get."""
        with self._lock:
            first = self._last_id + 1
            self._last_id += count
            return first

    def sell(self, order_id: int, buyer: Person | None, basket: Basket, at: Instant) -> Sale:
        """Write a paid order down."""
        lines = tuple(
            Line(order_id * 10 + row, goods) for row, goods in enumerate(basket.goods, start=1)
        )
        return self._keep(Sale(order_id, at, at, buyer, basket, lines))

    def take_back(self, order_id: int, at: Instant, rows: int) -> Sale:
        """Write the return of the first ``rows`` lines down, or of all there are."""
        sale = self._sales[order_id]
        chosen = [line for line in sale.lines if line.returned < line.goods.quantity][:rows]
        pieces = tuple((line.line_id, line.goods.quantity - line.returned) for line in chosen)
        gone = dict(pieces)
        refund_id = sale.order_id * 10 + len(sale.backs) + 1
        return self._keep(
            replace(
                sale,
                updated_at=max(at, sale.updated_at + 1),
                lines=tuple(
                    replace(line, returned=line.returned + gone.get(line.line_id, 0))
                    for line in sale.lines
                ),
                backs=(*sale.backs, Back(refund_id, at, pieces)),
            )
        )

    def cancel(self, order_id: int, at: Instant) -> Sale:
        """Write a cancellation down."""
        sale = self._sales[order_id]
        return self._keep(replace(sale, updated_at=max(at, sale.updated_at + 1), cancelled_at=at))

    def of(self, customer_id: int) -> tuple[Sale, ...]:
        """All orders of a customer, newest first."""
        with self._lock:
            mine = [
                sale
                for sale in self._sales.values()
                if sale.buyer and sale.buyer.customer_id == customer_id
            ]
        return tuple(sorted(mine, key=lambda sale: (sale.at, sale.order_id), reverse=True))

    def _keep(self, sale: Sale) -> Sale:
        with self._lock:
            self._sales[sale.order_id] = sale
        return sale
