"""Entries as items, and a member's journal page by page.

Each entry also stands in the shop-wide journal (GSI2) with its numbers, in the hour and shard it
was recorded in.
"""

from typing import Any, cast

import msgspec

from chalicelib.domain.ledger import Entry
from chalicelib.domain.limits import PAGE_SIZE_MAX
from chalicelib.storage.index_names import (
    journal_hour,
    journal_partition,
    journal_row,
    journal_shard,
)
from chalicelib.storage.items import Item
from chalicelib.storage.key_names import ENTRY_PREFIX, entry_key, member_partition
from chalicelib.storage.members import long_row, short_row, stored_fields
from chalicelib.storage.table import Query, Start, Table


def entry_item(shop: str, member: str, entry: Entry, shards: int) -> Item:
    """The entry as it is stored; ``shards`` is how many the shop's journal has."""
    stored = cast("dict[str, Any]", stored_fields(entry))
    if "l" in stored:
        stored["l"] = [short_row(row) for row in stored["l"]]
    hour, shard = journal_hour(entry.recorded_at), journal_shard(member, shards)
    partition, sort = entry_key(shop, member, entry.seq)
    row = journal_row(journal_partition(shop, hour, shard), entry.recorded_at, member, entry.seq)
    return {"PK": partition, "SK": sort, **stored, **row}


def entry_of(item: Item) -> Entry:
    """The entry of an item."""
    stored = cast("dict[str, Any]", dict(item))
    touched = [long_row(row) for row in stored.get("l", ())]
    return msgspec.convert({**stored, "l": touched}, Entry)


def newest_entries(
    table: Table, shop: str, member: str, limit: int, start: Start | None
) -> tuple[tuple[Entry, ...], Start | None]:
    """One page of a member's journal, newest first, and where the next one starts."""
    page = table.query(
        Query(
            member_partition(shop, member),
            ENTRY_PREFIX,
            limit=limit,
            start=start,
            newest_first=True,
            consistent=True,
        )
    )
    return tuple(entry_of(item) for item in page.items), page.next_start


def entries_after(
    table: Table, shop: str, member: str, numbers: tuple[int, int]
) -> tuple[Entry, ...]:
    """The entries after the first of ``numbers`` up to and with the second, oldest first."""
    after, last = numbers
    entries: list[Entry] = []
    start: Start | None = entry_key(shop, member, after) if after else None
    while len(entries) < last - after:
        query = Query(
            member_partition(shop, member),
            ENTRY_PREFIX,
            limit=min(PAGE_SIZE_MAX, last - after - len(entries)),
            start=start,
            consistent=True,
        )
        page = table.query(query)
        entries.extend(entry_of(item) for item in page.items)
        start = page.next_start
        if start is None:
            break
    return tuple(entries)


def whole_journal(table: Table, shop: str, member: str) -> tuple[Entry, ...]:
    """Every entry, oldest first, however many pages that takes. For audits and statements."""
    entries: list[Entry] = []
    start: Start | None = None
    while True:
        page = table.query(
            Query(
                member_partition(shop, member),
                ENTRY_PREFIX,
                limit=PAGE_SIZE_MAX,
                start=start,
                consistent=True,
            )
        )
        entries.extend(entry_of(item) for item in page.items)
        start = page.next_start
        if start is None:
            return tuple(entries)
