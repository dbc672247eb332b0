"""Checks of rewards: what each kind needs, what it costs, and how often it may be had."""

from chalicelib.domain.program.checking import Checking, unique_ids
from chalicelib.domain.program.condition_checks import check_condition
from chalicelib.domain.program.earn_checks import check_window
from chalicelib.domain.program.findings import Findings, Node
from chalicelib.domain.program.scalars import is_above_zero, ratio_of

_OF_KIND = {"amount_off": "value", "percent_off": "percent", "product": "sku"}
"""The key that a kind needs and that no other kind has."""
_KINDS = (*_OF_KIND, "free_shipping", "perk")


def check_rewards(checking: Checking) -> None:
    """Report what is wrong with the rewards."""
    rewards = list(checking.document.items("rewards"))
    unique_ids(rewards, checking.findings)
    for reward in rewards:
        _check_kind(reward, checking.findings)
        _check_cost(checking, reward.child("cost"))
        _check_percent(reward, checking.findings)
        checking.needs_positive_money(reward, "value")
        checking.needs_money(reward, "min_order")
        checking.needs_money(reward, "unit_cost")
        if reward.has("who"):
            check_condition(checking, reward, "who", ("member",))
        if reward.has("limit"):
            _check_limit(reward.child("limit"), checking.findings)


def _check_kind(reward: Node, findings: Findings) -> None:
    kind = reward.text("kind")
    if kind not in _KINDS:
        return
    for owner, key in _OF_KIND.items():
        if kind == owner and not reward.has(key):
            findings.error(reward.at(key), "key_missing", f"A reward of kind {kind} needs {key}.")
        elif kind != owner and reward.has(key):
            findings.error(
                reward.at(key), "key_useless", f"Remove it, or change kind: {key} is for {owner}."
            )


def _check_cost(checking: Checking, cost: Node) -> None:
    unit = checking.needs_unit(cost, "unit")
    if unit is not None and unit.value.get("spendable") is False:
        checking.findings.error(
            cost.at("unit"), "unit_not_spendable", "Let it cost a unit that can be spent."
        )


def _check_percent(reward: Node, findings: Findings) -> None:
    text = reward.text("percent")
    if not text:
        return
    try:
        numerator, denominator = ratio_of(text)
    except ValueError:
        return  # reported as malformed
    if not is_above_zero(text) or numerator > 100 * denominator:
        findings.error(
            reward.at("percent"), "value_out_of_range", "Give more than 0 and at most 100."
        )


def _check_limit(limit: Node, findings: Findings) -> None:
    check_window(limit, findings)
    if limit.has("amount") or not limit.has("times"):
        findings.error(limit.path, "limit_unclear", "Say how many times: {times, window}.")
    if limit.text("window") == "order":
        findings.error(
            limit.at("window"), "window_malformed", "A reward is not had in an order: use lifetime."
        )
