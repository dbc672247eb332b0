"""As ``broken``, of rules that leave something to chance."""

from typing import Any

from tests.domain.program.builders import add, document, rule

GIFT = {"weight": 1, "give": [add(5)]}


def drawn(*branches: Any, **keys: Any) -> dict[str, Any]:
    given = {"chance": list(branches or (GIFT,))}
    return document(earn=[rule("base", given, **keys)])


def beside(**keys: Any) -> dict[str, Any]:
    return document(earn=[rule("base", {"chance": [GIFT], **keys})])


DAILY = {"times": 1, "window": {"calendar": "day"}}

BROKEN_CHANCES: list[tuple[str, Any, str, str]] = [
    ("chance of no weight", drawn({"weight": 0}), "$.earn[0].give[0].chance[0].weight",
     "value_out_of_range"),
    ("chance without weight", drawn({"give": []}), "$.earn[0].give[0].chance[0].weight",
     "key_missing"),
    ("eleven chances", drawn(*[GIFT] * 11), "$.earn[0].give[0].chance", "too_many"),
    ("chance of unknown points", drawn({"weight": 1, "give": [add(5, "stars")]}),
     "$.earn[0].give[0].chance[0].give[0].unit", "unit_unknown"),
    ("chance in a chance", drawn({"weight": 1, "give": [{"chance": [GIFT]}]}),
     "$.earn[0].give[0].chance[0].give[0].chance", "chance_unclear"),
    ("two draws of a rule", document(earn=[rule("base", {"chance": [GIFT]}, {"chance": [GIFT]})]),
     "$.earn[0].give[1].chance", "chance_unclear"),
    ("points beside a draw", beside(add=5), "$.earn[0].give[0].add", "key_useless"),
    ("draw that members report", drawn(on="action.spin", limit=DAILY, self_reported=True),
     "$.earn[0].self_reported", "chance_self_reported"),
    ("draw without a limit", drawn(on="action.spin"), "$.earn[0].limit", "limit_missing"),
    ("rate of an action by chance", drawn({"weight": 1, "give": [{"rate": "1", "unit": "points"}]},
     on="action.spin", limit=DAILY), "$.earn[0].give[0].chance[0].give[0].rate",
     "not_for_trigger"),
    ("draw in a group", drawn(group="best", pick="best"), "$.earn[0].group", "group_unfit"),
    ("odds in words", document(presentation={"odds": "yes"}), "$.presentation.odds",
     "type_wrong"),
]  # fmt: skip
