"""Admin: what a campaign costs and brings, by arm, so far."""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.campaign_report import ArmCount, comparison
from chalicelib.domain.instants import iso
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.views import MoneyView
from chalicelib.routes.contract import Answer, Audience, Call, Contract, NoBody, Outcome
from chalicelib.routes.door import Door
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)


class ArmView(msgspec.Struct, frozen=True):
    """One arm: who entered, and what became of them until the campaign's end."""

    members: int
    buyers: int
    orders: int
    revenue: MoneyView
    points: dict[str, int]
    cost: int


class BudgetView(msgspec.Struct, frozen=True):
    """The budget as it stands: of points, or minor units of the program's currency."""

    counts: str
    limit: int
    spent: int


class ComparisonView(msgspec.Struct, frozen=True):
    """Revenue by member, treated less held out, and its interval of 95 percent."""

    per_member: MoneyView
    low: MoneyView
    high: MoneyView


class CampaignView(msgspec.Struct, frozen=True):
    """One campaign of the live program."""

    id: str
    segment: str | None
    holdout: str | None
    budget: BudgetView | None
    as_of: str | None
    treated: ArmView
    held_out: ArmView
    comparison: ComparisonView | None


def campaign_not_there(call: Call[NoBody], path: Mapping[str, str]) -> Refusal | None:
    """The refusal of a campaign that is not there; see ``Contract.locate``."""
    from chalicelib.operations.view_campaign import find_campaign  # noqa: PLC0415  # few requests need it

    found = find_campaign(call.table, path["shop"], path["campaign"], call.now)
    return found if isinstance(found, Refusal) else None


@door.get(
    "/v1/admin/shops/{shop}/campaigns/{campaign}",
    Contract(
        NoBody,
        CampaignView,
        "Show what a campaign costs and brings, by arm",
        scope=Scope.REPORTS,
        refusals=(RefusalCode.CAMPAIGN_UNKNOWN,),
        locate=campaign_not_there,
    ),
)
def get_campaign(call: Call[NoBody], shop: str, campaign: str) -> Outcome:
    """The budget is of now, the rest as of the last night's count."""
    from chalicelib.operations.view_campaign import find_campaign  # noqa: PLC0415  # few requests need it

    found = find_campaign(call.table, shop, campaign, call.now)
    if isinstance(found, Refusal):
        return found
    currency, report, budget = found.program.currency, found.report, found.campaign.budget
    arms = report.arms if report else {}
    written = found.written.budget
    is_money = not isinstance(written, str) and written.amount is not None
    view = CampaignView(
        id=campaign,
        segment=found.written.segment,
        holdout=found.written.holdout,
        budget=BudgetView("amount" if is_money else "points", budget.limit, found.spent)
        if budget
        else None,
        as_of=iso(report.as_of) if report else None,
        treated=_arm(arms.get("in", ArmCount()), currency),
        held_out=_arm(arms.get("holdout", ArmCount()), currency),
        comparison=_comparison(arms, currency),
    )
    return Answer(view)


class HoldoutArmView(msgspec.Struct, frozen=True):
    """One arm: who was enrolled, and what became of them since."""

    members: int
    buyers: int
    orders: int
    revenue: MoneyView


class HoldoutView(msgspec.Struct, frozen=True):
    """Who gets no campaign, challenge or message, against everybody else."""

    holdout: str | None  # the share; null: the program has none
    as_of: str | None
    treated: HoldoutArmView
    held_out: HoldoutArmView
    comparison: ComparisonView | None


@door.get(
    "/v1/admin/shops/{shop}/holdout",
    Contract(
        NoBody,
        HoldoutView,
        "Compare the program's holdout with everybody else",
        scope=Scope.REPORTS,
    ),
)
def get_holdout(call: Call[NoBody], shop: str) -> Outcome:
    """As of the last night's count."""
    from chalicelib.operations.view_campaign import find_holdout  # noqa: PLC0415  # few requests need it

    found = find_holdout(call.table, shop, call.now)
    if isinstance(found, Refusal):
        return found
    arms = found.report.arms if found.report else {}
    view = HoldoutView(
        holdout=found.share,
        as_of=iso(found.report.as_of) if found.report else None,
        treated=_holdout_arm(arms.get("in", ArmCount()), found.currency),
        held_out=_holdout_arm(arms.get("holdout", ArmCount()), found.currency),
        comparison=_comparison(arms, found.currency),
    )
    return Answer(view)


def _holdout_arm(arm: ArmCount, currency: str) -> HoldoutArmView:
    revenue = MoneyView(arm.revenue, currency)
    return HoldoutArmView(arm.members, arm.buyers, arm.orders, revenue)


def _comparison(arms: Mapping[str, ArmCount], currency: str) -> ComparisonView | None:
    compared = comparison(arms)
    if compared is None:
        return None
    figures = (compared.per_member, compared.low, compared.high)
    return ComparisonView(*(MoneyView(each, currency) for each in figures))


def _arm(arm: ArmCount, currency: str) -> ArmView:
    revenue = MoneyView(arm.revenue, currency)
    return ArmView(arm.members, arm.buyers, arm.orders, revenue, arm.points, arm.cost)
