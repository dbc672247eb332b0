"""Read one member's books so that no write came between, and hold them to every promise.

::

    account ── everything in the partition ── documents of others' partitions ── account again
       r                                                                            r   the same?

A different revision means that somebody wrote meanwhile: read again, a few times; a member who is
written to without pause is counted as ``busy`` and looked at the next night. What is found wrong
is read a second time before it is believed. Reads only.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.audit import member_breaks
from chalicelib.domain.audited import Break, Found, MemberBooks
from chalicelib.domain.decision import Document
from chalicelib.domain.ledger import Entry
from chalicelib.domain.limits import AUDIT_ATTEMPTS_MAX, PAGE_SIZE_MAX
from chalicelib.domain.member import Account, Pool
from chalicelib.domain.member_records import Enrolment, Erasure, Merge, Pooling, Transfer
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.domain.progress import Badges, Progress
from chalicelib.domain.records import Adjustment, Hold, Joining, Redemption
from chalicelib.operations.audit_sides import beside_breaks, with_judging
from chalicelib.storage.documents import document_of, key_of_document
from chalicelib.storage.index_names import journal_partition
from chalicelib.storage.items import REVISION, Item, Key, Value, key_of
from chalicelib.storage.journal import entry_of, whole_journal
from chalicelib.storage.key_names import (
    DOCUMENT_PREFIX,
    ENTRY_PREFIX,
    MARKER_PREFIX,
    account_key,
    entry_key,
    member_partition,
    order_key,
    shop_partition,
)
from chalicelib.storage.markers import MARKER_DOCUMENT
from chalicelib.storage.members import account_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.table import Query, Start, Table

UNREADABLE: Final = (
    InvariantBroken,
    msgspec.MsgspecError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What reading a damaged item raises; anything else is a bug of the audit."""

_KINDS: Final[dict[str, Callable[[Item], Document | None]]] = {
    "action": lambda item: document_of(item, Action),
    "redemption": lambda item: document_of(item, Redemption),
    "adjustment": lambda item: document_of(item, Adjustment),
    "joining": lambda item: document_of(item, Joining),
    "hold": lambda item: document_of(item, Hold),
    "transfer": lambda item: document_of(item, Transfer),
    "merge": lambda item: document_of(item, Merge),
    "erasure": lambda item: document_of(item, Erasure),
    "enrolment": lambda item: document_of(item, Enrolment),
    "pooling": lambda item: document_of(item, Pooling),
    "progress": lambda item: document_of(item, Progress),
    "badges": lambda item: document_of(item, Badges),
    "O": lambda item: document_of(item, OrderDocument),
}
"""Documents, by the start of their key. A new kind gets its row here, its check in ``audit``."""


class AuditedMember(msgspec.Struct, frozen=True):
    """A member's books as they were read, and what is wrong with them."""

    books: MemberBooks
    breaks: tuple[Break, ...] = ()
    is_busy: bool = False  # never stood still: nothing is said of them
    unproven: str = ""  # what a lagging index keeps from being proved

    @property
    def redemptions(self) -> Iterator[Redemption]:
        """Those of their documents that may hold stock."""
        return (each for each in self.books.documents.values() if isinstance(each, Redemption))

    @property
    def own_documents(self) -> Iterator[Document]:
        """Those that lie in their partition; orders do not."""
        documents = self.books.documents.values()
        return (each for each in documents if not isinstance(each, OrderDocument))


def audit_member(table: Table, shop: str, member: str) -> AuditedMember:
    """What is wrong with the member's books; of a damaged item only that it cannot be read."""
    suspected: tuple[Break, ...] | None = None
    for _ in range(AUDIT_ATTEMPTS_MAX):
        audited = _looked_at(table, shop, member)
        if audited is None:
            continue
        if not audited.breaks or audited.breaks == suspected:
            return audited
        suspected = audited.breaks
    # Their past stands still all the same, and the digest wants it.
    entries = whole_journal(table, shop, member)
    return AuditedMember(MemberBooks(shop, member, None, entries), is_busy=True)


