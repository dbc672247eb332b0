"""How much a member may give away: the unit's own limit, counted like any other cap.

The cap is made from the document when it is asked for, because gifts are rare; its counter is
``gift:<unit>`` among the giver's, so evaluation of orders never meets it.
"""

from msgspec.structs import replace

from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Counters
from chalicelib.domain.program import caps
from chalicelib.domain.program.compiled_rules import window_of
from chalicelib.domain.program.plan import CompiledCap, CompiledProgram


def may_be_given(program: CompiledProgram, unit: str) -> bool:
    """Whether the program lets members give points of ``unit`` to each other."""
    described = program.program.units[unit]
    return described.gift is not None and described.spendable


def room(program: CompiledProgram, unit: str, counters: Counters, at: Instant) -> int:
    """How many points of ``unit`` the member may still give at ``at``; 0 where none may be."""
    cap = _cap(program, unit)
    return caps.room(replace(program, caps={cap.id: cap}), counters, at)[cap.id] if cap else 0


def counted(
    program: CompiledProgram, unit: str, counters: Counters, given: tuple[int, Instant]
) -> Counters:
    """``counters`` after a gift; ``given`` is (points, when)."""
    cap = _cap(program, unit)
    if cap is None:
        return counters
    points, now = given
    return caps.count(replace(program, caps={cap.id: cap}), counters, now, {cap.id: points}, now)


def _cap(program: CompiledProgram, unit: str) -> CompiledCap | None:
    gift = program.program.units[unit].gift
    if gift is None:
        return None
    return CompiledCap(f"gift:{unit}", "amount", gift.max, window_of(gift.window), unit=unit)
