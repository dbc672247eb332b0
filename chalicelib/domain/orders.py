"""Orders as states: every delivery adds to what is known, in any order, any number of times.

``merged`` keeps the newest full state and every refund ever heard of; ``refunds_of`` says what came
back, ``order_remains`` what is left. All are functions of the SET of deliveries, so duplicates and
reordering change nothing. No points here: ``awards.py`` posts the difference between what the order
should have earned and what stands.

An order that is paid in parts earns when it is paid in full, once and whole. Raised afterwards, so
that a part is due again, it keeps what it earned as it stood when it was last paid in full: so
beside a newest state that is partly paid the newest other one is kept.

::

    delivery             newest state      refunds
    full, newer          replaced          the old list is gathered
    full, older          kept              its list is gathered
    full, same version   greater content   as above, and the order is marked for re-reading
    refund alone         kept              gathered
"""

import hashlib
from collections.abc import Container, Iterable
from typing import Final, TypeGuard, assert_never

import msgspec

from chalicelib.domain.events import (
    NO_SIGNS,
    OrderDeleted,
    OrderMarked,
    OrderRefunded,
    OrderState,
    OrderStatus,
    OrderUpserted,
    Refund,
)
from chalicelib.domain.granting import Granted
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import Entry
from chalicelib.domain.lots import Touched
from chalicelib.domain.partners import PartnerLine
from chalicelib.domain.program.occasion import Bought, Drawn, Share, Terms, TraceRow

_PAID: Final = frozenset({OrderStatus.PAID, OrderStatus.PARTIALLY_REFUNDED})
_UNPAID: Final = frozenset({OrderStatus.OPEN, OrderStatus.PARTIALLY_PAID})


class OrderDocument(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={
        "source": "src",
        "order_id": "id",
        "revision": "r",
        "state": "s",
        "settled": "sd",
        "gathered": "ga",
        "marked": "mk",
        "deleted": "del",
        "member": "m",
        "holder_version": "mv",
        "guest": "gh",
        "reason": "why",
        "terms": "t",
        "posted": "p",
        "qualifying": "y",
        "used": "us",
        "once": "on",
        "net": "n",
        "forgiven": "f",
        "lapsed": "lp",
        "left": "lf",
        "referred": "rf",
        "credited": "c",
        "grants": "g",
        "budgets": "bg",
        "campaigns": "cp",
        "progress": "pg",
        "trace": "tr",
        "drawn": "dr",
        "memberships": "ms",
        "partners": "pa",
        "counted": "ct",
        "bought": "bo",
        "wanted": "w",
        "earned_at": "ea",
        "ripens_at": "ri",
        "silent": "sl",
        "recorded_at": "at",
    },
):
    """All that is known of one order, and what the books hold for it."""

    source: str
    order_id: str
    revision: int = 0  # of the document
    state: OrderState | None = None  # newest known, without personal data
    settled: OrderState | None = None  # newest of another status, where that is partly paid
    gathered: tuple[Refund, ...] = ()  # refunds heard of beyond the newest state's list
    marked: bool = False  # the platform should be asked again
    deleted: bool = False  # the shop deleted its record; what was earned stays
    member: str = ""  # id of the member whose order it is
    holder_version: Instant = 0  # version of the state that named the member
    guest: str = ""  # keyed hash of a guest's e-mail
    reason: str = ""  # why it earns nothing now
    terms: Terms | None = None  # fixed at the first award
    posted: tuple[Share, ...] = ()  # the target that the books hold
    qualifying: dict[str, int] = {}  # posted, by tier group
    used: dict[str, int] = {}  # posted, by cap
    wanted: dict[str, int] = {}  # the most that was ever asked of each cap
    counted: bool = False  # it stands in the member's order count
    bought: int = 0  # minor units of it that the member's months count
    once: tuple[str, ...] = ()  # once-rules whose markers this document holds
    net: dict[str, int] = {}  # sum of its entries, by unit
    forgiven: dict[str, int] = {}  # could not be taken back; never asked again
    lapsed: dict[str, int] = {}  # reversed from points that had lapsed already
    left: dict[str, dict[str, tuple[int, int]]] = {}  # see ``moved_orders``
    referred: tuple[str, ...] = ()  # referrals of members whose order it was before
    credited: dict[str, tuple[Touched, ...]] = {}  # lots it credited and has not reversed
    grants: tuple[Granted, ...] = ()  # what stands of all that it ever granted
    budgets: dict[str, int] = {}  # spent, by name
    campaigns: dict[str, dict[str, int]] = {}  # points of each unit that they added
    progress: dict[str, dict[str, int]] = {}  # by challenge: what it contributes, by value
    trace: tuple[TraceRow, ...] = ()
    partners: tuple[PartnerLine, ...] = ()  # what it did to accounts of partners, by month
    memberships: dict[str, Bought] = {}  # paid ones that it bought
    drawn: Drawn | None = None  # what chance said, at the first award
    earned_at: Instant = 0  # when it was paid, as of the first award: dates its points
    ripens_at: Instant = 0  # from then on a rule that waits counts it too; 0: none does
    silent: bool = False  # it counts, and no entry of its member's journal names it
    recorded_at: Instant = 0  # first heard of


