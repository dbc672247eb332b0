"""As ``broken``, of campaigns, their budgets and holdouts."""

from typing import Any

from tests.domain.program.builders import POINTS, add, document, reward, rule


def campaign(**keys: Any) -> dict[str, Any]:
    plain = {"id": "spring", "rules": [rule("gift", add(5))], "budget": "unlimited"}
    return {key: value for key, value in {**plain, **keys}.items() if value is not None}


def running(**keys: Any) -> dict[str, Any]:
    return document(campaigns=[campaign(**keys)])


def paying(*effects: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return running(rules=[rule("gift", *effects, **keys)])


WORTHLESS = {name: value for name, value in POINTS.items() if name != "value"}

BROKEN_CAMPAIGNS: list[tuple[str, Any, str, str]] = [
    ("a campaign for what is taken back", running(rules=[{**rule("gift", add(5)),
     "on": "action.revoked", "once": "member"}]), "$.campaigns[0].rules[0].on", "not_for_trigger"),
    ("two campaigns of one name", document(campaigns=[campaign(), campaign(
        rules=[rule("other", add(1))])]), "$.campaigns[1].id", "id_twice"),
    ("a campaign's rule that is there always", running(rules=[rule("base", add(1))]),
     "$.campaigns[0].rules[0].id", "id_twice"),
    ("a campaign without a budget", running(budget=None), "$.campaigns[0].budget", "key_missing"),
    ("a budget of nothing in particular", running(budget={}), "$.campaigns[0].budget",
     "budget_unclear"),
    ("a budget in points and in money", running(budget={"points": 5, "amount": {"USD": 5}}),
     "$.campaigns[0].budget", "budget_unclear"),
    ("a budget in money of points that are worth nothing",
     document(units={"points": WORTHLESS}, campaigns=[campaign(budget={"amount": {"USD": 500}})]),
     "$.campaigns[0].budget.amount", "budget_unclear"),
    ("a budget in points of what is no points", running(
        rules=[rule("gift", {"cause": "forest", "add": 1})], budget={"points": 5}),
     "$.campaigns[0].budget.points", "budget_unclear"),
    ("a budget in money that bounds nothing", running(
        rules=[rule("gift", {"badge": "regular"})], budget={"amount": {"USD": 5}}),
     "$.campaigns[0].budget.amount", "budget_unclear"),
    ("a budget in money of a reward without a price", document(
        rewards=[reward(kind="perk", value=None)],
        campaigns=[campaign(
            rules=[rule("gift", {"reward": "five"})], budget={"amount": {"USD": 5}})]),
     "$.campaigns[0].budget.amount", "budget_unclear"),
    ("a budget in money of a cause without a price", document(
        causes=[{"id": "forest", "name": "A tree"}],
        campaigns=[campaign(
            rules=[rule("gift", {"cause": "forest", "add": 1})],
            budget={"amount": {"USD": 5}})]),
     "$.campaigns[0].budget.amount", "budget_unclear"),
    ("a budget in another currency", running(budget={"amount": {"EUR": 500}}),
     "$.campaigns[0].budget.amount", "currency_missing"),
    ("a campaign for nobody known", running(segment="lapsed"), "$.campaigns[0].segment",
     "segment_unknown"),
    ("a campaign that ends first", running(**{"from": "2026-06-02", "to": "2026-06-01"}),
     "$.campaigns[0].to", "dates_reversed"),
    ("a holdout of more than all", running(holdout="1.5"), "$.campaigns[0].holdout",
     "value_out_of_range"),
    ("a holdout of a program of more than all", document(holdout="2"), "$.holdout",
     "value_out_of_range"),
    ("a campaign for joining", paying(add(1), on="member.joined"), "$.campaigns[0].rules[0].on",
     "not_for_trigger"),
    ("a campaign that gives less", paying({"multiply": "0.5", "unit": "points"}),
     "$.campaigns[0].rules[0].give[0].multiply", "value_out_of_range"),
    ("a campaign that chooses", paying({"rate": "1", "unit": "points"}, group="g", pick="best"),
     "$.campaigns[0].rules[0].group", "group_unfit"),
    ("a campaign's rule of no unit", paying(add(1, "stars")),
     "$.campaigns[0].rules[0].give[0].unit", "unit_unknown"),
]  # fmt: skip
