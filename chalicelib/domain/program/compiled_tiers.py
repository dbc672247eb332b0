"""Tier groups, made ready: thresholds, multipliers over one base, and how long a tier is kept."""

from chalicelib.domain.calendar import (
    LIFETIME,
    Period,
    Step,
    Window,
    parse_period,
    rolling_months,
)
from chalicelib.domain.program.compiled_units import multiplier_base
from chalicelib.domain.program.document import (
    Program,
)
from chalicelib.domain.program.plan import (
    CompiledGroup,
    CompiledTier,
    CompiledUnit,
    Keeping,
)
from chalicelib.domain.program.scalars import ratio_of
from chalicelib.domain.program.tier_document import Tier, TierGroup


def compile_group(
    program: Program, group: TierGroup, units: dict[str, CompiledUnit]
) -> CompiledGroup:
    """``group`` with its thresholds, windows and multipliers ready."""
    bases = {unit: multiplier_base(program, unit) for unit in units}
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
