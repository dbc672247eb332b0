"""Booking: moving one member's account step by step towards one commit.

A ``Draft`` is an account under change with the movements made so far; every function takes one
and returns the next. ``opened`` begins it (and books what has lapsed), ``closed`` numbers and
chains the movements into entries. Who calls decides what to book; nothing here knows rules.
"""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.decision import Book
from chalicelib.domain.due import due_date, judged_soon, lowered, settle_date
from chalicelib.domain.entering import watched
from chalicelib.domain.idleness import Moment, active, begun, due, least_life, spared
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind, Explained, Movement, Source, post
from chalicelib.domain.lot_holds import capture, freed, hold
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
from chalicelib.domain.messages import Inbox, rewritten_inbox
from chalicelib.domain.outcome import ensure
from chalicelib.domain.passing import CameBack, came_back, is_quiet, with_code, without_code
from chalicelib.domain.program.idle import Idleness
from chalicelib.domain.program.occasion import TraceRow
from chalicelib.domain.program.plan import CompiledGroup, CompiledProgram
from chalicelib.domain.waiting import redated, waiting


class Draft(msgspec.Struct, frozen=True):
    """An account under change. ``before`` is None for a new member."""

    member: str
    before: Account | None
    account: Account
    now: Instant
    zone: str
    idle: Mapping[str, Idleness]  # as of now, whatever version something was awarded by
    movements: tuple[Movement, ...] = ()
    auto: Mapping[str, int] = {}  # as ``CompiledProgram.auto``, as of now
    entering: tuple[CompiledGroup, ...] = ()  # groups whose members enter tiers, as of now
    judging: tuple[CompiledGroup, ...] = ()  # groups by conditions, as of now
    inbox: Inbox | None = None  # what they were told; None: not read, and left alone
    inbox_before: Inbox | None = None  # as it was read
    refused: tuple[TraceRow, ...] = ()  # messages that were given and not sent


def opened(member: str, before: Account | None, now: Instant, program: CompiledProgram) -> Draft:
    """Begin: what time alone did is booked, so that no later step meets it.

    Points of codes that ended unused come back, expired lots are booked as ``expire``.
    """
    account = before or Account(revision=0, joined_at=now)
    groups = program.entering or (tuple(program.groups.values()) if account.entered else ())
    to_see = groups, program.judging
    draft = Draft(
        member, before, account, now, program.zone, program.idle, (), program.auto, *to_see
    )
    for unit, stored in account.units.items():
        if is_quiet(stored, draft.idle.get(unit), now):
            continue
        state, back = came_back(stored, draft.idle.get(unit), Moment(now, draft.zone))
        for code in back:
            draft = _moved(draft, unit, state, _came_back(unit, code))
        moved = lapse(due(state, draft.idle.get(unit), now), now)
        lapsed = sum(part.points for part in moved.touched)
        if lapsed:
            reason = (Explained("expired", {"points": lapsed}),)
            movement = Movement(
                unit, -lapsed, EntryKind.EXPIRE, moved.touched, reason, document=f"expiry:{now}"
            )
            draft = _moved(draft, unit, moved.state, movement)
        elif moved.state != stored:
            draft = _with_unit(draft, unit, moved.state)
    return draft


def with_inbox(draft: Draft, inbox: Inbox | None) -> Draft:
    """The draft with what was read of the member's messages; who is new has none yet."""
    known = inbox or (Inbox() if draft.before is None else None)
    return msgspec.structs.replace(draft, inbox=known, inbox_before=known)


def _rewritten_inbox(draft: Draft) -> Inbox | None:
    if draft.inbox is None or draft.inbox_before is None:
        return None
    return rewritten_inbox(draft.inbox_before, draft.inbox)


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


def with_waiting(draft: Draft, unit: str, touched: tuple[Touched, ...], document: str) -> Draft:
    """Let lots just credited wait for ``document``, which may still move their date."""
    return _with_unit(draft, unit, waiting(unit_state(draft, unit), touched, document, draft.now))


