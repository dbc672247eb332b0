"""Money that is kept in parts of a minor unit is spent in whole minor units only.

What orders earn and what staff correct may be parts; what somebody asks to spend, to set aside, to
give or to put into a pool may not: nobody can be paid a tenth of a cent.
"""

from chalicelib.domain.outcome import Problem, Refusal, RefusalCode
from chalicelib.domain.program.plan import CompiledProgram


def parts_refusal(program: CompiledProgram, unit: str, points: int) -> Refusal | None:
    """Why ``points`` of ``unit`` cannot be asked for, where they are not whole minor units."""
    described = program.program.units.get(unit)
    if described is None or not points % described.scale:
        return None
    detail = f"points of '{unit}' are spent in whole minor units: use a multiple of"
    detail = f"{detail} {described.scale}"
    problem = Problem("$.points", RefusalCode.VALUE_INVALID.value, detail)
    return Refusal(RefusalCode.VALUE_INVALID, detail, (problem,))
