"""What few documents and occasions come to: shapes that are wrong twice, and rules on trial."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.program.caps import FORGOTTEN
from chalicelib.domain.program.choosing import ripe_from
from chalicelib.domain.program.earning import evaluate
from chalicelib.domain.program.occasion import Drawn, Occasion
from chalicelib.domain.program.validation import check
from tests.domain.program.builders import (
    NOON,
    add,
    award,
    by_rule,
    codes,
    compiled,
    document,
    facts,
    group,
    line,
    order,
    rule,
    terms,
    tier,
)

REVIEW = {"times": 5, "window": {"calendar": "month"}}
VISITS = {"id": "visits", "name": "Visits", "kind": "count", "on": "order.paid", "target": 3,
          "give": [add(10)]}  # fmt: skip


def found(document: Any, live: Any = None) -> set[tuple[str, str]]:
    before = check(live).program if live else None
    return {(each.path, each.code) for each in check(document, before).errors}


def test_a_tier_gives_points_by_the_number_alone() -> None:
    gold = tier("gold", 10, entry=[{**add(5), "rate": "1"}])
    made = document(tier_groups=[group(tier("leaf"), gold)])
    assert ("$.tier_groups[0].tiers[1].entry[0].rate", "key_useless") in found(made)


def test_a_challenge_or_reward_of_no_kind_is_told_its_shape_alone() -> None:
    made = document(challenges=[{**VISITS, "kind": "race"}])
    assert found(made) == {("$.challenges[0].kind", "choice_unknown")}
    gift = {"id": "x", "name": "X", "kind": "hug"}
    assert found(document(rewards=[gift])) == {("$.rewards[0].kind", "choice_unknown")}


def test_a_challenge_with_a_wrong_shape_is_not_called_changed() -> None:
    live = document(challenges=[VISITS])
    odd = document(challenges=[{**VISITS, "kind": "race", "target": 9}])
    assert found(odd, live) == {("$.challenges[0].kind", "choice_unknown")}
    changed = document(challenges=[{**VISITS, "target": 9}])
    assert found(changed, live) == {("$.challenges[0].id", "challenge_changed")}


@pytest.mark.parametrize(
    ("campaign", "path", "code"),
    [
        ({"id": "c", "budget": "unlimited"}, "$.campaigns[0].rules", "key_missing"),
        (7, "$.campaigns[0]", "type_wrong"),
    ],
)
def test_a_campaign_without_rules_is_told_so(campaign: Any, path: str, code: str) -> None:
    assert (path, code) in found(document(campaigns=[campaign]))


def test_what_members_report_themselves_pays_by_rules_that_allow_it() -> None:
    plain = rule("told", add(5), on="action.review", limit=REVIEW)
    program = compiled(earn=[plain, {**plain, "id": "own", "self_reported": True}])
    reported = Occasion("action.review", NOON, NOON, is_self_reported=True)
    told = evaluate(program, reported, terms())
    assert by_rule(told) == {"own": 5}
    assert "self_reported" in codes(told)
    assert by_rule(evaluate(program, replace(reported, is_self_reported=False), terms())) == {
        "own": 5, "told": 5,
    }  # fmt: skip


def test_a_rule_that_waits_for_nothing_counts_at_once() -> None:
    program = compiled(earn=[rule("now"), rule("sent", on="order.fulfilled")])
    now, sent = program.rules["order.paid"]
    assert (ripe_from(now, None, "UTC"), ripe_from(sent, None, "UTC")) == (0, None)
    assert ripe_from(sent, NOON, "UTC") == NOON


def test_a_condition_may_ask_when_somebody_last_bought() -> None:
    asks = {"member.last_order_at": {"lt": "2026-06-01"}}
    program = compiled(earn=[rule("back", add(5), **{"if": asks})])
    assert by_rule(
        award(program, order(100), facts=facts(last_order_at=NOON - 30 * 86_400_000))
    ) == {"back": 5}
    assert by_rule(award(program, order(100), facts=facts(last_order_at=NOON))) == {}
    assert by_rule(award(program, order(100))) == {}


def test_a_referral_may_ask_of_the_order_and_end_with_its_link() -> None:
    offer = {"regions": ["*"], "friend": [add(5)]}
    assert compiled().referral is None
    asks = {"if": {"order.net_total": {"gte": 3_000}}}
    said = {"offers": [offer], "qualify": asks, "link_life": "P30D"}
    made = compiled(referral=said).referral
    plain = compiled(referral={"offers": [offer]}).referral
    assert made is not None
    assert plain is not None
    assert (made.condition is None, plain.condition is None) == (False, True)
    assert (made.life is None, plain.life is None) == (False, True)


@pytest.mark.parametrize("amount", [500, {"points": 500}])
def test_a_referral_limits_points_by_the_unit_that_its_offers_give(amount: Any) -> None:
    gift = {"regions": ["CA"], "advocate": [{"reward": "five"}]}
    offers = [gift, {"regions": ["*"], "advocate": [add(10)], "friend": [add(10)]}]
    limit = {"amount": amount, "window": "lifetime"}
    program = compiled(referral={"offers": offers, "limit": limit})
    (cap,) = program.rule_caps["referral:advocate"]
    assert (cap.kind, cap.unit, cap.limit) == ("amount", "points", 500)
    assert "referral:friend" not in program.rule_caps


@pytest.mark.parametrize(
    ("scope", "left", "told"),
    [
        ("member", FORGOTTEN, ("cap_spent", {"cap": "forgotten:gift"})),
        ("member", 0, ("cap_spent", {"cap": "rule:gift"})),
        ("shop", 0, ("budget_spent", {})),
    ],
)
def test_a_gift_without_room_says_whose_limit_leaves_none(
    scope: str, left: int, told: tuple[str, dict[str, str]]
) -> None:
    limit = {"times": 5, "window": "lifetime", "scope": scope}
    program = compiled(earn=[rule("gift", {"reward": "five"}, limit=limit)])
    (cap,) = program.rule_caps["gift"]
    result = award(program, order(100), room={cap.id: left})
    assert (result.grants, [(row.code, row.parameters) for row in result.trace]) == ((), [told])


@pytest.mark.parametrize(("number", "told"), [(0, []), (1, ["dry_run_grant"])])
def test_a_draw_on_trial_says_what_it_would_have_given(number: int, told: list[str]) -> None:
    cake = {"id": "cake", "name": "Cake", "kind": "product", "sku": "C"}
    draw = {"chance": [{"weight": 1, "give": []}, {"weight": 1, "give": [{"reward": "cake"}]}]}
    program = compiled(rewards=[cake], earn=[rule("luck", draw, dry_run=True)])
    drawn = Drawn("2026-06-15", {"luck": number})
    result = award(program, order(line(100), drawn=drawn))
    assert result.grants == ()
    assert [code for code in codes(result) if code == "dry_run_grant"] == told
