"""Admin: what was given to causes, what it costs, and what the shop has passed on."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.causes import Given
from chalicelib.domain.instants import iso
from chalicelib.domain.member_records import Settlement
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.points import POINTS_MAX
from chalicelib.domain.program.document import Cause
from chalicelib.domain.views import MoneyView
from chalicelib.domain.wording.names import names_of
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    KeyedBody,
    ListView,
    NoBody,
    Outcome,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import HTTPS, Note
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)

Units = Annotated[int, Meta(ge=1, le=POINTS_MAX)]
Proof = Annotated[str, Meta(max_length=500, pattern=HTTPS)]


class CauseView(msgspec.Struct, frozen=True):
    """One cause of the live program: units given, passed on, and left, with what they cost."""

    id: str
    name: str
    given: int
    settled: int
    unsettled: int
    public_counter: bool
    proof_url: str | None
    unit_cost: MoneyView | None
    given_cost: MoneyView | None
    unsettled_cost: MoneyView | None


class SettlementRequest(KeyedBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many units were passed on, and where that is shown."""

    amount: Units
    proof_url: Proof = ""
    note: Note = ""


class SettlementView(msgspec.Struct, frozen=True):
    """A settlement as it was recorded."""

    settlement_id: str
    cause: str
    amount: int
    cost: MoneyView | None
    proof_url: str
    note: str
    actor: str
    recorded_at: str


@door.get(
    "/v1/admin/shops/{shop}/causes",
    Contract(
        NoBody,
        ListView[CauseView],
        "List the causes of the live program with what was given and what it costs",
        scope=Scope.REPORTS,
        refusals=(RefusalCode.PROGRAM_NOT_LIVE,),
    ),
)
def get_causes(call: Call[NoBody], shop: str) -> Outcome:
    """All of them: a program has a handful."""
    from chalicelib.operations.view_causes import view_causes  # noqa: PLC0415  # few requests need it

    found = view_causes(call.table, shop, call.now)
    if isinstance(found, Refusal):
        return found
    names, currency = names_of(found.program, ""), found.program.currency
    items = tuple(
        _view(cause, given, names.cause(cause.id), currency) for cause, given in found.causes
    )
    return Answer(ListView(items))


def cause_not_there(call: Call[NoBody], path: Mapping[str, str]) -> Refusal | None:
    """The refusal of a cause that is not there; see ``Contract.locate``."""
    from chalicelib.operations.view_causes import cause_missing  # noqa: PLC0415  # few requests need it

    return cause_missing(call.table, path["shop"], path["cause"], call.now)


@door.get(
    "/v1/admin/shops/{shop}/causes/{cause}/settlements",
    Contract(
        NoBody,
        ListView[SettlementView],
        "List what was passed on to a cause",
        scope=Scope.REPORTS,
        is_list=True,
        refusals=(RefusalCode.CAUSE_UNKNOWN,),
        locate=cause_not_there,
    ),
)
def get_settlements(call: Call[NoBody], shop: str, cause: str) -> Outcome:
    """One page, in no order of time."""
    from chalicelib.operations.view_causes import list_settlements  # noqa: PLC0415  # few requests need it

    found = list_settlements(
        call.table, (shop, cause), (call.page.limit, call.page.start), call.now
    )
    if isinstance(found, Refusal):
        return found
    documents, next_start = found
    return Answer(call.page_of(tuple(_settlement(each) for each in documents), next_start))


@door.post(
    "/v1/admin/shops/{shop}/causes/{cause}/settlements",
    Contract(
        SettlementRequest,
        SettlementView,
        "Record that units of a cause were passed on: they stay given for ever",
        scope=Scope.POINTS,
        status=201,
        idempotent=True,
        refusals=(
            RefusalCode.CAUSE_UNKNOWN,
            RefusalCode.SAME_KEY_OTHER_REQUEST,
            RefusalCode.SETTLEMENT_ABOVE_GIVEN,
        ),
        locate=cause_not_there,
    ),
)
def post_settlement(call: Call[SettlementRequest], shop: str, cause: str) -> Outcome:
    """Settle once per idempotency key, never above what was given."""
    from chalicelib.operations.settle_cause import SettleCommand, settle_cause  # noqa: PLC0415  # few requests need it

    said = call.body
    command = SettleCommand(
        shop=shop,
        cause=cause,
        units=said.amount,
        proof_url=said.proof_url,
        note=said.note,
        actor=call.actor,
        idempotency_key=call.idempotency_key,
        now=call.now,
    )
    result = settle_cause(call.table, command)
    if isinstance(result, Refusal):
        return result
    if not isinstance(result.document, Settlement):
        raise TypeError("a settlement is recorded as one")
    view = _settlement(result.document)
    return Answer(view, replayed=result.replayed, target=view.settlement_id)


def _view(cause: Cause, given: Given, name: str, currency: str) -> CauseView:
    from chalicelib.domain.cause_settling import cost_of_unit  # noqa: PLC0415  # few requests need it

    unit = cost_of_unit(cause, currency)

    def cost(units: int) -> MoneyView | None:
        return None if unit is None else MoneyView(unit * units, currency)

    return CauseView(
        id=cause.id,
        name=name,
        given=given.whole,
        settled=given.settled,
        unsettled=given.left,
        public_counter=cause.public_counter,
        proof_url=cause.proof_url,
        unit_cost=cost(1),
        given_cost=cost(given.whole),
        unsettled_cost=cost(given.left),
    )


def _settlement(document: Settlement) -> SettlementView:
    is_known = bool(document.currency)
    return SettlementView(
        settlement_id=document.id,
        cause=document.cause,
        amount=document.units,
        cost=MoneyView(document.cost_minor, document.currency) if is_known else None,
        proof_url=document.proof_url,
        note=document.note,
        actor=document.actor,
        recorded_at=iso(document.recorded_at),
    )
