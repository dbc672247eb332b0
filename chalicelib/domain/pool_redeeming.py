"""Rewards that a pool pays: taken by one of its places, limits and tier being that member's own.

::

    what the pool has ──┐
    who asks, gives all ├─► in this order until the reward is paid ──► redemption of the pool
    others, give all ───┘   each by an entry of theirs and one of the pool, in the same commit

What somebody who gives all has stays in their own account until a reward needs it: their refunds
and debts find it there, and what the pool can pay is right at every instant without any job.
"""

import msgspec

from chalicelib.domain.booking import Draft, opened, unit_state
from chalicelib.domain.decision import Book, Decision, Document, Outcome
from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import balance
from chalicelib.domain.member import Pool
from chalicelib.domain.member_records import Pooling, PoolingKind
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pool_shares import borne, pool_of
from chalicelib.domain.pooling import NO_POOL, Sharer, pool_book, put_in, rule_of
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.records import Redemption
from chalicelib.domain.redeeming import (
    Offer,
    RedeemLoad,
    RedeemRequest,
    offered,
    taken,
)
from chalicelib.domain.redemption_ends import decide_undo


class PoolRedeemLoad(msgspec.Struct, frozen=True):
    """What a reward of a pool depends on; ``redeem`` has the counters and facts of ``taker``."""

    redeem: RedeemLoad
    taker: Sharer
    others: tuple[Sharer, ...] = ()  # who give all, beside the taker


class _Drawn(msgspec.Struct, frozen=True):
    """The pool after it drew on members, and their side of it."""

    shared: Draft
    drafts: tuple[Draft, ...] = ()
    documents: tuple[Document, ...] = ()


def decide_pool_redeem(request: RedeemRequest, loaded: PoolRedeemLoad, now: Instant) -> Outcome:
    """Let the pool pay for a reward, or say why not."""
    offer = offered(request, loaded.redeem)
    if not isinstance(offer, Offer):
        return offer
    account = loaded.redeem.account
    pool = account.pool if account else None
    if pool is None or pool.dissolved_at or loaded.taker.member not in pool.places:
        return NO_POOL
    price = offer.price
    if price.unit != pool.unit:
        detail = "this reward is not paid with what the pool holds"
        return Refusal(RefusalCode.POOL_NOT_ALLOWED, detail)
    shared = opened(loaded.redeem.member, account, now, offer.program)
    drawn = _drawn(request, loaded, (shared, price.points), offer.program)
    outcome = taken(request, offer, loaded.redeem, drawn.shared)
    if not isinstance(outcome, Decision) or not isinstance(outcome.document, Redemption):
        return outcome
    document = msgspec.structs.replace(outcome.document, borne=borne(drawn.shared, price.points))
    context = (loaded.redeem.shop, f"redemption:{request.redemption_id}", offer.program.version)
    theirs = tuple(pool_book(draft, *context) for draft in drawn.drafts)
    return msgspec.structs.replace(
        _counted_at(outcome, loaded.taker, theirs),
        document=document,
        further=drawn.documents,
    )


def decide_pool_undo(loaded: PoolRedeemLoad, now: Instant) -> Outcome:
    """Give the points of an unused code back to the pool, and the taker's limits their room."""
    account, redemption = loaded.redeem.account, loaded.redeem.document
    if account is None or redemption is None:
        return NO_POOL
    outcome = decide_undo(redemption, account, loaded.taker.counters, loaded.redeem, now)
    if not isinstance(outcome, Decision):
        return outcome
    return _counted_at(outcome, loaded.taker, ())


def _counted_at(decision: Decision, taker: Sharer, theirs: tuple[Book, ...]) -> Decision:
    """The decision with what it counted in a book of the taker, and further books."""
    shared = decision.books[0]
    counters = shared.counters
    books = {book.member: book for book in theirs}
    if counters is not None and taker.account is not None:
        bare = msgspec.structs.replace(taker.account, revision=taker.account.revision + 1)
        own = books.get(taker.member, Book(taker.member, taker.account, bare))
        books[taker.member] = msgspec.structs.replace(own, counters=counters)
    shared = msgspec.structs.replace(shared, counters=None)
    return msgspec.structs.replace(decision, books=(shared, *books.values()))


def _drawn(
    request: RedeemRequest,
    loaded: PoolRedeemLoad,
    payment: tuple[Draft, int],
    program: CompiledProgram,
) -> _Drawn:
    """What the pool lacks of the cost, taken from who gives all; all or nothing of it."""
    shared, cost = payment
    pool, now = pool_of(shared), shared.now
    lacking = cost - balance(unit_state(shared, pool.unit), now).available
    givers = [s for s in (loaded.taker, *loaded.others) if _gives_all(pool, s)]
    drafts = [opened(each.member, each.account, now, program) for each in givers]
    if lacking <= 0 or lacking > sum(_at_hand(draft, pool.unit) for draft in drafts):
        return _Drawn(shared)
    if rule_of(program, pool.unit) is None:
        return _Drawn(shared)
    gone: list[Draft] = []
    documents: list[Document] = []
    for number, draft in enumerate(drafts):
        points = min(lacking, _at_hand(draft, pool.unit))
        if not points:
            continue
        lacking -= points
        document = _document(request, number, (draft, shared), (points, program.version))
        left, shared = put_in(draft, shared, document)
        gone.append(left)
        documents += [document, msgspec.structs.replace(document, member=shared.member)]
    return _Drawn(shared, tuple(gone), tuple(documents))


def _gives_all(pool: Pool, sharer: Sharer) -> bool:
    place = pool.places.get(sharer.member)
    is_theirs = place is not None and place.gives_all
    return is_theirs and sharer.account is not None and not sharer.account.erased_at


def _at_hand(draft: Draft, unit: str) -> int:
    return max(0, balance(unit_state(draft, unit), draft.now).available)


def _document(
    request: RedeemRequest, number: int, sides: tuple[Draft, Draft], payment: tuple[int, int]
) -> Pooling:
    giver, shared = sides
    points, version = payment
    return Pooling(
        id=f"{request.redemption_id}-{number}",
        member=giver.member,
        pool=shared.member,
        who=giver.member,
        kind=PoolingKind.DRAWN,
        request_hash=request.request_hash,
        unit=pool_of(shared).unit,
        actor="member",
        recorded_at=shared.now,
        points=points,
        program_version=version,
        revision=1,
    )
