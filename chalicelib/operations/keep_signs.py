"""Remember what was seen of a member, and who came from one IP address: for checks of referrals.

Only where the live program looks at it, and only as hashes under the shop's own key. A write of its
own, beside the books: asked again it finds everything there already and writes nothing.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from chalicelib.domain.events import Signs
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Busy
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.referral_signs import (
    TOO_MANY,
    Hashes,
    folded,
    is_one_too_many,
    remembered,
    shared_signs,
    with_arrival,
)
from chalicelib.operations.following import ids_of
from chalicelib.operations.record_writes import record_writes
from chalicelib.security.keyed_ids import sign_hash
from chalicelib.storage.items import Item, Key, Put
from chalicelib.storage.referral_signs import (
    arrivals_key,
    arrivals_of,
    arrivals_put,
    signs_key,
    signs_of,
    signs_put,
)
from chalicelib.storage.shops import Shop, shop_secret
from chalicelib.storage.table import ConditionFailed, Table

_ATTEMPTS_MAX: Final = 8
_Known = TypeVar("_Known")


def keep_signs(
    table: Table,
    shop: Shop,
    seen: tuple[str, Signs],
    program: CompiledProgram | None,
    now: Instant,
) -> tuple[str, ...]:
    """Remember what was seen of a member; ``seen`` is (member, signs). The answer: hashes of IP.

    Raises:
        Busy, StorageUnavailable: ask again.
    """
    member, signs = seen
    hashes = _hashes(shop, signs, program)
    if hashes:
        key = signs_key(shop.shop_id, member)
        _kept(table, key, signs_of, lambda known: remembered(known, hashes, now), signs_put)
    return tuple(hashes.get("ip", ()))


def came_with_many(
    table: Table, shop: Shop, arrived: tuple[str, tuple[str, ...]], now: Instant
) -> tuple[str, ...]:
    """Count a friend among those of their IP address; ``arrived`` is (friend, hashes of it).

    The answer is the reason for which they are flagged, if they are one too many.

    Raises:
        Busy, StorageUnavailable: ask again.
    """
    friend, digests = arrived
    found = [
        _kept(
            table,
            arrivals_key(shop.shop_id, digest),
            arrivals_of,
            lambda known: with_arrival(known, friend, now),
            arrivals_put,
        )
        for digest in digests
    ]
    return (TOO_MANY,) if any(is_one_too_many(known, friend) for known in found) else ()


def signs_in_common(
    table: Table, shop: str, sides: Iterable[tuple[str, Account | None]], now: Instant
) -> tuple[str, ...]:
    """What was seen of both ``sides``, each a member and their account, under any of their ids."""
    families = [[signs_key(shop, name) for name in ids_of(*side)] for side in sides]
    items = table.load([key for family in families for key in family])
    friend, advocate = ([signs_of(items.get(key)) for key in family] for family in families)
    return shared_signs(friend, advocate, now)


def _hashes(shop: Shop, signs: Signs, program: CompiledProgram | None) -> Hashes:
    terms = program.referral if program else None
    found: dict[str, frozenset[str]] = {}
    if terms is not None:
        for kind, text in folded(signs, terms.checks):
            digest = sign_hash(shop_secret(shop), kind, text)
            found[kind] = found.get(kind, frozenset()) | {digest}
    return found


def _kept(
    table: Table,
    key: Key,
    read: Callable[[Item | None], _Known],
    change: Callable[[_Known], _Known],
    write: Callable[[Key, _Known], Put],
) -> _Known:
    """What is stored after ``change``, which answers the very same where nothing is to be done."""
    for _ in range(_ATTEMPTS_MAX):
        known = read(table.load([key]).get(key))
        after = change(known)
        if after is known:
            return known
        try:
            record_writes(table, (write(key, after),))
        except ConditionFailed:
            continue
        return after
    raise Busy("others came from there all the time; ask again")
