"""Checks of earn rules: effects, limits, dates, and what fits the trigger."""

from collections.abc import Iterator

from chalicelib.domain.calendar import ends_before, parse_period, starts_at
from chalicelib.domain.program.checking import Checking, one_of, unique_ids
from chalicelib.domain.program.condition_checks import check_condition
from chalicelib.domain.program.effect_checks import check_effects, check_groups
from chalicelib.domain.program.fields import Kind, field_named
from chalicelib.domain.program.findings import Findings, Node, effects_in
from chalicelib.domain.program.rule_document import (
    ACTION_REVOKED,
    ANNIVERSARY,
    BIRTHDAY,
    TIER_ENTERED,
)

_SPACES = {
    "order": ("order",),
    "action": ("action",),
    "subscription": ("action",),
    "tier": ("tier",),
}
"""What conditions may ask about beside the member, by the first word of the trigger."""

_WORTH = ("reward", "cause", "tier")
"""What rules give that is no points, and costs the shop something each time."""

_SEVERAL = 2


def check_earn(checking: Checking) -> None:
    """Report what is wrong with the earn rules."""
    rules = list(checking.document.items("earn"))
    unique_ids(rules, checking.findings)
    for rule in rules:
        check_rule(checking, rule)
    check_groups(checking, rules)


def check_rule(checking: Checking, rule: Node) -> None:
    """Report what is wrong with one rule, wherever it stands."""
    space = rule.text("on").partition(".")[0]
    check_effects(checking, rule)
    namespaces = (*_SPACES.get(space, ()), "member", "facts")
    if rule.has("if"):
        check_condition(checking, rule, "if", namespaces)
    if rule.has("lines") and space == "order":
        check_condition(checking, rule, "lines", ("line", *namespaces))
    _check_fits(rule, space, checking.findings)
    _check_returns(rule, checking.findings)
    _check_once(checking, rule, space)
    _check_interval(rule, checking)
    _check_tier(checking, rule)
    if rule.has("limit"):
        check_limit(checking, rule)
    elif _is_unbounded(rule, space):
        checking.findings.error(
            rule.at("limit"),
            "limit_missing",
            "What is not bought can be done without end: set a limit, such as "
            '{"times": 10, "window": {"calendar": "month"}}.',
        )


def _is_unbounded(rule: Node, space: str) -> bool:
    """Whether what is not bought could be had by the rule without end."""
    once = rule.value.get("once")
    if space == TIER_ENTERED.partition(".")[0]:
        return once not in ("member", "subject")
    return space in ("action", "referral") and once != "member"


def _check_fits(rule: Node, space: str, findings: Findings) -> None:
    """Keys that only orders, or only actions, have a use for."""
    if space in ("", "order"):
        useless = {"self_reported": rule.value.get("self_reported") is True}
    else:
        useless = {
            "lines": rule.has("lines"),
            "counts": rule.text("counts") == "paid",
            "tier": rule.text("tier") == "after",
            "self_reported": rule.value.get("self_reported") is True
            and (space != "action" or rule.text("on") == ACTION_REVOKED),
        }
    for key, is_there in useless.items():
        if is_there and space:
            findings.error(
                rule.at(key), "not_for_trigger", f"This trigger has no use for {key}: remove it."
            )


def _check_returns(rule: Node, findings: Findings) -> None:
    if rule.has("returns_days") and rule.text("on") != "order.returns_closed":
        findings.error(
            rule.at("returns_days"), "not_for_trigger", "Only order.returns_closed waits for them."
        )


def _check_once(checking: Checking, rule: Node, space: str) -> None:
    has_subject = "action" in _SPACES.get(space, ()) or rule.text("on") in (
        BIRTHDAY,
        ANNIVERSARY,
        TIER_ENTERED,
    )
    if rule.text("once") == "subject" and not has_subject:
        checking.findings.error(
            rule.at("once"), "not_for_trigger", "Only actions have a subject: use member here."
        )
    once = rule.child("once")
    name = once.text("by")
    if not name:
        return
    field = field_named(name, checking.declared)
    is_here = name.partition(".")[0] in _SPACES.get(space, ())
    if field is None or not is_here or field.kind is Kind.LIST:
        checking.findings.error(
            once.at("by"), "field_unknown", "Name a single value of the order, or of the action."
        )


def _check_tier(checking: Checking, rule: Node) -> None:
    by_points = any(
        group.text("by") not in ("", "spend") for group in checking.document.items("tier_groups")
    )
    if rule.text("tier") == "after" and by_points:
        checking.findings.error(
            rule.at("tier"),
            "tier_after_by_points",
            "Only a tier by spend is known before points are counted: use before.",
        )
    elif rule.text("tier") == "after" and any(
        group.text("evaluate") in ("daily", "window_end")
        for group in checking.document.items("tier_groups")
    ):
        checking.findings.error(
            rule.at("tier"),
            "tier_after_by_points",
            "A tier that is evaluated later is not held with the order: use before.",
        )


