"""Identities: whose a verified e-mail is. Written once, put-if-absent; the first member keeps it.

The key is a keyed hash, the item holds ids of ours. Guest orders of the address commit on the
condition that there is none, so whoever joins either sees the order or is seen by it. A row beside
the member leads back to each, so that erasure finds all of them, whatever addresses came later.
"""

from typing import Final

from chalicelib.storage.items import Absent, Anything, Item, Key, Put
from chalicelib.storage.key_names import (
    ADDRESS_PREFIX,
    address_key,
    identity_key,
    member_partition,
)
from chalicelib.storage.table import Query, Start, Table

_MEMBER: Final = "m"


def email_identity_key(shop: str, contact: str) -> Key:
    """The identity of a keyed e-mail hash."""
    return identity_key(shop, "email", contact)


def identity_writes(shop: str, contact: str, member: str) -> tuple[Put, Put]:
    """The writes that make ``contact`` the member's, if it is nobody's yet."""
    partition, sort = email_identity_key(shop, contact)
    own, back = address_key(shop, member, contact)
    identity = Put({"PK": partition, "SK": sort, _MEMBER: member}, Absent())
    return identity, Put({"PK": own, "SK": back}, Anything())


def contacts_of(table: Table, shop: str, member: str) -> tuple[str, ...]:
    """Keyed hashes of every e-mail that was ever made the member's."""
    found: list[str] = []
    start: Start | None = None
    while True:
        partition = member_partition(shop, member)
        page = table.query(Query(partition, ADDRESS_PREFIX, start=start, consistent=True))
        found += (str(item["SK"]).removeprefix(ADDRESS_PREFIX) for item in page.items)
        start = page.next_start
        if start is None:
            return tuple(found)


def identified(item: Item | None) -> str:
    """Id of the member in an identity; "" where there is none."""
    return str(item[_MEMBER]) if item else ""
