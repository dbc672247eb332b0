"""Posting: bring one unit of an order's books to its target, and say why on the entry.

::

    net = target + forgiven + lapsed        per unit, always (invariant I5)
          forgiven  not taken back, by the unit's policy; never asked again
          lapsed    taken back from points that had lapsed: no entry, no debt
"""

from typing import TypeVar

import msgspec

from chalicelib.domain import limits
from chalicelib.domain.booking import (
    Draft,
    credited,
    rescheduled,
    reversed_points,
    with_waiting,
)
from chalicelib.domain.crediting import order_dates, waits
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind, Explained, Movement
from chalicelib.domain.lots import Touched
from chalicelib.domain.orders import OrderDocument, document_name
from chalicelib.domain.outcome import ensure
from chalicelib.domain.program.plan import CompiledProgram

V = TypeVar("V", int, tuple[Touched, ...])


def posted_unit(
    document: OrderDocument, draft: Draft, program: CompiledProgram, unit: str, at: Instant
) -> tuple[OrderDocument, Draft]:
    """Post one unit's difference, and keep ``net = target + forgiven + lapsed``."""
    target = sum(share.points for share in document.posted if share.unit == unit)
    net = document.net.get(unit, 0)
    forgiven, lapsed = document.forgiven.get(unit, 0), document.lapsed.get(unit, 0)
    difference = target - (net - forgiven - lapsed)
    own = document.credited.get(unit, ())
    dates = _dates(document, program, unit, min(at, draft.now))
    if difference > 0:
        regained = min(forgiven, difference)
        forgiven, difference = forgiven - regained, difference - regained
    if difference > 0:
        movement = _movement(document, unit, difference, EntryKind.EARN)
        draft, touched = credited(draft, unit, difference, dates, movement)
        if waits(program, unit):
            draft = with_waiting(draft, unit, touched, document_name(document))
        net, own = net + difference, _joined((*own, *touched))
    elif difference < 0:
        movement = _movement(document, unit, difference, EntryKind.REVERSE)
        policy = program.program.units[unit].negative
        draft, back = reversed_points(draft, own, movement, policy)
        own, net = back.own, net - back.taken
        forgiven, lapsed = forgiven + back.short, lapsed + back.from_lapsed
    if waits(program, unit):
        bare = Movement(unit, 0, EntryKind.MATURE, explanation=(_matures(document),))
        wish = (document_name(document), dates.available_at)
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


def _dates(document: OrderDocument, program: CompiledProgram, unit: str, at: Instant) -> Touched:
    fulfilled_at = document.state.fulfilled_at if document.state else None
    return order_dates(program, unit, at, fulfilled_at)


def _matures(document: OrderDocument) -> Explained:
    number = document.state.number if document.state else ""
    return Explained("order_matures", {"order": number or document.order_id})


def _movement(document: OrderDocument, unit: str, points: int, kind: EntryKind) -> Movement:
    """The movement with its reasons: the order, then the rules that it earned by."""
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


def about(document: OrderDocument) -> Explained:
    """The reason that names the order, and why it earns nothing where it does."""
    number = document.state.number if document.state else ""
    code = document.reason or "order"
    return Explained(code, {"order": number or document.order_id})


def _joined(parts: tuple[Touched, ...]) -> tuple[Touched, ...]:
    """``parts`` with those of equal dates as one, so that edits do not make a document grow."""
    points: dict[tuple[Instant, Instant | None], int] = {}
    for part in parts:
        dates = (part.available_at, part.expires_at)
        points[dates] = points.get(dates, 0) + part.points
    return tuple(Touched(count, *dates) for dates, count in points.items())


def _with(values: dict[str, V], unit: str, value: V) -> dict[str, V]:
    """``values`` with ``unit`` set, and without what is empty."""
    return {key: each for key, each in {**values, unit: value}.items() if each}
