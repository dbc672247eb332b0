"""As ``broken``, of segments."""

from typing import Any

from tests.domain.program.builders import document, reward, rule


def segments(condition: Any, **keys: Any) -> dict[str, Any]:
    return document(segments={"lapsed": condition}, **keys)


LAPSED = {"member.days_since_order": {"gte": 180}}


def asked(operand: Any) -> dict[str, Any]:
    return segments(LAPSED, earn=[rule("base", **{"if": {"member.segments": operand}})])


BROKEN_SEGMENTS: list[tuple[str, Any, str, str]] = [
    ("segment of nobody", segments({}), "$.segments.lapsed", "condition_empty"),
    ("segment of orders", segments({"order.channel": "web"}),
     '$.segments.lapsed["order.channel"]', "field_not_here"),
    ("segment of segments", segments({"any": [{"member.segments": {"has": "lapsed"}}]}),
     "$.segments.lapsed", "segment_of_segments"),
    ("segment by points of no unit", segments({"member.points.karma": {"gt": 1}}),
     '$.segments.lapsed["member.points.karma"]', "field_unknown"),
    ("a segment that is not there", asked({"has": "gone"}),
     '$.earn[0].if["member.segments"]', "segment_unknown"),
    ("one of segments that are not there", asked({"any_of": ["lapsed", "gone"]}),
     '$.earn[0].if["member.segments"]', "segment_unknown"),
    ("a segment by its bare name", asked("lapsed"),
     '$.earn[0].if["member.segments"]', "operator_wrong"),
    ("a reward for a segment that is not there",
     document(rewards=[reward(who={"member.segments": {"has": "x"}})]),
     '$.rewards[0].who["member.segments"]', "segment_unknown"),
    ("whether anything was bought", segments({"member.bought.skus": {"exists": True}}),
     '$.segments.lapsed["member.bought.skus"].exists', "operator_wrong"),
    ("bought, by its bare name", segments({"member.bought.skus": "GREEN"}),
     '$.segments.lapsed["member.bought.skus"]', "operator_wrong"),
    ("bought, by what nobody knows", segments({"member.bought.brands": {"has": "x"}}),
     '$.segments.lapsed["member.bought.brands"]', "field_unknown"),
    ("more products than are remembered",
     segments({"any": [{"member.bought.skus": {"any_of": [f"s{n}" for n in range(40)]}},
                       {"member.bought.tags": {"any_of": [f"s{n}" for n in range(11)]}}]}),
     "$", "products_too_many"),
]  # fmt: skip
