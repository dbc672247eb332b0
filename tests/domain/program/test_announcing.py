"""Members read what changes and for what, in names; the rest is listed for staff to add."""

from typing import Any

import pytest

from chalicelib.domain.program.diffing import differences
from chalicelib.domain.program.validation import check
from chalicelib.domain.wording.changes import Announcement, Versions, announcement
from tests.domain.program.builders import add, document, group, rate, reward, rule, tier

BUY = {"name": "Buying"}
MUG = reward("mug", name="A mug")


def told(before: dict[str, Any], after: dict[str, Any], locale: str = "en") -> Announcement:
    first, second = check(document(**before)), check(document(**after))
    assert first.program is not None, first.errors
    assert second.program is not None, second.errors
    versions = Versions(first.program, second.program)
    changes = differences(versions.before, versions.after)
    return announcement(changes, versions, (locale, "2027-01-01"))


def club(entry: Any = (), **keys: Any) -> dict[str, Any]:
    ladder = group(tier("leaf"), tier("gold", 200, entry=list(entry)), **keys)
    return {"tier_groups": [ladder], "rewards": [MUG]}


def buying(*effects: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"earn": [rule("buy", *effects, **BUY, **keys)]}


def month(*effects: dict[str, Any], **keys: Any) -> dict[str, Any]:
    dates = {"from": "2027-05-01", "to": "2027-05-31", "budget": {"points": 1000}}
    return {"campaigns": [{"id": "may", **dates, "rules": [rule("m", *effects)], **keys}]}


TWICE = {"multiply": "2", "unit": "points"}
SAID = [
    (buying(rate()), buying({**rate(), "of": "gross"}),
     "What Buying gives: 1 point per 1.00 USD, before discounts. Before: 1 point per 1.00 USD."),
    (buying({**rate(), "of": "with_tax"}), buying(rate("2.5")),
     "What Buying gives: 2.5 points per 1.00 USD. Before: 1 point per 1.00 USD, with tax."),
    (buying(TWICE), buying({**TWICE, "multiply": "1.5"}),
     "What Buying gives: points times 1.5. Before: points times 2."),
    (club([add(5)]), club([add(5), {"reward": "mug"}]),
     "Reaching Gold gives 5 points, A mug. Before: 5 points."),
    *((club(), club(window=window),
       f"The time over which amounts count towards a tier: {words}. Before: the last 1 year.")
      for window, words in (
          ({"rolling": "P6M"}, "the last 6 months"),
          ({"calendar": "quarter"}, "the calendar quarter"),
          ({"calendar": "year", "start": "04-01"}, "the year from 04-01"),
          ({"anniversary": "joined"}, "the year since joining"),
          ("lifetime", "all time"),
      )),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "said"), SAID, ids=[row[2] for row in SAID])
def test_what_changes_is_said_with_what_it_was(
    before: dict[str, Any], after: dict[str, Any], said: str
) -> None:
    found = told(before, after)
    assert (found.sentences, found.left_out) == ((said,), ())
    for locale in ("hu", "fa"):
        others = told(before, after, locale)
        assert (len(others.sentences), others.left_out) == (1, ())


VAGUE = [
    (club(), club(keep={"drop": "never"}), "$.tier_groups[0].keep"),
    ({}, {"stack": "sum"}, "$.stack"),
    (month(TWICE, name="May"), month(TWICE, name="May", to="2027-05-09"), "$.campaigns[0].to"),
]
UNNAMED = [
    ({"earn": []}, {"earn": [rule("join", add(5), on="member.joined")]}, "$.earn[0]"),
    ({"earn": [rule("join", add(5), on="member.joined")]}, {"earn": []}, "$.earn"),
    (month(TWICE), {}, "$.campaigns"),
    (month(TWICE, name="May"), month({**TWICE, "multiply": "3"}, name="May"),
     "$.campaigns[0].rules[0].give"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "path"), [*VAGUE, *UNNAMED])
def test_what_a_sentence_does_not_tell_is_left_to_staff(
    before: dict[str, Any], after: dict[str, Any], path: str
) -> None:
    for locale in ("en", "hu", "fa"):
        found = told(before, after, locale)
        assert (found.sentences, found.left_out) == ((), (path,))
