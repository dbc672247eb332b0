"""Admin: rewards that staff hand over: which wait, and marking one as done."""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.records import Redemption
from chalicelib.operations.find_member import find_member
from chalicelib.operations.fulfil_redemption import fulfil_redemption, list_open_redemptions
from chalicelib.operations.undo_redemption import find_redemption
from chalicelib.routes.admin import member_views as shapes
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    ListView,
    NoBody,
    Outcome,
)
from chalicelib.routes.door import Door
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)


def redemption_missing(call: Call[NoBody], path: Mapping[str, str]) -> Refusal | None:
    """The refusal of a redemption that is not the member's; see ``Contract.locate``."""
    found = find_member(call.table, path["shop"], path["member"])
    if isinstance(found, Refusal):
        return found
    known = find_redemption(call.table, path["shop"], found.named, path["redemption"])
    unknown = Refusal(RefusalCode.REDEMPTION_UNKNOWN, "There is no such redemption.")
    return None if known else unknown


@door.get(
    "/v1/admin/shops/{shop}/redemptions/open",
    Contract(
        NoBody,
        ListView[shapes.AdminRedemptionView],
        "List what staff have to hand over, oldest first; a page may be short and not the last",
        scope=Scope.READ,
        is_list=True,
    ),
)
def get_open_redemptions(call: Call[NoBody], shop: str) -> Outcome:
    """Gift cards, store credit, experiences, services, digital goods; with the program's note."""
    page = (call.page.limit, call.page.start)
    found = list_open_redemptions(call.table, shop, page, call.now)
    if isinstance(found, Refusal):
        return found
    views = tuple(
        msgspec.structs.replace(
            shapes.redemption_view(row.redemption, call.now), fulfil_note=row.note or None
        )
        for row in found.rows
    )
    return Answer(call.page_of(views, found.next_start))


@door.post(
    "/v1/admin/shops/{shop}/members/{member}/redemptions/{redemption}/fulfil",
    Contract(
        NoBody,
        shapes.AdminRedemptionView,
        "Mark a reward as handed over; again is the same",
        scope=Scope.POINTS,
        refusals=(
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.REDEMPTION_UNKNOWN,
            RefusalCode.REDEMPTION_NOT_OPEN,
        ),
        locate=redemption_missing,
    ),
)
def post_fulfil(call: Call[NoBody], shop: str, member: str, redemption: str) -> Outcome:
    """Also for a code that staff took at the till, without an order."""
    found = find_member(call.table, shop, member)
    if isinstance(found, Refusal):
        return found
    owner = (found.named, redemption)
    result = fulfil_redemption(call.table, shop, owner, call.actor, call.now)
    if isinstance(result, Refusal):
        return result
    if not isinstance(result.document, Redemption):
        raise TypeError("a redemption is recorded as one")
    view = shapes.redemption_view(result.document, call.now)
    return Answer(view, target=found.member)
