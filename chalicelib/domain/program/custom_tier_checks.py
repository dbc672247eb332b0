"""Checks of tiers that no amount reaches: held by conditions, or by invitation."""

from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.condition_checks import check_condition
from chalicelib.domain.program.findings import Findings, Node

_ASKED = ("member", "facts")
_BY_AMOUNTS = ("at", "entry")


def check_custom(checking: Checking, group: Node, tiers: list[Node]) -> None:
    """Report what is wrong with the tiers of a group by conditions."""
    findings = checking.findings
    _check_times(group, findings)
    for place, tier in enumerate(tiers):
        if tier.value.get("invite_only") is True:
            check_invited(tier, tiers[place + 1 :], findings)
            continue
        for key in _BY_AMOUNTS:
            if tier.value.get(key) not in (None, [], ()):
                findings.error(
                    tier.at(key), "key_useless", "Conditions lead here, not what is bought."
                )
        if tier.has("if"):
            check_condition(checking, tier, "if", _ASKED)
        if tier.has("if") != (place > 0):
            _tell_first(tier, findings)


def _tell_first(tier: Node, findings: Findings) -> None:
    if tier.has("if"):
        findings.error(tier.at("if"), "key_useless", "The first tier is everybody's: remove if.")
    else:
        findings.error(tier.at("if"), "key_missing", "Say who holds the tier.")


def _check_times(group: Node, findings: Findings) -> None:
    window, keep = group.child("window"), group.child("keep")
    is_calendar = window.has("calendar") and not window.has("start")
    if group.text("evaluate") == "window_end" and not is_calendar:
        findings.error(
            group.at("window"), "window_unclear", 'Say at the end of what: {"calendar": "month"}.'
        )
    for key in ("for", "grace"):
        if keep.has(key):
            findings.error(
                keep.at(key), "key_useless", "It is held as long as its condition: remove it."
            )


def check_invited(tier: Node, above: list[Node], findings: Findings) -> None:
    """Report keys that a tier by invitation has no use for, and a place among others."""
    for key in (*_BY_AMOUNTS, "if"):
        if tier.value.get(key) not in (None, [], ()):  # a stored one has every default
            findings.error(tier.at(key), "key_useless", "Nobody reaches it: staff invite to it.")
    if any(each.value.get("invite_only") is not True for each in above):
        findings.error(
            tier.at("invite_only"), "invited_not_last", "Put tiers by invitation after all others."
        )
