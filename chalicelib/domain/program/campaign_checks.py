"""Checks of campaigns: their rules are rules like all others, their budgets can be counted."""

from chalicelib.domain.calendar import ends_before, starts_at
from chalicelib.domain.program.checking import Checking, one_of, unique_ids
from chalicelib.domain.program.earn_checks import check_rule
from chalicelib.domain.program.findings import Node, effects_in
from chalicelib.domain.program.opening_checks import check_share
from chalicelib.domain.program.rule_document import ACTION_REVOKED
from chalicelib.domain.program.scalars import ratio_of


def check_campaigns(checking: Checking) -> None:
    """Report what is wrong with the campaigns, and with the holdout of the whole program."""
    campaigns = list(checking.document.items("campaigns"))
    unique_ids(campaigns, checking.findings)
    rules = [rule for campaign in campaigns for rule in campaign.items("rules")]
    unique_ids([*checking.document.items("earn"), *rules], checking.findings, rules)
    for campaign in campaigns:
        _check_campaign(checking, campaign)
    _check_holdout(checking, checking.document)
    _check_messages(checking)


def _check_messages(checking: Checking) -> None:
    """Caps that leave a time to be shown, and that do not contradict each other."""
    caps = checking.document.child("messages").child("caps")
    day, week = caps.whole("day"), caps.whole("week")
    if day is not None and week is not None and day > week:
        checking.findings.error(
            caps.at("week"), "caps_unclear", "Allow as many a week as a day, at least."
        )
    quiet = caps.text("quiet")
    if quiet and quiet != "none" and quiet.startswith("00:00") and quiet.endswith("24:00"):
        checking.findings.error(
            caps.at("quiet"), "caps_unclear", "Leave some of the day in which messages are shown."
        )


def _check_campaign(checking: Checking, campaign: Node) -> None:
    segment = campaign.text("segment")
    known = checking.document.child("segments").value
    if segment and segment not in known:
        names = ", ".join(sorted(known)) or "there is none yet"
        checking.findings.error(
            campaign.at("segment"), "segment_unknown", f"Name a segment: {names}."
        )
    for rule in campaign.items("rules"):
        _check_rule(checking, rule)
    _check_dates(checking, campaign)
    _check_holdout(checking, campaign)
    _check_budget(checking, campaign)


def _check_rule(checking: Checking, rule: Node) -> None:
    check_rule(checking, rule)
    if rule.text("on") in ("member.joined", ACTION_REVOKED):
        checking.findings.error(
            rule.at("on"), "not_for_trigger", "Campaigns are for what members do: use earn for it."
        )
    if rule.text("group"):
        checking.findings.error(
            rule.at("group"), "group_unfit", "A campaign adds to what rules give: remove the group."
        )
    for effect in effects_in(rule):
        try:
            numerator, denominator = ratio_of(effect.text("multiply"))
        except ValueError:
            continue  # not there, or malformed and reported
        if numerator < denominator:
            checking.findings.error(
                effect.at("multiply"), "value_out_of_range", "A campaign gives more: at least 1."
            )


def _check_dates(checking: Checking, campaign: Node) -> None:
    try:
        first = starts_at(campaign.text("from"), checking.zone)
        last = ends_before(campaign.text("to"), checking.zone)
    except (ValueError, OverflowError):
        return  # one of them is not there, or malformed and reported
    if first >= last:
        checking.findings.error(
            campaign.at("to"), "dates_reversed", "Let the campaign end after it begins."
        )


def _check_holdout(checking: Checking, node: Node) -> None:
    if node.text("holdout"):
        check_share(checking, node, "holdout")


def _check_budget(checking: Checking, campaign: Node) -> None:
    budget = campaign.child("budget")
    if not isinstance(campaign.value.get("budget"), dict):
        return
    kind = one_of(budget, ("points", "amount"), "budget_unclear", checking.findings)
    effects = [effect for rule in campaign.items("rules") for effect in effects_in(rule)]
    counted = ("unit",) if kind == "points" else ("unit", "reward", "cause")
    if kind and effects and not any(each.has(key) for each in effects for key in counted):
        checking.findings.error(
            budget.at(kind),
            "budget_unclear",
            'It bounds nothing that the rules give: let the budget be "unlimited".'
            if kind == "amount"
            else "It counts points, and the rules give none: give it as an amount of money.",
        )
    if kind != "amount":
        return
    checking.needs_positive_money(budget, "amount")
    if checking.currency not in budget.child("amount").value:
        return
    given = {each.text("unit") for rule in campaign.items("rules") for each in effects_in(rule)}
    for unit in sorted(given & checking.units.keys()):
        node = checking.units[unit]
        is_worth = node.has("value") or node.text("kind") in ("money", "status")
        if not is_worth:
            checking.findings.error(
                budget.at("amount"),
                "budget_unclear",
                f"Say what points of {unit} are worth, as its value, or give the budget in points.",
            )
    _check_prices(checking, budget, effects)


def _check_prices(checking: Checking, budget: Node, effects: list[Node]) -> None:
    """A budget in money knows what every gift costs the shop."""
    told = {
        "reward": ("rewards", ("unit_cost", "value", "per_step")),
        "cause": ("causes", ("unit_cost",)),
    }
    for kind, (place, keys) in told.items():
        known = {node.text("id"): node for node in checking.document.items(place)}
        given = {each.text(kind) for each in effects if each.has(kind)} & known.keys()
        for name in sorted(given):
            if not any(checking.currency in known[name].child(key).value for key in keys):
                checking.findings.error(
                    budget.at("amount"),
                    "budget_unclear",
                    f"Say what one of {name} costs the shop, as its unit_cost.",
                )
