"""As ``broken``, of messages."""

from typing import Any

from tests.domain.program.builders import document, rule

TELL = {"message": "thanks"}


def told(give: Any = TELL, caps: Any = None, **keys: Any) -> dict[str, Any]:
    """A document whose one rule tells something."""
    messages = {"templates": {"thanks": {"text": "Thanks"}}, **({"caps": caps} if caps else {})}
    return document(messages=messages, earn=[rule("thank", give)], **keys)


BROKEN_MESSAGES: list[tuple[str, Any, str, str]] = [
    ("message that nobody wrote", told({"message": "bye"}), "$.earn[0].give[0].message",
     "message_unknown"),
    ("message without any template", document(earn=[rule("thank", TELL)]),
     "$.earn[0].give[0].message", "message_unknown"),
    ("message with points", told({**TELL, "add": 5}), "$.earn[0].give[0].add", "key_useless"),
    ("message with a reward", told({**TELL, "reward": "five-off"}), "$.earn[0].give[0].reward",
     "key_useless"),
    ("more messages a day than a week", told(caps={"day": 3, "week": 2}), "$.messages.caps.week",
     "caps_unclear"),
    ("more messages a day than the week by default", told(caps={"day": 3}),
     "$.messages.caps.week", "caps_unclear"),
    ("quiet all day", told(caps={"quiet": "00:00-24:00"}), "$.messages.caps.quiet",
     "caps_unclear"),
    ("quiet for no time", told(caps={"quiet": "09:00-09:00"}), "$.messages.caps.quiet",
     "hours_malformed"),
    ("messages without end", told(caps={"day": 6}), "$.messages.caps.day", "value_out_of_range"),
    ("message without words", document(messages={"templates": {"thanks": {}}}),
     "$.messages.templates.thanks.text", "key_missing"),
    ("challenge that tells what nobody wrote", document(challenges=[
        {"id": "three", "name": "Three", "kind": "count", "on": "order.paid", "target": 3,
         "give": [{"message": "bye"}]}]),
     "$.challenges[0].give[0].message", "message_unknown"),
    ("tier that tells what nobody wrote", document(tier_groups=[
        {"id": "club", "tiers": [{"id": "leaf", "name": "Leaf", "at": {"USD": 0}},
                                 {"id": "gold", "name": "Gold", "at": {"USD": 500},
                                  "entry": [{"message": "bye"}]}]}]),
     "$.tier_groups[0].tiers[1].entry[0].message", "message_unknown"),
]  # fmt: skip
