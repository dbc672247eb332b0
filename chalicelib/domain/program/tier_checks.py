"""Checks of tier groups: what they count, thresholds that rise, windows and keeps."""

from chalicelib.domain.calendar import DAY_BUCKETS_MAX, parse_period
from chalicelib.domain.program.auto_checks import check_perk, check_present
from chalicelib.domain.program.checking import Checking, one_of, unique_ids
from chalicelib.domain.program.custom_tier_checks import check_custom, check_invited
from chalicelib.domain.program.findings import Findings, Node
from chalicelib.domain.program.scalars import is_above_zero

LATE = ("daily", "window_end")
"""How a group is evaluated whose tiers are not moved between at once."""

_COUNTED_IN_UNITS = ("points", "status")
_NUMBERED = (*_COUNTED_IN_UNITS, "orders", "referrals")


def check_tiers(checking: Checking) -> None:
    """Report what is wrong with the tier groups."""
    groups = list(checking.document.items("tier_groups"))
    unique_ids(groups, checking.findings)
    for group in groups:
        _check_counted(checking, group)
        _check_window(group, checking.findings)
        _check_evaluate(group, checking.findings)
        _check_keep(group, checking.findings)
        tiers = list(group.items("tiers"))
        unique_ids(tiers, checking.findings)
        for tier in tiers:
            _check_tier(checking, tier)
            if group.value.get("retired") is True:
                _check_retired(tier, checking.findings)
        if group.text("by") == "custom":
            check_custom(checking, group, tiers)
        else:
            _check_thresholds(checking, group, tiers)


def _check_retired(tier: Node, findings: Findings) -> None:
    for key in ("multiply", "perks", "entry", "birthday"):
        if tier.value.get(key):
            findings.error(
                tier.at(key), "key_useless", "Remove it: a group that is retired gives nothing."
            )


def _check_counted(checking: Checking, group: Node) -> None:
    by = group.text("by")
    if by in _COUNTED_IN_UNITS and not group.has("unit"):
        checking.findings.error(group.at("unit"), "key_missing", "Name the unit that is counted.")
    elif by in _COUNTED_IN_UNITS:
        checking.needs_unit(group, "unit")
        if group.value.get("retired") is not True:
            checking.warn_of_retired(group)
        kind = checking.document.child("units").child(group.text("unit")).text("kind")
        if by == "status" and checking.document.child("units").has(group.text("unit")):
            _check_status(group, kind, checking.findings)
    elif group.has("unit"):
        checking.findings.error(
            group.at("unit"), "key_useless", 'Remove the unit, or count it with "by": "points".'
        )


def _check_status(group: Node, kind: str, findings: Findings) -> None:
    if kind != "status":
        findings.error(
            group.at("unit"), "unit_not_status", 'Name one of kind status, or use "by": "points".'
        )


def _check_window(group: Node, findings: Findings) -> None:
    window = group.child("window")
    if not isinstance(group.value.get("window"), dict):
        return
    kinds = ("rolling", "calendar", "anniversary")
    kind = one_of(window, kinds, "window_unclear", findings)
    if window.has("start") and window.text("calendar") != "year":
        findings.error(
            window.at("start"), "key_useless", 'Only years have it: "calendar": "year", or none.'
        )
    if kind == "rolling":
        _check_rolling(window, findings)


def _check_rolling(window: Node, findings: Findings) -> None:
    try:
        period = parse_period(window.text("rolling"))
    except ValueError:
        return  # reported as malformed
    is_months = bool(period.months) and not period.days
    is_days = not period.months and 0 < period.days <= DAY_BUCKETS_MAX
    if period.elapsed_ms or not (is_months or is_days):
        findings.error(
            window.at("rolling"),
            "window_malformed",
            f"Use whole months or years, such as P1Y, or up to {DAY_BUCKETS_MAX} days.",
        )


def _check_keep(group: Node, findings: Findings) -> None:
    keep = group.child("keep")
    never_drops = keep.text("drop") == "never"
    is_for_ever = never_drops or group.text("window") == "lifetime"
    for key, is_useless in (("for", never_drops), ("grace", is_for_ever)):
        if keep.has(key) and is_useless:
            findings.error(keep.at(key), "key_useless", f"Tiers never drop here: remove {key}.")


def _check_evaluate(group: Node, findings: Findings) -> None:
    if group.text("by") == "custom" or group.text("evaluate") not in LATE:
        return
    window, keep = group.child("window"), group.child("keep")
    if group.text("evaluate") == "window_end":
        if not (window.has("calendar") or window.has("start") or window.has("anniversary")):
            findings.error(
                group.at("window"),
                "window_unclear",
                'Say at the end of what: {"calendar": "month"}.',
            )
        elif keep.text("for") == "window":
            findings.error(
                keep.at("for"), "key_useless", "It would end as it begins: keep window_and_next."
            )
    for tier in group.items("tiers"):
        if tier.value.get("entry"):
            findings.error(
                tier.at("entry"), "key_useless", "Given at once by what reaches it: evaluate now."
            )


def _check_tier(checking: Checking, tier: Node) -> None:
    multiply = tier.child("multiply")
    checking.knows_units(multiply)
    for unit in multiply.value:
        if not is_above_zero(multiply.text(unit)):
            checking.findings.error(
                multiply.at(unit), "value_out_of_range", "Multiply by more than 0."
            )
    unique_ids(tier.items("perks"), checking.findings)
    for perk in tier.items("perks"):
        check_perk(checking, perk)
    for entry in (*tier.items("entry"), *tier.items("birthday")):
        check_present(checking, entry)


def _check_thresholds(checking: Checking, group: Node, tiers: list[Node]) -> None:
    previous: int | None = None
    for place, tier in enumerate(tiers):
        if tier.value.get("invite_only") is True:
            check_invited(tier, tiers[place + 1 :], checking.findings)
            continue
        if tier.has("if"):
            checking.findings.error(
                tier.at("if"), "key_useless", 'Say at, or count the group "by": "custom".'
            )
        if not tier.has("at"):
            checking.findings.error(tier.at("at"), "key_missing", "Say what reaches the tier.")
        threshold = _threshold(checking, group, tier)
        if threshold is None:
            continue
        if tier is tiers[0] and threshold != 0:
            checking.findings.error(
                tier.at("at"), "threshold_not_zero", "Let the first tier be at 0: everybody's."
            )
        if previous is not None and threshold <= previous:
            checking.findings.error(
                tier.at("at"), "thresholds_not_rising", f"Let this be more than {previous}."
            )
        previous = threshold


def _threshold(checking: Checking, group: Node, tier: Node) -> int | None:
    at = tier.value.get("at")
    is_money = isinstance(at, dict)
    is_points = tier.whole("at") is not None
    if is_money and group.text("by") in _NUMBERED:
        checking.findings.error(tier.at("at"), "threshold_wrong_kind", "Write a number.")
        return None
    if is_points and group.text("by") in ("spend", ""):
        checking.findings.error(
            tier.at("at"), "threshold_wrong_kind", "Write money, such as {USD: 20000}."
        )
        return None
    return checking.needs_money(tier, "at") if is_money else tier.whole("at")
