"""A shop that is open for business, for tests of whole answers: program, connection, shoppers.

Everything goes through the front door: orders come as signed Shopify deliveries, shoppers ask
with tokens that the shop minted, staff with keys. The books live at ``NOON``, whatever the day.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from app import app
from chalicelib.domain.instants import DAY_MS, Instant, iso
from chalicelib.storage import connection
from dev.local_gateway import Answered
from tests.builders import NOON, TEA
from tests.conservation import WatchedTable, verify_table
from tests.memory_table import MemoryTable
from tests.platforms.shopify_bodies import SHOP_DOMAIN, Body, line_body, order_body, signed
from tests.routes.house import Client, make_key, make_shop, open_house

PAID_AT = "2026-11-21T10:00:00Z"
LATER = "2026-11-21T11:00:00Z"


@dataclass
class Session:
    """One shop behind the door; ``ask`` anything, every answer is held to its promises."""

    client: Client
    table: MemoryTable
    shop: str = "tea"
    owner: str = ""
    connection: str = ""
    secret: bytes = b""
    tokens: dict[str, str] = field(default_factory=dict)

    # -- staff

    def path(self, rest: str) -> str:
        return f"/v1/admin/shops/{self.shop}{rest}"

    def admin(self, method: str, rest: str, body: object = None, **how: Any) -> Answered:
        how.setdefault("key", self.owner)
        return self.client.ask(method, self.path(rest), body, **how)

    def get(self, rest: str, **how: Any) -> Any:
        answered = self.admin("GET", rest, **how)
        assert answered.status == 200, answered.body
        return answered.json()

    def code(self, method: str, rest: str, body: object = None, **how: Any) -> str:
        how.setdefault("key", self.owner)
        return self.client.code(method, self.path(rest), body, **how)

    def key(self, *scopes: str) -> str:
        return make_key(self.client, self.shop, *scopes)

    def publish(self, document: object, at: Instant = NOON - DAY_MS) -> int:
        now = {"x-laurel-now": iso(at)}
        told: Any = self.admin("PUT", "/program", document, headers=now).json()
        return int(told["version"])

    def member(self, customer: str = "77", source: str = "") -> Any:
        """The member as staff see them; None for nobody."""
        name = f"external:{source}:{customer}" if source else f"external:{customer}"
        answered = self.admin("GET", f"/members/{name}")
        return answered.json() if answered.status == 200 else None

    def available(self, customer: str = "77", unit: str = "points") -> int:
        return int(self.member(customer)["points"][unit]["available"])

    def entries(self, customer: str = "77") -> list[Any]:
        return list(self.get(f"/members/external:{customer}/entries")["items"])

    def adjust(
        self, points: object, key: str = "a1", customer: str = "77", **changes: Any
    ) -> Answered:
        body = {"unit": "points", "points": points, "reason": "said sorry", **changes}
        return self.admin(
            "POST",
            f"/members/external:{customer}/adjustments",
            body,
            headers={"Idempotency-Key": key},
        )

    def parked(self) -> list[Any]:
        return list(self.get("/parked-events")["items"])

    # -- the platform

    def deliver(
        self,
        body: object,
        topic: str = "orders/paid",
        *,
        secret: bytes | None = None,
        domain: str = SHOP_DOMAIN,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """One signed delivery."""
        raw, own = signed(body, secret or self.secret, topic=topic, shop_domain=domain)
        return self.send(raw, {**own, **(headers or {})})

    def send(self, raw: bytes, headers: Mapping[str, str]) -> Answered:
        """Bytes at the webhook's door."""
        return self.client.ask("POST", f"/v1/webhooks/{self.connection}", raw, headers=headers)

    def buy(self, price: str = "114.50", order_id: int = 1001, **changes: Any) -> Answered:
        """A paid order; of customer 77 unless told otherwise."""
        answered = self.deliver(order_of(price, order_id, **changes))
        assert (answered.status, answered.json()) == (200, {}), answered.body
        return answered

    # -- shoppers

    def token(self, customer: str = "77", **changes: Any) -> str:
        told = self.admin("POST", "/storefront-tokens", {"customer_id": customer, **changes})
        said: Any = told.json()
        return str(said["token"])

    def shopper(
        self, rest: str, body: Mapping[str, Any] | None = None, customer: str = "77", **how: Any
    ) -> Answered:
        """What the widget asks: token in the body, text/plain, no preflight."""
        if customer not in self.tokens:
            self.tokens[customer] = self.token(customer)
        said = {"token": self.tokens[customer], **(body or {})}
        headers = {"content-type": "text/plain;charset=UTF-8", **how.pop("headers", {})}
        path = f"/v1/storefront/{self.shop}{rest}"
        return self.client.ask("POST", path, said, key="", headers=headers, **how)

    def card(self, customer: str = "77", **body: Any) -> Any:
        return self.shopper("/card", body, customer).json()

    def messages(self, customer: str = "77", **body: Any) -> Any:
        return self.shopper("/messages", body, customer).json()

    def redeem(self, key: str = "k1", reward: str = "five-off", customer: str = "77") -> Answered:
        return self.shopper("/redemptions", {"idempotency_key": key, "reward_id": reward}, customer)

    # -- the books

    def verify(self) -> None:
        """Every book in the table is the sum of its entries."""
        verify_table(self.table.items())


def code_of(answered: Answered) -> str:
    """The code of a refusal, or the status as text."""
    told: Any = answered.json() if answered.body else {}
    return str(told["code"]) if answered.status >= 400 else str(answered.status)


FOREST: dict[str, Any] = {
    "id": "forest",
    "name": "A tree planted",
    "unit_cost": {"USD": 100},
    "proof_url": "https://example.org/trees",
}
"""A cause; programs have it where a test says so."""

GIFTS: dict[str, Any] = {
    "points": {**TEA["units"]["points"], "gift": {"max": 9, "window": "lifetime"}}
}
"""Units of the tea program whose points members may give to each other."""


def order_of(price: str = "114.50", order_id: int = 1001, **changes: Any) -> Body:
    """A paid Shopify order with one line."""
    lines = changes.pop("lines", None) or [line_body(11, price)]
    return order_body(order_id, lines=lines, **changes)


def opened(client: Client, table: MemoryTable, shop: str = "tea", **changes: Any) -> Session:
    """A shop with the tea program (``changes`` to its document) and a Shopify connection."""
    domain = f"{shop}.myshopify.com"
    session = Session(client, table, shop, make_shop(client, shop))
    session.publish({**TEA, **changes})
    said = {"platform": "shopify", "shop_domain": domain}
    told: Any = session.admin("POST", "/connections", said).json()
    session.connection = told["connection_id"]
    session.secret = told["secret"].encode()
    return session


@contextmanager
def open_session(**changes: Any) -> Iterator[Session]:
    """A house with one open shop at ``NOON``; every write is watched, all sums checked."""
    table = WatchedTable()
    with open_house(app) as (client, _), connection.use_table(table):
        client.gateway.clock.move_to(NOON)
        session = opened(client, table, **changes)
        yield session
        session.verify()
