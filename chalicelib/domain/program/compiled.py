"""From the document to its compiled form, once per version.

The one trick is the denominators: for each unit, the least common multiple of all its rates'
denominators, times that of its tiers' multipliers, so that evaluation adds integers and rounds
once. Only checked programs come here.
"""

from collections.abc import Iterable
from typing import cast

from chalicelib.domain.calendar import (
    FOREVER,
    LIFETIME,
    Period,
    Step,
    Window,
    ends_before,
    parse_period,
    rolling_days,
    rolling_months,
    starts_at,
)
from chalicelib.domain.currencies import major_unit
from chalicelib.domain.points import ceil_ratio, floor_ratio, half_even_ratio, lcm_of
from chalicelib.domain.program.conditions import Test, compile_condition
from chalicelib.domain.program.document import (
    Effect,
    Limit,
    Program,
    Reward,
    Rule,
    Span,
)
from chalicelib.domain.program.idle import Spans, idleness_of, spans_after
from chalicelib.domain.program.plan import (
    CompiledCap,
    CompiledGive,
    CompiledGroup,
    CompiledProgram,
    CompiledReward,
    CompiledRule,
    CompiledTier,
    CompiledUnit,
    Keeping,
    Round,
)
from chalicelib.domain.program.scalars import ratio_of
from chalicelib.domain.program.tier_document import Tier, TierGroup

__all__ = ["CompiledProgram", "compile_program", "window_of"]

_ROUND: dict[str, Round] = {
    "down": floor_ratio,
    "half_even": half_even_ratio,
    "up": ceil_ratio,
}
_LONG_AGO = -FOREVER


def compile_program(program: Program, version: int, spans: Spans | None = None) -> CompiledProgram:
    """``program`` ready for evaluation as ``version``.

    ``spans`` are the rules of inactivity up to this version; None: its own, from the beginning.
    """
    spans = spans_after(None, program, 0) if spans is None else spans
    units = {unit: _unit(program, unit) for unit in program.units}
    rules = tuple(_rule(program, rule, units) for rule in sorted(program.earn, key=_id_of))
    rewards = {reward.id: _reward(program, reward) for reward in program.rewards}
    day_caps = _day_caps(program)
    rule_caps = tuple(rule.cap for rule in rules if rule.cap)
    return CompiledProgram(
        program=program,
        version=version,
        zone=program.timezone,
        currency=program.currency,
        units=units,
        rules=_by_trigger(program, rules),
        groups={group.id: _group(program, group, units) for group in program.tier_groups},
        rewards=rewards,
        caps={cap.id: cap for cap in (*rule_caps, *day_caps.values())},
        day_caps=day_caps,
        reward_caps={reward.cap.id: reward.cap for reward in rewards.values() if reward.cap},
        idle=idleness_of(program, spans),
    )


def window_of(window: str | Span) -> Window | None:
    """The window of a limit; None for ``order``."""
    if isinstance(window, str):
        return LIFETIME if window == "lifetime" else None
    if window.calendar is not None:
        return Window(Step(window.calendar))
    period = parse_period(cast("str", window.rolling))
    return Window(Step.MONTH, period.months) if period.months else rolling_days(period.days)


def _id_of(rule: Rule) -> str:
    return rule.id


def _by_trigger(
    program: Program, rules: tuple[CompiledRule, ...]
) -> dict[str, tuple[CompiledRule, ...]]:
    trigger = {rule.id: rule.on for rule in program.earn}
    return {on: tuple(rule for rule in rules if trigger[rule.id] == on) for on in trigger.values()}


# ---------------------------------------------------------------- units


def _unit(program: Program, unit: str) -> CompiledUnit:
    effects = [give for rule in program.earn for give in rule.give if give.unit == unit]
    rates = [
        ratio_of(effect.rate)[1] * _per(program, effect)
        for effect in effects
        if effect.rate is not None
    ]
    base, multiplier_base = lcm_of(tuple(rates)), _multiplier_base(program, unit)
    return CompiledUnit(
        id=unit,
        to_whole=_ROUND[program.units[unit].rounding],
        base_denominator=base,
        multiplier_base=multiplier_base,
        denominator=base * multiplier_base ** len(program.tier_groups),
    )


def _per(program: Program, effect: Effect) -> int:
    return effect.per[program.currency] if effect.per else major_unit(program.currency)


def _tiers(program: Program) -> Iterable[Tier]:
    return (tier for group in program.tier_groups for tier in group.tiers)


def _multiplier_base(program: Program, unit: str) -> int:
    return lcm_of(
        tuple(ratio_of(tier.multiply[unit])[1] for tier in _tiers(program) if unit in tier.multiply)
    )


