"""Documents of a member, and why each moved what it moved, in plain words.

A document is named ``<kind>:<id>``: ``order:main:1001``, ``redemption:<id>``,
``adjustment:<id>``, ``joining:member``. The list walks the orders of which no entry stands in the
journal, because they wait or gave nothing, then the journal; both from the newest.
"""

from collections.abc import Callable, Mapping

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.decision import Document
from chalicelib.domain.instants import Instant
from chalicelib.domain.joining import JOINING_ID
from chalicelib.domain.limits import ID_LENGTH_MAX
from chalicelib.domain.member_records import (
    Enrolment,
    Erasure,
    Merge,
    Pooling,
    Settlement,
    Transfer,
)
from chalicelib.domain.orders import OrderDocument, document_name
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.occasion import TraceRow
from chalicelib.domain.progress import Badges, Progress
from chalicelib.domain.records import Adjustment, Hold, Joining, Redemption, as_of
from chalicelib.domain.referrals import Referral
from chalicelib.domain.wording.names import Names, names_of
from chalicelib.domain.wording.sentences import document_sentence, trace_sentence
from chalicelib.operations.find_member import FoundMember, find_member
from chalicelib.operations.following import ids_of
from chalicelib.operations.load_order import is_order_name
from chalicelib.storage.documents import document_of
from chalicelib.storage.index_names import customer_orders_partition
from chalicelib.storage.items import Item, Key, key_of
from chalicelib.storage.journal import newest_entries
from chalicelib.storage.key_names import document_key, order_key
from chalicelib.storage.programs import program_of
from chalicelib.storage.table import Query, Start, Table

_READERS: Mapping[str, Callable[[Item | None], Document | None]] = {
    "order": lambda item: document_of(item, OrderDocument),
    "action": lambda item: document_of(item, Action),
    "redemption": lambda item: document_of(item, Redemption),
    "adjustment": lambda item: document_of(item, Adjustment),
    "joining": lambda item: document_of(item, Joining),
    "hold": lambda item: document_of(item, Hold),
    "transfer": lambda item: document_of(item, Transfer),
    "merge": lambda item: document_of(item, Merge),
    "pooling": lambda item: document_of(item, Pooling),
    "progress": lambda item: document_of(item, Progress),
    "badges": lambda item: document_of(item, Badges),
}
KINDS = tuple(_READERS)


class ExplainedDocument(msgspec.Struct, frozen=True):
    """A document with its name, its sentence and the sentences of its trace."""

    name: str
    document: Document
    sentence: str
    trace: tuple[tuple[TraceRow, str], ...]
    program_version: int


class DocumentPage(msgspec.Struct, frozen=True):
    """Documents of a member, newest first."""

    documents: tuple[ExplainedDocument, ...]
    next_start: Start | None


def explain_document(
    table: Table, shop: str, member: str, named: tuple[str, str], now: Instant
) -> ExplainedDocument | Refusal:
    """One document; ``named`` is (its name, the locale of the sentences)."""
    found = find_member(table, shop, member)
    if isinstance(found, Refusal):
        return found
    name, locale = named
    keys = _keys(found, name)
    items = table.load(keys) if keys else {}
    item = next((items[key] for key in keys if key in items), None)
    document = _document(name, item)
    is_theirs = document is not None and document.member in _names(found)
    if document is None or not is_theirs:
        return Refusal(RefusalCode.DOCUMENT_UNKNOWN, f"This member has no document '{name}'.")
    return _explained(table, found, name, (_as_of(document, now), locale))


