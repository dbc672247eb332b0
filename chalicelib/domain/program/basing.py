"""The middle of an evaluation: base amounts and multipliers.

Every exact amount is an integer numerator over its unit's one denominator. A multiplier that is
for some lines only splits the goods into parts of equal multipliers; each part is multiplied by
its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from chalicelib.domain.points import POINTS_MAX
from chalicelib.domain.program.caps import FORGOTTEN
from chalicelib.domain.program.choosing import Case, Chosen
from chalicelib.domain.program.compiled_units import QUANTITY_MILLI
from chalicelib.domain.program.occasion import OccasionLine
from chalicelib.domain.program.plan import (
    CompiledGive,
    CompiledRule,
    CompiledUnit,
)
from chalicelib.domain.program.stacking import joined


class Booster(NamedTuple):
    """A chosen rule that multiplies what others give."""

    rule_id: str
    give: CompiledGive
    line_ids: frozenset[str] | None  # None: all of them


class Counted(NamedTuple):
    """What one effect gives for some lines."""

    amount: int  # minor units, or thousandths
    base: int  # over the unit's base denominator
    numerator: int  # over the unit's denominator
    words: str  # the multipliers; "" for none


def counted(case: Case, each: Chosen, give: CompiledGive, boosters: Sequence[Booster]) -> Counted:
    """All lines under one multiplier, or in parts of equal multipliers, each by its own."""
    rule, unit = each.rule, case.program.units[give.unit]
    amount = _amount(case, give, each.lines)
    base = _base(rule, give, amount)
    if rule.bonus:
        return Counted(amount, base, base * int(unit.multiplier_base**unit.factors), "")
    is_for_all = not boosters or give.quantity_of is not None
    if is_for_all or all(one.line_ids is None for one in boosters):
        multiplier, words = _multiplier(case, rule, unit.id, boosters)
        return Counted(amount, base, base * multiplier, words)
    parts: dict[tuple[str, ...], list[OccasionLine]] = {}
    for line in each.lines:
        meeting = tuple(one.rule_id for one in boosters if _meets(one, line))
        parts.setdefault(meeting, []).append(line)
    total, said = 0, []
    for meeting in sorted(parts):
        met = [one for one in boosters if one.rule_id in meeting]
        multiplier, words = _multiplier(case, rule, unit.id, met)
        part = _amount(case, give, parts[meeting])
        total += _base(rule, give, part) * multiplier
        said += [words] if words else []
    return Counted(amount, base, total, ", ".join(dict.fromkeys(said)))


def told_counted(
    case: Case,
    each: Chosen,
    give: CompiledGive,
    given: tuple[Counted, Sequence[Booster]],
) -> None:
    """Add to the trace what was counted for the lines, and by which multipliers."""
    if not case.trace.is_kept:
        return
    result, boosters = given
    rule, unit = each.rule, case.program.units[give.unit]
    amount, told = result.amount, dict[str, str | int]()
    if give.how == "rate":
        code, told = "rate", {"amount": amount, "rate": give.rate, "per": give.per, "of": give.of}
    elif give.how == "quantity":
        code, told = "quantity", {"quantity_milli": amount, "rate": give.rate}
    else:
        code, told = "percent", {"amount": amount, "rate": give.rate}
    points = result.base // unit.base_denominator
    case.trace.tell(code, rule.id, unit.id, points=points, parameters=told)
    if result.words:
        points = result.numerator // unit.denominator
        by = {"by": result.words}
        if boosters:
            case.trace.tell("boosted", rule.id, unit.id, points=points, parameters=by)
        else:
            case.trace.tell("multiplied", rule.id, unit.id, points=points, parameters=by)


# ---------------------------------------------------------------- amounts


def _base(rule: CompiledRule, give: CompiledGive, amount: int) -> int:
    """Numerator over the unit's base denominator."""
    return amount // give.per * give.whole_weight if rule.full else amount * give.weight


