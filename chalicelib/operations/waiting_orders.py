"""Orders that wait for a member, as an index shows them, to be recorded again.

The index lags: it may still show what was claimed, and not yet show what came just now. So each
order is read strongly, and recording one twice changes nothing. All pages are walked, at most
``CLAIMED_ORDERS_MAX`` orders at a time; what was claimed leaves the index, so the next walk begins
with what is left. The newest come first: those that may still count for who joined just now.
"""

from collections.abc import Callable, Iterator

import msgspec

from chalicelib.domain.events import Customer, OrderUpserted
from chalicelib.domain.limits import CLAIMED_ORDERS_MAX
from chalicelib.domain.orders import OrderDocument
from chalicelib.storage.documents import document_of
from chalicelib.storage.index_names import is_silent_row
from chalicelib.storage.items import Item, Key, key_of
from chalicelib.storage.table import Query, Start, Table


def waiting_orders(table: Table, partition: str) -> Iterator[OrderDocument]:
    """What stands in ``partition`` of the index and counts for nobody yet, newest first."""
    found = _orders(table, partition, lambda row: not is_silent_row(row))
    yield from (each for each in found if each.state and each.terms is None)


def orders_without_entries(table: Table, partition: str) -> Iterator[OrderDocument]:
    """What stands in ``partition`` of the index: also what counted, and gave nothing."""
    found = _orders(table, partition, lambda _: True)
    yield from (each for each in found if each.terms is None or each.silent)


def _orders(
    table: Table, partition: str, is_meant: Callable[[Item], bool]
) -> Iterator[OrderDocument]:
    for keys in _pages(table, partition, is_meant):
        found = table.load(keys)
        documents = (document_of(found.get(key), OrderDocument) for key in keys)
        yield from (each for each in documents if each is not None)


def _pages(table: Table, partition: str, is_meant: Callable[[Item], bool]) -> Iterator[list[Key]]:
    start: Start | None = None
    left = CLAIMED_ORDERS_MAX
    while left:
        page = table.query(Query(partition, index="GSI1", start=start, newest_first=True))
        keys = [key_of(item) for item in page.items if is_meant(item)][:left]
        left -= len(keys)
        if keys:
            yield keys
        start = page.next_start
        if start is None:
            return


def told_again(document: OrderDocument, why: str, customer: Customer | None) -> OrderUpserted:
    """The event of what is known of a waiting order, bought by ``customer``."""
    if document.state is None:
        raise LookupError("an order of which nothing is known tells nothing")
    order = msgspec.structs.replace(document.state, customer=customer)
    return OrderUpserted(why, document.state.version, document.source, order)
