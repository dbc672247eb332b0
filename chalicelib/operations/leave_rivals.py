"""Before two members become one: who would be in two pools of a unit leaves theirs first.

Read only where somebody shares at all. Between this and the merge's own commit somebody may share
anew; then the merge is refused, and asking again begins here.
"""

from collections.abc import Collection

from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account
from chalicelib.domain.pool_merging import are_rivals
from chalicelib.operations.following import followed
from chalicelib.operations.load_pool import PoolCommand
from chalicelib.operations.manage_pools import leave_pool
from chalicelib.storage.key_names import account_key
from chalicelib.storage.members import account_of
from chalicelib.storage.table import Table


def leave_rivals(table: Table, shop: str, both: tuple[str, str], by: tuple[str, Instant]) -> None:
    """Let the second of ``both`` (kept, gone) leave; ``by`` is (who says so, now).

    Raises:
        Busy, StorageUnavailable: ask again.
    """
    items = table.load([account_key(shop, member) for member in both])
    kept_id, gone_id = (followed(table, shop, member, items) for member in both)
    kept, gone = (account_of(items.get(account_key(shop, member))) for member in (kept_id, gone_id))
    if kept is None or gone is None or not are_rivals(kept, gone):
        return
    actor, now = by
    for unit, pool in gone.pools.items():
        if kept.pools.get(unit, pool) != pool:
            leave_pool(table, PoolCommand(shop, pool, gone_id, actor, now))


def accounts_of(table: Table, shop: str, names: Collection[str]) -> dict[str, Account]:
    """The accounts of other members, or pools, that a merge has to write too."""
    items = table.load([account_key(shop, name) for name in names]) if names else {}
    found = {name: account_of(items.get(account_key(shop, name))) for name in names}
    return {name: account for name, account in found.items() if account is not None}
