"""When points can be spent and when they lapse: a unit's own rules applied to one instant."""

from chalicelib.domain.calendar import add_period, parse_period
from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import Touched
from chalicelib.domain.program.compiled import CompiledProgram


def credit_dates(program: CompiledProgram, unit: str, at: Instant) -> Touched:
    """Dates of points of ``unit`` earned at ``at``: pending and expiry both count from there."""
    rules, zone = program.program.units[unit], program.zone
    available_at: Instant = 0
    expires_at: Instant | None = None
    if rules.pending != "none":
        available_at = add_period(at, parse_period(rules.pending.for_), zone)
    if rules.expiry != "never":
        expires_at = add_period(at, parse_period(rules.expiry.after), zone)
    return Touched(0, available_at, expires_at)
