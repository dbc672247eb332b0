"""Earn rules, made ready: dates as instants, rates as integers, limits as caps."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

from msgspec.structs import replace

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
from chalicelib.domain.points import POINTS_MAX
from chalicelib.domain.program.compiled_units import per_of
from chalicelib.domain.program.conditions import Test, compile_condition
from chalicelib.domain.program.document import (
    Effect,
    Limit,
    Program,
    Rule,
    Span,
)
from chalicelib.domain.program.fields import (
    Kind,
    Read,
    declared_fields,
    field_named,
)
from chalicelib.domain.program.hours import hours_of
from chalicelib.domain.program.plan import (
    CompiledBranch,
    CompiledCap,
    CompiledGive,
    CompiledGrant,
    CompiledRule,
    CompiledUnit,
)
from chalicelib.domain.program.rule_document import ORDER_PAID, Branch, effects_of
from chalicelib.domain.program.scalars import ratio_of

SUBJECT = "action.subject"
SHARED_PREFIX = "shop:"
"""Of the ids of limits that all members share, among caps and among the shop's counters."""
_DAYS_OF_MONTHS = (0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337, 366)
"""The most days that so many months in a row have: a rolling limit of months counts by days."""

_LONG_AGO = -FOREVER
_PLACES_PER_BRANCH = 100
"""So that each grant of a rule has a place of its own, whatever was drawn."""


def compile_rule(program: Program, rule: Rule, units: dict[str, CompiledUnit]) -> CompiledRule:
    """``rule`` with everything looked up; effects in retired units are left out."""
    zone = program.timezone
    declared = declared_fields(program.attributes, program.facts)
    given = _given(program, enumerate(rule.give), units)
    plain = CompiledRule(
        id=rule.id,
        on=ORDER_PAID if rule.on.startswith("order.") else rule.on,
        give=given.give,
        grants=given.grants,
        lines=test_of(rule.lines, zone, declared),
        condition=test_of(rule.if_, zone, declared),
        starts_at=starts_at(rule.from_, zone) if rule.from_ else _LONG_AGO,
        ends_before=ends_before(rule.to, zone) if rule.to else FOREVER,
        needs_lines=rule.on.startswith("order."),
        once=rule.once is not None,
        full=rule.full,
        dry_run=rule.dry_run,
        caps=_rule_caps(rule),
        subject_of=_subject_of(rule, declared),
        hours=hours_of(rule.when.weekdays, rule.when.hours) if rule.when else None,
        counts_paid=rule.counts == "paid",
        after=rule.tier == "after",
        bonus=rule.bonus,
        group=rule.group or "",
        self_reported=rule.self_reported,
        after_fulfilment=_after_fulfilment(rule),
    )
    chance = next((effect.chance for effect in rule.give if effect.chance), ())
    return replace(plain, branches=_branches(program, plain, chance, units)) if chance else plain


class _Given(NamedTuple):
    give: tuple[CompiledGive, ...]
    grants: tuple[CompiledGrant, ...]


def _given(
    program: Program, effects: Iterable[tuple[int, Effect]], units: dict[str, CompiledUnit]
) -> _Given:
    """What ``effects`` give, each with its place in the rule."""
    placed = tuple(effects)
    give = (
        _give(program, effect, units[effect.unit])
        for _, effect in placed
        if effect.unit is not None and not program.units[effect.unit].retired
    )
    return _Given(tuple(give), grants_of(placed))


def _branches(
    program: Program,
    plain: CompiledRule,
    chance: tuple[Branch, ...],
    units: dict[str, CompiledUnit],
) -> tuple[CompiledBranch, ...]:
    """The rule as each outcome makes it: what it always gives, and what that one adds."""
    made, below = [], 0
    for number, branch in enumerate(chance, start=1):
        below += branch.weight
        given = _given(program, enumerate(branch.give, _PLACES_PER_BRANCH * number), units)
        rule = replace(
            plain,
            give=(*plain.give, *given.give),
            grants=(*plain.grants, *given.grants),
            is_drawn=True,
        )
        made.append(CompiledBranch(below, branch.weight, rule))
    return tuple(made)


def _after_fulfilment(rule: Rule) -> Period | None:
    """How long after its fulfilment an order earns by the rule; None: it need not be fulfilled."""
    if rule.on == "order.fulfilled":
        return Period()
    return Period(days=rule.returns_days or 0) if rule.on == "order.returns_closed" else None