def merged(
    document: OrderDocument, event: OrderUpserted | OrderRefunded | OrderDeleted | OrderMarked
) -> OrderDocument:
    """What is known after ``event``. Idempotent; the order of events does not matter."""
    match event:
        case OrderUpserted():
            return _with_state(document, impersonal(event.order))
        case OrderRefunded():
            return _with_heard(document, (*_heard(document), event.refund))
        case OrderDeleted():
            return msgspec.structs.replace(document, deleted=True)
        case OrderMarked():
            return msgspec.structs.replace(document, marked=True)
        case _ as unknown:
            assert_never(unknown)


def earning_state(document: OrderDocument) -> OrderState | None:
    """The state that an order earns by: the newest, or the paid one before a raise is paid."""
    settled = document.settled
    return settled if settled is not None and settled.status in _PAID else document.state


def was_paid(document: OrderDocument) -> bool:
    """Whether it is known that the order was paid in full, whatever became of it since."""
    state = earning_state(document)
    return state is not None and state.paid_at is not None and state.status not in _UNPAID


def refunds_of(document: OrderDocument) -> tuple[Refund, ...]:
    """Every refund that counts.

    A complete list of the newest state says all up to its version; refunds sent alone at or after
    that version come on top; of a refund told twice the list's own copy counts, unless only the
    other one has lines. Without a complete list every refund ever heard of counts.
    """
    state = document.state
    if state is None:
        return document.gathered
    if not state.refunds_complete:
        return _union(state.refunds, document.gathered)
    listed = {refund.id for refund in state.refunds}
    lined = {refund.id: refund for refund in document.gathered if refund.lines}
    own = (refund if refund.lines else lined.get(refund.id, refund) for refund in state.refunds)
    later = (r for r in document.gathered if r.id not in listed and r.at >= state.version)
    return _union(own, later)


def refusal_reason(state: OrderState | None, currencies: Container[str]) -> str:
    """Why an order in this state earns nothing, as a code; "" when it may earn.

    ``currencies`` are the program's own and those that it has a rate for.
    """
    if state is None:
        return "order_unknown"
    if state.test:
        return "test_order"
    if state.status is OrderStatus.CANCELLED:
        return "order_cancelled"
    if state.status is OrderStatus.PARTIALLY_PAID:
        return "order_partly_paid"
    if state.status is OrderStatus.OPEN or state.paid_at is None:
        return "order_unpaid"
    if state.currency not in currencies:
        return "other_currency"
    return ""


def document_name(document: OrderDocument) -> str:
    """How entries and markers name the order's document."""
    return f"order:{document.source}:{document.order_id}"


def with_silence(
    document: OrderDocument, before: OrderDocument, entries: Iterable[Entry]
) -> OrderDocument:
    """``document`` saying whether it counts without an entry, now that ``entries`` are written."""
    is_named = any(entry.document == document_name(document) for entry in entries)
    was_silent = before.terms is None or before.silent
    return msgspec.structs.replace(document, silent=was_silent and not is_named)


def content_hash(state: OrderState) -> str:
    """Sixteen hex digits that two different states of one version do not share."""
    return hashlib.sha256(msgspec.json.encode(state)).hexdigest()[:16]


def _with_state(document: OrderDocument, state: OrderState) -> OrderDocument:
    known, heard = document.state, (*_heard(document), *state.refunds)
    if known is None:
        return _with_heard(msgspec.structs.replace(document, state=state), heard)
    rank, known_rank = _rank(state), _rank(known)
    marked = document.marked or (state.version == known.version and rank != known_rank)
    newest = state if rank > known_rank else known
    others = [each for each in (document.settled, known, state) if _is_settled(each)]
    is_partly_paid = newest.status is OrderStatus.PARTIALLY_PAID
    document = msgspec.structs.replace(
        document,
        state=newest,
        settled=max(others, key=_rank, default=None) if is_partly_paid else None,
        marked=marked,
    )
    return _with_heard(document, heard)


def _rank(state: OrderState) -> tuple[Instant, str]:
    """Of two states the greater one counts."""
    return state.version, content_hash(state)


def _is_settled(state: OrderState | None) -> TypeGuard[OrderState]:
    return state is not None and state.status is not OrderStatus.PARTIALLY_PAID


def _heard(document: OrderDocument) -> tuple[Refund, ...]:
    """Every refund ever heard of, in lists and alone: what newer states do not list is gathered."""
    return (*document.gathered, *(document.state.refunds if document.state else ()))


def _with_heard(document: OrderDocument, heard: Iterable[Refund]) -> OrderDocument:
    """``document`` with those of ``heard`` gathered that its state does not tell in those words."""
    told = {refund.id: refund for refund in document.state.refunds} if document.state else {}
    extra = tuple(refund for refund in _union(heard, ()) if told.get(refund.id) != refund)
    return msgspec.structs.replace(document, gathered=extra)


def _union(first: Iterable[Refund], second: Iterable[Refund]) -> tuple[Refund, ...]:
    """Refunds by id: lines beat an amount, then the greater content wins; sorted by id."""
    by_id: dict[str, Refund] = {}
    for refund in (*first, *second):
        other = by_id.get(refund.id)
        if other is None or _refund_rank(refund) > _refund_rank(other):
            by_id[refund.id] = refund
    return tuple(by_id[refund_id] for refund_id in sorted(by_id))


def _refund_rank(refund: Refund) -> tuple[bool, bytes]:
    return bool(refund.lines), msgspec.json.encode(refund)


def impersonal(state: OrderState) -> OrderState:
    """The state without its customer: who bought is the document's ``member`` or ``guest``."""
    return msgspec.structs.replace(state, customer=None, guest_email="", signs=NO_SIGNS)
