"""How redemptions end: undone by their owner, used by an order, given back on its refund."""

import msgspec

from chalicelib.domain.booking import (
    Draft,
    closed,
    code_ended,
    given_back,
    opened,
    reversed_points,
    with_account,
)
from chalicelib.domain.budgets import spending
from chalicelib.domain.causes import PASSED_ON, UNDOABLE, is_still_there, taken_back
from chalicelib.domain.decision import AlreadyRecorded, Book, Decision, Outcome, StockTake
from chalicelib.domain.idleness import least_life
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind, Explained, Movement, Source, genesis
from chalicelib.domain.lots import Touched
from chalicelib.domain.member import Account, Counters, UnitState, recounted
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.partners import Booking, burned_lines, partner_of
from chalicelib.domain.passing import without_code
from chalicelib.domain.points import floor_ratio
from chalicelib.domain.pool_shares import held_by, split, with_shares
from chalicelib.domain.program import caps
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.records import Redemption, RedemptionStatus, as_of
from chalicelib.domain.redeeming import RedeemLoad, cap_of, named_by

_CLOSED = (RedemptionStatus.UNDONE, RedemptionStatus.FULFILLED, RedemptionStatus.DONE)
"""What no order can use any more."""


class CodeUse(msgspec.Struct, frozen=True):
    """What an order says about a code: who used it, and how much of the order came back."""

    name: str  # "<source>:<order id>"
    is_paid: bool
    refunded_minor: int
    whole_minor: int
    partner: str = ""  # the shop that the order names, where several share the program
    source: str = ""


def decide_undo(
    redemption: Redemption, account: Account, counters: Counters, loaded: RedeemLoad, now: Instant
) -> Outcome:
    """Give the points of an unused code back while its undo window is open. Again: the same."""
    if redemption.status is RedemptionStatus.UNDONE:
        return AlreadyRecorded(redemption)
    is_open = now < redemption.undo_until or _is_owed(redemption, account)
    is_unused = as_of(redemption, now).status in UNDOABLE and not redemption.used_at
    # Another clock may be ahead of ours: what it let come back does not come back again.
    is_unused = is_unused and not _came_back(redemption, account)
    if not (is_open and is_unused) or loaded.program is None:
        detail = "this code was used, or the time to undo it is over"
        return Refusal(RefusalCode.REDEMPTION_NOT_UNDOABLE, detail)
    if not is_still_there(redemption, loaded.unsettled):
        return PASSED_ON
    draft = opened(loaded.member, account, now, loaded.program)
    if redemption.touched:
        draft = _returned(draft, redemption, redemption.touched, "undone")
        draft = code_ended(draft, redemption.unit, redemption.id)
    draft = without_open_code(draft, redemption.id)
    document = msgspec.structs.replace(
        redemption,
        status=RedemptionStatus.UNDONE,
        returned=redemption.cost,
        budgets={},
        revision=redemption.revision + 1,
    )
    book = closed(draft, _source(redemption, loaded, now))
    book = with_limit_freed(book, redemption, counters, (loaded.program, now))
    causes = taken_back(redemption, loaded.unsettled)
    undone = Decision(document, (book,), stock=stock_back(redemption), causes=causes)
    return spending(undone, (redemption,), loaded.budgets)


def _is_owed(redemption: Redemption, account: Account) -> bool:
    """Whether a reward that nobody asked for was paid by points that are owed by now."""
    state = account.units.get(redemption.unit)
    return redemption.auto and state is not None and state.deficit > 0


def with_limit_freed(
    book: Book,
    redemption: Redemption,
    counters: Counters,
    told: tuple[CompiledProgram, Instant],
) -> Book:
    """The book that counts the redemption no more; ``told`` is (program, now)."""
    program, now = told
    freed = caps.count(program, counters, redemption.requested_at, {cap_of(redemption): -1}, now)
    return msgspec.structs.replace(book, counters=recounted(counters, freed))


