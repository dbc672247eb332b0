"""What time alone does to points: codes that nobody used give theirs back, silence takes them.

::

    redeemed ──► code waits (OpenCode) ──┬── used or undone     it waits no more
                                         └── its time is over   the points are back at that instant

A code whose points come back (``on_expiry: return``) is remembered on the account, so that what
is available follows from the account and the instant, as with holds. The ``return`` entry is
booked by the member's next commit or by the sweep, whichever comes first, and by nothing twice:
the same commit forgets the code. Dates count from the code's own end, never from the booking.
"""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.idleness import Moment, begun, dated, due, lapses_at, least_life, spared
from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import Touched, give_back, is_still, released
from chalicelib.domain.member import Account, Lot, OpenCode, UnitState
from chalicelib.domain.program.idle import Idleness


class CameBack(msgspec.Struct, frozen=True):
    """The points of one code that nobody used in time."""

    redemption: str
    reward: str
    touched: tuple[Touched, ...]  # the lots that they went into
    points: int


def seen(account: Account, idle: Mapping[str, Idleness], now: Instant) -> Account:
    """The account as readers see it: points of codes that ended are back, dates are set."""
    units = dict(account.units)
    for unit, stored in account.units.items():
        state, back = came_back(stored, idle.get(unit), Moment(now, "UTC"))
        state = released(state, now)
        date = lapses_at(state, idle.get(unit))
        if date is not None:
            units[unit] = dated(state, date)
        elif back:
            units[unit] = state
    return msgspec.structs.replace(account, units=units)


def is_quiet(state: UnitState, idleness: Idleness | None, now: Instant) -> bool:
    """Whether time alone has done nothing to the unit since it was written."""
    if not is_still(state, now):
        return False
    if state.codes and any(code.expires_at <= now for code in state.codes.values()):
        return False
    date = lapses_at(state, idleness)
    return date is None or date > now


def came_back(
    state: UnitState, idleness: Idleness | None, moment: Moment
) -> tuple[UnitState, tuple[CameBack, ...]]:
    """The state with the points of every code whose time is over, each at its own instant."""
    if not state.codes:
        return state, ()
    over = sorted(
        (code.expires_at, name)
        for name, code in state.codes.items()
        if code.expires_at <= moment.now
    )
    back: list[CameBack] = []
    for at, name in over:
        code = state.codes[name]
        state = without_code(due(state, idleness, at), name)
        parts = tuple(Touched(lot.remaining, 0, lot.expires_at) for lot in code.parts)
        moved = give_back(state, parts, at, moment.zone)
        state = spared(begun(moved.state, idleness, at, at), idleness, least_life(at))
        points = sum(part.points for part in parts)
        back.append(CameBack(name, code.reward, moved.touched, points))
    return state, tuple(back)


def with_code(
    state: UnitState, redemption: str, code: tuple[str, Instant], touched: tuple[Touched, ...]
) -> UnitState:
    """Remember a code whose points come back; ``code`` is (reward id, when it ends)."""
    reward, expires_at = code
    parts = tuple(Lot(part.points, 0, part.expires_at) for part in touched)
    codes = {**state.codes, redemption: OpenCode(expires_at, reward, parts)}
    return msgspec.structs.replace(state, codes=codes)


def without_code(state: UnitState, redemption: str) -> UnitState:
    """Forget a code: it was used or undone, or its points are back."""
    codes = {name: code for name, code in state.codes.items() if name != redemption}
    return msgspec.structs.replace(state, codes=codes)
