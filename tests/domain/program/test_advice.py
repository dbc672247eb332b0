"""What is allowed and probably not meant is a warning, at its place."""

from typing import Any

import pytest

from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.validation import check
from tests.domain.program.broken import KARMA
from tests.domain.program.builders import POINTS, add, document, group, rate, reward, rule, tier

SHARE = {"reward_cost_share": "0.05"}


def warned(raw: dict[str, Any], live: Program | None = None) -> set[tuple[str, str]]:
    checked = check(raw, live)
    assert checked.errors == ()
    return {(problem.path, problem.code) for problem in checked.warnings}


def program_of(raw: dict[str, Any]) -> Program:
    program = check(raw).program
    assert program is not None
    return program


def test_a_good_document_has_no_warnings() -> None:
    assert warned(document()) == set()


@pytest.mark.parametrize(
    ("cost", "limits", "is_high"),
    [(100, SHARE, False), (99, SHARE, True), (50, SHARE, True), (50, {}, False)],
)
def test_a_reward_that_costs_more_of_the_spend_than_the_limit_is_told(
    cost: int, limits: dict[str, str], is_high: bool
) -> None:
    raw = document(limits=limits, rewards=[reward(cost={"unit": "points", "amount": cost})])
    assert warned(raw) == ({("$.rewards[0]", "reward_cost_high")} if is_high else set())


def test_the_cost_of_a_reward_is_what_the_shop_pays_for_it() -> None:
    cheap = reward(cost={"unit": "points", "amount": 50}, unit_cost={"USD": 200})
    assert warned(document(limits=SHARE, rewards=[cheap])) == set()
    mug = reward(kind="product", value=None, sku="mug")
    assert warned(document(limits=SHARE, rewards=[mug])) == set()


@pytest.mark.parametrize(
    ("friend", "advocate", "is_high"),
    [
        ({"percent": "60", "unit": "cash"}, {"percent": "40", "unit": "cash"}, False),
        ({"percent": "60", "unit": "cash"}, {"percent": "40.1", "unit": "cash"}, True),
        ({"rate": "99", "unit": "points"}, add(500), False),
        ({"rate": "99", "unit": "points"}, {"percent": "1.5", "unit": "cash"}, True),
        ({"rate": "500", "per_quantity": "line.quantity", "unit": "points"}, add(1), False),
    ],
)
def test_an_offer_that_costs_more_than_the_friend_pays_is_told(
    friend: dict[str, Any], advocate: dict[str, Any], is_high: bool
) -> None:
    """A point costs a cent, so 99 for a dollar are 99 percent of it."""
    units = {"points": {**POINTS, "cost": {"USD": 1}}, "cash": {**POINTS, "kind": "money"}}
    offer = {"regions": ["*"], "friend": [friend], "advocate": [advocate]}
    raw = document(units=units, referral={"offers": [offer]})
    told = {("$.referral.offers[0]", "offer_cost_high")} if is_high else set()
    assert {each for each in warned(raw) if each[0].startswith("$.referral")} == told


def test_rates_that_everybody_has_add_up_and_others_do_not_count() -> None:
    double = [rule("a"), rule("b", rate("0.5"))]
    assert ("$.rewards[0]", "reward_cost_high") in warned(document(limits=SHARE, earn=double))
    some = [
        rule("a"),
        rule("b", rate("9"), lines={"line.sku": "x"}),
        rule("c", rate(), to="2026-01-01"),
        rule("d", rate(), **{"if": {"order.channel": "pos"}}),
        rule("e", rate(), dry_run=True),
    ]
    assert warned(document(limits=SHARE, earn=some)) == set()


def test_a_high_share_is_told_in_percent() -> None:
    raw = document(limits=SHARE, rewards=[reward(cost={"unit": "points", "amount": 30})])
    assert "16.6 %" in check(raw).warnings[0].detail
    assert "5.0 %" in check(raw).warnings[0].detail


@pytest.mark.parametrize(
    ("keys", "is_within"),
    [
        ({"earn": []}, False),
        ({"rewards": []}, False),
        ({"earn": [rule(dry_run=True)]}, False),
        ({"earn": [], "rewards": [reward(kind="perk", cost=None, value=None)]}, True),
        ({"earn": [], "tier_groups": [group(tier("a", entry=[add(100)]))]}, True),
        ({"units": {"points": {**POINTS, "kind": "status"}}, "rewards": []}, True),
    ],
)
def test_points_that_no_reward_takes_are_told(keys: dict[str, Any], is_within: bool) -> None:
    assert (("$.rewards", "no_reward_within_reach") in warned(document(**keys))) != is_within


