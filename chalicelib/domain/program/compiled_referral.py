"""Referral, made ready: offers become rules of triggers of their own, so points come as any do.

::

    referral.friend:<region>              what the friend's offer gives, as long as it waits
    referral.friend_qualified:<region>    that, and what it gives that is no points
    referral.advocate:<region>            what the advocate's offer gives, as long as it waits
    referral.qualified:<region>           that, what it gives that is no points, and what rules
                                          for ``referral.qualified`` give on top

Points are booked at once and wait by their own date; rewards, badges, causes, tiers and messages
have no such date, so while the referral waits they are only told, and take their turn of the limit.
Shares of the friend's order are counted as any rule's, and no tier multiplies them.
``<region>`` is the first region of the offer. All offers of a side share one rule id, so that the
limit counts over all of them.
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from chalicelib.domain.calendar import parse_period
from chalicelib.domain.program.compiled_rules import compile_rule, test_of
from chalicelib.domain.program.document import Limit, Program, Rule
from chalicelib.domain.program.fields import declared_fields
from chalicelib.domain.program.plan import CompiledGrant, CompiledRule, CompiledUnit
from chalicelib.domain.program.referral_document import (
    ADVOCATE,
    EVERYWHERE,
    FRIEND,
    QUALIFIED,
    Referral,
    qualified_of,
    rule_id_of,
    trigger_of,
)
from chalicelib.domain.program.referral_plan import CompiledReferral
from chalicelib.domain.program.rule_document import effects_of, flattened


def compile_referral(program: Program, said: Referral) -> CompiledReferral:
    """The terms of ``said``, the referral of ``program``."""
    declared = declared_fields(program.attributes, program.facts)
    rules = [rule for _, rule in _offers(said)]
    effects = [effect for rule in rules for effect in effects_of(rule)]
    return CompiledReferral(
        offers={region: offer.regions[0] for offer in said.offers for region in offer.regions},
        region_of=said.region_of,
        condition=test_of(said.qualify.if_, program.timezone, declared),
        after=parse_period(said.qualify.after),
        life=parse_period(said.link_life) if said.link_life else None,
        checks=frozenset(said.checks),
        is_reviewed=said.on_flag == "review",
        has_shares=any(effect.rate or effect.percent for effect in effects),
        draws=frozenset(rule.id for rule in rules if any(each.chance for each in rule.give)),
    )


def referral_rules(
    program: Program,
    said: Referral,
    rules: Mapping[str, tuple[CompiledRule, ...]],
    units: dict[str, CompiledUnit],
) -> dict[str, tuple[CompiledRule, ...]]:
    """``rules`` by trigger, with those that the offers of ``said`` are."""
    every = dict(rules)
    for region, rule in _offers(said):
        made = compile_rule(program, rule, units)
        outcomes = tuple(
            replace(each, rule=replace(each.rule, grants=_waiting(each.rule.grants)))
            for each in made.branches
        )
        every[rule.on] = (replace(made, grants=_waiting(made.grants), branches=outcomes),)
        role = ADVOCATE if rule.id == rule_id_of(ADVOCATE) else FRIEND
        further = rules.get(QUALIFIED, ()) if role == ADVOCATE else ()
        both = sorted((made, *further), key=lambda each: each.id)
        every[qualified_of(role, region)] = tuple(both)
    return every


def _waiting(grants: tuple[CompiledGrant, ...]) -> tuple[CompiledGrant, ...]:
    return tuple(replace(grant, waits=True) for grant in grants)


def _offers(said: Referral) -> Iterator[tuple[str, Rule]]:
    """Every offer as a rule, with its region; the limit is the advocate's."""
    limits = {FRIEND: None, ADVOCATE: _limit(said)}
    for offer in said.offers:
        region = offer.regions[0]
        for role, give in ((FRIEND, offer.friend), (ADVOCATE, offer.advocate)):
            name, trigger, limit = rule_id_of(role), trigger_of(role, region), limits[role]
            yield region, Rule(id=name, on=trigger, give=give, limit=limit, bonus=True)


def _limit(said: Referral) -> Limit | None:
    """The advocates' limit; of an amount with its unit, which some offers may not give."""
    limit = said.limit
    if limit is None or not isinstance(limit.amount, int):
        return limit
    effects = (give for offer in said.offers for give in flattened(offer.advocate))
    units = (give.unit for give in effects if give.unit)
    return replace(limit, amount={next(units): limit.amount})


def region_for(referral: CompiledReferral, country: str) -> str:
    """Which offer is for ``country``: by its first region."""
    return referral.offers.get(country) or EVERYWHERE
