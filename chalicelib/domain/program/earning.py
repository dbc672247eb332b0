"""One answer to what an occasion earns: choose, base, multiply, bonus, cap, round once.

Every exact amount is an integer numerator over its unit's one denominator, so nothing is rounded
before the end; rules run in order of their ids, so their order in the document cannot matter.
``evaluate`` is pure and total: an order that lost everything earns nothing, an odd value in the
data makes a condition false, and no input raises.

Steps follow "Evaluation: one answer" of the design; ``settling`` does the last two.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.program.fields import Subject
from chalicelib.domain.program.occasion import (
    ENTRY_PREFIX,
    Award,
    Occasion,
    OccasionLine,
    Share,
    Terms,
)
from chalicelib.domain.program.plan import (
    CompiledGive,
    CompiledProgram,
    CompiledRule,
    CompiledUnit,
)
from chalicelib.domain.program.settling import Exact, Settled, settle
from chalicelib.domain.program.stacking import joined
from chalicelib.domain.program.tracing import Trace


@dataclass(slots=True)
class _Case:
    """One evaluation under way."""

    program: CompiledProgram
    occasion: Occasion
    terms: Terms
    lines: tuple[OccasionLine, ...]  # those that can earn
    subject: Subject
    trace: Trace
    exact: Exact = field(default_factory=dict)  # numerators by unit, then rule
    multipliers: dict[str, tuple[int, str]] = field(default_factory=dict)


def evaluate(program: CompiledProgram, occasion: Occasion, terms: Terms) -> Award:
    """What ``occasion`` earns by ``terms``, with its trace. Never raises."""
    trace = Trace()
    case = _Case(
        program=program,
        occasion=occasion,
        terms=terms,
        lines=_earning_lines(occasion.lines, trace),
        subject=Subject(occasion.order, terms.facts),
        trace=trace,
    )
    for rule in program.rules.get(occasion.trigger, ()):
        _apply(case, rule)
    settled = settle(program, case.exact, terms.room, trace)
    qualifying = _qualifying(case, settled)
    return Award(
        shares=(*settled.shares, *_entries(case, qualifying)),
        qualifying=qualifying,
        used=settled.used,
        wanted=settled.wanted,
        once=_paid_once(case, settled.shares),
        trace=trace.rows(),
    )


# ---------------------------------------------------------------- choose


def _earning_lines(lines: Iterable[OccasionLine], trace: Trace) -> tuple[OccasionLine, ...]:
    earning = []
    for line in lines:
        if line.gift_card:
            trace.excluded(line.line_id, "gift_card")
        elif line.net <= 0:
            trace.excluded(line.line_id, "nothing_left")
        else:
            earning.append(line)
    return tuple(earning)


def _apply(case: _Case, rule: CompiledRule) -> None:
    reason = _reason_against(case, rule)
    if reason:
        case.trace.aside(reason, rule.id)
        return
    matched = _matched(case, rule)
    if rule.needs_lines and not matched:
        case.trace.aside("condition_unmet", rule.id, parameters={"part": "lines"})
        return
    for give in rule.give:
        unit = case.program.units[give.unit]
        numerator = _given(case, rule, give, matched)
        if rule.dry_run:
            case.trace.aside("dry_run", rule.id, give.unit, points=numerator // unit.denominator)
        elif numerator > 0:
            by_rule = case.exact.setdefault(give.unit, {})
            by_rule[rule.id] = by_rule.get(rule.id, 0) + numerator


def _reason_against(case: _Case, rule: CompiledRule) -> str:
    is_running = rule.starts_at <= case.occasion.placed_at < rule.ends_before
    if not is_running:
        return "not_running"
    if rule.once and rule.id in case.terms.already_given:
        return "already_given"
    if rule.condition is not None and not rule.condition(case.subject):
        return "condition_unmet"
    return ""


def _matched(case: _Case, rule: CompiledRule) -> Sequence[OccasionLine]:
    test = rule.lines
    if test is None:
        return case.lines
    order, member = case.subject.order, case.subject.member
    return [line for line in case.lines if test(Subject(order, member, line))]


# ---------------------------------------------------------------- base, multiply, bonus


def _given(
    case: _Case, rule: CompiledRule, give: CompiledGive, lines: Sequence[OccasionLine]
) -> int:
    """Numerator over the unit's denominator that one effect gives for ``lines``."""
    unit = case.program.units[give.unit]
    if not give.rate:
        case.trace.tell("bonus", rule.id, give.unit, points=give.add)
        return give.add * unit.denominator
    amount = _amount(give, lines)
    base = amount // give.per * give.whole_weight if rule.full else amount * give.weight
    case.trace.tell(
        "rate",
        rule.id,
        give.unit,
        points=base // unit.base_denominator,
        parameters={"amount": amount, "rate": give.rate, "per": give.per, "of": give.of},
    )
    multiplier, words = _multiplier(case, unit)
    if words:
        case.trace.tell(
            "multiplied",
            rule.id,
            give.unit,
            points=base * multiplier // unit.denominator,
            parameters={"by": words},
        )
    return base * multiplier


