"""Posting: bring one unit of a document's books to its target, and say why on the entry.

::

    net = target + forgiven + lapsed        per unit, always (invariant I5)
          forgiven  not taken back, by the unit's policy; never asked again
          lapsed    taken back from points that had lapsed: no entry, no debt
"""

from typing import TypeAlias, TypeVar

import msgspec

from chalicelib.domain import limits
from chalicelib.domain.actions import Action, name_of
from chalicelib.domain.booking import (
    Draft,
    credited,
    rescheduled,
    reversed_points,
    with_waiting,
)
from chalicelib.domain.crediting import credit_dates, order_dates, waits
from chalicelib.domain.granting import Granted
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind, Explained, Movement
from chalicelib.domain.lots import Touched
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import ensure
from chalicelib.domain.program.occasion import Share
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.referral_document import FRIEND
from chalicelib.domain.progress import Progress

A = TypeVar("A", OrderDocument, Action, Progress)
Earning: TypeAlias = OrderDocument | Action | Progress
"""A document that points are posted for."""

V = TypeVar("V", int, tuple[Touched, ...])


def posted_all(
    before: tuple[Share, ...], document: A, draft: Draft, program: CompiledProgram, at: Instant
) -> tuple[A, Draft]:
    """Post every unit's difference; ``before`` is the target that the books hold.

    What an action gives once it is taken back is given then: what it had given as what it was
    goes back whole, so that nothing of it stands in for points of another date.
    """
    target: tuple[Share, ...] = document.posted
    units = sorted({share.unit for share in (*before, *target)})
    if _is_given_anew(document, before):
        document = msgspec.structs.replace(document, posted=())
        for unit in units if target else ():
            document, draft = posted_unit(document, draft, program, unit, at)
        document = msgspec.structs.replace(document, posted=target)
    for unit in units:
        document, draft = posted_unit(document, draft, program, unit, at)
    return document, draft


def _is_given_anew(document: Earning, before: tuple[Share, ...]) -> bool:
    """Whether an action was taken back, and nothing of ``before`` is of a rule for that."""
    known = {share.rule_id for share in document.posted}
    is_gone = isinstance(document, Action) and document.revoked_at is not None
    return is_gone and all(share.rule_id not in known for share in before)


def posted_unit(
    document: A, draft: Draft, program: CompiledProgram, unit: str, at: Instant
) -> tuple[A, Draft]:
    """Post one unit's difference, and keep ``net = target + forgiven + lapsed``."""
    target = sum(share.points for share in document.posted if share.unit == unit)
    net = document.net.get(unit, 0)
    forgiven, lapsed = document.forgiven.get(unit, 0), document.lapsed.get(unit, 0)
    difference = target - (net - forgiven - lapsed)
    own: tuple[Touched, ...] = document.credited.get(unit, ())
    may_wait = _may_wait(document, program, unit)
    if difference > 0:
        regained = min(forgiven, difference)
        forgiven, difference = forgiven - regained, difference - regained
    lots: tuple[Touched, ...]
    if difference > 0 or may_wait:
        dates = _dates(document, program, unit, _begun(document, draft, at))
    if difference > 0:
        movement = _movement(document, program, unit, difference)
        draft, lots = credited(draft, unit, difference, dates, movement)
        if may_wait:
            draft = with_waiting(draft, unit, lots, name_of(document))
        net, own = net + difference, _joined((*own, *lots))
    elif difference < 0:
        movement = _movement(document, program, unit, difference)
        policy = program.program.units[unit].negative
        draft, back = reversed_points(draft, own, movement, policy)
        own, net = back.own, net - back.taken
        forgiven, lapsed = forgiven + back.short, lapsed + back.from_lapsed
    if may_wait:
        bare = Movement(unit, 0, EntryKind.MATURE, explanation=(_matures(document),))
        wish = (name_of(document), dates.available_at)
        draft, own = rescheduled(draft, own, wish, bare)
    ensure(net == target + forgiven + lapsed, "an order nets to its target (I5)")
    document = msgspec.structs.replace(
        document,
        net=_with(document.net, unit, net),
        forgiven=_with(document.forgiven, unit, forgiven),
        lapsed=_with(document.lapsed, unit, lapsed),
        credited=_with(document.credited, unit, own),
    )
    return document, draft


