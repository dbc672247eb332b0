"""Redemptions: take a reward for points, undo it, and give points back when its order is refunded.

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
    given_back,
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
from chalicelib.domain.points import floor_ratio
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
    draft = opened(loaded.member, loaded.account, now, loaded.program)
    refusal = _refusal(reward, loaded.program, loaded, draft)
    return refusal or _redeemed(request, (loaded.program, reward), loaded, draft)


def decide_undo(
    redemption: Redemption, account: Account, counters: Counters, loaded: RedeemLoad, now: Instant
) -> Outcome:
    """Give the points of an unused code back while its undo window is open. Again: the same."""
    if redemption.status is RedemptionStatus.UNDONE:
        return AlreadyRecorded(redemption)
    is_open = now < redemption.undo_until
    is_unused = redemption.status is RedemptionStatus.READY
    if not (is_open and is_unused) or loaded.program is None:
        detail = "this code was used, or the time to undo it is over"
        return Refusal(RefusalCode.REDEMPTION_NOT_UNDOABLE, detail)
    draft = opened(loaded.member, account, now, loaded.program)
    if redemption.touched:
        draft = _returned(draft, redemption, redemption.touched, "undone")
    draft = _without_code(draft, redemption.id)
    document = msgspec.structs.replace(
        redemption,
        status=RedemptionStatus.UNDONE,
        returned=redemption.cost,
        revision=redemption.revision + 1,
    )
    name = f"redemption:{redemption.id}"
    source = Source(genesis(loaded.shop, loaded.member), name, now, now, loaded.program.version)
    book = closed(draft, source)
    freed = caps.count(
        loaded.program, counters, redemption.requested_at, {_cap(redemption): -1}, now
    )
    book = msgspec.structs.replace(book, counters=recounted(counters, freed))
    return Decision(document, (book,), stock=_stock_back(redemption))


def decide_use(
    redemption: Redemption,
    account: Account,
    loaded: RedeemLoad,
    order: "CodeUse",
    now: Instant,
) -> Outcome:
    """Mark a code used by its order, and return points pro rata to what was refunded of it.

    Level-triggered: ``returned`` is a function of the order's state, so repeats post nothing.
    A code belongs to the first paid order that used it.
    """
    is_other = redemption.used_by not in ("", order.name)
    is_closed = redemption.status in (RedemptionStatus.UNDONE, RedemptionStatus.EXPIRED)
    is_news = bool(redemption.used_by) or order.is_paid
    if is_other or is_closed or not is_news or loaded.program is None:
        return AlreadyRecorded(redemption)
    target = _returned_target(redemption, order)
    document = msgspec.structs.replace(
        redemption,
        status=RedemptionStatus.USED,
        used_by=order.name,
        used_at=redemption.used_at or now,
        returned=max(target, redemption.returned),
    )
    if document == redemption:
        return AlreadyRecorded(redemption)
    draft = opened(loaded.member, account, now, loaded.program)
    back = document.returned - redemption.returned
    if back:
        lots = _part(redemption.touched, redemption.returned, back)
        draft = _returned(draft, redemption, lots, "order_refunded")
    draft = _without_code(draft, redemption.id)
    name = f"redemption:{redemption.id}"
    source = Source(genesis(loaded.shop, loaded.member), name, now, now, loaded.program.version)
    document = msgspec.structs.replace(document, revision=redemption.revision + 1)
    return Decision(document, (closed(draft, source),))


class CodeUse(msgspec.Struct, frozen=True):
    """What an order says about a code: who used it, and how much of the order came back."""

    name: str  # "<source>:<order id>"
    is_paid: bool
    refunded_minor: int
    whole_minor: int


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
        draft, touched = _paid(draft, reward.id, cost)
    codes = (*draft.account.open_redemptions, request.redemption_id)
    draft = with_account(draft, open_redemptions=codes[-limits.OPEN_CODES_MAX :])
    draft = counted(draft, "redeem", now)
    document = Redemption(
        id=request.redemption_id,
        member=loaded.member,
        reward_id=reward.id,
        request_hash=request.request_hash,
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
        used = caps.count(program, loaded.counters, now, {_cap(document): 1}, now)
        book = msgspec.structs.replace(book, counters=recounted(loaded.counters, used))
    shard = loaded.stock_shard
    stock = () if shard is None else (StockTake(reward.id, shard, 1),)
    return Decision(document, (book,), stock=stock)


def _paid(draft: Draft, reward_id: str, cost: Cost) -> tuple[Draft, tuple[Touched, ...]]:
    reasons = (Explained("redeemed", {"reward": reward_id}),)
    movement = Movement(cost.unit, -cost.amount, EntryKind.REDEEM, explanation=reasons)
    return spent(draft, cost.unit, cost.amount, movement)


def _returned_target(redemption: Redemption, order: CodeUse) -> int:
    """Points that should be back by now: the cost, pro rata to what was refunded."""
    if redemption.on_refund != "return" or not order.whole_minor:
        return 0
    return floor_ratio(redemption.cost * order.refunded_minor, order.whole_minor)


def _returned(draft: Draft, redemption: Redemption, lots: tuple[Touched, ...], code: str) -> Draft:
    reasons = (Explained(code, {"reward": redemption.reward_id}),)
    movement = Movement(redemption.unit, 0, EntryKind.RETURN, explanation=reasons)
    return given_back(draft, redemption.unit, lots, movement)


def _part(touched: tuple[Touched, ...], skip: int, points: int) -> tuple[Touched, ...]:
    """The lots that ``points`` of a redemption came from, after the first ``skip`` of them."""
    parts: list[Touched] = []
    for lot in touched:
        skipped = min(skip, lot.points)
        skip -= skipped
        taken = min(points, lot.points - skipped)
        points -= taken
        if taken:
            parts.append(Touched(taken, lot.available_at, lot.expires_at))
    return tuple(parts)


def _without_code(draft: Draft, redemption_id: str) -> Draft:
    left = tuple(known for known in draft.account.open_redemptions if known != redemption_id)
    return with_account(draft, open_redemptions=left)


def _stock_back(redemption: Redemption) -> tuple[StockTake, ...]:
    if redemption.stock_shard is None:
        return ()
    return (StockTake(redemption.reward_id, redemption.stock_shard, -1),)


def _cap(redemption: Redemption) -> str:
    return f"reward:{redemption.reward_id}"