def decide_use(
    redemption: Redemption,
    account: Account,
    loaded: RedeemLoad,
    order: CodeUse,
    now: Instant,
) -> Outcome:
    """Mark a code used by its order, and return points pro rata to what was refunded of it.

    Level-triggered: ``returned`` is a function of the order's state, so repeats post nothing.
    A code belongs to the first paid order that used it. One that had ended is used all the same,
    whoever of the two was late: its points, if they came back, are taken again.
    """
    is_other = redemption.used_by not in ("", order.name)
    is_closed = redemption.status in _CLOSED
    if redemption.forever:
        return _used_again(redemption, account, loaded, order, now)
    is_news = bool(redemption.used_by) or order.is_paid
    if is_other or is_closed or not is_news or loaded.program is None:
        return AlreadyRecorded(redemption)
    draft = opened(loaded.member, _without_end(account, redemption), now, loaded.program)
    draft, leaked = _taken_again(draft, redemption, account, loaded.program)
    target = min(_returned_target(redemption, order), redemption.cost - leaked)
    document = msgspec.structs.replace(
        redemption,
        status=RedemptionStatus.USED,
        used_by=order.name,
        used_at=redemption.used_at or now,
        returned=max(target, redemption.returned),
        leaked=leaked,
    )
    document = _on_account(document, order, loaded.program, now)
    if msgspec.structs.replace(document, revision=redemption.revision) == redemption:
        return AlreadyRecorded(redemption)
    back = document.returned - redemption.returned
    if back:
        lots = _part(redemption.touched, redemption.returned, back)
        draft = _returned(draft, redemption, lots, "order_refunded")
    draft = without_open_code(draft, redemption.id)
    return Decision(document, (closed(draft, _source(redemption, loaded, now)),))


def _on_account(
    document: Redemption, order: CodeUse, program: CompiledProgram, now: Instant
) -> Redemption:
    """The next revision of ``document``, with what its partner gets for the points that stand."""
    revision = document.revision + 1
    place = partner_of(program, order.partner, order.source) if program.partners else ""
    lines, burned = document.partners, document.cost - document.returned
    # One partner gets it: an order that turns out to be of another takes the line along.
    for name in sorted({place, *(line.partner for line in lines)} & program.partners.keys()):
        points = burned if name == place else 0
        booked = (program.partners[name], document.unit, points)
        lines = burned_lines(lines, booked, Booking(program, now, revision))
    return msgspec.structs.replace(document, revision=revision, partners=lines)


def _used_again(
    redemption: Redemption, account: Account, loaded: RedeemLoad, order: CodeUse, now: Instant
) -> Outcome:
    """A code for ever stays ready; its first use ends the time in which it may be undone."""
    is_open = redemption.status is RedemptionStatus.READY
    if redemption.used_at or not (is_open and order.is_paid) or loaded.program is None:
        return AlreadyRecorded(redemption)
    draft = opened(loaded.member, account, now, loaded.program)
    document = msgspec.structs.replace(redemption, used_by=order.name, used_at=now)
    document = _on_account(document, order, loaded.program, now)
    return Decision(document, (closed(draft, _source(redemption, loaded, now)),))


def decide_fulfil(
    redemption: Redemption, account: Account, loaded: RedeemLoad, actor: str, now: Instant
) -> Outcome:
    """Staff handed it over, or took the code at the till. Again: the same."""
    if redemption.status is RedemptionStatus.FULFILLED:
        return AlreadyRecorded(redemption)
    is_open = as_of(redemption, now).status is RedemptionStatus.READY
    if not is_open or _came_back(redemption, account) or loaded.program is None:
        detail = "this code was used, undone, or has ended: there is nothing to hand over"
        return Refusal(RefusalCode.REDEMPTION_NOT_OPEN, detail)
    draft = opened(loaded.member, _without_end(account, redemption), now, loaded.program)
    draft = without_open_code(draft, redemption.id)
    document = msgspec.structs.replace(
        redemption,
        status=RedemptionStatus.FULFILLED,
        fulfilled_at=now,
        fulfilled_by=actor,
        revision=redemption.revision + 1,
    )
    return Decision(document, (closed(draft, _source(redemption, loaded, now)),))


