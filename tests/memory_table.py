"""An atomic in-memory table that keeps the contract of ``storage.table.Table``, and can fail.

For simulations and fault searches: thousands of histories a minute. Values are copied in and out,
one lock makes each write atomic, indexes are computed from the index attributes and hold only
what their projection names. It refuses what DynamoDB refuses: items over 400 KB, more than 100
writes, two writes on one key, a token used for other writes.

Hooks, all optional: ``fault`` decides what goes wrong (``tests.faults``); ``before`` and ``after``
see every ``Call`` (a scheduler may block in them); ``before_key`` runs before each single key of
a load, because a BatchGet is no snapshot; ``freeze_indexes`` lets the indexes lag.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import RLock
from typing import TypeVar

from chalicelib.domain.limits import TRANSACTION_WRITES_MAX
from chalicelib.domain.outcome import ensure
from chalicelib.storage.codec import decode, encode
from chalicelib.storage.definition import INDEX_INCLUDES, INDEX_KEYS, KEY_ATTRIBUTES
from chalicelib.storage.items import (
    REVISION,
    Absent,
    Add,
    Anything,
    Check,
    Condition,
    Delete,
    Exists,
    Fill,
    Item,
    Key,
    Put,
    RevisionIs,
    Take,
    Value,
    Write,
    key_of,
    written_key,
)
from chalicelib.storage.sizes import ITEM_BYTES_MAX, ensure_key_fits, item_bytes
from chalicelib.storage.table import ConditionFailed, Failure, Page, Query, Scan, Start
from tests.faults import AFTER, READS, Call, Fault, FaultPlan, no_fault, raise_for

TOKEN_LIFE_MS = 10 * 60 * 1_000

Answer = TypeVar("Answer")
Partitions = dict[str, dict[str, Item]]


def _returned(item: Mapping[str, object]) -> Item:
    """A deep copy as it would come back from DynamoDB; refuses what cannot be stored."""
    return decode(encode(item))  # type: ignore[arg-type]  # refusing wrong values is its work


def _copied(item: Item) -> Item:
    """A deep copy of what is stored, which has been through the codec: plain values alone."""
    made = item.copy()
    for name, value in item.items():
        if type(value) is dict or type(value) is list:  # the few of many that can be changed
            made[name] = _copy(value)
    return made


def _copy(value: Value) -> Value:
    if type(value) is dict:
        return _copied(value)
    return [_copy(part) for part in value] if type(value) is list else value


def _nothing(_: object) -> None:
    """The hook that does nothing."""


@dataclass(frozen=True, slots=True)
class _Spent:
    """A token and what it was used for."""

    writes: tuple[Write, ...]
    at_ms: int


class MemoryTable:
    """The fake. ``now_ms`` (milliseconds) only ages tokens."""

    def __init__(self, now_ms: Callable[[], int] = lambda: 0) -> None:
        self.fault: FaultPlan = no_fault
        self.before: Callable[[Call], None] = _nothing
        self.after: Callable[[Call], None] = _nothing
        self.before_key: Callable[[Key], None] = _nothing
        self.calls: list[Call] = []
        self._now_ms = now_ms
        self._lock = RLock()
        self._partitions: Partitions = {}
        self._tokens: dict[str, _Spent] = {}
        self._frozen: tuple[Item, ...] | None = None

    # -- the Table protocol

    def load(self, keys: Sequence[Key]) -> dict[Key, Item]:
        wanted = tuple(dict.fromkeys(keys))
        return self._called("load", wanted, lambda: self._load(wanted))

    def transact(self, writes: Sequence[Write], token: str) -> None:
        ensure(0 < len(writes) <= TRANSACTION_WRITES_MAX, "a transaction has 1 to 100 writes")
        ensure(0 < len(token) <= 36, "a client token has 1 to 36 characters")
        keys = tuple(written_key(write) for write in writes)
        ensure(len(set(keys)) == len(keys), "a transaction writes each key once")
        fixed = tuple(_fixed(write) for write in writes)
        self._called("transact", keys, lambda: self._transact(fixed, token))

    def write(self, write: Put | Delete | Take) -> None:
        ensure(isinstance(write, Put | Delete | Take), "a check does not stand alone")
        fixed = _fixed(write)
        self._called("write", (written_key(write),), lambda: self._apply((fixed,)))

    def query(self, query: Query) -> Page:
        ensure(query.limit >= 1, "a page has room for an item")
        ensure(not (query.consistent and query.index), "an index is never consistent")
        return self._called("query", ((query.pk, query.sk_prefix),), lambda: self._query(query))

    def scan(self, scan: Scan) -> Page:
        ensure(scan.limit >= 1, "a page has room for a key")
        ensure(0 <= scan.segment < scan.segments, "a scan is of one of its segments")
        return self._called("scan", (), lambda: self._scan(scan))

    # -- for tests

    def items(self) -> tuple[Item, ...]:
        """A copy of everything, in order of keys."""
        with self._lock:
            found = sorted(self._stored(), key=key_of)
            return tuple(_copied(item) for item in found)

    def copy(self) -> "MemoryTable":
        """Another table with the same items and tokens, without hooks."""
        other = MemoryTable(self._now_ms)
        with self._lock:
            other._partitions = {pk: dict(items) for pk, items in self._partitions.items()}
            other._tokens = dict(self._tokens)
        return other

    def freeze_indexes(self) -> None:
        """From now on the indexes answer as they would have answered now."""
        with self._lock:
            self._frozen = tuple(self._stored())

    def thaw_indexes(self) -> None:
        """The indexes have caught up."""
        self._frozen = None

    # -- how it works

    def _called(self, operation: str, keys: tuple[Key, ...], act: Callable[[], Answer]) -> Answer:
        with self._lock:
            call = Call(operation, len(self.calls), keys)
            self.calls.append(call)
        self.before(call)
        try:
            return self._answered(call, act)
        finally:
            self.after(call)

    def _answered(self, call: Call, act: Callable[[], Answer]) -> Answer:
        fault = self.fault(call.operation, call.number)
        if fault is None:
            return act()
        if fault is Fault.CONDITION_FAILED and call.operation not in READS:
            with self._lock:
                found = self._get(call.keys[0])
                raise ConditionFailed((Failure(0, found and _copied(found)),))
        if fault in AFTER:
            with suppress(ConditionFailed):  # the caller never hears of it
                act()
        raise_for(fault, call)
        raise AssertionError("every fault raises")

    def _load(self, keys: tuple[Key, ...]) -> dict[Key, Item]:
        found: dict[Key, Item] = {}
        for key in keys:
            ensure_key_fits(*key)
            self.before_key(key)
            with self._lock:
                item = self._get(key)
            if item is not None:
                found[key] = _copied(item)
        return found

    def _transact(self, writes: tuple[Write, ...], token: str) -> None:
        with self._lock:
            now = self._now_ms()
            spent = self._tokens.get(token)
            if spent is not None and now - spent.at_ms < TOKEN_LIFE_MS:
                ensure(spent.writes == writes, "a client token was used for other writes")
                return
            self._apply(writes)
            self._tokens[token] = _Spent(writes, now)

    def _apply(self, writes: tuple[Write, ...]) -> None:
        with self._lock:
            found = [self._get(written_key(write)) for write in writes]
            failures = tuple(
                Failure(index, item and _copied(item))
                for index, (write, item) in enumerate(zip(writes, found, strict=True))
                if not _allowed(write, item)
            )
            if failures:
                raise ConditionFailed(failures)
            for write, item in zip(writes, found, strict=True):
                self._store(write, item)

    def _store(self, write: Write, found: Item | None) -> None:
        pk, sk = written_key(write)
        match write:
            case Put(item):
                self._partitions.setdefault(pk, {})[sk] = item
            case Delete():
                self._partitions.get(pk, {}).pop(sk, None)
            case Take(_, attribute, amount) if found is not None:
                held = found[attribute]
                ensure(isinstance(held, int), "only a number can be lowered")
                self._partitions[pk][sk] = _returned({**found, attribute: held - amount})  # type: ignore[operator]  # just ensured
            case Add(_, attribute, amount) | Fill(_, attribute, amount):
                held = (found or {}).get(attribute, 0)
                ensure(isinstance(held, int), "only a number can be raised")
                raised = {"PK": pk, "SK": sk, **(found or {}), attribute: held + amount}  # type: ignore[operator]  # just ensured
                self._partitions.setdefault(pk, {})[sk] = _returned(raised)
            case _:
                pass  # a check writes nothing

    def _get(self, key: Key) -> Item | None:
        return self._partitions.get(key[0], {}).get(key[1])

    def _stored(self) -> list[Item]:
        return [item for items in self._partitions.values() for item in items.values()]

    def _query(self, query: Query) -> Page:
        with self._lock:
            rows = self._index_rows(query) if query.index else self._rows(query)
        rows = sorted(
            ((start, item) for start, item in rows if start[-1].startswith(query.sk_prefix)),
            key=lambda row: _order(row[0]),
            reverse=query.newest_first,
        )
        if query.start is not None:
            after, forward = _order(query.start), not query.newest_first
            rows = [r for r in rows if (_order(r[0]) > after if forward else _order(r[0]) < after)]
        page = rows[: query.limit]
        # Like DynamoDB: a full page names a next one, even if that will be empty.
        next_start = page[-1][0] if len(page) == query.limit else None
        return Page(tuple(_copied(item) for _, item in page), next_start)

    def _scan(self, scan: Scan) -> Page:
        with self._lock:
            keys = [key_of(item) for item in self._stored()]
        mine = [key for key in keys if _hashed(key)[0] % scan.segments == scan.segment]
        mine.sort(key=_hashed)
        if scan.start is not None:
            after = _hashed((scan.start[0], scan.start[1]))
            mine = [key for key in mine if _hashed(key) > after]
        page = mine[: scan.limit]
        next_start = page[-1] if len(page) == scan.limit else None
        return Page(tuple({"PK": pk, "SK": sk} for pk, sk in page), next_start)

    def _rows(self, query: Query) -> list[tuple[Start, Item]]:
        return [(key_of(item), item) for item in self._partitions.get(query.pk, {}).values()]

    def _index_rows(self, query: Query) -> list[tuple[Start, Item]]:
        partition, sort = INDEX_KEYS[str(query.index)]
        shown = {*KEY_ATTRIBUTES, partition, sort, *INDEX_INCLUDES[str(query.index)]}
        items = self._stored() if self._frozen is None else self._frozen
        return [
            ((*key_of(item), str(item[sort])), {n: v for n, v in item.items() if n in shown})
            for item in items
            if item.get(partition) == query.pk and sort in item
        ]


def _hashed(key: Key) -> tuple[int, str, str]:
    """Where a scan meets the key: partitions by hash, whole ones together, as in DynamoDB."""
    return zlib.crc32(key[0].encode()), *key


def _order(start: Start) -> tuple[str, ...]:
    """Sort key of the table or index first; then the key, which makes the order total."""
    return (start[-1], *start)


def _fixed(write: Write) -> Write:
    """The write with its own copy of the item, refused if DynamoDB would refuse it."""
    ensure_key_fits(*written_key(write))
    if isinstance(write, Check):
        ensure(write.condition != Anything(), "a check of anything checks nothing")
    if not isinstance(write, Put):
        return write
    item = _returned(write.item)
    ensure(item_bytes(item) <= ITEM_BYTES_MAX, "an item has at most 400 KB")
    for partition, sort in INDEX_KEYS.values():
        if partition in item or sort in item:
            ensure_key_fits(item.get(partition, "-"), item.get(sort, "-"))
    return Put(item, write.condition)


def _allowed(write: Write, found: Item | None) -> bool:
    if isinstance(write, Add):
        return True
    if isinstance(write, Fill):
        return int(str((found or {}).get(write.attribute, 0))) <= write.ceiling - write.amount
    if isinstance(write, Take):
        held = None if found is None else found.get(write.attribute)
        return isinstance(held, int) and not isinstance(held, bool) and held >= write.amount
    return _holds(write.condition, found)


def _holds(condition: Condition, found: Item | None) -> bool:
    match condition:
        case Absent():
            return found is None
        case RevisionIs(revision):
            return found is not None and found.get(REVISION) == revision
        case Exists():
            return found is not None
        case Anything():
            return True