def _looked_at(table: Table, shop: str, member: str) -> AuditedMember | None:
    """One look; None where somebody wrote meanwhile."""
    try:
        before = _revisions(table, shop, frozenset({member}))
        audited, vouching = _audited(table, shop, member)
        if vouching != {member}:  # merged: all of them have to stand still
            before = _revisions(table, shop, vouching)
            audited, vouching = _audited(table, shop, member)
        is_still = _revisions(table, shop, vouching) == before
    except UNREADABLE as problem:
        broken = Break("I0", member, "partition", f"cannot be read: {_told(problem)}")
        return AuditedMember(MemberBooks(shop, member, None), (broken,))
    return audited if is_still else None


def _revisions(table: Table, shop: str, members: frozenset[str]) -> dict[Key, Value | None]:
    keys = [account_key(shop, member) for member in sorted(members)]
    return {key: item.get(REVISION) for key, item in table.load(keys).items()}


def _audited(table: Table, shop: str, member: str) -> tuple[AuditedMember, frozenset[str]]:
    """The member with whom was merged into them, and the members whose revisions vouch for it."""
    strays: list[Found] = []
    books = _books(table, shop, member, strays)
    account = books.account
    aliases = account.aliases if account else ()
    into = account.merged_into if account else ""
    merged = tuple(_books(table, shop, alias, []) for alias in aliases)
    knows = not into or member in _aliases(table, shop, into)
    unshared, sharers = _unshared(table, shop, member, account)
    books = msgspec.structs.replace(books, merged=merged, unshared=unshared, is_known_there=knows)
    vouching = frozenset({member, *aliases, into, *sharers} - {""})
    found = (Break(invariant, member, where, detail) for invariant, where, detail in strays)
    beside, unproven = beside_breaks(table, books)
    breaks = (*found, *beside, *member_breaks(with_judging(table, books)))
    return AuditedMember(books, breaks, unproven=unproven), vouching


def _aliases(table: Table, shop: str, member: str) -> tuple[str, ...]:
    key = account_key(shop, member)
    account = account_of(table.load([key]).get(key))
    return account.aliases if account else ()


def _unshared(
    table: Table, shop: str, member: str, account: Account | None
) -> tuple[tuple[str, ...], frozenset[str]]:
    """Who of a pool, or which pool of a member, knows nothing of it; and all that were asked."""
    if account is None:
        return (), frozenset()
    pool = account.pool
    places = pool.places if pool is not None and not pool.dissolved_at else {}
    asked = frozenset({*account.pools.values(), *places})
    items = table.load([account_key(shop, each) for each in sorted(asked)]) if asked else {}
    found = {each: account_of(items.get(account_key(shop, each))) for each in asked}
    strangers = [each for each in sorted(places) if not _names_pool(found[each], pool, member)]
    for unit, name in sorted(account.pools.items()):
        other = found[name]
        shared = other.pool if other else None
        is_in = shared is not None and shared.unit == unit and member in shared.places
        strangers += [] if is_in and shared and not shared.dissolved_at else [name]
    return tuple(strangers), asked


def _names_pool(account: Account | None, pool: Pool | None, name: str) -> bool:
    return bool(account and pool and account.pools.get(pool.unit) == name)


def _books(table: Table, shop: str, member: str, strays: list[Found]) -> MemberBooks:
    """One member's books; what cannot be read or lies elsewhere is added to ``strays``."""
    items = tuple(_partition(table, shop, member))
    books = MemberBooks(shop, member, None)
    entries: list[Entry] = []
    documents: dict[str, Document] = {}
    markers: dict[str, str] = {}
    for item in items:
        sort = str(item["SK"])
        try:
            if sort == "A":
                books = msgspec.structs.replace(books, account=account_of(item))
            elif sort.startswith(ENTRY_PREFIX):
                entries.append(entry_of(item))
                strays += _misplaced_entry(shop, member, item, entries[-1])
            elif sort.startswith(DOCUMENT_PREFIX):
                documents |= _document(item)
            elif sort.startswith(MARKER_PREFIX):
                markers[sort] = str(item[MARKER_DOCUMENT])
        except UNREADABLE as problem:
            strays.append(("I0", sort, f"cannot be read: {_told(problem)}"))
    strays += _misplaced_documents(shop, documents, items)
    named = {*(entry.document for entry in entries), *markers.values()}
    documents |= _orders(table, shop, named, strays)
    owing = frozenset(_may_owe(table, shop, {entry.program_version for entry in entries}))
    return msgspec.structs.replace(
        books, entries=tuple(entries), documents=documents, markers=markers, may_owe=owing
    )


