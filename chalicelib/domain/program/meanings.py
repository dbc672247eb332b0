"""THE table of what changes of a program mean to members, by the place in the document.

A row says how a change is called and which direction is good for members. ``_set`` and ``_unset``
follow the name where something comes or goes. Without a row it is a ``detail``; ``staff`` alone.
"""

from collections.abc import Mapping
from typing import Final

from chalicelib.domain.program import comparing
from chalicelib.domain.program.bearings import (
    Meaning,
    amount,
    benefit,
    bound,
    burden,
    item,
    staff,
    supply,
)
from chalicelib.domain.program.changes import Bearing, Change, Kind, Place

SUBJECTS: Final[Mapping[str, str]] = {
    "badges": "badge",
    "campaigns": "campaign",
    "campaigns.*.rules": "rule",
    "causes": "cause",
    "challenges": "challenge",
    "earn": "rule",
    "memberships": "membership",
    "partners": "partner",
    "referral.offers": "offer",
    "rewards": "reward",
    "tier_groups": "group",
    "tier_groups.*.tiers": "tier",
    "tier_groups.*.tiers.*.perks": "perk",
}
"""What the items of a list are called; ``item`` where nothing is said."""


_GOOD, _BAD = Bearing.ADVANTAGE, Bearing.DISADVANTAGE
_TIER = "tier_groups.*.tiers.*"

