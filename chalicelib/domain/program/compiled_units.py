"""The arithmetic of units: one denominator each, over all rates and multipliers."""

from collections.abc import Iterable

from chalicelib.domain.currencies import major_unit
from chalicelib.domain.points import ceil_ratio, floor_ratio, half_even_ratio, lcm_of
from chalicelib.domain.program.document import (
    Effect,
    Program,
)
from chalicelib.domain.program.every_rule import every_rule
from chalicelib.domain.program.plan import (
    CompiledUnit,
    Round,
)
from chalicelib.domain.program.rule_document import effects_of, flattened
from chalicelib.domain.program.scalars import ratio_of
from chalicelib.domain.program.tier_document import Tier

PERCENT = 100
QUANTITY_MILLI = 1_000

_ROUND: dict[str, Round] = {
    "down": floor_ratio,
    "half_even": half_even_ratio,
    "up": ceil_ratio,
}


def compile_unit(program: Program, unit: str) -> CompiledUnit:
    """The one denominator of ``unit``, over every rate and multiplier that meets it."""
    effects = [give for give in _every_effect(program) if give.unit == unit]
    base = lcm_of(tuple(_denominator(program, effect) for effect in effects))
    multipliers = multiplier_base(program, unit)
    factors = len(program.tier_groups) + sum(1 for effect in effects if effect.multiply)
    factors = factors if program.stack == "product" else min(factors, 1)
    return CompiledUnit(
        id=unit,
        to_whole=_ROUND[program.units[unit].rounding],
        base_denominator=base,
        multiplier_base=multipliers,
        factors=factors,
        denominator=base * multipliers**factors,
    )


def _every_effect(program: Program) -> Iterable[Effect]:
    for rule in every_rule(program):
        yield from effects_of(rule)
    for membership in program.memberships:
        yield from flattened(membership.give)
    for offer in program.referral.offers if program.referral else ():
        yield from flattened((*offer.friend, *offer.advocate))


def _denominator(program: Program, effect: Effect) -> int:
    """What the effect's points for one minor unit, or one thousandth, are fractions of."""
    written = effect.rate or effect.percent
    return ratio_of(written)[1] * per_of(program, effect) if written else 1


def per_of(program: Program, effect: Effect) -> int:
    """Minor units, or thousandths, that a rate counts by; one major unit where it is silent."""
    if effect.percent is not None:
        return PERCENT
    if effect.per_quantity is not None:
        return QUANTITY_MILLI
    return effect.per[program.currency] if effect.per else major_unit(program.currency)


def _tiers(program: Program) -> Iterable[Tier]:
    return (tier for group in program.tier_groups for tier in group.tiers)


def multiplier_base(program: Program, unit: str) -> int:
    """The denominator of every multiplier of ``unit``."""
    written = [tier.multiply[unit] for tier in _tiers(program) if unit in tier.multiply]
    given = (give for give in _every_effect(program) if give.unit == unit)
    written += [give.multiply for give in given if give.multiply]
    return lcm_of(tuple(ratio_of(text)[1] for text in written))