def _partition(table: Table, shop: str, member: str) -> Iterator[Item]:
    start: Start | None = None
    while True:
        page = table.query(
            Query(member_partition(shop, member), limit=PAGE_SIZE_MAX, start=start, consistent=True)
        )
        yield from page.items
        start = page.next_start
        if start is None:
            return


def _document(item: Item) -> dict[str, Document]:
    document = stored_document(item)
    return {} if document is None else {_name_of(document): document}


def stored_document(item: Item) -> Document | None:
    """The document in an item that holds one; of a kind never taught it raises InvariantBroken."""
    name = str(item["SK"]).removeprefix(DOCUMENT_PREFIX)
    kind = _KINDS.get(name.partition(":")[0])
    if kind is None:
        raise InvariantBroken("a document of a kind that the audit was never taught")
    return kind(item)


def _name_of(document: Document) -> str:
    kind = type(document).__name__.lower()
    return "" if isinstance(document, OrderDocument) else f"{kind}:{document.id}"


def _misplaced_entry(shop: str, member: str, item: Item, entry: Entry) -> Iterator[Found]:
    """I2 and I7: an entry stands under its own number, in the journal of its own shop."""
    if key_of(item) != entry_key(shop, member, entry.seq):
        yield "I2", str(item["SK"]), f"holds entry {entry.seq}"
    of_shop = journal_partition(shop, 0, 0).partition("#H#")[0] + "#H#"
    if not str(item.get("GSI2PK", "")).startswith(of_shop):
        yield "I7", str(item["SK"]), "is not in the journal of its shop"


def _misplaced_documents(
    shop: str, documents: dict[str, Document], items: Iterable[Item]
) -> Iterator[Found]:
    keys = {key_of(item) for item in items}
    for name, document in documents.items():
        if key_of_document(shop, document) not in keys:
            yield "I7", name, "lies under a key that is not its own"


def _orders(
    table: Table, shop: str, names: Iterable[str], strays: list[Found]
) -> dict[str, Document]:
    """The orders among ``names`` that are stored."""
    keys: dict[Key, str] = {}
    for name in names:
        kind, _, identity = name.partition(":")
        source, _, order_id = identity.partition(":")
        if kind == "order" and source and order_id:
            keys[order_key(shop, source, order_id)] = name
    found: dict[str, Document] = {}
    for key, item in (table.load(list(keys)) if keys else {}).items():
        try:
            document = document_of(item, OrderDocument)
        except UNREADABLE as problem:
            strays.append(("I0", keys[key], f"cannot be read: {_told(problem)}"))
        else:
            found |= {keys[key]: document} if document else {}
    return found


def _may_owe(table: Table, shop: str, versions: set[int]) -> Iterator[str]:
    """Units that one of the versions lets go below nothing."""
    for version in versions - {0}:
        units = program_of(table, shop, version).program.units
        yield from (unit for unit, rules in units.items() if rules.negative == "allow")


def _told(problem: Exception) -> str:  # the kind alone: its words may quote what is stored
    return type(problem).__name__


def is_member_partition(parts: tuple[str, ...]) -> bool:
    """Whether a partition, in parts, is a member's."""
    return len(parts) == len(("S", "shop", "M", "member")) and parts[::2] == ("S", "M")


def shop_of(parts: tuple[str, ...]) -> str:
    """The shop of a partition, in parts; "" for what is of no shop."""
    is_of_shop = len(parts) > 1 and parts[0] == "S" and bool(parts[1])
    return parts[1] if is_of_shop and shop_partition(parts[1]) else ""
