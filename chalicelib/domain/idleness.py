"""Inactivity: a unit whose points all lapse when its member does nothing for long enough.

Its lots have no date of their own. The date is worked out when it is asked for, from the last
activity and the rules of the program, so activity moves every lot at once and no job has to run
in time.

::

    dated     lots with the date that inactivity gives them: for readers (``passing.seen``)
    due       the same where that date has come: ``lots.lapse`` then books them as expired
    active    an activity counts; one from before the lapse that arrives late takes it back
    begun     a credit, or points given back, into a unit whose time was over begins anew
"""

import msgspec

from chalicelib.domain import limits
from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import Moved, Touched, credit, released
from chalicelib.domain.member import Lot, UnitState
from chalicelib.domain.program.idle import Idleness, lapse_date

IDLE = "idle"
"""Why a lot has a date that it was not credited with: it lapsed by inactivity."""


class Moment(msgspec.Struct, frozen=True):
    """When something is decided, and in which zone."""

    now: Instant
    zone: str


def lapses_at(state: UnitState, idleness: Idleness | None) -> Instant | None:
    """When the unit's points lapse by inactivity, if nothing more happens; None: never."""
    if idleness is None:
        return None
    for lot in state.lots:
        if _is_undated(lot):
            return lapse_date(idleness.spans, state.active_at, state.not_before)
    return None


def due(state: UnitState, idleness: Idleness | None, now: Instant) -> UnitState:
    """The state with the date of its lapse on every lot that has lapsed by inactivity."""
    state = released(state, now) if state.holds else state
    date = lapses_at(state, idleness)
    return state if date is None or date > now else dated(state, date)


def active(state: UnitState, idleness: Idleness, at: Instant, moment: Moment) -> Moved:
    """Count an activity of ``at``; what lapsed only because it was not known yet comes back."""
    at = min(at, moment.now)
    if at > state.active_at:
        state = msgspec.structs.replace(state, active_at=at)
    if not any(lot.moved == IDLE and lot.lapsed for lot in state.lots):
        return Moved(state, ())
    back: list[Lot] = []
    lots: list[Lot] = []
    for lot in state.lots:
        was_too_early = lot.moved == IDLE and lot.lapsed and at < (lot.expires_at or 0)
        if not was_too_early:
            lots.append(lot)
            continue
        date = _rightly(idleness, at, state)
        if date is None or date > moment.now:
            back.append(lot)
        else:
            later = max(date, lot.expires_at or 0)
            lots.append(msgspec.structs.replace(lot, expires_at=later))
    state = msgspec.structs.replace(state, lots=tuple(lots))
    touched: list[Touched] = []
    for lot in back:
        dates = Touched(0, lot.available_at)
        moved = credit(state, lot.lapsed, dates, moment.now, moment.zone)
        state = moved.state
        touched.append(Touched(lot.lapsed, lot.available_at))
    return Moved(state, tuple(touched))


def begun(state: UnitState, idleness: Idleness | None, at: Instant, now: Instant) -> UnitState:
    """After a credit of ``at``: a unit whose time was over lives a whole period from there."""
    date = lapses_at(state, idleness)
    if date is None or date > now:
        return state
    return msgspec.structs.replace(state, active_at=max(state.active_at, min(at, now)))


def spared(state: UnitState, idleness: Idleness | None, until: Instant) -> UnitState:
    """The state that inactivity takes nothing from before ``until``."""
    date = lapses_at(state, idleness)
    if date is None or date >= until:
        return state
    return msgspec.structs.replace(state, not_before=until)


def least_life(now: Instant) -> Instant:
    """Until when points that come back live at least."""
    return now + limits.RETURNED_LIFE_MS_MIN


def _rightly(idleness: Idleness, at: Instant, state: UnitState) -> Instant | None:
    """When points of somebody active at ``at`` lapse, knowing what else counted.

    Only the latest activity is kept; where it came after the lapse, it changes nothing of it.
    """
    date = lapse_date(idleness.spans, at, state.not_before)
    if date is None or state.active_at >= date:
        return date
    return lapse_date(idleness.spans, state.active_at, state.not_before)


def _is_undated(lot: Lot) -> bool:
    return lot.expires_at is None and lot.remaining > 0


def dated(state: UnitState, date: Instant) -> UnitState:
    """The state with ``date`` on every lot that has none."""
    lots = tuple(
        msgspec.structs.replace(lot, expires_at=date, moved=IDLE) if _is_undated(lot) else lot
        for lot in state.lots
    )
    return msgspec.structs.replace(state, lots=lots)
