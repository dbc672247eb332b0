"""API keys: found by the SHA-256 of the key, listed by their shop. The key itself is never here.

Each key is two items of one transaction: what a request looks up (``K#<sha256>``) and a row of
the shop's list. Revoking deletes the first and marks the second, so the list still tells that
there was one. Nothing here knows what a scope allows.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.storage.items import Absent, Anything, Delete, Item, Key, Put, RevisionIs, Write
from chalicelib.storage.key_names import api_key_key, api_keys_partition, listed_key
from chalicelib.storage.record_cache import RecordCache
from chalicelib.storage.table import Page, Query, Start, Table


class ApiKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An API key of one shop."""

    key_id: str
    shop: str
    name: str
    scopes: tuple[str, ...]
    digest: str  # SHA-256 of the key, in hex
    created_at: Instant
    revoked_at: Instant = 0  # 0 while it holds


def _item(api_key: ApiKey, key: Key, revision: int) -> Item:
    fields: dict[str, Any] = msgspec.to_builtins(api_key)
    return {**fields, "r": revision, "PK": key[0], "SK": key[1]}


def _row_key(shop: str, key_id: str) -> Key:
    return listed_key(api_keys_partition(shop), key_id)


def new_api_key(api_key: ApiKey) -> tuple[Write, ...]:
    """The writes of a new key."""
    return (
        Put(_item(api_key, api_key_key(api_key.digest), 1), Absent()),
        Put(_item(api_key, _row_key(api_key.shop, api_key.key_id), 1), Absent()),
    )


def revoked_api_key(api_key: ApiKey, revoked_at: Instant) -> tuple[Write, ...]:
    """The writes that end a key."""
    ended = msgspec.structs.replace(api_key, revoked_at=revoked_at)
    return (
        Delete(api_key_key(api_key.digest), Anything()),
        Put(_item(ended, _row_key(api_key.shop, api_key.key_id), 2), RevisionIs(1)),
    )


def _read(table: Table, digest: str) -> ApiKey | None:
    key = api_key_key(digest)
    item = table.load([key]).get(key)
    return msgspec.convert(item, ApiKey) if item else None


_cache = RecordCache(_read)


def find_api_key(table: Table, digest: str, wall_now: Instant) -> ApiKey | None:
    """The key with that SHA-256, as it was within the last minute."""
    return _cache.find(table, digest, wall_now)


def forget_api_key(table: Table, digest: str) -> None:
    """Let this process see a revocation at once."""
    _cache.forget(table, digest)


def find_listed_api_key(table: Table, shop: str, key_id: str) -> ApiKey | None:
    """The key of the shop's list, revoked or not."""
    key = _row_key(shop, key_id)
    item = table.load([key]).get(key)
    return msgspec.convert(item, ApiKey) if item else None


def list_api_keys(table: Table, shop: str, limit: int, start: Start | None) -> Page:
    """One page of the shop's keys, revoked ones too; read them with ``api_keys_of``."""
    query = Query(pk=api_keys_partition(shop), limit=limit, start=start, consistent=True)
    return table.query(query)


def api_keys_of(items: Sequence[Item]) -> tuple[ApiKey, ...]:
    """The keys of a page."""
    return tuple(msgspec.convert(item, ApiKey) for item in items)
