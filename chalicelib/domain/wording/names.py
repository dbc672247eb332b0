"""What the program calls things, in one locale: the words that sentences borrow from it.

A thing that the program does not know (any more) is called by its id, with spaces for hyphens:
old entries outlive the rewards and rules that they name.
"""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.program.document import Program, Text
from chalicelib.domain.program.every_rule import every_rule
from chalicelib.domain.program.membership_document import MEMBERSHIP_PREFIX
from chalicelib.domain.program.occasion import BIRTHDAY_PREFIX, ENTRY_PREFIX
from chalicelib.domain.program.referral_document import ADVOCATE, FRIEND, rule_id_of
from chalicelib.domain.program.tier_document import TierGroup
from chalicelib.domain.wording.money import money_text, parts_text
from chalicelib.domain.wording.phrases import phrase
from chalicelib.domain.wording.plurals import digits
from chalicelib.domain.wording.points import for_locale, points_text, unit_forms

_NUMBER = "#"
_ROLES = (FRIEND, ADVOCATE)
_BETWEEN = str.maketrans("-._", "   ")


class Names(msgspec.Struct, frozen=True):
    """Words of one program in one locale, by id."""

    units: Mapping[str, Mapping[str, str]] = {}  # plural forms
    rewards: Mapping[str, str] = {}
    rules: Mapping[str, str] = {}
    tiers: Mapping[str, str] = {}  # by "group/tier"
    causes: Mapping[str, str] = {}
    memberships: Mapping[str, str] = {}
    partners: Mapping[str, str] = {}
    challenges: Mapping[str, str] = {}
    badges: Mapping[str, str] = {}
    groups: Mapping[str, str] = {}  # tier group → unit; "" by spend, "#" by a plain number
    currency: str = ""  # of amounts in minor units
    scales: Mapping[str, int] = {}  # unit that is money → parts of one minor unit

    def reward(self, reward_id: str) -> str:
        """What members call the reward."""
        return self.rewards.get(reward_id) or readable(reward_id)

    def rule(self, rule_id: str) -> str:
        """What staff call the rule."""
        if rule_id.startswith(BIRTHDAY_PREFIX):
            return self.tier(rule_id.removeprefix(BIRTHDAY_PREFIX))
        return self.rules.get(rule_id) or readable(rule_id)

    def cause(self, cause_id: str) -> str:
        """What everybody calls the cause."""
        return self.causes.get(cause_id) or readable(cause_id)

    def challenge(self, challenge_id: str) -> str:
        """What members call the challenge."""
        return self.challenges.get(challenge_id) or readable(challenge_id)

    def badge(self, badge_id: str) -> str:
        """What everybody calls the badge."""
        return self.badges.get(badge_id) or readable(badge_id)

    def tier(self, group_and_tier: str) -> str:
        """What members call the tier. Takes ``group/tier``, also with a share's prefix."""
        place = group_and_tier.removeprefix(ENTRY_PREFIX)
        return self.tiers.get(place) or readable(place.rpartition("/")[2])

    def points(self, count: int, unit: str, locale: str) -> str:
        """``count`` with the unit's word; of a unit that is money, the amount."""
        if unit in self.scales:
            word = self.units.get(unit, {}).get("other", "")
            return f"{self.figure(count, unit, locale)} {word}".rstrip()
        return points_text(count, self.units.get(unit, {"other": readable(unit)}), locale)

    def figure(self, count: int, unit: str, locale: str) -> str:
        """``count`` without a word; of a unit that is money, the amount."""
        if unit in self.scales:
            return parts_text(count, self.scales[unit], self.currency, locale)
        return digits(count, locale)

    def amount(self, count: int, group: str, locale: str) -> str:
        """A qualifying amount of a tier group: money, or points of its unit."""
        unit = self.groups.get(group, "")
        if unit == _NUMBER:
            return digits(count, locale)
        if unit:
            return self.points(count, unit, locale)
        return money_text(count, self.currency, locale)


def names_of(program: Program, locale: str) -> Names:
    """The words of ``program`` for ``locale``, else for its first locale."""
    first = program.locales[0] if program.locales else ""
    return Names(
        units={id_: unit_forms(unit.name, locale, first) for id_, unit in program.units.items()},
        rewards={reward.id: text_in(reward.name, locale, first) for reward in program.rewards},
        rules=_offers(program, locale)
        | {
            rule.id: text_in(rule.name, locale, first) if rule.name else readable(rule.id)
            for rule in every_rule(program)
        }
        | {
            MEMBERSHIP_PREFIX + each.id: text_in(each.name, locale, first)
            for each in program.memberships
        },
        tiers={
            f"{group.id}/{tier.id}": text_in(tier.name, locale, first)
            for group in program.tier_groups
            for tier in group.tiers
        },
        challenges={each.id: text_in(each.name, locale, first) for each in program.challenges},
        badges={each.id: text_in(each.name, locale, first) for each in program.badges},
        causes={cause.id: text_in(cause.name, locale, first) for cause in program.causes},
        memberships={each.id: text_in(each.name, locale, first) for each in program.memberships},
        partners={each.id: text_in(each.name, locale, first) for each in program.partners},
        groups={group.id: _counted_in(group) for group in program.tier_groups},
        currency=program.currency,
        scales={name: unit.scale for name, unit in program.units.items() if unit.kind == "money"},
    )


def _offers(program: Program, locale: str) -> dict[str, str]:
    if program.referral is None:
        return {}
    return {rule_id_of(role): phrase(f"rule_referral_{role}", locale) for role in _ROLES}


def _counted_in(group: TierGroup) -> str:
    return group.unit or ("" if group.by == "spend" else _NUMBER)


def action_name(name: str, locale: str) -> str:
    """What an action is called: ours by a word of the language, a shop's by its id."""
    return phrase(f"own_{name}", locale) or readable(name)


def readable(id_: str) -> str:
    """An id as words: ``double-week`` is "double week", ``review.approved`` "review approved"."""
    return id_.translate(_BETWEEN).strip()


def text_in(text: Text, locale: str, first: str) -> str:
    """``text`` in the language ``locale``, else in ``first``."""
    if isinstance(text, str):
        return text
    return for_locale(text, locale, first) or ""
