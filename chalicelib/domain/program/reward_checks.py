"""Checks of rewards: what each kind needs, what it costs, and how often it may be had."""

from chalicelib.domain.calendar import parse_period, period_days
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.limits import HOLD_MS_MAX
from chalicelib.domain.program.auto_checks import check_auto
from chalicelib.domain.program.checking import Checking, unique_ids
from chalicelib.domain.program.condition_checks import check_condition
from chalicelib.domain.program.earn_checks import check_window
from chalicelib.domain.program.findings import Findings, Node
from chalicelib.domain.program.rewards import BY_HAND, BY_STAFF, WITHOUT_KEY
from chalicelib.domain.program.scalars import is_above_zero, ratio_of

OF_MONEY = ("amount_off", "gift_card", "store_credit")
"""Kinds of rewards that are worth an amount: ``value``, or ``per_step`` of a cost by steps."""

_BY_STEPS = (*OF_MONEY, "donation")
"""Kinds of which members may choose how much."""

_OF_KIND = {
    "value": OF_MONEY,
    "percent": ("percent_off",),
    "sku": ("product",),
    "cause": ("donation",),
}
"""The key that these kinds need and that no other kind has."""
_KINDS = (*(kind for kinds in _OF_KIND.values() for kind in kinds), *BY_HAND, *WITHOUT_KEY)
_FOREVER = ("amount_off", "percent_off", "free_shipping", "perk")
"""Kinds whose code can be used again and again."""
_HOLD = "PT30M"


def check_rewards(checking: Checking) -> None:
    """Report what is wrong with the rewards."""
    rewards = list(checking.document.items("rewards"))
    unique_ids(rewards, checking.findings)
    for reward in rewards:
        _check_kind(reward, checking.findings)
        _check_cost(checking, reward)
        _check_percent(reward, checking.findings)
        checking.needs_positive_money(reward, "value")
        checking.needs_money(reward, "min_order")
        checking.needs_money(reward, "unit_cost")
        _check_donation(checking, reward)
        check_auto(reward, checking.findings)
        if reward.has("who"):
            check_condition(checking, reward, "who", ("member", "facts"))
        _check_expiry(reward, checking.findings)
        _check_hold(reward, checking.findings)
        _check_use(reward, {node.text("id") for node in rewards}, checking.findings)
        if reward.has("limit"):
            _check_limit(reward.child("limit"), checking.findings)


def _check_kind(reward: Node, findings: Findings) -> None:
    kind = reward.text("kind")
    if kind not in _KINDS:
        return
    for key, owners in _OF_KIND.items():
        if kind in owners and not reward.has(_needed(reward, key)):
            missing = _needed(reward, key)
            detail = f"A reward of kind {kind} needs {missing}."
            findings.error(reward.at(missing), "key_missing", detail)
        elif kind not in owners and reward.has(key):
            detail = f"Remove it, or change kind: {key} is for {', '.join(owners)}."
            findings.error(reward.at(key), "key_useless", detail)


def _needed(reward: Node, key: str) -> str:
    """The key that says what a reward is worth: with a cost by steps it says it of each."""
    return "per_step" if key == "value" and reward.child("cost").has("step") else key


def _check_expiry(reward: Node, findings: Findings) -> None:
    if reward.text("on_expiry") != "return":
        return
    for key in ("valid", "cost"):
        if not reward.has(key):
            detail = f"Points come back when a code ends: give {key}, or let on_expiry be keep."
            findings.error(reward.at("on_expiry"), "key_useless", detail)
            return


def _check_use(reward: Node, known: set[str], findings: Findings) -> None:
    """Report what is wrong with how often, with what and by whom it is used."""
    kind = reward.text("kind")
    if reward.has("fulfil_note") and kind not in BY_STAFF:
        detail = f"Remove it: staff hand over {', '.join(BY_STAFF)}."
        findings.error(reward.at("fulfil_note"), "key_useless", detail)
    if reward.value.get("forever") is True:
        if kind not in _FOREVER:
            detail = f"Remove it: for ever are {', '.join(_FOREVER)}."
            findings.error(reward.at("forever"), "key_useless", detail)
        for key in ("valid", "limit"):
            if reward.has(key):
                detail = f"Remove it: a reward for ever has no {key}, a member has it once."
                findings.error(reward.at(key), "key_useless", detail)
    others = reward.value.get("combine")
    for place, other in enumerate(others if isinstance(others, list | tuple) else ()):
        if isinstance(other, str) and other not in known:
            path = f"{reward.at('combine')}[{place}]"
            findings.error(path, "reward_unknown", "Name a reward of this program.")