def _amount(give: CompiledGive, lines: Sequence[OccasionLine]) -> int:
    match give.of:
        case "net":
            return sum([line.net for line in lines])
        case "gross":
            return sum([max(line.gross, 0) for line in lines])
        case _:
            return sum([line.net + max(line.tax, 0) for line in lines])


def _multiplier(case: _Case, unit: CompiledUnit) -> tuple[int, str]:
    """Numerator over the unit's multiplier denominator, and in words; "" when it is 1."""
    known = case.multipliers.get(unit.id)
    if known is None:
        known = case.multipliers[unit.id] = _joined_multiplier(case, unit)
    return known


def _joined_multiplier(case: _Case, unit: CompiledUnit) -> tuple[int, str]:
    numerators, words = [], []
    groups = case.program.groups
    for group_id, tier_id in sorted(case.terms.tiers.items()):
        group = groups.get(group_id)
        place = group.places.get(tier_id) if group else None
        tier = group.tiers[place] if group and place is not None else None
        if tier and unit.id in tier.multiply:
            numerators.append(tier.multiply[unit.id])
            words.append(tier.tier.multiply[unit.id])
    multiplier = joined(case.program.program.stack, numerators, unit.multiplier_base, len(groups))
    return multiplier, ", ".join(words)


# ---------------------------------------------------------------- tiers


def _qualifying(case: _Case, settled: Settled) -> dict[str, int]:
    amounts = {}
    for group in case.program.groups.values():
        if group.by == "points":
            amount = sum(share.points for share in settled.shares if share.unit == group.unit)
        else:
            amount = sum(line.net for line in case.lines)
        if amount:
            amounts[group.id] = amount
            case.trace.tell("qualified", parameters={"group": group.id, "amount": amount})
    return amounts


def _entries(case: _Case, qualifying: Mapping[str, int]) -> list[Share]:
    """Entry effects that were granted and still stand for what remains."""
    is_emptied = case.occasion.trigger.startswith("order.") and not case.lines
    if is_emptied:
        return []
    shares: dict[tuple[str, str], int] = {}
    for entered in sorted(set(case.terms.entered)):
        group_id, _, tier_id = entered.partition("/")
        group = case.program.groups.get(group_id)
        place = group.places.get(tier_id) if group else None
        if group is None or place is None:
            continue
        reached = case.terms.qualified_before.get(group_id, 0) + qualifying.get(group_id, 0)
        if reached < group.tiers[place].at:
            continue
        for entry in group.tiers[place].entry:
            key = (ENTRY_PREFIX + entered, entry.unit)
            shares[key] = shares.get(key, 0) + entry.add
            case.trace.tell("tier_entered", key[0], entry.unit, points=entry.add)
    return [Share(rule_id, unit, points) for (rule_id, unit), points in shares.items()]


def _paid_once(case: _Case, shares: Sequence[Share]) -> tuple[str, ...]:
    paid = {share.rule_id for share in shares}
    rules = case.program.rules.get(case.occasion.trigger, ())
    return tuple(rule.id for rule in rules if rule.once and rule.id in paid)
