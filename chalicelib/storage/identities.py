"""Identities: whose a verified e-mail is. Written once, put-if-absent; the first member keeps it.

The key is a keyed hash, the item holds ids of ours. Guest orders of the address commit on the
condition that there is none, so whoever joins either sees the order or is seen by it.
"""

from typing import Final

from chalicelib.storage.items import Absent, Item, Key, Put
from chalicelib.storage.key_names import identity_key

_MEMBER: Final = "m"


def email_identity_key(shop: str, contact: str) -> Key:
    """The identity of a keyed e-mail hash."""
    return identity_key(shop, "email", contact)


def identity_put(shop: str, contact: str, member: str) -> Put:
    """The write that makes ``contact`` the member's, if it is nobody's yet."""
    partition, sort = email_identity_key(shop, contact)
    return Put({"PK": partition, "SK": sort, _MEMBER: member}, Absent())


def identified(item: Item | None) -> str:
    """Id of the member in an identity; "" where there is none."""
    return str(item[_MEMBER]) if item else ""
