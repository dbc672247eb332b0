"""What is given besides points, who may have it and what is left open when a program changes."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, parse_instant
from chalicelib.domain.member import Counters, Invitation, Standing
from chalicelib.domain.outcome import RefusalCode
from chalicelib.domain.program.campaigns import IN, awarded
from chalicelib.domain.program.challenging import LeftBoard, boards_left
from chalicelib.domain.program.choosing import once_marks
from chalicelib.domain.program.compiled_referral import region_for
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.earning import evaluate
from chalicelib.domain.program.occasion import Occasion
from chalicelib.domain.program.plan import untold
from chalicelib.domain.program.presentation import present
from chalicelib.domain.program.pricing import takes
from chalicelib.domain.program.rewards import hold_until, reward_refusal
from chalicelib.domain.program.tier_windows import judged_at
from chalicelib.domain.program.tiers import Progress, progress, reached_at, standing_at
from chalicelib.domain.program.validation import check
from tests.domain.program.broken_campaigns import campaign
from tests.domain.program.broken_challenges import challenge
from tests.domain.program.builders import (
    NOON,
    POINTS,
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
    points,
    rate,
    reward,
    rule,
    terms,
    tier,
)

THANKS = {"templates": {"thanks": {"text": "Thanks"}}}
CAKE = {"id": "cake", "name": "Cake", "kind": "product", "sku": "C"}
UP = {"on": "tier.entered", "once": "subject"}
MONTHLY = {"times": 5, "window": {"calendar": "month"}}
VIP = {"id": "vip", "name": "Vip", "if": {"facts.staff": True}}
BY_FACTS = group({"id": "plain", "name": "Plain"}, VIP, by="custom")


def grants(result: Any) -> set[tuple[str, str]]:
    return {(grant.kind, grant.name) for grant in result.grants}


def entering(subject: str) -> Occasion:
    return Occasion("tier.entered", NOON, NOON, action={"subject": subject})


def program_of(made: dict[str, Any]) -> Program:
    program = check(made).program
    assert program is not None
    return program


# ---------------------------------------------------------------- tiers


def test_a_tier_gives_a_reward_and_a_message_while_its_amount_stands() -> None:
    gold = tier("gold", 200, entry=[{"reward": "cake"}, {"message": "thanks"}])
    program = compiled(tier_groups=[group(tier("leaf"), gold)], rewards=[CAKE], messages=THANKS)
    before = {"entered": ("club/gold",), "qualified_before": {"club": 15_000}}
    assert grants(award(program, order(5_000), **before)) == {
        ("reward", "cake"), ("message", "thanks"),
    }  # fmt: skip
    assert grants(award(program, order(4_999), **before)) == set()


def test_a_reward_on_entry_must_be_one_that_there_is() -> None:
    gold = tier("gold", 200, entry=[{"reward": "pie"}])
    errors = check(document(tier_groups=[group(tier("leaf"), gold)])).errors
    assert [each.path for each in errors] == ["$.tier_groups[0].tiers[1].entry[0].reward"]


@pytest.mark.parametrize(
    ("subject", "gave"), [("club/gold", 5), ("club/silver", 0), ("vip/gold", 0), ("club", 0)]
)
def test_a_rule_may_ask_which_tier_was_entered(subject: str, gave: int) -> None:
    up = rule("up", add(5), **UP, **{"if": {"tier.club": "gold"}})
    program = compiled(tier_groups=[group()], earn=[up])
    assert points(award(program, entering(subject))) == gave


def test_a_rule_gives_a_tier_and_says_thanks() -> None:
    gold = {"tier": "gold", "tier_group": "club"}
    program = compiled(
        tier_groups=[group()],
        messages=THANKS,
        earn=[rule("up", {**gold, "for": "P30D"}, once="member"),
              rule("thank", {"message": "thanks"}, once="member")],
    )  # fmt: skip
    result = award(program, order(100))
    assert grants(result) == {("tier", "club/gold"), ("message", "thanks")}


def test_birthdays_of_a_tier_give_to_who_holds_it() -> None:
    gold = tier("gold", 200, birthday=[add(30)])
    program = compiled(tier_groups=[group(tier("leaf"), gold)])
    day = Occasion("member.birthday", NOON, NOON, action={"subject": "2026"})
    held = award(program, day, tiers={"club": "gold"}, facts=facts(tiers={"club": "gold"}))
    assert points(held) == 30
    assert points(award(program, day, tiers={"club": "leaf"})) == 0


def test_a_tier_by_condition_has_no_amount_and_no_progress() -> None:
    program = compiled(tier_groups=[BY_FACTS], facts={"staff": "flag"})
    club = program.groups["club"]
    held = standing_at(club, Standing(tier="vip", since=NOON), NOON + DAY_MS)
    assert held.tier == "vip"
    assert progress(club, held, NOON + DAY_MS) == Progress(0, 0, 0, None, 0)
    assert reached_at(club, held, NOON + DAY_MS).tier == "vip"
    shown: Any = present(program, "en")["tier_groups"]
    assert [each.get("conditional", False) for each in shown[0]["tiers"]] == [False, True]


def test_a_tier_that_a_rule_gave_is_held_until_it_ends() -> None:
    club = compiled(tier_groups=[group()]).groups["club"]
    given = Standing(given={"gold up": Invitation(NOON, NOON + DAY_MS)})
    assert standing_at(club, given, NOON).tier == "gold"
    assert standing_at(club, given, NOON + DAY_MS).tier == "leaf"


def test_what_is_judged_at_the_end_of_the_window_was_judged_when_the_month_began() -> None:
    monthly = group(evaluate="window_end", window={"calendar": "month"})
    club = compiled(tier_groups=[monthly]).groups["club"]
    assert judged_at(club, NOON) == parse_instant("2026-06-01T00:00:00Z")
    at_once = compiled(tier_groups=[group()]).groups["club"]
    assert judged_at(at_once, NOON) == NOON


# ---------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("fulfilled_at", "days", "gave", "told"),
    [
        (None, 20, 0, "not_fulfilled"),
        (NOON, 14, 10, "rate"),
        (NOON, 13, 0, "returns_open"),
        (NOON + DAY_MS, 14, 0, "returns_open"),
    ],
)
def test_a_rule_for_closed_returns_waits_for_them(
    fulfilled_at: int | None, days: int, gave: int, told: str
) -> None:
    program = compiled(earn=[rule(on="order.returns_closed", returns_days=14)])
    bought = order(1_000, fulfilled_at=fulfilled_at, now=NOON + days * DAY_MS)
    result = award(program, bought)
    assert points(result) == gave
    assert told in codes(result)


@pytest.mark.parametrize(("country", "region"), [("HU", "AT"), ("AT", "AT"), ("US", "*")])
def test_the_offer_of_a_referral_is_that_of_the_country(country: str, region: str) -> None:
    offers = [{"regions": ["AT", "HU"], "friend": [add(5)]}, {"regions": ["*"], "friend": [add(9)]}]
    made = compiled(referral={"offers": offers}).referral
    assert made is not None
    assert region_for(made, country) == region


@pytest.mark.parametrize(("checks", "looks"), [([], False), (["address"], True)])
def test_signs_are_looked_at_where_a_check_asks(checks: list[str], looks: bool) -> None:
    offers = [{"regions": ["*"], "friend": [add(5)]}]
    made = compiled(referral={"offers": offers, "checks": checks}).referral
    assert made is not None
    assert made.looks_at_signs is looks


def test_who_reads_no_reasons_gets_the_same_answer() -> None:
    twice = {"multiply": "2", "unit": "points"}
    program = compiled(earn=[rule(), rule("more", add(5), dry_run=True), rule("two", twice)])
    bought = order(line(4_299), line(500, "card", gift_card=True), line(0, "none"))
    told, silent = (evaluate(each, bought, terms()) for each in (program, untold(program)))
    assert silent.shares == told.shares
    assert silent.trace == ()
    assert {"excluded_line", "dry_run"} <= set(codes(told))


def test_a_condition_may_ask_for_the_month_of_birth() -> None:
    program = compiled(earn=[rule("june", add(5), **{"if": {"member.birth_month": 6}})])
    assert by_rule(award(program, order(100), facts=facts(birth_month=6))) == {"june": 5}
    assert by_rule(award(program, order(100), facts=facts(birth_month=7))) == {}
    assert by_rule(award(program, order(100))) == {}


def test_what_is_once_of_a_subject_is_marked_by_it_and_without_one_not_at_all() -> None:
    program = compiled(
        earn=[
            rule("each", add(5), on="action.review", once="subject", limit=MONTHLY),
            rule("ever", add(5), on="action.review", once="member", limit=MONTHLY),
        ]
    )
    told: tuple[dict[str, object], ...] = ({"subject": "tea"}, {"subject": "cup"}, {})
    tea, cup, nothing = (
        once_marks(program, Occasion("action.review", NOON, NOON, action=action)) for action in told
    )
    assert tea["ever"] == cup["ever"] == nothing["ever"]
    assert tea["each"] != cup["each"]
    assert "each" not in nothing


def test_a_rule_of_a_pick_chooses_again_within_what_it_was_given() -> None:
    both = [
        rule(name, rate(per), group="best", pick="best",
             limit={"amount": 30, "window": {"calendar": "month"}})
        for name, per in (("one", "1"), ("two", "2"))
    ]  # fmt: skip
    program = compiled(earn=both)
    bought = order(1_000, 500)
    free = award(program, bought)
    assert by_rule(free) == {"two": 30}
    again = award(program, bought, room={**dict.fromkeys(program.caps, 30), "pick:two": 20})
    assert by_rule(again) == {"one": 5, "two": 20}


def test_a_limit_of_the_whole_shop_that_is_used_up_leaves_a_rule_nothing_and_says_so() -> None:
    shop = {"amount": 30, "window": {"calendar": "month"}, "scope": "shop"}
    program = compiled(earn=[rule(), rule("few", add(5), limit=shop)])
    full = award(program, order(1_000), room=dict.fromkeys(program.shared, 30))
    assert by_rule(full) == {"base": 10, "few": 5}
    spent = award(program, order(1_000), room=dict.fromkeys(program.shared, 0))
    assert by_rule(spent) == {"base": 10}
    assert "budget_spent" in codes(spent)


def test_a_campaign_in_money_gives_nothing_of_a_unit_that_its_budget_has_none_for() -> None:
    worth = {"points": {**POINTS, "value": {"USD": 1}, "value_per": 1}}
    program = compiled(campaigns=[campaign(budget={"amount": {"USD": 500}})], units=worth)
    shares = [
        awarded(program, order(1_000), terms(arms={"spring": IN}, room={"campaign:spring": left}))
        for left in (500, 2, 0)
    ]
    assert [each.campaigns for each in shares] == [
        {"spring": {"points": 5}}, {"spring": {"points": 2}}, {},
    ]  # fmt: skip
    assert [points(each) for each in shares] == [15, 12, 10]


# ---------------------------------------------------------------- rewards


@pytest.mark.parametrize(
    ("unit", "asked", "may"), [("points", 100, True), ("points", 99, False), ("stars", 100, False)]
)
def test_a_price_is_what_the_reward_costs_and_no_other(unit: str, asked: int, may: bool) -> None:
    assert takes(compiled().rewards["five"].reward, unit, asked, "USD") is may


@pytest.mark.parametrize(
    ("asked", "may"), [(10, False), (20, True), (25, False), (30, True), (40, False)]
)
def test_a_price_by_steps_is_a_number_of_steps(asked: int, may: bool) -> None:
    cost = {"unit": "points", "step": 10, "min": 20, "max": 30}
    made = compiled(rewards=[reward(cost=cost, value=None, per_step={"USD": 100})])
    assert takes(made.rewards["five"].reward, "points", asked, "USD") is may


def test_a_gift_that_costs_nothing_has_no_price() -> None:
    program = compiled(rewards=[CAKE], earn=[rule("gift", {"reward": "cake"}, once="member")])
    cake = program.rewards["cake"].reward
    assert not takes(cake, "points", 0, "USD")
    refused = reward_refusal(program, cake, facts(), Counters(), NOON)
    assert refused is RefusalCode.REWARD_NOT_FOR_YOU


def test_points_come_back_of_a_reward_that_ends_and_costs() -> None:
    ends = reward(valid="P30D", on_expiry="return")
    assert check(document(rewards=[ends])).errors == ()


def test_a_hold_lasts_as_the_reward_says() -> None:
    program = compiled(rewards=[reward(hold="PT2H")])
    assert hold_until(program, program.rewards["five"].reward, NOON) == NOON + 2 * 3_600_000


# ---------------------------------------------------------------- boards


def with_board(to: str = "2026-12-01") -> Program:
    return program_of(challenge(to=to, board={}))


def test_a_board_that_is_left_out_is_closed_by_its_version() -> None:
    live = with_board()
    left = boards_left({}, (live, 4), program_of(document()), NOON)
    assert {name: board.version for name, board in left.items()} == {"three": 4}
    assert left["three"].closes_at > NOON
    assert boards_left({}, (live, 4), live, NOON) == {}


def test_boards_that_were_left_before_stay_until_long_over() -> None:
    plain = program_of(document())
    before = {"old": LeftBoard(2, NOON - 30 * DAY_MS), "older": LeftBoard(1, NOON - 31 * DAY_MS)}
    assert boards_left(before, (plain, 5), plain, NOON) == {"old": before["old"]}
