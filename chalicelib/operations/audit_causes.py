"""Hold the counters of causes to what documents gave to them (I9), although both move.

As with stock: what the audit counted in passing is compared first; only where that does not add
up, every document of the shop that gives is counted once more, between two readings of the
counters. Where nothing moved in between and the sums still differ, something is wrong; where it
moved, it is ``unproven``, which a quieter night settles. Reads only.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from chalicelib.domain.audit_across import Taken, gifts_of
from chalicelib.domain.audited import Break
from chalicelib.domain.causes import Given
from chalicelib.domain.member_records import Settlement
from chalicelib.operations.audit_member import UNREADABLE
from chalicelib.operations.recounting import recounted
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import SETTLEMENT_PREFIX, cause_partition
from chalicelib.storage.stock import given_keys, given_of
from chalicelib.storage.table import Query, Start, Table

_GIVING: Final = frozenset({"order", "redemption", "joining", "action", "progress"})
"""Kinds of documents that give to causes."""


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
    again = recounted(table, shop, _GIVING, gifts_of)
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
