"""One decision, one transaction: the only writer of points.

Everything of a decision is conditional: the document (absent, or at the revision it was read
at), each account (likewise), each entry (absent), markers, stock. So a decision that was made
from old state writes nothing at all. Counters have a condition of their own: the account's does
not guard them, because a BatchGet may have read them before, and the account after, another
commit. Only ``operations.decide_and_commit`` may call this,
and the sweep, which books what has lapsed and never retries.
"""

import msgspec

from chalicelib.domain.decision import Book, Decision, Document
from chalicelib.domain.member import Counters
from chalicelib.storage.action_places import place_put
from chalicelib.storage.documents import document_item
from chalicelib.storage.items import (
    Absent,
    Anything,
    Check,
    Condition,
    Delete,
    Exists,
    Put,
    RevisionIs,
    Take,
    Write,
)
from chalicelib.storage.journal import entry_item
from chalicelib.storage.key_names import (
    account_key,
    identity_key,
    marker_key,
    order_key,
    stock_key,
)
from chalicelib.storage.markers import marker_put
from chalicelib.storage.members import (
    account_item,
    contact_item,
    counters_item,
    inbox_put,
    pool_item,
    profile_item,
)
from chalicelib.storage.partner_months import partner_writes
from chalicelib.storage.stock import LEFT, budget_write, cause_write
from chalicelib.storage.table import ConditionFailed, Table
from chalicelib.storage.tokens import client_token


class Prepared(msgspec.Struct, frozen=True):
    """A transaction ready to be sent, as often as needed: same bytes, same token."""

    writes: tuple[Write, ...]
    token: str


def prepare(shop: str, journal_shards: int, decision: Decision) -> Prepared:
    """The writes of a decision, the document first."""
    writes: list[Write] = [_document_write(shop, decision.document)]
    for book in decision.books:
        writes.extend(_book_writes(shop, journal_shards, book))
    writes.extend(_document_write(shop, document) for document in decision.further)
    writes.extend(
        Take(stock_key(shop, take.reward_id, take.shard), LEFT, take.amount)
        for take in decision.stock
    )
    documents = (decision.document, *decision.further)
    writes.extend(write for each in documents for write in partner_writes(shop, each))
    writes.extend(cause_write(shop, move) for move in decision.causes)
    writes.extend(budget_write(shop, move) for move in decision.budgets)
    if decision.place is not None:
        writes.append(place_put(shop, decision.place))
    if decision.unclaimed:
        writes.append(Check(identity_key(shop, "email", decision.unclaimed), Absent()))
    if decision.outsider:
        writes.append(Check(account_key(shop, decision.outsider), Absent()))
    if decision.seen is not None:
        seen = order_key(shop, decision.seen.source, decision.seen.id)
        writes.append(Check(seen, RevisionIs(decision.seen.revision)))
    return Prepared(tuple(writes), client_token(writes))


def prepare_book(shop: str, journal_shards: int, book: Book) -> Prepared:
    """The writes of one member's upkeep: entries that no document asks for, and the account."""
    writes = tuple(_book_writes(shop, journal_shards, book))
    return Prepared(writes, client_token(writes))


def commit(table: Table, prepared: Prepared) -> None:
    """Send the transaction.

    Raises:
        ConditionFailed: somebody wrote first; nothing was written.
        Contended, Unanswered: send the same again.
    """
    table.transact(prepared.writes, prepared.token)


def only_stock_failed(prepared: Prepared, failed: ConditionFailed) -> bool:
    """Whether a shard of stock was the only thing in the way: try the next shard."""
    return all(isinstance(prepared.writes[failure.index], Take) for failure in failed.failures)


def _document_write(shop: str, document: Document) -> Put:
    before = document.revision - 1
    return Put(document_item(shop, document), RevisionIs(before) if before else Absent())


def _counters_write(shop: str, member: str, counters: Counters) -> Put:
    before = counters.revision - 1
    item = counters_item(shop, member, counters)
    return Put(item, RevisionIs(before) if before else Absent())


def _book_writes(shop: str, shards: int, book: Book) -> list[Write]:
    is_unseen = book.before is None
    guard: Condition = Absent() if book.before is None else RevisionIs(book.before.revision)
    writes: list[Write] = [Put(account_item(shop, book.member, book.account), guard)]
    writes.extend(
        Put(entry_item(shop, book.member, entry, shards), Absent()) for entry in book.entries
    )
    if book.counters is not None:
        writes.append(_counters_write(shop, book.member, book.counters))
    if book.inbox is not None:
        writes.append(inbox_put(shop, book.member, book.inbox))
    if book.profile is not None and is_unseen:
        writes.append(Put(profile_item(shop, book.member, book.profile), Absent()))
        if book.email_hash:
            row = contact_item(shop, book.email_hash, book.member)
            writes.append(Put(row, Anything()))
    if is_unseen and book.account.pool is not None:
        writes.append(Put(pool_item(shop, book.member, book.account.joined_at), Absent()))
    writes.extend(marker_put(shop, book.member, marker) for marker in book.markers)
    writes.extend(
        Delete(
            marker_key(shop, marker.member or book.member, marker.rule_id, marker.subject), Exists()
        )
        for marker in book.freed
    )
    return writes