def grants_of(placed: Iterable[tuple[int, Effect]]) -> tuple[CompiledGrant, ...]:
    """Those of the effects that are not points; each comes with its place among all."""
    found = (_grant(place, effect) for place, effect in placed)
    return tuple(grant for grant in found if grant is not None)


def _grant(place: int, effect: Effect) -> CompiledGrant | None:
    if effect.cause is not None:
        return CompiledGrant(place, "cause", effect.cause, effect.add or 0)
    if effect.badge is not None:
        return CompiledGrant(place, "badge", effect.badge, 1)
    if effect.reward is not None:
        return CompiledGrant(place, "reward", effect.reward, effect.times or 1)
    if effect.tier is not None:
        period = parse_period(effect.for_) if effect.for_ else None
        return CompiledGrant(place, "tier", f"{effect.tier_group}/{effect.tier}", 1, period)
    if effect.message is not None:
        return CompiledGrant(place, "message", effect.message, 1)
    return None


def _subject_of(rule: Rule, declared: Mapping[str, Kind]) -> Read | None:
    if rule.once is None or rule.once == "member":
        return None
    field = field_named(SUBJECT if isinstance(rule.once, str) else rule.once.by, declared)
    return field.read if field else None


def _give(program: Program, effect: Effect, unit: CompiledUnit) -> CompiledGive:
    if effect.multiply is not None:
        numerator, denominator = ratio_of(effect.multiply)
        return CompiledGive(
            unit=unit.id,
            how="multiply",
            rate=effect.multiply,
            multiplier=numerator * (unit.multiplier_base // denominator),
        )
    written = effect.rate or effect.percent
    if written is None:
        return CompiledGive(unit=unit.id, add=effect.add or 0)
    numerator, denominator = ratio_of(written)
    if effect.percent is not None:
        numerator *= program.units[unit.id].scale
    per = per_of(program, effect)
    field = effect.per_quantity or ""
    declared = declared_fields(program.attributes, program.facts)
    known = field_named(field, declared) if field else None
    return CompiledGive(
        unit=unit.id,
        how="quantity" if field else "rate" if effect.percent is None else "percent",
        rate=written,
        per=per,
        of="quantity" if field else effect.of,
        quantity_of=known.read if known and not field.startswith("line.") else None,
        weight=numerator * (unit.base_denominator // (denominator * per)),
        whole_weight=numerator * (unit.base_denominator // denominator),
    )


def _rule_caps(rule: Rule) -> tuple[CompiledCap, ...]:
    limit, caps = rule.limit, []
    if limit and (limit.times is not None or limit.amount is not None):
        caps.append(_rule_cap(rule, limit))
    if limit and limit.cooldown is not None:
        period = parse_period(limit.cooldown)
        caps.append(
            CompiledCap(f"cooldown:{rule.id}", "cooldown", 1, None, rule.id, cooldown=period)
        )
    if rule.group:
        # Remembers what the choice among the group gave, so that a repeat chooses the same.
        unit = rule.give[0].unit or ""
        caps.append(CompiledCap(f"pick:{rule.id}", "pick", POINTS_MAX, None, rule.id, unit))
    return tuple(caps)


def _rule_cap(rule: Rule, limit: Limit) -> CompiledCap:
    window = window_of(limit.window)
    name = f"{SHARED_PREFIX if limit.scope == 'shop' else 'rule:'}{rule.id}"
    if limit.times is not None:
        return CompiledCap(name, "times", limit.times, window, rule.id)
    if isinstance(limit.amount, dict):
        unit, amount = next(iter(limit.amount.items()))
    else:
        unit, amount = next(give.unit for give in effects_of(rule) if give.unit), limit.amount or 0
    return CompiledCap(name, "amount", amount, window, rule.id, unit)


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


def test_of(
    condition: dict[str, object] | None, zone: str, declared: Mapping[str, Kind]
) -> Test | None:
    """``condition`` as a test; None for none."""
    return compile_condition(condition, zone, declared) if condition else None


def window_of(window: str | Span | None) -> Window | None:
    """The window of a limit; None for ``order``."""
    if window is None or isinstance(window, str):
        return LIFETIME if window == "lifetime" else None
    if window.calendar is not None:
        return Window(Step(window.calendar))
    period = parse_period(cast("str", window.rolling))
    if period.months < len(_DAYS_OF_MONTHS):
        return rolling_days(_DAYS_OF_MONTHS[period.months] or period.days)
    return rolling_months(period.months)