def test_money_for_nothing_and_for_ever_is_told() -> None:
    assert warned(document(rewards=[reward(cost=None)])) == {
        ("$.rewards[0]", "free_reward_unlimited")
    }
    limited = reward(cost=None, limit={"times": 1, "window": "lifetime"})
    assert warned(document(rewards=[limited])) == set()


@pytest.mark.parametrize(
    ("keys", "pays"),
    [
        ({"lines": {"line.net": {"lte": 0}}}, False),
        ({"lines": {"line.net": 0}}, False),
        ({"lines": {"line.net": {"gt": 5, "lt": 6}}}, False),
        ({"lines": {"line.net": {"gte": 5, "lt": 6}}}, True),
        ({"lines": {"line.tax": 0}}, True),
        ({"if": {"order.net_total": {"lt": 1}}}, False),
        ({"if": {"all": [{"member.order_count": {"gt": 9, "lt": 3}}]}}, False),
        ({"if": {"any": [{"member.order_count": {"gt": 9, "lt": 3}}]}}, False),
        ({"if": {"any": [{"order.net_total": 0}, {"order.channel": "web"}]}}, True),
        ({"if": {"order.channel": "web", "any": [{"order.channel": "pos"}]}}, False),
        ({"if": {"all": [{"any": [{"order.channel": "pos"}]}], "order.channel": "web"}}, False),
        ({"if": {"not": {"order.net_total": 0}}}, True),
        ({"if": {"member.birth_month": 13}}, False),
        ({"if": {"member.birth_month": {"in": [0, 13]}}}, False),
        ({"if": {"member.birth_month": {"ne": 13}}}, True),
        ({"if": {"order.line_count": 0}}, False),
        ({"if": {"order.line_count": {"lte": 1}}}, True),
        ({"if": {"order.channel": {"exists": False, "eq": "web"}}}, False),
        ({"if": {"order.channel": {"exists": False, "ne": "web"}}}, True),
        ({"if": {"order.channel": {"eq": "web", "nin": ["pos", "web"]}}}, False),
        ({"if": {"order.tags": {"exists": False, "has": "new"}}}, False),
        ({"if": {"member.in_birth_month": {"eq": True, "ne": True}}}, False),
        (
            {"if": {"all": [{"member.in_birth_month": True}, {"member.in_birth_month": False}]}},
            False,
        ),
        ({"if": {"member.in_birth_month": {"eq": True, "ne": False}}}, True),
        ({"if": {"member.joined_at": {"gte": "2027-01-01", "lt": "2026-01-01"}}}, False),
        ({"if": {"member.joined_at": {"gte": "2026-01-01", "lt": "2026-01-01"}}}, True),
        ({"if": {"member.joined_at": {"gte": "2026-01-02", "lt": "2026-01-01"}}}, False),
        ({"if": {"member.joined_at": {"eq": "2026-01-01", "gt": "2026-01-01T12:00:00"}}}, True),
        ({"from": "2026-11-21", "to": "2026-11-21", "when": {"weekdays": ["mon"]}}, False),
        ({"from": "2026-11-21", "to": "2026-11-23", "when": {"weekdays": ["mon"]}}, True),
        ({"from": "2026-11-21", "to": "2026-12-30", "when": {"weekdays": ["mon"]}}, True),
        ({"from": "2026-11-21", "when": {"weekdays": ["mon"]}}, True),
        ({"give": [{"multiply": "2", "unit": "stars"}]}, False),
        ({"give": [{"multiply": "2", "unit": "points"}]}, True),
        ({"if": {"order.channel": {"exists": True}}}, True),
        ({"if": {"all": [{"order.channel": "web"}, {"order.channel": "pos"}]}}, False),
        ({"if": {"all": [{"order.channel": "web"}], "order.channel": {"in": ["pos"]}}}, False),
        ({"if": {"all": [{"order.channel": "web"}, {"order.channel": {"in": ["web"]}}]}}, True),
        ({"if": {"any": [{"order.channel": "web"}, {"order.channel": "pos"}]}}, True),
        ({"if": {"all": [{"order.channel": "web"}, {"order.channel": {"ne": "pos"}}]}}, True),
        ({"if": {"all": [{"member.order_count": {"gt": 9}}, {"member.order_count": 3}]}}, False),
        ({"from": "2027-06-02"}, False),
        ({"from": "2027-06-01"}, True),
    ],
)
def test_a_rule_that_can_never_pay_is_told(keys: dict[str, Any], pays: bool) -> None:
    ends = {"earn": "2027-06-01"}
    units = {"points": POINTS, "stars": {**POINTS, "spendable": False}}
    raw = document(units=units, earn=[rule("base"), rule("odd", **keys)], ends=ends)
    assert (("$.earn[1]", "rule_never_pays") in warned(raw)) != pays
    campaign = {"id": "week", "budget": "unlimited", "rules": [rule("odd", **keys)]}
    raw = document(units=units, campaigns=[campaign], ends=ends)
    assert (("$.campaigns[0].rules[0]", "rule_never_pays") in warned(raw)) != pays


