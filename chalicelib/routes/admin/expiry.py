"""Admin: what expires when; give lapsed points back, or let points live longer."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.instants import DAY_MS, Instant, iso, parse_instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.points import POINTS_MAX
from chalicelib.domain.records import Adjustment, AdjustmentKind
from chalicelib.operations.adjust_points import AdjustCommand, adjust_points
from chalicelib.operations.find_member import find_member
from chalicelib.operations.list_expiring import ExpiringQuery, list_expiring
from chalicelib.routes.admin import member_views as shapes
from chalicelib.routes.admin.locating import member_missing
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    KeyedBody,
    ListView,
    NoBody,
    Outcome,
    QueryParameter,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import Id, Reason, value_invalid
from chalicelib.security.minting import new_id
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)

EXPIRING_AHEAD_MS = 30 * DAY_MS
"""How far the list looks where nothing else is asked."""

_REFUSALS = (
    RefusalCode.MEMBER_UNKNOWN,
    RefusalCode.UNIT_UNKNOWN,
    RefusalCode.SAME_KEY_OTHER_REQUEST,
    RefusalCode.PROGRAM_NOT_LIVE,
)

Count = Annotated[int, Meta(ge=1, le=POINTS_MAX)]


class ReinstatementRequest(KeyedBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which lapsed points, and why; without ``points`` all that lapsed in the last 120 days."""

    unit: Id
    points: Count | msgspec.UnsetType = msgspec.UNSET
    reason: Reason


class ExtensionRequest(KeyedBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Until when the points of which unit shall live at least, and why."""

    unit: Id
    until: str
    reason: Reason


class AdminExpiringView(msgspec.Struct, frozen=True):
    """Points of one member that are lost at one instant if nothing happens before."""

    member_id: str
    unit: str
    points: int
    at: str


@door.get(
    "/v1/admin/shops/{shop}/expiring",
    Contract(
        NoBody,
        ListView[AdminExpiringView],
        "List what expires when, soonest first; a page may be short and not the last",
        scope=Scope.READ,
        is_list=True,
        query=(
            QueryParameter("unit", "only points of this unit"),
            QueryParameter("before", "only what is lost before then; 30 days ahead if not given"),
        ),
        refusals=(RefusalCode.UNIT_UNKNOWN,),
    ),
)
def get_expiring(call: Call[NoBody], shop: str) -> Outcome:
    """What notices are made from."""
    told = call.query.get("before", "")
    before = _instant(told) if told else call.now + EXPIRING_AHEAD_MS
    if before is None:
        return value_invalid("$query.before", "Write a time, such as 2026-12-31T00:00:00Z.")
    query = ExpiringQuery(call.query.get("unit", ""), before, call.now)
    found = list_expiring(call.table, shop, query, (call.page.limit, call.page.start))
    if isinstance(found, Refusal):
        return found
    views = tuple(
        AdminExpiringView(row.member, row.unit, row.points, iso(row.at)) for row in found.rows
    )
    return Answer(call.page_of(views, found.next_start))


@door.post(
    "/v1/admin/shops/{shop}/members/{member}/reinstatements",
    Contract(
        ReinstatementRequest,
        shapes.EntryView,
        "Give lapsed points back, with a reason; each lapsed point once",
        scope=Scope.POINTS,
        status=201,
        idempotent=True,
        refusals=(*_REFUSALS, RefusalCode.INSUFFICIENT_POINTS),
        locate=member_missing,
    ),
)
def post_reinstatement(call: Call[ReinstatementRequest], shop: str, member: str) -> Outcome:
    """Give back once per idempotency key."""
    said = call.body
    points = said.points if isinstance(said.points, int) else 0
    asked = (AdjustmentKind.REINSTATE, said.unit, points, said.reason, 0)
    return _adjusted(call, shop, member, asked)


@door.post(
    "/v1/admin/shops/{shop}/members/{member}/extensions",
    Contract(
        ExtensionRequest,
        shapes.EntryView,
        "Let a member's points live longer, with a reason",
        scope=Scope.POINTS,
        status=201,
        idempotent=True,
        refusals=_REFUSALS,
        locate=member_missing,
    ),
)
def post_extension(call: Call[ExtensionRequest], shop: str, member: str) -> Outcome:
    """Extend once per idempotency key."""
    said = call.body
    until = _instant(said.until)
    if until is None:
        return value_invalid("$.until", "Write a time, such as 2026-12-31T00:00:00Z.")
    asked = (AdjustmentKind.EXTEND, said.unit, 0, said.reason, until)
    return _adjusted(call, shop, member, asked)


def _adjusted(
    call: Call[ReinstatementRequest] | Call[ExtensionRequest],
    shop: str,
    member: str,
    asked: tuple[AdjustmentKind, str, int, str, Instant],
) -> Outcome:
    found = find_member(call.table, shop, member)
    if isinstance(found, Refusal):
        return found
    kind, unit, points, reason, until = asked
    command = AdjustCommand(
        shop=shop,
        member=found.named,
        unit=unit,
        points=points,
        reason=reason,
        salt=new_id(),
        actor=call.actor,
        idempotency_key=call.idempotency_key,
        now=call.now,
        kind=kind,
        until=until,
    )
    result = adjust_points(call.table, command)
    if isinstance(result, Refusal):
        return result
    if not isinstance(result.document, Adjustment) or result.document.entry is None:
        raise TypeError("an adjustment has its entry")
    entry = shapes.entry_view(result.document.entry)
    return Answer(entry, replayed=result.replayed, target=found.member)


def _instant(text: str) -> Instant | None:
    try:
        return parse_instant(text)
    except ValueError:
        return None
