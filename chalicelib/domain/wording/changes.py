"""A change of the program as a sentence, the same for staff and members; and the announcement.

A thing is called what the version calls it that has it: what was removed, by the old one.
"""

from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.domain.program.campaign_document import Campaign
from chalicelib.domain.program.changes import Change
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.every_rule import every_rule
from chalicelib.domain.program.membership_document import Membership
from chalicelib.domain.program.referral_document import EVERYWHERE
from chalicelib.domain.program.rule_document import Rule
from chalicelib.domain.wording.change_words import (
    Context,
    change_phrase,
    holes_of,
    text_of,
    unit_word,
    value_text,
)
from chalicelib.domain.wording.names import names_of, readable
from chalicelib.domain.wording.phrases import listed
from chalicelib.domain.wording.plurals import decimal_digits


class Announcement(msgspec.Struct, frozen=True):
    """What members are told of changed terms, in one language."""

    locale: str
    title: str
    sentences: tuple[str, ...]
    left_out: tuple[str, ...]  # paths of changes that no sentence really tells: add them by hand


class Versions(msgspec.Struct, frozen=True):
    """Two versions to compare: what is gone is named by ``before``, all else by ``after``."""

    before: Program
    after: Program


def change_sentence(change: Change, versions: Versions, locale: str) -> str:
    """``change`` in words. Never empty: what has no sentence is told by its path."""
    said, _ = _own_sentence(change, versions, locale)
    return said or change_phrase("detail", locale, {"path": change.path})


def announcement(
    changes: Iterable[Change], versions: Versions, spoken_on: tuple[str, str]
) -> Announcement:
    """What concerns members, as they read it; ``spoken_on`` is (locale, first day)."""
    locale, day = spoken_on
    sentences: dict[str, None] = {}
    left_out = []
    for change in changes:
        if change.concerns_members:
            said, holes = _own_sentence(change, versions, locale)
            if said and _says_what(change, holes, versions):
                sentences[said] = None
            else:
                left_out.append(change.path)
    after = versions.after
    program = text_of(after.name, Context(names_of(after, locale), locale, after.locales[0]))
    title = {"program": program, "day": decimal_digits(day, locale)}
    return Announcement(
        locale, change_phrase("title", locale, title), tuple(sentences), tuple(left_out)
    )


def _own_sentence(change: Change, versions: Versions, locale: str) -> tuple[str, frozenset[str]]:
    """The sentence of the change's own code and what it names; "" for those told by their path."""
    if change.code == "detail":
        return "", frozenset()
    values = _values(change, versions, locale)
    whole = change.code.removesuffix("_set").removesuffix("_unset")
    for code in (change.code, whole, f"{change.code}_changed"):
        if said := change_phrase(code, locale, values):
            return said, holes_of(code, locale)
    return "", frozenset()


def _says_what(change: Change, holes: frozenset[str], versions: Versions) -> bool:
    """Whether members can tell from the sentence what changes, and for what.

    It says what was and what is, or that something comes or goes; and calls it by no id of staff.
    """
    is_whole = change.code.endswith(("_added", "_removed", "_set", "_unset"))
    tells = is_whole or not holes.isdisjoint({"before", "after"})
    return tells and not any(
        what in holes and not _has_name(change.subject.get(what, ""), items)
        for what, items in (
            ("rule", (*every_rule(versions.after), *every_rule(versions.before))),
            ("campaign", (*versions.after.campaigns, *versions.before.campaigns)),
        )
    )


def _has_name(id_: str, items: Iterable[Rule | Campaign]) -> bool:
    return any(each.name for each in items if each.id == id_)


def _values(change: Change, versions: Versions, locale: str) -> dict[str, str]:
    """Every value that some template may name; "" where the change does not say."""
    program = versions.before if change.code.endswith("_removed") else versions.after
    names, subject = names_of(program, locale), change.subject
    context = Context(names, locale, program.locales[0], subject)
    before, after = (
        value_text(value, change.kind, context) for value in (change.before, change.after)
    )
    if before == after:  # words that don't tell them apart tell nothing
        before = after = ""
    return {
        "unit": unit_word(names, subject.get("unit", "")),
        "rule": names.rule(subject.get("rule", "")),
        "reward": names.reward(subject.get("reward", "")),
        "tier": names.tier(f"{subject.get('group', '')}/{subject.get('tier', '')}"),
        "perk": _perk(program, subject, context),
        "cause": names.cause(subject.get("cause", "")),
        "challenge": names.challenge(subject.get("challenge", "")),
        "badge": names.badge(subject.get("badge", "")),
        "campaign": _named(program.campaigns, subject.get("campaign", ""), context),
        "membership": _named(program.memberships, subject.get("membership", ""), context),
        "partner": names.partners.get(subject.get("partner", ""), ""),
        "offer": _offer(program, subject.get("offer", ""), context),
        "path": change.path,
        "before": before,
        "after": after,
    }


def _named(items: Iterable[Campaign | Membership], id_: str, context: Context) -> str:
    """What the one of ``items`` with this id is called."""
    named = (each.name for each in items if each.id == id_ and each.name)
    return next((text_of(text, context) for text in named), readable(id_))


def _offer(program: Program, region: str, context: Context) -> str:
    """Where an offer of referral, which its first region names, holds."""
    offers = program.referral.offers if program.referral else ()
    if region == EVERYWHERE:
        code = "offer_everywhere" if len(offers) == 1 else "offer_elsewhere"
        return change_phrase(code, context.locale, {})
    regions = next((each.regions for each in offers if each.regions[0] == region), ())
    return listed(regions, "comma", context.locale)


def _perk(program: Program, subject: Mapping[str, str], context: Context) -> str:
    where = (subject.get("group"), subject.get("tier"), subject.get("perk"))
    perks = (
        perk
        for group in program.tier_groups
        for tier in group.tiers
        for perk in tier.perks
        if (group.id, tier.id, perk.id) == where
    )
    return next((text_of(perk.text, context) for perk in perks), "")
