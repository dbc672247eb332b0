"""What one taking of a reward costs the member and is worth: fixed, or by steps that they choose.

::

    cost.step × steps  points  ──►  per_step × steps  minor units
    least ≤ steps ≤ most            both from cost.min and cost.max, which are points
    smallest order = max(min_order, worth / max_share_of_order, rounded up)

Whoever doesn't say how many steps takes the least: nobody spends more than they were shown.
"""

import msgspec

from chalicelib.domain.limits import MONEY_MINOR_MAX, REWARD_STEPS_MAX
from chalicelib.domain.outcome import Problem, Refusal, RefusalCode
from chalicelib.domain.points import POINTS_MAX, ceil_ratio, floor_ratio
from chalicelib.domain.program.reward_document import Reward
from chalicelib.domain.program.scalars import ratio_of


class Basket(msgspec.Struct, frozen=True):
    """The order that a reward is wanted for: its net amount, in minor units of its currency."""

    minor: int
    currency: str


class Wish(msgspec.Struct, frozen=True):
    """How much of a reward is wanted, and for which order. Silent: the least, for any order."""

    steps: int | None = None
    basket: Basket | None = None


class Steps(msgspec.Struct, frozen=True):
    """How many steps of a reward may be taken at once."""

    least: int
    most: int


class Price(msgspec.Struct, frozen=True):
    """One taking of a reward: points of ``unit``, and what its code is worth in minor units."""

    unit: str = ""  # "": it is free
    points: int = 0
    steps: int = 0  # 0: the reward has none
    worth: int = 0  # minor units; 0: not money
    min_order: int = 0  # minor units that the order must have


def asked(wish: Wish) -> tuple[str | int, ...]:
    """What a request's hash covers of it; what was left out is not there, so old hashes stay."""
    steps = () if wish.steps is None else ("steps", wish.steps)
    basket = wish.basket
    order = () if basket is None else ("order", basket.minor, basket.currency)
    return (*steps, *order)


def steps_of(reward: Reward, currency: str) -> Steps | None:
    """The steps that may be chosen, within every limit; None: the cost is fixed, or nothing."""
    cost = reward.cost
    if cost is None or cost.step is None:
        return None
    most = min(REWARD_STEPS_MAX, (cost.max or POINTS_MAX) // cost.step)
    each = _per_step(reward, currency)
    if each:
        most = min(most, MONEY_MINOR_MAX // each)
    return Steps(max(1, ceil_ratio(cost.min or 1, cost.step)), most)


def price_of(reward: Reward, steps: int, currency: str) -> Price:
    """What ``steps`` of ``reward`` cost and are worth; 0 steps of one that has none."""
    cost = reward.cost
    worth = (reward.value or {}).get(currency, 0)
    points = (cost.amount or 0) if cost else 0
    if cost is not None and cost.step is not None:
        points, worth = cost.step * steps, _per_step(reward, currency) * steps
    min_order = (reward.min_order or {}).get(currency, 0)
    if reward.max_share_of_order is not None:
        part, whole = ratio_of(reward.max_share_of_order)
        min_order = max(min_order, ceil_ratio(worth * whole, part))
    return Price(cost.unit if cost else "", points, steps, worth, min_order)


def takes(reward: Reward, unit: str, points: int, currency: str) -> bool:
    """Whether ``points`` of ``unit`` are a price that ``reward`` can be had for."""
    cost, steps = reward.cost, steps_of(reward, currency)
    if cost is None or cost.unit != unit:
        return False
    if steps is None or cost.step is None:
        return points == cost.amount
    return not points % cost.step and steps.least <= points // cost.step <= steps.most


def least_price(reward: Reward, currency: str) -> Price:
    """The cheapest that ``reward`` can be had for."""
    steps = steps_of(reward, currency)
    return price_of(reward, steps.least if steps else 0, currency)


def priced(reward: Reward, wish: Wish, currency: str) -> Price | Refusal:
    """What is wanted, or why it can't be had in this form by anybody."""
    steps = steps_of(reward, currency)
    wanted = wish.steps
    if steps is None:
        if wanted is not None:
            return _refused("$.steps", "this reward has no steps: leave them out")
        wanted = 0
    elif wanted is None:
        wanted = steps.least
    elif not steps.least <= wanted <= steps.most:
        return _refused("$.steps", f"take {steps.least} to {steps.most} steps of this reward")
    price = price_of(reward, wanted, currency)
    basket = wish.basket
    if basket is None:
        return price
    if basket.currency != currency:
        return _refused("$.order_net.currency", f"give the amount of the order in {currency}")
    if basket.minor < price.min_order:
        detail = f"the order must be {price.min_order} at least, in minor units of {currency}"
        return Refusal(RefusalCode.BELOW_MINIMUM, detail)
    return price


def best_steps(reward: Reward, available: int, currency: str, basket: Basket | None) -> int:
    """The most steps that ``available`` points pay and an order of ``basket`` takes; 0: none.

    A code is never offered for more than the order: the rest of it would be lost.
    """
    steps = steps_of(reward, currency)
    if steps is None or reward.cost is None or reward.cost.step is None:
        return 0
    best = min(steps.most, max(0, available) // reward.cost.step)
    each = _per_step(reward, currency)
    if basket is not None:
        is_too_small = basket.minor < (reward.min_order or {}).get(currency, 0)
        part, whole = ratio_of(reward.max_share_of_order or "1")
        fitting = floor_ratio(basket.minor * part, whole) // each if each else best
        best = 0 if is_too_small else min(best, fitting)
    return best if best >= steps.least else 0


def _per_step(reward: Reward, currency: str) -> int:
    return (reward.per_step or {}).get(currency, 0)


def _refused(path: str, detail: str) -> Refusal:
    problem = Problem(path, "value_out_of_range", detail)
    return Refusal(RefusalCode.VALUE_INVALID, detail, (problem,))
