"""The shop's side of the wire: signed webhooks, signed tokens, and the admin API with a key.

Everything goes through the local gateway, as bytes and headers, the way it would come from
outside; nothing here reaches around it. ``at`` sets the time of the books for one request
(``X-Laurel-Now``), which is how a year fits into half a minute.
"""

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from chalicelib import clock
from chalicelib.domain.instants import MINUTE_MS, SECOND_MS, Instant, iso
from dev.demo.people import Person
from dev.demo.shopify_bodies import Body, encoded, signed_headers
from dev.local_gateway import CLOCK_HEADER, Answered, Asked

Json: TypeAlias = dict[str, Any]
Ask: TypeAlias = Callable[[Asked], Answered]

SHOP = "tea"
SHOP_DOMAIN = "tea.myshopify.com"
ADMIN = f"/v1/admin/shops/{SHOP}"
STOREFRONT = f"/v1/storefront/{SHOP}"

_TOKEN_LIFE_MS = 30 * MINUTE_MS
_RETRIES_MAX = 5


class Refused(RuntimeError):
    """The API said no where the demo needs a yes."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What the shop was given when it was set up."""

    api_key: str
    connection_id: str
    webhook_secret: str
    token_key_id: str
    token_secret: str


def call(ask: Ask, method: str, target: str, body: Json | None = None, **more: str) -> Answered:
    """One JSON request. ``more``: ``key`` for the Authorization header, ``at`` for the books."""
    headers = {"content-type": "application/json", "host": "127.0.0.1"}
    if more.get("key"):
        headers["authorization"] = f"Bearer {more['key']}"
    if more.get("at"):
        headers[CLOCK_HEADER] = more["at"]
    raw = b"" if body is None else json.dumps(body).encode()
    return ask(Asked(method, target, headers, raw))


def demand(answered: Answered, what: str) -> Json:
    """The JSON of a good answer.

    Raises:
        Refused: it is not a good one; the problem document is in the message.
    """
    if answered.status < 300:
        return dict(json.loads(answered.body or b"{}"))
    raise Refused(f"{what}: {answered.status} {answered.body.decode(errors='replace')[:500]}")


class FrontDoor:
    """The wire, with the keys of the shop in hand."""

    def __init__(self, ask: Ask, keys: Keys) -> None:
        """``ask`` is the gateway's ``answer``."""
        self._ask = ask
        self._keys = keys

    def deliver(self, topic: str, body: Body, at: Instant | None = None) -> Answered:
        """Send a signed webhook; a 503 is sent again, as Shopify does.

        Raises:
            Refused: it was not taken.
        """
        raw = encoded(body)
        headers = signed_headers(topic, SHOP_DOMAIN, raw, self._keys.webhook_secret)
        if at is not None:
            headers[CLOCK_HEADER] = iso(at)
        asked = Asked("POST", f"/v1/webhooks/{self._keys.connection_id}", headers, raw)
        for _ in range(_RETRIES_MAX):
            answered = self._ask(asked)
            if answered.status != 503:
                break
        demand(answered, f"{topic} {body['id']}")
        return answered

    def admin(self, method: str, path: str, body: Json | None = None) -> Answered:
        """Ask the admin API about this shop; ``path`` goes below it."""
        return call(self._ask, method, ADMIN + path, body, key=self._keys.api_key)

    def storefront(
        self, person: Person, path: str, body: Json | None = None, at: Instant | None = None
    ) -> Answered:
        """Ask the storefront for a customer, with a token that the shop signs."""
        told = {**(body or {}), "token": self.token(person)}
        when = "" if at is None else iso(at)
        return call(self._ask, "POST", f"{STOREFRONT}/{path}", told, at=when)

    def token(self, person: Person) -> str:
        """A compact token: the three lines that a shop's template needs, too."""
        claims = {
            "sub": str(person.customer_id),
            "aud": SHOP,
            "exp": (clock.wall_now() + _TOKEN_LIFE_MS) // SECOND_MS,
            "email": person.email,
            "name": f"{person.first} {person.last}",
        }
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        signed = f"v1.{self._keys.token_key_id}.{payload}"
        secret = self._keys.token_secret.encode()
        return f"{signed}.{hmac.digest(secret, signed.encode(), 'sha256').hex()}"


def plain(answered: Answered) -> Mapping[str, Any] | None:
    """The JSON of a good answer, None for any other."""
    return demand(answered, "") if answered.status < 300 else None
