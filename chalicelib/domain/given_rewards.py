"""Rewards that rules give: issued for nothing, and voided when their reason goes.

::

    to issue   known already               again ready, if it was voided
               none left, limit reached    ``failed``, with the reason: nothing is tried again
               else                        a redemption of cost 0, with its code
    to void    nobody used it              ``undone``; its piece of stock and its turn are free
               used, or its time is over   it stays, and says so

Each takes its promise out of the account in the same commit, so it is done exactly once, whoever
does it. Not an activity of the member: it keeps no points alive.
"""

import msgspec

from chalicelib.domain.booking import Draft, closed, noted, opened, with_account
from chalicelib.domain.budgets import spending
from chalicelib.domain.decision import Decision, Outcome
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind, Explained, Source, genesis
from chalicelib.domain.member import Promise
from chalicelib.domain.outcome import InvariantBroken, Refusal, RefusalCode
from chalicelib.domain.program.caps import times_used
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.pricing import least_price
from chalicelib.domain.program.rewards import expires_at, find_reward
from chalicelib.domain.records import Redemption, RedemptionStatus, as_of
from chalicelib.domain.redeeming import (
    NO_STOCK_LEFT,
    Offer,
    RedeemLoad,
    RedeemRequest,
    booked,
    has_turn,
    made,
)
from chalicelib.domain.redemption_ends import stock_back, with_limit_freed, without_open_code

NOT_PROMISED = Refusal(RefusalCode.REDEMPTION_UNKNOWN, "nothing is promised under this id any more")


def decide_promise(request: RedeemRequest, loaded: RedeemLoad, now: Instant) -> Outcome:
    """Keep one promise of the account; one that is kept already is nothing to do."""
    account, program = loaded.account, loaded.program
    promise = account.promises.get(request.redemption_id) if account else None
    if account is None or promise is None or program is None:
        return NOT_PROMISED
    draft = opened(loaded.member, account, now, program)
    left = {name: each for name, each in account.promises.items() if name != request.redemption_id}
    draft = with_account(draft, promises=left)
    if promise.is_void:
        return _voided(loaded, program, draft)
    return _issued(request, promise, loaded, draft)


# ---------------------------------------------------------------- to issue


def _issued(request: RedeemRequest, promise: Promise, loaded: RedeemLoad, draft: Draft) -> Decision:
    known = loaded.document
    if known is not None and known.status not in (RedemptionStatus.UNDONE, RedemptionStatus.FAILED):
        document = msgspec.structs.replace(known, reason="", revision=known.revision + 1)
        return _written(document, loaded, draft, "given")  # it was used before, and stayed
    offer = _offer(promise, loaded)
    document = msgspec.structs.replace(
        made(request, offer, loaded, ((), draft.now)),
        member=known.member if known else loaded.member,
        undo_until=0,  # nobody paid for it
        given_by=promise.document,
        rule=promise.rule,
        expires_at=_until(promise, offer, draft.now),
        revision=known.revision + 1 if known else 1,
    )
    reason = _why_not(offer, loaded, draft)
    if not reason:
        return booked(document, offer, loaded, _told(draft, document, "given"))
    failed = msgspec.structs.replace(
        document,
        status=RedemptionStatus.FAILED,
        reason=reason,
        code="",
        expires_at=None,
        stock_shard=None,
        budgets={},
    )
    return _written(failed, loaded, draft, "not_given")


def _offer(promise: Promise, loaded: RedeemLoad) -> Offer:
    """The reward for nothing: of one by steps the least."""
    program = loaded.program
    reward = find_reward(program, promise.reward) if program else None
    if program is None or reward is None:
        raise InvariantBroken("a version has the rewards that its rules give")
    price = least_price(reward, program.currency)
    return Offer(program, reward, msgspec.structs.replace(price, unit="", points=0))


def _until(promise: Promise, offer: Offer, now: Instant) -> Instant | None:
    """When its code stops working: counted from the promise's own date, whoever kept it how late.

    A code that nobody could ever have used is no reward: that one is counted from now.
    """
    program, reward = offer.program, offer.reward
    until = expires_at(program, reward, promise.since or now)
    return expires_at(program, reward, now) if until is not None and until <= now else until


def _why_not(offer: Offer, loaded: RedeemLoad, draft: Draft) -> str:
    """Why the reward can't be issued, as a code; "" when it can."""
    program, reward = offer.program, offer.reward
    cap = program.rewards[reward.id].cap
    if draft.account.erased_at:
        return RefusalCode.MEMBER_ERASED.value
    is_used = cap and times_used(program, reward.id, loaded.counters, draft.now) >= cap.limit
    if is_used or not has_turn(offer, loaded, draft.now):
        return RefusalCode.LIMIT_REACHED.value
    if loaded.stock_shard == NO_STOCK_LEFT:
        return RefusalCode.REWARD_OUT_OF_STOCK.value
    return ""


# ---------------------------------------------------------------- to void


def _voided(loaded: RedeemLoad, program: CompiledProgram, draft: Draft) -> Decision:
    known = loaded.document
    if known is None:
        raise InvariantBroken("what is to be voided was issued")
    now, after = draft.now, known.revision + 1
    status = as_of(known, now).status
    if status is RedemptionStatus.READY and not known.used_at:
        document = msgspec.structs.replace(
            known, status=RedemptionStatus.UNDONE, budgets={}, revision=after
        )
        decision = _written(document, loaded, without_open_code(draft, known.id), "given_back")
        (book,) = decision.books
        book = with_limit_freed(book, known, loaded.counters, (program, now))
        decision = msgspec.structs.replace(decision, books=(book,), stock=stock_back(known))
        return spending(decision, (known,), loaded.budgets)
    is_used = status in (RedemptionStatus.READY, RedemptionStatus.USED, RedemptionStatus.FULFILLED)
    reason = "used" if is_used else known.reason
    document = msgspec.structs.replace(known, reason=reason, revision=after)
    return _written(document, loaded, draft, "given_kept" if is_used else "")


def _written(document: Redemption, loaded: RedeemLoad, draft: Draft, code: str) -> Decision:
    draft = _told(draft, document, code) if code else draft
    now, chain = draft.now, genesis(loaded.shop, loaded.member)
    source = Source(chain, f"redemption:{document.id}", now, now, document.program_version)
    return Decision(document, (closed(draft, source),))


def _told(draft: Draft, document: Redemption, code: str) -> Draft:
    """The draft with an entry of no points, by which journals and statements tell of it."""
    told: dict[str, str | int] = {"reward": document.reward_id, "rule": document.rule}
    return noted(draft, EntryKind.GRANT, Explained(code, told))
