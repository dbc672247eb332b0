"""The audit's checks of documents: each is stored, and did what it says, once (I4, I6).

``EFFECTS`` has a row for every kind of document; a new kind gets its own there. Merged members are
looked at together, with the one that stays: a document stays where it was, and what it does later
is booked there.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from chalicelib.domain.actions import Action
from chalicelib.domain.audit_challenges import challenge_breaks, progress_effect
from chalicelib.domain.audit_codes import code_breaks
from chalicelib.domain.audit_given import given_breaks
from chalicelib.domain.audited import Found, MemberBooks
from chalicelib.domain.decision import Document
from chalicelib.domain.ledger import Entry, EntryKind
from chalicelib.domain.member import Account
from chalicelib.domain.member_records import Merge, Pooling, Transfer
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.progress import Progress
from chalicelib.domain.records import (
    Adjustment,
    Hold,
    Joining,
    Redemption,
    RedemptionStatus,
)

WITHOUT_DOCUMENT: Final = frozenset({"expiry", "standing"})
"""Kinds of sources that are no document: the lot, or the standing, itself says why."""


def document_breaks(books: MemberBooks) -> Iterator[Found]:
    """Every entry's document exists, and what it says is what its entries did."""
    account = books.account or Account(revision=0)
    if account.merged_into:
        if not books.is_known_there:
            yield "I7", "account", f"was merged into {account.merged_into}, which does not know it"
        return
    entries = _by_document(books)
    orders = {name: order for each in books.family for name, order in _orders_of(each).items()}
    yield from _missing(entries, orders)
    for name, order in orders.items():
        yield from _order_effect(books, name, order, entries.get(("", name), []))
    yield from challenge_breaks(books)
    for each in books.family:
        for name, document in each.documents.items():
            check = EFFECTS.get(type(document))
            if check is not None:
                yield from check(name, document, entries.get((each.member, name), []))
        yield from code_breaks(books, each, entries)
        for marker in each.markers.keys() - _won(each):
            yield "I4", marker, f"was won by {each.markers[marker]}, which is not stored"
    yield from given_breaks(books)


def _missing(
    entries: dict[tuple[str, str], list[Entry]], orders: dict[str, OrderDocument]
) -> Iterator[Found]:
    for (owner, name), named in entries.items():
        kind = name.partition(":")[0]
        if owner or kind in WITHOUT_DOCUMENT or name in orders:
            continue
        yield "I4", name, f"entry {named[0].seq} names it, and it is not stored"


def _won(books: MemberBooks) -> set[str]:
    """Markers whose document is stored."""
    return {marker for marker, name in books.markers.items() if name in books.documents}


def _orders_of(books: MemberBooks) -> dict[str, OrderDocument]:
    return {name: each for name, each in books.documents.items() if isinstance(each, OrderDocument)}