def _amount(case: Case, give: CompiledGive, lines: Sequence[OccasionLine]) -> int:
    match give.of:
        case "net":
            return sum([line.net for line in lines])
        case "gross":
            return sum([max(line.gross, 0) for line in lines])
        case "with_tax":
            return sum([line.net + max(line.tax, 0) for line in lines])
        case _:
            if give.quantity_of is None:
                return sum([max(line.quantity_milli, 0) for line in lines])
            told = give.quantity_of(case.subject)
            return min(max(told, 0), POINTS_MAX) * QUANTITY_MILLI if isinstance(told, int) else 0


# ---------------------------------------------------------------- multipliers


def boosters_of(case: Case, every: Sequence[Chosen]) -> dict[str, list[Booster]]:
    """Rules that multiply, by unit."""
    found: dict[str, list[Booster]] = {}
    for each in every:
        rule = each.rule
        for give in rule.give:
            if give.how != "multiply":
                continue
            if rule.dry_run:
                told = {"by": give.rate, "way": "multiply"}
                case.trace.aside("dry_run", rule.id, give.unit, parameters=told)
                continue
            case.wished.add(rule.id)
            rooms = [case.terms.room.get(cap.id, 1) for cap in rule.caps]
            if min(rooms, default=1) < 1:
                why = "forgotten:" if FORGOTTEN in rooms else "rule:"
                case.trace.aside("cap_reached", rule.id, give.unit, parameters={"cap": why})
                continue
            ids = None if rule.lines is None else frozenset(line.line_id for line in each.lines)
            found.setdefault(give.unit, []).append(Booster(rule.id, give, ids))
    return found


def _meets(booster: Booster, line: OccasionLine) -> bool:
    return booster.line_ids is None or line.line_id in booster.line_ids


def _multiplier(
    case: Case, rule: CompiledRule, unit_id: str, boosters: Sequence[Booster]
) -> tuple[int, str]:
    """Numerator over the unit's multiplier denominator, and in words; "" when it is 1."""
    key = (unit_id, rule.after, tuple([booster.rule_id for booster in boosters]))
    known = case.multipliers.get(key)
    if known is None:
        unit = case.program.units[unit_id]
        held = _tiers_after(case) if rule.after else case.terms.tiers
        known = case.multipliers[key] = _joined_multiplier(case, unit, held, boosters)
    return known


def _joined_multiplier(
    case: Case, unit: CompiledUnit, held: Mapping[str, str], boosters: Iterable[Booster]
) -> tuple[int, str]:
    numerators, words = _tier_multipliers(case, unit, held)
    for booster in boosters:
        numerators.append(booster.give.multiplier)
        words.append(booster.give.rate)
        case.applied.add(booster.rule_id)
    stack = case.program.program.stack
    return joined(stack, numerators, unit.multiplier_base, unit.factors), ", ".join(words)


def _tier_multipliers(
    case: Case, unit: CompiledUnit, held: Mapping[str, str]
) -> tuple[list[int], list[str]]:
    numerators, words = [], []
    groups = case.program.groups
    for group_id, tier_id in sorted(held.items()) if held else ():
        group = groups.get(group_id)
        place = group.places.get(tier_id) if group else None
        tier = group.tiers[place] if group and place is not None else None
        if tier and unit.id in tier.multiply:
            numerators.append(tier.multiply[unit.id])
            words.append(tier.tier.multiply[unit.id])
    return numerators, words


def _tiers_after(case: Case) -> Mapping[str, str]:
    """Tiers held once what is spent here counts; groups by points count what was before."""
    if case.tiers_after is not None:
        return case.tiers_after
    held = dict(case.terms.tiers)
    spent = sum(line.net for line in case.lines)
    for group in case.program.groups.values():
        if group.by != "spend":
            continue
        reached = case.terms.qualified_before.get(group.id, 0) + spent
        place = max(
            index for index, tier in enumerate(group.tiers) if not index or tier.at <= reached
        )
        if place > group.places.get(held.get(group.id, ""), -1):
            held[group.id] = group.tiers[place].id
    case.tiers_after = held
    return held
