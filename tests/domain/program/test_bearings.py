"""An advantage is only what surely is one, and what may cost members something is never staff's."""

from typing import Any

import pytest

from chalicelib.domain.program import comparing
from chalicelib.domain.program.changes import Bearing
from chalicelib.domain.program.diffing import differences
from chalicelib.domain.program.validation import check
from tests.domain.program.builders import add, document, group, reward, rule, tier

GOOD, BAD, UNCLEAR = Bearing.ADVANTAGE, Bearing.DISADVANTAGE, Bearing.UNCLEAR
STAFF = Bearing.NEUTRAL
CAKE = reward("cake")
TIMES = {"unit": "points"}


def gold(**keys: Any) -> dict[str, Any]:
    return {
        "tier_groups": [group(tier("leaf"), tier("gold", 200, **keys))],
        "rewards": [CAKE],
        "badges": [{"id": "star", "name": "Star"}],
    }


def cakes(times: int) -> dict[str, Any]:
    return {"reward": "cake", "times": times}


def earning(*effects: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"earn": [rule(), rule("extra", *effects, **keys)]}


def campaign(*effects: dict[str, Any], **keys: Any) -> dict[str, Any]:
    may = {
        "id": "may", "name": "May", "from": "2027-05-01", "to": "2027-05-31",
        "budget": {"points": 1000}, "rules": [rule(f"r{n}", e) for n, e in enumerate(effects)],
    }  # fmt: skip
    return {"campaigns": [{**may, **keys}]}


TWICE, HALF = {"multiply": "2", **TIMES}, {"multiply": "0.5", **TIMES}
STAR = {"badge": "star"}

ROWS: list[tuple[dict[str, Any], dict[str, Any], str, Bearing]] = [
    (gold(entry=[add(100), cakes(1)]), gold(entry=[add(110)]), "tier_entry", UNCLEAR),
    (gold(entry=[add(100), cakes(1)]), gold(entry=[add(100)]), "tier_entry", BAD),
    (gold(entry=[cakes(1)]), gold(entry=[cakes(2)]), "tier_entry", GOOD),
    (gold(entry=[cakes(1)]), gold(entry=[cakes(1), STAR]), "tier_entry", GOOD),
    (gold(birthday=[cakes(1)]), gold(birthday=[STAR]), "tier_birthday", UNCLEAR),
    (gold(), gold(multiply={"points": "0.5"}), "tier_multiply_set", BAD),
    (gold(multiply={"points": "0.5"}), gold(), "tier_multiply_unset", GOOD),
    (gold(multiply={"points": "0.5"}), gold(multiply={"points": "0.6"}), "tier_multiply", GOOD),
    (gold(), gold(multiply={"points": "1.5"}), "tier_multiply_set", GOOD),
    (earning(TWICE), earning({**TWICE, "multiply": "1.5"}), "rule_gives", BAD),
    ({"earn": [rule()]}, earning(HALF), "rule_added", BAD),
    (earning(HALF), {"earn": [rule()]}, "rule_removed", GOOD),
    ({"earn": [rule()]}, earning(HALF, add(5)), "rule_added", UNCLEAR),
    ({"earn": [rule()]}, earning(TWICE), "rule_added", GOOD),
    ({"earn": [rule()]}, earning(TWICE, dry_run=True), "rule_added", STAFF),
    (earning(TWICE, dry_run=True), {"earn": [rule()]}, "rule_removed", STAFF),
    ({}, campaign(TWICE), "campaign_added", GOOD),
    (campaign(TWICE), {}, "campaign_removed", BAD),
    (campaign(TWICE), campaign(TWICE, holdout="0.1"), "campaign_holdout", UNCLEAR),
    (campaign(TWICE), campaign(TWICE, budget={"points": 1}), "campaign_budget", UNCLEAR),
    (campaign(TWICE), campaign(TWICE, budget={"points": 2000}), "campaign_budget", STAFF),
    (campaign(TWICE), campaign(TWICE, budget="unlimited"), "campaign_budget", STAFF),
    (campaign(TWICE, budget="unlimited"), campaign(TWICE), "campaign_budget", UNCLEAR),
    ({}, {"holdout": "0.05"}, "holdout", UNCLEAR),
    ({"join": {"how": "opt_in"}}, {}, "join_how", UNCLEAR),
    ({"rewards": [{**CAKE, "stock": 9}]}, {"rewards": [CAKE]}, "reward_stock", STAFF),
    ({"rewards": [{**CAKE, "stock": 9}]}, {"rewards": [{**CAKE, "stock": 1}]}, "reward_stock",
     UNCLEAR),
    ({"law": ["eu"]}, {}, "detail", UNCLEAR),
    ({}, {"law": ["eu"]}, "detail", STAFF),
    ({"locales": ["en", "hu"]}, {"locales": ["en"]}, "detail", UNCLEAR),
    ({"locales": ["en"]}, {"locales": ["en", "hu"]}, "detail", STAFF),
    ({"locales": ["en", "hu"]}, {"locales": ["hu", "en"]}, "detail", UNCLEAR),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "code", "bearing"),
    ROWS,
    ids=[f"{number}-{row[2]}-{row[3]}" for number, row in enumerate(ROWS)],
)
def test_an_advantage_is_only_what_surely_is_one(
    before: dict[str, Any], after: dict[str, Any], code: str, bearing: Bearing
) -> None:
    first, second = check(document(**before)), check(document(**after))
    assert first.program is not None, first.errors
    assert second.program is not None, second.errors
    changes = differences(first.program, second.program)
    assert [(change.code, change.bearing) for change in changes] == [(code, bearing)]


def test_budgets_of_two_kinds_can_not_be_told_apart() -> None:
    points, money = {"points": 9}, {"amount": {"USD": 5}}
    assert comparing.by_budget(points, money, "USD") == comparing.by_budget(5, 6, "USD") == 0
    assert comparing.by_budget(money, {"amount": {"USD": 6}}, "USD") == 1
