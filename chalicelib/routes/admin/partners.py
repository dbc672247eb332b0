"""Admin: what partners owe and are owed, month by month, and that it was settled."""

import csv
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain.instants import iso
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.wording.names import names_of
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    ListView,
    NoBody,
    Outcome,
    QueryParameter,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import Note
from chalicelib.security.scopes import Scope

if TYPE_CHECKING:
    from chalicelib.operations.settle_partner import PartnerMonth
    from chalicelib.storage.partner_months import PartnerSettlement

door = Door(Audience.ADMIN)

_CSV_TYPE = "text/csv; charset=utf-8"
_COLUMNS = "document,unit,issued,reversed,burned,returned,owed_millionths,due_millionths"


class PartnerView(msgspec.Struct, frozen=True):
    """One partner of the live program; prices of a point in whole units of the currency."""

    id: str
    name: str
    connection: str
    earns: bool
    burns: bool
    buys_point_at: str | None
    paid_per_point_burned: str | None
    currency: str


class UnitMonthView(msgspec.Struct, frozen=True):
    """Points of one unit in a month."""

    unit: str
    issued: int
    reversed: int
    burned: int
    returned: int


class PartnerSettlementView(msgspec.Struct, frozen=True):
    """A month's settlement as it was recorded; amounts in minor units, net = owed - due."""

    partner: str
    month: str
    currency: str
    owed: int
    due: int
    net: int
    note: str
    actor: str
    recorded_at: str


class PartnerMonthView(msgspec.Struct, frozen=True):
    """One month: what the partner owes for points, what is due to it, and what remains."""

    partner: str
    month: str
    currency: str
    units: tuple[UnitMonthView, ...]
    owed: int
    due: int
    net: int
    documents: int
    is_over: bool
    settlement: PartnerSettlementView | None


class PartnerSettlementRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What staff say about it."""

    note: Note = ""


@door.get(
    "/v1/admin/shops/{shop}/partners",
    Contract(
        NoBody,
        ListView[PartnerView],
        "List the partners of the live program",
        scope=Scope.REPORTS,
        refusals=(RefusalCode.PROGRAM_NOT_LIVE,),
    ),
)
def get_partners(call: Call[NoBody], shop: str) -> Outcome:
    """All of them: a program has a handful."""
    from chalicelib.operations.settle_partner import live_partners  # noqa: PLC0415  # few requests need it

    found = live_partners(call.table, shop, call.now)
    if isinstance(found, Refusal):
        return found
    program, partners = found
    names = names_of(program, "").partners
    items = tuple(
        PartnerView(
            id=each.id,
            name=names[each.id],
            connection=each.connection or each.id,
            earns=each.earns,
            burns=each.burns,
            buys_point_at=each.buys_point_at,
            paid_per_point_burned=each.paid_per_point_burned,
            currency=program.currency,
        )
        for each in partners
    )
    return Answer(ListView(items))


def partner_not_there(call: Call[NoBody], path: Mapping[str, str]) -> Refusal | None:
    """The refusal of a partner that is not there; see ``Contract.locate``."""
    from chalicelib.operations.settle_partner import partner_missing  # noqa: PLC0415  # few requests need it

    return partner_missing(call.table, path["shop"], path["partner"], call.now)


@door.get(
    "/v1/admin/shops/{shop}/partners/{partner}/months/{month}",
    Contract(
        NoBody,
        PartnerMonthView,
        "What a month did to a partner's account: points, money owed and due, and the net",
        scope=Scope.REPORTS,
        query=(QueryParameter("format", "`json`, or `csv`: a row for each document"),),
        refusals=(
            RefusalCode.PROGRAM_NOT_LIVE,
            RefusalCode.PARTNER_UNKNOWN,
            RefusalCode.VALUE_INVALID,
        ),
        locate=partner_not_there,
    ),
)
def get_partner_month(call: Call[NoBody], shop: str, partner: str, month: str) -> Outcome:
    """The sums of its documents, as they stand."""
    from chalicelib.operations.settle_partner import view_month  # noqa: PLC0415  # few requests need it

    found = view_month(call.table, shop, (partner, month), call.now)
    if isinstance(found, Refusal):
        return found
    if call.query.get("format") == "csv":
        return Answer(html=_csv(found), headers={"Content-Type": _CSV_TYPE})
    return Answer(_month(found))


@door.post(
    "/v1/admin/shops/{shop}/partners/{partner}/months/{month}/settlement",
    Contract(
        PartnerSettlementRequest,
        PartnerSettlementView,
        "Record that a month that is over was settled with a partner",
        scope=Scope.POINTS,
        status=201,
        is_once=True,
        refusals=(
            RefusalCode.PROGRAM_NOT_LIVE,
            RefusalCode.PARTNER_UNKNOWN,
            RefusalCode.VALUE_INVALID,
            RefusalCode.MONTH_OPEN,
        ),
        locate=partner_not_there,
    ),
)
def post_partner_settlement(
    call: Call[PartnerSettlementRequest], shop: str, partner: str, month: str
) -> Outcome:
    """The first settlement of a month stays: again, it is the answer."""
    from chalicelib.operations.settle_partner import Settling, settle_partner  # noqa: PLC0415  # few requests need it

    asked = Settling(partner, month, call.body.note, call.actor, call.now)
    result = settle_partner(call.table, shop, asked)
    if isinstance(result, Refusal):
        return result
    view = _settlement(result.settlement)
    return Answer(view, replayed=result.replayed, target=f"{partner}:{month}")


def _month(found: "PartnerMonth") -> PartnerMonthView:
    totals = found.totals
    return PartnerMonthView(
        partner=found.partner,
        month=found.month,
        currency=found.currency,
        units=tuple(
            UnitMonthView(each.unit, each.issued, each.reversed, each.burned, each.returned)
            for each in totals.units
        ),
        owed=totals.owed_minor,
        due=totals.due_minor,
        net=totals.net_minor,
        documents=len(found.rows),
        is_over=found.is_over,
        settlement=_settlement(found.settlement) if found.settlement else None,
    )


def _settlement(made: "PartnerSettlement") -> PartnerSettlementView:
    return PartnerSettlementView(
        partner=made.partner,
        month=made.month,
        currency=made.currency,
        owed=made.owed_minor,
        due=made.due_minor,
        net=made.owed_minor - made.due_minor,
        note=made.note,
        actor=made.actor,
        recorded_at=iso(made.recorded_at),
    )


def _csv(found: "PartnerMonth") -> str:
    """A row for each document and unit; money exact, in millionths of a minor unit."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS.split(","))
    for row in found.rows:
        line = row.line
        points = (line.issued, line.reversed, line.burned, line.returned)
        writer.writerow((row.document, line.unit, *points, line.owed, line.due))
    return out.getvalue()
