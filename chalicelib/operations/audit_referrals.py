"""Hold the friends of one code to what both sides have: a part of the nightly audit. Reads only.

A referral and its sides are several items, and a read of several is no snapshot: what is found
wrong is read a second time before it is believed.
"""

from collections.abc import Iterator

from chalicelib.domain.actions import Action
from chalicelib.domain.audit_referrals import AuditedSide, referral_breaks
from chalicelib.domain.audited import Break
from chalicelib.domain.limits import PAGE_SIZE_MAX
from chalicelib.domain.program.referral_document import ADVOCATE, FRIEND
from chalicelib.domain.referral_decision import side_id
from chalicelib.domain.referrals import Referral
from chalicelib.operations.audit_member import UNREADABLE
from chalicelib.operations.following import followed
from chalicelib.storage.documents import document_of, key_of_document
from chalicelib.storage.items import Key, key_of
from chalicelib.storage.key_names import FRIEND_PREFIX, account_key, document_key
from chalicelib.storage.members import account_of
from chalicelib.storage.table import Query, Start, Table


def audit_referrals(table: Table, shop: str, partition: str) -> tuple[Break, ...]:
    """What is wrong with the referrals in ``partition``, which is one code's."""
    return tuple(found for key in _keys(table, partition) for found in _believed(table, shop, key))


def _keys(table: Table, partition: str) -> Iterator[Key]:
    start: Start | None = None
    while True:
        query = Query(partition, FRIEND_PREFIX, limit=PAGE_SIZE_MAX, start=start, consistent=True)
        page = table.query(query)
        yield from (key_of(item) for item in page.items)
        start = page.next_start
        if start is None:
            return


def _believed(table: Table, shop: str, key: Key) -> tuple[Break, ...]:
    found = _looked_at(table, shop, key)
    return found if found and _looked_at(table, shop, key) == found else ()


def _looked_at(table: Table, shop: str, key: Key) -> tuple[Break, ...]:
    try:
        known = document_of(table.load([key]).get(key), Referral)
        if known is None:
            return ()
        if key_of_document(shop, known) != key:
            return (Break("I7", "", " ".join(key), "lies under a key that is not its own"),)
        friend = _side(table, shop, (known.friend, FRIEND), known)
        advocate = _side(table, shop, (known.advocate, ADVOCATE), known)
        details = tuple(referral_breaks(known, friend, advocate))
    except UNREADABLE as problem:
        detail = f"cannot be read: {type(problem).__name__}"
        return (Break("I0", "", " ".join(key), detail),)
    name = f"referral:{known.code}.{known.friend}"
    return tuple(Break("I4", known.advocate, name, detail) for detail in details)


def _side(table: Table, shop: str, whose: tuple[str, str], known: Referral) -> AuditedSide:
    member, role = whose
    account = account_key(shop, member)
    document = document_key(shop, member, "action", side_id(known.friend, role))
    items = table.load([account, document])
    holder = followed(table, shop, member, items)
    held = account_of(items.get(account_key(shop, holder)))
    return AuditedSide(holder, held, document_of(items.get(document), Action))
