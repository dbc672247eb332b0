"""The check of a program document: every error with its path, every warning, and the program.

Shape first (``shape``), then meaning (``*_checks``), both over plain JSON and both to the end;
only a document without errors becomes a ``Program``. Checking reads nothing but its arguments.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from msgspec import convert

from chalicelib.domain.calendar import zone_of
from chalicelib.domain.currencies import is_currency
from chalicelib.domain.outcome import Problem
from chalicelib.domain.program.advice import advise
from chalicelib.domain.program.campaign_checks import check_campaigns
from chalicelib.domain.program.cause_checks import check_causes
from chalicelib.domain.program.challenge_checks import check_challenges
from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.condition_checks import check_fields, declared_in
from chalicelib.domain.program.defaults import filled
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.earn_checks import check_earn
from chalicelib.domain.program.findings import Findings, Node
from chalicelib.domain.program.identity_checks import check_identity
from chalicelib.domain.program.law_checks import check_laws
from chalicelib.domain.program.membership_checks import check_memberships
from chalicelib.domain.program.opening_checks import check_launch_after, check_opening
from chalicelib.domain.program.partner_checks import check_partners
from chalicelib.domain.program.published_ids import Meanings, warn_of_reused
from chalicelib.domain.program.referral_checks import check_referral
from chalicelib.domain.program.reward_checks import check_rewards
from chalicelib.domain.program.scalars import is_above_zero, ratio_of
from chalicelib.domain.program.segment_checks import check_segments
from chalicelib.domain.program.shape import check_shape
from chalicelib.domain.program.tier_checks import check_tiers
from chalicelib.domain.program.unit_checks import check_units

_PART: Final = re.compile(r"[$][.](\w+)")
_ALONE: Final = frozenset({"text_missing", "contrast_low"})
"""Warnings that are about one text or colour, whatever else the document says."""

_COUNTING: Final = frozenset(Program.__struct_fields__) - {"presentation"}
"""Parts that what is earned and what it costs may hang on."""


class Checked(msgspec.Struct, frozen=True):
    """What a check found. ``program`` is there exactly when there are no errors."""

    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    program: Program | None


def check(
    document: object, live: Program | None = None, left: Meanings = MappingProxyType({})
) -> Checked:
    """Check ``document`` (JSON as decoded), also as the successor of the ``live`` program.

    ``left`` is what ids meant that versions before it had.
    """
    checked = _checked(document, live, left)
    if not checked.errors or not isinstance(document, dict):
        return checked
    further = (each for each in _sound_warnings(document, checked) if each not in checked.warnings)
    return msgspec.structs.replace(checked, warnings=(*checked.warnings, *further))


def _checked(
    document: object, live: Program | None = None, left: Meanings = MappingProxyType({})
) -> Checked:
    findings = Findings()
    check_shape(document, findings)
    if not isinstance(document, dict):
        return Checked(tuple(findings.errors), (), None)
    checking = _checking(filled(document), findings)
    _check_meaning(checking)
    if live is not None:
        check_identity(checking, live, left)
        check_launch_after(checking, live)
    if findings.errors:
        return Checked(tuple(findings.errors), tuple(findings.warnings), None)
    program = convert(checking.document.value, Program)
    if live is not None:
        warn_of_reused(program, live, left, findings)
    advise(program, checking.document, findings)
    return Checked((), tuple(findings.warnings), program)


def _sound_warnings(document: Mapping[str, object], told: Checked) -> tuple[Problem, ...]:
    """What to warn of in the parts without errors, where these alone are a program.

    What a warning of money says may hang together with a part that is wrong: of texts and colours
    alone it is known.
    """
    wrong = {_part_of(error.path) for error in told.errors}
    sound = {key: value for key, value in document.items() if key not in wrong}
    if not sound or len(sound) == len(document):
        return ()
    checked = _checked(sound)
    return tuple(
        each
        for each in (() if checked.errors else checked.warnings)
        if _part_of(each.path) in sound and (each.code in _ALONE or wrong.isdisjoint(_COUNTING))
    )


def _part_of(path: str) -> str:
    """The key of the document that ``path`` leads into."""
    found = _PART.match(path)
    return found[1] if found else ""


def _checking(document: Mapping[str, object], findings: Findings) -> Checking:
    root = Node("$", document)
    currency, zone = root.text("currency"), root.text("timezone")
    groups = {
        group.text("id"): frozenset(tier.text("id") for tier in group.items("tiers"))
        for group in root.items("tier_groups")
    }
    return Checking(
        document=root,
        findings=findings,
        currency=currency if is_currency(currency) else "",
        zone=zone if _is_zone(zone) else "UTC",
        units={unit: root.child("units").child(unit) for unit in root.child("units").value},
        groups=groups,
        declared=declared_in(root),
        causes=tuple(cause.text("id") for cause in root.items("causes")),
        rewards={reward.text("id"): reward for reward in root.items("rewards")},
    )


def _is_zone(name: str) -> bool:
    try:
        zone_of(name)
    except ValueError:
        return False
    return True


def _check_meaning(checking: Checking) -> None:
    _check_locales(checking)
    _check_rates(checking)
    check_fields(checking)
    check_units(checking)
    check_earn(checking)
    check_tiers(checking)
    check_rewards(checking)
    check_opening(checking)
    check_causes(checking)
    check_segments(checking)
    check_partners(checking)
    check_memberships(checking)
    check_challenges(checking)
    check_campaigns(checking)
    check_referral(checking)
    check_laws(checking)
    _check_limits(checking)


def _check_locales(checking: Checking) -> None:
    locales = checking.document.value.get("locales")
    texts = (
        [locale for locale in locales if isinstance(locale, str)]
        if isinstance(locales, list | tuple)
        else []
    )
    if len(texts) != len(set(texts)):
        checking.findings.error(
            checking.document.at("locales"), "locale_twice", "Name each locale once."
        )


def _check_rates(checking: Checking) -> None:
    rates = checking.document.child("fx")
    if checking.currency in rates.value:
        checking.findings.error(
            rates.at(checking.currency),
            "key_useless",
            f"Remove {checking.currency}: it is the program's own currency.",
        )


def _check_limits(checking: Checking) -> None:
    limits = checking.document.child("limits")
    checking.knows_units(limits.child("points_per_day"))
    checking.needs_money(limits, "liability")
    share = limits.text("reward_cost_share")
    try:
        numerator, denominator = ratio_of(share)
    except ValueError:
        return  # not there, or malformed and reported
    if not is_above_zero(share) or numerator > denominator:
        checking.findings.error(
            limits.at("reward_cost_share"),
            "value_out_of_range",
            'Give a share above 0 and at most 1, such as "0.05".',
        )
