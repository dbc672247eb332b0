"""Counts round trips and capacity units: by DynamoDB's published rules, and as an engine says.

``MeteredTable`` wraps any ``Table`` and computes units from what is written and what was there
before, so a budget can be proven without trusting an engine's accounting (ministack 1.4 counts
2 for every write of a transaction, whatever its size and indexes; 1.5 counts as AWS does, and
``test_metering`` holds our rules to it). ``reported`` reads what the engine itself says.

Rules ("Read and write operations", developer guide): a write costs each started KB of the larger
of old and new item, twice in a transaction, also for a check, also when its condition fails; an
index row costs each started KB once, nothing if neither its key nor a projected attribute
changed, and twice (remove and insert) if its key did; a strongly consistent read costs each
started 4 KB, and one unit for what is absent.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.model import OperationModel

from chalicelib.storage.definition import INDEX_INCLUDES, INDEX_KEYS, KEY_ATTRIBUTES
from chalicelib.storage.dynamo_table import DynamoTable
from chalicelib.storage.items import Add, Delete, Fill, Item, Key, Put, Take, Write, written_key
from chalicelib.storage.sizes import item_bytes
from chalicelib.storage.table import ConditionFailed, Page, Query, Scan, Table


@dataclass(slots=True)
class Meter:
    """What was used since ``reset``. Reads count in halves: a consistent unit is two."""

    calls: Counter[str] = field(default_factory=Counter)
    write_units: int = 0
    read_half_units: int = 0

    @property
    def round_trips(self) -> int:
        return self.calls.total()

    def reset(self) -> None:
        self.calls.clear()
        self.write_units = 0
        self.read_half_units = 0


def _started(size: int, unit: int) -> int:
    return max(1, -(-size // unit))


def _row(item: Item | None, index: str) -> Item | None:
    """The row of ``item`` in ``index``, if it has one."""
    keys = INDEX_KEYS[index]
    if item is None or not all(key in item for key in keys):
        return None
    shown = (*KEY_ATTRIBUTES, *keys, *INDEX_INCLUDES[index])
    return {name: item[name] for name in shown if name in item}


def _row_units(old: Item | None, new: Item | None, index: str) -> int:
    before, after = _row(old, index), _row(new, index)
    if before == after:
        return 0
    sizes = [_started(item_bytes(row), 1_024) for row in (before, after) if row is not None]
    sort = INDEX_KEYS[index]
    moved = before and after and any(before[key] != after[key] for key in sort)
    return sum(sizes) if moved else max(sizes)


def _after(write: Write, old: Item | None) -> Item | None:
    match write:
        case Put(item):
            return item
        case Delete():
            return None
        case Add(key, attribute, amount) | Fill(key, attribute, amount):
            raised = int(str((old or {}).get(attribute, 0))) + amount
            return {"PK": key[0], "SK": key[1], **(old or {}), attribute: raised}
        case Take(_, attribute, amount) if old is not None:
            return {**old, attribute: int(str(old[attribute])) - amount}
        case _:
            return old


def units_of(writes: Sequence[Write], found: Mapping[Key, Item], *, transaction: bool) -> int:
    """Write units of ``writes`` that go through, where ``found`` was there before."""
    units = 0
    for write in writes:
        old = found.get(written_key(write))
        units += _table_units(write, old) * (2 if transaction else 1)
        units += sum(_row_units(old, _after(write, old), index) for index in INDEX_KEYS)
    return units


def _table_units(write: Write, old: Item | None) -> int:
    new = _after(write, old)
    return max(_started(item_bytes(item), 1_024) for item in (old or {}, new or {}))


class MeteredTable:
    """A ``Table`` that counts. The reads it needs for its sums go past the meter."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.meter = Meter()

    def load(self, keys: Sequence[Key]) -> dict[Key, Item]:
        self.meter.calls["load"] += 1
        found = self.table.load(keys)
        for key in set(keys):
            self.meter.read_half_units += 2 * _started(item_bytes(found.get(key, {})), 4_096)
        return found

    def query(self, query: Query) -> Page:
        self.meter.calls["query"] += 1
        page = self.table.query(query)
        size = sum(item_bytes(item) for item in page.items)
        self.meter.read_half_units += _started(size, 4_096) * (2 if query.consistent else 1)
        return page

    def scan(self, scan: Scan) -> Page:
        self.meter.calls["scan"] += 1
        return self.table.scan(scan)

    def transact(self, writes: Sequence[Write], token: str) -> None:
        self.meter.calls["transact"] += 1
        found = self.table.load([written_key(write) for write in writes])
        try:
            self.table.transact(writes, token)
        except ConditionFailed:
            self.meter.write_units += sum(
                2 * _started(item_bytes(found.get(written_key(write), {})), 1_024)
                for write in writes
            )
            raise
        self.meter.write_units += units_of(writes, found, transaction=True)

    def write(self, write: Put | Delete | Take) -> None:
        self.meter.calls["write"] += 1
        found = self.table.load([written_key(write)])
        try:
            self.table.write(write)
        except ConditionFailed:
            self.meter.write_units += _started(item_bytes(found.get(written_key(write), {})), 1_024)
            raise
        self.meter.write_units += units_of([write], found, transaction=False)


@contextmanager
def reported(table: DynamoTable) -> Iterator[Meter]:
    """What the engine behind ``table`` reports inside the block; each attempt is a round trip."""
    meter = Meter()
    events = table.connection.client.meta.events  # type: ignore[attr-defined]  # PynamoDB's own

    def ask(params: dict[str, Any], **_: object) -> None:
        params["ReturnConsumedCapacity"] = "INDEXES"  # before storage.wire_form writes them

    def count(event_name: str, **_: object) -> None:
        meter.calls[event_name.rsplit(".", 1)[-1]] += 1

    def read(parsed: dict[str, Any], model: OperationModel, **_: object) -> None:
        said = parsed.get("ConsumedCapacity", [])
        halves = sum(
            round(2 * each["CapacityUnits"])
            for each in (said if isinstance(said, list) else [said])
        )
        if model.name in {"BatchGetItem", "Query"}:
            meter.read_half_units += halves
        else:
            meter.write_units += halves // 2

    handlers = (
        ("provide-client-params.dynamodb", ask),
        ("before-send.dynamodb", count),
        ("after-call.dynamodb", read),
    )
    for name, handler in handlers:
        events.register_first(name, handler)
    try:
        yield meter
    finally:
        for name, handler in handlers:
            events.unregister(name, handler)
