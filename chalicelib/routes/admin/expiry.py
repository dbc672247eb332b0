"""Admin: what expires when; give lapsed points back, or let points live longer."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.instants import DAY_MS, iso
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.points import POINTS_MAX
from chalicelib.domain.records import AdjustmentKind
from chalicelib.operations.list_expiring import ExpiringQuery, list_expiring
from chalicelib.routes.admin import member_views as shapes
from chalicelib.routes.admin.adjusting import AdjustWish, adjusted
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
from chalicelib.routes.parsing import Id, Reason, instant_of, instant_or
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
    before = instant_or(told, "$query.before", call.now + EXPIRING_AHEAD_MS)
    if isinstance(before, Refusal):
        return before
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
    wish = AdjustWish(AdjustmentKind.REINSTATE, said.reason, said.unit, points)
    return adjusted(call, shop, member, wish)


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
    until = instant_of(said.until, "$.until")
    if isinstance(until, Refusal):
        return until
    wish = AdjustWish(AdjustmentKind.EXTEND, said.reason, said.unit, until=until)
    return adjusted(call, shop, member, wish)