def _begun(document: Earning, draft: Draft, at: Instant) -> Instant:
    """Since when points that are given now live."""
    gone_at = document.revoked_at if isinstance(document, Action) else None
    return draft.now if is_past(document) else min(max(at, gone_at or 0), draft.now)


def is_past(document: Earning) -> bool:
    """Whether it was imported: what of its points was taken back, and returns, lives anew."""
    terms = document.terms if isinstance(document, OrderDocument) else None
    return terms is not None and terms.launched is not None


def unposted(
    known: OrderDocument, grants: tuple[Granted, ...], referred: tuple[str, ...]
) -> OrderDocument:
    """What is known of an order, with nothing posted but the grants that stand."""
    return OrderDocument(
        source=known.source,
        order_id=known.order_id,
        revision=known.revision,
        state=known.state,
        settled=known.settled,
        gathered=known.gathered,
        marked=known.marked,
        deleted=known.deleted,
        member=known.member,
        holder_version=known.holder_version,
        grants=grants,
        drawn=known.drawn,
        referred=referred,
        partners=known.partners,
        recorded_at=known.recorded_at,
    )


def _dates(document: Earning, program: CompiledProgram, unit: str, at: Instant) -> Touched:
    if not isinstance(document, OrderDocument):
        side = document.side if isinstance(document, Action) else None
        return _not_before(side.matures_at if side else 0, credit_dates(program, unit, at))
    fulfilled_at = document.state.fulfilled_at if document.state else None
    return order_dates(program, unit, at, fulfilled_at)


def _not_before(matures_at: Instant, dates: Touched) -> Touched:
    return msgspec.structs.replace(dates, available_at=max(dates.available_at, matures_at))


def _may_wait(document: Earning, program: CompiledProgram, unit: str) -> bool:
    """Whether what becomes of the document may still move the date of its points."""
    return isinstance(document, OrderDocument) and waits(program, unit)


def _matures(document: Earning) -> Explained:
    return Explained("order_matures", _subject(document))


def _movement(document: Earning, program: CompiledProgram, unit: str, points: int) -> Movement:
    """The movement with its reasons: the document, then the rules that it earned by."""
    kind = EntryKind.EARN if points > 0 else EntryKind.REVERSE
    name = name_of(document) if isinstance(document, Progress) else ""  # the commit is of another
    if not program.trace_rows:
        return Movement(unit, points, kind, document=name)
    if name:
        return Movement(unit, points, kind, explanation=(about(document),), document=name)
    rules = (
        Explained("rule", {"rule": share.rule_id, "points": share.points})
        for share in document.posted
        if share.unit == unit
    )
    return Movement(unit, points, kind, explanation=_fitting((about(document), *rules)))


def _fitting(reasons: tuple[Explained, ...]) -> tuple[Explained, ...]:
    """As many of ``reasons`` as an entry has room for; the full trace stays on the document."""
    left = limits.EXPLANATION_BYTES_MAX
    fitting: list[Explained] = []
    for reason in reasons:
        left -= len(msgspec.json.encode(reason))
        if left < 0:
            break
        fitting.append(reason)
    return tuple(fitting)


def about(document: Earning) -> Explained:
    """The reason that names the document, and why it earns nothing where it does."""
    if isinstance(document, Progress):
        return Explained(document.reason or "challenge", _subject(document))
    kind = "action" if isinstance(document, Action) else "order"
    if isinstance(document, Action) and document.side is not None:
        kind = "referral_friend" if document.side.role == FRIEND else "referral_advocate"
    return Explained(document.reason or kind, _subject(document))


def _subject(document: Earning) -> dict[str, str | int]:
    if isinstance(document, Action):
        return {"action": document.name}
    if isinstance(document, Progress):
        return {"challenge": document.id}
    number = document.state.number if document.state else ""
    return {"order": number or document.order_id}


def _joined(parts: tuple[Touched, ...]) -> tuple[Touched, ...]:
    """``parts`` with those of equal dates as one, so that edits do not make a document grow."""
    points: dict[tuple[Instant, Instant | None], int] = {}
    for part in parts:
        dates = (part.available_at, part.expires_at)
        points[dates] = points.get(dates, 0) + part.points
    return tuple(Touched(count, *dates) for dates, count in points.items())


def _with(values: dict[str, V], unit: str, value: V) -> dict[str, V]:
    """``values`` with ``unit`` set, and without what is empty."""
    if values.get(unit) == value or not (value or unit in values):
        return values
    return {key: each for key, each in {**values, unit: value}.items() if each}
