"""An id stands for one thing for good: also over versions of the program that left it out."""

from typing import Any

import pytest

from chalicelib.domain.limits import IDS_LEFT_MAX
from chalicelib.domain.outcome import Problem
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.published_ids import (
    Meanings,
    ids_left,
    left_after,
    meanings_of,
    remembered,
)
from chalicelib.domain.program.validation import check
from tests.domain.program.builders import POINTS, add, document, group, reward, rule, tier

REVIEW = rule("review", add(10), on="action.review", limit={"times": 1, "window": "lifetime"})
CAMPAIGN = {"id": "spring", "budget": {"points": 100}, "rules": [rule("double", add(5))]}
CHALLENGE = {"id": "three", "name": "Three", "kind": "count", "on": "order.paid", "target": 3,
             "give": [add(50)]}  # fmt: skip
BADGE = {"id": "regular", "name": "Regular", "text": "Three orders."}
CAUSE = {"id": "forest", "name": "A tree", "unit_cost": {"USD": 100}}
PARTNER = {"id": "fuel", "name": "Fuel & Go"}
MEMBERSHIP = {"id": "plus", "name": "Plus", "sold_as": {"sku": "PLUS"}, "period": "P1Y"}
FULL = document(
    earn=[rule(), REVIEW],
    tier_groups=[group()],
    campaigns=[CAMPAIGN],
    challenges=[CHALLENGE],
    badges=[BADGE],
    causes=[CAUSE],
    partners=[PARTNER],
    memberships=[MEMBERSHIP],
    units={"points": {**POINTS, "value": {"USD": 1}}},
)


def read(raw: dict[str, Any]) -> Program:
    checked = check(raw)
    assert checked.program is not None, checked.errors
    return checked.program


def told(raw: dict[str, Any], live: Program, left: Meanings | None = None) -> list[Problem]:
    checked = check(raw, live, left or {})
    assert checked.errors == ()
    codes = ("id_reused", "program_id_changed")
    return [each for each in checked.warnings if each.code in codes]


OTHERS: list[tuple[str, dict[str, Any], str]] = [
    ("earn", rule("review", add(10)), "$.earn[0].id"),
    ("rewards", reward("five", kind="perk", value=None), "$.rewards[0].id"),
    ("badges", {"id": "regular", "name": "Zebra", "text": "Ran."}, "$.badges[0].id"),
    ("causes", {"id": "forest", "name": "A meal"}, "$.causes[0].id"),
    ("partners", {"id": "fuel", "name": "Books", "connection": "books"}, "$.partners[0].id"),
    ("memberships", {**MEMBERSHIP, "name": "Gym", "sold_as": {"plan": "gym"}},
     "$.memberships[0].id"),
    ("campaigns", {**CAMPAIGN, "rules": [rule("other", add(5))]}, "$.campaigns[0].id"),
    ("campaigns", {**CAMPAIGN, "budget": {"amount": {"USD": 100}}}, "$.campaigns[0].id"),
    ("campaigns", {**CAMPAIGN, "rules": [rule("double", add(5)), REVIEW | {"on": "order.paid"}]},
     "$.campaigns[0].rules[1].id"),
    ("challenges", {**CHALLENGE, "on": "action.told"}, "$.challenges[0].id"),
    ("tier_groups", group(tier("leaf"), {"id": "silver", "name": "Blue", "at": {"USD": 1}},
                          tier("gold", 200)), "$.tier_groups[0].tiers[1].id"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "other", "path"), OTHERS)
def test_what_means_something_else_than_in_the_live_program_is_told(
    key: str, other: dict[str, Any], path: str
) -> None:
    changed = {**FULL, "earn": [rule()], key: [other]}
    assert path in [each.path for each in told(changed, read(FULL))]


@pytest.mark.parametrize(("key", "other", "path"), OTHERS)
def test_what_comes_back_as_something_else_is_told(
    key: str, other: dict[str, Any], path: str
) -> None:
    without = {**FULL, "earn": [rule()], key: []}
    if key == "rewards":
        without["rewards"] = [reward("ten")]
    first, second = read(FULL), read(without)
    back = {**FULL, "earn": [rule()], key: [other]}
    found = {each.path: each for each in told(back, second, ids_left({}, first, second))}
    assert "earlier version" in found[path].detail


