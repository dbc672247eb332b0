"""Forget a person: profile, look-up rows, identities and every free text; the books stay.

::

    1  commit   the account is marked, under its own revision: from here on it is nobody's
    2  wipe     what is personal, for every id that the member ever had

2 is a function of what is stored: asked again (the answer is a replay), it wipes what a crash left.
"""

from collections.abc import Iterator

import msgspec

from chalicelib.domain.erasing import ERASURE_ID, EraseLoad, decide_erase, without_text
from chalicelib.domain.instants import Instant
from chalicelib.domain.member_records import Erasure, Transfer
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.records import Adjustment
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.find_member import MEMBER_UNKNOWN, resolved_member
from chalicelib.operations.following import followed, ids_of
from chalicelib.operations.load_pool import PoolCommand
from chalicelib.operations.manage_pools import leave_pool
from chalicelib.operations.record_writes import record_writes
from chalicelib.security.keyed_ids import email_hash
from chalicelib.storage.documents import document_item, document_of
from chalicelib.storage.identities import email_identity_key, identified
from chalicelib.storage.items import Anything, Delete, Item, Key, Put, RevisionIs, Write, key_of
from chalicelib.storage.key_names import (
    DOCUMENT_PREFIX,
    account_key,
    document_key,
    member_partition,
    profile_key,
    shop_key,
)
from chalicelib.storage.members import account_of, contact_item, profile_of
from chalicelib.storage.shops import Shop, shop_from_item, shop_secret
from chalicelib.storage.table import ConditionFailed, Query, Start, Table


class EraseCommand(msgspec.Struct, frozen=True):
    """Whom to forget: an id of ours or ``external:...``, and who says so."""

    shop: str
    name: str
    actor: str
    now: Instant


class LoadedErasure(msgspec.Struct, frozen=True):
    """The shop, the ids of the member and what the decision depends on."""

    shop: Shop
    holder: str
    erase: EraseLoad

    @property
    def names(self) -> tuple[str, ...]:
        """Every id that the member ever had."""
        return ids_of(self.holder, self.erase.account)


def erase_member(table: Table, command: EraseCommand) -> Recorded[LoadedErasure] | Refusal:
    """Forget the person behind a member. The document is an ``Erasure``; again is a replay.

    Raises:
        Busy, StorageUnavailable: ask again; what is wiped stays wiped.
    """
    found = _load(table, command)
    if isinstance(found, Refusal):
        return found
    _leave_pools(table, command, found)
    asked = Erasure(ERASURE_ID, found.holder, command.actor, command.now)
    work: Work[LoadedErasure] = Work(
        document=document_key(command.shop, found.holder, "erasure", ERASURE_ID),
        load=lambda _: _load(table, command),
        decide=lambda loaded: decide_erase(asked, loaded.erase),
    )
    result = decide_and_commit(table, work)
    if isinstance(result, Recorded):
        for name in result.loaded.names:
            _wipe(table, result.loaded, name)
    return result


def _load(table: Table, command: EraseCommand) -> LoadedErasure | Refusal:
    key = shop_key(command.shop)
    item = table.load([key]).get(key)
    if item is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    shop = shop_from_item(item)
    member = resolved_member(shop, command.name)
    if member is None:
        return MEMBER_UNKNOWN
    items = table.load([account_key(command.shop, member)])
    holder = followed(table, command.shop, member, items)
    account = account_of(items.get(account_key(command.shop, holder)))
    document = document_key(command.shop, holder, "erasure", ERASURE_ID)
    if account is not None and account.pool is not None:
        return MEMBER_UNKNOWN
    known = document_of(table.load([document]).get(document), Erasure)
    return LoadedErasure(shop, holder, EraseLoad(account, known))


def _leave_pools(table: Table, command: EraseCommand, found: LoadedErasure) -> None:
    """Nobody shares with somebody who is forgotten; their share follows the program's rule."""
    account = found.erase.account
    for pool in account.pools.values() if account else ():
        leave_pool(table, PoolCommand(command.shop, pool, found.holder, command.actor, command.now))


def _wipe(table: Table, found: LoadedErasure, name: str) -> None:
    shop = found.shop.shop_id
    key = profile_key(shop, name)
    person = profile_of(table.load([key]).get(key))
    if person is not None:
        writes: list[Write] = [Delete(key, Anything())]
        writes += _look_ups(table, found, name, person.email) if person.email else []
        record_writes(table, writes)
    for document in _documents(table, shop, name):
        _blank(table, shop, document)


def _look_ups(table: Table, found: LoadedErasure, name: str, email: str) -> Iterator[Write]:
    """The rows that an e-mail address leads to the member by."""
    shop = found.shop.shop_id
    contact = email_hash(shop_secret(found.shop), email)
    yield Delete(key_of(contact_item(shop, contact, name)), Anything())
    identity = email_identity_key(shop, contact)
    if identified(table.load([identity]).get(identity)) in found.names:
        yield Delete(identity, Anything())


def _documents(table: Table, shop: str, member: str) -> Iterator[Adjustment | Transfer]:
    """Every document of the member that may hold free text."""
    for item in _items(table, shop, member, "adjustment"):
        adjustment = document_of(item, Adjustment)
        if adjustment is not None:
            yield adjustment
    for item in _items(table, shop, member, "transfer"):
        gift = document_of(item, Transfer)
        if gift is not None:
            yield gift


def _items(table: Table, shop: str, member: str, kind: str) -> Iterator[Item]:
    start: Start | None = None
    while True:
        prefix = f"{DOCUMENT_PREFIX}{kind}:"
        query = Query(member_partition(shop, member), prefix, start=start, consistent=True)
        page = table.query(query)
        yield from page.items
        start = page.next_start
        if start is None:
            return


def _blank(table: Table, shop: str, document: Adjustment | Transfer) -> None:
    """Take the text out of a document, and of the other member's copy of a gift."""
    _rewrite(table, shop, document)
    if isinstance(document, Transfer):
        other = document.receiver if document.member == document.giver else document.giver
        key: Key = document_key(shop, other, "transfer", document.id)
        copy = document_of(table.load([key]).get(key), Transfer)
        if copy is not None:
            _rewrite(table, shop, copy)


def _rewrite(table: Table, shop: str, document: Adjustment | Transfer) -> None:
    bare = without_text(document)
    if bare == document:
        return
    try:
        record_writes(table, (Put(document_item(shop, bare), RevisionIs(document.revision)),))
    except ConditionFailed:
        return  # another erasure of the same text was first
