"""Rewards, made ready: who may have them, and how often."""

from chalicelib.domain.program.compiled_rules import test_of, window_of
from chalicelib.domain.program.document import (
    Limit,
    Program,
    Reward,
)
from chalicelib.domain.program.fields import declared_fields
from chalicelib.domain.program.plan import (
    CompiledCap,
    CompiledReward,
)


def compile_reward(program: Program, reward: Reward) -> CompiledReward:
    """``reward`` with its condition and its limit ready."""
    limit = Limit(times=1, window="lifetime") if reward.forever else reward.limit
    return CompiledReward(
        id=reward.id,
        reward=reward,
        who=test_of(
            reward.who, program.timezone, declared_fields(program.attributes, program.facts)
        ),
        cap=CompiledCap(f"reward:{reward.id}", "times", limit.times or 0, window_of(limit.window))
        if limit
        else None,
    )
