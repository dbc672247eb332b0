"""Rules that are wrong in one way each: what is wrong, the document, its path and its code."""

from typing import Any

from tests.domain.program.builders import POINTS, add, document, group, rate, reward, rule, tier

CASH = {"name": {"other": "cash"}, "kind": "money", "scale": 1000}
MANY = {"times": 5, "window": {"calendar": "month"}}
IN_GROUP: dict[str, Any] = {"group": "g", "pick": "best"}
COUNTED = {"per_quantity": "line.quantity", "rate": "1", "unit": "points"}
DOUBLE = {"multiply": "2", "unit": "points"}


def doing(*give: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A document with one rule for a review."""
    made = {"id": "a", "on": "action.review", "give": list(give) or [add(1)], "limit": MANY, **keys}
    return document(earn=[made], attributes={"action": {"words": "integer", "text": "text"}})


def cash(*give: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A document with a rule that gives money."""
    return document(units={"points": POINTS, "cash": CASH}, earn=[rule("a", *give, **keys)])


def grouped(*rules: dict[str, Any]) -> dict[str, Any]:
    return document(earn=list(rules))


BROKEN_RULES: list[tuple[str, Any, str, str]] = [
    ("action without a name", document(earn=[rule("a", add(1), on="action.", limit=MANY)]),
     "$.earn[0].on", "trigger_unknown"),
    ("action in capitals", document(earn=[rule("a", add(1), on="action.Review", limit=MANY)]),
     "$.earn[0].on", "trigger_unknown"),
    ("days for returns of a payment", document(earn=[rule(returns_days=14)]),
     "$.earn[0].returns_days", "not_for_trigger"),
    ("amount of a renewal", document(earn=[rule(on="subscription.renewed")]),
     "$.earn[0].give[0].rate", "not_for_trigger"),
    ("the shop's rolling window", doing(limit={"times": 5, "window": {"rolling": "P7D"},
     "scope": "shop"}), "$.earn[0].limit.window", "window_unclear"),
    ("the shop only cools down", doing(limit={"cooldown": "PT1H", "scope": "shop"}),
     "$.earn[0].limit.cooldown", "key_useless"),
    ("the shop cools down", doing(limit={**MANY, "cooldown": "PT1H", "scope": "shop"}),
     "$.earn[0].limit.cooldown", "key_useless"),
    ("tier of no group", document(earn=[rule("a", {"tier": "gold"})]), "$.earn[0].give[0].tier",
     "tier_unknown"),
    ("tier of a retired group", document(tier_groups=[group(retired=True)], earn=[
        rule("a", {"tier": "gold", "tier_group": "club"},
             limit={"times": 1, "window": "lifetime"})]), "$.earn[0].give[0].tier", "tier_unknown"),
    ("tier on joining", document(tier_groups=[group()], earn=[rule("a", {"tier": "gold",
     "tier_group": "club"}, on="member.joined")]), "$.earn[0].give[0].tier", "not_for_trigger"),
    ("time of no tier", document(earn=[rule("a", {**add(1), "for": "P1D"})]),
     "$.earn[0].give[0].for", "key_useless"),
    ("points of a tier", document(tier_groups=[group()], earn=[rule("a", {"tier": "gold",
     "tier_group": "club", "add": 5})]), "$.earn[0].give[0].add", "key_useless"),
    ("name of nothing", document(earn=[rule(name="")]), "$.earn[0].name", "text_malformed"),
    # effects
    ("percent of points", cash({"percent": "1", "unit": "points"}), "$.earn[0].give[0].percent",
     "percent_needs_money"),
    ("no percent of money", cash({"percent": "0.0", "unit": "cash"}), "$.earn[0].give[0].percent",
     "value_out_of_range"),
    ("multiply with nothing", document(earn=[rule("a", {**DOUBLE, "multiply": "0"})]),
     "$.earn[0].give[0].multiply", "value_out_of_range"),
    ("percent and rate", cash({"percent": "1", "rate": "1", "unit": "cash"}), "$.earn[0].give[0]",
     "effect_unclear"),
    ("quantity without rate", document(earn=[rule("a", {**add(1), "per_quantity":
     "line.quantity"})]), "$.earn[0].give[0].per_quantity", "key_useless"),
    ("quantity per money", document(earn=[rule("a", {**COUNTED, "per": {"USD": 1}})]),
     "$.earn[0].give[0].per", "key_useless"),
    ("percent per money", cash({"percent": "1", "per": {"USD": 1}, "unit": "cash"}),
     "$.earn[0].give[0].per", "key_useless"),
    ("quantity of the order", document(earn=[rule("a", {**COUNTED, "per_quantity":
     "order.net_total"})]), "$.earn[0].give[0].per_quantity", "field_unknown"),
    ("quantity with capitals", document(earn=[rule("a", {**COUNTED, "per_quantity": "Pieces"})]),
     "$.earn[0].give[0].per_quantity", "field_malformed"),
    ("quantity of a text", doing({**COUNTED, "per_quantity": "action.text"}),
     "$.earn[0].give[0].per_quantity", "field_unknown"),
    ("lines of an action", doing(COUNTED), "$.earn[0].give[0].per_quantity", "field_unknown"),
    ("rate for an action", doing(rate()), "$.earn[0].give[0].rate", "not_for_trigger"),
    ("action that multiplies", doing(DOUBLE), "$.earn[0].give[0].multiply", "not_for_trigger"),
    ("rate of a birthday", document(earn=[rule(on="member.birthday")]),
     "$.earn[0].give[0].rate", "not_for_trigger"),
    ("percent of an anniversary", cash({"percent": "1", "unit": "cash"}, on="member.anniversary"),
     "$.earn[0].give[0].percent", "not_for_trigger"),
    ("tier that multiplies", document(tier_groups=[group()], earn=[rule("a", DOUBLE,
     on="tier.entered", once="subject")]), "$.earn[0].give[0].multiply", "not_for_trigger"),
    ("bonus of an add", document(earn=[rule("a", add(1), bonus=True)]), "$.earn[0].bonus",
     "key_useless"),
    ("amount of a multiplier", document(earn=[rule("a", DOUBLE, limit={"amount": 5, "window":
     "lifetime"})]), "$.earn[0].limit.amount", "limit_unclear"),
    # groups
    ("group without pick", grouped(rule("a", group="g")), "$.earn[0].pick", "key_missing"),
    ("pick without group", grouped(rule("a", pick="best")), "$.earn[0].group", "key_missing"),
    ("pick the worst", grouped(rule("a", group="g", pick="worst")), "$.earn[0].pick",
     "choice_unknown"),
    ("bonus in a group", grouped(rule("a", **IN_GROUP), rule("b", add(1), **IN_GROUP)),
     "$.earn[1].group", "group_unfit"),
    ("full in a group", grouped(rule("a", **IN_GROUP), rule("b", full=True, **IN_GROUP)),
     "$.earn[1].group", "group_unfit"),
    ("two effects in a group", grouped(rule("a", rate(), rate("2"), **IN_GROUP)),
     "$.earn[0].group", "group_unfit"),
    ("two units in a group", document(units={"points": POINTS, "stars": POINTS}, earn=[rule("a",
     **IN_GROUP), rule("b", {**rate(), "unit": "stars"}, **IN_GROUP)]), "$.earn[1].group",
     "group_unfit"),
    # limits
    ("review without end", doing(limit=None), "$.earn[0].limit", "limit_missing"),
    ("once a subject without end", doing(limit=None, once="subject"), "$.earn[0].limit",
     "limit_missing"),
    ("cooldown in a window", doing(limit={"cooldown": "P1D", "window": "lifetime"}),
     "$.earn[0].limit.window", "key_useless"),
    ("cooldown of nothing", doing(limit={"cooldown": "P"}), "$.earn[0].limit.cooldown",
     "period_malformed"),
    ("cooldown of a reward", document(rewards=[reward(limit={**MANY, "cooldown": "P1D"})]),
     "$.rewards[0].limit.cooldown", "key_useless"),
    ("reward limit of all by rolling days",
     document(rewards=[reward(limit={"times": 1, "window": {"rolling": "P7D"}, "scope": "shop"})]),
     "$.rewards[0].limit.window", "window_unclear"),
    ("reward limit without window", document(rewards=[reward(limit={"times": 1})]),
     "$.rewards[0].limit.window", "key_missing"),
    ("action limited in an order", doing(limit={"amount": 10, "window": "order"}),
     "$.earn[0].limit.window", "limit_unclear"),
    ("times in an order", document(earn=[rule(limit={"times": 3, "window": "order"})]),
     "$.earn[0].limit.times", "limit_unclear"),
    ("action that leaves stamps free", document(units={"points": POINTS, "stars": POINTS}, earn=[
        rule("a", add(1), add(1, "stars"), on="action.review",
             limit={"amount": {"points": 9}, "window": "lifetime"})]),
     "$.earn[0].limit.amount", "limit_unclear"),
    ("tier that leaves a reward free", document(tier_groups=[group()], rewards=[reward()], earn=[
        rule("a", add(1), {"reward": "five"}, on="tier.entered",
             limit={"amount": {"points": 9}, "window": "lifetime"})]),
     "$.earn[0].limit.amount", "limit_unclear"),
    ("for ever, twice", document(rewards=[reward(forever=True)], earn=[
        rule("a", {"reward": "five", "times": 2})]), "$.earn[0].give[0].times", "key_useless"),
    # once
    ("subject of an order", document(earn=[rule(once="subject")]), "$.earn[0].once",
     "not_for_trigger"),
    ("once by what", doing(once={"by": "action.country"}), "$.earn[0].once.by", "field_unknown"),
    ("once by the member", doing(once={"by": "member.country"}), "$.earn[0].once.by",
     "field_unknown"),
    ("once by a list", document(earn=[rule(once={"by": "order.tags"})]), "$.earn[0].once.by",
     "field_unknown"),
    ("once by nothing", document(earn=[rule(once={})]), "$.earn[0].once.by", "key_missing"),
    # when
    ("eighth day", document(earn=[rule(when={"weekdays": ["day"]})]),
     "$.earn[0].when.weekdays[0]", "choice_unknown"),
    ("hour of 25", document(earn=[rule(when={"hours": ["25:00-26:00"]})]),
     "$.earn[0].when.hours[0]", "hours_malformed"),
    ("no time at all", document(earn=[rule(when={"hours": ["09:00-09:00"]})]),
     "$.earn[0].when.hours[0]", "hours_malformed"),
    # what fits the trigger
    ("payment of an action", doing(counts="paid"), "$.earn[0].counts", "not_for_trigger"),
    ("tier after an action", doing(tier="after"), "$.earn[0].tier", "not_for_trigger"),
    ("lines of a review", doing(lines={"line.sku": "a"}), "$.earn[0].lines", "not_for_trigger"),
    ("order that members report", document(earn=[rule(self_reported=True)]),
     "$.earn[0].self_reported", "not_for_trigger"),
    ("taken back without end", document(earn=[{**rule("sorry", add(5)), "on": "action.revoked"}]),
     "$.earn[0].limit", "limit_missing"),
    ("taken back by members", document(earn=[{**rule("sorry", add(5)), "on": "action.revoked",
     "once": "member", "self_reported": True}]), "$.earn[0].self_reported", "not_for_trigger"),
    ("order of a review", doing(**{"if": {"order.channel": "web"}}),
     '$.earn[0].if["order.channel"]', "field_not_here"),
    ("tier without end", document(tier_groups=[group()], earn=[{**rule("up", add(5)),
     "on": "tier.entered"}]), "$.earn[0].limit", "limit_missing"),
    ("tier of no group", document(tier_groups=[group()], earn=[{**rule("up", add(5)),
     "on": "tier.entered", "once": "subject", "if": {"tier.guild": "gold"}}]),
     '$.earn[0].if["tier.guild"]', "field_unknown"),
    ("tier of nobody", document(tier_groups=[group()], earn=[{**rule("up", add(5)),
     "on": "tier.entered", "once": "subject", "if": {"tier.club": "tin"}}]),
     '$.earn[0].if["tier.club"]', "tier_unknown"),
    ("tier of an order", document(tier_groups=[group()], earn=[{**rule(),
     "if": {"tier.club": "gold"}}]), '$.earn[0].if["tier.club"]', "field_not_here"),
    ("tier after by points", document(earn=[rule(tier="after")], tier_groups=[group({"id": "a",
     "name": "A", "at": 0}, by="points", unit="points")]), "$.earn[0].tier",
     "tier_after_by_points"),
    ("after an order, held tomorrow", document(
        earn=[rule("base", rate(), tier="after")], tier_groups=[group(evaluate="daily")]),
     "$.earn[0].tier", "tier_after_by_points"),
    # fields
    ("field with capitals", document(attributes={"order": {"MCC": "text"}}),
     "$.attributes.order.MCC", "field_malformed"),
    ("field of a date", document(facts={"since": "time"}), "$.facts.since", "choice_unknown"),
    ("field that there is", document(attributes={"order": {"number": "text"}}),
     "$.attributes.order.number", "field_taken"),
    ("flag as a text", document(facts={"vip": "flag"}, earn=[rule("a", **{"if": {"facts.vip":
     "yes"}})]), '$.earn[0].if["facts.vip"]', "operand_wrong"),
    ("undeclared fact", document(earn=[rule("a", **{"if": {"facts.vip": True}})]),
     '$.earn[0].if["facts.vip"]', "field_unknown"),
    # units
    ("parts of points", document(units={"points": {**POINTS, "scale": 10}}),
     "$.units.points.scale", "key_useless"),
    ("parts of seven", document(units={"points": POINTS, "cash": {**CASH, "scale": 7}}),
     "$.units.cash.scale", "choice_unknown"),
    ("part of a cent", document(units={"points": POINTS, "cash": CASH}, rewards=[reward(cost={
     "unit": "cash", "amount": 1500})]), "$.rewards[0].cost.amount", "cost_not_whole"),
    ("tier of nobody", document(tier_groups=[group(tier("a"))], earn=[rule(tier="later")]),
     "$.earn[0].tier", "choice_unknown"),
]  # fmt: skip
