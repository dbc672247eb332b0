"""Settling a cause: the shop says that it passed some of what was given on, and shows proof.

What is settled stays given for ever: an undo or a refund takes only from what is left.
"""

import msgspec

from chalicelib.domain.causes import SETTLED, Given, taken
from chalicelib.domain.decision import (
    OTHER_REQUEST,
    AlreadyRecorded,
    CauseMove,
    Decision,
    Outcome,
)
from chalicelib.domain.instants import Instant
from chalicelib.domain.member_records import Settlement
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.document import Cause, Program


class SettleLoad(msgspec.Struct, frozen=True):
    """What a settlement depends on."""

    document: Settlement | None
    program: Program | None
    given: Given


def decide_settlement(asked: Settlement, loaded: SettleLoad, now: Instant) -> Outcome:
    """Move units from given to passed on, or say why not. Again: a replay."""
    known = loaded.document
    if known is not None:
        return AlreadyRecorded(known) if known.request_hash == asked.request_hash else OTHER_REQUEST
    cause = find_cause(loaded.program, asked.cause)
    if cause is None and not loaded.given.whole:
        return Refusal(RefusalCode.CAUSE_UNKNOWN, f"there is no cause '{asked.cause}'")
    left = loaded.given.left
    if asked.units > left:
        detail = f"{left} units are given and not settled yet; {asked.units} were asked for"
        return Refusal(RefusalCode.SETTLEMENT_ABOVE_GIVEN, detail)
    currency = loaded.program.currency if loaded.program else ""
    unit_cost = cost_of_unit(cause, currency)
    document = msgspec.structs.replace(
        asked,
        cost_minor=0 if unit_cost is None else unit_cost * asked.units,
        currency="" if unit_cost is None else currency,
        recorded_at=now,
        revision=1,
    )
    moves = taken(asked.cause, asked.units, 0, loaded.given.unsettled)
    settled = CauseMove(asked.cause, SETTLED, asked.units)
    return Decision(document, causes=(*moves, settled))


def find_cause(program: Program | None, cause_id: str) -> Cause | None:
    """The cause of the program; None if it has none of that id."""
    causes = program.causes if program else ()
    return next((cause for cause in causes if cause.id == cause_id), None)


def cost_of_unit(cause: Cause | None, currency: str) -> int | None:
    """What one unit costs the shop, in minor units; None where nobody said."""
    return cause.unit_cost.get(currency) if cause and cause.unit_cost else None
