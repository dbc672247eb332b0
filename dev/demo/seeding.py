"""Play the year: every step becomes signed webhooks and storefront calls, at its own time.

It runs in a thread of its own while the shop is open. ``Progress`` is what the terminal and the
page show; ``kim_is_ready`` is set as soon as the shopper "you" has a year behind.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib import clock
from chalicelib.domain.instants import MINUTE_MS
from dev.demo.baskets import price
from dev.demo.front_door import FrontDoor, plain
from dev.demo.history import Cancellation, Purchase, Return, Step
from dev.demo.opening import program
from dev.demo.order_book import OrderBook
from dev.demo.people import KIM
from dev.demo.shopify_bodies import order_body, refund_body

_REDEEMED_BEFORE_MS = 2 * MINUTE_MS


class Progress:
    """How far it is. Written by one thread, read by many."""

    def __init__(self, total: int) -> None:
        """Nothing done of ``total`` steps."""
        self.total = total
        self.done = 0
        self.webhooks = 0
        self.redemptions = 0
        self.problem = ""
        self.kim_is_ready = threading.Event()
        self.is_over = threading.Event()
        self._began_ms = clock.monotonic_ms()
        self._ended_ms = 0

    @property
    def elapsed_ms(self) -> int:
        """Since the beginning, until the end."""
        return (self._ended_ms or clock.monotonic_ms()) - self._began_ms

    def end(self, problem: str = "") -> None:
        """All done, or stopped by ``problem``."""
        self.problem = problem
        self._ended_ms = clock.monotonic_ms()
        self.kim_is_ready.set()
        self.is_over.set()

    def told(self) -> dict[str, object]:
        """For the page."""
        return {
            "done": self.done,
            "total": self.total,
            "webhooks": self.webhooks,
            "redemptions": self.redemptions,
            "elapsed_ms": self.elapsed_ms,
            "over": self.is_over.is_set(),
            "problem": self.problem,
        }


class Seeding:
    """The year on its way into the books."""

    def __init__(self, door: FrontDoor, book: OrderBook, steps: tuple[Step, ...]) -> None:
        """Reserve the numbers of its orders."""
        self.progress = Progress(len(steps))
        self._door = door
        self._book = book
        self._steps = steps
        self._rewards = {reward["id"]: reward for reward in program()["rewards"]}
        orders = sum(isinstance(step, Purchase) for step in steps)
        self._first_id = book.reserve(orders)
        self._stopped = threading.Event()

    def run(self, told: Callable[[Progress], None] = lambda _: None) -> None:
        """Play every step; ``told`` after each. Ends at ``stop``, or at the first failure."""
        is_kims = True
        for step in self._steps:
            if self._stopped.is_set():
                break
            if is_kims and not (isinstance(step, Purchase) and step.buyer is KIM):
                is_kims = False
                self.progress.kim_is_ready.set()
            try:
                self._play(step)
            except Exception as problem:  # noqa: BLE001 - a thread's end: told on page and terminal
                self.progress.end(f"{type(problem).__name__}: {problem}")
                told(self.progress)
                return
            self.progress.done += 1
            told(self.progress)
        self.progress.end()
        told(self.progress)

    def stop(self) -> None:
        """End after the step at hand."""
        self._stopped.set()

    def _play(self, step: Step) -> None:
        order_id = self._first_id + step.order
        match step:
            case Purchase():
                self._sell(step, order_id)
            case Return():
                sale = self._book.take_back(order_id, step.at, step.rows)
                self._send("refunds/create", refund_body(sale, sale.backs[-1]), step.at)
                self._send("orders/updated", order_body(sale), step.at)
            case Cancellation():
                sale = self._book.cancel(order_id, step.at)
                self._send("orders/cancelled", order_body(sale), step.at)

    def _sell(self, step: Purchase, order_id: int) -> None:
        code, reward = self._redeemed(step) if step.redeems else ("", None)
        basket = price(step.goods, code, reward)
        sale = self._book.sell(order_id, step.buyer, basket, step.at)
        self._send("orders/paid", order_body(sale), step.at)

    def _redeemed(self, step: Purchase) -> tuple[str, Mapping[str, Any] | None]:
        """The code of the dearest reward within reach that pays for something, if there is one."""
        at = step.at - _REDEEMED_BEFORE_MS
        if step.buyer is None:
            return "", None
        card = plain(self._door.storefront(step.buyer, "card", at=at))
        within = [row["id"] for row in (card or {}).get("rewards", ()) if row["affordable"]]
        useful = [self._rewards[name] for name in within if self._is_useful(name, step)]
        if not useful:
            return "", None
        best = max(useful, key=lambda reward: reward["cost"]["amount"])
        asked = {"idempotency_key": f"seed-{step.order}", "reward_id": best["id"]}
        redemption = plain(self._door.storefront(step.buyer, "redemptions", asked, at))
        if redemption is None:
            return "", None
        self.progress.redemptions += 1
        return str(redemption["code"]), best

    def _is_useful(self, name: str, step: Purchase) -> bool:
        """Whether the reward would work on this very order. Kim's taste is five dollars off."""
        if step.buyer is KIM:
            return name == "five-off"
        basket = price(step.goods, "try", self._rewards[name])
        return basket.below_minimum_cents == 0

    def _send(self, topic: str, body: dict[str, Any], at: int) -> None:
        self._door.deliver(topic, body, at)
        self.progress.webhooks += 1
