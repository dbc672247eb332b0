"""Admin: rewards that a household pool pays."""

from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.records import Redemption
from chalicelib.operations.find_member import find_member, find_pool
from chalicelib.operations.redeem_from_pool import PoolRedeemCommand, redeem_from_pool
from chalicelib.routes.admin import member_views as shapes
from chalicelib.routes.admin.locating import pool_missing
from chalicelib.routes.admin.transfers import MemberName
from chalicelib.routes.contract import Answer, Audience, Call, Contract, KeyedBody, Outcome
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import Id
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)


class PoolRedeemRequest(KeyedBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who takes which reward."""

    member: MemberName
    reward_id: Id


@door.post(
    "/v1/admin/shops/{shop}/pools/{pool}/redemptions",
    Contract(
        PoolRedeemRequest,
        shapes.AdminRedemptionView,
        "Redeem a reward from a pool for one who shares it",
        scope=Scope.POINTS,
        status=201,
        idempotent=True,
        refusals=(
            RefusalCode.POOL_UNKNOWN,
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.MEMBER_ERASED,
            RefusalCode.REWARD_UNKNOWN,
            RefusalCode.SAME_KEY_OTHER_REQUEST,
            RefusalCode.PROGRAM_NOT_LIVE,
            RefusalCode.PROGRAM_PAUSED,
            RefusalCode.PROGRAM_ENDED,
            RefusalCode.REWARD_NOT_FOR_YOU,
            RefusalCode.LIMIT_REACHED,
            RefusalCode.REWARD_OUT_OF_STOCK,
            RefusalCode.INSUFFICIENT_POINTS,
            RefusalCode.POOL_NOT_ALLOWED,
        ),
        locate=pool_missing,
    ),
)
def post_pool_redemption(call: Call[PoolRedeemRequest], shop: str, pool: str) -> Outcome:
    """Spend the pool's points, once per idempotency key of the member."""
    shared = find_pool(call.table, shop, pool)
    if isinstance(shared, Refusal):
        return shared
    found = find_member(call.table, shop, call.body.member)
    if isinstance(found, Refusal):
        return found
    key, reward = call.idempotency_key, call.body.reward_id
    command = PoolRedeemCommand(shop, pool, found.named, reward, key, call.now, call.wall_now)
    result = redeem_from_pool(call.table, command)
    if isinstance(result, Refusal):
        return result
    if not isinstance(result.document, Redemption):
        raise TypeError("a redemption is recorded as one")
    view = shapes.redemption_view(result.document, call.now)
    return Answer(view, replayed=result.replayed, target=found.member)
