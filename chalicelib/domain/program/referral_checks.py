"""Checks of referral: offers for every region, what they give, and what qualifies."""

from chalicelib.domain.program.chance_checks import check_chance
from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.condition_checks import check_condition
from chalicelib.domain.program.earn_checks import check_limit
from chalicelib.domain.program.effect_checks import LINE_QUANTITY, check_gift, check_points
from chalicelib.domain.program.findings import Node, effects_in
from chalicelib.domain.program.referral_document import EVERYWHERE, QUALIFIED

_NAMESPACES = ("order", "member", "facts")


def check_referral(checking: Checking) -> None:
    """Report what is wrong with referral, and rules that wait for one where there is none."""
    if not checking.document.has("referral"):
        _check_unused(checking)
        return
    referral = checking.document.child("referral")
    offers = list(referral.items("offers"))
    _check_regions(checking, offers)
    for offer in offers:
        _check_offer(checking, offer)
    qualify = referral.child("qualify")
    if qualify.has("if"):
        check_condition(checking, qualify, "if", _NAMESPACES)
    if referral.has("limit"):
        check_limit(checking, referral)


def _check_unused(checking: Checking) -> None:
    for rule in checking.document.items("earn"):
        if rule.text("on") == QUALIFIED:
            checking.findings.error(
                rule.at("on"), "key_missing", "Nothing qualifies: describe `referral`, too."
            )


def _check_regions(checking: Checking, offers: list[Node]) -> None:
    """Each region once, and the rest of the world last."""
    seen: set[str] = set()
    for offer in offers:
        regions = offer.value.get("regions")
        for region in regions if isinstance(regions, list | tuple) else ():
            if isinstance(region, str) and region in seen:
                checking.findings.error(
                    offer.at("regions"), "region_twice", f"Another offer is for {region}."
                )
            seen.add(str(region))
        is_mixed = isinstance(regions, list | tuple) and EVERYWHERE in regions and len(regions) > 1
        if is_mixed or (EVERYWHERE in seen and offer is not offers[-1]):
            checking.findings.error(
                offer.at("regions"), "region_not_last", 'Let ["*"] be an offer alone, the last.'
            )
    if offers and EVERYWHERE not in seen:
        checking.findings.error(
            offers[-1].at("regions"), "region_not_last", 'End with an offer for ["*"].'
        )


def _check_offer(checking: Checking, offer: Node) -> None:
    for side in ("friend", "advocate"):
        check_chance(checking, offer, side)
        for effect in effects_in(offer, side):
            _check_effect(checking, offer, effect)
    if not any(offer.items("friend")) and not any(offer.items("advocate")):
        checking.findings.error(
            offer.at("advocate"), "effect_unclear", "Give something to one of the sides."
        )


def _check_effect(checking: Checking, offer: Node, effect: Node) -> None:
    """Points of a unit, by number or by what the friend bought; or something that is no points."""
    if effect.value.get("chance") or check_gift(checking, offer, effect):
        return
    if effect.has("multiply"):
        advice = "Nothing of an offer is multiplied: give a rate or percent of the friend's order."
        checking.findings.error(effect.at("multiply"), "not_for_trigger", advice)
        return
    check_points(checking, effect)
    checking.warn_of_retired(effect)
    if effect.has("per_quantity") and effect.text("per_quantity") != LINE_QUANTITY:
        advice = f"Count {LINE_QUANTITY} of the friend's order."
        checking.findings.error(effect.at("per_quantity"), "field_unknown", advice)
