"""Checks of a document against the live program: the id is the identity.

Balances, counters, caps and codes follow ids. So what holds balances can't change its meaning or
go away (it can be ``retired``), and an id that comes to mean something else is worth a warning.
"""

from collections.abc import Iterable

from msgspec import ValidationError, convert

from chalicelib.domain.program.challenge_document import Challenge
from chalicelib.domain.program.challenging import terms_of
from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.findings import Findings, Node, effects_in
from chalicelib.domain.program.rule_document import effects_of
from chalicelib.domain.program.window_identity import check_window_kept


def check_identity(checking: Checking, live: Program) -> None:
    """Report what must not change from ``live``, and which ids changed their meaning."""
    document, findings = checking.document, checking.findings
    if checking.currency and checking.currency != live.currency:
        findings.error(
            document.at("currency"),
            "currency_changed",
            f"The books are kept in {live.currency}: a program's currency can't change.",
        )
    _check_units(checking, live)
    _check_groups(document, live, findings)
    _warn_rules(document.items("earn"), live, findings)
    _warn_rewards(document.items("rewards"), live, findings)
    _warn_causes(document, live, findings)
    _check_challenges(document, live, findings)


def _check_units(checking: Checking, live: Program) -> None:
    units = checking.document.child("units")
    for unit_id, unit in live.units.items():
        if unit_id not in units.value:
            checking.findings.error(
                units.at(unit_id),
                "unit_dropped",
                'Members may have points of it: keep it, with "retired": true.',
            )
        elif checking.units.get(unit_id, units).text("kind") not in ("", unit.kind):
            checking.findings.error(
                units.child(unit_id).at("kind"),
                "unit_kind_changed",
                f"A unit's kind can't change: it is {unit.kind}. Add another unit.",
            )


def _check_groups(document: Node, live: Program, findings: Findings) -> None:
    groups = {group.text("id"): group for group in document.items("tier_groups")}
    for known in live.tier_groups:
        group = groups.get(known.id)
        if group is None:
            findings.error(
                document.at("tier_groups"),
                "tier_group_dropped",
                f"Members hold tiers of the group {known.id}: keep it.",
            )
        elif (group.text("by") or "spend", group.text("unit")) != (known.by, known.unit or ""):
            _warn_reused(group, findings)
        if group is not None and known.by != "custom":
            check_window_kept(group, known, findings)


def _warn_rules(rules: Iterable[Node], live: Program, findings: Findings) -> None:
    known = {
        rule.id: (
            rule.on,
            {_given(give.unit, give.cause, give.badge, give.tier) for give in effects_of(rule)},
        )
        for rule in live.earn
    }
    for rule in rules:
        given = {
            _given(*(give.text(key) for key in ("unit", "cause", "badge", "tier")))
            for give in effects_in(rule)
        }
        meaning = (rule.text("on"), given)
        if known.get(rule.text("id"), meaning) != meaning:
            _warn_reused(rule, findings)


def _given(*names: str | None) -> str:
    """What an effect gives, by the name of it; of a reward or a draw nothing is said."""
    return next((name for name in names if name), "")


def _warn_rewards(rewards: Iterable[Node], live: Program, findings: Findings) -> None:
    known = {reward.id: reward.kind for reward in live.rewards}
    for reward in rewards:
        kind = reward.text("kind")
        if known.get(reward.text("id"), kind) != kind:
            _warn_reused(reward, findings)


def _warn_causes(document: Node, live: Program, findings: Findings) -> None:
    left = {cause.text("id") for cause in document.items("causes")}
    for cause in live.causes:
        if cause.id not in left:
            findings.warn(
                document.at("causes"),
                "cause_dropped",
                f"Nobody sees the counter of {cause.id} any more: settle what was given first.",
            )


def _warn_reused(node: Node, findings: Findings) -> None:
    findings.warn(
        node.at("id"),
        "id_reused",
        "In the live program this id means something else, and its counters go on: "
        "choose a new id for a new thing.",
    )


def _check_challenges(document: Node, live: Program, findings: Findings) -> None:
    """What a challenge asks and gives stays: members are on their way."""
    known = {challenge.id: terms_of(challenge) for challenge in live.challenges}
    for challenge in document.items("challenges"):
        before, after = known.get(challenge.text("id"), ""), _terms(challenge)
        if before and after and before != after:
            findings.error(
                challenge.at("id"),
                "challenge_changed",
                "Members are on their way in it: what it asks and gives stays. "
                "Remove it, or give the new one an id of its own.",
            )


def _terms(challenge: Node) -> str:
    """The fingerprint of a challenge; "" where its shape was reported already."""
    try:
        return terms_of(convert(challenge.value, Challenge))
    except ValidationError:
        return ""
