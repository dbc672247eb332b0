"""Campaigns, made ready: when they run, for whom, what their budget counts; and messages."""

from collections.abc import Mapping

from msgspec.structs import replace

from chalicelib.domain.calendar import FOREVER, LIFETIME, ends_before, starts_at
from chalicelib.domain.program.campaign_document import Campaign, MessageCaps
from chalicelib.domain.program.compiled_rules import compile_rule
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.hours import Telling, telling_of
from chalicelib.domain.program.plan import (
    CompiledCampaign,
    CompiledCap,
    CompiledRule,
    CompiledUnit,
    Worth,
)
from chalicelib.domain.program.pricing import least_price
from chalicelib.domain.program.rewards import money_cost
from chalicelib.domain.program.unit_document import Unit

PREFIX = "campaign:"
"""Of the ids of budgets, among caps and among the shop's counters."""


def compile_campaign(program: Program, campaign: Campaign) -> CompiledCampaign:
    """``campaign`` with its dates as instants and its budget as a cap of the whole shop."""
    zone, budget = program.timezone, campaign.budget
    cap: CompiledCap | None = None
    worth: Mapping[str, Worth] = {}
    if not isinstance(budget, str):
        limit = budget.amount[program.currency] if budget.amount else budget.points or 0
        cap = CompiledCap(PREFIX + campaign.id, "budget", limit, LIFETIME)
        worth = {
            name: worth_of(program, unit) if budget.amount else Worth(1, 1)
            for name, unit in program.units.items()
            if unit.kind != "status"
        }
        worth |= _prices(program) if budget.amount else {}
    return CompiledCampaign(
        id=campaign.id,
        segment=campaign.segment or "",
        starts_at=starts_at(campaign.from_, zone) if campaign.from_ else -FOREVER,
        ends_before=ends_before(campaign.to, zone) if campaign.to else FOREVER,
        holdout=campaign.holdout or "0",
        budget=cap,
        worth=worth,
    )


def thing_of(kind: str, name: str) -> str:
    """How a budget names what is given beside points; no unit has a colon."""
    return f"{kind}:{name}"


def _prices(program: Program) -> dict[str, Worth]:
    """What one of each reward, and one unit of each cause, costs the shop, where that is known."""
    currency, found = program.currency, dict[str, Worth]()
    for reward in program.rewards:
        cost = money_cost(reward, currency)
        if cost is not None:
            steps = max(1, least_price(reward, currency).steps)
            found[thing_of("reward", reward.id)] = Worth(cost * steps, 1)
    for cause in program.causes:
        if cause.unit_cost is not None and currency in cause.unit_cost:
            found[thing_of("cause", cause.id)] = Worth(cause.unit_cost[currency], 1)
    return found


def campaign_rules(
    program: Program, units: dict[str, CompiledUnit], campaigns: Mapping[str, CompiledCampaign]
) -> tuple[CompiledRule, ...]:
    """The rules of all campaigns, each within the dates of its own."""
    return tuple(
        replace(
            compiled,
            campaign=campaign.id,
            starts_at=max(compiled.starts_at, campaigns[campaign.id].starts_at),
            ends_before=min(compiled.ends_before, campaigns[campaign.id].ends_before),
        )
        for campaign in program.campaigns
        for compiled in (compile_rule(program, rule, units) for rule in campaign.rules)
    )


def compile_telling(program: Program) -> Telling | None:
    """How often members are told something; None where there is nothing to tell."""
    messages = program.messages
    has_more = any(campaign.message is not None for campaign in program.campaigns)
    if not has_more and (messages is None or not messages.templates):
        return None
    caps = messages.caps if messages else MessageCaps()
    return telling_of(caps.day, caps.week, caps.quiet)


def worth_of(program: Program, unit: Unit) -> Worth:
    """Minor units for one point: what it costs the shop, else its value; of money, its part."""
    told = unit.cost or unit.value
    if unit.kind == "money" and not unit.cost:
        return Worth(1, unit.scale)
    return Worth(told[program.currency] if told else 0, unit.value_per)
