"""Every admin write that was done is in the audit log, with who and what and nobody's data."""

import itertools
import re
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.domain.instants import SECOND_MS
from chalicelib.domain.outcome import Refusal, RefusalCode, StorageUnavailable
from chalicelib.routes.contract import Answer, Audience, declared_routes
from chalicelib.storage.items import Delete, Put, Take
from tests.memory_table import MemoryTable
from tests.routes.house import OPERATOR_KEY, Client, make_key
from tests.routes.workshop import Workshop

LOG = "/v1/admin/shops/tea/audit-log"
SAMPLES: dict[str, Any] = {
    "POST /v1/admin/shops/{shop}/api-keys": {"name": "Ann's key", "scopes": ["read"]},
    "POST /v1/admin/shops/{shop}/connections": {
        "platform": "shopify",
        "shop_domain": "tea.myshopify.com",
    },
    "POST /v1/admin/shops/{shop}/storefront-keys": {},
    "POST /v1/admin/shops/{shop}/storefront-tokens": {"customer_id": "customer-77"},
    "PATCH /v1/admin/shops/{shop}": {"name": "Ann's tea"},
}


def test_every_write_is_told_newest_first_with_its_actor(
    client: Client, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = itertools.count(clock.wall_now() + SECOND_MS, SECOND_MS)
    monkeypatch.setattr(clock, "wall_now", lambda: next(seconds))  # no two writes in one instant
    made: dict[str, str] = {}
    for template, body in SAMPLES.items():
        method, path = template.split(" ")
        told: Any = client.ask(method, path.replace("{shop}", "tea"), body, key=owner).json()
        made[template] = told.get("id") or told.get("connection_id") or told.get("kid") or ""
    link = made["POST /v1/admin/shops/{shop}/connections"]
    client.ask("DELETE", f"/v1/admin/shops/tea/connections/{link}", key=owner)
    rows = client.get(LOG, key=owner)["items"]
    assert [row["action"] for row in rows[:-2]] == [
        "DELETE /v1/admin/shops/{shop}/connections/{connection}",
        *reversed(SAMPLES),
    ]
    assert rows[0]["targets"] == {"connection": link}
    assert {row["action"] for row in rows[-2:]} == {
        "POST /v1/admin/shops/{shop}/api-keys",
        "POST /v1/admin/shops",
    }
    assert {row["actor"] for row in rows[-2:]} == {"operator"}
    assert all(re.fullmatch(r"key:[a-z2-7]{16}", row["actor"]) for row in rows[:-2])
    for row in rows[1:-2]:
        assert made[row["action"]] in row["targets"].get("target", "")
    assert [row["at"] for row in rows] == sorted((row["at"] for row in rows), reverse=True)
    assert len({row["id"] for row in rows}) == len(rows)


def test_nothing_of_a_body_is_in_the_log(client: Client, owner: str, table: MemoryTable) -> None:
    for template, body in SAMPLES.items():
        method, path = template.split(" ")
        client.ask(method, path.replace("{shop}", "tea"), body, key=owner)
    rows = [item for item in table.items() if str(item["PK"]).endswith("#AUDIT")]
    assert len(rows) == len(SAMPLES) + 2
    assert not re.search("Ann|customer-77|myshopify", repr(rows))


def test_refused_writes_reads_and_replays_are_not_told(workshop: Workshop) -> None:
    path = "/v1/admin/shops/tea/members/m1/orders"
    body = {"points": 1, "idempotency_key": "k"}

    def told() -> int:
        return len(workshop.real.get(LOG)["items"])

    before = told()
    workshop.behave = lambda _: Refusal(RefusalCode.INSUFFICIENT_POINTS, "Too few.")
    workshop.client.ask("POST", path, body)
    workshop.behave = lambda _: Answer({}, replayed=True)
    workshop.client.ask("POST", path, body)
    workshop.client.ask("GET", "/v1/admin/shops/tea/things")
    assert told() == before
    workshop.behave = lambda _: Answer({})
    workshop.client.ask("POST", path, body)
    assert told() == before + 1


def test_a_customers_id_in_the_path_is_not_written_down(workshop: Workshop) -> None:
    workshop.behave = lambda _: Answer({}, target="ourmemberid")
    body = {"points": 1, "idempotency_key": "k"}
    workshop.client.ask("POST", "/v1/admin/shops/tea/members/external%3A77/orders", body)
    (row, *_) = workshop.real.get(LOG)["items"]
    assert row["targets"] == {"target": "ourmemberid"}


class Forgetful(MemoryTable):
    """Fails the next ``failures`` single writes: those of the audit log."""

    failures = 0

    def write(self, write: Put | Delete | Take) -> None:
        if self.failures:
            self.failures -= 1
            raise StorageUnavailable("no")
        super().write(write)


def test_a_row_is_written_again_and_a_lost_one_is_an_alarm_not_a_no() -> None:
    from app import app
    from chalicelib.storage import connection
    from tests.routes.house import make_shop, open_house

    forgetful = Forgetful()
    with open_house(app) as (client, _), connection.use_table(forgetful):
        owner = make_shop(client)
        patch = ("PATCH", "/v1/admin/shops/tea", {"name": "x"})
        for failures, rows, alarms in ((2, 3, 0), (3, 3, 1)):
            forgetful.failures = failures
            client.lines.clear()
            assert client.code(*patch, key=owner) == "200"
            assert len(client.get(LOG, key=owner)["items"]) == rows
            assert sum("audit_rows_lost" in line for line in client.lines) == alarms


def test_the_log_wants_an_owner(client: Client, owner: str) -> None:
    assert client.code("GET", LOG, key=make_key(client, "tea", "read")) == "scope_missing"
    assert client.code("GET", LOG, key=OPERATOR_KEY) == "200"


def test_every_admin_write_route_is_of_the_kind_that_is_told() -> None:
    writes = [
        route
        for route in declared_routes()
        if route.path.startswith("/v1/admin") and route.method != "GET"
    ]
    assert writes
    assert all(route.audience is Audience.ADMIN and route.is_write for route in writes)
    # The log is the shop's, so the path must name one; a new shop is its answer's target.
    nameless = [route.template for route in writes if "shop" not in route.parameters]
    assert nameless == ["POST /v1/admin/shops"]
