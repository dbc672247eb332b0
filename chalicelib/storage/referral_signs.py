"""Signs of members and arrivals by IP address, as keyed hashes, which the table itself drops.

No part of the books: what is lost here flags nobody. A member's lie in their partition, under each
id that they had; an address's under its hash.
"""

import msgspec

from chalicelib.domain.instants import SECOND_MS
from chalicelib.domain.limits import SIGN_KEPT_MS
from chalicelib.domain.referral_signs import Arrivals, MemberSigns
from chalicelib.storage.items import REVISION, TTL, Absent, Item, Key, Put, RevisionIs
from chalicelib.storage.key_names import escaped, member_partition, shop_partition

_SEEN, _FRIENDS, _UNTIL = "s", "f", "u"


def signs_key(shop: str, member: str) -> Key:
    """What is remembered of a member under one of their ids."""
    return member_partition(shop, member), "SIGNS"


def arrivals_key(shop: str, digest: str) -> Key:
    """Who came from the IP address of this hash."""
    return f"{shop_partition(shop)}#IP#{escaped(digest)}", "IP"


def signs_of(item: Item | None) -> MemberSigns:
    """The signs of an item; nothing is remembered where there is none."""
    if item is None:
        return MemberSigns()
    return msgspec.convert({"seen": item[_SEEN], "revision": item[REVISION]}, MemberSigns)


def signs_put(key: Key, known: MemberSigns) -> Put:
    """The write of ``known``, unless somebody wrote since it was read."""
    item: Item = {_SEEN: {kind: dict(hashes) for kind, hashes in known.seen.items()}}
    return _put(key, item, known.revision, known.last_seen + SIGN_KEPT_MS)


def arrivals_of(item: Item | None) -> Arrivals:
    """The arrivals of an item; nobody came where there is none."""
    if item is None:
        return Arrivals()
    told = {"friends": item[_FRIENDS], "until": item[_UNTIL], "revision": item[REVISION]}
    return msgspec.convert(told, Arrivals)


def arrivals_put(key: Key, known: Arrivals) -> Put:
    """The write of ``known``, unless somebody wrote since it was read."""
    return _put(
        key, {_FRIENDS: list(known.friends), _UNTIL: known.until}, known.revision, known.until
    )


def _put(key: Key, item: Item, revision: int, over_at: int) -> Put:
    whole = {"PK": key[0], "SK": key[1], REVISION: revision + 1, TTL: over_at // SECOND_MS, **item}
    return Put(whole, RevisionIs(revision) if revision else Absent())
