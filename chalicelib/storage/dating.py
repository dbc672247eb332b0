"""Where a walk over a shop's members goes on: it dates accounts, once a version of the program.

A bookmark is only a saving of time. It is overwritten at will and may be lost, or lie before where
a walk has come: dating an account twice changes nothing. It never lies behind an undated account.
"""

import msgspec

from chalicelib.storage.items import Anything, Item, Put
from chalicelib.storage.key_names import dating_key
from chalicelib.storage.table import Start, Table


class Bookmark(msgspec.Struct, frozen=True):
    """Everybody before ``start`` has the date that ``version`` of the program asks for."""

    version: int
    start: tuple[str, ...]  # a ``Start`` in the list of members


def bookmarked(table: Table, shop: str, version: int) -> Start | None:
    """Where the walk for that version goes on; None: at its beginning."""
    key = dating_key(shop)
    item = table.load([key]).get(key)
    bookmark = msgspec.convert(item, Bookmark) if item else None
    if bookmark is None or bookmark.version != version:
        return None
    partition, sort, place = bookmark.start
    return partition, sort, place


def laid_bookmark(shop: str, bookmark: Bookmark) -> Put:
    """The write of ``bookmark``."""
    partition, sort = dating_key(shop)
    item: Item = {
        "version": bookmark.version,
        "start": list(bookmark.start),
        "PK": partition,
        "SK": sort,
    }
    return Put(item, Anything())
