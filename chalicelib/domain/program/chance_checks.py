"""Checks of draws: what may be drawn by what, so that nobody can choose the outcome."""

from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.findings import Findings, Node

_GRANTS = ("cause", "badge", "reward", "times", "tier", "message")
_ALONE = (*_GRANTS, "unit", "add", "rate", "per", "percent", "per_quantity", "multiply")


def check_chance(checking: Checking, rule: Node, key: str = "give") -> None:
    """Report what is wrong with what a rule, or one side of an offer, leaves to chance.

    An action that members report themselves has an id of their choosing: with it they would choose
    the draw.
    """
    findings = checking.findings
    drawing = [effect for effect in rule.items(key) if effect.value.get("chance")]
    for effect in drawing:
        _check_alone(effect, findings)
    for effect in drawing[1:]:
        findings.error(effect.at("chance"), "chance_unclear", "A rule draws once: make it two.")
    if drawing and rule.value.get("self_reported") is True:
        findings.error(
            rule.at("self_reported"),
            "chance_self_reported",
            "Who reports an action could choose its draw: let the shop's server tell of it.",
        )


def _check_alone(effect: Node, findings: Findings) -> None:
    for key in _ALONE:
        if effect.has(key):
            findings.error(
                effect.at(key), "key_useless", "A draw gives what its branches say: remove it."
            )
    for branch in effect.items("chance"):
        for given in branch.items("give"):
            if given.value.get("chance"):
                findings.error(
                    given.at("chance"), "chance_unclear", "A draw can't hold another draw."
                )
