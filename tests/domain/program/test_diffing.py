"""Every change of a program is told, with its own code where there is one, and its bearing."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.program import comparing
from chalicelib.domain.program.affected import Crowd, gone_rewards, touched
from chalicelib.domain.program.changes import Bearing, Change, Kind
from chalicelib.domain.program.defaults import document_of
from chalicelib.domain.program.diffing import differences
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.validation import check
from chalicelib.domain.wording.change_words import CHANGES
from chalicelib.domain.wording.changes import Versions, announcement, change_sentence
from chalicelib.domain.wording.phrases import PLACEHOLDER
from chalicelib.domain.wording.plurals import plural_categories
from tests.domain.program.builders import POINTS, add, document, group, rate, reward, rule, tier

BADGE = {"id": "regular", "name": "Regular"}
PERK = {"id": "gift", "text": "A gift"}
CLUB = group(tier("leaf"), tier("gold", 200, multiply={"points": "1.5"}, perks=[PERK]))
BASE: dict[str, Any] = document(
    tier_groups=[CLUB],
    locales=["en", "hu", "fa"],
    rewards=[reward(), reward("ten", percent="10", kind="percent_off", value=None)],
    earn=[rule(), rule("hello", add(5), on="member.joined")],
)
GOOD, BAD, UNCLEAR = Bearing.ADVANTAGE, Bearing.DISADVANTAGE, Bearing.UNCLEAR
STAFF = Bearing.NEUTRAL
LIFE = {"after": "P1Y"}


def program(base: dict[str, Any] = BASE, **keys: Any) -> Program:
    checked = check({**base, **keys})
    assert checked.program is not None, checked.errors
    return checked.program


def unit(**keys: Any) -> dict[str, Any]:
    return {"units": {"points": {**POINTS, **keys}}}


def prizes(**keys: Any) -> dict[str, Any]:
    return {"rewards": [reward(**keys), BASE["rewards"][1]]}


def rules(**keys: Any) -> dict[str, Any]:
    return {"earn": [{**rule(), **keys}, BASE["earn"][1]]}


def gold(**keys: Any) -> dict[str, Any]:
    return {"tier_groups": [{**CLUB, "tiers": [CLUB["tiers"][0], {**CLUB["tiers"][1], **keys}]}]}


ROWS: list[tuple[dict[str, Any], dict[str, Any], str, Bearing]] = [
    ({}, {"name": "Circle"}, "program_renamed", STAFF),
    ({}, {"stack": "sum"}, "stack", UNCLEAR),
    ({}, {"timezone": "Europe/Budapest"}, "timezone", UNCLEAR),
    ({}, {"join": {"how": "opt_in"}}, "join_how", UNCLEAR),
    ({}, {"join": {"rollout": "0.5"}}, "rollout", STAFF),
    ({}, {"ends": {"earn": "2027-01-31"}}, "ends_earn_set", BAD),
    ({"ends": {"earn": "2027-01-31"}}, {}, "ends_earn_unset", GOOD),
    ({"ends": {"earn": "2027-01-31"}}, {"ends": {"earn": "2027-01-30"}}, "ends_earn", BAD),
    ({}, {"units": {"points": POINTS, "stars": {**POINTS, "name": {"one": "star", "other": "stars"}
     }}}, "unit_added", GOOD),
    ({"tier_groups": [group()]}, {"tier_groups": [group(retired=True)]}, "tier_group_retired_set",
     BAD),
    ({}, unit(retired=True), "unit_retired_set", BAD),
    (unit(retired=True), {}, "unit_retired_unset", GOOD),
    ({"badges": [BADGE]}, {"badges": [{**BADGE, "retired": True}]}, "badge_retired_set", BAD),
    ({"badges": [{**BADGE, "retired": True}]}, {"badges": [BADGE]}, "badge_retired_unset", GOOD),
    ({}, unit(expiry={"after": "P1Y"}), "unit_expiry", BAD),
    (unit(expiry={"after": "P1Y"}), unit(expiry={"after": "P6M"}), "unit_expiry", BAD),
    (unit(expiry={"idle": "P6M"}), unit(expiry={"idle": "P1Y"}), "unit_expiry", GOOD),
    (unit(expiry={"idle": "P6M"}), unit(expiry={"after": "P1Y"}), "unit_expiry", UNCLEAR),
    (unit(expiry={"on": "12-31"}), unit(expiry={"on": "06-30"}), "unit_expiry", UNCLEAR),
    ({}, unit(pending={"for": "P7D"}), "unit_pending", BAD),
    (unit(pending={"for": "P7D"}), unit(pending={"for": "P3D"}), "unit_pending", GOOD),
    (unit(pending={"until": "order.fulfilled", "at_most": "P30D"}), unit(pending={"for": "P3D"}),
     "unit_pending", UNCLEAR),
    ({}, unit(negative="clamp"), "unit_negative", UNCLEAR),
    (unit(expiry=LIFE), unit(expiry={**LIFE, "warn": ["P7D"]}), "unit_warn_set", GOOD),
    (unit(expiry={**LIFE, "warn": ["P7D"]}), unit(expiry=LIFE), "unit_warn_unset", BAD),
    (unit(expiry={**LIFE, "warn": ["P7D"]}), unit(expiry={**LIFE, "warn": ["P9D"]}), "unit_warn",
     UNCLEAR),
    ({}, unit(gift={"max": 5, "window": "lifetime"}), "unit_gift_set", GOOD),
    ({}, unit(rounding="up"), "unit_rounding", UNCLEAR),
    ({}, unit(value={"USD": 5}), "detail", STAFF),
    ({}, {"earn": [rule()]}, "rule_removed", BAD),
    ({"earn": [rule()]}, {}, "rule_added", GOOD),
    ({}, rules(give=[rate("2")]), "rule_gives", GOOD),
    ({}, rules(give=[rate("0.5")]), "rule_gives", BAD),
    ({}, rules(give=[rate(), add(1)]), "rule_gives", UNCLEAR),
    ({}, rules(give=[add(1)]), "rule_gives", UNCLEAR),
    ({}, {"earn": [rule(), rule("hello", add(6), on="member.joined")]}, "rule_gives", GOOD),
    ({}, rules(limit={"times": 2, "window": "lifetime"}), "rule_limit_set", BAD),
    (rules(limit={"times": 2, "window": "lifetime"}), rules(limit={"times": 3,
     "window": "lifetime"}), "rule_limit", GOOD),
    (rules(limit={"times": 2, "window": "lifetime"}), rules(limit={"amount": 3,
     "window": "lifetime"}), "rule_limit", UNCLEAR),
    ({}, rules(**{"if": {"order.channel": "web"}}), "rule_condition_set", BAD),
    (rules(**{"if": {"order.channel": "web"}}), {}, "rule_condition_unset", GOOD),
    (rules(**{"if": {"order.channel": "web"}}), rules(**{"if": {"order.channel": "pos"}}),
     "rule_condition", UNCLEAR),
    ({}, rules(to="2027-01-31"), "rule_dates", UNCLEAR),
    ({}, rules(once="member"), "rule_once_set", BAD),
    ({}, rules(full=True), "rule_full_set", BAD),
    ({}, rules(dry_run=True), "rule_stopped_set", BAD),
    (rules(dry_run=True), {}, "rule_stopped_unset", GOOD),
    ({}, {"limits": {"points_per_day": 5}}, "day_limit_set", BAD),
    ({"limits": {"points_per_day": 5}}, {"limits": {"points_per_day": 6}}, "day_limit", GOOD),
    ({}, {"limits": {"reward_cost_share": "0.9"}}, "detail", STAFF),
    ({"tier_groups": []}, {}, "tier_group_added", GOOD),
    ({}, {"tier_groups": [group(*CLUB["tiers"], window="lifetime")]}, "tier_window", UNCLEAR),
    ({}, {"tier_groups": [group(*CLUB["tiers"], keep={"drop": "never"})]}, "tier_keep", UNCLEAR),
    ({}, {"tier_groups": [group(CLUB["tiers"][0])]}, "tier_removed", BAD),
    ({}, gold(name="Or"), "tier_renamed", STAFF),
    ({}, gold(at={"USD": 30_000}), "tier_at", BAD),
    ({}, gold(at={"USD": 10_000}), "tier_at", GOOD),
    ({}, gold(multiply={"points": "2"}), "tier_multiply", GOOD),
    ({}, gold(multiply={}), "tier_multiply_unset", BAD),
    ({}, gold(perks=[]), "perk_removed", BAD),
    ({}, gold(perks=[PERK, {**PERK, "id": "more"}]), "perk_added", GOOD),
    ({}, gold(perks=[{**PERK, "text": "A small gift"}]), "perk_text", UNCLEAR),
    ({}, gold(entry=[add(5)]), "tier_entry_set", GOOD),
    (gold(entry=[add(5)]), gold(entry=[add(4)]), "tier_entry", BAD),
    ({}, {"rewards": [reward()]}, "reward_removed", BAD),
    ({"rewards": [reward()]}, {}, "reward_added", GOOD),
    ({}, prizes(name="Five"), "reward_renamed", STAFF),
    ({}, prizes(cost={"unit": "points", "amount": 150}), "reward_cost", BAD),
    ({}, prizes(cost={"unit": "points", "amount": 50}), "reward_cost", GOOD),
    ({}, prizes(cost=None, limit={"times": 1, "window": "lifetime"}), "reward_cost_unset", GOOD),
    ({}, prizes(value={"USD": 400}), "reward_value", BAD),
    ({}, {"rewards": [reward(), {**BASE["rewards"][1], "percent": "12.5"}]}, "reward_percent",
     GOOD),
    ({}, prizes(min_order={"USD": 1000}), "reward_min_order_set", BAD),
    (prizes(min_order={"USD": 1000}), prizes(min_order={"USD": 900}), "reward_min_order", GOOD),
    ({}, prizes(valid="P30D", undo="P30D"), "reward_valid_set", BAD),
    (prizes(valid="P30D", undo="P1D"), prizes(valid="P60D", undo="P1D"), "reward_valid", GOOD),
    ({}, prizes(hold="PT5M"), "reward_hold", BAD),
    ({}, prizes(undo="never"), "reward_undo", BAD),
    ({}, prizes(undo="PT1H"), "reward_undo", BAD),
    ({}, prizes(who={"member.order_count": {"gte": 1}}), "reward_who_set", BAD),
    ({}, prizes(limit={"times": 1, "window": "lifetime"}), "reward_limit_set", BAD),
    ({}, prizes(on_refund="keep"), "reward_refund", UNCLEAR),
    ({}, prizes(stock=5), "reward_stock", UNCLEAR),
    (prizes(stock=5), prizes(stock=9), "reward_stock", STAFF),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "code", "bearing"), ROWS, ids=[f"{row[2]}-{row[3]}" for row in ROWS]
)
def test_a_change_has_its_code_and_its_bearing_and_a_sentence_in_every_language(
    before: dict[str, Any], after: dict[str, Any], code: str, bearing: Bearing
) -> None:
    versions = Versions(program(**before), program(**after))
    changes = differences(versions.before, versions.after)
    assert (code, bearing) in [(change.code, change.bearing) for change in changes]
    for locale in CHANGES:
        for change in changes:
            said = change_sentence(change, versions, locale)
            assert said.endswith(".")
            assert "{" not in said
            told_by_path = change.path in said
            assert told_by_path is (change.code == "detail"), said


EXPIRES_NOW = (
    "When points expire: 1 year, 2 months after they were earned. Before: never. "
    "This holds for new ones, and for rules of inactivity after a whole new period."
)


def test_sentences_name_things_and_values_as_the_program_does() -> None:
    before = program(**unit(expiry="never"))
    after = program(**{
        **unit(expiry={"after": "P1Y2M"}, pending={"for": "P1D"}),
        **gold(at={"USD": 30_000}, multiply={}),
        **prizes(cost={"unit": "points", "amount": 1500}),
        **rules(give=[rate("2.5")]),
    })  # fmt: skip
    changes = differences(before, after)
    said = [change_sentence(change, Versions(before, after), "en") for change in changes]
    assert said == [
        "When new points can be spent: after 1 day. Before: at once.",
        EXPIRES_NOW,
        "What base gives: 2.5 points per 1.00 USD. Before: 1 point per 1.00 USD.",
        "Reaching Gold takes 300.00 USD. Before: 200.00 USD.",
        "Members of Gold earn points times 1. Before: 1.5.",
        "What $5 off costs: 1,500 points. Before: 100 points.",
    ]
    persian = change_sentence(changes[1], Versions(before, after), "fa")
    assert "۱ سال, ۲ ماه" in persian.replace("،", ",").replace("\u2068", "").replace("\u2069", "")


def test_equal_programs_do_not_differ_and_order_is_no_difference() -> None:
    turned = {**BASE, "earn": BASE["earn"][::-1], "rewards": BASE["rewards"][::-1]}
    assert differences(program(), program()) == ()
    assert differences(program(), program(turned)) == ()


@given(st.sampled_from(ROWS), st.sampled_from(ROWS))
def test_there_is_a_change_exactly_where_documents_differ_and_its_opposite_back(
    one: Any, two: Any
) -> None:
    first, second = program(**copy.deepcopy(one[1])), program(**copy.deepcopy(two[1]))
    there, back = differences(first, second), differences(second, first)
    same = document_of(first) == document_of(second)
    assert bool(there) is not same
    assert len(there) == len(back)
    opposite = {GOOD: BAD, BAD: GOOD}  # of what staff keep filled, only less may concern members
    told = sorted(each.bearing for each in there if each.bearing in opposite)
    assert told == sorted(opposite[each.bearing] for each in back if each.bearing in opposite)


def test_a_key_that_the_table_does_not_know_is_unclear_and_told_by_its_path() -> None:
    changes = differences(program(), program(**unit(kind="stamps")))
    (change,) = (each for each in changes if each.code == "detail")
    versions = Versions(program(), program())
    assert (change.path, change.bearing) == ("$.units.points.kind", UNCLEAR)
    assert "$.units.points.kind" in change_sentence(change, versions, "en")


# ---------------------------------------------------------------- the announcement


def test_members_are_told_what_concerns_them_in_each_language() -> None:
    after = program(**{**prizes(value={"USD": 400}, stock=5), "name": {"en": "Club", "hu": "Kör"}})
    versions = Versions(program(), after)
    changes = differences(versions.before, versions.after)
    told = [announcement(changes, versions, (locale, "2026-12-01")) for locale in ("en", "hu")]
    assert [each.title for each in told] == [
        "Club: new terms from 2026-12-01",
        "Kör: új feltételek, kezdőnap: 2026-12-01",
    ]
    assert told[0].sentences[0] == "What $5 off is worth: 4.00 USD. Before: 5.00 USD."
    assert told[0].left_out == ("$.rewards[0].stock",)


def test_what_has_no_sentence_is_left_to_staff() -> None:
    versions = Versions(program(), program(**unit(kind="stamps")))
    changes = differences(versions.before, versions.after)
    told = announcement(changes, versions, ("en", "2026-12-01"))
    assert (told.sentences, told.left_out) == ((), ("$.units.points.kind",))


# ---------------------------------------------------------------- whom it touches

CROWD = Crowd(9, True, {"club/gold": 3}, {"points": 7}, {"ten": 2})


@pytest.mark.parametrize(
    ("after", "members"),
    [
        (gold(perks=[]), 3),
        ({"tier_groups": [group(*CLUB["tiers"], tier("top", 900))]}, 0),
        ({"rewards": [reward()]}, 2),
        (unit(expiry={"after": "P1Y"}), 0),
        (unit(expiry={"idle": "P1Y"}), 7),
        ({"stack": "sum"}, None),
    ],
)
def test_a_change_touches_who_holds_it(after: dict[str, Any], members: int | None) -> None:
    (change,) = differences(program(), program(**after))
    assert touched(change, CROWD) == members


def test_rewards_that_go_are_known() -> None:
    changes = differences(program(), program(rewards=[reward()]))
    assert gone_rewards(changes) == {"ten"}


# ---------------------------------------------------------------- values and tables


@pytest.mark.parametrize(
    "compare",
    [
        comparing.by_count, comparing.by_money, comparing.by_decimal, comparing.by_period,
        comparing.by_expiry, comparing.by_pending, comparing.by_limit, comparing.by_give,
        comparing.by_entry, comparing.by_members,
    ],
    ids=lambda compare: compare.__name__,
)  # fmt: skip
@given(first=st.sampled_from([None, {}, [], [{}], {"x": 1}, "soon", 1.5]))
def test_values_of_another_shape_can_not_be_told_apart(compare: Any, first: Any) -> None:
    if not (compare is comparing.by_decimal and isinstance(first, str)):
        assert compare(first, {"y": 2}, "USD") == 0
        assert compare({"y": 2}, first, "USD") == 0


def test_bonuses_that_change_both_ways_are_unclear() -> None:
    both = [{"unit": "a", "add": 1}, {"unit": "b", "add": 2}]
    assert comparing.by_entry(both, [{"unit": "a", "add": 2}, {"unit": "b", "add": 1}], "USD") == 0
    assert comparing.by_entry(both, [], "USD") == -1
    assert comparing.by_entry(both, [{"cause": "trees"}], "USD") == 0


@pytest.mark.parametrize("language", CHANGES)
def test_tables_have_the_same_keys_holes_and_forms(language: str) -> None:
    table, english = CHANGES[language], CHANGES["en"]
    assert table.keys() == english.keys()
    for key, template in table.items():
        forms = [template] if isinstance(template, str) else list(template.values())
        of_english = english[key]
        known = [of_english] if isinstance(of_english, str) else list(of_english.values())
        holes = {hole for form in forms for hole in PLACEHOLDER.findall(form)}
        assert holes == {hole for form in known for hole in PLACEHOLDER.findall(form)}, key
        if not isinstance(template, str):
            assert template.keys() == plural_categories(language), key


def test_every_code_of_the_table_has_a_sentence() -> None:
    from chalicelib.domain.program.meanings import MEANINGS

    for meaning in MEANINGS.values():
        codes = {meaning.code}
        if meaning.is_item:
            codes = {f"{meaning.code}_added", f"{meaning.code}_removed"}
        elif meaning.when_set is not None:
            codes = {f"{meaning.code}_set", f"{meaning.code}_unset"}
        table = CHANGES["en"].keys()
        assert codes <= table or meaning.code in table, meaning


def test_a_change_that_says_nothing_of_its_values_is_still_a_sentence() -> None:
    odds: Any = ([{}], [{"rate": "1", "of": "net"}], [add(1), {"chance": []}])
    for odd in odds:
        change = Change(
            "rule_gives", "$.earn[0].give", UNCLEAR, {"rule": "base"}, odd, odd, Kind.GIVE
        )
        versions = Versions(program(), program())
        assert change_sentence(change, versions, "en") == "What base gives changes."
