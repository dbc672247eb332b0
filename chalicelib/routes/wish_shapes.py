"""Wire shapes of how much of a reward is wanted, and for which order: widget and staff alike."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from chalicelib.domain.limits import MONEY_MINOR_MAX, REWARD_STEPS_MAX
from chalicelib.domain.outcome import RefusalCode
from chalicelib.domain.program.pricing import Basket, Wish
from chalicelib.routes.parsing import Currency

StepCount = Annotated[int, Meta(ge=1, le=REWARD_STEPS_MAX)]
"""How many steps of a reward whose cost has steps."""

REDEEM_REFUSALS: Final = (
    RefusalCode.MEMBER_UNKNOWN,
    RefusalCode.REWARD_UNKNOWN,
    RefusalCode.VALUE_INVALID,
    RefusalCode.BELOW_MINIMUM,
    RefusalCode.SAME_KEY_OTHER_REQUEST,
    RefusalCode.PROGRAM_NOT_LIVE,
    RefusalCode.PROGRAM_PAUSED,
    RefusalCode.PROGRAM_ENDED,
    RefusalCode.REWARD_NOT_FOR_YOU,
    RefusalCode.LIMIT_REACHED,
    RefusalCode.REWARD_OUT_OF_STOCK,
    RefusalCode.INSUFFICIENT_POINTS,
)
"""Why a reward can't be had, by whomever it is taken."""

POOL_REFUSALS: Final = (RefusalCode.POOL_UNKNOWN, RefusalCode.POOL_NOT_ALLOWED)
"""Why a pool can't pay for it."""

POOL_CHANGES: Final = (
    RefusalCode.MEMBER_UNKNOWN,
    RefusalCode.MEMBER_ERASED,
    RefusalCode.PROGRAM_NOT_LIVE,
    RefusalCode.ALREADY_IN_POOL,
    RefusalCode.POOL_NOT_ALLOWED,
)
"""Why a pool can't be changed, by whomever it is asked."""


class OrderNet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is in the cart, after discounts, in minor units of its currency."""

    amount: Annotated[int, Meta(ge=0, le=MONEY_MINOR_MAX)]
    currency: Currency


def basket_of(order_net: OrderNet | None) -> Basket | None:
    """The order that was told of, if any."""
    return Basket(order_net.amount, order_net.currency) if order_net else None


def wish_of(steps: int | None, order_net: OrderNet | None) -> Wish:
    """What is wanted."""
    return Wish(steps, basket_of(order_net))