def rescheduled(
    draft: Draft, own: tuple[Touched, ...], wish: tuple[str, Instant], movement: Movement
) -> tuple[Draft, tuple[Touched, ...]]:
    """Move the maturity of lots that wait to ``wish`` (document, date); also the own lots then.

    Writes an entry of 0 points where a date moved.
    """
    moved = redated(unit_state(draft, movement.unit), own, wish, draft.now)
    if not moved.touched:
        return _with_unit(draft, movement.unit, moved.state), moved.own
    made = msgspec.structs.replace(movement, points=0, touched=moved.touched)
    return _moved(draft, movement.unit, moved.state, made), moved.own


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
    back = take_back(unit_state(draft, unit), -movement.points, own, draft.now, policy)
    if back.taken:
        made = msgspec.structs.replace(movement, points=-back.taken, touched=back.touched)
        return _moved(draft, unit, back.state, made), back
    return _with_unit(draft, unit, back.state), back


def rewritten(draft: Draft, unit: str, state: UnitState, movement: Movement | None = None) -> Draft:
    """The draft with another state of a unit, of which the same is booked.

    ``movement`` (of 0 points) tells of it.
    """
    ensure(booked(state) == booked(unit_state(draft, unit)), "points move by movements of points")
    return _moved(draft, unit, state, movement) if movement else _with_unit(draft, unit, state)


def with_account(draft: Draft, **changes: object) -> Draft:
    """The draft with other fields of the account changed (never its units)."""
    ensure("units" not in changes, "units move through movements only")
    return msgspec.structs.replace(draft, account=msgspec.structs.replace(draft.account, **changes))


def with_qualifying(draft: Draft, deltas: dict[str, dict[str, int]], reason: Explained) -> Draft:
    """Record qualifying differences on the document's first entry, else on one of 0 points.

    Qualifying amounts are sums of entries, as points are (invariant I8).
    """
    for index, movement in enumerate(draft.movements):
        is_own = movement.kind is not EntryKind.EXPIRE and not movement.document
        if is_own:
            made = msgspec.structs.replace(movement, qualifying=deltas)
            rest = (*draft.movements[:index], made, *draft.movements[index + 1 :])
            return msgspec.structs.replace(draft, movements=rest)
    bare = Movement("", 0, EntryKind.QUALIFY, (), (reason,), deltas)
    return msgspec.structs.replace(draft, movements=(*draft.movements, bare))


def noted(draft: Draft, kind: EntryKind, reason: Explained) -> Draft:
    """Tell of something in the journal that moves no points."""
    bare = Movement("", 0, kind, (), (reason,))
    return msgspec.structs.replace(draft, movements=(*draft.movements, bare))


def closed(draft: Draft, source: Source) -> Book:
    """Number and chain the movements; the revision rises with every write (invariant I10)."""
    for movement in draft.movements:
        draft = _with_life(draft, movement, source.occurred_at)
    account, entries = post(draft.account, draft.movements, source)
    account = watched(account, draft.before, draft.entering, draft.now)
    account = judged_soon(account, draft.before, draft.judging, draft.now)
    before = draft.before or Account(revision=0)
    settle_at = settle_date(account, draft.auto, draft.now)
    account = msgspec.structs.replace(account, settle_at=settle_at, revision=before.revision + 1)
    due_at = lowered(before.due_at, due_date(account, draft.idle))
    account = msgspec.structs.replace(account, due_at=due_at)
    for entry in entries:
        last_of_unit = next(e for e in reversed(entries) if e.unit == entry.unit)
        state = account.units.get(entry.unit, UnitState())
        ensure(last_of_unit.booked_after == booked(state), "booked is the sum of all entries (I1)")
    return Book(draft.member, draft.before, account, entries, inbox=_rewritten_inbox(draft))


