"""The checks of the audit that span members: orders, stock, and history against last night's.

The digest is a sum, so that segments and resumed runs add up in any order to one figure: each
member's (number and hash of the last entry recorded before ``as_of``) goes through SHAKE-256 to a
number of 4,096 bits, the numbers are added modulo 2^4096, and the SHA-256 of the sum is published.
Entries never change and ``as_of`` lies behind every commit under way, so anybody with the journals
gets the same figure at any later time; whoever rewrites a journal, even with all its hashes, does
not. (A plain hash over members in order could be neither resumed nor made in parallel.)
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Final

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.audited import DIGEST_BYTES, NO_SUM, Break, Stock
from chalicelib.domain.budgets import spent_by
from chalicelib.domain.decision import Document
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import Entry
from chalicelib.domain.orders import OrderDocument, document_name
from chalicelib.domain.progress import Progress, units_of
from chalicelib.domain.records import Joining, Redemption, RedemptionStatus

_GIVEN_BACK: Final = frozenset({RedemptionStatus.UNDONE})
_MODULUS: Final = 1 << (8 * DIGEST_BYTES)
_PRINT_MODULUS: Final = 1 << 62  # of fingerprints, which are stored as numbers


def member_sum(shop: str, member: str, entries: Iterable[Entry], as_of: Instant) -> bytes:
    """The member's part of the digest: of the entries up to the first one not before ``as_of``."""
    last: Entry | None = None
    for entry in entries:
        if entry.recorded_at >= as_of:
            break
        last = entry
    if last is None:
        return NO_SUM
    told = f"laurel:audit:1:{shop}:{member}:{last.seq}:{last.hash}"
    return hashlib.shake_256(told.encode()).digest(DIGEST_BYTES)


def added(first: bytes, second: bytes) -> bytes:
    """The sum of two parts of a digest."""
    if second == NO_SUM:
        return first
    total = int.from_bytes(first, "big") + int.from_bytes(second, "big")
    return (total % _MODULUS).to_bytes(DIGEST_BYTES, "big")


def published(total: bytes) -> str:
    """The digest, hex."""
    return hashlib.sha256(total).hexdigest()


def order_breaks(order: OrderDocument, named: bool | None) -> tuple[Break, ...]:  # noqa: FBT001 - a fact, not a switch
    """I5 of one order, and I4 from its side.

    ``named`` is whether its member's journal names it; None where there is no such member. The
    sums themselves are checked with the member (``audit``).
    """
    breaks: list[Break] = []
    name = document_name(order)
    target = Counter[str]()
    for share in order.posted:
        target[share.unit] += share.points
    for unit in sorted({*order.net, *target, *order.forgiven, *order.lapsed}):
        net, kept = order.net.get(unit, 0), order.forgiven.get(unit, 0) + order.lapsed.get(unit, 0)
        if order.terms is not None and net != target[unit] + kept:
            detail = f"net {net} of {unit}, not {target[unit]} and {kept} forgiven or lapsed"
            breaks.append(Break("I5", order.member, name, detail))
    if any(order.net.values()) and not named:
        why = "whose journal does not name it" if named is False else "who does not exist here"
        breaks.append(Break("I4" if named is False else "I7", order.member, name, f"is of {why}"))
    return tuple(breaks)


class Taken(msgspec.Struct, frozen=True):
    """Redemptions that hold a piece of stock: how many, and which, as a fingerprint."""

    count: int = 0
    fingerprint: int = 0

    def plus(self, other: "Taken") -> "Taken":
        """Both together."""
        total = (self.fingerprint + other.fingerprint) % _PRINT_MODULUS
        return Taken(self.count + other.count, total)


def taken_of(redemptions: Iterable[Redemption]) -> dict[str, Taken]:
    """By reward, what these redemptions hold of its stock."""
    found: dict[str, Taken] = {}
    for redemption in redemptions:
        if redemption.stock_shard is None or redemption.status in _GIVEN_BACK:
            continue
        told = f"{redemption.member}:{redemption.id}"
        print_ = int.from_bytes(hashlib.sha256(told.encode()).digest()[:8], "big")
        one = Taken(1, print_ % _PRINT_MODULUS)
        found[redemption.reward_id] = found.get(redemption.reward_id, Taken()).plus(one)
    return found


def gifts_of(documents: Iterable[Document]) -> dict[str, Taken]:
    """By cause, what these documents gave to it and did not take back."""
    found: dict[str, Taken] = {}
    for document in documents:
        for cause, units in _gifts(document):
            told = f"{document.member}:{document_print(document)}:{cause}:{units}"
            print_ = int.from_bytes(hashlib.sha256(told.encode()).digest()[:8], "big")
            one = Taken(units, print_ % _PRINT_MODULUS)
            found[cause] = found.get(cause, Taken()).plus(one)
    return found


def budgets_spent(documents: Iterable[Document]) -> dict[str, Taken]:
    """By budget, what these documents hold of it."""
    found: dict[str, Taken] = {}
    for document in documents:
        for name, amount in spent_by((document,)):
            told = f"{document.member}:{document_print(document)}:{name}:{amount}"
            print_ = int.from_bytes(hashlib.sha256(told.encode()).digest()[:8], "big")
            one = Taken(amount, print_ % _PRINT_MODULUS)
            found[name] = found.get(name, Taken()).plus(one)
    return found


def _gifts(document: Document) -> Iterable[tuple[str, int]]:
    match document:
        case Redemption():
            is_given = bool(document.cause) and document.status not in _GIVEN_BACK
            return ((document.cause, document.given),) if is_given else ()
        case OrderDocument() | Joining() | Action():
            return units_of(document.grants).items()
        case Progress():  # what stands on documents of merged members is counted there
            return (
                *units_of(document.grants).items(),
                *((cause, -units) for cause, units in document.carried_units.items()),
            )
        case _:
            return ()


def document_print(document: Document) -> str:
    """What tells one document from another."""
    return document_name(document) if isinstance(document, OrderDocument) else document.id


def stock_detail(stock: Stock, taken: int) -> str:
    """What is wrong with a stock of which ``taken`` pieces are out (I9); "" if nothing is.

    A total that was lowered below what was sold leaves nothing, and that is no break.
    """
    left = sum(stock.left)
    if min(stock.left, default=0) < 0:
        return f"a shard holds {min(stock.left)}"
    if stock.total is None or left + taken == stock.total or (not left and taken > stock.total):
        return ""
    return f"of {stock.total} pieces {left} are left and {taken} are out"


def history_break(as_of_text: str, before: str, now: str) -> tuple[Break, ...]:
    """I2 over time: the journals as they were then must be what they were found to be then."""
    if before == now:
        return ()
    detail = f"digest was {before[:16]}..., the same entries now make {now[:16]}..."
    return (Break("I2", "", f"all journals up to {as_of_text}", detail),)
