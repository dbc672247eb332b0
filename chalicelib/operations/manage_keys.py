"""API keys and storefront keys of a shop: make, list, revoke.

Secrets are answered once, when they are made, and never again: an API key is stored as its hash,
a storefront secret sealed. Each write is conditional, so nothing is made or revoked halfway.
"""

from contextlib import suppress

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import API_KEYS_PER_SHOP_MAX, STOREFRONT_KEYS_PER_SHOP_MAX
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.create_shop import shop_unknown
from chalicelib.operations.record_writes import record_writes
from chalicelib.security import minting
from chalicelib.security.api_keys import key_hash
from chalicelib.security.scopes import Scope
from chalicelib.storage import api_keys, storefront_keys
from chalicelib.storage.api_keys import ApiKey
from chalicelib.storage.shops import find_shop
from chalicelib.storage.storefront_keys import StorefrontKey
from chalicelib.storage.table import ConditionFailed, Start, Table


class NewApiKey(msgspec.Struct, frozen=True):
    """A key that was just made; ``key`` is shown now or never."""

    record: ApiKey
    key: str


class NewStorefrontKey(msgspec.Struct, frozen=True):
    """A storefront key that was just made; ``secret`` is shown now or never."""

    record: StorefrontKey
    secret: str


class ApiKeyPage(msgspec.Struct, frozen=True):
    """Keys of a shop, and where the next page starts."""

    keys: tuple[ApiKey, ...]
    next_start: Start | None


class StorefrontKeyPage(msgspec.Struct, frozen=True):
    """Storefront keys of a shop, and where the next page starts."""

    keys: tuple[StorefrontKey, ...]
    next_start: Start | None


def _too_many(what: str, most: int) -> Refusal:
    detail = f"A shop has {most} {what} at most: remove one first."
    return Refusal(RefusalCode.LIMIT_REACHED, detail)


def create_api_key(
    table: Table, shop: str, name: str, scopes: tuple[Scope, ...], now: Instant
) -> NewApiKey | Refusal:
    """Make a key of ``shop`` that may do what ``scopes`` say."""
    if find_shop(table, shop) is None:
        return shop_unknown()
    held = api_keys.list_api_keys(table, shop, API_KEYS_PER_SHOP_MAX, None)
    if len(held.items) >= API_KEYS_PER_SHOP_MAX:
        return _too_many("API keys, revoked ones too,", API_KEYS_PER_SHOP_MAX)
    key = minting.new_api_key()
    record = ApiKey(
        key_id=minting.new_id(),
        shop=shop,
        name=name,
        scopes=tuple(sorted({scope.value for scope in scopes})),
        digest=key_hash(key),
        created_at=now,
    )
    record_writes(table, api_keys.new_api_key(record))
    return NewApiKey(record, key)


def list_api_keys(table: Table, shop: str, limit: int, start: Start | None) -> ApiKeyPage | Refusal:
    """One page of the shop's keys, revoked ones too, without the keys themselves."""
    if find_shop(table, shop) is None:
        return shop_unknown()
    page = api_keys.list_api_keys(table, shop, limit, start)
    return ApiKeyPage(api_keys.api_keys_of(page.items), page.next_start)


def revoke_api_key(table: Table, shop: str, key_id: str, now: Instant) -> ApiKey | Refusal:
    """End a key. Ending it again is no error: the first time counts."""
    record = api_keys.find_listed_api_key(table, shop, key_id)
    if record is None:
        return _unknown(table, shop, "API key")
    if not record.revoked_at:
        with suppress(ConditionFailed):  # somebody else revoked it in this moment
            record_writes(table, api_keys.revoked_api_key(record, now))
    api_keys.forget_api_key(table, record.digest)
    return record


def _unknown(table: Table, shop: str, what: str) -> Refusal:
    if find_shop(table, shop) is None:
        return shop_unknown()
    return Refusal(RefusalCode.DOCUMENT_UNKNOWN, f"The shop has no such {what}.")


def create_storefront_key(table: Table, shop: str, now: Instant) -> NewStorefrontKey | Refusal:
    """Make a secret with which the shop's own pages sign tokens."""
    if find_shop(table, shop) is None:
        return shop_unknown()
    most = STOREFRONT_KEYS_PER_SHOP_MAX
    if len(storefront_keys.list_storefront_keys(table, shop, most, None).items) >= most:
        return _too_many("storefront keys", most)
    key_id, secret = minting.new_id(), minting.new_secret()
    sealed = storefront_keys.sealed_storefront_secret(shop, key_id, secret)
    record = StorefrontKey(key_id=key_id, shop=shop, sealed_secret=sealed, created_at=now)
    record_writes(table, storefront_keys.new_storefront_key(record))
    return NewStorefrontKey(record, secret)


def list_storefront_keys(
    table: Table, shop: str, limit: int, start: Start | None
) -> StorefrontKeyPage | Refusal:
    """One page of the shop's storefront keys, without their secrets."""
    if find_shop(table, shop) is None:
        return shop_unknown()
    page = storefront_keys.list_storefront_keys(table, shop, limit, start)
    return StorefrontKeyPage(storefront_keys.storefront_keys_of(page.items), page.next_start)


def remove_storefront_key(table: Table, shop: str, key_id: str) -> Refusal | None:
    """End a storefront key: tokens that it signed are invalid from then on."""
    if not storefront_keys.is_listed_storefront_key(table, shop, key_id):
        return _unknown(table, shop, "storefront key")
    record_writes(table, storefront_keys.removed_storefront_key(shop, key_id))
    storefront_keys.forget_storefront_key(table, key_id)
    return None
