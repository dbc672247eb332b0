"""Hold what lies outside the members' partitions to its promises: orders, and codes.

An order adds up, and its member's journal names it. A code leads to the redemption that has it.
Whether the sums agree is looked at with the member (``audit_member``); what is left to find here
is an order that nobody's journal knows. The names in a journal are kept for the members seen last,
so that a member of many orders is read once; what is found wrong is read anew before it is
believed.
"""

from collections import OrderedDict
from threading import Lock

import msgspec

from chalicelib.domain.audit_across import order_breaks
from chalicelib.domain.audited import Break
from chalicelib.domain.limits import AUDIT_ATTEMPTS_MAX, AUDIT_JOURNALS_CACHED_MAX
from chalicelib.domain.orders import OrderDocument, document_name
from chalicelib.domain.records import Redemption, RedemptionStatus
from chalicelib.operations.audit_member import UNREADABLE
from chalicelib.operations.audit_sides import side_breaks
from chalicelib.storage.codes import code_owner_of, is_led
from chalicelib.storage.documents import document_of, key_of_document
from chalicelib.storage.items import REVISION, Item, Key, key_of
from chalicelib.storage.journal import whole_journal
from chalicelib.storage.key_names import account_key, code_key, document_key
from chalicelib.storage.members import account_of
from chalicelib.storage.table import Table


class Journals:
    """The orders that the journals of some members name. Safe to share between threads."""

    def __init__(self) -> None:
        """Nobody's yet."""
        self._known: OrderedDict[tuple[str, str], frozenset[str]] = OrderedDict()
        self._lock = Lock()

    def known(self, shop: str, member: str) -> frozenset[str]:
        """What was read of the member's journal some time during this audit."""
        with self._lock:
            found = self._known.get((shop, member), frozenset())
            if found:
                self._known.move_to_end((shop, member))
            return found

    def read(self, table: Table, shop: str, member: str) -> frozenset[str]:
        """The orders that the journal names now."""
        journal = whole_journal(table, shop, member)
        names = frozenset(e.document for e in journal if e.document.startswith("order:"))
        with self._lock:
            self._known[shop, member] = names
            while len(self._known) > AUDIT_JOURNALS_CACHED_MAX:
                self._known.popitem(last=False)
        return names


class AuditedOrder(msgspec.Struct, frozen=True):
    """An order as it was read, None for one that is gone or unreadable, and what is wrong."""

    breaks: tuple[Break, ...] = ()
    order: OrderDocument | None = None


def audit_order(table: Table, shop: str, key: Key, journals: Journals) -> AuditedOrder | None:
    """What is wrong with the order stored under ``key``; None where it never stood still."""
    for _ in range(AUDIT_ATTEMPTS_MAX):
        try:
            before = table.load([key]).get(key)
            order = document_of(before, OrderDocument)
            breaks = () if before is None else _breaks(table, shop, (before, order), journals)
            after = table.load([key]).get(key) if breaks else before
        except UNREADABLE as problem:
            detail = f"cannot be read: {type(problem).__name__}"
            return AuditedOrder((Break("I0", "", " ".join(key), detail),))
        if not breaks or (after or {}).get(REVISION) == (before or {}).get(REVISION):
            return AuditedOrder(breaks, order)
    return None


def _breaks(
    table: Table, shop: str, read: tuple[Item, OrderDocument | None], journals: Journals
) -> tuple[Break, ...]:
    item, order = read
    if order is None or key_of_document(shop, order) != key_of(item):
        return (Break("I7", "", str(item["PK"]), "lies under a key that is not its own"),)
    sides = side_breaks(table, shop, order)
    if document_name(order) in journals.known(shop, order.member):
        return (*order_breaks(order, named=True), *sides)
    return (*order_breaks(order, _is_named(table, shop, order, journals)), *sides)


def _is_named(table: Table, shop: str, order: OrderDocument, journals: Journals) -> bool | None:
    """Whether the member's journal names the order; None without such a member."""
    if not any(order.net.values()):
        return True  # it moved nothing that stands, so nothing need name it
    account = account_of(_found(table, account_key(shop, order.member))) if order.member else None
    if account is None:
        return None
    into = account.merged_into
    kept = account_of(_found(table, account_key(shop, into))) if into else account
    family = (into or order.member, *(kept.aliases if kept else ()), order.member)
    name = document_name(order)
    return any(name in journals.read(table, shop, member) for member in dict.fromkeys(family))


def _found(table: Table, key: Key) -> Item | None:
    return table.load([key]).get(key)


def audit_code(table: Table, shop: str, key: Key) -> tuple[Break, ...]:
    """What is wrong with the code stored under ``key``: written after its redemption."""
    try:
        item = table.load([key]).get(key)
        if item is None:
            return ()
        if not is_led(item):
            return ()  # it remembers orders until its redemption writes it
        owner = code_owner_of(item)
        found = document_key(shop, owner.member, "redemption", owner.redemption)
        redemption = document_of(table.load([found]).get(found), Redemption)
    except UNREADABLE as problem:
        return (Break("I0", "", key[0], f"cannot be read: {type(problem).__name__}"),)
    if redemption is not None and redemption.status is RedemptionStatus.FAILED:
        return ()  # it was written before the reward that could not be issued, which has none
    if redemption is None or code_key(shop, redemption.code) != key:
        return (Break("I7", owner.member, key[0], "leads to no redemption of this code"),)
    return side_breaks(table, shop, redemption) if redemption.partners else ()
