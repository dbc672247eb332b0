"""What stands for a document in the journal: its points by unit, read from the document alone."""

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
from chalicelib.domain.progress import Badges, Progress
from chalicelib.domain.records import Adjustment, Hold, Redemption
from chalicelib.domain.referrals import Referral


def points_of(document: Document) -> dict[str, int]:
    """The points that stand for the document in the journal now, by unit."""
    match document:
        case OrderDocument() | Progress() as settled:
            return settled.net
        case Redemption() as redemption:
            unit = redemption.unit
            kept = redemption.cost - redemption.returned - redemption.leaked
            return {unit: -kept} if unit else {}
        case Adjustment() as adjustment:
            return {adjustment.unit: adjustment.points}
        case Hold() as hold:
            return {hold.unit: -hold.captured}
        case Transfer() | Merge() | Erasure() | Pooling() as told:
            return _moved_between(told)
        case Settlement() | Badges() | Enrolment() | Referral():
            return {}  # no points
        case joining:
            sums: dict[str, int] = {}
            for share in joining.posted:
                sums[share.unit] = sums.get(share.unit, 0) + share.points
            return sums


def _moved_between(document: Transfer | Merge | Erasure | Pooling) -> dict[str, int]:
    """What a document about members moved, as seen by the one whose copy it is."""
    match document:
        case Transfer():
            is_given = document.member == document.giver
            return {document.unit: -document.points if is_given else document.points}
        case Merge():
            return document.points
        case Pooling():
            is_pools = document.member == document.pool
            return {document.unit: document.points if is_pools else -document.points}
        case Erasure():
            return {}