def _check_interval(rule: Node, checking: Checking) -> None:
    try:
        first = starts_at(rule.text("from"), checking.zone)
        last = ends_before(rule.text("to"), checking.zone)
    except (ValueError, OverflowError):
        return  # one of them is not there, or malformed and reported
    if first >= last:
        checking.findings.error(
            rule.at("to"), "dates_reversed", "Let the rule end after it begins."
        )


# ---------------------------------------------------------------- limits


def check_limit(checking: Checking, rule: Node) -> None:
    """Report a limit of ``rule`` that counts nothing, or in no window."""
    limit = rule.child("limit")
    check_window(limit, checking.findings)
    has_cooldown = limit.has("cooldown")
    has_count = limit.has("times") or limit.has("amount")
    if has_count and not limit.has("window"):
        checking.findings.error(limit.at("window"), "key_missing", "Say in which window.")
    if limit.text("scope") == "shop":
        _check_shared(limit, checking.findings)
    if has_cooldown and not has_count:
        if limit.has("window"):
            checking.findings.error(
                limit.at("window"), "key_useless", "A cooldown alone has no window: remove it."
            )
        return
    kind = one_of(limit, ("times", "amount"), "limit_unclear", checking.findings)
    if limit.text("window") == "order":
        _check_in_order(rule, kind, checking.findings)
    if kind == "amount":
        _check_amount(checking, rule, limit)
        _check_rest(rule, checking.findings)


def _check_in_order(rule: Node, kind: str, findings: Findings) -> None:
    """A limit of one order bounds an amount, of what is bought."""
    limit = rule.child("limit")
    if kind == "times":
        findings.error(
            limit.at("times"),
            "limit_unclear",
            "A rule gives once an order, or action: limit the amount, or use another window.",
        )
    is_referral = not rule.has("on")
    is_share = any(effect.has(way) for effect in _limited(rule) for way in ("rate", "percent"))
    is_bounding = is_share if is_referral else not _is_endless(rule)
    if kind == "amount" and not is_bounding:
        findings.error(
            limit.at("window"),
            "limit_unclear",
            "Each is counted alone, so it bounds nothing: use a calendar window, or lifetime.",
        )


def _check_rest(rule: Node, findings: Findings) -> None:
    """A limit of points in one unit leaves what else the rule gives free."""
    limit = rule.child("limit")
    by_unit = limit.child("amount").value
    is_free = any(
        any(effect.has(key) for key in _WORTH)
        or (by_unit and effect.has("unit") and effect.text("unit") not in by_unit)
        for effect in _limited(rule)
    )
    if is_free and len(by_unit) < _SEVERAL and _is_endless(rule):
        findings.error(
            limit.at("amount"),
            "limit_unclear",
            "An amount limits the points of one unit alone: limit the times.",
        )


def _is_endless(rule: Node) -> bool:
    """Whether only a limit that bounds everything keeps ``rule`` from giving without end."""
    space = rule.text("on").partition(".")[0]
    return _is_unbounded(rule, space) and not rule.child("limit").has("cooldown")


def _check_shared(limit: Node, findings: Findings) -> None:
    """What all members share is counted by calendar windows."""
    is_counted = limit.child("window").has("calendar") or limit.text("window") == "lifetime"
    if limit.has("window") and not is_counted:
        findings.error(
            limit.at("window"), "window_unclear", "The shop counts by calendar, or for a lifetime."
        )
    if limit.has("cooldown"):
        findings.error(
            limit.at("cooldown"), "key_useless", "Only a member can wait: remove the cooldown."
        )


def _check_amount(checking: Checking, rule: Node, limit: Node) -> None:
    given = {effect.text("unit") for effect in _limited(rule) if effect.has("unit")}
    if not given:
        checking.findings.error(
            limit.at("amount"), "limit_unclear", "Say how many times: {times, window}."
        )
        return
    by_unit = limit.child("amount").value
    if not by_unit and len(given) > 1:
        checking.findings.error(
            limit.at("amount"),
            "limit_unclear",
            "The rule gives several units: name the one that is limited, as {unit: points}.",
        )
    if len(by_unit) > 1:
        checking.findings.error(limit.at("amount"), "limit_unclear", "Limit one unit.")
    for unit in by_unit:
        if unit not in given:
            checking.findings.error(
                limit.child("amount").at(unit), "unit_unknown", "Name a unit that the rule gives."
            )


def _limited(rule: Node) -> Iterator[Node]:
    """Effects that the limit of a rule, or of referral, is for: what advocates get."""
    yield from effects_in(rule)
    for offer in rule.items("offers"):
        yield from effects_in(offer, "advocate")


def check_window(limit: Node, findings: Findings) -> None:
    """Report a window of a limit that is neither calendar nor rolling days, weeks or months."""
    window = limit.child("window")
    if not isinstance(limit.value.get("window"), dict):
        return
    if one_of(window, ("calendar", "rolling"), "window_unclear", findings) != "rolling":
        return
    try:
        period = parse_period(window.text("rolling"))
    except ValueError:
        return  # reported as malformed
    is_mixed = bool(period.months) and bool(period.days)
    if period.elapsed_ms or is_mixed:
        findings.error(
            window.at("rolling"),
            "window_malformed",
            "Use whole days or weeks, or whole months or years.",
        )
