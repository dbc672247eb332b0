"""Warnings: what is allowed and probably not meant.

Asked only of documents without errors, as typed values.
"""

from collections.abc import Iterable, Iterator

from chalicelib.domain.calendar import ends_before, starts_at
from chalicelib.domain.currencies import major_unit
from chalicelib.domain.points import floor_ratio, lcm_of
from chalicelib.domain.program.compiled_campaigns import worth_of
from chalicelib.domain.program.compiled_rewards import given_in
from chalicelib.domain.program.compiled_units import per_of
from chalicelib.domain.program.contradictions import has_no_day, is_impossible
from chalicelib.domain.program.contrast import (
    SHAPE_CONTRAST_MILLI,
    TEXT_CONTRAST_MILLI,
    WHITE,
    contrast_milli,
)
from chalicelib.domain.program.document import Effect, Presentation, Program, Reward, Rule
from chalicelib.domain.program.findings import Findings, Node
from chalicelib.domain.program.rewards import cost_to_shop, face_value
from chalicelib.domain.program.rule_document import effects_of, flattened
from chalicelib.domain.program.scalars import ratio_of
from chalicelib.domain.program.unit_checks import forms_by_locale


def advise(program: Program, filled: Node, findings: Findings) -> None:
    """Add every warning about ``program``; ``filled`` is its document with all defaults."""
    _advise_rules(program, findings)
    _advise_reach(program, findings)
    _advise_offers(program, findings)
    _advise_contrast(program.presentation, findings)
    for place, reward in enumerate(program.rewards):
        _advise_cost(program, reward, f"$.rewards[{place}]", findings)
    for node, locales in _texts(filled):
        missing = [locale for locale in program.locales if locale not in locales]
        if missing:
            findings.warn(
                node, "text_missing", f"Add a text for: {', '.join(missing)}. The first is shown."
            )


# ---------------------------------------------------------------- rules


def _advise_rules(program: Program, findings: Findings) -> None:
    for path, rule in _rules(program):
        if not _can_pay(program, rule) or _is_past_the_end(program, rule):
            findings.warn(
                path,
                "rule_never_pays",
                "This rule can never give anything: look at its conditions, units and dates.",
            )


def _rules(program: Program) -> Iterator[tuple[str, Rule]]:
    for place, rule in enumerate(program.earn):
        yield f"$.earn[{place}]", rule
    for place, campaign in enumerate(program.campaigns):
        for number, rule in enumerate(campaign.rules):
            yield f"$.campaigns[{place}].rules[{number}]", rule


def _is_past_the_end(program: Program, rule: Rule) -> bool:
    """Whether the last day to earn is over when the rule begins."""
    last, first = program.ends.earn, rule.from_
    if last is None or first is None:
        return False
    return ends_before(last, program.timezone) <= starts_at(first, program.timezone)


def _can_pay(program: Program, rule: Rule) -> bool:
    rated = _rated(program)
    gives_anything = any(
        give.unit is None
        or not (program.units[give.unit].retired or (give.multiply and give.unit not in rated))
        for give in effects_of(rule)
    )
    zone, conditions = program.timezone, (rule.lines, rule.if_)
    is_never = any(is_impossible(condition, zone) for condition in conditions if condition)
    return gives_anything and not is_never and not has_no_day(rule, zone)


def _rated(program: Program) -> set[str]:
    """Units that some rule, or membership, gives by a rate: what multipliers multiply."""
    effects = [effect for _, rule in _rules(program) for effect in effects_of(rule)]
    effects += [effect for each in program.memberships for effect in flattened(each.give)]
    is_rate = [
        effect for effect in effects if effect.rate is not None or effect.percent is not None
    ]
    return {effect.unit for effect in is_rate if effect.unit is not None}


# ---------------------------------------------------------------- rewards


def _advise_reach(program: Program, findings: Findings) -> None:
    earned = set(_earned_units(program))
    is_earned = any(program.units[unit].spendable for unit in earned)
    has_spendable = any(unit.spendable for unit in program.units.values())
    if not program.rewards and not is_earned:
        return  # a program of tiers alone
    is_within_reach = any(
        reward.cost is None or reward.cost.unit in earned for reward in program.rewards
    )
    if has_spendable and not is_within_reach:
        findings.warn(
            "$.rewards",
            "no_reward_within_reach",
            "Members can earn points that no reward takes: add a reward, or a way to earn for one.",
        )


def _earned_units(program: Program) -> Iterator[str]:
    for rule in program.earn:
        if not rule.dry_run and _can_pay(program, rule):
            yield from (give.unit for give in effects_of(rule) if give.unit)
    for group in program.tier_groups:
        yield from (entry.unit for tier in group.tiers for entry in tier.entry if entry.unit)