def test_a_rule_for_retired_units_alone_never_pays() -> None:
    units = {"points": POINTS, "stars": {**POINTS, "retired": True}}
    raw = document(
        units=units, earn=[rule("a", add(1, "stars")), rule("b", add(1, "stars"), rate())]
    )
    assert warned(raw) == {("$.earn[0]", "rule_never_pays")}


OLD = {"points": POINTS, "stars": {**POINTS, "retired": True}}


@pytest.mark.parametrize(("keys", "path"), [
    ({"tier_groups": [group(tier("leaf", entry=[add(1, "stars")]))]},
     "$.tier_groups[0].tiers[0].entry[0].unit"),
    ({"tier_groups": [group(tier("leaf", birthday=[add(1, "stars")]))]},
     "$.tier_groups[0].tiers[0].birthday[0].unit"),
    ({"tier_groups": [group({"id": "a", "name": "A", "at": 0}, by="points", unit="stars")]},
     "$.tier_groups[0].unit"),
    ({"memberships": [{"id": "plus", "name": "Plus", "sold_as": {"sku": "P"}, "period": "P1Y",
                       "give": [add(1, "stars")]}]}, "$.memberships[0].give[0].unit"),
    ({"referral": {"offers": [{"regions": ["*"], "friend": [add(1, "stars")]}]}},
     "$.referral.offers[0].friend[0].unit"),
])  # fmt: skip
def test_what_nobody_earns_any_more_is_told(keys: dict[str, Any], path: str) -> None:
    assert (path, "unit_retired") in warned(document(units=OLD, **keys))
    assert "unit_retired" not in {code for _, code in warned(document(
        units={"points": POINTS, "stars": POINTS}, **keys))}  # fmt: skip


def test_a_retired_group_of_a_retired_unit_is_well() -> None:
    gone = group({"id": "a", "name": "A", "at": 0}, by="points", unit="stars", retired=True)
    assert warned(document(units=OLD, tier_groups=[gone])) == set()


def test_a_text_that_lacks_a_locale_is_told() -> None:
    some = {"en": "x"}
    raw = document(
        locales=["en", "hu"],
        name=some,
        units={"points": {**POINTS, "name": {"en": {"other": "points"}}}},
        tier_groups=[group(tier("leaf", name=some, perks=[{"id": "p", "text": some}]))],
        rewards=[reward(name=some)],
        earn=[rule("base", name=some)],
        badges=[{"id": "star", "name": some, "text": some}],
        challenges=[
            {
                "id": "tour",
                "name": some,
                "kind": "steps",
                "steps": [{"id": "buy", "on": "order.paid", "name": some}],
                "give": [{"badge": "star"}],
            }
        ],
        campaigns=[
            {"id": "week", "name": some, "budget": "unlimited", "rules": [rule("a", name=some)]}
        ],
    )
    assert {path for path, code in warned(raw) if code == "text_missing"} == {
        "$.name",
        "$.units.points.name",
        "$.tier_groups[0].tiers[0].name",
        "$.tier_groups[0].tiers[0].perks[0].text",
        "$.rewards[0].name",
        "$.earn[0].name",
        "$.badges[0].name",
        "$.badges[0].text",
        "$.challenges[0].name",
        "$.challenges[0].steps[0].name",
        "$.campaigns[0].name",
        "$.campaigns[0].rules[0].name",
    }
    whole = {"en": "x", "hu": "y"}
    assert warned(document(locales=["en", "hu"], name=whole)) == set()


# ---------------------------------------------------------------- the id is the identity

