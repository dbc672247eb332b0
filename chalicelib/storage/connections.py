"""Connections: the link of one shop to one platform, found by its opaque id, listed by shop.

The id is the last part of the webhook address and picks shop, platform, source and secrets, so
nothing that is not signed is ever trusted. Secrets are sealed for their connection; the newest is
first, and while one is rotated the one before still counts. Both items (record and row of the
list) hold the same and are written in one transaction.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.storage.encryption import open_sealed, seal
from chalicelib.storage.items import Absent, Delete, Item, Key, Put, RevisionIs, Write
from chalicelib.storage.key_names import connection_key, connections_partition, listed_key
from chalicelib.storage.record_cache import RecordCache
from chalicelib.storage.table import Page, Query, Start, Table


class Connection(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"revision": "r"}
):
    """One connection. ``revision`` rises with every write."""

    connection_id: str
    shop: str
    platform: str
    source: str  # the id space of its orders and customers
    shop_domain: str = ""  # on the platform, where it has one
    sealed_secrets: tuple[bytes, ...] = ()  # newest first, two at most
    created_at: Instant = 0
    revision: int = 1


class OpenConnection(msgspec.Struct, frozen=True):
    """A connection with its secrets opened: never stored, never logged."""

    connection: Connection
    secrets: tuple[bytes, ...]  # newest first


def _context(connection_id: str, shop: str) -> dict[str, str]:
    return {"shop": shop, "connection": connection_id}


def sealed_secret(shop: str, connection_id: str, secret: str) -> bytes:
    """``secret`` as the record holds it."""
    return seal(secret.encode(), _context(connection_id, shop))


def _item(connection: Connection, key: Key) -> Item:
    fields: dict[str, Any] = msgspec.to_builtins(connection, builtin_types=(bytes,))
    return {**fields, "r": connection.revision, "PK": key[0], "SK": key[1]}


def _row_key(shop: str, connection_id: str) -> Key:
    return listed_key(connections_partition(shop), connection_id)


def _keys(connection: Connection) -> tuple[Key, Key]:
    row = _row_key(connection.shop, connection.connection_id)
    return connection_key(connection.connection_id), row


def new_connection(connection: Connection) -> tuple[Write, ...]:
    """The writes of a new connection."""
    return tuple(Put(_item(connection, key), Absent()) for key in _keys(connection))


def changed_connection(before: Connection, after: Connection) -> tuple[Write, ...]:
    """The writes of ``after``, if nobody wrote since ``before``; its revision is set here."""
    raised = msgspec.structs.replace(after, revision=before.revision + 1)
    held = RevisionIs(before.revision)
    return tuple(Put(_item(raised, key), held) for key in _keys(raised))


def removed_connection(connection: Connection) -> tuple[Write, ...]:
    """The writes that end a connection: its address answers 404 from then on."""
    held = RevisionIs(connection.revision)
    return tuple(Delete(key, held) for key in _keys(connection))


def _read(table: Table, connection_id: str) -> OpenConnection | None:
    key = connection_key(connection_id)
    item = table.load([key]).get(key)
    if item is None:
        return None
    connection = msgspec.convert(item, Connection)
    context = _context(connection.connection_id, connection.shop)
    secrets = tuple(open_sealed(sealed, context) for sealed in connection.sealed_secrets)
    return OpenConnection(connection, secrets)


_cache = RecordCache(_read)


def find_connection(table: Table, connection_id: str, wall_now: Instant) -> OpenConnection | None:
    """The connection and its secrets, as they were within the last minute."""
    return _cache.find(table, connection_id, wall_now)


def forget_connection(table: Table, connection_id: str) -> None:
    """Let this process see a change at once."""
    _cache.forget(table, connection_id)


def find_listed_connection(table: Table, shop: str, connection_id: str) -> Connection | None:
    """The connection of that shop as it is now, its secrets sealed."""
    key = _row_key(shop, connection_id)
    item = table.load([key]).get(key)
    return msgspec.convert(item, Connection) if item else None


def list_connections(table: Table, shop: str, limit: int, start: Start | None) -> Page:
    """One page of the shop's connections; read them with ``connections_of``."""
    query = Query(pk=connections_partition(shop), limit=limit, start=start, consistent=True)
    return table.query(query)


def connections_of(items: Sequence[Item]) -> tuple[Connection, ...]:
    """The connections of a page."""
    return tuple(msgspec.convert(item, Connection) for item in items)
