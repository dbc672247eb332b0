"""Documents of a member, and why each moved what it moved, in plain words.

A document is named ``<kind>:<id>``: ``order:main:1001``, ``redemption:<id>``,
``adjustment:<id>``, ``joining:member``. The list walks the journal, newest first, and adds the
orders that moved nothing yet in front of its first page.
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
from chalicelib.domain.orders import OrderDocument
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
    """One page of documents: those that the next ``limit`` entries came from."""
    found = find_member(table, shop, member)
    if isinstance(found, Refusal):
        return found
    limit, start = page
    entries, next_start = newest_entries(table, shop, found.member, limit, start)
    names = dict.fromkeys(entry.document for entry in entries)
    known = {key: name for name in names for key in _keys(found, name)}
    waiting = [] if start else _waiting(table, shop, found.member)
    items = table.load([*known, *waiting]) if known or waiting else {}
    named = [(_order_name(items[key]), items[key]) for key in waiting if key in items]
    named += [(name, items[key]) for key, name in known.items() if key in items]
    documents = [(name, _document(name, item)) for name, item in named]
    explained = tuple(
        _explained(table, found, name, (_as_of(document, now), "en"))
        for name, document in documents
        if document is not None
    )
    return DocumentPage(explained, next_start)


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


def _order_name(item: Item) -> str:
    document = document_of(item, OrderDocument)
    return f"order:{document.source}:{document.order_id}" if document else "order"


def _waiting(table: Table, shop: str, member: str) -> list[Key]:
    """Keys of this member's orders that moved nothing yet, newest first."""
    page = table.query(
        Query(customer_orders_partition(shop, member), index="GSI1", newest_first=True)
    )
    return [key_of(item) for item in page.items]
