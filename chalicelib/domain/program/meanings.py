"""THE table of what changes of a program mean to members, by the place in the document.

A row says how a change is called and which direction is good for members. ``_set`` and ``_unset``
follow the name where something comes or goes. Without a row it is a ``detail``; ``staff`` alone.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from chalicelib.domain.program import comparing
from chalicelib.domain.program.changes import Bearing, Change, Kind, Place
from chalicelib.domain.program.comparing import Compare

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


class Meaning(msgspec.Struct, frozen=True):
    """What a change at a place means.

    ``more`` is the bearing of more (later, longer); None where that can't be said. ``when_set`` is
    the bearing of something that comes where nothing was; of its going it is the opposite.
    """

    code: str
    compare: Compare | None = None
    more: Bearing | None = None
    when_set: Bearing | None = None
    kind: Kind = Kind.NONE
    by_parts: bool = False  # told as a whole when it comes or goes, else by its parts
    is_item: bool = False  # it has an id, and its code says added or removed
    is_staff: bool = False

    def changes(self, before: object, after: object, place: Place) -> Iterator[Change]:
        """The change from ``before`` to ``after`` in words of the table."""
        code, bearing = self.code, self._bearing(before, after, place.currency)
        if self.is_item:
            code = f"{code}_added" if before is None else f"{code}_removed"
        elif self.when_set is not None and _is_nothing(before):
            code = f"{code}_set"
        elif self.when_set is not None and _is_nothing(after):
            code = f"{code}_unset"
        values = (None, None) if self.is_item else (before, after)
        yield Change(code, place.path, bearing, place.subject, *values, self.kind)

    def is_told_of(self, before: object, after: object) -> bool:
        """Whether a change is told here, and not by its parts."""
        return not self.by_parts or before is None or after is None

    def _bearing(self, before: object, after: object, currency: str) -> Bearing:
        if self.is_staff:
            return Bearing.NEUTRAL
        if self.when_set is not None:
            if _is_nothing(before):
                return self.when_set
            if _is_nothing(after):
                return _OPPOSITE[self.when_set]
        sign = self.compare(before, after, currency) if self.compare else 0
        if not sign or self.more is None:
            return Bearing.UNCLEAR
        return self.more if sign > 0 else _OPPOSITE[self.more]


_GOOD, _BAD, _UNCLEAR = Bearing.ADVANTAGE, Bearing.DISADVANTAGE, Bearing.UNCLEAR
_OPPOSITE: Final = {
    Bearing.ADVANTAGE: Bearing.DISADVANTAGE,
    Bearing.DISADVANTAGE: Bearing.ADVANTAGE,
    Bearing.UNCLEAR: Bearing.UNCLEAR,
    Bearing.NEUTRAL: Bearing.NEUTRAL,
}


def _is_nothing(value: object) -> bool:
    return value in (None, [], {}, False)


def _item(code: str, when_set: Bearing = _GOOD) -> Meaning:
    return Meaning(code, when_set=when_set, by_parts=True, is_item=True)


def _amount(code: str, compare: Compare, more: Bearing, kind: Kind = Kind.NONE) -> Meaning:
    return Meaning(code, compare, more, kind=kind)


def _benefit(code: str, compare: Compare | None = None, kind: Kind = Kind.NONE) -> Meaning:
    """Something good that may be there or not: the more of it, the better."""
    return Meaning(code, compare, _GOOD, _GOOD, kind)


def _burden(code: str, compare: Compare | None = None, kind: Kind = Kind.NONE) -> Meaning:
    """Something bad that may be there or not: the more of it, the worse."""
    return Meaning(code, compare, _BAD, _BAD, kind)


def _bound(code: str, compare: Compare | None = None, kind: Kind = Kind.NONE) -> Meaning:
    """A bound that may be there or not: bad when it comes, better the further it is."""
    return Meaning(code, compare, _GOOD, _BAD, kind)


def _staff(code: str = "detail") -> Meaning:
    return Meaning(code, is_staff=True)


_TIER = "tier_groups.*.tiers.*"

_MEANINGS: Final[Mapping[str, Meaning]] = {
    **dict.fromkeys(("id", "locales", "law", "presentation"), _staff()),
    "name": Meaning("program_renamed", kind=Kind.TEXT, is_staff=True),
    "stack": Meaning("stack"),
    "attributes": _staff("attributes"),
    "facts": _staff("facts"),
    "fx": Meaning("fx"),
    "holdout": _staff("holdout"),
    "messages": _staff("messages"),
    "segments": Meaning("segments"),
    "timezone": Meaning("timezone", kind=Kind.TEXT),
    "join.how": _staff("join_how"),
    "join.retroactive_days": _staff(),
    "join.rollout": _staff("rollout"),
    "join.guests.keep": _bound("guests_keep", comparing.by_period, Kind.PERIOD),
    "launch": _staff("launch"),
    "ends.earn": _bound("ends_earn", comparing.by_text, Kind.DATE),
    "ends.redeem": _bound("ends_redeem", comparing.by_text, Kind.DATE),
    # units
    "units.*": _item("unit"),
    **{f"units.*.{key}": _staff() for key in ("name", "value", "value_per", "cost")},
    "units.*.retired": _burden("unit_retired"),
    "units.*.expiry": _amount("unit_expiry", comparing.by_expiry, _GOOD, Kind.EXPIRY),
    "units.*.expiry.warn": _benefit("unit_warn"),
    "units.*.pending": _amount("unit_pending", comparing.by_pending, _BAD, Kind.PENDING),
    "units.*.negative": Meaning("unit_negative"),
    "units.*.gift": _benefit("unit_gift"),
    "units.*.pool": _benefit("unit_pool"),
    "units.*.rounding": Meaning("unit_rounding"),
    "units.*.scale": Meaning("unit_scale"),
    "units.*.spendable": _benefit("unit_spendable"),
    # earning
    "earn.*": _item("rule"),
    "earn.*.give": _amount("rule_gives", comparing.by_give, _GOOD, Kind.GIVE),
    "earn.*.limit": _bound("rule_limit", comparing.by_limit),
    **dict.fromkeys(("earn.*.lines", "earn.*.if"), _burden("rule_condition")),
    **dict.fromkeys(("earn.*.from", "earn.*.to"), Meaning("rule_dates")),
    "earn.*.once": _burden("rule_once"),
    "earn.*.full": _burden("rule_full"),
    "earn.*.dry_run": _burden("rule_stopped"),
    "earn.*.name": Meaning("rule_renamed", kind=Kind.TEXT, is_staff=True),
    "earn.*.bonus": _burden("rule_bonus"),
    "earn.*.counts": Meaning("rule_counts"),
    "earn.*.group": _burden("rule_group"),
    "earn.*.pick": _staff(),
    "earn.*.on": Meaning("rule_on"),
    "earn.*.paid_by": _staff("rule_partner"),
    "earn.*.returns_days": _burden("rule_returns_days", comparing.by_count),
    "earn.*.self_reported": _benefit("rule_self_reported"),
    "earn.*.tier": Meaning("rule_tier"),
    "earn.*.when": _burden("rule_when"),
    "limits.points_per_day": _bound("day_limit", comparing.by_limit),
    "limits.reward_cost_share": _staff(),
    "limits.liability": _staff(),
    # tiers
    "tier_groups.*": _item("tier_group"),
    "tier_groups.*.window": Meaning("tier_window"),
    "tier_groups.*.keep": Meaning("tier_keep"),
    _TIER: _item("tier"),
    f"{_TIER}.name": Meaning("tier_renamed", kind=Kind.TEXT, is_staff=True),
    f"{_TIER}.at": _amount("tier_at", comparing.by_money, _BAD, Kind.AMOUNT),
    f"{_TIER}.multiply.*": _benefit("tier_multiply", comparing.by_decimal, Kind.MULTIPLIER),
    f"{_TIER}.entry": _benefit("tier_entry", comparing.by_entry),
    f"{_TIER}.birthday": _benefit("tier_birthday", comparing.by_entry),
    f"{_TIER}.if": Meaning("tier_condition"),
    f"{_TIER}.invite_only": _burden("tier_invite_only"),
    **dict.fromkeys(("tier_groups.*.by", "tier_groups.*.unit"), Meaning("tier_by")),
    "tier_groups.*.retired": _burden("tier_group_retired"),
    "tier_groups.*.evaluate": Meaning("tier_evaluate"),
    f"{_TIER}.perks.*": _item("perk"),
    f"{_TIER}.perks.*.text": Meaning("perk_text", kind=Kind.TEXT),
    f"{_TIER}.perks.*.value": _staff(),
    f"{_TIER}.perks.*.grants": Meaning("detail"),
    # rewards
    "rewards.*": _item("reward"),
    "rewards.*.name": Meaning("reward_renamed", kind=Kind.TEXT, is_staff=True),
    "rewards.*.cost": Meaning("reward_cost", when_set=_BAD, by_parts=True),
    "rewards.*.cost.amount": _amount("reward_cost", comparing.by_count, _BAD, Kind.POINTS),
    "rewards.*.value": _amount("reward_value", comparing.by_money, _GOOD, Kind.MONEY),
    "rewards.*.percent": _amount("reward_percent", comparing.by_decimal, _GOOD, Kind.DECIMAL),
    "rewards.*.min_order": _burden("reward_min_order", comparing.by_money, Kind.MONEY),
    "rewards.*.valid": _bound("reward_valid", comparing.by_period, Kind.PERIOD),
    "rewards.*.undo": _amount("reward_undo", comparing.by_period, _GOOD),
    "rewards.*.who": _burden("reward_who"),
    "rewards.*.limit": _bound("reward_limit", comparing.by_limit),
    "rewards.*.on_refund": Meaning("reward_refund"),
    "rewards.*.hold": _amount("reward_hold", comparing.by_period, _GOOD, Kind.PERIOD),
    "rewards.*.stock": _staff("reward_stock"),
    "rewards.*.unit_cost": _staff(),
    "rewards.*.add": _amount("reward_add", comparing.by_count, _GOOD),
    "rewards.*.auto": _benefit("reward_auto"),
    "rewards.*.cause": Meaning("reward_cause"),
    "rewards.*.combine": Meaning("reward_combine"),
    "rewards.*.cost.max": _bound("reward_cost_max", comparing.by_count, Kind.POINTS),
    "rewards.*.cost.min": _burden("reward_cost_min", comparing.by_count, Kind.POINTS),
    "rewards.*.cost.step": Meaning("reward_cost_step"),
    "rewards.*.cost.unit": Meaning("reward_cost_unit"),
    "rewards.*.forever": _benefit("reward_forever"),
    "rewards.*.fulfil_note": _staff("reward_note"),
    "rewards.*.kind": Meaning("reward_kind"),
    "rewards.*.max_share_of_order": _bound("reward_share", comparing.by_decimal),
    "rewards.*.on_expiry": Meaning("reward_on_expiry"),
    "rewards.*.per_step": _amount("reward_per_step", comparing.by_money, _GOOD, Kind.MONEY),
    "rewards.*.sku": Meaning("reward_sku"),
    # causes, partners, badges
    "causes.*": _item("cause"),
    **{f"causes.*.{key}": _staff() for key in ("name", "unit_cost")},
    "causes.*.proof_url": _staff("cause_proof"),
    "causes.*.public_counter": _benefit("cause_counter"),
    "partners.*": _item("partner"),
    "partners.*.name": _staff(),
    "partners.*.earns": Meaning("partner_earns"),
    "partners.*.burns": Meaning("partner_burns"),
    **{
        f"partners.*.{key}": _staff("partner_terms")
        for key in ("connection", "buys_point_at", "paid_per_point_burned", "settle")
    },
    "badges.*": _item("badge"),
    **{f"badges.*.{key}": _staff() for key in ("name", "text")},
    "badges.*.retired": _burden("badge_retired"),
    "memberships.*": _item("membership"),
    "memberships.*.name": _staff(),
    "memberships.*.give": Meaning("membership_gives"),
    "memberships.*.period": _amount("membership_period", comparing.by_period, _GOOD, Kind.PERIOD),
    "memberships.*.on_refund": Meaning("membership_refund"),
    "memberships.*.sold_as": _staff("membership_sold_as"),
    # challenges
    "challenges.*": _item("challenge"),
    "challenges.*.name": _staff(),
    "challenges.*.give": _amount("challenge_gives", comparing.by_give, _GOOD, Kind.GIVE),
    "challenges.*.target": _burden("challenge_target", comparing.by_count),
    "challenges.*.repeat": _amount("challenge_repeat", comparing.by_count, _GOOD),
    "challenges.*.skips": _amount("challenge_skips", comparing.by_count, _GOOD),
    **dict.fromkeys(("challenges.*.from", "challenges.*.to"), Meaning("challenge_dates")),
    **dict.fromkeys(("challenges.*.if", "challenges.*.lines"), _burden("challenge_condition")),
    "challenges.*.board": Meaning("challenge_board", when_set=_GOOD),
    "challenges.*.join": Meaning("challenge_join"),
    **{
        f"challenges.*.{key}": Meaning("challenge_counts")
        for key in ("every", "kind", "max", "of", "on", "self_reported", "steps")
    },
    # referral
    "referral": Meaning("referral", when_set=_GOOD, by_parts=True),
    "referral.offers.*": _item("offer"),
    "referral.offers.*.friend": _benefit("offer_friend", comparing.by_give, Kind.GIVE),
    "referral.offers.*.advocate": _benefit("offer_advocate", comparing.by_give, Kind.GIVE),
    "referral.offers.*.regions": Meaning("offer_regions"),
    "referral.limit": _bound("referral_limit", comparing.by_limit),
    "referral.link_life": _bound("referral_life", comparing.by_period, Kind.PERIOD),
    **dict.fromkeys(("referral.qualify", "referral.region_of"), Meaning("referral_qualify")),
    **{f"referral.{key}": _staff() for key in ("checks", "on_flag", "page")},
    # campaigns
    "campaigns.*": _item("campaign"),
    "campaigns.*.name": _staff(),
    "campaigns.*.segment": Meaning("campaign_segment"),
    **dict.fromkeys(("campaigns.*.from", "campaigns.*.to"), Meaning("campaign_dates")),
    "campaigns.*.budget": _staff("campaign_budget"),
    "campaigns.*.holdout": _staff("campaign_holdout"),
    "campaigns.*.message": _staff("campaign_message"),
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
