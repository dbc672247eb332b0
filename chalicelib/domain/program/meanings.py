"""THE table of what changes of a program mean to members, by the place in the document.

A row says how a change is called and which direction is good for members. ``_set`` and ``_unset``
follow the name where something comes or goes that has two sides. Places without a row are told as
``detail``; a place whose row is ``staff`` concerns nobody but staff.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from chalicelib.domain.program import comparing
from chalicelib.domain.program.changes import Bearing, Change, Kind, Place
from chalicelib.domain.program.comparing import Compare

SUBJECTS: Final[Mapping[str, str]] = {
    "earn": "rule",
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

MEANINGS: Final[Mapping[str, Meaning]] = {
    "id": _staff(),
    "name": Meaning("program_renamed", kind=Kind.TEXT, is_staff=True),
    "locales": _staff(),
    "law": _staff(),
    "presentation": _staff(),
    "stack": Meaning("stack"),
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
    "units.*.name": _staff(),
    "units.*.value": _staff(),
    "units.*.value_per": _staff(),
    "units.*.cost": _staff(),
    "units.*.retired": _burden("unit_retired"),
    "units.*.expiry": _amount("unit_expiry", comparing.by_expiry, _GOOD, Kind.EXPIRY),
    "units.*.pending": _amount("unit_pending", comparing.by_pending, _BAD, Kind.PENDING),
    "units.*.negative": Meaning("unit_negative"),
    "units.*.gift": _benefit("unit_gift"),
    # earning
    "earn.*": _item("rule"),
    "earn.*.give": _amount("rule_gives", comparing.by_give, _GOOD, Kind.GIVE),
    "earn.*.limit": _bound("rule_limit", comparing.by_limit),
    "earn.*.lines": _burden("rule_condition"),
    "earn.*.if": _burden("rule_condition"),
    "earn.*.from": Meaning("rule_dates"),
    "earn.*.to": Meaning("rule_dates"),
    "earn.*.once": _burden("rule_once"),
    "earn.*.full": _burden("rule_full"),
    "earn.*.dry_run": _burden("rule_stopped"),
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
    f"{_TIER}.perks.*": _item("perk"),
    f"{_TIER}.perks.*.text": Meaning("perk_text", kind=Kind.TEXT),
    f"{_TIER}.perks.*.value": _staff(),
    f"{_TIER}.perks.*.grants": Meaning("detail"),
    # rewards
    "rewards.*": _item("reward"),
    "rewards.*.name": _staff(),
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
    "rewards.*.stock": _staff("reward_stock"),
    "rewards.*.unit_cost": _staff(),
}
"""By place: ``*`` is the id of a unit, or any item of a list."""

BY_UNIT: Final = frozenset({"units", f"{_TIER}.multiply"})
"""Objects whose keys are units."""


def unknown_change(before: object, after: object, place: Place) -> Change:
    """The change of a place that the table does not know."""
    return Change("detail", place.path, Bearing.UNCLEAR, place.subject, before, after)
