"""The table as everybody above sees it: five calls and what they can raise.

::

    load       many items by key, strongly consistent; absent keys are absent in the answer
    transact   up to 100 writes, all or nothing, at most one per key
    write      one write
    query      one page of one partition, of the table or of an index
    scan       one page of the keys of a part of the whole table: for audits and exports alone

Two classes live up to this: ``storage.dynamo_table.DynamoTable`` and the in-memory fake of the
tests; ``tests/storage`` holds both to one contract. Operations take a ``Table`` as their first
argument; doors get it from ``storage.connection.table()``. Nothing here retries a write: who
asked knows whether to decide again.

::

    raised by transact and write ─┬─ ConditionFailed   nothing was written: somebody was first
                                  ├─ Contended         nothing was written: wait, ask the same
                                  │                    again with the same token
                                  └─ Unanswered        unknown whether it was written: ask the
                                                       same again with the same token, then look
    raised by load, query, scan  ─── StorageUnavailable   gave up within their bound
    raised by all                ─── InvariantBroken      the request itself was wrong: a bug
"""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

import msgspec

from chalicelib.domain.limits import PAGE_SIZE_DEFAULT, SCAN_PAGE_KEYS
from chalicelib.storage.items import Delete, Item, Key, Put, Take, Write

IndexName: TypeAlias = Literal["GSI1", "GSI2"]

Start: TypeAlias = Key | tuple[str, str, str]
"""Where a page begins, exclusively: (PK, SK), on an index (PK, SK, sort key of the index)."""


class Query(msgspec.Struct, frozen=True):
    """One page of one partition, in the order of the sort key.

    ``pk`` and ``sk_prefix`` are of the index where one is named. An index lags behind the table
    and is never consistent; it holds only what its projection names (``definition.py``).
    """

    pk: str
    sk_prefix: str = ""
    index: IndexName | None = None
    limit: int = PAGE_SIZE_DEFAULT
    start: Start | None = None  # ``Page.next_start`` of the page before
    newest_first: bool = False
    consistent: bool = False


class Scan(msgspec.Struct, frozen=True):
    """One page of the keys of one of ``segments`` disjoint parts of the table.

    All parts together are the whole table, and a partition lies in one part. Not consistent: what
    is written during a scan may be in it or not, so who scans reads again what matters.
    """

    segment: int  # 0, 1 ... segments - 1
    segments: int
    limit: int = SCAN_PAGE_KEYS
    start: Start | None = None  # ``Page.next_start`` of the page before


class Page(msgspec.Struct, frozen=True):
    """Items, and where the next page starts.

    Only ``next_start is None`` says that there is no more: a page may be shorter than its limit,
    even empty, and yet not be the last one.
    """

    items: tuple[Item, ...]
    next_start: Start | None = None


class Failure(msgspec.Struct, frozen=True):
    """A write whose condition did not hold, and the item found there (None if there is none)."""

    index: int  # of the write in the transaction as it was given
    item: Item | None = None


class ConditionFailed(Exception):
    """A condition did not hold; nothing was written. ``failures`` is in order of the writes."""

    def __init__(self, failures: tuple[Failure, ...]) -> None:
        """Keep what was found, for who decides again."""
        super().__init__(f"writes {[failure.index for failure in failures]} found other states")
        self.failures = failures


class Contended(Exception):
    """Another transaction or the throttle was in the way; nothing was written."""


class Unanswered(Exception):
    """No answer came: the write may have landed or not."""


class Table(Protocol):
    """The one table of a deployment. Safe to share between threads."""

    def load(self, keys: Sequence[Key]) -> dict[Key, Item]:
        """Every item of ``keys`` that exists, read strongly, but NOT as one snapshot.

        Raises:
            StorageUnavailable: not everything was answered within the bound.
        """
        ...

    def transact(self, writes: Sequence[Write], token: str) -> None:
        """Do all writes or none. The same token with the same writes has one effect only.

        Raises:
            ConditionFailed, Contended, Unanswered: see the module.
            InvariantBroken: too many writes, two on one key, the token of other writes.
        """
        ...

    def write(self, write: Put | Delete | Take) -> None:
        """Do one write. After ``Unanswered`` a ``Take`` may not simply be asked again.

        Raises:
            ConditionFailed, Contended, Unanswered: see the module.
        """
        ...

    def query(self, query: Query) -> Page:
        """One page. Sums over a partition must follow ``next_start`` to its end.

        Raises:
            StorageUnavailable: no answer within the bound.
        """
        ...

    def scan(self, scan: Scan) -> Page:
        """One page of keys: its items hold ``PK`` and ``SK`` alone, in no order that means a thing.

        Raises:
            StorageUnavailable: no answer within the bound.
        """
        ...
