"""Tier groups, made ready: thresholds, multipliers over one base, and how long a tier is kept."""

from collections.abc import Iterable
from datetime import date

from chalicelib.domain.calendar import (
    FOREVER,
    LIFETIME,
    Period,
    Step,
    Window,
    parse_period,
    rolling_days,
    rolling_months,
)
from chalicelib.domain.calendar_days import parse_month_day
from chalicelib.domain.program.compiled_rules import SUBJECT, grants_of, test_of
from chalicelib.domain.program.compiled_units import multiplier_base
from chalicelib.domain.program.document import (
    Effect,
    Program,
)
from chalicelib.domain.program.fields import FIELDS, TIER_FIELDS, declared_fields
from chalicelib.domain.program.habit_fields import asked_fields
from chalicelib.domain.program.occasion import BIRTHDAY_PREFIX
from chalicelib.domain.program.plan import (
    INVITED_ONLY,
    Block,
    CompiledGive,
    CompiledGroup,
    CompiledRule,
    CompiledTier,
    CompiledUnit,
    Keeping,
)
from chalicelib.domain.program.rule_document import BIRTHDAY
from chalicelib.domain.program.scalars import ratio_of
from chalicelib.domain.program.tier_document import Tier, TierGroup, TierSpan

_MONTHS_A_YEAR = 12
_SOME_LEAP_YEAR = 2_000


def compile_group(
    program: Program, group: TierGroup, units: dict[str, CompiledUnit]
) -> CompiledGroup:
    """``group`` with its thresholds, windows and multipliers ready."""
    bases = {unit: multiplier_base(program, unit) for unit in units}
    tiers = tuple(_tier(program, group, tier, bases) for tier in group.tiers)
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
        block=_block(group),
        is_anniversary=isinstance(group.window, TierSpan) and group.window.anniversary is not None,
        judged=_judged(group),
        asks=asked_fields([tier.if_ for tier in group.tiers], program.segments),
    )


def birthday_rules(program: Program) -> tuple[CompiledRule, ...]:
    """What tiers give on birthdays, as rules: once a year, to who holds the tier then."""
    return tuple(
        _birthday_rule(program, group.id, tier)
        for group in program.tier_groups
        for tier in group.tiers
        if tier.birthday
    )


def _birthday_rule(program: Program, group: str, tier: Tier) -> CompiledRule:
    return CompiledRule(
        id=f"{BIRTHDAY_PREFIX}{group}/{tier.id}",
        on=BIRTHDAY,
        give=_points(program, tier.birthday),
        grants=grants_of(enumerate(tier.birthday)),
        lines=None,
        condition=test_of({f"{TIER_FIELDS}{group}": tier.id}, program.timezone, {}),
        starts_at=-FOREVER,
        ends_before=FOREVER,
        needs_lines=False,
        once=True,
        full=False,
        dry_run=False,
        caps=(),
        subject_of=FIELDS[SUBJECT].read,
    )


def _points(program: Program, effects: Iterable[Effect]) -> tuple[CompiledGive, ...]:
    return tuple(
        CompiledGive(unit=effect.unit, add=effect.add or 0)
        for effect in effects
        if effect.unit is not None and not program.units[effect.unit].retired
    )


def _judged(group: TierGroup) -> Window | None:
    """At the end of which window conditions are looked at."""
    if group.evaluate == "now":
        return None
    return Window(Step.DAY) if group.evaluate == "daily" else _tier_window(group)


def _tier(program: Program, group: TierGroup, tier: Tier, bases: dict[str, int]) -> CompiledTier:
    multiply = {}
    for unit, text in tier.multiply.items():
        numerator, denominator = ratio_of(text)
        multiply[unit] = numerator * (bases[unit] // denominator)
    at = tier.at[program.currency] if isinstance(tier.at, dict) else tier.at
    if at is None:
        is_first_by_custom = group.by == "custom" and tier is group.tiers[0]
        at = 0 if is_first_by_custom else INVITED_ONLY
    declared = declared_fields(program.attributes, program.facts)
    return CompiledTier(
        id=tier.id,
        at=at,
        entry=_points(program, tier.entry),
        grants=grants_of(enumerate(tier.entry)),
        tier=tier,
        multiply=multiply,
        condition=test_of(tier.if_, program.timezone, declared),
    )


def _tier_window(group: TierGroup) -> Window:
    if isinstance(group.window, str):
        return LIFETIME
    if group.window.rolling is not None:
        period = parse_period(group.window.rolling)
        return rolling_months(period.months) if period.months else rolling_days(period.days)
    return Window(Step(group.window.calendar or "year"))


def _block(group: TierGroup) -> Block | None:
    """Years that are no calendar years: from another day, or from a day of the member's own."""
    if isinstance(group.window, str):
        return None
    if group.window.start is not None:
        month, day = parse_month_day(group.window.start)
        return Block(_MONTHS_A_YEAR, date(_SOME_LEAP_YEAR, month, day))
    if group.window.anniversary is not None:
        return Block(_MONTHS_A_YEAR, date(_SOME_LEAP_YEAR, 1, 1))
    return None


def _keeping(group: TierGroup) -> Keeping:
    """The meaning of ``keep``, which by default is to keep through the next window."""
    if isinstance(group.window, str) or group.keep.drop == "never":
        return Keeping()
    wish = group.keep.for_
    grace = parse_period(group.keep.grace) if group.keep.grace is not None else None
    if wish is not None and not wish.startswith("window"):
        return Keeping(period=parse_period(wish), grace=grace)
    if group.window.rolling is None:
        return Keeping(windows=1 if wish == "window" else 2, grace=grace)
    # A rolling window ends with today, so the next one is its whole length from today.
    windows = 2 if wish == "window_and_next" else 1
    length = parse_period(group.window.rolling)
    period = Period(months=windows * length.months, days=windows * length.days)
    return Keeping(period=period, grace=grace)
