"""Checks of what nobody asks for: rewards redeemed by themselves or given, perks, badges."""

from typing import Final

from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.findings import Findings, Node

ONLY_RULES_DRAW: Final = (
    "Only rules draw: give it by one on an order, an action, tier.entered or member.birthday."
)
"""Why nothing else gives by chance: a draw is of a document, and each of its rules draws once."""


def check_auto(reward: Node, findings: Findings) -> None:
    """Report why a reward can't be redeemed by itself."""
    if reward.value.get("auto") is not True:
        return
    cost = reward.child("cost")
    if not cost.has("amount") or cost.has("step"):
        findings.error(
            reward.at("auto"),
            "key_useless",
            "Give it a fixed cost: it is taken when that is there.",
        )
    if reward.text("kind") == "donation":
        findings.error(
            reward.at("auto"), "key_useless", "Nobody gives points away without wanting to."
        )
    if reward.value.get("forever") is True:
        findings.error(reward.at("forever"), "key_useless", "A member has it once: remove auto.")
    if reward.text("undo") != "never":
        findings.error(
            reward.at("undo"), "key_useless", "It would be redeemed again at once: remove undo."
        )


def check_present(checking: Checking, effect: Node) -> None:
    """Report what is wrong with what a tier gives: so many points, a reward, badge or message."""
    if effect.has("badge"):
        check_badge(checking, effect)
        return
    if effect.has("message"):
        check_message(checking, effect)
        return
    is_reward = effect.has("reward")
    meant = ("reward", "times") if is_reward else ("unit", "add")
    for key in effect.value:
        is_default = (key, effect.value[key]) in (("of", "net"), ("chance", ()), ("chance", []))
        if key not in meant and effect.has(key) and not is_default:
            advice = "A tier gives {unit, add}, a reward, a badge or a message."
            checking.findings.error(
                effect.at(key), "key_useless", ONLY_RULES_DRAW if key == "chance" else advice
            )
    if is_reward:
        check_given(checking, effect)
        return
    checking.needs_unit(effect, "unit")
    checking.warn_of_retired(effect)
    for key in meant:
        if not effect.has(key):
            checking.findings.error(
                effect.at(key),
                "key_missing",
                "Say how many of which unit, or a reward or a badge.",
            )


def check_given(checking: Checking, effect: Node) -> None:
    """Report why a reward can't be given."""
    reward = checking.needs_reward(effect, "reward")
    if reward is not None and reward.text("kind") == "donation":
        checking.findings.error(
            effect.at("reward"), "reward_not_given", "Give to the cause instead: cause and add."
        )
    is_forever = reward is not None and reward.value.get("forever") is True
    if is_forever and (effect.whole("times") or 1) > 1:
        checking.findings.error(
            effect.at("times"), "key_useless", "A member has it once, for ever: remove times."
        )


def check_perk(checking: Checking, perk: Node) -> None:
    """Report why a perk can't be a reward: who holds the tier takes it for nothing."""
    reward = checking.needs_reward(perk, "grants")
    if reward is None:
        return
    if reward.has("cost"):
        checking.findings.error(
            perk.at("grants"), "reward_not_free", "Name a reward without cost: a perk is free."
        )
    if not reward.has("limit") and reward.value.get("forever") is not True:
        checking.findings.error(
            perk.at("grants"),
            "limit_missing",
            "Limit that reward: what is free is taken without end.",
        )


def check_badge(checking: Checking, effect: Node) -> None:
    """An effect that gives a badge of the program, and nothing else."""
    badges = {badge.text("id"): badge for badge in checking.document.items("badges")}
    badge = badges.get(effect.text("badge"))
    if badge is None:
        known = ", ".join(badges) or "there is none yet"
        checking.findings.error(
            effect.at("badge"), "badge_unknown", f"Name a badge of this program: {known}."
        )
    elif badge.value.get("retired") is True:
        checking.findings.error(
            effect.at("badge"), "badge_retired", "Nobody is given it any more: name another."
        )
    _check_alone(checking, effect, "badge")


def check_message(checking: Checking, effect: Node) -> None:
    """An effect that tells the member something of the program's templates, and nothing else."""
    templates = checking.document.child("messages").child("templates").value
    if effect.text("message") not in templates:
        known = ", ".join(sorted(map(str, templates))) or "there is none yet"
        checking.findings.error(
            effect.at("message"), "message_unknown", f"Name a template of messages: {known}."
        )
    _check_alone(checking, effect, "message")


def _check_alone(checking: Checking, effect: Node, what: str) -> None:
    for key in sorted(said_by(effect) - {what}):
        checking.findings.error(
            effect.at(key), "key_useless", f"This is for points: remove it, or the {what}."
        )


def said_by(effect: Node) -> set[str]:
    """The keys that say something: a stored document has every default written out."""
    told = {key for key, value in effect.value.items() if value not in (None, [], (), False)}
    return told - ({"of"} if effect.text("of") == "net" else set())
