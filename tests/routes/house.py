"""A whole house without a socket: the app over the in-memory table, and a client that checks.

``Client.ask`` holds every answer to what all answers promise: CORS, and a problem document with a
code that the route declares, whatever went wrong.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from chalice.app import Chalice

from chalicelib import settings, telemetry
from chalicelib.routes.contract import Route, declared_routes
from chalicelib.routes.openapi import possible_refusals
from chalicelib.routes.responses import PROBLEM_TYPE, STATUSES
from chalicelib.storage import connection
from dev.local_gateway import Answered, Asked, LocalGateway
from tests.memory_table import MemoryTable

OPERATOR_KEY = "operator-key-of-the-tests"
SETTINGS = settings.Settings(
    operator_key_sha256=hashlib.sha256(OPERATOR_KEY.encode()).hexdigest(),
    public_url="https://laurel.example",
)
BEFORE_ANY_ROUTE = {"route_unknown", "method_not_allowed", "too_large", "request_malformed"}


def route_of(method: str, path: str) -> Route | None:
    """The declared route that a concrete path belongs to."""
    parts = path.split("?", maxsplit=1)[0].split("/")
    for route in declared_routes():
        template = route.path.split("/")
        fits = len(template) == len(parts) and all(
            each.startswith("{") or each == part for each, part in zip(template, parts, strict=True)
        )
        if fits and route.method == method:
            return route
    return None


@dataclass
class Client:
    """Asks the gateway; ``key`` is sent as Bearer unless the headers say otherwise."""

    gateway: LocalGateway
    key: str = OPERATOR_KEY
    lines: list[str] = field(default_factory=list)

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """One request. A ``bytes`` body goes as it is, anything else as JSON."""
        sent = {"authorization": f"Bearer {self.key if key is None else key}"}
        if body is not None:
            sent["content-type"] = "application/json"
        sent.update({name.lower(): value for name, value in (headers or {}).items()})
        raw = body if isinstance(body, bytes) else b"" if body is None else _json(body)
        answered = self.gateway.answer(Asked(method, path, sent, raw))
        check(answered, route_of(method, path))
        return answered

    def get(self, path: str, **how: Any) -> Any:
        return self.ask("GET", path, **how).json()

    def post(self, path: str, body: object, **how: Any) -> Any:
        return self.ask("POST", path, body, **how).json()

    def code(self, method: str, path: str, body: object = None, **how: Any) -> str:
        """The code of the refusal, or the status of an answer as text."""
        answered = self.ask(method, path, body, **how)
        if answered.status < 400:
            return str(answered.status)
        problem: Any = answered.json()
        return str(problem["code"])


def _json(body: object) -> bytes:
    return json.dumps(body).encode()


def check(answered: Answered, route: Route | None) -> None:
    """What every answer promises."""
    assert answered.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answered.headers
    exposed = answered.headers["Access-Control-Expose-Headers"]
    assert "Idempotent-Replayed" in exposed
    assert "Retry-After" in exposed
    assert "ETag" in exposed
    if answered.status < 400:
        return
    assert answered.headers["Content-Type"] == PROBLEM_TYPE
    problem: Any = answered.json()
    assert {"type", "title", "status", "code", "detail"} <= problem.keys()
    assert problem["status"] == answered.status
    if problem["code"] == "internal":
        assert problem["incident"]
        return
    assert (
        answered.status
        == {code.value: status for code, (status, _) in STATUSES.items()}[problem["code"]]
    )
    if route and problem["code"] not in BEFORE_ANY_ROUTE:
        assert problem["code"] in possible_refusals(route), f"{route.template} does not declare it"


@contextmanager
def open_house(app: Chalice) -> Iterator[tuple[Client, MemoryTable]]:
    """The house with an empty table."""
    lines: list[str] = []
    table = MemoryTable()
    gateway = LocalGateway(app)
    with (
        settings.use(SETTINGS),
        connection.use_table(table),
        telemetry.use(lines.append),
        gateway.use_clock(),
    ):
        yield Client(gateway, lines=lines), table


def make_shop(client: Client, shop: str = "tea") -> str:
    """Create a shop; answers its owner key."""
    said = {"shop_id": shop, "name": "Tea & Co", "currency": "USD", "timezone": "UTC"}
    client.post("/v1/admin/shops", {**said, "locales": ["en"]})
    return make_key(client, shop, "owner")


def make_key(client: Client, shop: str, *scopes: str) -> str:
    """Make a key with ``scopes``."""
    path = f"/v1/admin/shops/{shop}/api-keys"
    return str(client.post(path, {"name": "test", "scopes": list(scopes)})["key"])
