"""Rewards, made ready: who may have them, and how often."""

from collections.abc import Iterable

import msgspec

from chalicelib.domain.program.compiled_rules import test_of, window_of
from chalicelib.domain.program.document import (
    Effect,
    Limit,
    Program,
    Reward,
)
from chalicelib.domain.program.fields import declared_fields
from chalicelib.domain.program.plan import (
    CompiledCap,
    CompiledReward,
)


def compile_rewards(program: Program) -> dict[str, CompiledReward]:
    """Each reward with its condition and its limit ready."""
    is_any_free = any(reward.cost is None for reward in program.rewards)
    given = given_in(program) if is_any_free else frozenset[str]()
    return {reward.id: _compiled(program, reward, given) for reward in program.rewards}


def _compiled(program: Program, reward: Reward, given: frozenset[str]) -> CompiledReward:
    limit = Limit(times=1, window="lifetime") if reward.forever else reward.limit
    holders = _holders(program, reward)
    cap = _cap(reward, limit) if limit else None
    is_shared = limit is not None and limit.scope == "shop"
    return CompiledReward(
        id=reward.id,
        reward=reward,
        who=test_of(
            reward.who, program.timezone, declared_fields(program.attributes, program.facts)
        ),
        cap=None if is_shared else cap,
        shared=cap if is_shared else None,
        is_only_given=reward.cost is None and not holders and reward.id in given,
        holders=holders,
    )


def _cap(reward: Reward, limit: Limit) -> CompiledCap:
    return CompiledCap(f"reward:{reward.id}", "times", limit.times or 0, window_of(limit.window))


def auto_of(program: Program) -> dict[str, int]:
    """By unit, the least that a reward costs which is redeemed by itself."""
    least: dict[str, int] = {}
    for reward in program.rewards:
        if reward.auto and reward.cost is not None:
            points = reward.cost.amount or 0
            least[reward.cost.unit] = min(points, least.get(reward.cost.unit, points))
    return least


def _holders(program: Program, reward: Reward) -> tuple[tuple[str, str], ...]:
    return tuple(
        (group.id, tier.id)
        for group in program.tier_groups
        for tier in group.tiers
        if any(perk.grants == reward.id for perk in tier.perks)
    )


def given_in(value: object) -> frozenset[str]:
    """Ids of the rewards that some effect gives, anywhere in ``value``, however deep."""
    if isinstance(value, Effect):
        own = {value.reward} if value.reward else set[str]()
        return frozenset(own).union(*map(given_in, _parts(value)))
    return frozenset[str]().union(*map(given_in, _parts(value)))


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, msgspec.Struct):
        return (getattr(value, name) for name in value.__struct_fields__)
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, tuple) else ()
