"""Rewards in words: those that are given, and what became of any."""

from chalicelib.domain.granting import Granted
from chalicelib.domain.program.occasion import ENTRY_PREFIX
from chalicelib.domain.records import Redemption, RedemptionStatus
from chalicelib.domain.wording.names import Names
from chalicelib.domain.wording.phrases import first_phrase, phrase
from chalicelib.domain.wording.plurals import digits


def reward_text(grant: Granted, names: Names, locale: str) -> str:
    """Such as "A free cake", or "3 × A free cake"."""
    values = {"units": digits(grant.amount, locale), "reward": names.reward(grant.name)}
    return phrase("part_reward" if grant.amount == 1 else "part_rewards", locale, values)


def redemption_sentences(document: Redemption, names: Names, locale: str) -> tuple[str, str]:
    """What became of a reward; the second is "" where there is nothing to add."""
    if document.given_by:
        return _given(document, names, locale)
    values = {
        "reward": names.reward(document.reward_id),
        "points": names.points(document.cost, document.unit, locale),
        "order": document.used_by.partition(":")[2],
    }
    said = phrase(f"redemption_{document.status}", locale, values)
    if document.leaked:
        lost = names.points(document.leaked, document.unit, locale)
        return said, phrase("redemption_leaked", locale, {"points": lost}, document.leaked)
    if document.status is RedemptionStatus.EXPIRED and document.returned:
        back = names.points(document.returned, document.unit, locale)
        return said, phrase("redemption_came_back", locale, {"points": back}, document.returned)
    if document.status is RedemptionStatus.USED and document.returned:
        back = names.points(document.returned, document.unit, locale)
        returned = phrase("redemption_returned", locale, {"points": back}, document.returned)
        return said, returned
    return said, ""


def _given(document: Redemption, names: Names, locale: str) -> tuple[str, str]:
    """A reward that was given: by what, how it stands, and why it is not as it should be."""
    values = {
        "reward": names.reward(document.reward_id),
        "rule": _giver(document, names),
        "order": document.used_by.partition(":")[2],
    }
    said = phrase(f"given_{document.status}", locale, values)
    keys = (f"given_because_{document.reason}",) if document.reason else ()
    return said, first_phrase(keys, locale, values)


def _giver(document: Redemption, names: Names) -> str:
    """What gave it, as everybody calls it: a challenge, a tier, or a rule."""
    rule = document.rule
    if document.given_by.startswith("progress:"):
        return names.challenge(rule)
    return names.tier(rule) if rule.startswith(ENTRY_PREFIX) else names.rule(rule)
