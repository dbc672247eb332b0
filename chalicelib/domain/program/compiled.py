"""From the document to its compiled form, once per version.

The one trick is the denominators: for each unit, the least common multiple of all its rates'
denominators, times that of its tiers' multipliers, so that evaluation adds integers and rounds
once. Only checked programs come here.
"""

from chalicelib.domain.calendar import FOREVER, ends_before
from chalicelib.domain.instants import Instant
from chalicelib.domain.program.challenging import by_trigger, compile_challenges
from chalicelib.domain.program.compiled_campaigns import (
    campaign_rules,
    compile_campaign,
    compile_telling,
)
from chalicelib.domain.program.compiled_memberships import compile_memberships, start_rules
from chalicelib.domain.program.compiled_partners import compile_partners, payers_of
from chalicelib.domain.program.compiled_rewards import auto_of, compile_rewards
from chalicelib.domain.program.compiled_rules import SHARED_PREFIX, compile_rule, day_caps_of
from chalicelib.domain.program.compiled_tiers import birthday_rules, compile_group
from chalicelib.domain.program.compiled_units import compile_unit
from chalicelib.domain.program.conditions import Test, compile_condition
from chalicelib.domain.program.document import (
    Program,
)
from chalicelib.domain.program.fields import declared_fields
from chalicelib.domain.program.habit_fields import asks_habits, recalls_of
from chalicelib.domain.program.idle import Spans, idleness_of, spans_after
from chalicelib.domain.program.plan import (
    CompiledCampaign,
    CompiledChallenge,
    CompiledGroup,
    CompiledProgram,
    CompiledRule,
    CompiledSource,
    CompiledUnit,
)
from chalicelib.domain.program.referral_document import ADVOCATE, QUALIFIED, qualified_of
from chalicelib.domain.program.referral_plan import CompiledReferral
from chalicelib.domain.program.rule_document import MEMBER_JOINED, TIER_ENTERED

__all__ = ["CompiledProgram", "compile_program"]


def compile_program(program: Program, version: int, spans: Spans | None = None) -> CompiledProgram:
    """``program`` ready as ``version``; ``spans``: of inactivity up to it, None: its own alone."""
    spans = spans_after(None, program, 0) if spans is None else spans
    units = {unit: compile_unit(program, unit) for unit in program.units}
    challenges = compile_challenges(program, units)
    campaigns = {each.id: compile_campaign(program, each) for each in program.campaigns}
    rules = _rules(program, units, campaigns)
    rewards = compile_rewards(program)
    day_caps = day_caps_of(program)
    triggered, referral = _referral(program, _by_trigger(rules), units)
    sources = _sources(challenges, referral)
    every = {rule.id: rule for group in triggered.values() for rule in group}
    groups = {group.id: compile_group(program, group, units) for group in program.tier_groups}
    every_cap = tuple(cap for rule in every.values() for cap in rule.caps)
    shared = {cap.id: cap for cap in every_cap if cap.id.startswith(SHARED_PREFIX)}
    shared |= {each.budget.id: each.budget for each in campaigns.values() if each.budget}
    return CompiledProgram(
        program=program,
        version=version,
        zone=program.timezone,
        currency=program.currency,
        units=units,
        rules=triggered,
        groups=groups,
        entering=_by_id(groups) if TIER_ENTERED in {*triggered, *sources} else (),
        judging=tuple(group for group in _by_id(groups) if group.by == "custom"),
        rewards=rewards,
        caps={cap.id: cap for cap in (*every_cap, *day_caps.values()) if cap.id not in shared},
        rule_caps={rule.id: rule.caps for rule in every.values() if rule.caps},
        day_caps=day_caps,
        shared=shared,
        reward_caps={reward.cap.id: reward.cap for reward in rewards.values() if reward.cap},
        earn_before=_last_day(program, program.ends.earn),
        redeem_before=_last_day(program, program.ends.redeem),
        memberships=compile_memberships(program),
        partners=compile_partners(program),
        payers=payers_of(program),
        draws=frozenset(each.id for each in rules if each.branches and each.on != MEMBER_JOINED),
        campaigns=campaigns,
        segments=_segments(program),
        asks_habits=asks_habits(program),
        recalls=recalls_of(program),
        declared=declared_fields(program.attributes, program.facts),
        auto=auto_of(program),
        idle=idleness_of(program, spans),
        challenges=challenges,
        sources=sources,
        referral=referral,
        telling=compile_telling(program),
    )


def _by_id(groups: dict[str, CompiledGroup]) -> tuple[CompiledGroup, ...]:
    """The order that they have in the document decides nothing."""
    return tuple(groups[name] for name in sorted(groups))


def _rules(
    program: Program, units: dict[str, CompiledUnit], campaigns: dict[str, CompiledCampaign]
) -> tuple[CompiledRule, ...]:
    """Every rule but those of referral, in order of their ids."""
    always = (compile_rule(program, rule, units) for rule in program.earn)
    more = (*campaign_rules(program, units, campaigns), *start_rules(program, units))
    return tuple(sorted((*always, *more, *birthday_rules(program)), key=_id_of))


def _segments(program: Program) -> dict[str, Test]:
    declared = declared_fields(program.attributes, program.facts)
    return {
        name: compile_condition(program.segments[name], program.timezone, declared)
        for name in sorted(program.segments)
    }


def _referral(
    program: Program, rules: dict[str, tuple[CompiledRule, ...]], units: dict[str, CompiledUnit]
) -> tuple[dict[str, tuple[CompiledRule, ...]], CompiledReferral | None]:
    """``rules`` with those that the offers are, and the terms."""
    said = program.referral
    if said is None:
        return rules, None
    from chalicelib.domain.program.compiled_referral import (  # noqa: PLC0415 - few programs have it
        compile_referral,
        referral_rules,
    )

    return referral_rules(program, said, rules, units), compile_referral(program, said)


def _sources(
    challenges: dict[str, CompiledChallenge], referral: CompiledReferral | None
) -> dict[str, tuple[tuple[CompiledChallenge, CompiledSource], ...]]:
    """What each trigger counts for; who brought a friend is told of by the offer, as to rules."""
    found = by_trigger(challenges)
    regions = {*referral.offers.values()} if referral and QUALIFIED in found else set[str]()
    brought = {qualified_of(ADVOCATE, region): found[QUALIFIED] for region in sorted(regions)}
    return {**found, **brought}


def _last_day(program: Program, day: str | None) -> Instant:
    return ends_before(day, program.timezone) if day else FOREVER


def _id_of(rule: CompiledRule) -> str:
    return rule.id


def _by_trigger(rules: tuple[CompiledRule, ...]) -> dict[str, tuple[CompiledRule, ...]]:
    triggers = dict.fromkeys(rule.on for rule in rules)
    return {on: tuple(rule for rule in rules if rule.on == on) for on in triggers}