def _advise_cost(program: Program, reward: Reward, path: str, findings: Findings) -> None:
    cost = cost_to_shop(program, reward)
    if reward.cost is None:
        is_free = face_value(reward, program.currency) and reward.limit is None
        if is_free and reward.id not in given_in(program):
            findings.warn(
                path, "free_reward_unlimited", "Everybody may have this any time: set a limit."
            )
        return
    limit = program.limits.reward_cost_share
    points, spend = _base_rate(program, reward.cost.unit)
    if not cost or not points or limit is None:
        return
    # The share is cost / (spend that earns the reward) = share_of / share_in; of one step for all.
    share_of, share_in = cost * points, (reward.cost.step or reward.cost.amount or 1) * spend
    limit_of, limit_in = ratio_of(limit)
    if share_of * limit_in > limit_of * share_in:
        findings.warn(
            path,
            "reward_cost_high",
            f"It costs {_percent(share_of, share_in)} of the spend that earns it; "
            f"the limit is {_percent(limit_of, limit_in)}.",
        )


def _base_rate(program: Program, unit: str) -> tuple[int, int]:
    """Points, and the minor units of spend that earn them, by the rates that always hold."""
    rates = []
    for effect in _base(program, unit):
        numerator, denominator = ratio_of(effect.rate or "0")
        per = effect.per[program.currency] if effect.per else major_unit(program.currency)
        rates.append((numerator, denominator * per))
    spend = lcm_of(tuple(denominator for _, denominator in rates))
    return sum(numerator * (spend // denominator) for numerator, denominator in rates), spend


def _base(program: Program, unit: str) -> Iterator[Effect]:
    for rule in program.earn:
        is_for_some = rule.lines or rule.if_ or rule.from_ or rule.to or rule.dry_run
        if not is_for_some:
            yield from (give for give in rule.give if give.unit == unit and give.rate)


def _percent(part: int, whole: int) -> str:
    tenths = floor_ratio(part * 1_000, whole)
    return f"{tenths // 10}.{tenths % 10} %"


# ---------------------------------------------------------------- offers of referral


def _advise_offers(program: Program, findings: Findings) -> None:
    """Shares of a friend's order that cost the shop more than the order brings."""
    for place, offer in enumerate(program.referral.offers if program.referral else ()):
        part, whole = 0, 1
        for effect in (*offer.friend, *offer.advocate):
            share_of, share_in = _share(program, effect)
            part, whole = part * share_in + share_of * whole, whole * share_in
        if part > whole:
            findings.warn(
                f"$.referral.offers[{place}]",
                "offer_cost_high",
                f"Both sides together get {_percent(part, whole)} of the friend's order.",
            )


def _share(program: Program, effect: Effect) -> tuple[int, int]:
    """What of the order's amount the effect costs, as part and whole; of pieces nothing is said."""
    written = effect.rate or effect.percent
    if effect.unit is None or not written or effect.per_quantity:
        return 0, 1
    unit, (numerator, denominator) = program.units[effect.unit], ratio_of(written)
    worth = worth_of(program, unit)
    points = numerator * (unit.scale if effect.percent else 1)
    return points * worth.minor, denominator * per_of(program, effect) * worth.points


# ---------------------------------------------------------------- looks


def _advise_contrast(looks: Presentation, findings: Findings) -> None:
    if looks.accent is None:
        return
    text = contrast_milli(looks.on_accent or WHITE, looks.accent)
    if text < TEXT_CONTRAST_MILLI:
        findings.warn(
            "$.presentation.on_accent",
            "contrast_low",
            f"Text on the accent has a contrast of {_ratio(text)}; people need 4.5. "
            "Leave it out, and the better of black and white is taken.",
        )
    shape = contrast_milli(looks.accent, WHITE)
    if shape < SHAPE_CONTRAST_MILLI:
        findings.warn(
            "$.presentation.accent",
            "contrast_low",
            f"The accent has a contrast of {_ratio(shape)} beside white; buttons and progress "
            "need 3.",
        )


def _ratio(milli: int) -> str:
    return f"{milli // 1_000}.{milli % 1_000 // 100}"


# ---------------------------------------------------------------- texts


def _texts(filled: Node) -> Iterator[tuple[str, Iterable[str]]]:
    """Every text that is given by locale: its path and its locales."""
    owners = [(filled, "name"), (filled.child("presentation"), "launcher")]
    listed = ("earn", "rewards", "causes", "partners", "memberships", "challenges", "badges")
    owners += [(named, "name") for key in listed for named in filled.items(key)]
    owners += [(badge, "text") for badge in filled.items("badges")]
    owners += [
        (step, "name") for each in filled.items("challenges") for step in each.items("steps")
    ]
    for campaign in filled.items("campaigns"):
        owners += [(campaign, "name"), (campaign, "message")]
        owners += [(each, "name") for each in campaign.items("rules")]
    templates = filled.child("messages").members("templates")
    owners += [(each, key) for _, each in templates for key in ("title", "text")]
    for group in filled.items("tier_groups"):
        for tier in group.items("tiers"):
            owners.append((tier, "name"))
            owners += [(perk, "text") for perk in tier.items("perks")]
    for owner, key in owners:
        if isinstance(owner.value.get(key), dict):
            yield owner.at(key), owner.child(key).value
    for _, unit in filled.members("units"):
        by_locale = forms_by_locale(unit.child("name"))
        if "" not in by_locale:
            yield unit.at("name"), by_locale
