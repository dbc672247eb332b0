"""Holds: set points aside while something is being paid, then capture a part, or let them go.

::

    authorize ──► open ──┬── capture (≤ held; the rest goes back)   a ``redeem`` entry
                         ├── void    (all goes back)                no entry: nothing moved
                         └── its time is over                       as if voided, without a job

While a hold lives its points are out of their lots: they cannot be spent twice and cannot lapse.
When its time is over they are back at once, because what is available is computed from the
account and the instant; nothing waits for a sweep.
"""

import msgspec

from chalicelib.domain import limits
from chalicelib.domain.booking import (
    captured,
    closed,
    counted,
    held,
    let_go,
    opened,
    unit_state,
)
from chalicelib.domain.decision import OTHER_REQUEST, AlreadyRecorded, Decision, Outcome
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind, Explained, Movement, Source, genesis
from chalicelib.domain.lots import balance
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Problem, Refusal, RefusalCode
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.pricing import takes
from chalicelib.domain.program.rewards import find_reward, hold_until
from chalicelib.domain.records import Hold, HoldStatus
from chalicelib.domain.whole_amounts import parts_refusal


class HoldLoad(msgspec.Struct, frozen=True):
    """What a decision about a hold depends on."""

    shop: str
    account: Account | None
    document: Hold | None
    program: CompiledProgram | None


def decide_authorize(asked: Hold, loaded: HoldLoad, now: Instant) -> Outcome:
    """Set ``asked.points`` aside until ``asked.expires_at``, or say why not."""
    account, program = loaded.account, loaded.program
    if account is None:
        return Refusal(RefusalCode.MEMBER_UNKNOWN, "there is no such member")
    known = loaded.document
    if known is not None and known.request_hash == asked.request_hash:
        return AlreadyRecorded(known)
    if program is not None and not _is_spendable(program, asked.unit):
        detail = f"the program has no unit '{asked.unit}' that can be spent"
        return Refusal(RefusalCode.UNIT_UNKNOWN, detail)
    unfit = _unfit(program, asked) if program else None
    if unfit or known is not None:
        return unfit or OTHER_REQUEST
    if program is None:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    draft = opened(asked.member, account, now, program)
    state = unit_state(draft, asked.unit)
    available = balance(state, now).available
    if available < asked.points:
        detail = f"the hold is for {asked.points} and {max(0, available)} are available"
        return Refusal(RefusalCode.INSUFFICIENT_POINTS, detail)
    if len(state.holds) >= limits.HOLDS_PER_UNIT_MAX:
        detail = f"a member has at most {limits.HOLDS_PER_UNIT_MAX} open holds of a unit"
        return Refusal(RefusalCode.LIMIT_REACHED, detail)
    until = _until(program, asked, now)
    draft = held(draft, asked.unit, asked.points, (asked.id, until))
    book = closed(draft, _source(loaded, asked, program, now))
    document = msgspec.structs.replace(
        asked, expires_at=until, program_version=program.version, revision=1
    )
    return Decision(document, (book,))


def decide_capture(points: int | None, loaded: HoldLoad, now: Instant) -> Outcome:
    """Spend ``points`` of the hold (None: all of it), once. The same again is a replay."""
    hold, account, program = loaded.document, loaded.account, loaded.program
    if hold is None or account is None or program is None:
        return _unknown()
    wanted = hold.points if points is None else points
    if hold.status is HoldStatus.CAPTURED and hold.captured == wanted:
        return AlreadyRecorded(hold)
    if hold.status is not HoldStatus.OPEN:
        return Refusal(RefusalCode.HOLD_EXPIRED, f"the hold was {hold.status.value} before")
    if now >= hold.expires_at:
        return Refusal(RefusalCode.HOLD_EXPIRED, "the time of the hold is over")
    if wanted > hold.points:
        detail = f"the hold is for {hold.points}: at most that can be captured"
        return Refusal(RefusalCode.VALUE_INVALID, detail)
    parts = parts_refusal(program, hold.unit, wanted) if points is not None else None
    if parts:
        return parts
    draft = opened(hold.member, account, now, program)
    if hold.id not in unit_state(draft, hold.unit).holds:
        # The document was read before, the account after, somebody else ended it: look again.
        return Refusal(RefusalCode.HOLD_EXPIRED, "the hold was ended at this very moment")
    reasons = (Explained("captured", {"points": wanted}),)
    movement = Movement(hold.unit, -wanted, EntryKind.REDEEM, explanation=reasons)
    draft = counted(captured(draft, hold.id, movement), "redeem", now)
    document = msgspec.structs.replace(
        hold,
        status=HoldStatus.CAPTURED,
        captured=wanted,
        ended_at=now,
        revision=hold.revision + 1,
    )
    return Decision(document, (closed(draft, _source(loaded, hold, program, now)),))


def decide_void(loaded: HoldLoad, now: Instant) -> Outcome:
    """Let the points go. Voided twice is voided once; a captured hold cannot be voided."""
    hold, account, program = loaded.document, loaded.account, loaded.program
    if hold is None or account is None or program is None:
        return _unknown()
    if hold.status is HoldStatus.VOIDED:
        return AlreadyRecorded(hold)
    if hold.status is HoldStatus.CAPTURED:
        return Refusal(RefusalCode.HOLD_EXPIRED, "the hold was captured before")
    draft = opened(hold.member, account, now, program)
    draft = let_go(draft, hold.unit, hold.id)
    document = msgspec.structs.replace(
        hold, status=HoldStatus.VOIDED, ended_at=now, revision=hold.revision + 1
    )
    return Decision(document, (closed(draft, _source(loaded, hold, program, now)),))


def _unfit(program: CompiledProgram, asked: Hold) -> Refusal | None:
    """Why nobody could spend the points that are asked for, on what they are asked for."""
    if not asked.reward:
        return parts_refusal(program, asked.unit, asked.points)
    reward = find_reward(program, asked.reward)
    if reward is None:
        return Refusal(RefusalCode.REWARD_UNKNOWN, f"the program has no reward '{asked.reward}'")
    if takes(reward, asked.unit, asked.points, program.currency):
        return None
    detail = f"{asked.points} {asked.unit} are no price of this reward"
    return Refusal(
        RefusalCode.VALUE_INVALID, detail, (Problem("$.points", "value_invalid", detail),)
    )


def _until(program: CompiledProgram, asked: Hold, now: Instant) -> Instant:
    if asked.expires_at:
        return asked.expires_at
    return hold_until(program, program.rewards[asked.reward].reward, now)


def _is_spendable(program: CompiledProgram, unit: str) -> bool:
    known = program.program.units.get(unit)
    return known is not None and known.spendable


def _source(loaded: HoldLoad, hold: Hold, program: CompiledProgram, now: Instant) -> Source:
    chain = genesis(loaded.shop, hold.member)
    return Source(chain, f"hold:{hold.id}", now, now, program.version)


def _unknown() -> Refusal:
    return Refusal(RefusalCode.HOLD_UNKNOWN, "there is no such hold")
