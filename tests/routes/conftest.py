"""Fixtures of the doors: the whole house, and a house with routes made for a test."""

from collections.abc import Iterator

import pytest
from chalice.app import Chalice

from app import app
from chalicelib.routes import contract
from chalicelib.routes.request_context import middleware
from tests.memory_table import MemoryTable
from tests.routes.house import Client, make_shop, open_house
from tests.routes.workshop import Workshop, doors_of


@pytest.fixture(name="house")
def _house() -> Iterator[tuple[Client, MemoryTable]]:
    with open_house(app) as opened:
        yield opened


@pytest.fixture
def client(house: tuple[Client, MemoryTable]) -> Client:
    return house[0]


@pytest.fixture
def table(house: tuple[Client, MemoryTable]) -> MemoryTable:
    return house[1]


@pytest.fixture
def owner(client: Client) -> str:
    """The owner key of the shop ``tea``."""
    return make_shop(client)


@pytest.fixture
def workshop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """A house whose routes exist for the test alone, beside the shops and keys of the real one."""
    monkeypatch.setattr(contract, "_routes", dict(contract._routes))
    with open_house(app) as (real, table):
        keys = {"tea": make_shop(real, "tea"), "coffee": make_shop(real, "coffee")}
        made = Chalice(app_name="workshop", configure_logs=False)
        made.register_middleware(middleware, "http")
        shop = Workshop(real, table, keys)
        for door in doors_of(shop):
            made.register_blueprint(door.blueprint)
        shop.mount(made)
        with shop.client.gateway.use_clock():
            yield shop
