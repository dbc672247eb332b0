"""As ``broken``, of challenges and badges."""

from typing import Any

from tests.domain.program.builders import POINTS, add, document, rule

BADGE = {"id": "regular", "name": "Regular"}
AWARD = {"badge": "regular"}


def challenge(kind: Any = "count", **keys: Any) -> dict[str, Any]:
    """The document with one challenge; None takes a key away."""
    made = {"id": "three", "name": "Three orders", "kind": kind, "on": "order.paid",
            "target": 3, "give": [add(50)], **keys}  # fmt: skip
    told = {key: value for key, value in made.items() if value is not None}
    return document(challenges=[told], badges=[BADGE], attributes={"action": {"v": "text"}})


def rewarding(**keys: Any) -> dict[str, Any]:
    cake = {"id": "cake", "name": "A cake", "kind": "product", "sku": "CAKE"}
    tree = {"id": "tree", "name": "A tree", "kind": "donation", "cause": "forest",
            "cost": {"unit": "points", "amount": 5}}  # fmt: skip
    causes = [{"id": "forest", "name": "A tree"}]
    return {**challenge(**keys), "rewards": [cake, tree], "causes": causes}


def retired() -> dict[str, Any]:
    made = challenge(give=[add(5, "old")])
    return {**made, "units": {"points": POINTS, "old": {**POINTS, "retired": True}}}


ENTERED = {"id": "club", "tiers": [
    {"id": "all", "name": "All", "at": {"USD": 0}, "entry": [{"badge": "unknown"}]}
]}  # fmt: skip
THREE = challenge()["challenges"][0]
PRIZE = {"ranks": [2], "give": [add(5)]}
STEPS = [{"id": "buy", "on": "order.paid"}, {"id": "tell", "on": "action.told"}]

