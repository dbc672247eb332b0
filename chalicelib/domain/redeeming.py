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
    code_waiting,
    counted,
    opened,
    spent,
    unit_state,
    with_account,
)
from chalicelib.domain.budgets import Budgets, spending
from chalicelib.domain.causes import (
    Unsettled,
    as_donation,
    given_by,
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
from chalicelib.domain.program.pricing import Price, Wish, priced
from chalicelib.domain.program.rewards import (
    BY_STAFF,
    expires_at,
    find_reward,
    reward_refusal,
    undo_until,
)
from chalicelib.domain.program.shared import reward_limits
from chalicelib.domain.records import Redemption, RedemptionStatus

NO_STOCK_LEFT = -1  # in place of a shard: every shard said no


class RedeemRequest(msgspec.Struct, frozen=True):
    """What was asked, with everything that is derived from it by a key."""

    redemption_id: str
    reward_id: str
    request_hash: str
    code: str
    by: str = ""  # who takes it, where a pool pays
    wish: Wish = Wish()


class Offer(msgspec.Struct, frozen=True):
    """A reward that can be asked for: the program, the reward in it, and what is wanted of it."""

    program: CompiledProgram
    reward: Reward
    price: Price


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
    unsettled: Unsettled = {}  # of the cause that a donation went to, for its undo
    budgets: Budgets = Budgets()  # of the shop, that it takes a turn of, or gives one back to


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
    price = (
        priced(reward, request.wish, loaded.program.currency) if reward and loaded.program else None
    )
    if isinstance(price, Refusal):
        return price
    if known is not None:
        return OTHER_REQUEST
    if loaded.program is None or reward is None or price is None:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    return Offer(loaded.program, reward, price)


def taken(request: RedeemRequest, offer: Offer, loaded: RedeemLoad, draft: Draft) -> Outcome:
    """The reward paid out of ``draft``, or the first reason, in precedence, why not."""
    refusal = _refusal(offer, loaded, draft)
    return refusal or _redeemed(request, offer, loaded, draft)


def _refusal(offer: Offer, loaded: RedeemLoad, draft: Draft) -> Refusal | None:
    """The first reason, in precedence, why this member can't have this reward now."""
    program, reward, price = offer.program, offer.reward, offer.price
    code = reward_refusal(program, reward, loaded.facts, loaded.counters, draft.now)
    state = unit_state(draft, price.unit)
    is_full = len(state.codes) >= limits.RETURNING_CODES_MAX and reward.on_expiry == "return"
    is_full = is_full or not has_turn(offer, loaded, draft.now)
    if code is None and is_full:
        code = RefusalCode.LIMIT_REACHED
    if code is None and loaded.stock_shard == NO_STOCK_LEFT:
        code = RefusalCode.REWARD_OUT_OF_STOCK
    if code is not None:
        return Refusal(code, _DETAILS[code])
    if not price.unit:
        return None
    available = balance(state, draft.now).available
    if available >= price.points:
        return None
    detail = f"the reward costs {price.points} and {max(0, available)} are available"
    return Refusal(RefusalCode.INSUFFICIENT_POINTS, detail)


def has_turn(offer: Offer, loaded: RedeemLoad, now: Instant) -> bool:
    """Whether the limit that all members share, if the reward has one, lets it be taken."""
    shared = reward_limits(offer.program, offer.reward.id, now)
    return all(loaded.budgets.left(counter) > 0 for counter in shared)


_DETAILS = {
    RefusalCode.REWARD_NOT_FOR_YOU: "this reward is for other members",
    RefusalCode.LIMIT_REACHED: "this reward was taken as often as it may be",
    RefusalCode.COOLDOWN: "this reward was taken a short time ago",
    RefusalCode.REWARD_OUT_OF_STOCK: "nothing of this reward is left",
}


def _redeemed(
    request: RedeemRequest,
    offer: Offer,
    loaded: RedeemLoad,
    draft: Draft,
) -> Decision:
    reward, now = offer.reward, draft.now
    draft, touched = _paid(draft, request, offer)
    document = made(request, offer, loaded, (touched, now))
    if document.expires_at is not None and touched and document.on_expiry == "return":
        code = (reward.id, document.expires_at)
        draft = code_waiting(draft, (document.unit, document.id), code, touched)
    return booked(document, offer, loaded, counted(draft, "redeem", now))


def booked(document: Redemption, offer: Offer, loaded: RedeemLoad, draft: Draft) -> Decision:
    """The decision that writes a new redemption: its code, its limit and its stock."""
    program, reward, now = offer.program, offer.reward, draft.now
    if document.code:
        codes = (*draft.account.open_redemptions, document.id)
        draft = with_account(draft, open_redemptions=codes[-limits.OPEN_CODES_MAX :])
    name = f"redemption:{document.id}"
    source = Source(genesis(loaded.shop, loaded.member), name, now, now, program.version)
    book = closed(draft, source)
    if program.rewards[reward.id].cap is not None:
        used = caps.count(program, loaded.counters, now, {cap_of(document): 1}, now)
        book = msgspec.structs.replace(book, counters=recounted(loaded.counters, used))
    shard = loaded.stock_shard
    stock = () if shard is None else (StockTake(reward.id, shard, 1),)
    decision = Decision(document, (book,), stock=stock, causes=given_by(document))
    return spending(decision, (), loaded.budgets)


def made(
    request: RedeemRequest,
    offer: Offer,
    loaded: RedeemLoad,
    paid: tuple[tuple[Touched, ...], Instant],
) -> Redemption:
    """The redemption, with the terms that it was taken by; ``paid`` is (the lots, when)."""
    program, reward, price = offer.program, offer.reward, offer.price
    touched, now = paid
    document = Redemption(
        id=request.redemption_id,
        member=loaded.member,
        reward_id=reward.id,
        request_hash=request.request_hash,
        by=request.by,
        unit=price.unit,
        cost=price.points,
        touched=touched,
        code=request.code,
        status=RedemptionStatus.READY,
        program_version=program.version,
        requested_at=now,
        revision=1,
        fulfilment="staff" if reward.kind in BY_STAFF else "manual",
        expires_at=expires_at(program, reward, now),
        undo_until=undo_until(program, reward, now) or 0,
        on_refund="keep" if reward.forever else reward.on_refund,
        # A pool has parts of many: what it paid comes back by undoing and refunds alone.
        on_expiry="keep" if request.by else reward.on_expiry,
        stock_shard=loaded.stock_shard,
        kind=reward.kind,
        forever=reward.forever,
        auto=reward.auto,
        combine=reward.combine,
        steps=price.steps,
        worth=price.worth,
        min_order=price.min_order,
        currency=program.currency if price.worth or price.min_order else "",
        budgets=dict.fromkeys(reward_limits(program, reward.id, now), 1),
    )
    return as_donation(document, reward) if reward.cause else document


def _paid(draft: Draft, request: RedeemRequest, offer: Offer) -> tuple[Draft, tuple[Touched, ...]]:
    price = offer.price
    if not price.unit:
        return draft, ()
    told = {"reward": offer.reward.id, **named_by(request.by)}
    kind = EntryKind.DONATE if offer.reward.cause else EntryKind.REDEEM
    reasons = (Explained("donated" if offer.reward.cause else "redeemed", told),)
    movement = Movement(price.unit, -price.points, kind, explanation=reasons)
    return spent(draft, price.unit, price.points, movement)


def cap_of(redemption: Redemption) -> str:
    """The cap that counts how often a member has the reward."""
    return f"reward:{redemption.reward_id}"


def named_by(by: str) -> dict[str, str | int]:
    """Who it was, in an entry of a pool."""
    return {"member": by} if by else {}
