"""Launch with existing customers: balances and past orders that come from another system.

::

    balance      an opening lot with its own expiry, booked as ``import``      once by its id
    past order   qualify_only   counts towards tiers; what was given for it before is remembered
                 award          earns by the first version, as if the program had been there
    customer     a member since they joined elsewhere (``joining``)

Only orders paid before the program began are past ones; later ones are events like any other.
"""

from typing import Literal

import msgspec

from chalicelib.domain.adjusting import AdjustLoad, adjustment_source, refused
from chalicelib.domain.booking import closed, counted, credited, opened
from chalicelib.domain.crediting import credit_dates
from chalicelib.domain.decision import OTHER_REQUEST, Decision, Outcome
from chalicelib.domain.exchange import goods_of
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind, Explained, Movement
from chalicelib.domain.lots import Touched
from chalicelib.domain.member_books import LoadedMember
from chalicelib.domain.orders import OrderDocument, earning_state
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.occasion import Launched
from chalicelib.domain.records import Adjustment


class Imported(msgspec.Struct, frozen=True):
    """How a past order comes in."""

    orders: Literal["award", "qualify_only"]
    posted_before: dict[str, int] = {}  # points given for it elsewhere, by unit


def decide_import(asked: Adjustment, loaded: AdjustLoad, now: Instant) -> Outcome:
    """Open a lot of ``asked.points`` that ends at ``asked.until``, or as points of now do."""
    answered = refused(asked, loaded)
    if answered is not None:
        return answered
    if loaded.program is None or loaded.account is None:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    if loaded.program.program.launch.balances != "import":
        return Refusal(RefusalCode.LAUNCH_NOT_OPEN, "The live program imports no balances.")
    if asked.until and asked.until <= now:
        return Refusal(RefusalCode.VALUE_INVALID, "these points have expired already")
    program = loaded.program
    draft = opened(asked.member, loaded.account, now, program)
    own = credit_dates(program, asked.unit, now).expires_at
    dates = Touched(0, 0, asked.until or own)
    movement = Movement(
        asked.unit, asked.points, EntryKind.IMPORT, explanation=(Explained("import"),)
    )
    draft, _ = credited(draft, asked.unit, asked.points, dates, movement)
    draft = counted(draft, "adjust", now)
    book = closed(draft, adjustment_source(asked, loaded.shop, now, program))
    name = f"adjustment:{asked.id}"
    entry = next(entry for entry in book.entries if entry.document == name)
    return Decision(msgspec.structs.replace(asked, entry=entry, revision=1), (book,))


def import_refusal(
    known: OrderDocument, imported: Imported, program: CompiledProgram | None, starts_at: Instant
) -> Refusal | None:
    """Why the past order ``known`` cannot come in so; None when it can, or is in already."""
    launched = known.terms.launched if known.terms else None
    if known.terms is not None:
        is_other = launched is not None and launched.posted_before != imported.posted_before
        return OTHER_REQUEST if is_other else None
    state = earning_state(known)
    if state is not None and state.paid_at is not None and state.paid_at >= starts_at:
        detail = "it was paid after the program began: send it as an event"
        return Refusal(RefusalCode.VALUE_INVALID, detail)
    units = program.program.units if program else {}
    unknown = sorted(set(imported.posted_before) - set(units))
    if unknown:
        return Refusal(RefusalCode.UNIT_UNKNOWN, f"the program has no unit '{unknown[0]}'")
    return None


def imported_reason(owner: LoadedMember) -> str:
    """Why a past order of ``owner`` counts nothing: they are no member; "" when they are."""
    is_member = owner.account is not None and not owner.account.erased_at
    return "" if is_member else "not_a_member"


def launched_as(
    known: OrderDocument, program: CompiledProgram, imported: Imported | None
) -> Launched | None:
    """What the terms of a past order remember; None where it earns as any other."""
    if imported is None or imported.orders == "award":
        return None
    net = sum(line.net for line in goods_of(known, program, "").lines)
    return Launched(net, imported.posted_before)


def as_if_never_imported(document: OrderDocument) -> OrderDocument:
    """An order that turns out to be another's: what was imported stays with whom it was for."""
    if document.terms is None or document.terms.launched is None:
        return document
    terms = msgspec.structs.replace(document.terms, launched=None)
    return msgspec.structs.replace(document, terms=terms)
