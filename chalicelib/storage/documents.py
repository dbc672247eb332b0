"""Source documents as items: JSON in one packed attribute, the revision beside it.

A document is written whole and read whole, so it has no native fields but its key, its revision
and an index row: of orders without an entry, by which joining and staff find them, and of rewards
that wait for staff.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.decision import Document
from chalicelib.domain.member_records import (
    Enrolment,
    Erasure,
    Merge,
    Pooling,
    Settlement,
    Transfer,
)
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import ensure
from chalicelib.domain.progress import Badges, Progress
from chalicelib.domain.records import Adjustment, Hold, Joining, Redemption, RedemptionStatus
from chalicelib.domain.referrals import Referral, ReferralState
from chalicelib.storage.codec import pack, unpack
from chalicelib.storage.index_names import (
    board_row,
    customer_order_row,
    flagged_referral_row,
    guest_order_row,
    open_redemption_row,
    ordered_referral_row,
    ripe_row,
    silent_order_row,
)
from chalicelib.storage.items import Item, Key
from chalicelib.storage.key_names import (
    document_key,
    order_key,
    pair,
    referral_friend_key,
    settlement_key,
)

D = TypeVar(
    "D",
    OrderDocument,
    Action,
    Redemption,
    Adjustment,
    Joining,
    Hold,
    Transfer,
    Merge,
    Erasure,
    Enrolment,
    Pooling,
    Settlement,
    Progress,
    Badges,
    Referral,
)

BODY: Final = "b"


_KINDS: Final[Mapping[type, str]] = {
    Action: "action",
    Redemption: "redemption",
    Adjustment: "adjustment",
    Joining: "joining",
    Hold: "hold",
    Transfer: "transfer",
    Merge: "merge",
    Erasure: "erasure",
    Enrolment: "enrolment",
    Pooling: "pooling",
    Progress: "progress",
    Badges: "badges",
}
"""What documents of a member are called in keys."""


def key_of_document(shop: str, document: Document) -> Key:
    """Where a document is kept."""
    if isinstance(document, OrderDocument):
        return order_key(shop, document.source, document.order_id)
    if isinstance(document, Settlement):
        return settlement_key(shop, document.cause, document.id)
    if isinstance(document, Referral):
        return referral_friend_key(shop, document.code, document.friend)
    return document_key(shop, document.member, _KINDS[type(document)], document.id)


def document_item(shop: str, document: Document) -> Item:
    """The document as it is stored."""
    partition, sort = key_of_document(shop, document)
    item: Item = {
        "PK": partition,
        "SK": sort,
        "r": document.revision,
        BODY: pack(msgspec.json.encode(document)),
    }
    if isinstance(document, OrderDocument):
        item.update(_waiting_row(shop, document))
    if isinstance(document, Progress) and document.score and not document.rank:
        scored = (document.score, document.scored_at)
        item.update(board_row(shop, document.id, scored, document.member))
    if isinstance(document, Redemption):
        item.update(_open_row(shop, document))
    if isinstance(document, Referral):
        item.update(_referral_row(shop, document))
    return item


def document_of(item: Item | None, kind: type[D]) -> D | None:
    """The document of an item, as ``kind``."""
    if item is None:
        return None
    body = item[BODY]
    ensure(isinstance(body, bytes), "a document's body is packed bytes")
    return msgspec.json.decode(unpack(bytes(body)), type=kind)  # type: ignore[arg-type] # ensured


def _open_row(shop: str, document: Redemption) -> Item:
    """The index row of a reward that staff have to hand over; none once that is over."""
    if document.fulfilment != "staff" or document.status is not RedemptionStatus.READY:
        return {}
    return open_redemption_row(shop, document.requested_at, pair(document.member, document.id))


def _referral_row(shop: str, document: Referral) -> Item:
    """The index row of a referral that waits: for its time, or for staff."""
    name = pair(document.code, document.friend)
    match document.state:
        case ReferralState.ORDERED:
            return ordered_referral_row(shop, document.matures_at, name)
        case ReferralState.FLAGGED:
            return flagged_referral_row(shop, document.ordered_at, name)
        case _:
            return {}


def _waiting_row(shop: str, document: OrderDocument) -> Item:
    """The index row of an order that waits for its buyer to join, or its time; or gave nothing."""
    order = pair(document.source, document.order_id)
    if document.ripens_at:
        return ripe_row(shop, document.ripens_at, order)
    if document.terms is not None:
        row = silent_order_row(shop, document.member, document.recorded_at, order)
        return row if document.silent else {}
    if document.member:
        return customer_order_row(shop, document.member, document.recorded_at, order)
    if document.guest:
        return guest_order_row(shop, document.guest, document.recorded_at, order)
    return {}
