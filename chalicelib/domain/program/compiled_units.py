"""The arithmetic of units: one denominator each, over all rates and multipliers."""

from collections.abc import Iterable

from chalicelib.domain.currencies import major_unit
from chalicelib.domain.points import ceil_ratio, floor_ratio, half_even_ratio, lcm_of
from chalicelib.domain.program.document import (
    Effect,
    Program,
)
from chalicelib.domain.program.plan import (
    CompiledUnit,
    Round,
)
from chalicelib.domain.program.scalars import ratio_of
from chalicelib.domain.program.tier_document import Tier

_ROUND: dict[str, Round] = {
    "down": floor_ratio,
    "half_even": half_even_ratio,
    "up": ceil_ratio,
}


def compile_unit(program: Program, unit: str) -> CompiledUnit:
    """The one denominator of ``unit``, over every rate and multiplier that meets it."""
    effects = [give for rule in program.earn for give in rule.give if give.unit == unit]
    rates = [
        ratio_of(effect.rate)[1] * per_of(program, effect)
        for effect in effects
        if effect.rate is not None
    ]
    base, multipliers = lcm_of(tuple(rates)), multiplier_base(program, unit)
    return CompiledUnit(
        id=unit,
        to_whole=_ROUND[program.units[unit].rounding],
        base_denominator=base,
        multiplier_base=multipliers,
        denominator=base * multipliers ** len(program.tier_groups),
    )


def per_of(program: Program, effect: Effect) -> int:
    """Minor units that a rate counts by; one major unit where the rule is silent."""
    return effect.per[program.currency] if effect.per else major_unit(program.currency)


def _tiers(program: Program) -> Iterable[Tier]:
    return (tier for group in program.tier_groups for tier in group.tiers)


def multiplier_base(program: Program, unit: str) -> int:
    """The denominator of every multiplier of ``unit``."""
    return lcm_of(
        tuple(ratio_of(tier.multiply[unit])[1] for tier in _tiers(program) if unit in tier.multiply)
    )