_MEANINGS: Final[Mapping[str, Meaning]] = {
    **dict.fromkeys(("id", "presentation"), staff()),
    **dict.fromkeys(("law", "locales"), supply("detail", comparing.by_members)),
    "name": Meaning("program_renamed", kind=Kind.TEXT, is_staff=True),
    "stack": Meaning("stack"),
    "attributes": staff("attributes"),
    "facts": staff("facts"),
    "fx": Meaning("fx"),
    "holdout": Meaning("holdout"),
    "messages": staff("messages"),
    "segments": Meaning("segments"),
    "timezone": Meaning("timezone", kind=Kind.TEXT),
    "join.how": Meaning("join_how"),
    "join.retroactive_days": staff(),
    "join.rollout": staff("rollout"),
    "join.guests.keep": bound("guests_keep", comparing.by_period, Kind.PERIOD),
    "launch": staff("launch"),
    "ends.earn": bound("ends_earn", comparing.by_text, Kind.DATE),
    "ends.redeem": bound("ends_redeem", comparing.by_text, Kind.DATE),
    # units
    "units.*": item("unit"),
    **{f"units.*.{key}": staff() for key in ("name", "value", "value_per", "cost")},
    "units.*.retired": burden("unit_retired"),
    "units.*.expiry": amount("unit_expiry", comparing.by_expiry, _GOOD, Kind.EXPIRY),
    "units.*.expiry.warn": benefit("unit_warn"),
    "units.*.pending": amount("unit_pending", comparing.by_pending, _BAD, Kind.PENDING),
    "units.*.negative": Meaning("unit_negative"),
    "units.*.gift": benefit("unit_gift"),
    "units.*.pool": benefit("unit_pool"),
    "units.*.rounding": Meaning("unit_rounding"),
    "units.*.scale": Meaning("unit_scale"),
    "units.*.spendable": benefit("unit_spendable"),
    # earning
    "earn.*": item("rule", comparing.by_worth),
    "earn.*.give": amount("rule_gives", comparing.by_give, _GOOD, Kind.GIVE),
    "earn.*.limit": bound("rule_limit", comparing.by_limit),
    **dict.fromkeys(("earn.*.lines", "earn.*.if"), burden("rule_condition")),
    **dict.fromkeys(("earn.*.from", "earn.*.to"), Meaning("rule_dates")),
    "earn.*.once": burden("rule_once"),
    "earn.*.full": burden("rule_full"),
    "earn.*.dry_run": burden("rule_stopped"),
    "earn.*.name": Meaning("rule_renamed", kind=Kind.TEXT, is_staff=True),
    "earn.*.bonus": burden("rule_bonus"),
    "earn.*.counts": Meaning("rule_counts"),
    "earn.*.group": burden("rule_group"),
    "earn.*.pick": staff(),
    "earn.*.on": Meaning("rule_on"),
    "earn.*.paid_by": staff("rule_partner"),
    "earn.*.returns_days": burden("rule_returns_days", comparing.by_count),
    "earn.*.self_reported": benefit("rule_self_reported"),
    "earn.*.tier": Meaning("rule_tier"),
    "earn.*.when": burden("rule_when"),
    "limits.points_per_day": bound("day_limit", comparing.by_limit),
    "limits.reward_cost_share": staff(),
    "limits.liability": staff(),
    # tiers
    "tier_groups.*": item("tier_group"),
    "tier_groups.*.window": Meaning("tier_window", kind=Kind.WINDOW),
    "tier_groups.*.keep": Meaning("tier_keep"),
    _TIER: item("tier"),
    f"{_TIER}.name": Meaning("tier_renamed", kind=Kind.TEXT, is_staff=True),
    f"{_TIER}.at": amount("tier_at", comparing.by_money, _BAD, Kind.AMOUNT),
    f"{_TIER}.multiply.*": Meaning(
        "tier_multiply",
        comparing.by_multiplier,
        _GOOD,
        when_set=_GOOD,
        weighs_nothing=True,
        kind=Kind.MULTIPLIER,
    ),
    f"{_TIER}.entry": benefit("tier_entry", comparing.by_entry, Kind.GIVE),
    f"{_TIER}.birthday": benefit("tier_birthday", comparing.by_entry, Kind.GIVE),
    f"{_TIER}.if": Meaning("tier_condition"),
    f"{_TIER}.invite_only": burden("tier_invite_only"),
    **dict.fromkeys(("tier_groups.*.by", "tier_groups.*.unit"), Meaning("tier_by")),
    "tier_groups.*.retired": burden("tier_group_retired"),
    "tier_groups.*.evaluate": Meaning("tier_evaluate"),
    f"{_TIER}.perks.*": item("perk"),
    f"{_TIER}.perks.*.text": Meaning("perk_text", kind=Kind.TEXT),
    f"{_TIER}.perks.*.value": staff(),
    f"{_TIER}.perks.*.grants": Meaning("detail"),
    # rewards
    "rewards.*": item("reward"),
    "rewards.*.name": Meaning("reward_renamed", kind=Kind.TEXT, is_staff=True),
    "rewards.*.cost": Meaning("reward_cost", when_set=_BAD, by_parts=True),
    "rewards.*.cost.amount": amount("reward_cost", comparing.by_count, _BAD, Kind.POINTS),
    "rewards.*.value": amount("reward_value", comparing.by_money, _GOOD, Kind.MONEY),
    "rewards.*.percent": amount("reward_percent", comparing.by_decimal, _GOOD, Kind.DECIMAL),
    "rewards.*.min_order": burden("reward_min_order", comparing.by_money, Kind.MONEY),
    "rewards.*.valid": bound("reward_valid", comparing.by_period, Kind.PERIOD),
    "rewards.*.undo": amount("reward_undo", comparing.by_period, _GOOD),
    "rewards.*.who": burden("reward_who"),
    "rewards.*.limit": bound("reward_limit", comparing.by_limit),
    "rewards.*.on_refund": Meaning("reward_refund"),
    "rewards.*.hold": amount("reward_hold", comparing.by_period, _GOOD, Kind.PERIOD),
    "rewards.*.stock": supply("reward_stock", comparing.by_supply),
    "rewards.*.unit_cost": staff(),
    "rewards.*.add": amount("reward_add", comparing.by_count, _GOOD),
    "rewards.*.auto": benefit("reward_auto"),
    "rewards.*.cause": Meaning("reward_cause"),
    "rewards.*.combine": Meaning("reward_combine"),
    "rewards.*.cost.max": bound("reward_cost_max", comparing.by_count, Kind.POINTS),
    "rewards.*.cost.min": burden("reward_cost_min", comparing.by_count, Kind.POINTS),
    "rewards.*.cost.step": Meaning("reward_cost_step"),
    "rewards.*.cost.unit": Meaning("reward_cost_unit"),
    "rewards.*.forever": benefit("reward_forever"),
    "rewards.*.fulfil_note": staff("reward_note"),
    "rewards.*.kind": Meaning("reward_kind"),
    "rewards.*.max_share_of_order": bound("reward_share", comparing.by_decimal),
    "rewards.*.on_expiry": Meaning("reward_on_expiry"),
    "rewards.*.per_step": amount("reward_per_step", comparing.by_money, _GOOD, Kind.MONEY),
    "rewards.*.sku": Meaning("reward_sku"),
    # causes, partners, badges
    "causes.*": item("cause"),
    **{f"causes.*.{key}": staff() for key in ("name", "unit_cost")},
    "causes.*.proof_url": staff("cause_proof"),
    "causes.*.public_counter": benefit("cause_counter"),
    "partners.*": item("partner"),
    "partners.*.name": staff(),
    "partners.*.earns": Meaning("partner_earns"),
    "partners.*.burns": Meaning("partner_burns"),
    **{
        f"partners.*.{key}": staff("partner_terms")
        for key in ("connection", "buys_point_at", "paid_per_point_burned", "settle")
    },
    "badges.*": item("badge"),
    **{f"badges.*.{key}": staff() for key in ("name", "text")},
    "badges.*.retired": burden("badge_retired"),
    "memberships.*": item("membership"),
    "memberships.*.name": staff(),
    "memberships.*.give": Meaning("membership_gives"),
    "memberships.*.period": amount("membership_period", comparing.by_period, _GOOD, Kind.PERIOD),
    "memberships.*.on_refund": Meaning("membership_refund"),
    "memberships.*.sold_as": staff("membership_sold_as"),
    # challenges
    "challenges.*": item("challenge"),
    "challenges.*.name": staff(),
    "challenges.*.give": amount("challenge_gives", comparing.by_give, _GOOD, Kind.GIVE),
    "challenges.*.target": burden("challenge_target", comparing.by_count),
    "challenges.*.repeat": amount("challenge_repeat", comparing.by_count, _GOOD),
    "challenges.*.skips": amount("challenge_skips", comparing.by_count, _GOOD),
    **dict.fromkeys(("challenges.*.from", "challenges.*.to"), Meaning("challenge_dates")),
    **dict.fromkeys(("challenges.*.if", "challenges.*.lines"), burden("challenge_condition")),
    "challenges.*.board": Meaning("challenge_board", when_set=_GOOD),
    "challenges.*.join": Meaning("challenge_join"),
    **{
        f"challenges.*.{key}": Meaning("challenge_counts")
        for key in ("every", "kind", "max", "of", "on", "self_reported", "steps")
    },
    # referral
    "referral": Meaning("referral", when_set=_GOOD, by_parts=True),
    "referral.offers.*": item("offer"),
    "referral.offers.*.friend": benefit("offer_friend", comparing.by_give, Kind.GIVE),
    "referral.offers.*.advocate": benefit("offer_advocate", comparing.by_give, Kind.GIVE),
    "referral.offers.*.regions": Meaning("offer_regions"),
    "referral.limit": bound("referral_limit", comparing.by_limit),
    "referral.link_life": bound("referral_life", comparing.by_period, Kind.PERIOD),
    **dict.fromkeys(("referral.qualify", "referral.region_of"), Meaning("referral_qualify")),
    **{f"referral.{key}": staff() for key in ("checks", "on_flag", "page")},
    # campaigns
    "campaigns.*": item("campaign"),
    "campaigns.*.name": staff(),
    "campaigns.*.segment": Meaning("campaign_segment"),
    **dict.fromkeys(("campaigns.*.from", "campaigns.*.to"), Meaning("campaign_dates")),
    "campaigns.*.budget": supply("campaign_budget", comparing.by_budget),
    "campaigns.*.holdout": Meaning("campaign_holdout"),
    "campaigns.*.message": staff("campaign_message"),
}

MEANINGS: Final[Mapping[str, Meaning]] = {
    **_MEANINGS,
    **{
        f"campaigns.*.rules{place.removeprefix('earn')}": meaning
        for place, meaning in _MEANINGS.items()
        if place.startswith("earn.")
    },
}
"""By place: ``*`` is the id of a unit, or any item of a list. Rules of campaigns are rules."""

BY_UNIT: Final = frozenset({"units", f"{_TIER}.multiply"})
"""Objects whose keys are units."""


def unknown_change(before: object, after: object, place: Place) -> Change:
    """The change of a place that the table does not know."""
    return Change("detail", place.path, Bearing.UNCLEAR, place.subject, before, after)
