"""Admin: move a member's points by hand, redeem for them, and look a code up."""

from typing import Annotated

from msgspec import Meta

from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.points import POINTS_MAX
from chalicelib.domain.records import AdjustmentKind, Redemption
from chalicelib.operations.find_member import find_member
from chalicelib.operations.find_redemption_by_code import find_redemption_by_code
from chalicelib.operations.redeem_reward import RedeemCommand, redeem_reward
from chalicelib.routes.admin import member_views as shapes
from chalicelib.routes.admin.adjusting import AdjustWish, adjusted
from chalicelib.routes.admin.locating import member_missing
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    KeyedBody,
    NoBody,
    Outcome,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import Id, Reason
from chalicelib.routes.wish_shapes import REDEEM_REFUSALS, OrderNet, StepCount, wish_of
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)

Points = Annotated[int, Meta(ge=-POINTS_MAX, le=POINTS_MAX)]


class AdjustmentRequest(KeyedBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many points of which unit, and why. Negative takes."""

    unit: Id
    points: Points
    reason: Reason


class AdminRedeemRequest(KeyedBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which reward, how many steps of it, and for which order."""

    reward_id: Id
    steps: StepCount | None = None
    order_net: OrderNet | None = None


@door.post(
    "/v1/admin/shops/{shop}/members/{member}/adjustments",
    Contract(
        AdjustmentRequest,
        shapes.EntryView,
        "Add or take points by hand, with a reason",
        scope=Scope.POINTS,
        status=201,
        idempotent=True,
        refusals=(
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.UNIT_UNKNOWN,
            RefusalCode.SAME_KEY_OTHER_REQUEST,
            RefusalCode.PROGRAM_NOT_LIVE,
            RefusalCode.INSUFFICIENT_POINTS,
        ),
        locate=member_missing,
    ),
)
def post_adjustment(call: Call[AdjustmentRequest], shop: str, member: str) -> Outcome:
    """Move points once per idempotency key."""
    said = call.body
    wish = AdjustWish(AdjustmentKind.POINTS, said.reason, said.unit, said.points)
    return adjusted(call, shop, member, wish)


@door.post(
    "/v1/admin/shops/{shop}/members/{member}/redemptions",
    Contract(
        AdminRedeemRequest,
        shapes.AdminRedemptionView,
        "Redeem a reward for a member",
        scope=Scope.POINTS,
        status=201,
        idempotent=True,
        refusals=REDEEM_REFUSALS,
        locate=member_missing,
    ),
)
def post_member_redemption(call: Call[AdminRedeemRequest], shop: str, member: str) -> Outcome:
    """Spend the member's points, once per idempotency key."""
    found = find_member(call.table, shop, member)
    if isinstance(found, Refusal):
        return found
    said = call.body
    command = RedeemCommand(
        shop=shop,
        member=found.named,
        reward_id=said.reward_id,
        idempotency_key=call.idempotency_key,
        now=call.now,
        wall_now=call.wall_now,
        wish=wish_of(said.steps, said.order_net),
    )
    result = redeem_reward(call.table, command)
    if isinstance(result, Refusal):
        return result
    if not isinstance(result.document, Redemption):
        raise TypeError("a redemption is recorded as one")
    view = shapes.redemption_view(result.document, call.now)
    return Answer(view, replayed=result.replayed, target=found.member)


@door.get(
    "/v1/admin/shops/{shop}/codes/{code}",
    Contract(
        NoBody,
        shapes.AdminRedemptionView,
        "Look up the redemption that a code belongs to",
        scope=Scope.READ,
        refusals=(RefusalCode.REDEMPTION_UNKNOWN,),
    ),
)
def get_code(call: Call[NoBody], shop: str, code: str) -> Outcome:
    """What staff at the till ask."""
    found = find_redemption_by_code(call.table, shop, code)
    if isinstance(found, Refusal):
        return found
    return Answer(shapes.redemption_view(found, call.now))