def _check_donation(checking: Checking, reward: Node) -> None:
    """A donation goes to a cause at once: what is said of codes and orders is not for it."""
    checking.needs_cause(reward, "cause")
    is_donation = reward.text("kind") == "donation"
    useless = ("valid", "min_order", "unit_cost") if is_donation else ("add",)
    said = [key for key in useless if reward.has(key)]
    if is_donation and reward.has("combine") and reward.value["combine"] != "any":
        said.append("combine")
    told = "A donation has no code, and its cause says its cost: remove it."
    advice = told if is_donation else "Remove it: add is for donations."
    for key in said:
        checking.findings.error(reward.at(key), "key_useless", advice)


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


def _check_hold(reward: Node, findings: Findings) -> None:
    try:
        period = parse_period(reward.text("hold") or _HOLD)
    except ValueError:
        return  # reported as malformed
    length_ms = period_days(period) * DAY_MS + period.elapsed_ms % DAY_MS
    if length_ms > HOLD_MS_MAX:
        findings.error(
            reward.at("hold"),
            "value_out_of_range",
            f"Hold for {HOLD_MS_MAX // DAY_MS} days at most.",
        )
    elif not reward.has("cost") and reward.text("hold") not in ("", _HOLD):
        findings.error(reward.at("hold"), "key_useless", "It costs no points that could be held.")


def _check_limit(limit: Node, findings: Findings) -> None:
    check_window(limit, findings)
    if not limit.has("window"):
        findings.error(limit.at("window"), "key_missing", "Say in which window.")
    if limit.has("cooldown"):
        findings.error(limit.at("cooldown"), "key_useless", "Rewards have none: remove it.")
    if limit.has("amount") or not limit.has("times"):
        findings.error(limit.path, "limit_unclear", "Say how many times: {times, window}.")
    if limit.text("window") == "order":
        findings.error(
            limit.at("window"), "window_malformed", "A reward is not had in an order: use lifetime."
        )
    elif limit.text("scope") == "shop" and limit.child("window").has("rolling"):
        findings.error(
            limit.at("window"), "window_unclear", "The shop counts by calendar, or for a lifetime."
        )


def _check_cost(checking: Checking, reward: Node) -> None:
    """Report what is wrong with the cost of ``reward``, and with the keys that go with it."""
    cost, findings = reward.child("cost"), checking.findings
    unit = checking.needs_unit(cost, "unit")
    if unit is not None and unit.value.get("spendable") is False:
        findings.error(
            cost.at("unit"), "unit_not_spendable", "Let it cost a unit that can be spent."
        )
    scale = (unit.whole("scale") if unit else None) or 1
    for key in ("amount", "step"):
        if scale > 1 and (cost.whole(key) or 0) % scale:
            advice = f"Whole minor units are spent: {scale} each."
            findings.error(cost.at(key), "cost_not_whole", advice)
    if cost.has("step"):
        _check_steps(reward, cost, findings)
    elif reward.has("cost"):
        _check_fixed(cost, findings)
    is_donation = reward.text("kind") == "donation"
    if reward.has("per_step") and (is_donation or not cost.has("step")):
        advice = "Remove it: add says it." if is_donation else "Give cost a step, or remove it."
        findings.error(reward.at("per_step"), "key_useless", advice)
    checking.needs_positive_money(reward, "per_step")
    _check_order_share(reward, findings)


def _check_fixed(cost: Node, findings: Findings) -> None:
    if not cost.has("amount"):
        findings.error(cost.at("amount"), "key_missing", "Give the amount, or a step.")
    for key in ("min", "max"):
        if cost.has(key):
            findings.error(cost.at(key), "key_useless", f"Remove it: {key} is for a cost by steps.")


def _check_steps(reward: Node, cost: Node, findings: Findings) -> None:
    if reward.text("kind") not in _BY_STEPS:
        findings.error(
            cost.at("step"), "key_useless", f"Steps are for: {', '.join(_BY_STEPS)}. Use amount."
        )
    for node, key in ((cost, "amount"), (reward, "value")):
        if node.has(key):
            findings.error(
                node.at(key), "key_useless", f"Remove it, or the step: with steps {key} varies."
            )
    step, least, most = cost.whole("step") or 1, cost.whole("min"), cost.whole("max")
    for key, points in (("min", least), ("max", most)):
        if points is not None and points % max(1, step):
            findings.error(cost.at(key), "value_out_of_range", f"Give a multiple of {step}.")
    if most is not None and least is not None and most < least:
        findings.error(cost.at("max"), "value_out_of_range", "Give at least min.")


def _check_order_share(reward: Node, findings: Findings) -> None:
    text = reward.text("max_share_of_order")
    if not text:
        return
    if reward.text("kind") != "amount_off":
        findings.error(
            reward.at("max_share_of_order"), "key_useless", "Remove it: it is for amount_off."
        )
    try:
        part, whole = ratio_of(text)
    except ValueError:
        return  # reported as malformed
    if not is_above_zero(text) or part > whole:
        findings.error(
            reward.at("max_share_of_order"), "value_out_of_range", "Give more than 0, at most 1."
        )
