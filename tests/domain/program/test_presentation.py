"""What shoppers see, in their language."""

from typing import Any, cast

import pytest

from chalicelib.domain.program.presentation import choose_locale, present
from chalicelib.domain.program.validation import check
from tests.domain.program.broken import KARMA
from tests.domain.program.builders import (
    POINTS,
    add,
    at,
    compiled,
    document,
    group,
    rate,
    reward,
    rule,
    tier,
)

TEXT = {"en": "Tea club", "hu": "Teaklub"}
NAMES = {"en": {"one": "leaf", "other": "leaves"}, "hu": {"other": "levél"}}
PROGRAM = compiled(
    locales=["en", "hu", "fa"],
    name=TEXT,
    units={"points": {**POINTS, "name": NAMES}, "karma": KARMA},
    earn=[
        rule("z-spend"),
        {"id": "hello", "on": "member.joined", "give": [add(50)]},
        rule("secret", dry_run=True),
        rule("june", rate("2"), to="2026-06-30"),
    ],
    tier_groups=[
        group(
            tier("leaf", name=TEXT, perks=[{"id": "p", "text": {"hu": "Teafű"}, "value": "x"}]),
            tier("gold", 200, multiply={"points": "1.5"}, entry=[add(10)]),
        )
    ],
    rewards=[
        reward("five", valid="P60D", min_order={"USD": 1_000}),
        reward("ten", kind="percent_off", value=None, percent="10", undo="never", cost=None),
        reward("mug", kind="product", value=None, sku="MUG-1", name=TEXT),
    ],
)


