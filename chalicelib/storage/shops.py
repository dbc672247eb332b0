"""The shop's item: settings, live program version, and the sealed key of all its keyed ids.

It is one key of every load of the ledger, so it is small and its key (``shop_key``) is enough to
ask for it; ``shop_from_item`` reads it from any BatchGet. The key inside never changes, which is
why an opened one is kept for the life of the process. Nothing here decides what a shop may be.
"""

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import PAGE_SIZE_MAX, RECORDS_CACHED_MAX
from chalicelib.domain.pausing import Pauses
from chalicelib.storage.encryption import open_sealed, seal
from chalicelib.storage.index_names import SHOPS_PARTITION, shop_row
from chalicelib.storage.items import Absent, Item, Put, RevisionIs
from chalicelib.storage.key_names import shop_key
from chalicelib.storage.record_cache import RecordCache
from chalicelib.storage.table import Query, Start, Table


class ShopState(StrEnum):
    """Whether the program runs."""

    ACTIVE = "active"
    PAUSED = "paused"  # told while one of its pauses lasts, never stored
    UNINSTALLED = "uninstalled"  # the platform said so; what is stored waits for its erasure


class Shop(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    rename={
        "shop_id": "id",
        "revision": "r",
        "settled_version": "program_version",
        "settled_since": "program_since",
    },
):
    """A shop. ``revision`` rises with every write of this item."""

    shop_id: str
    name: str
    currency: str  # ISO 4217
    timezone: str  # IANA
    locales: tuple[str, ...]  # the first is the shop's own
    sealed_key: bytes  # 32 random bytes, sealed for this shop; never changes
    created_at: Instant
    settled_version: int = 0  # live before any scheduled switch: ask ``live_version``
    settled_since: Instant = 0  # when it went live
    next_version: int = 0  # scheduled; 0 for none
    next_since: Instant = 0  # when it is live, without anybody writing anything
    last_number: int = 0  # the highest number that a version ever had, withdrawn ones too
    state: ShopState = ShopState.ACTIVE
    dated_version: int = 0  # its rules of inactivity have given every account its due date
    pauses: Pauses = ()  # when nothing was earned, or redeemed
    journal_shards: int = 1  # partitions of an hour of the shop-wide journal (GSI2)
    revision: int = 1

    def live_version(self, now: Instant) -> int:
        """The version that is live at ``now``; 0 before the first."""
        is_switched = self.next_version and now >= self.next_since
        return self.next_version if is_switched else self.settled_version

    def live_since(self, now: Instant) -> Instant:
        """Since when the version that is live at ``now`` is."""
        is_switched = self.next_version and now >= self.next_since
        return self.next_since if is_switched else self.settled_since

    def waiting_version(self, now: Instant) -> int:
        """The scheduled version that is not live yet at ``now``; 0 for none."""
        return self.next_version if now < self.next_since else 0


def settled_shop(shop: Shop, now: Instant) -> Shop:
    """``shop`` with a scheduled switch that has happened written out."""
    if not shop.next_version or now < shop.next_since:
        return shop
    return msgspec.structs.replace(
        shop,
        settled_version=shop.next_version,
        settled_since=shop.next_since,
        next_version=0,
        next_since=0,
    )


def _context(shop_id: str) -> dict[str, str]:
    return {"shop": shop_id, "purpose": "shop key"}


def sealed_shop_key(shop_id: str, key: bytes) -> bytes:
    """``key`` as the shop's item holds it."""
    return seal(key, _context(shop_id))


@lru_cache(maxsize=RECORDS_CACHED_MAX)
def _opened(shop_id: str, sealed: bytes) -> bytes:
    return open_sealed(sealed, _context(shop_id))


def shop_secret(shop: Shop) -> bytes:
    """The shop's key, 32 bytes; opened once in the life of a process.

    Raises:
        StorageUnavailable: KMS did not answer.
    """
    return _opened(shop.shop_id, shop.sealed_key)


def shop_item(shop: Shop) -> Item:
    """The item of ``shop``."""
    partition, sort = shop_key(shop.shop_id)
    fields: dict[str, Any] = msgspec.to_builtins(shop, builtin_types=(bytes,))
    row = shop_row(shop.shop_id)
    return {**fields, "r": shop.revision, "PK": partition, "SK": sort, **row}


def shop_from_item(item: Item) -> Shop:
    """The shop of an item that was loaded under ``shop_key``."""
    return msgspec.convert(item, Shop)


def new_shop(shop: Shop) -> Put:
    """The write of a shop that must not exist yet."""
    return Put(shop_item(shop), Absent())


def changed_shop(before: Shop, after: Shop) -> Put:
    """The write of ``after``, if nobody wrote since ``before``; its revision is set here."""
    raised = msgspec.structs.replace(after, revision=before.revision + 1)
    return Put(shop_item(raised), RevisionIs(before.revision))


def find_shop(table: Table, shop_id: str) -> Shop | None:
    """The shop as it is now, or None."""
    key = shop_key(shop_id)
    item = table.load([key]).get(key)
    return shop_from_item(item) if item else None


def all_shops(table: Table) -> Iterator[str]:
    """The ids of every shop, from an index that lags a moment behind."""
    start: Start | None = None
    while True:
        page = table.query(Query(SHOPS_PARTITION, index="GSI1", limit=PAGE_SIZE_MAX, start=start))
        yield from (str(item["PK"]).removeprefix("S#") for item in page.items)
        if page.next_start is None:
            return
        start = page.next_start


_cache = RecordCache(find_shop)


def find_recent_shop(table: Table, shop_id: str, wall_now: Instant) -> Shop | None:
    """The shop as it was within the last minute: for its key and locales, not for its program."""
    return _cache.find(table, shop_id, wall_now)
