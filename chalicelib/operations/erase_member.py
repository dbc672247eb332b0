"""Forget a person: profile, look-up rows, identities and every free text; the books stay.

::

    1  commit   the account is marked, under its own revision: from here on it is nobody's
    2  wipe     what is personal, for every id that the member ever had: texts, parked deliveries,
                hashes of addresses on orders, identities and look-up rows; the profile last,
                because it says what else there is

2 is a function of what is stored: asked again (the answer is a replay), it wipes what a crash left.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.decision import Outcome
from chalicelib.domain.erasing import ERASURE_ID, EraseLoad, Texted, decide_erase, without_text
from chalicelib.domain.instants import Instant
from chalicelib.domain.member_records import Erasure, Transfer
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Busy, Refusal, RefusalCode
from chalicelib.domain.records import Adjustment
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.erase_parked import erase_parked
from chalicelib.operations.find_member import MEMBER_UNKNOWN, resolved_member
from chalicelib.operations.following import accounts_of, followed, ids_of
from chalicelib.operations.load_pool import live_program
from chalicelib.operations.record_writes import record_writes
from chalicelib.operations.waiting_orders import orders_without_entries
from chalicelib.security.keyed_ids import email_hash
from chalicelib.storage.documents import document_item, document_of, key_of_document
from chalicelib.storage.identities import contacts_of, email_identity_key, identified
from chalicelib.storage.index_names import customer_orders_partition
from chalicelib.storage.items import Delete, Exists, Item, Key, Put, RevisionIs, key_of
from chalicelib.storage.journal import whole_journal
from chalicelib.storage.key_names import (
    DOCUMENT_PREFIX,
    account_key,
    address_key,
    document_key,
    member_partition,
    order_key,
    profile_key,
    shop_key,
)
from chalicelib.storage.members import account_of, contact_item, inbox_key, profile_of
from chalicelib.storage.shops import Shop, shop_from_item, shop_secret
from chalicelib.storage.table import ConditionFailed, Query, Start, Table

ATTEMPTS_MAX: Final = 8


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

    def decide(loaded: LoadedErasure) -> Outcome:
        # Of this load: a merge may have come since the first, and their books are another's now.
        asked = Erasure(ERASURE_ID, loaded.holder, command.actor, command.now)
        return decide_erase(asked, loaded.erase)

    work: Work[LoadedErasure] = Work(
        document=document_key(command.shop, found.holder, "erasure", ERASURE_ID),
        load=lambda _: _load(table, command),
        decide=decide,
    )
    result = decide_and_commit(table, work)
    if isinstance(result, Recorded):
        _wipe(table, result.loaded, command.now)
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
    load = EraseLoad(
        account=account,
        document=known,
        shop=command.shop,
        program=live_program(table, shop, command.now) if account and account.pools else None,
        pools=accounts_of(table, command.shop, account.pools.values() if account else ()),
    )
    return LoadedErasure(shop, holder, load)


def _wipe(table: Table, found: LoadedErasure, now: Instant) -> None:
    shop = found.shop.shop_id
    contacts = {name: frozenset(_contacts(table, found, name)) for name in found.names}
    told = frozenset(contact for each in contacts.values() for contact in each)
    erase_parked(table, found.shop, (frozenset(found.names), told), now)
    for name in found.names:
        for document in _documents(table, shop, name):
            _blank(table, shop, document)
        for order in _orders(table, shop, name):
            _rewrite(table, shop, order)
    for name in found.names:
        _forget(table, found, name, contacts[name])


def _contacts(table: Table, found: LoadedErasure, name: str) -> Iterator[str]:
    """Keyed hashes of every e-mail that leads to the member, or did."""
    shop = found.shop.shop_id
    key = profile_key(shop, name)
    person = profile_of(table.load([key]).get(key))
    if person is not None and person.email:
        yield email_hash(shop_secret(found.shop), person.email)
    yield from contacts_of(table, shop, name)


def _forget(table: Table, found: LoadedErasure, name: str, contacts: frozenset[str]) -> None:
    """Remove the look-up rows and identities, then the rows that led to them, then the profile."""
    shop = found.shop.shop_id
    for contact in sorted(contacts):
        _delete(table, key_of(contact_item(shop, contact, name)))
        identity = email_identity_key(shop, contact)
        if identified(table.load([identity]).get(identity)) in found.names:
            _delete(table, identity)
        _delete(table, address_key(shop, name, contact))
    from chalicelib.storage.referral_signs import signs_key  # noqa: PLC0415 - few have any

    _delete(table, signs_key(shop, name))
    _delete(table, inbox_key(shop, name))
    _delete(table, profile_key(shop, name))


def _delete(table: Table, key: Key) -> None:
    for _ in range(ATTEMPTS_MAX):
        if key not in table.load([key]):
            return
        with suppress(ConditionFailed):  # somebody else forgets the same person: look again
            record_writes(table, (Delete(key, Exists()),))
            return
    raise Busy("a row came back again and again")


def _orders(table: Table, shop: str, member: str) -> Iterator[OrderDocument]:
    """The member's orders, of which some keep the hash of an address."""
    yield from orders_without_entries(table, customer_orders_partition(shop, member))
    names = {entry.document for entry in whole_journal(table, shop, member)}
    parts = [name.split(":", 2) for name in sorted(names) if name.startswith("order:")]
    keys = [order_key(shop, source, order) for _, source, order in parts]
    for item in table.load(keys).values() if keys else ():
        document = document_of(item, OrderDocument)
        if document is not None:
            yield document


def _documents(table: Table, shop: str, member: str) -> Iterator[Texted]:
    """Every document of the member that may hold free text."""
    for item in _items(table, shop, member, "adjustment"):
        adjustment = document_of(item, Adjustment)
        if adjustment is not None:
            yield adjustment
    for item in _items(table, shop, member, "transfer"):
        gift = document_of(item, Transfer)
        if gift is not None:
            yield gift
    for item in _items(table, shop, member, "action"):
        action = document_of(item, Action)
        if action is not None:
            yield action


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


def _blank(table: Table, shop: str, document: Texted) -> None:
    """Take the text out of a document, and of the other member's copy of a gift."""
    _rewrite(table, shop, document)
    if isinstance(document, Transfer):
        other = document.receiver if document.member == document.giver else document.giver
        key: Key = document_key(shop, other, "transfer", document.id)
        copy = document_of(table.load([key]).get(key), Transfer)
        if copy is not None:
            _rewrite(table, shop, copy)


def _rewrite(table: Table, shop: str, document: Texted) -> None:
    """Write the document without its text; whoever else writes it meanwhile, it is tried again."""
    key, known = key_of_document(shop, document), document
    for _ in range(ATTEMPTS_MAX):
        bare = without_text(known)
        if bare == known:
            return
        try:
            record_writes(table, (Put(document_item(shop, bare), RevisionIs(known.revision)),))
        except ConditionFailed:
            found = table.load([key]).get(key)
            known = document_of(found, type(document)) or known  # type: ignore[type-var] # one of D
        else:
            return
    raise Busy("a document was written to again and again")
