"""The demo put together: gateway, pages, shop and seeding, for the command and for tests."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chalice.app import Chalice

from chalicelib.domain.instants import Instant
from dev.demo.front_door import FrontDoor, Keys
from dev.demo.history import year_before
from dev.demo.opening import open_shop
from dev.demo.order_book import OrderBook
from dev.demo.pages import Pages
from dev.demo.people import CUSTOMERS, people
from dev.demo.seeding import Progress, Seeding
from dev.demo.till import Till
from dev.local_gateway import LocalGateway


@dataclass(frozen=True, slots=True)
class OpenShop:
    """A shop that can be bought at, and a year that is on its way into its books."""

    keys: Keys
    door: FrontDoor
    till: Till
    seeding: Seeding


class DemoShop:
    """The shop's addresses are there at once; ``open`` brings the shop behind them."""

    def __init__(self, app: Chalice) -> None:
        """Hang the pages."""
        self._pages = Pages(self.now)
        self.gateway = LocalGateway(app, self._pages.handlers(), self._pages.mounts())

    def now(self) -> Instant:
        """The time of the books."""
        return self.gateway.clock.read()

    def open(self, operator_key: str, customers: int = CUSTOMERS) -> OpenShop:
        """Set the shop up through the admin API and plan its year; nothing is seeded yet.

        Raises:
            Refused: the API refused a step.
        """
        now = self.now()
        keys = open_shop(self.gateway.answer, operator_key, now)
        door = FrontDoor(self.gateway.answer, keys)
        book = OrderBook()
        till = Till(door, book)
        seeding = Seeding(door, book, year_before(now, people(customers)))
        self._pages.open(door, till, seeding.progress)
        return OpenShop(keys, door, till, seeding)


@contextmanager
def seeded_beside(shop: OpenShop, told: Callable[[Progress], None]) -> Iterator[threading.Thread]:
    """The year is played in a thread of its own inside the block, and stopped at its end."""
    thread = threading.Thread(target=shop.seeding.run, args=(told,), daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        shop.seeding.stop()
        thread.join()
