"""Redemptions: take a reward for points. How they end is ``redemption_ends``' part.

Reasons to refuse are tried in the order of ``RefusalCode``; a replay is answered before any of
them that depends on state. The code is derived from the redemption's id by the caller (it needs
a key), so it is the same in every retry.
"""

import msgspec

from chalicelib.domain import limits
from chalicelib.domain.booking import (
    Draft,
    closed,
    counted,
    opened,
    spent,
    unit_state,
    with_account,
)
from chalicelib.domain.decision import OTHER_REQUEST, AlreadyRecorded, Decision, Outcome, StockTake
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind, Explained, Movement, Source, genesis
from chalicelib.domain.lots import Touched, balance
from chalicelib.domain.member import Account, Counters, MemberFacts, recounted
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program import caps
from chalicelib.domain.program.document import Reward
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.reward_document import Cost
from chalicelib.domain.program.rewards import (
    expires_at,
    find_reward,
    reward_refusal,
    undo_until,
)
from chalicelib.domain.records import Redemption, RedemptionStatus

NO_STOCK_LEFT = -1  # in place of a shard: every shard said no


class RedeemRequest(msgspec.Struct, frozen=True):
    """What was asked, with everything that is derived from it by a key."""

    redemption_id: str
    reward_id: str
    request_hash: str
    code: str
    by: str = ""  # who takes it, where a pool pays


class Offer(msgspec.Struct, frozen=True):
    """A reward that can be asked for: the program and the reward in it."""

    program: CompiledProgram
    reward: Reward


class RedeemLoad(msgspec.Struct, frozen=True):
    """What a redemption depends on."""

    shop: str
    member: str
    account: Account | None
    document: Redemption | None
    program: CompiledProgram | None
    counters: Counters = Counters()
    facts: MemberFacts = MemberFacts()
    stock_shard: int | None = None  # None: the reward has no stock; or NO_STOCK_LEFT


def decide_redeem(request: RedeemRequest, loaded: RedeemLoad, now: Instant) -> Outcome:
    """Spend points for a reward, or say why not."""
    offer = offered(request, loaded)
    if not isinstance(offer, Offer):
        return offer
    draft = opened(loaded.member, loaded.account, now, offer.program)
    return taken(request, offer, loaded, draft)


def offered(request: RedeemRequest, loaded: RedeemLoad) -> Offer | AlreadyRecorded | Refusal:
    """What is asked for; or the replay, or why there is no such thing."""
    if loaded.account is None:
        return Refusal(RefusalCode.MEMBER_UNKNOWN, "this customer is not a member yet")
    known = loaded.document
    if known is not None and known.request_hash == request.request_hash:
        return AlreadyRecorded(known)
    reward = find_reward(loaded.program, request.reward_id) if loaded.program else None
    if loaded.program is not None and reward is None:
        return Refusal(RefusalCode.REWARD_UNKNOWN, f"there is no reward '{request.reward_id}'")
    if known is not None:
        return OTHER_REQUEST
    if loaded.program is None or reward is None:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    return Offer(loaded.program, reward)


def taken(request: RedeemRequest, offer: Offer, loaded: RedeemLoad, draft: Draft) -> Outcome:
    """The reward paid out of ``draft``, or the first reason, in precedence, why not."""
    refusal = _refusal(offer.reward, offer.program, loaded, draft)
    return refusal or _redeemed(request, (offer.program, offer.reward), loaded, draft)


def _refusal(
    reward: Reward, program: CompiledProgram, loaded: RedeemLoad, draft: Draft
) -> Refusal | None:
    """The first reason, in precedence, why this member can't have this reward now."""
    code = reward_refusal(program, reward, loaded.facts, loaded.counters, draft.now)
    if code is None and loaded.stock_shard == NO_STOCK_LEFT:
        code = RefusalCode.REWARD_OUT_OF_STOCK
    if code is not None:
        return Refusal(code, _DETAILS[code])
    cost = reward.cost
    if cost is None:
        return None
    available = balance(unit_state(draft, cost.unit), draft.now).available
    if available >= cost.amount:
        return None
    detail = f"the reward costs {cost.amount} and {max(0, available)} are available"
    return Refusal(RefusalCode.INSUFFICIENT_POINTS, detail)


_DETAILS = {
    RefusalCode.REWARD_NOT_FOR_YOU: "this reward is for other members",
    RefusalCode.LIMIT_REACHED: "this reward was taken as often as it may be",
    RefusalCode.COOLDOWN: "this reward was taken a short time ago",
    RefusalCode.REWARD_OUT_OF_STOCK: "nothing of this reward is left",
}


def _redeemed(
    request: RedeemRequest,
    offer: tuple[CompiledProgram, Reward],
    loaded: RedeemLoad,
    draft: Draft,
) -> Decision:
    program, reward = offer
    now = draft.now
    touched: tuple[Touched, ...] = ()
    cost = reward.cost
    if cost is not None:
        draft, touched = _paid(draft, request, cost)
    codes = (*draft.account.open_redemptions, request.redemption_id)
    draft = with_account(draft, open_redemptions=codes[-limits.OPEN_CODES_MAX :])
    draft = counted(draft, "redeem", now)
    document = Redemption(
        id=request.redemption_id,
        member=loaded.member,
        reward_id=reward.id,
        request_hash=request.request_hash,
        by=request.by,
        unit=cost.unit if cost else "",
        cost=cost.amount if cost else 0,
        touched=touched,
        code=request.code,
        status=RedemptionStatus.READY,
        program_version=program.version,
        requested_at=now,
        revision=1,
        expires_at=expires_at(program, reward, now),
        undo_until=undo_until(program, reward, now) or 0,
        on_refund=reward.on_refund,
        stock_shard=loaded.stock_shard,
    )
    name = f"redemption:{document.id}"
    source = Source(genesis(loaded.shop, loaded.member), name, now, now, program.version)
    book = closed(draft, source)
    if reward.limit is not None:
        used = caps.count(program, loaded.counters, now, {cap_of(document): 1}, now)
        book = msgspec.structs.replace(book, counters=recounted(loaded.counters, used))
    shard = loaded.stock_shard
    stock = () if shard is None else (StockTake(reward.id, shard, 1),)
    return Decision(document, (book,), stock=stock)


def _paid(draft: Draft, request: RedeemRequest, cost: Cost) -> tuple[Draft, tuple[Touched, ...]]:
    told = {"reward": request.reward_id, **named_by(request.by)}
    reasons = (Explained("redeemed", told),)
    movement = Movement(cost.unit, -cost.amount, EntryKind.REDEEM, explanation=reasons)
    return spent(draft, cost.unit, cost.amount, movement)


def cap_of(redemption: Redemption) -> str:
    """The cap that counts how often a member has the reward."""
    return f"reward:{redemption.reward_id}"


def named_by(by: str) -> dict[str, str | int]:
    """Who it was, in an entry of a pool."""
    return {"member": by} if by else {}
