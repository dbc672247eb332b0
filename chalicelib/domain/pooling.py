"""Household pools: members share points in an account of its own.

::

    member A ──put in──►  pool: lots, journal, places  ──reward──► whoever of the places asks
    member B ──put in──►        │
                                └──leave, dissolve──► back to the member, dates kept

Members keep their own accounts: orders, refunds, tiers, caps and debts stay personal, and a pool
never hears of them. What somebody puts in passes in one transaction with the other side. A member
is in at most one pool of a unit, which both accounts say and every change of it guards.
"""

import msgspec

from chalicelib.domain import limits
from chalicelib.domain.booking import Draft, closed, opened, unit_state, with_account
from chalicelib.domain.decision import (
    OTHER_REQUEST,
    AlreadyRecorded,
    Book,
    Decision,
    Outcome,
)
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import Source, genesis
from chalicelib.domain.lots import balance
from chalicelib.domain.member import Account, Counters, Place, Pool
from chalicelib.domain.member_records import Pooling
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pool_shares import held_by, passed, pool_of, with_shares
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.document import Sharing
from chalicelib.domain.whole_amounts import parts_refusal

NO_POOL = Refusal(RefusalCode.POOL_UNKNOWN, "There is no such pool.")
NOT_A_MEMBER = Refusal(RefusalCode.MEMBER_UNKNOWN, "There is no such member.")
_NO_PROGRAM = Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")


class Sharer(msgspec.Struct, frozen=True):
    """A member as they were read, beside a pool."""

    member: str
    account: Account | None
    counters: Counters = Counters()
    places: tuple[str, ...] = ()  # ids whose places are theirs, where they were merged since


class PoolLoad(msgspec.Struct, frozen=True):
    """What everything between a member and a pool depends on."""

    shop: str
    pool: str
    account: Account | None  # the pool's
    sharer: Sharer
    program: CompiledProgram | None
    document: Pooling | None = None  # of the same idempotency key

    @property
    def live(self) -> Pool | None:
        """The pool, unless there is none or it was dissolved."""
        pool = self.account.pool if self.account else None
        return None if pool is None or pool.dissolved_at else pool


class PlaceWish(msgspec.Struct, frozen=True):
    """How somebody comes to a pool."""

    gives_all: bool = False  # the pool may draw on what they have
    invitation: str = ""
    is_vouched: bool = False  # staff say that both sides agree


def rule_of(program: CompiledProgram, unit: str) -> Sharing | None:
    """How ``unit`` may be shared; None: not at all."""
    described = program.program.units.get(unit)
    return described.pool if described is not None and described.spendable else None


def decide_create(asked: Pooling, wish: PlaceWish, loaded: PoolLoad, now: Instant) -> Outcome:
    """Make a pool with ``asked.who`` as its owner and first place. Once per idempotency key."""
    replay = _replay(asked, loaded)
    if replay is not None:
        return replay
    program, sharer = loaded.program, loaded.sharer
    if program is None:
        return _NO_PROGRAM
    if asked.unit not in program.program.units:
        return Refusal(RefusalCode.UNIT_UNKNOWN, f"the program has no unit '{asked.unit}'")
    if sharer.account is None:
        return NOT_A_MEMBER
    refusal = _entry_refusal(asked.unit, sharer.account, program)
    if refusal is not None:
        return refusal
    pool = Pool(asked.unit, sharer.member, {sharer.member: Place(now, gives_all=wish.gives_all)})
    shared = with_account(opened(loaded.pool, None, now, program), pool=pool)
    return _decision(asked, loaded, (shared, _placed(asked, loaded, program, now)))


def decide_join(asked: Pooling, wish: PlaceWish, loaded: PoolLoad, now: Instant) -> Outcome:
    """Give ``asked.who`` a place; who has one already may say anew whether they give all."""
    pool, program, sharer = loaded.live, loaded.program, loaded.sharer
    if sharer.account is None:
        return NOT_A_MEMBER
    if pool is None:
        return NO_POOL
    if program is None:
        return _NO_PROGRAM
    place = pool.places.get(sharer.member)
    if place is not None and place.gives_all == wish.gives_all:
        return AlreadyRecorded(asked)
    refusal = None if place is not None else _join_refusal(wish, loaded, (pool, program), now)
    if refusal is not None:
        return refusal
    known = place or Place(now)
    places = {
        **pool.places,
        sharer.member: msgspec.structs.replace(known, gives_all=wish.gives_all),
    }
    left = {name: until for name, until in pool.invitations.items() if name != wish.invitation}
    shared = opened(loaded.pool, loaded.account, now, program)
    shared = with_account(
        shared, pool=msgspec.structs.replace(pool, places=places, invitations=left)
    )
    return _decision(asked, loaded, (shared, _placed(asked, loaded, program, now)))


