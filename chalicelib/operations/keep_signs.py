"""Remember what was seen of a member, and who came from one IP address: for checks of referrals.

Only where the live program looks at it, and only as hashes under the shop's own key. A write of its
own, beside the books: asked again it finds everything there already and writes nothing.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from chalicelib.domain.events import Signs
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Busy
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.referral_signs import (
    TOO_MANY,
    Arrivals,
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
from chalicelib.storage.items import Check, Item, Key, RevisionIs, Write
from chalicelib.storage.key_names import account_key
from chalicelib.storage.members import account_of
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
Items: TypeAlias = dict[Key, Item]


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
    key, held = signs_key(shop.shop_id, member), account_key(shop.shop_id, member)

    def change(items: Items) -> tuple[Write, ...]:
        known, account = signs_of(items.get(key)), account_of(items.get(held))
        after = remembered(known, hashes, now)
        is_gone = account is not None and bool(account.erased_at or account.merged_into)
        if is_gone or after is known:
            return ()
        # Who is forgotten meanwhile writes the account, and then nothing is kept of them.
        is_as_read = (Check(held, RevisionIs(account.revision)),) if account else ()
        return (signs_put(key, after), *is_as_read)

    if hashes:
        _written(table, (key, held), change)
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
    found = [_arrived(table, arrivals_key(shop.shop_id, each), friend, now) for each in digests]
    return (TOO_MANY,) if any(is_one_too_many(known, friend, now) for known in found) else ()


def _arrived(table: Table, key: Key, friend: str, now: Instant) -> Arrivals:
    """Who came from one IP address, with ``friend`` if there is a place."""

    def change(items: Items) -> tuple[Write, ...]:
        known = arrivals_of(items.get(key))
        after = with_arrival(known, friend, now)
        return () if after is known else (arrivals_put(key, after),)

    items = _written(table, (key,), change)
    return with_arrival(arrivals_of(items.get(key)), friend, now)


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


def _written(
    table: Table, keys: tuple[Key, ...], change: Callable[[Items], tuple[Write, ...]]
) -> Items:
    """Do what ``change`` makes of the items under ``keys``; the answer: those, as they were."""
    for _ in range(_ATTEMPTS_MAX):
        items = table.load(list(keys))
        writes = change(items)
        try:
            if writes:
                record_writes(table, writes)
        except ConditionFailed:
            continue
        return items
    raise Busy("others wrote the same all the time; ask again")
