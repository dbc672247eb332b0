"""Checks of tiers that no amount reaches: held by conditions, or by invitation."""

from collections.abc import Mapping

from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.condition_checks import check_condition
from chalicelib.domain.program.fields import TIER_FIELDS
from chalicelib.domain.program.findings import Findings, Node
from chalicelib.domain.program.habit_fields import asked_fields

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
            _check_circle(checking, group, tier)
        if tier.has("if") != (place > 0):
            _tell_first(tier, findings)


def _tell_first(tier: Node, findings: Findings) -> None:
    if tier.has("if"):
        findings.error(tier.at("if"), "key_useless", "The first tier is everybody's: remove if.")
    else:
        findings.error(tier.at("if"), "key_missing", "Say who holds the tier.")


def _check_circle(checking: Checking, group: Node, tier: Node) -> None:
    """Whose tier hangs on itself would rise and fall for ever."""
    segments, groups = checking.document.child("segments").value, checking.document
    asked = {
        each.text("id"): _groups_of(
            [part.value.get("if") for part in each.items("tiers")], segments
        )
        for each in groups.items("tier_groups")
        if each.text("by") == "custom"
    }
    reached, ahead = set[str](), _groups_of([tier.value.get("if")], segments)
    while ahead:
        reached |= ahead
        ahead = {far for near in ahead for far in asked.get(near, ())} - reached
    if group.text("id") in reached:
        checking.findings.error(
            tier.at("if"),
            "field_not_here",
            "A tier can't hang on its own group, nor on one that asks for it.",
        )


def _groups_of(conditions: list[object], segments: Mapping[str, object]) -> set[str]:
    """Tier groups that ``conditions`` ask for, whatever is wrong with them."""
    named = (field for field in asked_fields(conditions, segments) if field.startswith(TIER_FIELDS))
    return {field.removeprefix(TIER_FIELDS) for field in named}


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
