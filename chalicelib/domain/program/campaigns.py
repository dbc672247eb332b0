"""Campaigns in an evaluation: who gets them, what each one adds, and what its budget grants.

::

    terms fixed   each running campaign whose segment holds: in, or held out by a hash
    evaluated     without campaigns, then with one more each time, in order of their ids
    its share     what it added to the one before
    its budget    covers that share whole, or the campaign does not apply: ``spent``

So every point is the share of at most one campaign, and the shares sum up whatever ``stack`` says;
with one campaign its share is the result with it minus the result without it. What its rules give
beside points (rewards, units of causes) costs a budget of money what it costs the shop. An order
that grows when its campaign's budget is empty keeps what was granted: points above that are cut,
and gifts that were not granted are withheld.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from chalicelib.domain.points import ceil_ratio
from chalicelib.domain.program.choosing import rules_of
from chalicelib.domain.program.compiled_campaigns import thing_of
from chalicelib.domain.program.earning import evaluate
from chalicelib.domain.program.occasion import (
    ENTRY_PREFIX,
    Award,
    Cut,
    Occasion,
    Terms,
    TraceRow,
    effect_name,
)
from chalicelib.domain.program.plan import CompiledCampaign, CompiledProgram
from chalicelib.domain.program.rollout import is_in_share
from chalicelib.domain.program.scalars import is_above_zero

IN: Final = "in"
HELD_OUT: Final = "holdout"
SPENT: Final = "spent"
HOLDOUT: Final = "holdout"
"""The use of the program's own holdout."""


class Gift(msgspec.Struct, frozen=True):
    """What one effect of a campaign's rule gives that its budget counts, and is no points."""

    effect: str  # as terms name it
    thing: str  # as ``CompiledCampaign.worth`` names it
    amount: int


Gifts: TypeAlias = Mapping[str, tuple[Gift, ...]]
"""By campaign."""


def is_held_out(program: CompiledProgram, member: str) -> bool:
    """Whether the member is in the program's holdout: no campaign, no challenge, no message."""
    share = program.program.holdout
    return share is not None and is_in_share(share, program.program.id, HOLDOUT, member)


def holdout_name(program: CompiledProgram) -> str:
    """What enrolments and reports call the program's holdout; "" where nobody is held out.

    Another share is another comparison: who changes sides is enrolled anew.
    """
    share = program.program.holdout
    return f"{HOLDOUT}@{share}" if share is not None and is_above_zero(share) else ""


def arm_in(program: CompiledProgram, campaign: CompiledCampaign, member: str) -> str:
    """In which arm of the campaign the member is: the same for ever."""
    use = f"campaign:{campaign.id}"
    is_out = is_held_out(program, member) or is_in_share(
        campaign.holdout, program.program.id, use, member
    )
    return HELD_OUT if is_out else IN


def arms_of(
    program: CompiledProgram, member: str, segments: tuple[str, ...], occasion: Occasion
) -> dict[str, str]:
    """The arm in each campaign that runs and whose segment holds."""
    return {
        campaign.id: arm_in(program, campaign, member)
        for campaign in program.campaigns.values()
        if is_meant(campaign, segments) and _runs(campaign, occasion)
    }


def is_meant(campaign: CompiledCampaign, segments: tuple[str, ...]) -> bool:
    """Whether the campaign is for a member of these segments."""
    return not campaign.segment or campaign.segment in segments


def awarded(program: CompiledProgram, occasion: Occasion, terms: Terms) -> Award:
    """What ``occasion`` earns by ``terms``, with what each campaign's share takes of its budget."""
    running = sorted(name for name, arm in terms.arms.items() if arm == IN)
    if not running:
        return evaluate(program, occasion, terms)
    steps = [
        evaluate(program, occasion, _with_arms(terms, running[:n])) for n in range(len(running))
    ]
    whole = evaluate(program, occasion, terms)
    every = (*steps, whole)
    shares = {
        name: _difference(one, other)
        for name, one, other in zip(running, every[:-1], every[1:], strict=True)
    }
    gifts = _gifts(program, occasion, whole)
    costs = {
        name: _cost(program.campaigns[name], _with_gifts(shares[name], gifts.get(name, ())))
        for name in running
    }
    kept, left = dict[str, dict[str, int]](), dict[str, tuple[Gift, ...]]()
    for name, share in shares.items():
        asked = share, gifts.get(name, ()), costs[name]
        kept[name], left[name] = _covered(program.campaigns[name], asked, terms)
    withheld = _names(gifts) - _names(left)
    if kept != shares or withheld:
        cuts = _cuts(_rules_by_campaign(program, occasion), shares, kept)
        cut = msgspec.structs.replace(terms, cuts=cuts, withheld=tuple(sorted(withheld)))
        whole = evaluate(program, occasion, cut)
    whole = msgspec.structs.replace(whole, granted=_most_granted(program, (*every, whole)))
    return _told(program, whole, (kept, left), costs)


def _most_granted(program: CompiledProgram, awards: tuple[Award, ...]) -> dict[str, int]:
    """The most that limits granted any of ``awards``: with it each of them is the same again.

    Without what rules gave where a campaign was not, its share would be another one the next time.
    """
    granted: dict[str, int] = {}
    for award in awards if program.rule_caps else ():
        for cap, points in (*award.used.items(), *award.granted.items()):
            granted[cap] = max(granted.get(cap, 0), points)
    return granted


