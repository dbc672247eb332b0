"""Two kindnesses of staff, each with a reason: give lapsed points back, or let points live longer.

Both are adjustments by a person. Lapsed points are remembered for 120 days; each is given back
once, because giving it back takes it out of that memory. An extension moves dates later, never
sooner, and no points.
"""

import msgspec

from chalicelib.domain import limits
from chalicelib.domain.adjusting import AdjustLoad, adjustment_source, reason_hash, refused
from chalicelib.domain.booking import (
    Draft,
    closed,
    counted,
    credited,
    opened,
    rewritten,
    unit_state,
)
from chalicelib.domain.crediting import credit_dates
from chalicelib.domain.decision import AlreadyRecorded, Decision, Outcome
from chalicelib.domain.idleness import least_life, spared
from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.ledger import EntryKind, Explained, Movement
from chalicelib.domain.lots import Touched
from chalicelib.domain.member import Lot, UnitState
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.records import Adjustment, AdjustmentKind

EXTENDED = "extended"
"""Why a lot has a later date than it was credited with: a person moved it."""


def remembered(state: UnitState) -> int:
    """Lapsed points that can still be given back."""
    return sum(lot.lapsed for lot in state.lots)


def decide_reinstate(asked: Adjustment, loaded: AdjustLoad, now: Instant) -> Outcome:
    """Give back ``asked.points`` that lapsed, latest lapse first; 0 asks for all of them.

    They can be spent at once and live like points earned now, 30 days at least.
    """
    begun = _begun(asked, loaded, now)
    if not isinstance(begun, tuple):
        return begun
    draft, program = begun
    state = unit_state(draft, asked.unit)
    points = asked.points or remembered(state)
    if not points or points > remembered(state):
        detail = f"{remembered(state)} points that lapsed in the last 120 days can be given back"
        return Refusal(RefusalCode.INSUFFICIENT_POINTS, detail)
    draft = rewritten(draft, asked.unit, _forgotten(state, points))
    dates = credit_dates(program, asked.unit, now)
    expires_at = None if dates.expires_at is None else max(dates.expires_at, least_life(now))
    movement = Movement(asked.unit, points, EntryKind.REINSTATE, explanation=_reason(asked))
    draft, _ = credited(draft, asked.unit, points, Touched(0, 0, expires_at), movement)
    return _decided(asked, loaded, draft, program)


def decide_extend(asked: Adjustment, loaded: AdjustLoad, now: Instant) -> Outcome:
    """Let every point of the unit live until ``asked.until`` at least."""
    begun = _begun(asked, loaded, now)
    if not isinstance(begun, tuple):
        return begun
    draft, program = begun
    until = asked.until
    if not now < until <= now + limits.EXTENSION_MS_MAX:
        detail = f"{iso(until)} is not within the next ten years"
        return Refusal(RefusalCode.VALUE_INVALID, detail)
    state = unit_state(draft, asked.unit)
    idleness = draft.idle.get(asked.unit)
    lots = tuple(_extended(lot, until) for lot in state.lots)
    longer = spared(msgspec.structs.replace(state, lots=lots), idleness, until)
    touched = tuple(
        Touched(after.remaining, after.available_at, after.expires_at)
        for before, after in zip(state.lots, lots, strict=True)
        if after != before
    )
    movement = Movement(
        asked.unit, 0, EntryKind.EXTEND, touched=touched, explanation=_reason(asked)
    )
    draft = rewritten(draft, asked.unit, longer, movement)
    return _decided(asked, loaded, draft, program)


def _begun(
    asked: Adjustment, loaded: AdjustLoad, now: Instant
) -> tuple[Draft, CompiledProgram] | AlreadyRecorded | Refusal:
    """The member's draft and the program, or the answer that comes before both."""
    answered = refused(asked, loaded)
    if answered is not None:
        return answered
    if loaded.program is None or loaded.account is None:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    return opened(asked.member, loaded.account, now, loaded.program), loaded.program


def _decided(
    asked: Adjustment, loaded: AdjustLoad, draft: Draft, program: CompiledProgram
) -> Decision:
    draft = counted(draft, "adjust", draft.now)
    book = closed(draft, adjustment_source(asked, loaded.shop, draft.now, program))
    name = f"adjustment:{asked.id}"
    entry = next(entry for entry in book.entries if entry.document == name)
    return Decision(msgspec.structs.replace(asked, entry=entry, revision=1), (book,))


def _reason(asked: Adjustment) -> tuple[Explained, ...]:
    code = "reinstated" if asked.kind is AdjustmentKind.REINSTATE else "extended"
    return (Explained(code, {"reason_hash": reason_hash(asked)}),)


def _forgotten(state: UnitState, points: int) -> UnitState:
    """The memory without ``points``, latest lapse first."""
    left: dict[int, int] = {}
    for place, lot in sorted(enumerate(state.lots), key=lambda one: -(one[1].expires_at or 0)):
        taken = min(points, lot.lapsed)
        points -= taken
        left[place] = lot.lapsed - taken
    lots = tuple(
        msgspec.structs.replace(lot, lapsed=left[place]) for place, lot in enumerate(state.lots)
    )
    return msgspec.structs.replace(state, lots=lots)


def _extended(lot: Lot, until: Instant) -> Lot:
    is_sooner = lot.remaining > 0 and lot.expires_at is not None and lot.expires_at < until
    return msgspec.structs.replace(lot, expires_at=until, moved=EXTENDED) if is_sooner else lot