BROKEN_CHALLENGES: list[tuple[str, Any, str, str]] = [
    ("challenge of what is taken back", challenge(on="action.revoked"), "$.challenges[0].on",
     "not_for_trigger"),
    ("challenge twice", document(challenges=[THREE, THREE]), "$.challenges[1].id", "id_twice"),
    ("badge twice", document(badges=[BADGE, BADGE]), "$.badges[1].id", "id_twice"),
    ("challenge of what", challenge(on=None), "$.challenges[0].on", "challenge_unclear"),
    ("challenge of how much", challenge(target=None),
     "$.challenges[0].target", "challenge_unclear"),
    ("streak of which periods", challenge("streak"), "$.challenges[0].every", "challenge_unclear"),
    ("count by the week", challenge(every="week"), "$.challenges[0].every", "key_useless"),
    ("count that skips", challenge(skips=1), "$.challenges[0].skips", "key_useless"),
    ("steps without steps", challenge("steps", on=None, target=None),
     "$.challenges[0].steps", "challenge_unclear"),
    ("steps with a trigger", challenge("steps", steps=STEPS, target=2),
     "$.challenges[0].on", "key_useless"),
    ("more steps than there are", challenge("steps", on=None, steps=STEPS),
     "$.challenges[0].target", "challenge_too_big"),
    ("steps again", challenge("steps", on=None, steps=STEPS, target=2, repeat=2),
     "$.challenges[0].repeat", "key_useless"),
    ("step twice", challenge("steps", on=None, steps=[STEPS[0], STEPS[0]], target=2),
     "$.challenges[0].steps[1].id", "id_twice"),
    ("challenge of joining", challenge(on="member.joined"),
     "$.challenges[0].on", "not_for_trigger"),
    *((f"challenge of {on}", challenge(on=on), "$.challenges[0].on", "not_for_trigger")
      for on in ("order.placed", "order.returns_closed")),
    ("lines of a friend", challenge(on="referral.qualified", lines={"line.sku": "a"}),
     "$.challenges[0].lines", "not_for_trigger"),
    ("action asked of a friend", challenge(on="referral.qualified", **{"if": {"action.v": "a"}}),
     "$.challenges[0].if[\"action.v\"]", "field_not_here"),
    ("sum of friends", challenge("sum", of="order.number", on="referral.qualified"),
     "$.challenges[0].of", "field_unknown"),
    ("lines of an action", challenge(on="action.done", lines={"line.sku": "a"}),
     "$.challenges[0].lines", "not_for_trigger"),
    ("line asked in if", challenge(**{"if": {"line.sku": "a"}}),
     "$.challenges[0].if[\"line.sku\"]", "field_not_here"),
    ("condition of lines", challenge(lines={"action.v": "a"}),
     "$.challenges[0].lines[\"action.v\"]", "field_not_here"),
    ("sum of texts", challenge("sum", of="line.sku"), "$.challenges[0].of", "field_unknown"),
    ("sum of another's", challenge("sum", of="order.number", on="action.done"),
     "$.challenges[0].of", "field_unknown"),
    ("set of lists", challenge("set", of="order.tags", max=9),
     "$.challenges[0].of", "field_unknown"),
    ("set of an action's, by orders", challenge("set", of="action.v", max=9),
     "$.challenges[0].of", "field_unknown"),
    ("set larger than it remembers", challenge("set", of="line.sku", max=2),
     "$.challenges[0].target", "challenge_too_big"),
    ("streak longer than it remembers", challenge("streak", every="day", target=60, skips=5),
     "$.challenges[0].target", "challenge_too_big"),
    ("challenge that ends first",
     challenge(**{"from": "2026-12-01", "to": "2026-11-01"}),
     "$.challenges[0].to", "dates_reversed"),
    ("challenge that gives a rate", challenge(give=[{"rate": "1", "unit": "points"}]),
     "$.challenges[0].give[0]", "effect_unclear"),
    ("challenge of an unknown unit", challenge(give=[add(5, "stars")]),
     "$.challenges[0].give[0].unit", "unit_unknown"),
    ("challenge of a retired unit", retired(), "$.challenges[0].give[0].unit", "unit_retired"),
    ("challenge of too much", challenge(give=[add(10**12)], repeat=1000),
     "$.challenges[0].give[0].add", "challenge_too_big"),
    ("challenge of an unknown badge", challenge(give=[{"badge": "star"}]),
     "$.challenges[0].give[0].badge", "badge_unknown"),
    ("badge with points", challenge(give=[{**AWARD, "add": 1}]),
     "$.challenges[0].give[0].add", "key_useless"),
    ("board without an end", challenge(board={}), "$.challenges[0].to", "board_unfit"),
    ("board of a streak", challenge("streak", every="week", to="2026-12-01", board={}),
     "$.challenges[0].board", "board_unfit"),
    ("a place with two prizes", challenge(to="2026-12-01", board={"prizes": [PRIZE, PRIZE]}),
     "$.challenges[0].board.prizes[1].ranks", "board_unfit"),
    ("a prize off the board", challenge(to="2026-12-01", board={"size": 1, "prizes": [PRIZE]}),
     "$.challenges[0].board.prizes[0].ranks", "board_unfit"),
    ("challenge with too many rewards",
     rewarding(repeat=11, give=[{"reward": "cake", "times": 10}]),
     "$.challenges[0].give[0].reward", "challenge_too_big"),
    ("challenge that gives a donation", rewarding(give=[{"reward": "tree"}]),
     "$.challenges[0].give[0].reward", "reward_not_given"),
    ("reward of a challenge with points", rewarding(give=[{"reward": "cake", "add": 5}]),
     "$.challenges[0].give[0].add", "key_useless"),
    ("challenge for an unknown cause", rewarding(give=[{"cause": "sea", "add": 1}]),
     "$.challenges[0].give[0].cause", "cause_unknown"),
    ("challenge for a cause, of how much", rewarding(give=[{"cause": "forest"}]),
     "$.challenges[0].give[0].add", "effect_unclear"),
    ("units of a cause at a rate", rewarding(give=[{"cause": "forest", "add": 1, "rate": "2"}]),
     "$.challenges[0].give[0].rate", "key_useless"),
    ("challenge for too many trees",
     rewarding(repeat=1000, give=[{"cause": "forest", "add": 10**12}]),
     "$.challenges[0].give[0].add", "challenge_too_big"),
    ("challenge that draws", challenge(give=[{"chance": [{"weight": 1}]}]),
     "$.challenges[0].give[0]", "effect_unclear"),
    ("badge that is given no more", document(badges=[{**BADGE, "retired": True}], earn=[
        rule("first", AWARD)]), "$.earn[0].give[0].badge", "badge_retired"),
    ("badge of a tier that there is not",
     document(badges=[BADGE], tier_groups=[ENTERED]),
     "$.tier_groups[0].tiers[0].entry[0].badge", "badge_unknown"),
]  # fmt: skip
