"""Read what one member did, for a replay: orders, actions, and how they spent. Reads only.

Orders that moved anything are named in the journal, those that did not stand in an index of their
customer; both are read under every id that the member ever had. Actions lie beside the journal.
"""

from collections.abc import Iterable, Iterator
from operator import attrgetter

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.ledger import Entry
from chalicelib.domain.limits import (
    BATCH_GET_KEYS_MAX,
    PAGE_SIZE_MAX,
    REPLAY_ACTIONS_A_MEMBER_MAX,
    REPLAY_ORDERS_A_MEMBER_MAX,
)
from chalicelib.domain.member import Account
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.replay.history import PastOrder, past_order_of
from chalicelib.domain.replay.past_actions import PastAction, past_action_of
from chalicelib.operations.following import ids_of
from chalicelib.operations.waiting_orders import waiting_orders
from chalicelib.storage.documents import document_of
from chalicelib.storage.index_names import customer_orders_partition
from chalicelib.storage.journal import whole_journal
from chalicelib.storage.key_names import DOCUMENT_PREFIX, member_partition, order_key
from chalicelib.storage.table import Query, Start, Table

_ORDER = "order:"


def journal_of(table: Table, shop: str, held: tuple[str, Account]) -> tuple[Entry, ...]:
    """Every entry of a member, those from before a merge too, oldest first."""
    found = [each for name in ids_of(*held) for each in whole_journal(table, shop, name)]
    return tuple(sorted(found, key=attrgetter("occurred_at")))


def orders_of(
    table: Table, shop: str, held: tuple[str, Account], journal: Iterable[Entry]
) -> tuple[PastOrder, ...]:
    """The member's orders, oldest first; of very many, the newest."""
    member, _ = held
    documents = {
        (each.source, each.order_id): each for each in _documents(table, shop, held, journal)
    }
    past = (past_order_of(each) for each in documents.values())
    orders = [msgspec.structs.replace(each, member=member) for each in past if each is not None]
    orders.sort(key=lambda each: (each.paid_at, each.state.id))
    return tuple(orders[-REPLAY_ORDERS_A_MEMBER_MAX:])


def _documents(
    table: Table, shop: str, held: tuple[str, Account], journal: Iterable[Entry]
) -> Iterator[OrderDocument]:
    names = {entry.document for entry in journal if entry.document.startswith(_ORDER)}
    keys = [order_key(shop, *name.split(":", 2)[1:]) for name in sorted(names)]
    for place in range(0, len(keys), BATCH_GET_KEYS_MAX):
        for item in table.load(keys[place : place + BATCH_GET_KEYS_MAX]).values():
            document = document_of(item, OrderDocument)
            if document is not None and document.member in ids_of(*held):
                yield document
    for name in ids_of(*held):
        yield from waiting_orders(table, customer_orders_partition(shop, name))


def actions_of(table: Table, shop: str, held: tuple[str, Account]) -> tuple[PastAction, ...]:
    """What the member did besides buying, oldest first; of very much, the newest."""
    found = [
        past_action_of(document)
        for name in ids_of(*held)
        for document in _actions(table, shop, name)
    ]
    found.sort(key=attrgetter("at", "id"))
    return tuple(found[-REPLAY_ACTIONS_A_MEMBER_MAX:])


def _actions(table: Table, shop: str, name: str) -> Iterator[Action]:
    start: Start | None = None
    while True:
        query = Query(
            member_partition(shop, name),
            f"{DOCUMENT_PREFIX}action:",
            limit=PAGE_SIZE_MAX,
            start=start,
            consistent=True,
        )
        page = table.query(query)
        found = (document_of(item, Action) for item in page.items)
        yield from (action for action in found if action is not None)
        start = page.next_start
        if start is None:
            return