def counted(draft: Draft, activity: str, at: Instant) -> Draft:
    """Count an activity of ``at`` for every unit that lapses without it.

    Points that had lapsed only because it was not known yet come back as ``reinstate``.
    """
    for unit, idleness in draft.idle.items():
        state = draft.account.units.get(unit)
        if state is None or activity not in idleness.counts:
            continue
        moved = active(state, idleness, at, Moment(draft.now, draft.zone))
        points = sum(part.points for part in moved.touched)
        if points:
            reason = (Explained("active_before_expiry", {"points": points}),)
            kind, name = EntryKind.REINSTATE, f"expiry:{draft.now}"
            movement = Movement(unit, points, kind, moved.touched, reason, document=name)
            draft = _moved(draft, unit, moved.state, movement)
        elif moved.state != state:
            draft = _with_unit(draft, unit, moved.state)
    return draft


def _with_life(draft: Draft, movement: Movement, at: Instant) -> Draft:
    """See that points which inactivity would take at once, or too soon, live as they should."""
    idleness = draft.idle.get(movement.unit)
    # What time alone brought back has its life from then, whenever it is booked.
    is_by_time = movement.kind is EntryKind.RETURN and movement.document
    if idleness is None or movement.points <= 0 or is_by_time:
        return draft
    state = begun(unit_state(draft, movement.unit), idleness, at, draft.now)
    if movement.kind is EntryKind.RETURN:
        state = spared(state, idleness, least_life(draft.now))
    return _with_unit(draft, movement.unit, state)


def _came_back(unit: str, code: CameBack) -> Movement:
    reasons = (Explained("code_expired", {"reward": code.reward}),)
    name = f"redemption:{code.redemption}"
    return Movement(unit, code.points, EntryKind.RETURN, code.touched, reasons, document=name)


def _booked(draft: Draft, unit: str, moved: Moved, points: int, movement: Movement) -> Draft:
    made = msgspec.structs.replace(movement, unit=unit, points=points, touched=moved.touched)
    return _moved(draft, unit, moved.state, made)


def _moved(draft: Draft, unit: str, state: UnitState, movement: Movement) -> Draft:
    units = {**draft.account.units, unit: state}
    account = msgspec.structs.replace(draft.account, units=units)
    return msgspec.structs.replace(draft, account=account, movements=(*draft.movements, movement))


def _with_unit(draft: Draft, unit: str, state: UnitState) -> Draft:
    units = {**draft.account.units, unit: state}
    return msgspec.structs.replace(
        draft, account=msgspec.structs.replace(draft.account, units=units)
    )


def code_waiting(
    draft: Draft, owner: tuple[str, str], code: tuple[str, Instant], touched: tuple[Touched, ...]
) -> Draft:
    """Remember that points come back when a code ends; ``owner`` is (unit, redemption id)."""
    unit, redemption = owner
    return _with_unit(draft, unit, with_code(unit_state(draft, unit), redemption, code, touched))


def code_ended(draft: Draft, unit: str, redemption: str) -> Draft:
    """Forget a code that was used or undone: by its end nothing comes back."""
    return _with_unit(draft, unit, without_code(unit_state(draft, unit), redemption))


def held(draft: Draft, unit: str, points: int, wish: tuple[str, Instant]) -> Draft:
    """Set available points aside under ``wish`` (hold id, until when). No entry: nothing moved."""
    return _with_unit(draft, unit, hold(unit_state(draft, unit), points, wish, draft.now).state)


def captured(draft: Draft, hold_id: str, movement: Movement) -> Draft:
    """Spend ``-movement.points`` of a hold; what is left of it goes back to its lots."""
    state = unit_state(draft, movement.unit)
    moved = capture(state, hold_id, -movement.points, draft.now)
    return _booked(draft, movement.unit, moved, movement.points, movement)


def let_go(draft: Draft, unit: str, hold_id: str) -> Draft:
    """Put everything that a hold set aside back into its lots. No entry: nothing moved."""
    return _with_unit(draft, unit, freed(unit_state(draft, unit), hold_id, draft.now))
