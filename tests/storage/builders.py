"""Items, keys and calls of the storage tests, with defaults."""

from collections.abc import Sequence
from typing import Any

import pytest

from chalicelib.storage.items import Item, Key, Write
from chalicelib.storage.table import ConditionFailed, Failure, Query, Start, Table
from chalicelib.storage.tokens import client_token


def item(sk: str = "A", pk: str = "S#tea#M#m1", **more: Any) -> Item:
    return {"PK": pk, "SK": sk, **more}


def key(sk: str = "A", pk: str = "S#tea#M#m1") -> Key:
    return pk, sk


def commit(table: Table, *writes: Write) -> None:
    table.transact(writes, client_token(writes))


def refused(table: Table, *writes: Write) -> tuple[Failure, ...]:
    with pytest.raises(ConditionFailed) as caught:
        commit(table, *writes)
    return caught.value.failures


def one(table: Table, wanted: Key) -> Item | None:
    return table.load([wanted]).get(wanted)


def walk(table: Table, query: Query) -> list[list[Item]]:
    """All pages of ``query``."""
    pages: list[list[Item]] = []
    start: Start | None = None
    while True:
        page = table.query(
            Query(
                query.pk,
                query.sk_prefix,
                query.index,
                query.limit,
                start,
                query.newest_first,
                query.consistent,
            )
        )
        pages.append(list(page.items))
        start = page.next_start
        if start is None:
            return pages


def sorts(pages: Sequence[Sequence[Item]]) -> list[str]:
    return [str(each["SK"]) for page in pages for each in page]


def walk_from(table: Table, query: Query) -> list[list[Item]]:
    return [list(table.query(query).items)]