def _source(redemption: Redemption, loaded: RedeemLoad, now: Instant) -> Source:
    version = loaded.program.version if loaded.program else redemption.program_version
    chain = genesis(loaded.shop, loaded.member)
    return Source(chain, f"redemption:{redemption.id}", now, now, version)


def _without_end(account: Account, redemption: Redemption) -> Account:
    """The account on which the code's end brings nothing back any more: it was used.

    Before anything is booked: a code whose end has come unbooked was used all the same.
    """
    state = account.units.get(redemption.unit)
    if state is None or redemption.id not in state.codes:
        return account
    units = {**account.units, redemption.unit: without_code(state, redemption.id)}
    return msgspec.structs.replace(account, units=units)


def _came_back(redemption: Redemption, account: Account) -> bool:
    """Whether the points of an unused code were given back at its end: it waits no more."""
    returns = redemption.on_expiry == "return" and bool(redemption.touched)
    is_unused = redemption.status is RedemptionStatus.READY
    state = account.units.get(redemption.unit, UnitState())
    return returns and is_unused and redemption.id not in state.codes


def _taken_again(
    draft: Draft, redemption: Redemption, account: Account, program: CompiledProgram
) -> tuple[Draft, int]:
    """Take back what the end of an unused code had given; also what is not to be had any more.

    By the unit's policy, as with every reversal: what may not be owed, or had lapsed, has leaked.
    """
    unit = redemption.unit
    if not _came_back(redemption, account):
        return draft, redemption.leaked
    least = least_life(redemption.expires_at or 0)
    own = tuple(
        Touched(part.points, 0, None if part.expires_at is None else max(part.expires_at, least))
        for part in redemption.touched
    )
    reasons = (Explained("code_used_late", {"reward": redemption.reward_id}),)
    movement = Movement(unit, -redemption.cost, EntryKind.REVERSE, explanation=reasons)
    known = program.program.units.get(unit)
    policy = known.negative if known else "clamp"
    draft, back = reversed_points(draft, own, movement, policy)
    return draft, redemption.cost - back.taken


def _returned_target(redemption: Redemption, order: CodeUse) -> int:
    """Points that should be back by now: the cost, pro rata to what was refunded."""
    if redemption.on_refund != "return" or not order.whole_minor:
        return 0
    return floor_ratio(redemption.cost * order.refunded_minor, order.whole_minor)


def _returned(draft: Draft, redemption: Redemption, lots: tuple[Touched, ...], code: str) -> Draft:
    reasons = (Explained(code, {"reward": redemption.reward_id, **named_by(redemption.by)}),)
    movement = Movement(redemption.unit, 0, EntryKind.RETURN, explanation=reasons)
    if draft.account.pool is not None:
        points = sum(part.points for part in lots)
        draft = with_shares(draft, held_by(draft), split(points, redemption.borne))
    return given_back(draft, redemption.unit, lots, movement)


def _part(touched: tuple[Touched, ...], skip: int, points: int) -> tuple[Touched, ...]:
    """The lots that ``points`` of a redemption came from, after the first ``skip`` of them."""
    parts: list[Touched] = []
    for lot in touched:
        skipped = min(skip, lot.points)
        skip -= skipped
        taken = min(points, lot.points - skipped)
        points -= taken
        if taken:
            parts.append(Touched(taken, lot.available_at, lot.expires_at))
    return tuple(parts)


def without_open_code(draft: Draft, redemption_id: str) -> Draft:
    """The draft with the code no longer among the open ones."""
    left = tuple(known for known in draft.account.open_redemptions if known != redemption_id)
    return with_account(draft, open_redemptions=left)


def stock_back(redemption: Redemption) -> tuple[StockTake, ...]:
    """The piece of stock that a redemption held, given back."""
    if redemption.stock_shard is None:
        return ()
    return (StockTake(redemption.reward_id, redemption.stock_shard, -1),)
