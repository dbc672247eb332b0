"""A shopper's redemptions wherever they lie: with the member, or with a pool that they share.

A pool is looked into only where the member's own documents do not have it, and one that they have
left only where no pool of theirs has it: what they took there is theirs to see and to undo, and a
retry is answered from there, never paid by the pool that they share by now.
"""

from collections.abc import Iterator

from chalicelib.domain.instants import Instant
from chalicelib.domain.member_records import Pooling
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pool_leaving import LEFT_PREFIX
from chalicelib.domain.records import Redemption
from chalicelib.operations.decide_and_commit import Recorded
from chalicelib.operations.following import followed, ids_of
from chalicelib.operations.redeem_from_pool import (
    LoadedPoolRedemption,
    find_in_pool,
    undo_in_pool,
)
from chalicelib.operations.undo_redemption import LoadedUndo, find_redemption, undo_redemption
from chalicelib.operations.view_pool import pool_paying, pools_of_member
from chalicelib.security.keyed_ids import redemption_id
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import account_key, document_key
from chalicelib.storage.members import account_of
from chalicelib.storage.table import Query, Start, Table


def find_own(table: Table, shop: str, member: str, redemption: str) -> Redemption | None:
    """The redemption as it stands, or None."""
    found = find_redemption(table, shop, member, redemption)
    if found is not None:
        return found
    looked = (
        find_in_pool(table, shop, (pool, member, redemption))
        for pool in _pools_ever(table, shop, member)
    )
    return next((each for each in looked if each is not None), None)


def pool_asked(table: Table, shop: str, wanted: tuple[str, str, str], now: Instant) -> str:
    """The pool that has answered this request before, else the one that would pay; "": none.

    ``wanted`` is (member, reward, idempotency key).
    """
    member, reward, key = wanted
    for pool in _pools_ever(table, shop, member):
        identity = redemption_id(f"{pool}:{member}", key)
        if find_in_pool(table, shop, (pool, member, identity)):
            return pool
    return pool_paying(table, shop, (member, reward), now)


def undo_own(
    table: Table, shop: str, owner: tuple[str, str], now: Instant
) -> Recorded[LoadedUndo] | Recorded[LoadedPoolRedemption] | Refusal:
    """Give the points back to who paid; ``owner`` is (member id, redemption id).

    Raises:
        Busy, StorageUnavailable: ask again.
    """
    member, redemption = owner
    result = undo_redemption(table, shop, owner, now)
    if not isinstance(result, Refusal) or result.code is not RefusalCode.REDEMPTION_UNKNOWN:
        return result
    for pool in _pools_ever(table, shop, member):
        if find_in_pool(table, shop, (pool, member, redemption)):
            return undo_in_pool(table, shop, (pool, member, redemption), now)
    return result


def _pools_ever(table: Table, shop: str, member: str) -> Iterator[str]:
    """The pools that the member shares, then those that they have left, each once."""
    given = set[str]()
    for pool in pools_of_member(table, shop, member).values():
        given.add(pool)
        yield pool
    items = table.load([account_key(shop, member)])
    holder = followed(table, shop, member, items)
    for name in ids_of(holder, account_of(items.get(account_key(shop, holder)))):
        for pool in _left(table, shop, name):
            if pool not in given:
                given.add(pool)
                yield pool


def _left(table: Table, shop: str, member: str) -> Iterator[str]:
    partition, prefix = document_key(shop, member, "pooling", LEFT_PREFIX)
    start: Start | None = None
    while True:
        page = table.query(Query(partition, prefix, start=start, consistent=True))
        for item in page.items:
            document = document_of(item, Pooling)
            if document is not None:
                yield document.pool
        start = page.next_start
        if start is None:
            return