def list_documents(
    table: Table, shop: str, member: str, page: tuple[int, Start | None], now: Instant
) -> DocumentPage | Refusal:
    """One page of documents: orders without an entry, then what the next entries came from.

    At most one more than asked for, and at most one query of each.
    """
    found = find_member(table, shop, member)
    if isinstance(found, Refusal):
        return found
    limit, start = page
    without, next_start = _without_entries(table, found, page)
    names = dict[str, None]()
    if next_start is None:
        place = None if start is None or _is_of_index(start) else start
        left = max(limit - len(without), 1)
        entries, next_start = newest_entries(table, shop, found.member, left, place)
        names = dict.fromkeys(entry.document for entry in entries)
    known = {key: name for name in names for key in _keys(found, name)}
    items = table.load([*without, *known]) if known or without else {}
    orders = (document_of(items.get(key), OrderDocument) for key in without)
    documents: dict[str, Document | None] = {
        document_name(order): order for order in orders if order and _has_no_entry(order)
    }
    documents |= {name: _document(name, items.get(key)) for key, name in known.items()}
    explained = tuple(
        _explained(table, found, name, (_as_of(document, now), "en"))
        for name, document in documents.items()
        if document is not None
    )
    return DocumentPage(explained, next_start)


def _has_no_entry(order: OrderDocument) -> bool:
    """As the document says; the index that led to it lags behind."""
    return order.terms is None or order.silent


def _as_of(document: Document, now: Instant) -> Document:
    """The document as it stands: time alone ends a code."""
    return as_of(document, now) if isinstance(document, Redemption) else document


def _explained(
    table: Table, found: FoundMember, name: str, spoken: tuple[Document, str]
) -> ExplainedDocument:
    document, locale = spoken
    version = _version(document) or found.shop.settled_version
    names = Names()
    if version:
        program = program_of(table, found.shop.shop_id, version).program
        names = names_of(program, locale)
    rows = document.trace if isinstance(document, OrderDocument | Joining | Action) else ()
    trace = tuple((row, trace_sentence(row, names, locale)) for row in rows)
    return ExplainedDocument(
        name, document, document_sentence(document, names, locale), trace, _version(document)
    )


def _version(document: Document) -> int:
    match document:
        case OrderDocument() | Action():
            return document.terms.program_version if document.terms else 0
        case Redemption() | Joining() | Hold() | Enrolment() | Transfer() | Merge() | Pooling():
            return document.program_version
        case Adjustment():
            return document.entry.program_version if document.entry else 0
        case Erasure() | Settlement() | Progress() | Badges() | Referral():
            return 0


def recorded_at(document: Document) -> Instant:
    """When we first heard of it."""
    return document.requested_at if isinstance(document, Redemption) else document.recorded_at


def _names(found: FoundMember) -> tuple[str, ...]:
    """Every id of the member, the one that was asked for first."""
    return (found.named, *ids_of(found.member, found.account))


def _keys(found: FoundMember, name: str) -> list[Key]:
    """Where the document called ``name`` can be kept, each once; none if nothing is called so."""
    keys = (_key(found.shop.shop_id, member, name) for member in _names(found))
    return list(dict.fromkeys(key for key in keys if key is not None))


def _key(shop: str, member: str, name: str) -> Key | None:
    """Where the document called ``name`` is kept; None if nothing is called like that."""
    kind, _, identity = name.partition(":")
    if kind not in KINDS or not identity:
        return None
    if kind == "order":
        source, _, order_id = identity.partition(":")
        return order_key(shop, source, order_id) if is_order_name(source, order_id) else None
    if kind == "action":
        is_named = is_order_name(*identity.partition(":")[::2])
        return document_key(shop, member, kind, identity) if is_named else None
    if len(identity) > ID_LENGTH_MAX:
        return None
    if kind == "joining" and identity != JOINING_ID:
        return None
    return document_key(shop, member, kind, identity)


def _document(name: str, item: Item | None) -> Document | None:
    reader = _READERS.get(name.partition(":")[0])
    return reader(item) if reader else None


def _without_entries(
    table: Table, found: FoundMember, page: tuple[int, Start | None]
) -> tuple[list[Key], Start | None]:
    """Keys of the next orders of which no entry stands, newest first; none once all were told."""
    limit, start = page
    if start is not None and not _is_of_index(start):
        return [], None
    partition = customer_orders_partition(found.shop.shop_id, found.member)
    query = Query(partition, index="GSI1", limit=limit, start=start, newest_first=True)
    told = table.query(query)
    return [key_of(item) for item in told.items], told.next_start


def _is_of_index(start: Start) -> bool:
    return len(start) > len(("PK", "SK"))
