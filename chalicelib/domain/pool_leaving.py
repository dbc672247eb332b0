"""Leaving a pool and dissolving it: everybody's share goes back with the dates that it has.

A dissolved pool keeps its places: a reward that comes back later belongs to them, and is paid out
by dissolving again, which happens by itself. The last one who leaves dissolves it.
"""

from typing import Final

import msgspec

from chalicelib.domain.booking import Draft, opened, unit_state, with_account
from chalicelib.domain.decision import AlreadyRecorded, Decision, Document, Outcome
from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import balance
from chalicelib.domain.member import Pool
from chalicelib.domain.member_records import Pooling, PoolingKind
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pool_shares import held_by, passed, pool_of, shares, with_shares
from chalicelib.domain.pooling import NO_POOL, NOT_A_MEMBER, PoolLoad, Sharer, pool_book, rule_of
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.records import request_hash

LEFT_PREFIX: Final = f"{PoolingKind.LEFT}-"
"""How the id of every document begins by which a member has left a pool, in whatever way."""


def decide_leave(asked: Pooling, loaded: PoolLoad, now: Instant) -> Outcome:
    """Take the place of ``asked.who`` away; who has none: the same."""
    pool, program = loaded.live, loaded.program
    if loaded.account is None or loaded.account.pool is None:
        return NO_POOL
    if loaded.sharer.account is None:
        return NOT_A_MEMBER
    if pool is None or loaded.sharer.member not in pool.places:
        return AlreadyRecorded(asked)
    if program is None:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    if len(pool.places) == 1:
        return decide_dissolve(asked, loaded, (loaded.sharer,), now)
    shared = opened(loaded.pool, loaded.account, now, program)
    draft = opened(loaded.sharer.member, loaded.sharer.account, now, program)
    shared, draft, document = _gone(asked, shared, draft, program)
    copy = msgspec.structs.replace(document, member=loaded.pool)
    return _decision(document, loaded, (shared, draft), (copy,))


def vacated(
    draft: Draft, shared: Draft, actor: str, program: CompiledProgram
) -> tuple[Draft, Draft, tuple[Document, ...]]:
    """Member and pool after the member left, as part of a larger commit; and what tells of it.

    Nothing changes where a torn read knows no place of theirs: then nothing commits.
    """
    pool = pool_of(shared)
    if draft.member not in pool.places:
        return draft, shared, ()
    asked = Pooling(
        id=f"{LEFT_PREFIX}{shared.account.revision + 1}-{shared.member}",
        member=draft.member,
        pool=shared.member,
        who=draft.member,
        kind=PoolingKind.LEFT,
        request_hash=request_hash(PoolingKind.LEFT, shared.member, draft.member),
        unit=pool.unit,
        actor=actor,
        recorded_at=draft.now,
    )
    if len(pool.places) > 1:
        shared, draft, document = _gone(asked, shared, draft, program)
    else:
        part = {draft.member: _available(shared)}
        shared, draft, document = _paid_out(asked, (shared, draft, part), program)
        shared = _over(shared)
    return draft, shared, (document, msgspec.structs.replace(document, member=shared.member))


def decide_dissolve(
    asked: Pooling, loaded: PoolLoad, sharers: tuple[Sharer, ...], now: Instant
) -> Outcome:
    """Pay everybody their share and end the pool; again: what has come back since, if anything."""
    account, program = loaded.account, loaded.program
    pool = account.pool if account else None
    if account is None or pool is None:
        return NO_POOL
    if program is None:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    shared = opened(loaded.pool, account, now, program)
    if pool.dissolved_at and not _available(shared):
        return AlreadyRecorded(asked)
    parts = shares(pool, _available(shared))
    drafts: list[Draft] = []
    documents: list[Document] = []
    for number, sharer in enumerate(sharers):
        each = msgspec.structs.replace(
            asked, id=f"{LEFT_PREFIX}{asked.id}-{number}", kind=PoolingKind.LEFT, who=sharer.member
        )
        names = sharer.places or (sharer.member,)
        part = {name: parts.get(name, 0) for name in names}
        draft = opened(sharer.member, sharer.account, now, program)
        shared, draft, document = _paid_out(each, (shared, draft, part), program)
        drafts.append(draft)
        copy = msgspec.structs.replace(document, member=loaded.pool)
        documents += [document, copy]
    shared = _over(shared)
    ended = msgspec.structs.replace(
        asked,
        member=loaded.pool,
        kind=PoolingKind.DISSOLVED,
        points=0,
        unit=pool.unit,
        program_version=program.version,
        revision=1,
    )
    return _decision(ended, loaded, (shared, *drafts), tuple(documents))


def _over(shared: Draft) -> Draft:
    """The pool, over since now at the latest; its places stay, for what comes back."""
    pool = pool_of(shared)
    since = pool.dissolved_at or shared.now
    over = msgspec.structs.replace(pool, dissolved_at=since, invitations={})
    return with_account(shared, pool=over)


def _gone(
    asked: Pooling, shared: Draft, draft: Draft, program: CompiledProgram
) -> tuple[Draft, Draft, Pooling]:
    """Pool, member and document after one of several left, as the program says."""
    rule = rule_of(program, pool_of(shared).unit)
    stays = rule is not None and rule.leave == "stay"
    part = {} if stays else {draft.member: _part(shared, draft.member)}
    shared, draft, document = _paid_out(asked, (shared, draft, part), program)
    return with_account(shared, pool=_without(pool_of(shared), draft.member)), draft, document


def _available(shared: Draft) -> int:
    """What can be paid out; held points stay until their hold is over."""
    return max(0, balance(unit_state(shared, pool_of(shared).unit), shared.now).available)


def _part(shared: Draft, member: str) -> int:
    part = shares(pool_of(shared), held_by(shared)).get(member, 0)
    return min(part, _available(shared))


def _paid_out(
    asked: Pooling,
    payment: tuple[Draft, Draft, dict[str, int]],
    program: CompiledProgram,
) -> tuple[Draft, Draft, Pooling]:
    """Pool, member and document after the member got the points of their places and left."""
    shared, draft, parts = payment
    part = sum(parts.values())
    unit = pool_of(shared).unit
    document = msgspec.structs.replace(
        asked,
        member=draft.member,
        unit=unit,
        points=-part,
        program_version=program.version,
        revision=1,
    )
    if part:
        had = held_by(shared)
        shared = with_shares(shared, had, {name: -points for name, points in parts.items()})
        shared, draft = passed(shared, draft, document)
    left = {name: pool for name, pool in draft.account.pools.items() if pool != shared.member}
    return shared, with_account(draft, pools=left), document


def _without(pool: Pool, member: str) -> Pool:
    """The pool without the member; the one who has been there longest owns it then."""
    places = {name: place for name, place in pool.places.items() if name != member}
    longest = min(places, key=lambda name: (places[name].since, name))
    owner = longest if pool.owner == member else pool.owner
    return msgspec.structs.replace(pool, places=places, owner=owner)


def _decision(
    document: Pooling,
    loaded: PoolLoad,
    drafts: tuple[Draft, ...],
    further: tuple[Document, ...],
) -> Decision:
    name, version = f"pooling:{document.id}", document.program_version
    books = tuple(pool_book(draft, loaded.shop, name, version) for draft in drafts)
    return Decision(document, books, further)
