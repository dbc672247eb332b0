"""A shopper's redemptions wherever they lie: with the member, or with a pool that they share.

A pool is looked into only where the member's own documents do not have it.
"""

from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.records import Redemption
from chalicelib.operations.decide_and_commit import Recorded
from chalicelib.operations.redeem_from_pool import (
    LoadedPoolRedemption,
    find_in_pool,
    undo_in_pool,
)
from chalicelib.operations.undo_redemption import LoadedUndo, find_redemption, undo_redemption
from chalicelib.operations.view_pool import pools_of_member
from chalicelib.storage.table import Table


def find_own(table: Table, shop: str, member: str, redemption: str) -> Redemption | None:
    """The redemption as it stands, or None."""
    found = find_redemption(table, shop, member, redemption)
    if found is not None:
        return found
    looked = (
        find_in_pool(table, shop, (pool, member, redemption))
        for pool in pools_of_member(table, shop, member).values()
    )
    return next((each for each in looked if each is not None), None)


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
    for pool in pools_of_member(table, shop, member).values():
        if find_in_pool(table, shop, (pool, member, redemption)):
            return undo_in_pool(table, shop, (pool, member, redemption), now)
    return result
