"""Rewards: who may have one, what it is worth, how long its code lives.

Whether a member has enough points is the ledger's question, whether there is stock the table's.
"""

from typing import Final

from chalicelib.domain.calendar import add_period, parse_period
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Counters, MemberFacts
from chalicelib.domain.outcome import RefusalCode
from chalicelib.domain.points import ceil_ratio
from chalicelib.domain.program.caps import times_used
from chalicelib.domain.program.document import Program, Reward
from chalicelib.domain.program.fields import Subject
from chalicelib.domain.program.plan import CompiledProgram

BY_HAND: Final = ("experience", "service", "digital")
"""Kinds that have no key of their own: staff know what they are."""

BY_STAFF: Final = (*BY_HAND, "gift_card", "store_credit")
"""Kinds that somebody hands over; their redemptions wait in a list for that."""

WITHOUT_KEY: Final = ("free_shipping", "perk")
"""Kinds that need neither a key nor a hand."""


def find_reward(program: CompiledProgram, reward_id: str) -> Reward | None:
    """The reward ``reward_id``, or None if the program has none."""
    compiled = program.rewards.get(reward_id)
    return compiled.reward if compiled else None


def reward_refusal(
    program: CompiledProgram, reward: Reward, facts: MemberFacts, counters: Counters, at: Instant
) -> RefusalCode | None:
    """Why a member of ``facts`` and ``counters`` may not have ``reward`` at ``at``."""
    compiled = program.rewards[reward.id]
    is_held = any(facts.tiers.get(group) == tier for group, tier in compiled.holders)
    if compiled.is_only_given or (compiled.holders and not is_held):
        return RefusalCode.REWARD_NOT_FOR_YOU
    if compiled.who is not None and not compiled.who(Subject({}, facts)):
        return RefusalCode.REWARD_NOT_FOR_YOU
    cap = compiled.cap
    if cap is not None and times_used(program, reward.id, counters, at) >= cap.limit:
        return RefusalCode.LIMIT_REACHED
    return None


def face_value(reward: Reward, currency: str) -> int | None:
    """What the member gets (for one step), in minor units of ``currency``; None: not money."""
    worth = reward.value or reward.per_step
    return worth.get(currency) if worth else None


def money_cost(reward: Reward, currency: str) -> int | None:
    """What the shop pays (for one step), in minor units: unit cost, else face value, else None."""
    if reward.unit_cost and currency in reward.unit_cost:
        return reward.unit_cost[currency]
    return face_value(reward, currency)


def cost_to_shop(program: Program, reward: Reward) -> int | None:
    """As ``money_cost``; where nobody says, what the points of it cost by their unit."""
    cost, told = reward.cost, money_cost(reward, program.currency)
    unit = program.units.get(cost.unit) if cost else None
    if told is not None or cost is None or unit is None or unit.cost is None:
        return told
    points = cost.step or cost.amount or 0
    return ceil_ratio(points * unit.cost[program.currency], unit.value_per)


def hold_until(program: CompiledProgram, reward: Reward, now: Instant) -> Instant:
    """Until when points that are set aside for ``reward`` stay so."""
    return add_period(now, parse_period(reward.hold), program.zone)


def units_given(reward: Reward) -> int:
    """How many units of its cause one donation gives; 0 for what is no donation."""
    return (reward.add or 1) if reward.cause else 0


def expires_at(program: CompiledProgram, reward: Reward, redeemed_at: Instant) -> Instant | None:
    """When a code of ``reward`` stops working; None never."""
    if reward.valid is None:
        return None
    return add_period(redeemed_at, parse_period(reward.valid), program.zone)


def undo_until(program: CompiledProgram, reward: Reward, redeemed_at: Instant) -> Instant | None:
    """Until when an unused ``reward`` may be given back; None: never. Not after it expired."""
    if reward.undo == "never":
        return None
    until = add_period(redeemed_at, parse_period(reward.undo), program.zone)
    expiry = expires_at(program, reward, redeemed_at)
    return until if expiry is None else min(until, expiry)
