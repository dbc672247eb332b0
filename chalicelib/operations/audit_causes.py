"""Hold the counters of causes to what documents gave to them (I9), although both move.

As with stock: what the audit counted in passing is compared first; only where that does not add
up, every document of the shop that gives is counted once more, between two readings of the
counters. Where nothing moved in between and the sums still differ, something is wrong; where it
moved, it is ``unproven``, which a quieter night settles. Reads only.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from chalicelib.domain.audit_across import Taken, gifts_of
from chalicelib.domain.audited import Break
from chalicelib.domain.causes import Given
from chalicelib.domain.decision import Document
from chalicelib.domain.limits import AUDIT_RECOUNT_KEYS_MAX, BATCH_GET_KEYS_MAX
from chalicelib.domain.member_records import Settlement
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.records import Joining, Redemption
from chalicelib.operations.audit_member import UNREADABLE
from chalicelib.storage.documents import document_of
from chalicelib.storage.items import Item, Key, key_of
from chalicelib.storage.key_names import SETTLEMENT_PREFIX, cause_partition, shop_partition
from chalicelib.storage.stock import given_keys, given_of
from chalicelib.storage.table import Query, Scan, Start, Table


class _Counter(msgspec.Struct, frozen=True):
    """What is stored of one cause."""

    given: Given
    settlements: int  # units of all of them


def audit_causes(
    table: Table, shop: str, given: Mapping[str, Taken], causes: tuple[str, ...]
) -> tuple[tuple[Break, ...], tuple[str, ...]]:
    """(what is wrong, what could not be proven); ``given`` was counted in passing."""
    names = sorted({*given, *causes})
    try:
        counters = {each: _counter(table, shop, each) for each in names}
    except UNREADABLE as problem:
        detail = f"cannot be read: {type(problem).__name__}"
        return (Break("I0", "", "counters of causes", detail),), ()
    suspects = {
        cause: counter
        for cause, counter in counters.items()
        if _wrong(counter, given.get(cause, Taken()))
    }
    if not suspects:
        return (), ()
    again = _recount(table, shop)
    breaks: list[Break] = []
    unproven: list[str] = []
    for cause, counter in suspects.items():
        counted = given.get(cause, Taken())
        has_moved = again is None or again.get(cause, Taken()) != counted
        if has_moved or _counter(table, shop, cause) != counter:
            unproven.append(f"counter of {cause}: it moved while it was counted")
        else:
            detail = _wrong(counter, counted)
            breaks.append(Break("I9", "", f"counter of {cause}", detail))
    return tuple(breaks), tuple(unproven)


def _wrong(counter: _Counter, counted: Taken) -> str:
    given = counter.given
    if min((*given.unsettled.values(), given.settled)) < 0:
        return "a part of it is below nothing"
    if given.whole != counted.count:
        return f"says {given.whole} were given, documents gave {counted.count}"
    if given.settled != counter.settlements:
        return f"says {given.settled} are settled, settlements sum {counter.settlements}"
    return ""


def _counter(table: Table, shop: str, cause: str) -> _Counter:
    given = given_of(shop, (cause,), table.load(given_keys(shop, (cause,))))[cause]
    return _Counter(given, sum(each.units for each in _settlements(table, shop, cause)))


def _settlements(table: Table, shop: str, cause: str) -> Iterator[Settlement]:
    start: Start | None = None
    while True:
        partition = cause_partition(shop, cause)
        page = table.query(Query(partition, SETTLEMENT_PREFIX, start=start, consistent=True))
        for item in page.items:
            document = document_of(item, Settlement)
            if document is not None:
                yield document
        start = page.next_start
        if start is None:
            return


def _recount(table: Table, shop: str) -> dict[str, Taken] | None:
    """What all documents of the shop gave; None where that cannot be counted.

    The table may be too large, or hold documents that cannot be read, which are told of elsewhere.
    """
    keys = _giving_keys(table, shop)
    if keys is None:
        return None
    found: dict[str, Taken] = {}
    for start in range(0, len(keys), BATCH_GET_KEYS_MAX):
        try:
            items = table.load(keys[start : start + BATCH_GET_KEYS_MAX]).values()
            gifts = gifts_of(_documents(items))
        except UNREADABLE:
            return None
        for cause, taken in gifts.items():
            found[cause] = found.get(cause, Taken()).plus(taken)
    return found


def _giving_keys(table: Table, shop: str) -> list[Key] | None:
    """Where documents of the shop are that may give to a cause."""
    found: list[Key] = []
    looked_at, start = 0, None
    while looked_at <= AUDIT_RECOUNT_KEYS_MAX:
        page = table.scan(Scan(0, 1, start=start))
        keys = [key_of(item) for item in page.items]
        found += [key for key in keys if _may_give(shop, key)]
        looked_at += len(keys)
        if page.next_start is None:
            return found
        start = page.next_start[:2]
    return None


def _may_give(shop: str, key: Key) -> bool:
    partition, sort = key
    is_document = sort == "O" or sort.startswith(("D#redemption:", "D#joining:"))
    return is_document and partition.startswith(f"{shop_partition(shop)}#")


def _documents(items: Iterable[Item]) -> Iterator[Document]:
    for item in items:
        sort = str(item["SK"])
        document: Document | None
        if sort == "O":
            document = document_of(item, OrderDocument)
        elif sort.startswith("D#joining:"):
            document = document_of(item, Joining)
        else:
            document = document_of(item, Redemption)
        if document is not None:
            yield document
