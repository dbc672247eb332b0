"""Connections of a shop to its platforms: make, list, rotate the secret, remove.

Two connections with one ``source`` share one id space: order 1001 of both would be one order. So
the source is ``main`` only for the first; another connection must name its own, or name the same
one on purpose.
"""

import re
from typing import Final

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import CONNECTIONS_PER_SHOP_MAX
from chalicelib.domain.outcome import Busy, Problem, Refusal, RefusalCode
from chalicelib.operations.create_shop import shop_unknown
from chalicelib.operations.record_writes import record_writes
from chalicelib.security.minting import new_id, new_secret
from chalicelib.security.signatures import SECRETS_MAX
from chalicelib.storage import connections
from chalicelib.storage.connections import Connection
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import ConditionFailed, Start, Table

PLATFORMS: Final = ("shopify",)
"""Platforms that can be connected."""

DEFAULT_SOURCE: Final = "main"

_SHOPIFY_DOMAIN: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}\.myshopify\.com")


class ConnectionWish(msgspec.Struct, frozen=True):
    """What is asked for; empty text stands for what is left to us."""

    platform: str
    shop_domain: str = ""
    source: str = ""
    secret: str = ""


class NewConnection(msgspec.Struct, frozen=True):
    """A connection with a secret that is shown now or never."""

    record: Connection
    secret: str


class ConnectionPage(msgspec.Struct, frozen=True):
    """Connections of a shop, and where the next page starts."""

    connections: tuple[Connection, ...]
    next_start: Start | None


def _refused(path: str, detail: str) -> Refusal:
    return Refusal(RefusalCode.VALUE_INVALID, detail, (Problem(path, "value_invalid", detail),))


def _wish_refusal(wish: ConnectionWish, held: tuple[Connection, ...]) -> Refusal | None:
    """Why the wish cannot be granted beside the connections that the shop has."""
    if wish.platform not in PLATFORMS:
        return _refused("$.platform", f"A platform is one of: {', '.join(PLATFORMS)}.")
    if wish.platform == "shopify" and not _SHOPIFY_DOMAIN.fullmatch(wish.shop_domain):
        return _refused("$.shop_domain", "A Shopify domain reads like tea.myshopify.com.")
    main_is_taken = any(each.source == DEFAULT_SOURCE for each in held)
    if not wish.source and main_is_taken:
        detail = "Another connection is the source `main`: name this one's source."
        return _refused("$.source", detail)
    if len(held) >= CONNECTIONS_PER_SHOP_MAX:
        detail = f"A shop has {CONNECTIONS_PER_SHOP_MAX} connections at most."
        return Refusal(RefusalCode.LIMIT_REACHED, detail)
    return None


def create_connection(
    table: Table, shop: str, wish: ConnectionWish, now: Instant
) -> NewConnection | Refusal:
    """Make a connection; its secret is the wish's, or a new one."""
    if find_shop(table, shop) is None:
        return shop_unknown()
    page = connections.list_connections(table, shop, CONNECTIONS_PER_SHOP_MAX, None)
    if refusal := _wish_refusal(wish, connections.connections_of(page.items)):
        return refusal
    connection_id, secret = new_id(), wish.secret or new_secret()
    record = Connection(
        connection_id=connection_id,
        shop=shop,
        platform=wish.platform,
        source=wish.source or DEFAULT_SOURCE,
        shop_domain=wish.shop_domain,
        sealed_secrets=(connections.sealed_secret(shop, connection_id, secret),),
        created_at=now,
    )
    record_writes(table, connections.new_connection(record))
    return NewConnection(record, secret)


def list_connections(
    table: Table, shop: str, limit: int, start: Start | None
) -> ConnectionPage | Refusal:
    """One page of the shop's connections, without their secrets."""
    if find_shop(table, shop) is None:
        return shop_unknown()
    page = connections.list_connections(table, shop, limit, start)
    return ConnectionPage(connections.connections_of(page.items), page.next_start)


def _unknown(table: Table, shop: str) -> Refusal:
    if find_shop(table, shop) is None:
        return shop_unknown()
    return Refusal(RefusalCode.CONNECTION_UNKNOWN, "The shop has no such connection.")


def rotate_secret(
    table: Table, shop: str, connection_id: str, secret: str
) -> NewConnection | Refusal:
    """Give the connection a new secret; the one before still counts, older ones no longer."""
    before = connections.find_listed_connection(table, shop, connection_id)
    if before is None:
        return _unknown(table, shop)
    new = secret or new_secret()
    sealed = connections.sealed_secret(shop, connection_id, new)
    secrets = (sealed, *before.sealed_secrets)[:SECRETS_MAX]
    after = msgspec.structs.replace(before, sealed_secrets=secrets)
    try:
        record_writes(table, connections.changed_connection(before, after))
    except ConditionFailed as failed:
        # Two rotations at once: the second would drop the first one's secret unseen.
        raise Busy("the connection is being changed") from failed
    connections.forget_connection(table, connection_id)
    return NewConnection(after, new)


def remove_connection(table: Table, shop: str, connection_id: str) -> Refusal | None:
    """End the connection: its webhook address answers 404 from then on."""
    record = connections.find_listed_connection(table, shop, connection_id)
    if record is None:
        return _unknown(table, shop)
    try:
        record_writes(table, connections.removed_connection(record))
    except ConditionFailed as failed:
        raise Busy("the connection is being changed") from failed
    connections.forget_connection(table, connection_id)
    return None
