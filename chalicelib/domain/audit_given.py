"""The audit's check of rewards that documents give: each was issued once, or is promised (I4).

An order is known here if some entry, or marker, names it; of what no entry names nothing is said.
"""

from collections.abc import Iterator

from chalicelib.domain.actions import Action
from chalicelib.domain.audit_challenges import standing
from chalicelib.domain.audited import Found, MemberBooks
from chalicelib.domain.decision import Document
from chalicelib.domain.granting import REWARD
from chalicelib.domain.member import Account
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.progress import Progress
from chalicelib.domain.promises import promise_id
from chalicelib.domain.records import Joining, Redemption, RedemptionStatus


def given_breaks(books: MemberBooks) -> Iterator[Found]:
    """What documents give and nobody has, and what is had that they never gave."""
    account = books.account or Account(revision=0)
    issued = {
        document.id: document
        for each in books.family
        for document in each.documents.values()
        if isinstance(document, Redemption) and document.given_by
    }
    due: set[str] = set()
    known: set[str] = set()
    for each in books.family:
        for name, document in each.documents.items():
            known.add(name)
            for identity, reward in _given(name, document, books):
                due.add(identity)
                found = issued.get(identity)
                is_out = found is not None and found.status is not RedemptionStatus.UNDONE
                if not is_out and identity not in account.promises:
                    yield "I4", name, f"gives {reward}, which was not issued"
    for identity, redemption in issued.items():
        # One that was voided, or was to be and could not, has been written since.
        is_as_issued = redemption.status is RedemptionStatus.READY and redemption.revision == 1
        is_due = identity in due or identity in account.promises
        if is_as_issued and redemption.given_by in known and not is_due:
            name = f"redemption:{identity}"
            yield "I4", name, f"was given by {redemption.given_by}, which gives it not"


def _given(name: str, document: Document, books: MemberBooks) -> Iterator[tuple[str, str]]:
    """(redemption id, reward) of everything that the document gives to this member."""
    if not isinstance(document, OrderDocument | Action | Joining | Progress):
        return
    if isinstance(document, Progress) and document not in standing(books):
        return  # it is in another's, who gives it or not
    names = {each.member for each in books.family}
    for line in document.grants:
        if line.kind == REWARD and line.holder in names:
            for number in range(line.amount):
                yield promise_id(line, name, number), line.name
