"""Count anew which products a member bought, where conditions ask for others than before.

::

    account ── the journal names orders ── the index those without an entry ── orders as they are
       r                                                                            │
       └─────────────── one conditional commit: nobody wrote meanwhile ◄──── counted_anew

Orders tell what is left of each line, so those from before anybody asked count like the others. The
index lags; the account knows how many orders there are, and is looked at again where some are
missing: once a day where looking again did not help. Reads only: who called commits, with whatever
else is to be written of the account.
"""

from collections.abc import Iterator

from chalicelib.domain.habits import counted_anew
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import BATCH_GET_KEYS_MAX
from chalicelib.domain.member import Account
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.operations.waiting_orders import orders_without_entries
from chalicelib.storage.documents import document_of
from chalicelib.storage.index_names import customer_orders_partition
from chalicelib.storage.items import Key
from chalicelib.storage.journal import whole_journal
from chalicelib.storage.key_names import order_key
from chalicelib.storage.table import Table


def recalled_account(
    table: Table, shop: str, known: tuple[str, Account], program: CompiledProgram, again_at: Instant
) -> Account:
    """The account of ``known`` (member, account) with what ``program`` asks of products counted.

    Where orders are missing, the sweep looks at it again at ``again_at``.
    """
    member, account = known
    ids = (member, *account.aliases)
    orders = orders_of(table, shop, ids)
    return counted_anew(account, orders.values(), program, again_at)


def orders_of(table: Table, shop: str, ids: tuple[str, ...]) -> dict[Key, OrderDocument]:
    """Every order that counts for the member who has these ``ids``, each once."""
    found: dict[Key, OrderDocument] = {}
    for one in ids:
        for order in (*_silent(table, shop, one), *_named(table, shop, one)):
            if order.counted and order.member in ids:
                found[order_key(shop, order.source, order.order_id)] = order
    return found


def _silent(table: Table, shop: str, member: str) -> Iterator[OrderDocument]:
    yield from orders_without_entries(table, customer_orders_partition(shop, member))


def _named(table: Table, shop: str, member: str) -> Iterator[OrderDocument]:
    """The orders that the member's journal names."""
    names = dict.fromkeys(entry.document for entry in whole_journal(table, shop, member))
    keys = [key for name in names if (key := _key(shop, name)) is not None]
    for first in range(0, len(keys), BATCH_GET_KEYS_MAX):
        items = table.load(keys[first : first + BATCH_GET_KEYS_MAX]).values()
        yield from (each for item in items if (each := document_of(item, OrderDocument)))


def _key(shop: str, name: str) -> Key | None:
    kind, _, rest = name.partition(":")
    source, _, order = rest.partition(":")
    return order_key(shop, source, order) if kind == "order" and order else None
