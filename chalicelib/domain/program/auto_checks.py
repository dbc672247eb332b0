"""Checks of rewards that nobody asks for: redeemed by themselves, or free for who holds a tier."""

from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.findings import Findings, Node


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
