"""The audit's check of codes whose points come back: each waits, or came back, never both (I6)."""

from collections.abc import Iterator, Mapping

from chalicelib.domain.audited import Found, MemberBooks
from chalicelib.domain.ledger import Entry, EntryKind
from chalicelib.domain.member import Account
from chalicelib.domain.records import Redemption, RedemptionStatus


def code_breaks(
    books: MemberBooks, each: MemberBooks, entries: Mapping[tuple[str, str], list[Entry]]
) -> Iterator[Found]:
    """What is wrong with codes of ``each``; the account of ``books`` has those of the family."""
    account = books.account or Account(revision=0)
    waiting = {name for state in account.units.values() for name in state.codes}
    for name, document in each.documents.items():
        if not isinstance(document, Redemption):
            continue
        came_back = any(
            entry.kind is EntryKind.RETURN for entry in entries.get((each.member, name), [])
        )
        is_unused = document.status is RedemptionStatus.READY
        should_wait = is_unused and document.on_expiry == "return" and not came_back
        if (document.id in waiting) != (should_wait and bool(document.touched)):
            said = "waits to come back" if document.id in waiting else "is not waited for"
            yield "I6", name, f"is {document.status.value}, and its account {said}"
