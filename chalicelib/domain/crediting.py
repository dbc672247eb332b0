"""When points can be spent and when they lapse: a unit's own rules applied to one instant."""

from chalicelib.domain.calendar import (
    Period,
    Step,
    Window,
    add_period,
    parse_period,
    window_end,
)
from chalicelib.domain.calendar_days import end_of_next
from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import Touched
from chalicelib.domain.program.document import Expiry, Pending
from chalicelib.domain.program.plan import CompiledProgram


def credit_dates(program: CompiledProgram, unit: str, at: Instant) -> Touched:
    """Dates of points of ``unit`` earned at ``at`` by no order: those never wait for one."""
    pending, zone = program.program.units[unit].pending, program.zone
    available_at: Instant = 0
    if not isinstance(pending, str) and pending.for_ is not None:
        available_at = add_period(at, parse_period(pending.for_), zone)
    return Touched(0, available_at, _expires_at(program, unit, at))


def order_dates(
    program: CompiledProgram, unit: str, at: Instant, fulfilled_at: Instant | None
) -> Touched:
    """Dates of points of ``unit`` that an order earned at ``at``, as far as it is through."""
    pending = program.program.units[unit].pending
    if isinstance(pending, str) or pending.until is None:
        return credit_dates(program, unit, at)
    available_at = _released_at(pending, at, fulfilled_at, program.zone)
    return Touched(0, available_at, _expires_at(program, unit, at))


def waits(program: CompiledProgram, unit: str) -> bool:
    """Whether points of ``unit`` wait for something that becomes of their order."""
    pending = program.program.units[unit].pending
    return not isinstance(pending, str) and pending.until is not None


def _released_at(pending: Pending, at: Instant, fulfilled_at: Instant | None, zone: str) -> Instant:
    """When the order is through with what is waited for; at the latest, ``at_most`` after it."""
    latest = add_period(at, parse_period(pending.at_most or ""), zone)
    if fulfilled_at is None:
        return latest
    days = pending.returns_days or 0 if pending.until == "order.returns_closed" else 0
    return min(latest, add_period(fulfilled_at, Period(days=days), zone))


def _expires_at(program: CompiledProgram, unit: str, at: Instant) -> Instant | None:
    expiry = program.program.units[unit].expiry
    if isinstance(expiry, str) or expiry.idle is not None:
        return None  # inactivity has no date of a lot
    return _lot_date(expiry, at, program.zone)


def _lot_date(expiry: Expiry, at: Instant, zone: str) -> Instant:
    if expiry.after is not None:
        date = add_period(at, parse_period(expiry.after), zone)
        return window_end(Window(Step(expiry.round_)), date, zone) if expiry.round_ else date
    earliest = add_period(at, parse_period(expiry.min_life), zone) if expiry.min_life else at + 1
    return end_of_next(expiry.on or "", earliest, zone)