def _by_document(books: MemberBooks) -> dict[tuple[str, str], list[Entry]]:
    """Entries of all journals by (whose document, its name); "" for orders, and for nobody's."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for own in books.family:
        for entry in own.entries:
            owner = ""
            if not entry.document.startswith("order:"):
                holders = (
                    each for each in (own, *books.family) if entry.document in each.documents
                )
                owner = next((each.member for each in holders), "")
            found.setdefault((owner, entry.document), []).append(entry)
    return found


def _net(entries: list[Entry]) -> Counter[str]:
    net = Counter[str]()
    for entry in entries:
        net[entry.unit] += entry.points
    return net


def _adjustment_effect(name: str, document: Adjustment, entries: list[Entry]) -> Iterator[Found]:
    net = _net(entries)
    is_as_asked = net[document.unit] == document.points or document.kind not in ("points", "import")
    if [document.entry] != entries or not is_as_asked:
        yield "I4", name, f"moves {document.points}, its entries {dict(net)}"


def _action_effect(name: str, document: Action, entries: list[Entry]) -> Iterator[Found]:
    """Its entries are what it says, which is its target and what could not be taken back (I5)."""
    net, gave = _net(entries), Counter[str]()
    for share in document.posted:
        gave[share.unit] += share.points
    for unit in sorted({*net, *document.net, *gave} - {""}):
        said = document.net.get(unit, 0)
        left = gave[unit] + document.forgiven.get(unit, 0) + document.lapsed.get(unit, 0)
        if net[unit] != said or said != left:
            yield "I4", name, f"says {said} of {unit}, should be {left}, entries {net[unit]}"


def _joining_effect(name: str, document: Joining, entries: list[Entry]) -> Iterator[Found]:
    net, gave = _net(entries), Counter[str]()
    for share in document.posted:
        gave[share.unit] += share.points
    was_merged = any(entry.kind is EntryKind.REVERSE for entry in entries)  # some may be kept
    for unit in sorted({*net, *gave}):
        if net[unit] < gave[unit] or (net[unit] > gave[unit] and not was_merged):
            yield "I4", name, f"gave {gave[unit]} of {unit}, its entries sum {net[unit]}"


def _hold_effect(name: str, document: Hold, entries: list[Entry]) -> Iterator[Found]:
    taken = sum(entry.points for entry in entries if entry.kind is EntryKind.REDEEM)
    if not 0 <= document.captured <= document.points or -taken != document.captured:
        detail = f"holds {document.points}, captured {document.captured}, entries took {-taken}"
        yield "I4", name, detail


def _transfer_effect(name: str, document: Transfer, entries: list[Entry]) -> Iterator[Found]:
    """Each side has a copy: the giver's took the points, the receiver's gave them."""
    should = -document.points if document.member == document.giver else document.points
    if _net(entries) != Counter({document.unit: should}):
        yield "I4", name, f"moved {should}, its entries {dict(_net(entries))}"


def _pooling_effect(name: str, document: Pooling, entries: list[Entry]) -> Iterator[Found]:
    """What left the member came into the pool, or back, and every entry says whose it was."""
    should = document.points if document.member == document.pool else -document.points
    if _net(entries) != Counter({document.unit: should} if should else {}):
        yield "I4", name, f"moved {should}, its entries {dict(_net(entries))}"
    for entry in entries:
        told = [reason.parameters.get("member") for reason in entry.explanation]
        if told != [document.who]:
            yield "I4", name, f"entry {entry.seq} does not name the member"


def _merge_effect(name: str, document: Merge, entries: list[Entry]) -> Iterator[Found]:
    """What left the one journal came into the other."""
    for kind, sign in ((EntryKind.MERGE_IN, 1), (EntryKind.MERGE_OUT, -1)):
        net = _net([entry for entry in entries if entry.kind is kind])
        for unit in sorted({*net, *document.points} - {""}):
            if net[unit] != sign * document.points.get(unit, 0):
                yield "I4", name, f"{kind} of {unit} is {net[unit]}, it says {document.points}"


def _order_effect(
    books: MemberBooks, name: str, document: OrderDocument, entries: list[Entry]
) -> Iterator[Found]:
    """What the order says of its member is their entries; of one it left, what they keep."""
    net = _net(entries)
    for unit in sorted({*net, *document.net} - {""}):
        names = {each.member for each in books.family}
        said = document.net.get(unit, 0) if document.member in names else 0
        said += sum(sum(document.left.get(each, {}).get(unit, ())) for each in names)
        if net[unit] != said:
            yield "I4", name, f"says {said} of {unit}, its entries sum {net[unit]}"


def _redemption_effect(name: str, document: Redemption, entries: list[Entry]) -> Iterator[Found]:
    spending = EntryKind.DONATE if document.cause else EntryKind.REDEEM
    taken = [entry for entry in entries if entry.kind is spending]
    if len(taken) != int(document.cost > 0):
        yield "I4", name, f"was taken {len(taken)} times"
    net = sum(entry.points for entry in entries if entry.unit == document.unit)
    paid = sum(part.points for part in document.touched)
    if not 0 <= document.returned <= document.cost - document.leaked or paid != document.cost:
        detail = f"cost {document.cost}, lots paid {paid}, {document.returned} came back"
        yield "I6", name, detail
    returned = document.returned + document.leaked
    is_unused = document.status is RedemptionStatus.READY and document.on_expiry == "return"
    if is_unused and any(entry.kind is EntryKind.RETURN for entry in entries):
        returned = document.cost  # its time was over: the document is not written for that
    if net != returned - document.cost:
        detail = f"cost {document.cost} and gave back {returned}, entries sum {net}"
        yield "I6", name, detail


EFFECTS: Final[Mapping[type[Document], Callable[[str, Any, list[Entry]], Iterator[Found]]]] = {
    Action: _action_effect,
    Redemption: _redemption_effect,
    Adjustment: _adjustment_effect,
    Joining: _joining_effect,
    Hold: _hold_effect,
    Transfer: _transfer_effect,
    Merge: _merge_effect,
    Pooling: _pooling_effect,
    Progress: progress_effect,
}
"""What a document of each kind must have done. A new kind gets its row here."""
