"""Pools of a member who is merged into another: all in the merge's own commit.

The place goes along; who would be in two pools of a unit leaves theirs.
"""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.booking import Draft, opened, with_account
from chalicelib.domain.decision import Document
from chalicelib.domain.member import Account, Pool
from chalicelib.domain.pool_leaving import vacated
from chalicelib.domain.pool_shares import pool_of
from chalicelib.domain.program.compiled import CompiledProgram


def rivals_left(
    gone: Draft,
    kept: Account | None,
    pools: Mapping[str, Account],
    context: tuple[str, CompiledProgram],
) -> tuple[Draft, tuple[Draft, ...], tuple[Document, ...]]:
    """The gone one out of every pool of a unit that the kept one shares in another pool.

    Also these pools, and what tells of it; ``context`` is (who asked for the merge, program).
    """
    actor, program = context
    theirs = kept.pools if kept is not None else {}
    left: list[Draft] = []
    told: list[Document] = []
    for unit, name in sorted(gone.account.pools.items()):
        if theirs.get(unit, name) == name:
            continue
        shared = opened(name, pools[name], gone.now, program)
        gone, shared, documents = vacated(gone, shared, actor, program)
        left.append(shared)
        told += documents
    return gone, tuple(left), tuple(told)


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
