"""A campaign: its budget as it stands, and what the last walk counted. Reads only."""

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.campaign_document import Campaign
from chalicelib.domain.program.campaigns import holdout_name
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.plan import CompiledCampaign
from chalicelib.storage.campaigns import CampaignReport, find_campaign_report
from chalicelib.storage.programs import program_at
from chalicelib.storage.shops import find_shop
from chalicelib.storage.stock import budget_keys, budgets_of
from chalicelib.storage.table import Table

_UNKNOWN = Refusal(RefusalCode.CAMPAIGN_UNKNOWN, "There is no such campaign.")


class FoundCampaign(msgspec.Struct, frozen=True):
    """A campaign of the live program."""

    program: CompiledProgram
    written: Campaign
    campaign: CompiledCampaign
    spent: int
    report: CampaignReport | None


class FoundHoldout(msgspec.Struct, frozen=True):
    """The holdout of the live program; None: it has none, or nobody was counted yet."""

    currency: str
    share: str | None = None
    report: CampaignReport | None = None


def find_holdout(table: Table, shop_id: str, now: Instant) -> FoundHoldout | Refusal:
    """The program's own holdout with what the last walk counted."""
    shop = find_shop(table, shop_id)
    if shop is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    program = program_at(table, shop, now) if shop.live_version(now) else None
    name = holdout_name(program) if program else ""
    if program is None or not name:
        return FoundHoldout(shop.currency)
    report = find_campaign_report(table, shop_id, name)
    return FoundHoldout(program.currency, program.program.holdout, report)


def find_campaign(table: Table, shop_id: str, name: str, now: Instant) -> FoundCampaign | Refusal:
    """The campaign with all that is known of it."""
    shop = find_shop(table, shop_id)
    if shop is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    program = program_at(table, shop, now) if shop.live_version(now) else None
    campaign = program.campaigns.get(name) if program else None
    if program is None or campaign is None:
        return _UNKNOWN
    written = next(each for each in program.program.campaigns if each.id == name)
    spent = 0
    if campaign.budget is not None:
        counter = campaign.budget.id
        items = table.load(budget_keys(shop_id, (counter,)))
        spent = sum(budgets_of(shop_id, {counter: 0}, items).spent[counter].values())
    report = find_campaign_report(table, shop_id, name)
    return FoundCampaign(program, written, campaign, spent, report)
