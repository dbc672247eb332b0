"""Referrals that are wrong in one way each, as rows of ``broken.BROKEN``."""

from typing import Any

from tests.domain.program.builders import POINTS, add, document, group, rule

OFFER: dict[str, Any] = {"regions": ["*"], "advocate": [add(10)]}


def referral(*offers: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A document whose referral has these offers, or a good one."""
    return document(referral={"offers": list(offers or (OFFER,)), **keys})


def offering(**keys: Any) -> dict[str, Any]:
    return referral({"regions": ["*"], "advocate": [{"unit": "points", **keys}]})


DRAW = {"chance": [{"weight": 1, "give": [add(10)]}]}


def drawing(*effects: dict[str, Any]) -> dict[str, Any]:
    return referral({"regions": ["*"], "friend": list(effects)})


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
    ("an offer that multiplies", offering(multiply="2"),
     "$.referral.offers[0].advocate[0].multiply", "not_for_trigger"),
    ("an offer of a percent in points", offering(percent="5"),
     "$.referral.offers[0].advocate[0].percent", "percent_needs_money"),
    ("an offer by pieces of what", offering(rate="1", per_quantity="action.words"),
     "$.referral.offers[0].advocate[0].per_quantity", "field_unknown"),
    ("an offer of two draws", drawing(DRAW, DRAW), "$.referral.offers[0].friend[1].chance",
     "chance_unclear"),
    ("an offer that draws stars", drawing({"chance": [{"weight": 1, "give": [{"add": 1,
     "unit": "stars"}]}]}), "$.referral.offers[0].friend[0].chance[0].give[0].unit",
     "unit_unknown"),
    ("an offer without points", offering(), "$.referral.offers[0].advocate[0]",
     "effect_unclear"),
    ("an offer of what", offering(add=5, unit="stars"), "$.referral.offers[0].advocate[0].unit",
     "unit_unknown"),
    ("an offer of no reward", offering(reward="mug"), "$.referral.offers[0].advocate[0].reward",
     "reward_unknown"),
    ("an offer of a reward and points", {**offering(reward="mug"), "rewards": [
     {"id": "mug", "name": "Mug", "kind": "product", "sku": "MUG"}]},
     "$.referral.offers[0].advocate[0].unit", "key_useless"),
    ("an offer of no badge", referral({"regions": ["*"], "advocate": [{"badge": "guide"}]}),
     "$.referral.offers[0].advocate[0].badge", "badge_unknown"),
    ("an offer of no message", referral({"regions": ["*"], "friend": [{"message": "hi"}]}),
     "$.referral.offers[0].friend[0].message", "message_unknown"),
    ("an offer to no cause", referral({"regions": ["*"], "friend": [{"cause": "sea", "add": 1}]}),
     "$.referral.offers[0].friend[0].cause", "cause_unknown"),
    ("an offer of how many trees", {**referral({"regions": ["*"], "friend": [{"cause": "sea"}]}),
     "causes": [{"id": "sea", "name": "Sea"}]}, "$.referral.offers[0].friend[0].add",
     "effect_unclear"),
    ("an offer of points, twice", offering(add=5, times=2),
     "$.referral.offers[0].advocate[0].times", "key_useless"),
    ("an offer of what tier", {**referral({"regions": ["*"], "advocate": [{"tier": "iron",
     "tier_group": "club"}]}), "tier_groups": [group()]}, "$.referral.offers[0].advocate[0].tier",
     "tier_unknown"),
    ("an offer for a month of what", offering(add=5, **{"for": "P1M"}),
     "$.referral.offers[0].advocate[0].for", "key_useless"),
    ("qualified by lines", referral(qualify={"if": {"line.sku": "a"}}),
     '$.referral.qualify.if["line.sku"]', "field_not_here"),
    ("a check of what", referral(checks=["face"]), "$.referral.checks[0]", "choice_unknown"),
    ("referrals limited by points that nobody gets", document(referral={"offers": [
     {"regions": ["*"], "friend": [add(10)]}], "limit": {"amount": 5, "window": "lifetime"}}),
     "$.referral.limit.amount", "limit_unclear"),
    ("referrals limited by stars", referral(limit={"amount": {"stars": 5},
     "window": "lifetime"}), "$.referral.limit.amount.stars", "unit_unknown"),
    ("referrals limited in an order", referral(limit={"times": 1, "window": "order"}),
     "$.referral.limit.times", "limit_unclear"),
    ("points of referrals limited in an order", referral(limit={"amount": {"points": 5},
     "window": "order"}), "$.referral.limit.window", "limit_unclear"),
    ("referrals of the shop that roll", referral(limit={"times": 5, "window":
     {"rolling": "P7D"}, "scope": "shop"}), "$.referral.limit.window", "window_unclear"),
    ("referrals of a shop that waits", referral(limit={"times": 5, "window": "lifetime",
     "cooldown": "P1D", "scope": "shop"}), "$.referral.limit.cooldown", "key_useless"),
    ("rules for nothing that qualifies", document(units={"points": POINTS},
     earn=[rule("thanks", add(5), on="referral.qualified", once="member")]), "$.earn[0].on",
     "key_missing"),
    ("rules for referrals without end", {**referral(), "earn": [rule("thanks", add(5),
     on="referral.qualified")]}, "$.earn[0].limit", "limit_missing"),
]  # fmt: skip
