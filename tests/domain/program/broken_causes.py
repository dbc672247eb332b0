"""As ``broken``, of causes: what is given to them by rules and by rewards."""

from typing import Any

from tests.domain.program.builders import document, reward, rule

FOREST = {"id": "forest", "name": "A tree planted", "unit_cost": {"USD": 100}}


def gift(**keys: Any) -> dict[str, Any]:
    given = {"cause": "forest", "add": 1, **keys}
    effects = [{key: value for key, value in given.items() if value is not None}]
    return document(causes=[FOREST], earn=[rule("base", *effects)])


def gift_limited(**keys: Any) -> dict[str, Any]:
    limit = {"window": "lifetime", **keys}
    given = rule("base", {"cause": "forest", "add": 1}, limit=limit)
    return document(causes=[FOREST], earn=[given])


def action_gift() -> dict[str, Any]:
    limit = {"amount": 5, "window": "lifetime"}
    effects = ({"cause": "forest", "add": 1}, {"add": 1, "unit": "points"})
    given = rule("base", *effects, on="action.review", limit=limit)
    return document(causes=[FOREST], earn=[given])


def rewarding(**keys: Any) -> dict[str, Any]:
    """A rule that gives a reward; ``to``, ``kind`` and ``value`` are the reward's."""
    own = {key: keys.pop(key) for key in ("kind", "value", "to") if key in keys}
    made = reward("five-off", **{("cause" if key == "to" else key): own[key] for key in own})
    effect = {"reward": "five-off", **keys}
    return document(causes=[FOREST], earn=[rule("base", effect)], rewards=[made])


_PERK = "$.tier_groups[0].tiers[0].perks[0].grants"
_ONCE = {"times": 1, "window": "lifetime"}


def perked(name: str, **keys: Any) -> dict[str, Any]:
    """A tier with a perk that grants ``name``; ``keys`` are the reward's."""
    perk = {"id": "p", "text": "Free", "grants": name}
    group = {
        "id": "club",
        "tiers": [{"id": "all", "name": "All", "at": {"USD": 0}, "perks": [perk]}],
    }
    return document(tier_groups=[group], rewards=[reward(**keys)])


def donation(**keys: Any) -> dict[str, Any]:
    given = reward(**{"kind": "donation", "value": None, "cause": "forest", **keys})
    return document(causes=[FOREST], rewards=[given])


BROKEN_CAUSES: list[tuple[str, Any, str, str]] = [
    ("points of the past twice", document(launch={"orders": "award", "balances": "import"}),
     "$.launch.orders", "launch_twice"),
    ("cause twice", document(causes=[FOREST, FOREST]), "$.causes[1].id", "id_twice"),
    ("cause for nothing", document(causes=[{**FOREST, "unit_cost": {"USD": 0}}]),
     "$.causes[0].unit_cost", "value_out_of_range"),
    ("proof over plain http", document(causes=[{**FOREST, "proof_url": "http://a.org"}]),
     "$.causes[0].proof_url", "address_malformed"),
    ("gift to an unknown cause", gift(cause="sea"), "$.earn[0].give[0].cause", "cause_unknown"),
    ("gift of how many", gift(add=None), "$.earn[0].give[0].add", "effect_unclear"),
    ("gift with a unit", gift(unit="points"), "$.earn[0].give[0].unit", "key_useless"),
    ("gift at a rate", gift(rate="1"), "$.earn[0].give[0].rate", "key_useless"),
    ("gift of gross", gift(of="gross"), "$.earn[0].give[0].of", "key_useless"),
    ("gifts of an action limited by points", action_gift(), "$.earn[0].limit.amount",
     "limit_unclear"),
    ("gifts limited by points", gift_limited(amount=5), "$.earn[0].limit.amount",
     "limit_unclear"),
    ("reward that is not there", rewarding(reward="pie"), "$.earn[0].give[0].reward",
     "reward_unknown"),
    ("reward with a unit", rewarding(unit="points"), "$.earn[0].give[0].unit", "key_useless"),
    ("reward and points", rewarding(add=5), "$.earn[0].give[0].add", "key_useless"),
    ("eleven rewards", rewarding(times=11), "$.earn[0].give[0].times", "value_out_of_range"),
    ("reward and cause", rewarding(cause="forest"), "$.earn[0].give[0].reward",
     "key_useless"),
    ("points so many times",
     document(earn=[rule("base", {"add": 5, "unit": "points", "times": 2})]),
     "$.earn[0].give[0].times", "key_useless"),
    ("rewards limited by points",
     document(rewards=[reward("five-off")],
              earn=[rule("base", {"add": 5, "unit": "points"}, {"reward": "five-off"},
                         on="action.review", limit={"amount": 5, "window": "lifetime"})]),
     "$.earn[0].limit.amount", "limit_unclear"),
    ("donation that is given", rewarding(kind="donation", value=None, to="forest"),
     "$.earn[0].give[0].reward", "reward_not_given"),
    ("auto without a cost", document(rewards=[reward(auto=True, cost=None)]), "$.rewards[0].auto",
     "key_useless"),
    ("auto by steps",
     document(rewards=[reward(auto=True, cost={"unit": "points", "step": 5}, value=None,
                              per_step={"USD": 5})]), "$.rewards[0].auto", "key_useless"),
    ("auto and undo", document(rewards=[reward(auto=True, undo="P1D")]), "$.rewards[0].undo",
     "key_useless"),
    ("auto for ever", document(rewards=[reward(auto=True, forever=True)]), "$.rewards[0].forever",
     "key_useless"),
    ("auto donation", donation(auto=True), "$.rewards[0].auto", "key_useless"),
    ("perk that is no reward", perked("pie"), _PERK, "reward_unknown"),
    ("perk that costs points", perked("five", limit=_ONCE), _PERK, "reward_not_free"),
    ("perk without end", perked("five", cost=None), _PERK, "limit_missing"),
    ("effect of no unit", document(earn=[rule("base", {"add": 5})]), "$.earn[0].give[0].unit",
     "effect_unclear"),
    ("donation to nothing", document(rewards=[reward(kind="donation", value=None)]),
     "$.rewards[0].cause", "key_missing"),
    ("donation to an unknown cause", donation(cause="sea"),
     "$.rewards[0].cause", "cause_unknown"),
    ("donation beside nothing", donation(combine="none"), "$.rewards[0].combine", "key_useless"),
    ("code of a donation", donation(valid="P30D"), "$.rewards[0].valid", "key_useless"),
    ("cost of a donation", donation(unit_cost={"USD": 5}), "$.rewards[0].unit_cost",
     "key_useless"),
    ("money for each step of a donation",
     donation(cost={"unit": "points", "step": 5}, per_step={"USD": 5}), "$.rewards[0].per_step",
     "key_useless"),
    ("units of a perk", document(rewards=[reward(kind="perk", value=None, add=3)]),
     "$.rewards[0].add", "key_useless"),
]  # fmt: skip
