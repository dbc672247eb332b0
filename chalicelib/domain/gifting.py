"""Gifts: points go from one member to another, both sides in one transaction.

Lots keep the dates they had, so a gift is no way around an expiry; what is pending, held or owed
cannot be given. There are no fees. A unit whose program says nothing of gifts cannot be given.
"""

import hashlib

import msgspec

from chalicelib.domain.booking import closed, opened, spent, unit_state
from chalicelib.domain.decision import OTHER_REQUEST, AlreadyRecorded, Decision, Outcome
from chalicelib.domain.idleness import begun
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind, Explained, Movement, Source, genesis
from chalicelib.domain.lots import balance
from chalicelib.domain.member import Account, Counters, recounted
from chalicelib.domain.member_records import Transfer
from chalicelib.domain.moving import lots_received
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program import gifts
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.whole_amounts import parts_refusal


class Party(msgspec.Struct, frozen=True):
    """One side of a gift, as it was read."""

    member: str
    account: Account | None
    counters: Counters = Counters()


class TransferLoad(msgspec.Struct, frozen=True):
    """What a gift depends on."""

    shop: str
    giver: Party
    receiver: Party
    document: Transfer | None
    program: CompiledProgram | None


def decide_transfer(asked: Transfer, loaded: TransferLoad, now: Instant) -> Outcome:
    """Move ``asked.points`` from giver to receiver, or say why not."""
    giver, receiver, known = loaded.giver.account, loaded.receiver.account, loaded.document
    if giver is None or receiver is None:
        return Refusal(RefusalCode.MEMBER_UNKNOWN, "giver and receiver both have to be members")
    if known is not None and known.request_hash == asked.request_hash:
        return AlreadyRecorded(known)
    refusal = _content_refusal(asked, loaded)
    if refusal:
        return refusal
    if known is not None:
        return OTHER_REQUEST
    if loaded.program is None:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    refusal = _state_refusal(asked, giver, (loaded.program, loaded), now)
    return refusal or _given(asked, (giver, receiver), (loaded.program, loaded), now)


def _content_refusal(asked: Transfer, loaded: TransferLoad) -> Refusal | None:
    if loaded.giver.member == loaded.receiver.member:
        return Refusal(RefusalCode.VALUE_INVALID, "a gift is for another member")
    if loaded.program is not None and asked.unit not in loaded.program.program.units:
        return Refusal(RefusalCode.UNIT_UNKNOWN, f"the program has no unit '{asked.unit}'")
    return parts_refusal(loaded.program, asked.unit, asked.points) if loaded.program else None


def _state_refusal(
    asked: Transfer, giver: Account, context: tuple[CompiledProgram, TransferLoad], now: Instant
) -> Refusal | None:
    """The first reason, in precedence, why these points cannot be given now."""
    program, loaded = context
    is_allowed = gifts.may_be_given(program, asked.unit)
    left = gifts.room(program, asked.unit, loaded.giver.counters, now)
    if is_allowed and left < asked.points:
        detail = f"at most {left} more can be given in this window"
        return Refusal(RefusalCode.LIMIT_REACHED, detail)
    draft = opened(asked.giver, giver, now, program)
    available = balance(unit_state(draft, asked.unit), now).available
    if available < asked.points:
        detail = f"only {max(0, available)} can be given: pending and held points stay"
        return Refusal(RefusalCode.INSUFFICIENT_POINTS, detail)
    if not is_allowed:
        detail = f"the program does not let members give '{asked.unit}'"
        return Refusal(RefusalCode.TRANSFER_NOT_ALLOWED, detail)
    return None


def _given(
    asked: Transfer,
    accounts: tuple[Account, Account],
    context: tuple[CompiledProgram, TransferLoad],
    now: Instant,
) -> Decision:
    program, loaded = context
    giver, receiver = loaded.giver.member, loaded.receiver.member
    unit, points = asked.unit, asked.points
    told: dict[str, str | int] = {}
    if asked.message:
        told = {"message_hash": _message_hash(asked)}
    out = Movement(unit, -points, EntryKind.GIFT_OUT, explanation=(Explained("gift_sent", told),))
    into = Movement(
        unit, points, EntryKind.GIFT_IN, explanation=(Explained("gift_received", told),)
    )
    left = opened(giver, accounts[0], now, program)
    left, touched = spent(left, unit, points, out)
    right = opened(receiver, accounts[1], now, program)
    active_at = unit_state(left, unit).active_at
    right = lots_received(right, touched, into)
    units = dict(right.account.units)
    units[unit] = begun(units[unit], program.idle.get(unit), active_at, now)
    right = msgspec.structs.replace(
        right, account=msgspec.structs.replace(right.account, units=units)
    )
    document = msgspec.structs.replace(asked, program_version=program.version, revision=1)
    name = f"transfer:{asked.id}"
    books = tuple(
        closed(draft, Source(genesis(loaded.shop, member), name, now, now, program.version))
        for member, draft in ((giver, left), (receiver, right))
    )
    counters = gifts.counted(program, unit, loaded.giver.counters, (points, now))
    giving = msgspec.structs.replace(books[0], counters=recounted(loaded.giver.counters, counters))
    copy = msgspec.structs.replace(document, member=asked.receiver)
    return Decision(document, (giving, books[1]), (copy,))


def _message_hash(asked: Transfer) -> str:
    """What the entries keep of the message: its text can be erased and the chain still holds."""
    return hashlib.sha256(f"{asked.message_salt}{asked.message}".encode()).hexdigest()
