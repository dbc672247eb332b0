"""One answer to what an occasion earns: choose, base, multiply, bonus, cap, round once.

Every exact amount is an integer numerator over its unit's one denominator, so nothing is rounded
before the end; rules run in order of their ids, so their order in the document cannot matter.
``evaluate`` is pure and total: an order that lost everything earns nothing, an odd value in the
data makes a condition false, and no input raises.

Steps follow "Evaluation: one answer" of the design: ``choosing`` does the first, ``basing`` and
``giving`` what rules give, ``settling`` the last two; tiers are here.
"""

from collections.abc import Mapping, Sequence
from typing import assert_never

import msgspec

from chalicelib.domain.program.challenging import contributions
from chalicelib.domain.program.choosing import Case, case_of, chosen, rules_of
from chalicelib.domain.program.giving import give_all
from chalicelib.domain.program.launching import kept, taken_back
from chalicelib.domain.program.occasion import (
    ENTRY_PREFIX,
    Award,
    Grant,
    Occasion,
    Share,
    Terms,
    effect_name,
)
from chalicelib.domain.program.plan import CompiledGroup, CompiledProgram, CompiledRule
from chalicelib.domain.program.rule_document import ACTION_REVOKED
from chalicelib.domain.program.settling import (
    Asked,
    Settled,
    room_of,
    settle,
    settle_grants,
)
from chalicelib.domain.program.tracing import tell_granted


def evaluate(program: CompiledProgram, occasion: Occasion, terms: Terms) -> Award:
    """What ``occasion`` earns by ``terms``, with its trace. Never raises."""
    case = case_of(program, occasion, terms)
    every = chosen(case) if terms.launched is None else []
    give_all(case, every)
    asked = Asked(case.exact, terms.room, case.alone, case.wished, case.applied, terms.cuts)
    settled = settle(program, asked, case.trace)
    granting = [each.rule for each in every if each.rule.grants or each.rule.is_drawn]
    if terms.withheld:
        granting = _less(case, granting)
    into = (settled, case.trace)
    progress = contributions(case) if program.sources else {}
    grants = settle_grants(program, granting, terms.room, into) if granting else ()
    qualifying = _qualifying(case, settled)
    entries, rewards = _entries(case, qualifying)
    drew = {rule.id for rule in granting if rule.is_drawn and _counts(program, rule, terms)}
    return Award(
        shares=(*settled.shares, *entries, *_taken_back(case)),
        qualifying=qualifying,
        used=settled.used,
        granted=settled.granted,
        wanted=settled.wanted,
        once=_given_once(case, settled.shares, grants, drew),
        grants=(*grants, *rewards),
        progress=progress,
        trace=case.trace.rows(),
    )


def _less(case: Case, rules: Sequence[CompiledRule]) -> list[CompiledRule]:
    """``rules`` without the effects that a campaign's budget does not cover."""
    withheld, left = set(case.terms.withheld), list[CompiledRule]()
    for rule in rules:
        kept = tuple(
            each for each in rule.grants if effect_name(rule.id, each.effect) not in withheld
        )
        if kept != rule.grants:
            case.trace.aside("budget_spent", rule.id)
        if kept or rule.is_drawn:
            left.append(msgspec.structs.replace(rule, grants=kept))
    return left


# ---------------------------------------------------------------- tiers


def _qualifying(case: Case, settled: Settled) -> dict[str, int]:
    amounts = {}
    for group in case.program.groups.values():
        amount = _counted(case, settled, group)
        if amount:
            amounts[group.id] = amount
            case.trace.tell("qualified", parameters={"group": group.id, "amount": amount})
    return amounts


def _counted(case: Case, settled: Settled, group: CompiledGroup) -> int:
    """What the occasion adds to the group's amounts."""
    match group.by:
        case "points" | "status":
            return _before(case, group) + sum(
                share.points for share in settled.shares if share.unit == group.unit
            )
        case "spend":  # of their own: what a friend bought is nobody else's
            is_order = case.occasion.trigger.startswith("order.")
            return sum(line.net for line in case.lines) if is_order else 0
        case "orders":
            return int(case.occasion.trigger.startswith("order.") and bool(case.lines))
        case "referrals":
            return int(case.occasion.trigger.startswith("referral.qualified"))
        case "custom":
            return 0
        case _:
            assert_never(group.by)


def _entries(case: Case, qualifying: Mapping[str, int]) -> tuple[list[Share], list[Grant]]:
    """Entry effects that were granted and still stand for what remains."""
    trigger = case.occasion.trigger
    is_emptied = not trigger or (trigger.startswith("order.") and not case.lines)
    if is_emptied or case.terms.launched:
        return [], []
    shares: dict[tuple[str, str], int] = {}
    grants: list[Grant] = []
    for entered in sorted(set(case.terms.entered)):
        group_id, _, tier_id = entered.partition("/")
        group = case.program.groups.get(group_id)
        place = group.places.get(tier_id) if group else None
        if group is None or place is None:
            continue
        reached = case.terms.qualified_before.get(group_id, 0) + qualifying.get(group_id, 0)
        is_left = trigger != ACTION_REVOKED or group_id in qualifying
        if reached < group.tiers[place].at or not is_left:
            continue
        for entry in group.tiers[place].entry:
            key = (ENTRY_PREFIX + entered, entry.unit)
            shares[key] = shares.get(key, 0) + entry.add
            case.trace.tell("tier_entered", key[0], entry.unit, points=entry.add)
        rule_id = ENTRY_PREFIX + entered
        for made in group.tiers[place].grants:
            grants.append(Grant(rule_id, made.effect, made.kind, made.name, made.amount))
            tell_granted(case.trace, rule_id, made)
    return [Share(rule_id, unit, points) for (rule_id, unit), points in shares.items()], grants


# ---------------------------------------------------------------- from before the program


def _before(case: Case, group: CompiledGroup) -> int:
    """Points of the group's unit that an imported order had been given, as far as it is left."""
    launched = case.terms.launched
    return kept(launched, case.lines).get(group.unit, 0) if launched else 0


def _taken_back(case: Case) -> list[Share]:
    launched = case.terms.launched
    shares = taken_back(launched, case.lines) if launched else []
    for share in shares:
        case.trace.tell("taken_back", share.rule_id, share.unit, points=-share.points)
    return shares


def _counts(program: CompiledProgram, rule: CompiledRule, terms: Terms) -> bool:
    """Whether a draw is one of the rule's times: won or not, it was had."""
    return not rule.dry_run and bool(room_of(program, (rule.id, ""), terms.room))


def _given_once(
    case: Case, shares: Sequence[Share], grants: Sequence[Grant], drew: set[str]
) -> tuple[str, ...]:
    rules = [rule for rule in rules_of(case.program, case.occasion) if rule.once]
    if not rules:
        return ()
    gave = {share.rule_id for share in shares}
    gave |= case.applied if gave else set()
    gave |= {grant.rule_id for grant in grants} | drew
    return tuple(rule.id for rule in rules if rule.id in gave)
