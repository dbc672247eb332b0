"""A demo of its own for each test: the real app over moto, with a year of a few customers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from app import app
from chalicelib.storage import connection
from chalicelib.storage.table import Table
from dev.demo.shop import DemoShop, OpenShop
from dev.local_gateway import Asked
from dev.local_server import running
from dev.serve import local_house


@dataclass
class Visit:
    """An open demo, and a browser's way to ask it things."""

    demo: DemoShop
    shop: OpenShop
    table: Table
    address: str

    def get(self, path: str) -> dict[str, Any]:
        return self._asked("GET", path, b"")

    def post(self, path: str, body: object) -> dict[str, Any]:
        return self._asked("POST", path, json.dumps(body).encode())

    def _asked(self, method: str, path: str, raw: bytes) -> dict[str, Any]:
        answered = self.demo.gateway.answer(Asked(method, path, {}, raw))
        return {"status": answered.status, **json.loads(answered.body)}

    def card(self, visitor: str = "you") -> dict[str, Any]:
        token = self.get(f"/dev/demo/token?as={visitor}")["token"]
        return self.post("/v1/storefront/tea/card", {"token": token})

    def points(self) -> int:
        return int(self.card()["points"]["points"]["available"])

    def buy(self, product: str, quantity: int = 1, code: str = "") -> dict[str, Any]:
        lines = [{"product": product, "quantity": quantity}]
        return self.post("/dev/demo/buy", {"as": "you", "lines": lines, "code": code})


@contextmanager
def open_demo(customers: int, *, is_seeded: bool = True) -> Iterator[Visit]:
    """The demo of the first ``customers``, a year old if asked; it answers on a socket as well."""
    with local_house({"PORT": "0"}) as house:
        demo = DemoShop(app)
        with running(demo.gateway) as server:
            shop = demo.open(house.operator_key, customers)
            if is_seeded:
                shop.seeding.run()
                assert not shop.seeding.progress.problem
            yield Visit(demo, shop, connection.table(), server.address)


@pytest.fixture
def visit() -> Iterator[Visit]:
    """Kim alone."""
    with open_demo(1) as opened:
        yield opened
