"""Earn rules, made ready: dates as instants, rates as integers, limits as caps."""

from typing import cast

from chalicelib.domain.calendar import (
    FOREVER,
    LIFETIME,
    Step,
    Window,
    ends_before,
    parse_period,
    rolling_days,
    starts_at,
)
from chalicelib.domain.program.compiled_units import per_of
from chalicelib.domain.program.conditions import Test, compile_condition
from chalicelib.domain.program.document import (
    Effect,
    Limit,
    Program,
    Rule,
    Span,
)
from chalicelib.domain.program.plan import (
    CompiledCap,
    CompiledGive,
    CompiledRule,
    CompiledUnit,
)
from chalicelib.domain.program.scalars import ratio_of

_LONG_AGO = -FOREVER


def compile_rule(program: Program, rule: Rule, units: dict[str, CompiledUnit]) -> CompiledRule:
    """``rule`` with everything looked up; effects in retired units are left out."""
    zone = program.timezone
    return CompiledRule(
        id=rule.id,
        give=tuple(
            _give(program, effect, units[effect.unit])
            for effect in rule.give
            if not program.units[effect.unit].retired
        ),
        lines=test_of(rule.lines, zone),
        condition=test_of(rule.if_, zone),
        starts_at=starts_at(rule.from_, zone) if rule.from_ else _LONG_AGO,
        ends_before=ends_before(rule.to, zone) if rule.to else FOREVER,
        needs_lines=rule.on.startswith("order."),
        once=rule.once is not None,
        full=rule.full,
        dry_run=rule.dry_run,
        cap=_rule_cap(rule, rule.limit) if rule.limit else None,
    )


def _give(program: Program, effect: Effect, unit: CompiledUnit) -> CompiledGive:
    if effect.rate is None:
        return CompiledGive(unit=effect.unit, add=effect.add or 0)
    numerator, denominator = ratio_of(effect.rate)
    per = per_of(program, effect)
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


def day_caps_of(program: Program) -> dict[str, CompiledCap]:
    """The program's own most a day, by unit."""
    most = program.limits.points_per_day
    if most is None:
        return {}
    by_unit = most if isinstance(most, dict) else dict.fromkeys(program.units, most)
    return {
        unit: CompiledCap(f"day:{unit}", "day", amount, Window(Step.DAY), unit=unit)
        for unit, amount in by_unit.items()
    }


def test_of(condition: dict[str, object] | None, zone: str) -> Test | None:
    """``condition`` as a test; None for none."""
    return compile_condition(condition, zone) if condition else None


def window_of(window: str | Span) -> Window | None:
    """The window of a limit; None for ``order``."""
    if isinstance(window, str):
        return LIFETIME if window == "lifetime" else None
    if window.calendar is not None:
        return Window(Step(window.calendar))
    period = parse_period(cast("str", window.rolling))
    return Window(Step.MONTH, period.months) if period.months else rolling_days(period.days)
