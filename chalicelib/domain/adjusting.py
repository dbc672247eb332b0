"""Adjustments: points moved by a person, with a reason. The only repair there is."""

import hashlib

import msgspec

from chalicelib.domain.booking import closed, counted, credited, opened, spent, unit_state
from chalicelib.domain.crediting import credit_dates
from chalicelib.domain.decision import OTHER_REQUEST, AlreadyRecorded, Book, Decision, Outcome
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import Entry, EntryKind, Explained, Movement, Source, genesis
from chalicelib.domain.lots import Touched, balance
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.progress import Badges
from chalicelib.domain.records import Adjustment, AdjustmentKind


class AdjustLoad(msgspec.Struct, frozen=True):
    """What an adjustment depends on."""

    shop: str
    account: Account | None
    document: Adjustment | None
    program: CompiledProgram | None
    badges: Badges | None = None  # where they are asked about


def decide_adjust(asked: Adjustment, loaded: AdjustLoad, now: Instant) -> Outcome:
    """Credit or take ``asked.points``; nobody is put into debt by hand.

    Credited points can be spent at once and live as long as points earned now.
    """
    answered = refused(asked, loaded)
    if answered is not None:
        return answered
    if loaded.program is None or loaded.account is None:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    program = loaded.program
    draft = opened(asked.member, loaded.account, now, program)
    reasons = (Explained("adjusted", {"reason_hash": reason_hash(asked)}),)
    movement = Movement(asked.unit, asked.points, EntryKind.ADJUST, explanation=reasons)
    if asked.points > 0:
        dates = credit_dates(program, asked.unit, now)
        at_once = Touched(0, 0, dates.expires_at)
        draft, _ = credited(draft, asked.unit, asked.points, at_once, movement)
    else:
        available = balance(unit_state(draft, asked.unit), now).available
        if available < -asked.points:
            detail = f"only {max(0, available)} can be taken: the rest is pending or not there"
            return Refusal(RefusalCode.INSUFFICIENT_POINTS, detail)
        draft, _ = spent(draft, asked.unit, -asked.points, movement)
    draft = counted(draft, "adjust", now)
    book = closed(draft, adjustment_source(asked, loaded.shop, now, program))
    document = msgspec.structs.replace(asked, entry=_own_entry(book, asked), revision=1)
    return Decision(document, (book,))


def refused(asked: Adjustment, loaded: AdjustLoad) -> AlreadyRecorded | Refusal | None:
    """The answer to a replay, or to what cannot be asked; None: go on."""
    if loaded.account is None:
        return Refusal(RefusalCode.MEMBER_UNKNOWN, "there is no such member")
    known = loaded.document
    if known is not None and known.request_hash == asked.request_hash:
        return AlreadyRecorded(known)
    refusal = _content_refusal(asked, loaded)
    if refusal:
        return refusal
    if known is not None:
        return OTHER_REQUEST
    return None


def adjustment_source(
    asked: Adjustment, shop: str, now: Instant, program: CompiledProgram
) -> Source:
    """Where the entries of an adjustment come from."""
    chain = genesis(shop, asked.member)
    return Source(chain, f"adjustment:{asked.id}", now, now, program.version)


def reason_hash(asked: Adjustment) -> str:
    """What the entry keeps of the reason: its text can be erased and the chain still holds."""
    return hashlib.sha256(f"{asked.reason_salt}{asked.reason}".encode()).hexdigest()


def _own_entry(book: Book, asked: Adjustment) -> Entry:
    """The entry of the adjustment itself, among what else was booked with it."""
    return next(entry for entry in book.entries if entry.document == f"adjustment:{asked.id}")


def _content_refusal(asked: Adjustment, loaded: AdjustLoad) -> Refusal | None:
    """Units and tiers are the content of the request: refused before another use of its key is."""
    if loaded.program is None:
        return None
    if asked.tier:
        return _tier_refusal(asked, loaded.program)
    if asked.badge:
        return _badge_refusal(asked, loaded.program)
    unit = loaded.program.program.units.get(asked.unit)
    if unit is None or unit.retired:
        return Refusal(RefusalCode.UNIT_UNKNOWN, f"the program has no unit '{asked.unit}'")
    return None


def _tier_refusal(asked: Adjustment, program: CompiledProgram) -> Refusal | None:
    """Nobody is invited to a group that is retired; an invitation can always be taken back."""
    group, _, tier = asked.tier.partition("/")
    known = program.groups.get(group)
    is_new = asked.kind is AdjustmentKind.INVITE
    is_retired = any(each.id == group and each.retired for each in program.program.tier_groups)
    if known is not None and known.places.get(tier) and not (is_new and is_retired):
        return None
    detail = f"the program has no tier '{asked.tier}' that one could be invited to"
    return Refusal(RefusalCode.VALUE_INVALID, detail)


def _badge_refusal(asked: Adjustment, program: CompiledProgram) -> Refusal | None:
    """A badge is granted until it is retired; what was granted can always be taken back."""
    known = {badge.id for badge in program.program.badges if not badge.retired}
    if asked.kind is AdjustmentKind.UNBADGE or asked.badge in known:
        return None
    return Refusal(RefusalCode.BADGE_UNKNOWN, f"the program has no badge '{asked.badge}' to grant")
