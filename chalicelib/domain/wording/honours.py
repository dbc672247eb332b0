"""What challenges and badges did for a member, and what else was given, in plain words."""

from chalicelib.domain.granting import BADGE, CAUSE, REWARD, TIER, Granted
from chalicelib.domain.member_records import Settlement
from chalicelib.domain.program.occasion import Share
from chalicelib.domain.progress import Badges, Progress
from chalicelib.domain.wording.gifts import reward_text
from chalicelib.domain.wording.names import Names
from chalicelib.domain.wording.phrases import listed, phrase
from chalicelib.domain.wording.plurals import digits


def honour_sentence(document: Progress | Badges, names: Names, locale: str) -> str:
    """How far a challenge is and what it gave, or which badges are worn. Never empty."""
    if isinstance(document, Badges):
        worn = (
            phrase("part_badge", locale, {"badge": names.badge(each)}) for each in document.worn
        )
        gifts = listed(tuple(worn), "comma", locale)
        return phrase("badges_worn" if gifts else "badges_none", locale, {"gifts": gifts})
    times = document.completed
    values = {
        "challenge": names.challenge(document.id),
        "n": digits(times, locale),
        "points": totals_text(document.posted, names, locale),
        "gifts": gifts_text(document.grants, names, locale),
    }
    said = phrase("progress_completed" if times else "progress_open", locale, values, times)
    gave = phrase("progress_gave", locale, values), phrase("progress_gave_badge", locale, values)
    return " ".join(each for each in (said, *gave) if each)


def gifts_text(grants: tuple[Granted, ...], names: Names, locale: str) -> str:
    """Such as "2 for A tree planted, the badge Gold spoon"; "" where nothing is given."""
    told = (_gift_text(grant, names, locale) for grant in grants if grant.amount)
    return listed(tuple(each for each in told if each), "comma", locale)


def _gift_text(grant: Granted, names: Names, locale: str) -> str:
    if grant.kind == BADGE:
        return phrase("part_badge", locale, {"badge": names.badge(grant.name)})
    if grant.kind == REWARD:
        return reward_text(grant, names, locale)
    if grant.kind == TIER:
        return phrase("part_tier_given", locale, {"tier": names.tier(grant.name)})
    if grant.kind != CAUSE:
        return ""
    values = {"units": digits(grant.amount, locale), "cause": names.cause(grant.name)}
    return phrase("part_gift", locale, values)


def totals_text(posted: tuple[Share, ...], names: Names, locale: str) -> str:
    """The sums of shares by unit, such as "12 points, 3 stamps"; "" for none."""
    units = dict.fromkeys(share.unit for share in posted)
    totals = {unit: sum(share.points for share in posted if share.unit == unit) for unit in units}
    texts = (names.points(points, unit, locale) for unit, points in totals.items())
    return listed(tuple(texts), "comma", locale)


def settlement_sentence(document: Settlement, names: Names, locale: str) -> str:
    """What the shop passed on."""
    units = digits(document.units, locale)
    return phrase("settlement_done", locale, {"units": units, "cause": names.cause(document.cause)})