def shown(locale: str = "en", **keys: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", present(PROGRAM, locale, **keys))


def test_the_program_is_shown_in_the_shape_of_the_contract() -> None:
    assert shown()["program"] == {
        "id": "shop", "name": "Tea club", "version": 1, "locale": "en",
        "locales": ["en", "hu", "fa"], "currency": "USD", "timezone": "UTC",
    }  # fmt: skip
    assert shown()["units"] == [
        {"id": "points", "name": {"one": "leaf", "other": "leaves"}, "kind": "points",
         "spendable": True},
        {"id": "karma", "name": {"other": "karma"}, "kind": "status", "spendable": False},
    ]  # fmt: skip
    assert shown()["tier_groups"] == [
        {
            "id": "club", "by": "spend", "window": {"rolling": "P1Y"},
            "tiers": [
                {"id": "leaf", "name": "Tea club", "at": {"amount": 0, "currency": "USD"},
                 "multiply": {}, "entry": [],
                 "perks": [{"id": "p", "text": "Teafű", "value": "x"}]},
                {"id": "gold", "name": "Gold", "at": {"amount": 20_000, "currency": "USD"},
                 "multiply": {"points": "1.5"}, "perks": [],
                 "entry": [{"unit": "points", "add": 10}]},
            ],
        }
    ]  # fmt: skip


def test_rewards_are_shown_with_every_key() -> None:
    five, ten, mug = shown("hu")["rewards"]
    assert five == {
        "id": "five", "name": "$5 off", "kind": "amount_off",
        "cost": {"unit": "points", "amount": 100}, "steps": None,
        "value": {"amount": 500, "currency": "USD"}, "percent": None, "sku": None,
        "valid": "P60D", "undo": "P60D",
        "min_order": {"amount": 1_000, "currency": "USD"}, "max_share_of_order": None,
        "forever": False, "combine": "any",
    }  # fmt: skip
    assert (ten["percent"], ten["value"], ten["cost"], ten["undo"]) == ("10", None, None, None)
    assert (mug["sku"], mug["name"], mug["min_order"]) == ("MUG-1", "Teaklub", None)


def test_a_cost_by_steps_shows_what_each_is_and_how_many() -> None:
    cost = {"unit": "points", "step": 50, "min": 100, "max": 400}
    more: dict[str, Any] = {"per_step": {"USD": 250}, "max_share_of_order": "0.5"}
    program = compiled(rewards=[reward(value=None, cost=cost, **more)])
    (shown_as,) = cast("list[dict[str, Any]]", present(program, "en")["rewards"])
    assert shown_as["cost"] == {"unit": "points", "amount": 100}
    assert shown_as["steps"] == {
        "points": 50, "value": {"amount": 250, "currency": "USD"}, "least": 2, "most": 8,
    }  # fmt: skip
    assert (shown_as["value"], shown_as["max_share_of_order"]) == (None, "0.5")


def test_ways_to_earn_are_shown_in_the_merchants_order_without_dry_runs() -> None:
    assert shown()["earn"] == [
        {"id": "z-spend", "on": "order.paid",
         "give": [{"unit": "points", "rate": "1", "per": {"amount": 100, "currency": "USD"}}]},
        {"id": "hello", "on": "member.joined", "give": [{"unit": "points", "add": 50}]},
        {"id": "june", "on": "order.paid",
         "give": [{"unit": "points", "rate": "2", "per": {"amount": 100, "currency": "USD"}}]},
    ]  # fmt: skip


def test_a_rule_with_conditions_says_that_it_has_some() -> None:
    vips = rule("vips", **{"if": {"member.tags": {"has": "vip"}}})
    tea = rule("tea", lines={"line.sku": "TEA"})
    earn = present(compiled(earn=[rule("all"), vips, tea]), "en")["earn"]
    told = {shown["id"]: shown.get("conditional", False) for shown in cast("list[Any]", earn)}
    assert told == {"all": False, "vips": True, "tea": True}


def test_what_ended_is_left_out() -> None:
    assert len(shown(now=at("2026-06-30"))["earn"]) == 3
    assert [each["id"] for each in shown(now=at("2026-07-01"))["earn"]] == ["z-spend", "hello"]


def test_groups_that_are_retired_are_not_shown() -> None:
    program = compiled(tier_groups=[group(id="old", retired=True), group()])
    shown = cast("list[dict[str, Any]]", present(program, "en")["tier_groups"])
    assert [each["id"] for each in shown] == ["club"]


def test_retired_units_are_no_way_to_earn() -> None:
    retired = {"points": POINTS, "stars": {**POINTS, "retired": True}}
    program = compiled(units=retired, earn=[rule("a"), rule("b", add(5, "stars"))])
    earn = cast("list[dict[str, Any]]", present(program, "en")["earn"])
    assert [each["id"] for each in earn] == ["a"]


@pytest.mark.parametrize(
    ("locale", "name", "points"),
    [
        ("hu", "Teaklub", {"other": "levél"}),
        ("fa", "Tea club", {"one": "leaf", "other": "leaves"}),
    ],
)
def test_a_text_that_lacks_the_locale_is_the_first_ones(
    locale: str, name: str, points: dict[str, str]
) -> None:
    assert shown(locale)["program"]["name"] == name
    assert shown(locale)["units"][0]["name"] == points


@pytest.mark.parametrize(
    ("keys", "window", "at_first"),
    [
        ({"window": "lifetime"}, {"lifetime": True}, {"amount": 0, "currency": "USD"}),
        ({"window": {"calendar": "year"}}, {"calendar": "year"}, {"amount": 0, "currency": "USD"}),
        ({"by": "points", "unit": "points", "tiers": [{"id": "a", "name": "A", "at": 0}]},
         {"rolling": "P1Y"}, {"amount": 0, "unit": "points"}),
    ],
)  # fmt: skip
def test_windows_and_thresholds_are_shown_as_they_are(
    keys: dict[str, Any], window: dict[str, Any], at_first: dict[str, Any]
) -> None:
    program = compiled(tier_groups=[group(**keys)])
    club = cast("list[dict[str, Any]]", present(program, "en")["tier_groups"])[0]
    assert club["window"] == window
    assert club["tiers"][0]["at"] == at_first
    assert ("unit" in club) == ("unit" in keys)


@pytest.mark.parametrize(
    ("requested", "customer", "chosen"),
    [
        ("hu", "", "hu"),
        ("HU", "", "hu"),
        ("hu-HU", "", "hu"),
        ("pt", "", "pt-BR"),
        ("pt-PT", "", "pt-BR"),
        ("en-GB", "", "en-GB"),
        ("en-US", "", "en"),
        ("", "fa", "fa"),
        ("xx", "fa-IR", "fa"),
        ("xx", "", "en"),
        ("", "", "en"),
        ("-", "-", "en"),
    ],
)
def test_a_locale_is_matched_exactly_then_by_language_then_the_first(
    requested: str, customer: str, chosen: str
) -> None:
    locales = ["en", "hu", "fa", "en-GB", "pt-BR"]
    program = check(document(locales=locales)).program
    assert program is not None
    assert choose_locale(requested, customer, program) == chosen
