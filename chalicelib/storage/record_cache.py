"""Records that doors ask for at every request, kept for at most a minute of real time.

API keys, connections and storefront keys change rarely and are read always. So a revocation
reaches other processes after up to 60 seconds (told in docs/operating.md); the process that
revokes forgets at once. What is absent is never kept: a new key works from its first request.
"""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import RECORD_CACHE_MS_MAX, RECORDS_CACHED_MAX
from chalicelib.storage.table import Table

RecordT = TypeVar("RecordT")


class RecordCache(Generic[RecordT]):
    """Records of one kind by id, for each table apart. Safe to share between threads."""

    def __init__(self, read: Callable[[Table, str], RecordT | None]) -> None:
        """``read`` asks the table; it may raise and is then asked again next time."""
        self._read = read
        self._lock = Lock()
        self._kept: WeakKeyDictionary[Table, dict[str, tuple[Instant, RecordT]]]
        self._kept = WeakKeyDictionary()

    def find(self, table: Table, record_id: str, wall_now: Instant) -> RecordT | None:
        """The record, at most a minute old; None if there is none."""
        with self._lock:
            kept = self._kept.setdefault(table, {}).get(record_id)
        if kept and kept[0] <= wall_now < kept[0] + RECORD_CACHE_MS_MAX:
            return kept[1]
        record = self._read(table, record_id)
        self._keep(table, record_id, wall_now, record)
        return record

    def _keep(
        self, table: Table, record_id: str, wall_now: Instant, record: RecordT | None
    ) -> None:
        with self._lock:
            records = self._kept.setdefault(table, {})
            records.pop(record_id, None)
            if record is None:
                return
            while len(records) >= RECORDS_CACHED_MAX:
                del records[next(iter(records))]  # the one that was read longest ago
            records[record_id] = (wall_now, record)

    def forget(self, table: Table, record_id: str) -> None:
        """Read the record afresh next time."""
        with self._lock:
            self._kept.setdefault(table, {}).pop(record_id, None)