def decide_invite(asked: Pooling, loaded: PoolLoad, now: Instant) -> Outcome:
    """Let somebody whom the owner tells the invitation accept it, once and for a week."""
    replay = _replay(asked, loaded)
    if replay is not None:
        return replay
    pool, program = loaded.live, loaded.program
    if pool is None or loaded.sharer.member not in pool.places:
        return NO_POOL
    if program is None:
        return _NO_PROGRAM
    if pool.owner != loaded.sharer.member:
        return Refusal(RefusalCode.POOL_NOT_ALLOWED, "only the owner of the pool invites")
    open_ones = {name: until for name, until in pool.invitations.items() if until > now}
    room = _members_max(program, pool.unit) - len(pool.places) - len(open_ones)
    if room <= 0:
        return Refusal(RefusalCode.LIMIT_REACHED, "everybody that fits is in or invited")
    invitations = {**open_ones, asked.id: now + limits.POOL_INVITATION_MS}
    shared = opened(loaded.pool, loaded.account, now, program)
    shared = with_account(shared, pool=msgspec.structs.replace(pool, invitations=invitations))
    return _decision(asked, loaded, (shared,))


def decide_put_in(asked: Pooling, loaded: PoolLoad, now: Instant) -> Outcome:
    """Pass ``asked.points`` from the member to the pool, or say why not."""
    replay = _replay(asked, loaded)
    if replay is not None:
        return replay
    pool, program, sharer = loaded.live, loaded.program, loaded.sharer
    if sharer.account is None:
        return NOT_A_MEMBER
    if pool is None or sharer.member not in pool.places:
        return NO_POOL
    if program is None:
        return _NO_PROGRAM
    parts = parts_refusal(program, pool.unit, asked.points)
    if parts:
        return parts
    draft = opened(sharer.member, sharer.account, now, program)
    available = balance(unit_state(draft, pool.unit), now).available
    if available < asked.points:
        detail = f"only {max(0, available)} can be put in: pending and held points stay"
        return Refusal(RefusalCode.INSUFFICIENT_POINTS, detail)
    if rule_of(program, pool.unit) is None:
        return _not_shared(pool.unit)
    document = msgspec.structs.replace(asked, unit=pool.unit)
    shared = opened(loaded.pool, loaded.account, now, program)
    draft, shared = put_in(draft, shared, document)
    return _decision(document, loaded, (shared, draft))


def put_in(giver: Draft, shared: Draft, document: Pooling) -> tuple[Draft, Draft]:
    """Both sides after points went into the pool, whose share of it has grown."""
    had = held_by(shared)
    giver, shared = passed(giver, shared, document)
    more = {document.who: document.points}
    return giver, with_shares(shared, had, more)


def pool_book(draft: Draft, shop: str, document: str, version: int) -> Book:
    """The draft as one side of a commit about a pool."""
    chain = genesis(shop, draft.member)
    return closed(draft, Source(chain, document, draft.now, draft.now, version))


# ---------------------------------------------------------------- inside


def _replay(asked: Pooling, loaded: PoolLoad) -> Outcome | None:
    known = loaded.document
    if known is None:
        return None
    return AlreadyRecorded(known) if known.request_hash == asked.request_hash else OTHER_REQUEST


def _members_max(program: CompiledProgram, unit: str) -> int:
    rule = rule_of(program, unit)
    return rule.members_max if rule else 0


def _not_shared(unit: str) -> Refusal:
    return Refusal(RefusalCode.POOL_NOT_ALLOWED, f"the program does not let members share '{unit}'")


def _entry_refusal(unit: str, account: Account, program: CompiledProgram) -> Refusal | None:
    if unit in account.pools:
        detail = "the member is in a pool of this unit: to leave it comes first"
        return Refusal(RefusalCode.ALREADY_IN_POOL, detail)
    return None if rule_of(program, unit) else _not_shared(unit)


def _join_refusal(
    wish: PlaceWish, loaded: PoolLoad, context: tuple[Pool, CompiledProgram], now: Instant
) -> Refusal | None:
    """The first reason, in precedence, why the member can have no place."""
    pool, program = context
    if not wish.is_vouched and pool.invitations.get(wish.invitation, 0) <= now:
        detail = "this invitation was used, or its time is over"
        return Refusal(RefusalCode.INVITATION_UNKNOWN, detail)
    account = loaded.sharer.account or Account(revision=0)
    is_full = len(pool.places) >= _members_max(program, pool.unit)
    if is_full and rule_of(program, pool.unit) is not None and pool.unit not in account.pools:
        return Refusal(RefusalCode.LIMIT_REACHED, "the pool is full")
    return _entry_refusal(pool.unit, account, program)


def _placed(asked: Pooling, loaded: PoolLoad, program: CompiledProgram, now: Instant) -> Draft:
    """The member's account, which names the pool of the unit."""
    draft = opened(loaded.sharer.member, loaded.sharer.account, now, program)
    pool = loaded.account.pool if loaded.account else None
    unit = pool.unit if pool else asked.unit
    return with_account(draft, pools={**draft.account.pools, unit: loaded.pool})


def _decision(asked: Pooling, loaded: PoolLoad, drafts: tuple[Draft, ...]) -> Decision:
    """The pool's side first; the member's copy goes with the member's book."""
    version = loaded.program.version if loaded.program else 0
    unit = pool_of(drafts[0]).unit
    document = msgspec.structs.replace(asked, unit=unit, program_version=version, revision=1)
    name = f"pooling:{document.id}"
    books = tuple(pool_book(draft, loaded.shop, name, version) for draft in drafts)
    copy = msgspec.structs.replace(document, member=loaded.pool)
    return Decision(document, books, (copy,) if copy != document else ())
