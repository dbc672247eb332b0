"""Checks of earn rules: effects, limits, dates, and what fits the trigger."""

from chalicelib.domain.calendar import ends_before, parse_period, starts_at
from chalicelib.domain.program.checking import Checking, one_of, unique_ids
from chalicelib.domain.program.condition_checks import check_condition
from chalicelib.domain.program.findings import Findings, Node
from chalicelib.domain.program.scalars import is_above_zero

_BY_MONEY = ("per", "of")


def check_earn(checking: Checking) -> None:
    """Report what is wrong with the earn rules."""
    rules = list(checking.document.items("earn"))
    unique_ids(rules, checking.findings)
    for rule in rules:
        _check_rule(checking, rule)


def _check_rule(checking: Checking, rule: Node) -> None:
    is_for_orders = rule.text("on").startswith("order.")
    for effect in rule.items("give"):
        _check_effect(checking, effect)
        if rule.text("on") == "member.joined" and effect.has("rate"):
            checking.findings.error(
                effect.at("rate"), "not_for_trigger", "Joining has no amount: use add."
            )
    namespaces = ("order", "member") if is_for_orders else ("member",)
    if rule.has("if"):
        check_condition(checking, rule, "if", namespaces)
    if rule.has("lines") and is_for_orders:
        check_condition(checking, rule, "lines", ("line", *namespaces))
    if not is_for_orders:
        _refuse_order_keys(rule, checking.findings)
    _check_full(rule, checking.findings)
    _check_interval(rule, checking)
    if rule.has("limit"):
        _check_limit(checking, rule)


def _refuse_order_keys(rule: Node, findings: Findings) -> None:
    if rule.has("lines") and rule.text("on"):
        findings.error(rule.at("lines"), "not_for_trigger", "Only orders have lines: remove it.")


def _check_full(rule: Node, findings: Findings) -> None:
    has_rate = any(effect.has("rate") for effect in rule.items("give"))
    if rule.value.get("full") is True and not has_rate:
        findings.error(rule.at("full"), "key_useless", "Remove it: full is for rates.")


def _check_effect(checking: Checking, effect: Node) -> None:
    checking.needs_unit(effect, "unit")
    kind = one_of(effect, ("add", "rate"), "effect_unclear", checking.findings)
    if kind == "add":
        for key in _BY_MONEY:
            is_given = effect.has(key) and effect.value[key] != "net"
            if is_given:
                checking.findings.error(
                    effect.at(key), "key_useless", "This is for rate: remove it from an add."
                )
    elif kind == "rate":
        checking.needs_positive_money(effect, "per")
        if not is_above_zero(effect.text("rate")):
            checking.findings.error(effect.at("rate"), "value_out_of_range", "Give a rate above 0.")


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


def _check_limit(checking: Checking, rule: Node) -> None:
    limit = rule.child("limit")
    check_window(limit, checking.findings)
    kind = one_of(limit, ("times", "amount"), "limit_unclear", checking.findings)
    if kind == "amount":
        _check_amount(checking, rule, limit)


def _check_amount(checking: Checking, rule: Node, limit: Node) -> None:
    given = {effect.text("unit") for effect in rule.items("give")}
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
