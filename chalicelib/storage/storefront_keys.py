"""Keys that sign storefront tokens: a shared secret of one shop, found by its key id.

Unlike an API key the secret must be known to verify with, so it is sealed, not hashed. A shop may
have several at a time, which is how they are rotated: make a new one, use it, remove the old one.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.storage.encryption import open_sealed, seal
from chalicelib.storage.items import Absent, Anything, Delete, Item, Key, Put, Write
from chalicelib.storage.key_names import listed_key, storefront_key_key, storefront_keys_partition
from chalicelib.storage.record_cache import RecordCache
from chalicelib.storage.table import Page, Query, Start, Table


class StorefrontKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A key of one shop."""

    key_id: str
    shop: str
    sealed_secret: bytes
    created_at: Instant


class OpenStorefrontKey(msgspec.Struct, frozen=True):
    """A key with its secret opened: never stored, never logged."""

    key: StorefrontKey
    secret: bytes


def _context(key_id: str, shop: str) -> dict[str, str]:
    return {"shop": shop, "storefront_key": key_id}


def sealed_storefront_secret(shop: str, key_id: str, secret: str) -> bytes:
    """``secret`` as the record holds it."""
    return seal(secret.encode(), _context(key_id, shop))


def _row_key(shop: str, key_id: str) -> Key:
    return listed_key(storefront_keys_partition(shop), key_id)


def _keys(shop: str, key_id: str) -> tuple[Key, Key]:
    return storefront_key_key(key_id), _row_key(shop, key_id)


def _item(key: StorefrontKey, place: Key) -> Item:
    fields: dict[str, Any] = msgspec.to_builtins(key, builtin_types=(bytes,))
    return {**fields, "r": 1, "PK": place[0], "SK": place[1]}


def new_storefront_key(key: StorefrontKey) -> tuple[Write, ...]:
    """The writes of a new key."""
    return tuple(Put(_item(key, place), Absent()) for place in _keys(key.shop, key.key_id))


def removed_storefront_key(shop: str, key_id: str) -> tuple[Write, ...]:
    """The writes that end a key: its tokens are invalid from then on."""
    return tuple(Delete(place, Anything()) for place in _keys(shop, key_id))


def _read(table: Table, key_id: str) -> OpenStorefrontKey | None:
    place = storefront_key_key(key_id)
    item = table.load([place]).get(place)
    if item is None:
        return None
    key = msgspec.convert(item, StorefrontKey)
    return OpenStorefrontKey(key, open_sealed(key.sealed_secret, _context(key.key_id, key.shop)))


_cache = RecordCache(_read)


def find_storefront_key(table: Table, key_id: str, wall_now: Instant) -> OpenStorefrontKey | None:
    """The key and its secret, as they were within the last minute."""
    return _cache.find(table, key_id, wall_now)


def forget_storefront_key(table: Table, key_id: str) -> None:
    """Let this process see a removal at once."""
    _cache.forget(table, key_id)


def is_listed_storefront_key(table: Table, shop: str, key_id: str) -> bool:
    """Whether the key is one of that shop."""
    place = _row_key(shop, key_id)
    return place in table.load([place])


def list_storefront_keys(table: Table, shop: str, limit: int, start: Start | None) -> Page:
    """One page of the shop's keys; read them with ``storefront_keys_of``."""
    query = Query(pk=storefront_keys_partition(shop), limit=limit, start=start, consistent=True)
    return table.query(query)


def storefront_keys_of(items: Sequence[Item]) -> tuple[StorefrontKey, ...]:
    """The keys of a page."""
    return tuple(msgspec.convert(item, StorefrontKey) for item in items)
