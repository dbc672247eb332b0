"""What the chosen rules give: bonuses, counted amounts, and the choice in a group.

In a group each line goes to the rule that gives most for it AFTER its own limit, line by line in
order of line ids, so that neither the order of rules nor that of lines matters.
"""

from collections.abc import Mapping, Sequence

from chalicelib.domain.points import POINTS_MAX
from chalicelib.domain.program.basing import Booster, boosters_of, counted, told_counted
from chalicelib.domain.program.choosing import Case, Chosen
from chalicelib.domain.program.plan import (
    CompiledGive,
    CompiledProgram,
    CompiledRule,
    CompiledUnit,
)
from chalicelib.domain.program.settling import pick_cap, room_of


def give_all(case: Case, every: Sequence[Chosen]) -> None:
    """Put what the chosen rules give into ``case.exact``."""
    boosters = boosters_of(case, every)
    groups: dict[str, list[Chosen]] = {}
    for each in every:
        is_compared = each.rule.group and each.rule.give  # none: of a unit that is retired
        if is_compared and not each.rule.dry_run:
            groups.setdefault(each.rule.group, []).append(each)
            continue
        for give in each.rule.give:
            if give.how != "multiply":
                _give(case, each, give, boosters)
    for name in sorted(groups):
        _pick(case, groups[name], boosters)


def within_limits(
    program: CompiledProgram,
    granted: Mapping[str, int],
    extra: Mapping[str, int],
    free: Mapping[str, int],
) -> dict[str, int]:
    """``extra`` room by cap, where a rule of a group gets no more than its own limits let it.

    ``free`` is what every cap has left beside what was ``granted``.
    """
    allowed = dict(extra)
    for rule_id, caps in program.rule_caps.items():
        name = pick_cap(rule_id)
        for cap in caps if name in extra else ():
            if cap.kind == "amount":
                whole = granted.get(cap.id, 0) + free.get(cap.id, 0)
                allowed[name] = min(allowed[name], max(whole - granted.get(name, 0), 0))
            elif cap.kind != "pick" and granted.get(cap.id, 1) + extra.get(cap.id, 0) < 1:
                allowed[name] = 0
    return allowed


def _give(
    case: Case, each: Chosen, give: CompiledGive, boosters: Mapping[str, list[Booster]]
) -> None:
    rule, unit = each.rule, case.program.units[give.unit]
    if give.how == "add":
        case.trace.tell("bonus", rule.id, give.unit, points=give.add)
        numerator = give.add * unit.denominator
    else:
        met = boosters.get(unit.id, ())
        result = counted(case, each, give, met)
        told_counted(case, each, give, (result, met))
        numerator = result.numerator
    if rule.dry_run:
        case.trace.aside("dry_run", rule.id, unit.id, points=numerator // unit.denominator)
    elif numerator > 0:
        by_rule = case.exact.setdefault(unit.id, {})
        by_rule[rule.id] = by_rule.get(rule.id, 0) + numerator


# ---------------------------------------------------------------- groups


def _pick(case: Case, every: Sequence[Chosen], boosters: Mapping[str, list[Booster]]) -> None:
    """Give each line to the rule of the group that gives most for it, after its own limit."""
    unit = case.program.units[every[0].rule.give[0].unit]
    met = boosters.get(unit.id, ())
    offers: dict[str, dict[str, int]] = {}  # by line, then rule
    for each in every:
        alone = 0
        for line in each.lines:
            one = Chosen(each.rule, (line,))
            offer = counted(case, one, each.rule.give[0], met).numerator
            offers.setdefault(line.line_id, {})[each.rule.id] = offer
            alone += offer
        if alone:
            case.alone.setdefault(unit.id, {})[each.rule.id] = alone
    left = {each.rule.id: _left(case, each.rule, unit) for each in every}
    won: dict[str, str] = {}
    for line_id in sorted(offers):
        won[line_id] = _take_best(case, unit.id, offers[line_id], left)
    for each in every:
        lines = [line for line in each.lines if won[line.line_id] == each.rule.id]
        if not lines:
            case.trace.aside("not_best", each.rule.id, unit.id)
            continue
        one = Chosen(each.rule, lines)
        told_counted(
            case, one, each.rule.give[0], (counted(case, one, each.rule.give[0], met), met)
        )


def _left(case: Case, rule: CompiledRule, unit: CompiledUnit) -> int:
    """What the rule may still give, exactly: what is above its own limit goes to no rule.

    The first time its own limits say it. Later what it was given then, rounded up, says it: that
    is never above those limits, so a repeat chooses the same.
    """
    given = case.terms.room.get(pick_cap(rule.id), POINTS_MAX)
    room = room_of(case.program, (rule.id, unit.id), case.terms.room)
    return max(room if given == POINTS_MAX else given, 0) * unit.denominator


def _take_best(case: Case, unit_id: str, offers: Mapping[str, int], left: dict[str, int]) -> str:
    """Which rule gives most of a line; "" where none has anything left."""
    given = {rule_id: min(offer, left[rule_id]) for rule_id, offer in offers.items()}
    best = min(given, key=lambda rule_id: (-given[rule_id], rule_id))
    if not given[best]:
        return ""
    left[best] -= given[best]
    by_rule = case.exact.setdefault(unit_id, {})
    by_rule[best] = by_rule.get(best, 0) + given[best]
    return best
