"""Follow merged members: an id that was merged into another leads there, for ever, in one step.

Documents stay under the id that the caller named, so a retry across a merge finds what it made;
accounts, counters and profiles are those of the member who has everything since.
"""

from collections.abc import Collection, Iterable

import msgspec

from chalicelib.domain.decision import Decision, Outcome
from chalicelib.domain.limits import MERGED_IDS_MAX
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import InvariantBroken, Refusal, RefusalCode
from chalicelib.storage.items import Item, Key
from chalicelib.storage.key_names import account_key, counters_key, document_key, profile_key
from chalicelib.storage.members import account_of
from chalicelib.storage.table import Table

ERASED = Refusal(RefusalCode.MEMBER_ERASED, "This member was erased.")


def followed(table: Table, shop: str, member: str, items: dict[Key, Item]) -> str:
    """Who has what ``member`` had; ``items`` gets their account, counters and profile.

    ``items`` must hold the member's own account, if there is one. Costs a read for merged ids only.
    """
    holder = member
    for _ in range(MERGED_IDS_MAX):
        account = account_of(items.get(account_key(shop, holder)))
        if account is None or not account.merged_into:
            return holder
        holder = account.merged_into
        items.update(table.load(member_state_keys(shop, holder)))
    raise InvariantBroken("a merged member leads to one who is not")


def member_state_keys(shop: str, member: str) -> list[Key]:
    """What there is of a member beside journal and documents."""
    return [account_key(shop, member), counters_key(shop, member), profile_key(shop, member)]


def document_keys(shop: str, names: Iterable[str], kind: str, document: str) -> list[Key]:
    """Where a member's document can be: under any of their ids, the first one first."""
    return [document_key(shop, name, kind, document) for name in dict.fromkeys(names)]


def ids_of(member: str, account: Account | None) -> tuple[str, ...]:
    """Every id that a member goes by, the one of their account first."""
    return (member, *(account.aliases if account else ()))


def accounts_of(table: Table, shop: str, names: Collection[str]) -> dict[str, Account]:
    """The accounts of other members, or pools, that a merge has to write too."""
    items = table.load([account_key(shop, name) for name in names]) if names else {}
    found = {name: account_of(items.get(account_key(shop, name))) for name in names}
    return {name: account for name, account in found.items() if account is not None}


def booked_to(outcome: Outcome, named: str, holder: str) -> Outcome:
    """``outcome`` of a decision about ``named``, whose books are ``holder``'s since a merge."""
    if named == holder or not isinstance(outcome, Decision):
        return outcome
    books = tuple(
        msgspec.structs.replace(book, member=holder) if book.member == named else book
        for book in outcome.books
    )
    return msgspec.structs.replace(outcome, books=books)
