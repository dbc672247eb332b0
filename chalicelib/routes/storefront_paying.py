"""Storefront: who pays for a reward: the member, or the pool that they share."""

from chalicelib.domain.outcome import Refusal
from chalicelib.domain.pooling import NO_POOL
from chalicelib.operations.decide_and_commit import Recorded
from chalicelib.operations.own_redemptions import pool_asked
from chalicelib.operations.redeem_from_pool import (
    LoadedPoolRedemption,
    PoolRedeemCommand,
    redeem_from_pool,
)
from chalicelib.operations.redeem_reward import LoadedRedemption, RedeemCommand, redeem_reward
from chalicelib.routes.contract import Call
from chalicelib.routes.storefront_shapes import RedeemRequest
from chalicelib.routes.wish_shapes import wish_of

Taken = Recorded[LoadedRedemption] | Recorded[LoadedPoolRedemption] | Refusal


def taken_from(call: Call[RedeemRequest], shop: str, member: str) -> Taken:
    """Take the reward, once per idempotency key, from what the customer chose."""
    said, key = call.body, call.idempotency_key
    wish = wish_of(said.steps, said.order_net)
    if said.from_ == "account":
        command = RedeemCommand(shop, member, said.reward_id, key, call.now, call.wall_now, wish)
        return redeem_reward(call.table, command)
    pool = pool_asked(call.table, shop, (member, said.reward_id, key), call.now)
    if not pool:
        return NO_POOL
    wanted = PoolRedeemCommand(
        shop, pool, member, said.reward_id, key, call.now, call.wall_now, wish
    )
    return redeem_from_pool(call.table, wanted)
