"""Checks of effects: one way of giving each, and what fits the rule's trigger."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from chalicelib.domain.program.auto_checks import check_badge, check_given, check_message
from chalicelib.domain.program.chance_checks import check_chance
from chalicelib.domain.program.checking import Checking, one_of
from chalicelib.domain.program.fields import Kind
from chalicelib.domain.program.findings import Findings, Node, effects_in
from chalicelib.domain.program.scalars import is_above_zero

LINE_QUANTITY = "line.quantity"
"""What ``per_quantity`` counts of orders."""

_FIELD = re.compile("[a-z]+[.][a-z][a-z0-9_]*", re.ASCII)
_WAYS = ("add", "rate", "percent", "multiply")
_BY_AMOUNT = ("rate", "percent", "multiply")


def check_effects(checking: Checking, rule: Node) -> None:
    """Report what is wrong with what a rule gives."""
    findings = checking.findings
    effects = [effect for effect in effects_in(rule) if not effect.value.get("chance")]
    ways = {way for effect in effects for way in _WAYS if effect.has(way)}
    check_chance(checking, rule)
    for effect in effects:
        if check_gift(checking, rule, effect):
            continue
        check_points(checking, effect)
        _check_fits(checking, rule, effect)
    if rule.value.get("full") is True and "rate" not in ways:
        findings.error(rule.at("full"), "key_useless", "Remove it: full is for rates.")
    if rule.value.get("bonus") is True and not ways & {"rate", "percent"}:
        findings.error(
            rule.at("bonus"), "key_useless", "Remove it: only rates and percents are multiplied."
        )
    if "multiply" in ways and rule.child("limit").has("amount"):
        findings.error(
            rule.child("limit").at("amount"),
            "limit_unclear",
            "A multiplier gives no points of its own: limit its times.",
        )


def check_points(checking: Checking, effect: Node) -> None:
    """Report what is wrong with an effect of points: which unit, and one way of counting them."""
    if not effect.has("unit"):
        checking.findings.error(
            effect.at("unit"),
            "effect_unclear",
            "Name a unit, cause, badge, reward, tier or message.",
        )
    unit = checking.needs_unit(effect, "unit")
    way = one_of(effect, _WAYS, "effect_unclear", checking.findings)
    if not way:
        return
    if way != "add" and not is_above_zero(effect.text(way)):
        checking.findings.error(effect.at(way), "value_out_of_range", f"Give a {way} above 0.")
    if way == "rate":
        checking.needs_positive_money(effect, "per")
    if way == "percent" and unit is not None and unit.text("kind") != "money":
        checking.findings.error(
            effect.at("percent"),
            "percent_needs_money",
            "A percent of money is money: give it in a unit of kind money, or use a rate.",
        )
    _check_useless(effect, way, checking.findings)


def check_gift(checking: Checking, rule: Node, effect: Node) -> bool:
    """Report what is wrong with an effect that is not points; False: it is one of points."""
    found = [key for key in _GIFTS if effect.has(key)]
    if not found:
        _check_times(effect, checking.findings)
        return False
    for key in found[:1]:
        _GIFTS[key](checking, rule, effect)
    is_told = found[0] in ("badge", "message")  # their checks tell of every other key
    for key in found[1:] if not is_told else ():
        checking.findings.error(
            effect.at(key), "key_useless", f"Give {found[0]} and {key} by an effect each."
        )
    if "reward" not in found and not is_told:
        _check_times(effect, checking.findings)
    return True


def _check_times(effect: Node, findings: Findings) -> None:
    if effect.has("times"):
        findings.error(effect.at("times"), "key_useless", "Remove it: times is for rewards.")
    for key in ("tier_group", "for"):
        if effect.has(key) and not effect.has("tier"):
            findings.error(effect.at(key), "key_useless", f"Name the tier, or remove {key}.")


def _check_reward(checking: Checking, _: Node, effect: Node) -> None:
    """An effect that gives a reward: which one, and nothing about points."""
    check_given(checking, effect)
    _check_no_points(effect, ("unit", "add", *_BY_AMOUNT), "reward", checking.findings)


def _check_badge(checking: Checking, _: Node, effect: Node) -> None:
    check_badge(checking, effect)


def _check_no_points(effect: Node, keys: tuple[str, ...], what: str, findings: Findings) -> None:
    for key in (*keys, "per", "per_quantity", "of"):
        if effect.has(key) and not (key == "of" and effect.value[key] == "net"):
            findings.error(
                effect.at(key), "key_useless", f"This is for points: remove it, or the {what}."
            )


def _check_cause(checking: Checking, _: Node, effect: Node) -> None:
    """An effect that gives to a cause: how many units of it, and nothing about points."""
    checking.needs_cause(effect, "cause")
    _check_no_points(effect, ("unit", *_BY_AMOUNT), "cause", checking.findings)
    if not effect.has("add"):
        checking.findings.error(
            effect.at("add"), "effect_unclear", "Say how many units of the cause: add."
        )


def _check_tier(checking: Checking, rule: Node, effect: Node) -> None:
    """An effect that gives a tier: of which group, and nothing about points."""
    findings, group = checking.findings, effect.text("tier_group")
    is_giver = rule.path.startswith(("$.earn", "$.campaigns", "$.referral"))
    if not is_giver or rule.text("on") == "member.joined":
        advice = "Orders, actions and referrals give tiers."
        findings.error(effect.at("tier"), "not_for_trigger", advice)
    entered = _entered(checking)
    if effect.text("tier") not in entered.get(group, ()):
        known = ", ".join(f"{name}: {', '.join(tiers)}" for name, tiers in sorted(entered.items()))
        findings.error(effect.at("tier"), "tier_unknown", f"Name a tier and its group: {known}.")
    _check_no_points(effect, ("unit", "add", *_BY_AMOUNT), "tier", findings)


def _entered(checking: Checking) -> dict[str, list[str]]:
    """The tiers of the groups that members may still enter."""
    groups = checking.document.items("tier_groups")
    retired = {each.text("id") for each in groups if each.value.get("retired") is True}
    return {name: sorted(tiers) for name, tiers in checking.groups.items() if name not in retired}


def _check_message(checking: Checking, _rule: Node, effect: Node) -> None:
    check_message(checking, effect)


_GIFTS: Final[Mapping[str, Callable[[Checking, Node, Node], None]]] = {
    "badge": _check_badge,
    "cause": _check_cause,
    "message": _check_message,
    "reward": _check_reward,
    "tier": _check_tier,
}
"""Effects that are not points, by the key that says so, with their checks."""


def _check_useless(effect: Node, way: str, findings: Findings) -> None:
    is_by_quantity = effect.has("per_quantity")
    is_by_money = way == "rate" and not is_by_quantity
    meant = {
        "per": is_by_money,
        "of": is_by_money or way == "percent",
        "per_quantity": way == "rate",
    }
    for key, is_meant in meant.items():
        is_given = effect.has(key) and not (key == "of" and effect.value[key] == "net")
        if is_given and not is_meant:
            findings.error(effect.at(key), "key_useless", f"Remove {key}: it means nothing here.")


def _check_fits(checking: Checking, rule: Node, effect: Node) -> None:
    """What needs an order, or an action."""
    findings, trigger = checking.findings, rule.text("on")
    if effect.has("per_quantity"):
        if effect.has("rate") and _FIELD.fullmatch(effect.text("per_quantity")):
            _check_quantity(checking, trigger, effect)
        return
    is_for_others = trigger and not trigger.startswith("order.")
    for way in _BY_AMOUNT:
        if effect.has(way) and is_for_others:
            findings.error(
                effect.at(way), "not_for_trigger", "Only orders have amounts: use add here."
            )


def _check_quantity(checking: Checking, trigger: str, effect: Node) -> None:
    quantity = effect.text("per_quantity")
    if trigger.startswith("order."):
        is_known = quantity == LINE_QUANTITY
        advice = f"Count {LINE_QUANTITY} of an order."
    else:
        is_declared = checking.declared.get(quantity) is Kind.INTEGER
        is_told = trigger.startswith(("action.", "subscription."))
        is_known = is_declared and quantity.startswith("action.") and is_told
        advice = "Count a whole number of the action, or renewal, declared under attributes."
    if not is_known:
        checking.findings.error(effect.at("per_quantity"), "field_unknown", advice)


def check_groups(checking: Checking, rules: list[Node]) -> None:
    """Report groups whose rules cannot be compared, line by line."""
    by_group: dict[str, list[Node]] = {}
    for rule in rules:
        _check_pick(rule, checking.findings)
        if rule.has("group"):
            by_group.setdefault(rule.text("group"), []).append(rule)
    for members in by_group.values():
        first = _comparable(members[0])
        for rule in members:
            if first is None or _comparable(rule) != first:
                checking.findings.error(
                    rule.at("group"),
                    "group_unfit",
                    "Rules of a group give one rate or percent each, of one unit and trigger, "
                    "and none is full.",
                )


def _check_pick(rule: Node, findings: Findings) -> None:
    if rule.has("group") and not rule.has("pick"):
        findings.error(rule.at("pick"), "key_missing", 'Say how one is chosen: "pick": "best".')
    if rule.has("pick") and not rule.has("group"):
        findings.error(rule.at("group"), "key_missing", "Name the group that it is picked from.")


def _comparable(rule: Node) -> tuple[str, str] | None:
    """Trigger and unit, if lines can be compared by what the rule gives."""
    effects, trigger = list(rule.items("give")), rule.text("on")
    is_full = rule.value.get("full") is True
    if len(effects) != 1 or is_full or not trigger.startswith("order."):
        return None
    is_by_line = effects[0].has("rate") or effects[0].has("percent")
    return (trigger, effects[0].text("unit")) if is_by_line else None
