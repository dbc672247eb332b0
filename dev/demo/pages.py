"""The demo's own addresses: pages and their files, and what their scripts ask the shop for.

``/`` is the shop (``site/``), ``/widget/`` the widget: built if ``widget/dist`` is there and not
older than its sources, else straight from ``widget/src``, which runs without Node. ``/dev/demo/``
is the shop's own little server side; a real shop has its platform there.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.outcome import RefusalCode
from dev.demo.baskets import Basket
from dev.demo.catalog import SITE
from dev.demo.counter import behind_the_counter
from dev.demo.front_door import FrontDoor, Json
from dev.demo.order_book import Sale
from dev.demo.seeding import Progress
from dev.demo.till import VISITORS, Till
from dev.local_gateway import Answered, Asked, Handler, json_answer, refused

WIDGET = Path(__file__).parents[2] / "widget"


def widget_folder() -> tuple[Path, str]:
    """The folder that serves the widget, and its loader within."""
    loader = WIDGET / "dist" / "v1" / "loader.js"
    sources = [file.stat().st_mtime_ns for file in (WIDGET / "src").rglob("*.js")]
    if loader.exists() and loader.stat().st_mtime_ns >= max(sources, default=0):
        return WIDGET / "dist", "v1/loader.js"
    return WIDGET / "src", "loader.js"


class Pages:
    """Handlers of the demo, to be given to the gateway before the shop is open.

    ``open`` hands the shop over; until then every question is answered with 503.
    """

    def __init__(self, books_now: Callable[[], Instant]) -> None:
        """``books_now`` is the local clock."""
        self._now = books_now
        self._shop: tuple[FrontDoor, Till, Progress] | None = None
        # Chosen once: a build that ends while the demo runs must not mix with what is served.
        self._widget_folder, self._widget_loader = widget_folder()

    def open(self, door: FrontDoor, till: Till, progress: Progress) -> None:
        """From now on there is a shop."""
        self._shop = (door, till, progress)

    def mounts(self) -> Mapping[str, Path]:
        """The folders of static files."""
        return {"/": SITE, "/widget/": self._widget_folder}

    def handlers(self) -> dict[tuple[str, str], Handler]:
        """By method and path."""
        return {
            ("GET", "/widget-loader.js"): self._loader,
            ("GET", "/dev/demo/status"): self._status,
            ("GET", "/dev/demo/token"): self._token,
            ("GET", "/dev/demo/orders"): self._orders,
            ("GET", "/dev/demo/counter"): self._counter,
            ("POST", "/dev/demo/price"): self._price,
            ("POST", "/dev/demo/buy"): self._buy,
            ("POST", "/dev/demo/return"): self._return,
        }

    def _loader(self, _: Asked) -> Answered:
        source = f'import "/widget/{self._widget_loader}";\n'
        headers = {"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache"}
        return Answered(200, headers, source.encode())

    def _status(self, _: Asked) -> Answered:
        seed = None if self._shop is None else self._shop[2].told()
        return json_answer({"now": iso(self._now()), "seed": seed})

    def _token(self, asked: Asked) -> Answered:
        person = VISITORS.get(_query(asked, "as"))
        if self._shop is None:
            return _closed()
        answer = json_answer({"token": self._shop[0].token(person) if person else None})
        return Answered(200, {**answer.headers, "Cache-Control": "private, no-store"}, answer.body)

    def _orders(self, asked: Asked) -> Answered:
        if self._shop is None:
            return _closed()
        sales = self._shop[1].orders(_query(asked, "as"))
        return json_answer({"items": [_sale_view(sale) for sale in sales]})

    def _counter(self, asked: Asked) -> Answered:
        if self._shop is None:
            return _closed()
        door, till, _ = self._shop
        return json_answer(behind_the_counter(door, till, _query(asked, "as")))

    def _price(self, asked: Asked) -> Answered:
        basket = self._basket(asked)
        return json_answer(_basket_view(basket)) if isinstance(basket, Basket) else basket

    def _buy(self, asked: Asked) -> Answered:
        basket = self._basket(asked)
        if not isinstance(basket, Basket):
            return basket
        if self._shop is None:
            return _closed()
        sale = self._shop[1].buy(str(_body(asked).get("as")), basket, self._now())
        return json_answer(_sale_view(sale), 201)

    def _return(self, asked: Asked) -> Answered:
        if self._shop is None:
            return _closed()
        sale = self._shop[1].take_back(str(_body(asked).get("as")), self._now())
        if sale is None:
            return refused(RefusalCode.DOCUMENT_UNKNOWN, "There is no order to return.")
        return json_answer(_sale_view(sale))

    def _basket(self, asked: Asked) -> Basket | Answered:
        if self._shop is None:
            return _closed()
        told = _body(asked)
        code = str(told.get("code") or "").strip().upper()
        basket = self._shop[1].priced(str(told.get("as")), told.get("lines"), code)
        if basket is None:
            return refused(RefusalCode.VALUE_INVALID, "The basket cannot be read.")
        return basket


def _closed() -> Answered:
    return refused(RefusalCode.BUSY, "The shop opens in a moment.")


def _query(asked: Asked, name: str) -> str:
    return parse_qs(urlsplit(asked.target).query).get(name, [""])[-1]


def _body(asked: Asked) -> Json:
    try:
        told = json.loads(asked.body or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _basket_view(basket: Basket) -> Json:
    return {
        "lines": [
            {
                "product": line.product.key,
                "quantity": line.quantity,
                "full_cents": line.full_cents,
                "discount_cents": line.discount_cents,
            }
            for line in basket.goods
        ],
        "code": basket.code,
        "below_minimum_cents": basket.below_minimum_cents,
        "discount_cents": basket.discount_cents,
        "shipping_cents": basket.shipping_cents,
        "total_cents": basket.total_cents,
    }


def _sale_view(sale: Sale) -> Json:
    return {
        **_basket_view(sale.basket),
        "order_id": sale.order_id,
        "number": sale.number,
        "at": iso(sale.at),
        "status": sale.status.value,
    }