# ---------------------------------------------------------------- rules


def _rule(program: Program, rule: Rule, units: dict[str, CompiledUnit]) -> CompiledRule:
    zone = program.timezone
    return CompiledRule(
        id=rule.id,
        give=tuple(
            _give(program, effect, units[effect.unit])
            for effect in rule.give
            if not program.units[effect.unit].retired
        ),
        lines=_test(rule.lines, zone),
        condition=_test(rule.if_, zone),
        starts_at=starts_at(rule.from_, zone) if rule.from_ else _LONG_AGO,
        ends_before=ends_before(rule.to, zone) if rule.to else FOREVER,
        needs_lines=rule.on.startswith("order."),
        once=rule.once is not None,
        full=rule.full,
        dry_run=rule.dry_run,
        cap=_rule_cap(rule, rule.limit) if rule.limit else None,
    )


def _test(condition: dict[str, object] | None, zone: str) -> Test | None:
    return compile_condition(condition, zone) if condition else None


def _give(program: Program, effect: Effect, unit: CompiledUnit) -> CompiledGive:
    if effect.rate is None:
        return CompiledGive(unit=effect.unit, add=effect.add or 0)
    numerator, denominator = ratio_of(effect.rate)
    per = _per(program, effect)
    return CompiledGive(
        unit=effect.unit,
        rate=effect.rate,
        per=per,
        of=effect.of,
        weight=numerator * (unit.base_denominator // (denominator * per)),
        whole_weight=numerator * (unit.base_denominator // denominator),
    )


def _rule_cap(rule: Rule, limit: Limit) -> CompiledCap:
    window = window_of(limit.window)
    if limit.times is not None:
        return CompiledCap(f"rule:{rule.id}", "times", limit.times, window, rule.id)
    unit, amount = rule.give[0].unit, limit.amount or 0
    if isinstance(amount, dict):
        unit, amount = next(iter(amount.items()))
    return CompiledCap(f"rule:{rule.id}", "amount", amount, window, rule.id, unit)


def _day_caps(program: Program) -> dict[str, CompiledCap]:
    most = program.limits.points_per_day
    if most is None:
        return {}
    by_unit = most if isinstance(most, dict) else dict.fromkeys(program.units, most)
    return {
        unit: CompiledCap(f"day:{unit}", "day", amount, Window(Step.DAY), unit=unit)
        for unit, amount in by_unit.items()
    }


# ---------------------------------------------------------------- tiers and rewards


def _group(program: Program, group: TierGroup, units: dict[str, CompiledUnit]) -> CompiledGroup:
    bases = {unit: _multiplier_base(program, unit) for unit in units}
    tiers = tuple(_tier(program, tier, bases) for tier in group.tiers)
    return CompiledGroup(
        id=group.id,
        by=group.by,
        unit=group.unit or "",
        window=_tier_window(group),
        zone=program.timezone,
        tiers=tiers,
        keeping=_keeping(group),
        drop=group.keep.drop,
        places={tier.id: place for place, tier in enumerate(tiers)},
    )


def _tier(program: Program, tier: Tier, bases: dict[str, int]) -> CompiledTier:
    multiply = {}
    for unit, text in tier.multiply.items():
        numerator, denominator = ratio_of(text)
        multiply[unit] = numerator * (bases[unit] // denominator)
    at = tier.at if isinstance(tier.at, int) else tier.at[program.currency]
    return CompiledTier(id=tier.id, at=at, entry=tier.entry, tier=tier, multiply=multiply)


def _tier_window(group: TierGroup) -> Window:
    if isinstance(group.window, str):
        return LIFETIME
    if group.window.rolling is not None:
        return rolling_months(parse_period(group.window.rolling).months)
    return Window(Step.YEAR)


def _keeping(group: TierGroup) -> Keeping:
    """The meaning of ``keep``, which by default is to keep through the next window."""
    if isinstance(group.window, str) or group.keep.drop == "never":
        return Keeping()
    wish = group.keep.for_
    if wish is not None and not wish.startswith("window"):
        return Keeping(period=parse_period(wish))
    if group.window.rolling is None:
        return Keeping(windows=1 if wish == "window" else 2)
    # A rolling window ends with today, so the next one is its whole length from today.
    windows = 2 if wish == "window_and_next" else 1
    return Keeping(period=Period(months=windows * parse_period(group.window.rolling).months))


def _reward(program: Program, reward: Reward) -> CompiledReward:
    limit = reward.limit
    return CompiledReward(
        id=reward.id,
        reward=reward,
        who=_test(reward.who, program.timezone),
        cap=CompiledCap(f"reward:{reward.id}", "times", limit.times or 0, window_of(limit.window))
        if limit
        else None,
    )
