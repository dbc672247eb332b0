"""Referrals that are wrong in one way each, as rows of ``broken.BROKEN``."""

from typing import Any

from tests.domain.program.builders import POINTS, add, document, rule

OFFER: dict[str, Any] = {"regions": ["*"], "advocate": [add(10)]}


def referral(*offers: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A document whose referral has these offers, or a good one."""
    return document(referral={"offers": list(offers or (OFFER,)), **keys})


def offering(**keys: Any) -> dict[str, Any]:
    return referral({"regions": ["*"], "advocate": [{"unit": "points", **keys}]})


BROKEN_REFERRAL: list[tuple[str, Any, str, str]] = [
    ("no offers", document(referral={"offers": []}), "$.referral.offers", "too_few"),
    ("a region in words", referral({**OFFER, "regions": ["Europe"]}),
     "$.referral.offers[0].regions[0]", "region_malformed"),
    ("two offers of one region", referral({**OFFER, "regions": ["US"]},
     {**OFFER, "regions": ["US", "CA"]}, OFFER), "$.referral.offers[1].regions", "region_twice"),
    ("nothing for the rest", referral({**OFFER, "regions": ["US"]}),
     "$.referral.offers[0].regions", "region_not_last"),
    ("the rest first", referral(OFFER, {**OFFER, "regions": ["US"]}),
     "$.referral.offers[0].regions", "region_not_last"),
    ("a country and the rest", referral({**OFFER, "regions": ["US", "*"]}),
     "$.referral.offers[0].regions", "region_not_last"),
    ("an offer of nothing", referral({"regions": ["*"]}), "$.referral.offers[0].advocate",
     "effect_unclear"),
    ("an offer by amount", offering(rate="1"), "$.referral.offers[0].advocate[0].rate",
     "not_for_trigger"),
    ("an offer without points", offering(), "$.referral.offers[0].advocate[0].add",
     "effect_unclear"),
    ("an offer of what", offering(add=5, unit="stars"), "$.referral.offers[0].advocate[0].unit",
     "unit_unknown"),
    ("an offer of no reward", offering(reward="mug"), "$.referral.offers[0].advocate[0].reward",
     "reward_unknown"),
    ("an offer of a reward and points", {**offering(reward="mug"), "rewards": [
     {"id": "mug", "name": "Mug", "kind": "product", "sku": "MUG"}]},
     "$.referral.offers[0].advocate[0].unit", "not_for_trigger"),
    ("an offer of a badge", offering(badge="guide"), "$.referral.offers[0].advocate[0].badge",
     "not_for_trigger"),
    ("qualified by lines", referral(qualify={"if": {"line.sku": "a"}}),
     '$.referral.qualify.if["line.sku"]', "field_not_here"),
    ("a check of what", referral(checks=["face"]), "$.referral.checks[0]", "choice_unknown"),
    ("referrals limited by points", referral(limit={"amount": 5, "window": "lifetime"}),
     "$.referral.limit.amount", "limit_unclear"),
    ("referrals limited by shop", referral(limit={"times": 5, "window": "lifetime",
     "scope": "shop"}), "$.referral.limit.scope", "not_for_trigger"),
    ("rules for nothing that qualifies", document(units={"points": POINTS},
     earn=[rule("thanks", add(5), on="referral.qualified", once="member")]), "$.earn[0].on",
     "key_missing"),
    ("rules for referrals without end", {**referral(), "earn": [rule("thanks", add(5),
     on="referral.qualified")]}, "$.earn[0].limit", "limit_missing"),
]  # fmt: skip
