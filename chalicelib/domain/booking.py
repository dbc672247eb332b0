"""Booking: moving one member's account step by step towards one commit.

A ``Draft`` is an account under change with the movements made so far; every function takes one
and returns the next. ``opened`` begins it (and books what has lapsed), ``closed`` numbers and
chains the movements into entries. Who calls decides what to book; nothing here knows rules.
"""

from dataclasses import dataclass, replace

import msgspec

from chalicelib.domain.decision import Book
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind, Explained, Movement, Source, post
from chalicelib.domain.lots import (
    Moved,
    TakenBack,
    Touched,
    booked,
    credit,
    give_back,
    lapse,
    spend,
    take_back,
)
from chalicelib.domain.member import Account, UnitState
from chalicelib.domain.outcome import ensure


@dataclass(frozen=True, slots=True)
class Draft:
    """An account under change. ``before`` is None for a new member."""

    member: str
    before: Account | None
    account: Account
    now: Instant
    zone: str
    movements: tuple[Movement, ...] = ()


def opened(member: str, before: Account | None, now: Instant, zone: str) -> Draft:
    """Begin: expired lots are booked as ``expire``, so that no later step meets one."""
    account = before or Account(revision=0, joined_at=now)
    draft = Draft(member, before, account, now, zone)
    for unit, state in account.units.items():
        moved = lapse(state, now)
        lapsed = sum(part.points for part in moved.touched)
        if lapsed:
            reason = (Explained("expired", {"points": lapsed}),)
            movement = Movement(
                unit, -lapsed, EntryKind.EXPIRE, moved.touched, reason, document=f"expiry:{now}"
            )
            draft = _moved(draft, unit, moved.state, movement)
        elif moved.state != state:
            draft = _with_unit(draft, unit, moved.state)
    return draft


def unit_state(draft: Draft, unit: str) -> UnitState:
    """The unit's state so far; an empty one for a unit never seen."""
    return draft.account.units.get(unit, UnitState())


def credited(
    draft: Draft, unit: str, points: int, dates: Touched, movement: Movement
) -> tuple[Draft, tuple[Touched, ...]]:
    """Add points with dates of their own; also the lots that they became."""
    moved = credit(unit_state(draft, unit), points, dates, draft.now, draft.zone)
    return _booked(draft, unit, moved, points, movement), moved.touched


def spent(
    draft: Draft, unit: str, points: int, movement: Movement
) -> tuple[Draft, tuple[Touched, ...]]:
    """Take available points; also the lots that paid."""
    moved = spend(unit_state(draft, unit), points, draft.now)
    return _booked(draft, unit, moved, -points, movement), moved.touched


def given_back(draft: Draft, unit: str, touched: tuple[Touched, ...], movement: Movement) -> Draft:
    """Return spent points to the lots that paid them."""
    moved = give_back(unit_state(draft, unit), touched, draft.now, draft.zone)
    points = sum(part.points for part in touched)
    return _booked(draft, unit, moved, points, movement)


def reversed_points(
    draft: Draft, own: tuple[Touched, ...], movement: Movement, policy: str
) -> tuple[Draft, TakenBack]:
    """Take back ``-movement.points`` that a document credited to ``own``, by the unit's policy."""
    unit = movement.unit
    back = take_back(
        unit_state(draft, unit), -movement.points, own, draft.now, lambda: policy == "allow"
    )
    if back.taken:
        made = replace(movement, points=-back.taken, touched=back.touched)
        return _moved(draft, unit, back.state, made), back
    return _with_unit(draft, unit, back.state), back


def with_account(draft: Draft, **changes: object) -> Draft:
    """The draft with other fields of the account changed (never its units)."""
    ensure("units" not in changes, "units move through movements only")
    return replace(draft, account=msgspec.structs.replace(draft.account, **changes))


def with_qualifying(draft: Draft, deltas: dict[str, dict[str, int]], reason: Explained) -> Draft:
    """Record qualifying differences on the document's first entry, else on one of 0 points.

    Qualifying amounts are sums of entries, as points are (invariant I8).
    """
    for index, movement in enumerate(draft.movements):
        is_own = movement.kind is not EntryKind.EXPIRE and not movement.document
        if is_own:
            made = replace(movement, qualifying=deltas)
            rest = (*draft.movements[:index], made, *draft.movements[index + 1 :])
            return replace(draft, movements=rest)
    bare = Movement("", 0, EntryKind.QUALIFY, (), (reason,), deltas)
    return replace(draft, movements=(*draft.movements, bare))


def closed(draft: Draft, source: Source) -> Book:
    """Number and chain the movements; the revision rises with every write (invariant I10)."""
    account, entries = post(draft.account, draft.movements, source)
    revision = (draft.before.revision if draft.before else 0) + 1
    account = msgspec.structs.replace(account, revision=revision)
    for entry in entries:
        last_of_unit = next(e for e in reversed(entries) if e.unit == entry.unit)
        state = account.units.get(entry.unit, UnitState())
        ensure(last_of_unit.booked_after == booked(state), "booked is the sum of all entries (I1)")
    return Book(draft.member, draft.before, account, entries)


def _booked(draft: Draft, unit: str, moved: Moved, points: int, movement: Movement) -> Draft:
    made = replace(movement, unit=unit, points=points, touched=moved.touched)
    return _moved(draft, unit, moved.state, made)


def _moved(draft: Draft, unit: str, state: UnitState, movement: Movement) -> Draft:
    draft = _with_unit(draft, unit, state)
    return replace(draft, movements=(*draft.movements, movement))


def _with_unit(draft: Draft, unit: str, state: UnitState) -> Draft:
    units = {**draft.account.units, unit: state}
    return replace(draft, account=msgspec.structs.replace(draft.account, units=units))
