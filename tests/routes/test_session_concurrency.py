"""Sixteen shoppers' threads on one member, over a real socket and a real engine: exact balances."""

import http.client
import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from app import app
from chalicelib import clock, settings, telemetry
from chalicelib.storage import connection
from dev.engines import embedded
from dev.local_gateway import LocalGateway
from dev.local_server import HOST, LocalServer, running
from tests.builders import NOON
from tests.memory_table import MemoryTable
from tests.routes.house import SETTINGS, Client
from tests.routes.session import Session, opened

THREADS = 16
BUSY_MAX = 40  # a thread may be told to come again so often
COST = 50


@pytest.fixture
def served() -> Iterator[tuple[Session, LocalServer]]:
    """An open shop over moto behind a socket; the member has points for exactly ten rewards."""
    gateway = LocalGateway(app)
    with (
        embedded() as table,
        settings.use(SETTINGS),
        connection.use_table(table),
        telemetry.use(lambda _: None),
        running(gateway) as server,
    ):
        gateway.clock.move_to(NOON)
        shop = opened(Client(gateway), MemoryTable())  # the memory table is not looked at
        shop.buy("500.00")
        assert shop.available() == 10 * COST
        yield shop, server


def redeem(server: LocalServer, token: str, key: str) -> tuple[int, Any]:
    """One redemption, sent again while the answer is that the table is busy."""
    body = {"token": token, "idempotency_key": key, "reward_id": "five-off"}
    link = http.client.HTTPConnection(HOST, server.server_port, timeout=30)
    try:
        for _ in range(BUSY_MAX):
            headers = {"Content-Type": "text/plain"}
            link.request("POST", "/v1/storefront/tea/redemptions", json.dumps(body), headers)
            answer = link.getresponse()
            told = json.loads(answer.read())
            if answer.status != 503:
                return answer.status, told
            clock.pause(20)
    finally:
        link.close()
    raise AssertionError("busy for ever")


def burst(served: tuple[Session, LocalServer], keys: list[str]) -> list[tuple[int, Any]]:
    """All ``keys`` at once, a thread for each."""
    shop, server = served
    token, barrier = shop.token(), Barrier(len(keys))

    def ask(key: str) -> tuple[int, Any]:
        barrier.wait()
        return redeem(server, token, key)

    with ThreadPoolExecutor(len(keys)) as pool:
        return list(pool.map(ask, keys))


def test_one_key_at_once_is_one_redemption(served: tuple[Session, LocalServer]) -> None:
    answers = burst(served, ["same"] * THREADS)
    assert Counter(status for status, _ in answers) == {201: 1, 200: THREADS - 1}
    assert len({told["code"] for _, told in answers}) == 1
    assert served[0].available() == 450


def test_different_keys_at_once_spend_what_there_is_and_no_more(
    served: tuple[Session, LocalServer],
) -> None:
    shop, _ = served
    answers = burst(served, [f"k{number}" for number in range(THREADS)])
    assert Counter(status for status, _ in answers) == {201: 10, 409: THREADS - 10}
    refused = {told["code"] for status, told in answers if status == 409}
    assert refused == {"insufficient_points"}
    assert len({told["code"] for status, told in answers if status == 201}) == 10
    assert shop.available() == 0
    entries = shop.entries()
    assert [entry["seq"] for entry in entries] == list(range(11, 0, -1))
    assert sum(entry["points"] for entry in entries) == 0


def test_pairs_of_keys_at_once_are_each_done_once(served: tuple[Session, LocalServer]) -> None:
    answers = burst(served, [f"k{number // 2}" for number in range(THREADS)])
    assert Counter(status for status, _ in answers) == {201: 8, 200: 8}
    assert served[0].available() == 100
