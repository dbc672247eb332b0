"""The audit of paid memberships: the account keeps the terms that the documents say."""

from collections.abc import Iterator

from chalicelib.domain.actions import Action, name_of
from chalicelib.domain.audited import Found, MemberBooks
from chalicelib.domain.limits import MEMBERSHIP_TERMS_MAX
from chalicelib.domain.member import Account, Term
from chalicelib.domain.orders import OrderDocument


def membership_breaks(books: MemberBooks) -> Iterator[Found]:
    """I8: each term of a document that was read is the account's; older ones may be forgotten."""
    account = books.account or Account(revision=0)
    if account.merged_into:
        return  # whom it went to is asked
    names = {each.member for each in books.family}
    for own in books.family:
        for document in own.documents.values():
            if isinstance(document, OrderDocument | Action) and document.member in names:
                yield from _of_document(account, document)


def _of_document(account: Account, document: OrderDocument | Action) -> Iterator[Found]:
    name = name_of(document)
    for membership, bought in document.memberships.items():
        terms = account.memberships.get(membership, {})
        term = terms.get(name)
        is_forgotten = term is None and len(terms) >= MEMBERSHIP_TERMS_MAX
        if term != Term(bought.starts_at, bought.ends_at) and not is_forgotten:
            yield "I8", name, f"says another term of {membership} than the account"