@pytest.mark.parametrize(
    "same",
    [
        {"earn": [rule("base", add(3)), {**REVIEW, "name": "A review", "give": [add(20)]}]},
        {"rewards": [reward(cost={"unit": "points", "amount": 200})]},
        {"campaigns": [{**CAMPAIGN, "budget": {"points": 900}}]},
        {"campaigns": [{**CAMPAIGN, "budget": "unlimited"}]},
        {"campaigns": [{**CAMPAIGN, "rules": [rule("double", add(9)), rule("more", add(1))]}]},
        {"challenges": [{**CHALLENGE, "name": "Trio"}]},
        {"badges": [{**BADGE, "text": "Came three times."}]},
        {"badges": [{**BADGE, "name": {"en": "Regular", "hu": "Visszajáró"}}]},
        {"causes": [{**CAUSE, "name": "A tree of the forest"}]},
        {"partners": [{**PARTNER, "buys_point_at": "0.01"}]},
        {"memberships": [{**MEMBERSHIP, "sold_as": {"sku": "PLUS-2"}}]},
        {"tier_groups": [group(tier("leaf"), tier("silver", 150), tier("gold", 250))]},
        {"tier_groups": [group(tier("leaf"), {**tier("silver", 100), "name": "Ezüst"})]},
    ],
)
def test_what_is_mended_under_its_id_is_worth_no_word(same: dict[str, Any]) -> None:
    live = {**FULL, "earn": [rule("base", add(1)), REVIEW]}
    assert told({**live, **same}, read(live)) == []


def test_what_comes_back_as_it_was_is_worth_no_word() -> None:
    first, second = read(FULL), read(document())
    left = ids_left({}, first, second)
    assert left == {
        name: meaning
        for name, meaning in meanings_of(first).items()
        if name not in meanings_of(second)
    }
    dropped = check(FULL, read(document(tier_groups=[group()])), left)
    assert [each.code for each in dropped.warnings if each.code == "id_reused"] == []
    assert ids_left(left, second, first) == {}


@pytest.mark.parametrize("changed", [{"target": 4}, {"give": [add(60)]}, {"repeat": 2}])
def test_a_challenge_that_was_left_out_comes_back_as_it_was_or_not_at_all(
    changed: dict[str, Any],
) -> None:
    first, second = read(document(challenges=[CHALLENGE])), read(document())
    left = ids_left({}, first, second)
    other = check(document(challenges=[{**CHALLENGE, **changed}]), second, left)
    assert [(each.path, each.code) for each in other.errors] == [
        ("$.challenges[0].id", "challenge_changed")
    ]
    assert check(document(challenges=[CHALLENGE]), second, left).errors == ()


def test_what_an_id_meant_last_is_remembered() -> None:
    first, without = read(document(earn=[rule(), REVIEW])), read(document())
    second = read(document(earn=[rule(), rule("review", add(1))]))
    left = ids_left(ids_left(ids_left({}, first, without), without, second), second, without)
    assert left == {"rule review": meanings_of(second)["rule review"]}


def test_a_version_keeps_what_left_before_it_and_nothing_is_kept_as_nothing() -> None:
    first, second = read(document(earn=[rule(), REVIEW])), read(document(badges=[BADGE]))
    third = read(document())
    left = left_after(left_after(b"", first, second), second, third)
    meant = {**meanings_of(first), **meanings_of(second)}
    assert remembered(left) == {name: meant[name] for name in ("rule review", "badge regular")}
    assert (left_after(b"", second, second), remembered(b"")) == (b"", {})
    assert left_after(left, third, read({**FULL, "challenges": []})) == b""


def test_of_too_many_ids_the_oldest_are_forgotten_and_challenges_last() -> None:
    """Rules ``r0``, ``r1``, ... one a version, after a challenge."""
    old: dict[str, Any] = {f"rule r{place}": (("x",),) for place in range(IDS_LEFT_MAX)}
    live = read(document(challenges=[CHALLENGE], earn=[rule(), REVIEW]))
    once = ids_left({**old}, live, read(document()))
    assert len(once) == IDS_LEFT_MAX
    assert next(iter(once)) == "rule r2"
    assert list(once)[-2:] == ["rule review", "challenge three"]
    again = ids_left(once, read(document(earn=[rule(), rule("late")])), read(document()))
    assert list(again)[-2:] == ["rule late", "challenge three"]


def test_a_program_of_another_id_is_told() -> None:
    found = told({**FULL, "id": "coffee"}, read(FULL))
    assert [(each.path, each.code) for each in found] == [("$.id", "program_id_changed")]


def test_what_lacks_words_is_compared_by_what_is_there() -> None:
    """A badge without text, a rule that gives a reward, a tier by a condition."""
    vip = {"id": "vip", "name": "V", "if": {"facts.vip": True}}
    raw = document(
        badges=[{"id": "b", "name": "B"}],
        rewards=[reward(), {"id": "cake", "name": "Cake", "kind": "perk", "stock": 9}],
        earn=[rule("gift", {"reward": "cake"})],
        tier_groups=[{"id": "who", "by": "custom", "tiers": [{"id": "all", "name": "All"}, vip]}],
        facts={"vip": "flag"},
    )
    assert told(raw, read(raw)) == []
    other = {**raw, "badges": [{"id": "b", "name": "C"}]}
    assert [each.path for each in told(other, read(raw))] == ["$.badges[0].id"]
