"""Settle orders whose time has come: a rule that waits for the end of returns counts them now.

::

    GSI1  S#<shop>#RIPE  <from>#<order>   ──page──►  orders, read strongly
          from ≤ now                                 │ recorded once more, as they are known
                                                     ▼
                                           the difference is posted, the next time noted

An order that was told again meanwhile has settled it already: recording one twice changes nothing.
"""

from collections.abc import Callable
from contextlib import suppress

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import SWEEP_ACCOUNTS_MAX, SWEEP_PAGE
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Busy
from chalicelib.operations.load_order import OrderCommand
from chalicelib.operations.record_order import record_order
from chalicelib.operations.waiting_orders import told_again
from chalicelib.storage.documents import document_of
from chalicelib.storage.index_names import due_at_of, ripe_partition
from chalicelib.storage.items import Item, key_of
from chalicelib.storage.table import Query, Start, Table


def ripen_orders(
    table: Table, shop: str, now: Instant, has_time: Callable[[], bool] = lambda: True
) -> int:
    """Settle the orders of one shop whose time has come; how many there were.

    Raises:
        StorageUnavailable: reading failed; what was settled stays settled.
    """
    start: Start | None = None
    done = looked_at = 0
    while has_time() and looked_at < SWEEP_ACCOUNTS_MAX:
        query = Query(ripe_partition(shop), index="GSI1", limit=SWEEP_PAGE, start=start)
        page = table.query(query)
        ripe = [item for item in page.items if due_at_of(item) <= now]
        done += _settled(table, shop, ripe, now)
        looked_at += len(ripe)
        start = page.next_start
        if start is None or len(ripe) < len(page.items):
            break
    return done


def _settled(table: Table, shop: str, items: list[Item], now: Instant) -> int:
    keys = [key_of(item) for item in items]
    found = table.load(keys) if keys else {}
    done = 0
    for key in keys:
        document = document_of(found.get(key), OrderDocument)
        # The index lags: it may still show what was settled just now.
        if document is None or document.state is None or not 0 < document.ripens_at <= now:
            continue
        event = told_again(document, "ripe", None)
        with suppress(Busy):  # somebody else writes: the next run looks again
            record_order(table, OrderCommand(shop, event, now, now))
            done += 1
    return done
