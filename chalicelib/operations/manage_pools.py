"""Make, join, leave and dissolve household pools.

Making and inviting have idempotency keys. The others are about a state that is wanted: who is in
is in, who is out is out, and asking again is the same. Every change of who shares is one
transaction over the pool and the member, under the revisions of both.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from chalicelib.domain.decision import Outcome
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account
from chalicelib.domain.member_records import PoolingKind
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.pool_leaving import decide_dissolve, decide_leave
from chalicelib.domain.pooling import PlaceWish, decide_create, decide_invite, decide_join
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.following import followed
from chalicelib.operations.load_pool import (
    LoadedPool,
    PoolCommand,
    asked_of,
    erased,
    load_pool,
    of_holder,
    of_revision,
    pooling_key,
    sharer_of,
)
from chalicelib.security.keyed_ids import redemption_id
from chalicelib.storage.items import Key
from chalicelib.storage.key_names import account_key, document_key
from chalicelib.storage.table import Table

LATE_ACTOR: Final = "late return"
"""Who dissolves again, in documents, where nobody asked: something came back."""


def create_pool(
    table: Table, command: PoolCommand, wanted: tuple[str, PlaceWish], idempotency_key: str
) -> Recorded[LoadedPool] | Refusal:
    """Make a pool of ``wanted`` (unit, wish) for its owner, once per idempotency key.

    ``command.pool`` is the id that is derived from that key.

    Raises:
        Busy, StorageUnavailable: ask again with the same key.
    """
    unit, wish = wanted
    identity = redemption_id(command.member, idempotency_key)
    asked = asked_of(command, PoolingKind.CREATED, identity, unit, int(wish.gives_all))
    asked = msgspec.structs.replace(asked, unit=unit)
    return _keyed(
        table,
        command,
        pooling_key(command, identity),
        lambda loaded: decide_create(of_holder(asked, loaded), wish, loaded.pool, command.now),
    )


def invite_to_pool(
    table: Table, command: PoolCommand, invitation: str
) -> Recorded[LoadedPool] | Refusal:
    """Let one more accept ``invitation``, a secret derived from the idempotency key.

    Raises:
        Busy, StorageUnavailable: ask again with the same key.
    """
    asked = asked_of(command, PoolingKind.INVITED, invitation)
    asked = msgspec.structs.replace(asked, member=command.pool)
    return _keyed(
        table,
        command,
        document_key(command.shop, command.pool, "pooling", invitation),
        lambda loaded: decide_invite(of_holder(asked, loaded), loaded.pool, command.now),
    )


def join_pool(
    table: Table, command: PoolCommand, wish: PlaceWish
) -> Recorded[LoadedPool] | Refusal:
    """Give the member a place, or write down what else they wish; again: the same.

    Raises:
        Busy, StorageUnavailable: ask again.
    """

    def decide(loaded: LoadedPool) -> Outcome:
        kind = PoolingKind.SHARING if _has_place(loaded) else PoolingKind.JOINED
        asked = of_revision(asked_of(command, kind, ""), loaded)
        return erased(loaded) or decide_join(asked, wish, loaded.pool, command.now)

    work: Work[LoadedPool] = Work(
        account_key(command.shop, command.pool), lambda _: load_pool(table, command), decide
    )
    return decide_and_commit(table, work)


def leave_pool(table: Table, command: PoolCommand) -> Recorded[LoadedPool] | Refusal:
    """Take the member's place away, with or without their share as the program says.

    Raises:
        Busy, StorageUnavailable: ask again.
    """

    def decide(loaded: LoadedPool) -> Outcome:
        asked = of_revision(asked_of(command, PoolingKind.LEFT, ""), loaded)
        return decide_leave(asked, loaded.pool, command.now)

    work: Work[LoadedPool] = Work(
        account_key(command.shop, command.pool), lambda _: load_pool(table, command), decide
    )
    return decide_and_commit(table, work)


def dissolve_pool(table: Table, command: PoolCommand) -> Recorded[LoadedPool] | Refusal:
    """Pay everybody their share and end the pool; again: what came back to it since.

    Raises:
        Busy, StorageUnavailable: ask again.
    """

    def load(_: int) -> LoadedPool | Refusal:
        loaded = load_pool(table, command)
        return loaded if isinstance(loaded, Refusal) else _with_sharers(table, loaded)

    def decide(loaded: LoadedPool) -> Outcome:
        asked = of_revision(asked_of(command, PoolingKind.DISSOLVED, ""), loaded)
        return decide_dissolve(asked, loaded.pool, loaded.sharers, command.now)

    work: Work[LoadedPool] = Work(account_key(command.shop, command.pool), load, decide)
    return decide_and_commit(table, work)


def pay_out_late(table: Table, shop: str, shared: tuple[str, Account], now: Instant) -> None:
    """Give what came back to a pool that is over to those who shared it; nothing of another.

    ``shared`` is (pool, its account as it was when something came back). Who asks may die before
    this: the pool's account is due then, and the sweep asks again.

    Raises:
        Busy, StorageUnavailable: left to the sweep.
    """
    name, account = shared
    if account.pool is not None and account.pool.dissolved_at:
        dissolve_pool(table, PoolCommand(shop, name, account.pool.owner, LATE_ACTOR, now))


def _with_sharers(table: Table, loaded: LoadedPool) -> LoadedPool:
    """Everybody who has a place, each once: after a merge, two places may be one member's."""
    account, shop = loaded.pool.account, loaded.pool.shop
    pool = account.pool if account else None
    names = list(pool.places) if pool else []
    items = table.load([account_key(shop, name) for name in names]) if names else {}
    holders: dict[str, list[str]] = {}
    for name in names:
        holders.setdefault(followed(table, shop, name, items), []).append(name)
    sharers = (
        msgspec.structs.replace(sharer_of(shop, holder, items), places=tuple(theirs))
        for holder, theirs in holders.items()
    )
    return msgspec.structs.replace(loaded, sharers=tuple(sharers))


def _keyed(
    table: Table,
    command: PoolCommand,
    document: Key,
    decide: Callable[[LoadedPool], Outcome],
) -> Recorded[LoadedPool] | Refusal:
    work: Work[LoadedPool] = Work(
        document,
        lambda _: load_pool(table, command, document),
        lambda loaded: erased(loaded) or decide(loaded),
    )
    return decide_and_commit(table, work)


def _has_place(loaded: LoadedPool) -> bool:
    pool = loaded.pool.live
    return pool is not None and loaded.holder in pool.places