def _cuts(
    rules: Mapping[str, frozenset[str]],
    shares: Mapping[str, Mapping[str, int]],
    kept: Mapping[str, Mapping[str, int]],
) -> tuple[Cut, ...]:
    """What of ``shares`` is not ``kept``, by campaign and unit; ``rules`` are each campaign's."""
    every = frozenset[str]().union(*rules.values())
    return tuple(
        Cut(unit, points - kept[name].get(unit, 0), own, every - own)
        for name, share in shares.items()
        for own in (rules.get(name, frozenset[str]()),)
        for unit, points in share.items()
        if points > kept[name].get(unit, 0)
    )


def _rules_by_campaign(program: CompiledProgram, occasion: Occasion) -> dict[str, frozenset[str]]:
    found = dict[str, frozenset[str]]()
    for rule in rules_of(program, occasion):
        if rule.campaign:
            found[rule.campaign] = found.get(rule.campaign, frozenset[str]()) | {rule.id}
    return found


def gifts_granted(program: CompiledProgram, occasion: Occasion, award: Award) -> tuple[str, ...]:
    """The effects of ``award`` that budgets of campaigns count, as terms remember them."""
    return tuple(sorted(_names(_gifts(program, occasion, award)))) if program.campaigns else ()


def _gifts(program: CompiledProgram, occasion: Occasion, award: Award) -> Gifts:
    campaigns = {rule.id: rule.campaign for rule in rules_of(program, occasion) if rule.campaign}
    found: dict[str, tuple[Gift, ...]] = {}
    for grant in award.grants if campaigns else ():
        name, thing = campaigns.get(grant.rule_id, ""), thing_of(grant.kind, grant.name)
        if name and thing in program.campaigns[name].worth:
            gift = Gift(effect_name(grant.rule_id, grant.effect), thing, grant.amount)
            found[name] = (*found.get(name, ()), gift)
    return found


def _names(gifts: Gifts) -> set[str]:
    return {gift.effect for each in gifts.values() for gift in each}


def _with_gifts(share: Mapping[str, int], gifts: tuple[Gift, ...]) -> dict[str, int]:
    """Points by unit, and gifts by thing: what a budget counts."""
    every = dict(share)
    for gift in gifts:
        every[gift.thing] = every.get(gift.thing, 0) + gift.amount
    return every


def _told(
    program: CompiledProgram,
    award: Award,
    kept: tuple[Mapping[str, Mapping[str, int]], Gifts],
    costs: Mapping[str, int],
) -> Award:
    """``award`` with what budgets count, and a line of trace for each campaign that gave."""
    shares, gifts = kept
    caps = {name: cap.id for name in costs if (cap := program.campaigns[name].budget) is not None}
    wanted = {cap: costs[name] for name, cap in caps.items()}
    used = {
        cap: _cost(program.campaigns[name], _with_gifts(shares[name], gifts.get(name, ())))
        for name, cap in caps.items()
    }
    rows = tuple(
        TraceRow("campaign", unit=unit, points=points, parameters={"campaign": name})
        for name, by_unit in shares.items()
        for unit, points in sorted(by_unit.items())
    )
    return msgspec.structs.replace(
        award,
        used={**award.used, **used},
        wanted={**award.wanted, **wanted},
        campaigns={name: dict(by_unit) for name, by_unit in shares.items() if by_unit},
        trace=(*rows, *award.trace)[: program.trace_rows],
    )


def _with_arms(terms: Terms, names: list[str]) -> Terms:
    return msgspec.structs.replace(terms, arms=dict.fromkeys(names, IN))


def _runs(campaign: CompiledCampaign, occasion: Occasion) -> bool:
    times = (occasion.at, occasion.placed_at)
    return any(campaign.starts_at <= time < campaign.ends_before for time in times)


def _totals(award: Award) -> dict[str, int]:
    """Points of rules by unit: what a tier gives that was reached is nobody's share."""
    totals: dict[str, int] = {}
    for share in award.shares:
        if share.rule_id.startswith(ENTRY_PREFIX):
            continue
        totals[share.unit] = totals.get(share.unit, 0) + share.points
    return totals


def _difference(before: Award, after: Award) -> dict[str, int]:
    """What ``after`` gives more, by unit."""
    known = _totals(before)
    more = {unit: points - known.get(unit, 0) for unit, points in _totals(after).items()}
    return {unit: points for unit, points in more.items() if points > 0}


def _cost(campaign: CompiledCampaign, share: Mapping[str, int]) -> int:
    """What points and gifts take of the budget: points, or minor units, rounded up by unit."""
    return sum(
        ceil_ratio(points * campaign.worth[unit].minor, campaign.worth[unit].points)
        for unit, points in share.items()
        if unit in campaign.worth
    )


def _covered(
    campaign: CompiledCampaign, asked: tuple[dict[str, int], tuple[Gift, ...], int], terms: Terms
) -> tuple[dict[str, int], tuple[Gift, ...]]:
    """What of (points, gifts, cost) the budget granted; nothing of a unit that is cut to 0.

    Where that is not all, gifts that were granted before come first: they are whole or not there.
    """
    share, gifts, cost = asked
    if campaign.budget is None or cost <= terms.room.get(campaign.budget.id, cost):
        return share, gifts
    left, fitting, kept = terms.room[campaign.budget.id], list[Gift](), dict[str, int]()
    for gift in gifts:
        price = _cost(campaign, {gift.thing: gift.amount})
        if gift.effect in terms.gifts and price <= left:
            fitting.append(gift)
            left -= price
    for unit, points in sorted(share.items()):
        worth = campaign.worth.get(unit)
        if worth is not None and worth.minor:
            points = min(points, left * worth.points // worth.minor)  # noqa: PLW2901 - cut
            left -= ceil_ratio(points * worth.minor, worth.points)
        if points:
            kept[unit] = points
    return kept, tuple(fitting)
