"""Checks of a document against the live program: the id is the identity.

Balances, counters, caps and codes follow ids. So what holds balances can't change its meaning or
go away (it can be ``retired``). Ids that come to mean something else are ``published_ids``'.
"""

from msgspec import ValidationError, convert

from chalicelib.domain.program.challenge_document import Challenge
from chalicelib.domain.program.challenging import terms_of
from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.findings import Findings, Node
from chalicelib.domain.program.published_ids import Meanings, left_terms
from chalicelib.domain.program.window_identity import check_window_kept


def check_identity(checking: Checking, live: Program, left: Meanings) -> None:
    """Report what must not change from ``live``, or from what ids meant that it has no more."""
    document, findings = checking.document, checking.findings
    if checking.currency and checking.currency != live.currency:
        findings.error(
            document.at("currency"),
            "currency_changed",
            f"The books are kept in {live.currency}: a program's currency can't change.",
        )
    _check_units(checking, live)
    _check_groups(document, live, findings)
    _warn_causes(document, live, findings)
    _check_challenges(document, {**left_terms(left), **_terms_in(live)}, findings)
    _warn_own_id(document, live, findings)


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
                f'Members hold tiers of {known.id}: keep the group, with "retired": true.',
            )
        elif known.by != "custom":
            check_window_kept(group, known, findings)


def _warn_causes(document: Node, live: Program, findings: Findings) -> None:
    left = {cause.text("id") for cause in document.items("causes")}
    for cause in live.causes:
        if cause.id not in left:
            findings.warn(
                document.at("causes"),
                "cause_dropped",
                f"Nobody sees the counter of {cause.id} any more: settle what was given first.",
            )


def _warn_own_id(document: Node, live: Program, findings: Findings) -> None:
    if document.text("id") not in ("", live.id):
        findings.warn(
            document.at("id"),
            "program_id_changed",
            "Who is in a rollout or held out follows from it: everybody is dealt anew. "
            f"Keep {live.id}; the name can change.",
        )


def _check_challenges(document: Node, known: dict[str, str], findings: Findings) -> None:
    """What a challenge asks and gives stays: members are on their way, or were."""
    for challenge in document.items("challenges"):
        before, after = known.get(challenge.text("id"), ""), _terms(challenge)
        if before and after and before != after:
            findings.error(
                challenge.at("id"),
                "challenge_changed",
                "Members are on their way in it, or were before it was left out: what it asks "
                "and gives stays. Give the new one an id of its own.",
            )


def _terms_in(live: Program) -> dict[str, str]:
    return {challenge.id: terms_of(challenge) for challenge in live.challenges}


def _terms(challenge: Node) -> str:
    """The fingerprint of a challenge; "" where its shape was reported already."""
    try:
        return terms_of(convert(challenge.value, Challenge))
    except ValidationError:
        return ""
