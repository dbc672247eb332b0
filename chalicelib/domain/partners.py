"""What partners owe and are owed, by month: lines on the documents that their points come from.

A document has a target, as for points: what its paid rules give now, or what of it was burned. The
difference to what all its lines say is added to the line of the month in which it is booked. So
the lines of a month that is over never change, and a refund years later is a line of its own.

::

    owed   what the partner pays: points that rules paid by it gave, at its price
    due    what the partner gets: points that were spent there, at its price

Money is exact, in millionths of a minor unit, at the prices of the version that the document's
terms name.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import msgspec

from chalicelib.domain.calendar import local_date
from chalicelib.domain.instants import Instant
from chalicelib.domain.program.occasion import Share
from chalicelib.domain.program.plan import CompiledPartner, CompiledProgram

Amounts: TypeAlias = Mapping[tuple[str, str], tuple[int, int]]
"""(points, millionths) by (partner, unit)."""


class PartnerLine(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={
        "partner": "p",
        "month": "m",
        "unit": "u",
        "issued": "i",
        "reversed": "r",
        "burned": "b",
        "returned": "t",
        "owed": "o",
        "due": "d",
        "revision": "v",
    },
):
    """One document in one month of one partner."""

    partner: str
    month: str  # 2026-11, in the program's zone
    unit: str
    issued: int = 0  # points
    reversed: int = 0
    burned: int = 0
    returned: int = 0
    owed: int = 0  # millionths of a minor unit, of issued less reversed
    due: int = 0  # of burned less returned
    revision: int = 0  # of the document, when the line was written last


Lines: TypeAlias = tuple[PartnerLine, ...]


class Booking(msgspec.Struct, frozen=True):
    """When, and by which revision of the document, a difference is booked."""

    program: CompiledProgram
    now: Instant
    revision: int


def partner_of(program: CompiledProgram, told: str, source: str) -> str:
    """The partner of an order: the one that it names, else whose connection it came by; "" none."""
    if told in program.partners:
        return told
    named = (each.id for each in program.partners.values() if each.source == source)
    return next(named, "")


def issued_lines(lines: Lines, posted: Iterable[Share], booking: Booking) -> Lines:
    """``lines`` brought to what the rules of ``posted`` give on a partner's account."""
    program, target = booking.program, dict[tuple[str, str], tuple[int, int]]()
    for share in posted:
        partner = program.partners.get(program.payers.get(share.rule_id, ""))
        if partner is not None:
            points, money = target.get((partner.id, share.unit), (0, 0))
            price = share.points * partner.bought_at
            target[partner.id, share.unit] = (points + share.points, money + price)
    booked: dict[tuple[str, str], tuple[int, int]] = {}
    for line in lines:
        points, money = booked.get((line.partner, line.unit), (0, 0))
        net = line.issued - line.reversed
        booked[line.partner, line.unit] = (points + net, money + line.owed)
    for key, (points, money) in _differences(booked, target):
        change = _Change(issued=max(points, 0), reversed=max(-points, 0), owed=money)
        lines = _added(lines, key, change, booking)
    return lines


def burned_lines(lines: Lines, burned: tuple[CompiledPartner, str, int], booking: Booking) -> Lines:
    """``lines`` brought to what stands burned; ``burned`` is (partner, unit, points)."""
    partner, unit, points = burned
    mine = [line for line in lines if (line.partner, line.unit) == (partner.id, unit)]
    before = sum(line.burned - line.returned for line in mine)
    known = {(partner.id, unit): (before, sum(line.due for line in mine))}
    wanted = {(partner.id, unit): (points, points * partner.paid_at)}
    for key, (change, money) in _differences(known, wanted):
        row = _Change(burned=max(change, 0), returned=max(-change, 0), due=money)
        lines = _added(lines, key, row, booking)
    return lines


class _Change(msgspec.Struct, frozen=True):
    issued: int = 0
    reversed: int = 0
    burned: int = 0
    returned: int = 0
    owed: int = 0
    due: int = 0


def _differences(before: Amounts, after: Amounts) -> list[tuple[tuple[str, str], tuple[int, int]]]:
    """What is to be booked, by key; nothing that is the same."""
    found = []
    for key in sorted({*before, *after}):
        (had, paid), (has, costs) = before.get(key, (0, 0)), after.get(key, (0, 0))
        if (had, paid) != (has, costs):
            found.append((key, (has - had, costs - paid)))
    return found


def _added(lines: Lines, key: tuple[str, str], change: _Change, booking: Booking) -> Lines:
    """``lines`` with ``change`` in the line of this month."""
    partner, unit = key
    month = month_of(booking.now, booking.program.zone)
    place = (partner, month, unit)
    known = next((line for line in lines if (line.partner, line.month, line.unit) == place), None)
    before = known or PartnerLine(partner, month, unit)
    added = msgspec.structs.replace(
        before,
        issued=before.issued + change.issued,
        reversed=before.reversed + change.reversed,
        burned=before.burned + change.burned,
        returned=before.returned + change.returned,
        owed=before.owed + change.owed,
        due=before.due + change.due,
        revision=booking.revision,
    )
    return (*(line for line in lines if line is not known), added)


def month_of(at: Instant, zone: str) -> str:
    """The month of ``at``, such as 2026-11."""
    return local_date(at, zone).isoformat()[:7]