LIVE = document(
    units={"points": POINTS, "karma": KARMA},
    earn=[rule("base"), rule("extra", add(5))],
    tier_groups=[group()],
    rewards=[reward("five")],
)


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"currency": "EUR"}, "$.currency", "currency_changed"),
        ({"units": {"points": {**POINTS, "kind": "status"}, "karma": KARMA}},
         "$.units.points.kind", "unit_kind_changed"),
        ({"units": {"points": POINTS}}, "$.units.karma", "unit_dropped"),
        ({"tier_groups": []}, "$.tier_groups", "tier_group_dropped"),
        ({"tier_groups": [group(window={"calendar": "year"})]}, "$.tier_groups[0].window",
         "window_changed"),
        ({"tier_groups": [group(window={"rolling": "P30D"})]}, "$.tier_groups[0].window",
         "window_changed"),
        ({"tier_groups": [group(window="lifetime")]}, "$.tier_groups[0].window", "window_changed"),
        ({"tier_groups": [group(window={"anniversary": "joined"})]}, "$.tier_groups[0].window",
         "window_changed"),
        ({"tier_groups": [group(window={"rolling": "P1"})]}, "$.tier_groups[0].window.rolling",
         "period_malformed"),
        ({"tier_groups": [group(id="vip")]}, "$.tier_groups", "tier_group_dropped"),
    ],
)  # fmt: skip
def test_what_members_hold_cannot_change_its_meaning(
    change: dict[str, Any], path: str, code: str
) -> None:
    errors = check({**LIVE, **change}, program_of(LIVE)).errors
    assert (path, code) in {(problem.path, problem.code) for problem in errors}


def test_retiring_a_unit_is_no_change_of_it() -> None:
    retired = {"points": POINTS, "karma": {**KARMA, "retired": True}}
    assert check({**LIVE, "units": retired}, program_of(LIVE)).errors == ()


@pytest.mark.parametrize("window", [{"rolling": "P6M"}, {"calendar": "month"}])
def test_a_window_of_the_same_buckets_may_follow(window: dict[str, str]) -> None:
    assert check({**LIVE, "tier_groups": [group(window=window)]}, program_of(LIVE)).errors == ()


def test_the_same_document_succeeds_itself_without_a_word() -> None:
    checked = check(LIVE, program_of(LIVE))
    assert (checked.errors, checked.warnings) == ((), ())


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"earn": [{"id": "base", "on": "member.joined", "give": [add(5)]}, rule("more")]},
         "$.earn[0].id"),
        ({"earn": [rule("base"), rule("extra", add(5, "karma"))]}, "$.earn[1].id"),
        ({"rewards": [reward("five", kind="perk", value=None)]}, "$.rewards[0].id"),
        ({"tier_groups": [group({"id": "a", "name": "A", "at": 0}, by="points", unit="points")]},
         "$.tier_groups[0].id"),
    ],
)  # fmt: skip
def test_an_id_that_comes_to_mean_something_else_is_told(change: dict[str, Any], path: str) -> None:
    assert (path, "id_reused") in warned({**LIVE, **change}, program_of(LIVE))


def test_a_broken_document_is_still_compared_with_the_live_one() -> None:
    errors = check({**LIVE, "units": {"points": {"kind": "gold"}}, "currency": 5}, program_of(LIVE))
    assert {"unit_dropped", "choice_unknown", "type_wrong"} <= {each.code for each in errors.errors}


def test_every_draft_that_is_good_compiles() -> None:
    assert compile_program(program_of(LIVE), 7).version == 7


PALE = {"presentation": {"accent": "#ffffff", "on_accent": "#ffff00"}}


@pytest.mark.parametrize(
    ("wrong", "codes"),
    [
        ({"foo": 1}, {"contrast_low", "reward_cost_high"}),
        ({"earn": [{"id": "x"}]}, {"contrast_low"}),  # what earns is not known
        ({"currency": "QQQ"}, set()),  # nothing is, without a currency
        ({"presentation": {"accent": "red"}}, {"reward_cost_high"}),
    ],
    ids=["unknown", "earn", "currency", "presentation"],
)
def test_an_error_hides_no_warning_of_the_parts_that_are_right(
    wrong: dict[str, Any], codes: set[str]
) -> None:
    high = document(rewards=[reward()], limits={"reward_cost_share": "0.01"})
    checked = check({**high, **PALE, **wrong})
    assert checked.errors
    assert {each.code for each in checked.warnings} == codes


def test_default_texts_are_in_every_language_that_there_are_words_for() -> None:
    three = {"id": "tea", "name": "Tea", "currency": "USD"}
    program = program_of({**three, "locales": ["en", "hu-HU", "fa"]})
    name: Any = program.units["points"].name
    assert name["hu-HU"] == {"one": "pont", "other": "pont"}
    assert program.rewards[0].name == {
        "en": "5 USD off", "hu-HU": "5 USD kedvezmény", "fa": "5 USD تخفیف"
    }  # fmt: skip
    texts = ("$.units.points.name", "$.rewards[0].name")
    known = warned({**three, "name": {"en": "Tea", "hu": "Tea"}, "locales": ["en", "hu"]})
    assert not [path for path, _ in known if path in texts]
    german = warned({**three, "locales": ["hu", "de"]})
    assert {(path, "text_missing") for path in texts} <= german
    assert program_of({**three, "locales": ["de"]}).rewards[0].name == "5 USD off"
