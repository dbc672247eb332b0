"""moto's DynamoDB made quick and atomic enough to build on: three patches, undone at the end.

1. One lock around every action. Without it two threads read and write between each other's
   steps (measured: 53 of 1,000 points over-spent).
2. A transaction begins with a backup of the table, once per write, and moto copies every item
   deeply: 8 transactions a second at 3,000 items. ``_shallow_copy`` copies the maps of items
   only. That is safe because nothing changes a stored item in place: puts and deletes replace
   map entries, and
3. ``update_item``, which moto does in place, first puts a copy of the item into the table.

The storage contract runs over this, rollback included. Capacity figures and client tokens of moto
are not to be trusted: ask ministack.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any
from unittest.mock import patch

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

_lock = RLock()  # re-entrant: a stream may call a handler that calls the table


def _shallow_copy(table: Table, memo: dict[int, Any]) -> Table:
    """Another table with maps of its own that hold the same items."""
    copied = copy.copy(table)
    memo[id(table)] = copied
    copied.items = copy.copy(table.items)  # keeps the defaultdict's factory
    for partition, rows in table.items.items():
        copied.items[partition] = dict(rows)
    if table.stream_shard is not None:
        copied.stream_shard = copy.copy(table.stream_shard)
        copied.stream_shard.items = list(table.stream_shard.items)
        copied.stream_shard.table = copied
    return copied


def _locked(action: Callable[[DynamoHandler], Any]) -> Callable[[DynamoHandler], Any]:
    def call_action(handler: DynamoHandler) -> Any:  # noqa: ANN401  # moto's own answer
        with _lock:
            return action(handler)

    return call_action


def _detach_stored(table: Table, key: dict[str, Any]) -> None:
    """Replace the stored item by its copy, so that who holds the old one keeps it as it was."""
    partition = DynamoType(key[table.hash_key_attr])
    sort = DynamoType(key[str(table.range_key_attr)])
    rows = table.items.get(partition, {})
    if sort in rows:
        rows[sort] = copy.deepcopy(rows[sort])


def _copying(update: Callable[..., Item]) -> Callable[..., Item]:
    def update_item(
        backend: DynamoDBBackend,
        table_name: str,
        key: dict[str, Any],
        *rest: object,
        **more: object,
    ) -> Item:
        _detach_stored(backend.get_table(table_name), key)
        return update(backend, table_name, key, *rest, **more)

    return update_item


@contextmanager
def quick_and_locked() -> Iterator[None]:
    """Patch moto inside the block. For tables that have a sort key, as ours has."""
    with (
        patch.object(Table, "__deepcopy__", _shallow_copy, create=True),
        patch.object(DynamoHandler, "call_action", _locked(DynamoHandler.call_action)),
        patch.object(DynamoDBBackend, "update_item", _copying(DynamoDBBackend.update_item)),
    ):
        yield
