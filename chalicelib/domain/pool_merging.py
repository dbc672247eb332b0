"""Pools of a member who is merged into another: the place goes along, in the merge's commit."""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.booking import Draft, opened, with_account
from chalicelib.domain.member import Account, Pool
from chalicelib.domain.pool_shares import pool_of
from chalicelib.domain.program.compiled import CompiledProgram


def are_rivals(kept: Account | None, gone: Account | None) -> bool:
    """Whether both share a unit with other people: the one who goes has to leave theirs first."""
    if kept is None or gone is None:
        return False
    return any(kept.pools.get(unit, pool) != pool for unit, pool in gone.pools.items())


def rehoused(
    kept: Draft, gone: Draft, pools: Mapping[str, Account], program: CompiledProgram
) -> tuple[Draft, tuple[Draft, ...]]:
    """The kept member in the pools of the gone one, and these pools with the place renamed."""
    if not gone.account.pools:
        return kept, ()
    shared: list[Draft] = []
    for name in sorted(gone.account.pools.values()):
        draft = opened(name, pools[name], kept.now, program)
        pool = _renamed(pool_of(draft), gone.member, kept.member)
        shared.append(with_account(draft, pool=pool))
    return with_account(kept, pools={**gone.account.pools, **kept.account.pools}), tuple(shared)


def _renamed(pool: Pool, gone: str, kept: str) -> Pool:
    """The pool with one place renamed; a torn read may lack it, and then nothing commits."""
    places = dict(pool.places)
    theirs = places.pop(gone, None)
    if theirs is None:
        return pool
    known = places.get(kept)
    if known is not None:
        theirs = msgspec.structs.replace(
            known, share=known.share + theirs.share, since=min(known.since, theirs.since)
        )
    places[kept] = theirs
    owner = kept if pool.owner == gone else pool.owner
    return msgspec.structs.replace(pool, places=places, owner=owner)
