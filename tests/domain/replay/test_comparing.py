"""Both programs side by side: what is counted, who wins, and what the report leaves out."""

from html.parser import HTMLParser
from typing import Any

import pytest

from chalicelib.domain.events import Customer, OrderStatus
from chalicelib.domain.limits import REPLAY_REWARDS_A_MONTH_MAX
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.replay.choosing import choices_of, point_worth, what_points_buy
from chalicelib.domain.replay.comparing import Comparison, begun, compare_member
from chalicelib.domain.replay.history import facts_of, steps_of
from chalicelib.domain.replay.member_state import plan_of
from chalicelib.domain.replay.report import MoneyMonths, Report, main_money
from chalicelib.domain.replay.spending import MILLION
from chalicelib.domain.replay.tally import Tally, quantile
from chalicelib.routes.replay_page import report_page
from tests.builders import TEA, unit
from tests.domain.replay.histories import FIFTH, back, bought, compared, made, months

REWARD = TEA["rewards"][0]
RULE = TEA["earn"][0]
DOUBLE = [{**RULE, "give": [{**RULE["give"][0], "rate": "2"}]}]


def _one(report: Report, side: str = "live") -> Any:
    (found,) = [each for each in getattr(report, side).units if each.habit == "one"]
    return found


def test_a_draft_that_gives_double_issues_double() -> None:
    report, _ = compared(made(), made(earn=DOUBLE), {"ann": [bought(10_000)]})
    assert sum(_one(report).issued) == 100
    assert sum(_one(report, "draft").issued) == 200


def test_a_draft_that_draws_costs_what_its_odds_say() -> None:
    branches = [{"weight": 3}, {"weight": 1, "give": [{"add": 100, "unit": "points"}]}]
    wheel = {"id": "wheel", "on": "order.paid", "give": [{"chance": branches}]}
    orders = [bought(100, days_ago=100, order_id=str(number)) for number in range(400)]
    report, _ = compared(made(), made(earn=[RULE, wheel]), {"ann": orders})
    won = sum(_one(report, "draft").issued) - sum(_one(report).issued)
    assert 8_000 <= won <= 12_000  # 10,000 by the odds


def test_a_return_is_reversed_in_its_own_month_and_lowers_the_revenue() -> None:
    order = bought(10_000, days_ago=100, refunds=(back(4_000, 40),))
    report, _ = compared(made(), made(), {"ann": [order]})
    assert sum(_one(report).reversed) == 40
    assert sum(report.live.revenue_minor) == 6_000
    assert [month for month in report.live.revenue_minor if month] == [10_000, -4_000]


def test_what_comes_back_after_the_months_has_not_happened_yet() -> None:
    order = bought(10_000, days_ago=100, refunds=(back(4_000, -40),))
    report, _ = compared(made(), made(), {"ann": [order]})
    assert sum(report.live.revenue_minor) == 10_000


def test_members_spend_a_share_on_what_is_worth_most() -> None:
    better = {**REWARD, "id": "ten-off", "value": {"USD": 1_000}}
    program = made(rewards=[REWARD, better])
    report, comparison = compared(program, program, {"ann": [bought(20_000)]}, share=MILLION)
    assert sum(comparison.live.row("rewards", "ten-off", "one")) == 4
    assert not sum(comparison.live.row("rewards", "five-off", "one"))
    assert main_money(report.live).total_cost_minor == 4_000
    assert main_money(report.live).cost_share_millionths == 200_000


def test_a_limit_of_a_reward_holds_in_a_replay() -> None:
    once = {**REWARD, "limit": {"times": 1, "window": "lifetime"}}
    program = made(rewards=[once])
    report, _ = compared(program, program, {"ann": [bought(50_000)]}, share=MILLION)
    assert sum(main_money(report.live).rewards) == 1


def test_spending_half_and_more_stand_beside_it() -> None:
    histories = {f"m{place}": [bought(30_000, days_ago=300)] for place in range(5)}
    report, _ = compared(made(), made(), histories, share=FIFTH // 4)
    cost = {money.habit: money.total_cost_minor for money in report.live.money}
    assert 0 < cost["half"] < cost["one"] < cost["more"]


def test_a_month_has_no_end_of_rewards_that_nobody_could_count() -> None:
    cheap = {**REWARD, "cost": {"unit": "points", "amount": 1}}
    program = made(rewards=[cheap])
    report, _ = compared(program, program, {"ann": [bought(50_000)]}, share=MILLION)
    assert max(main_money(report.live).rewards) == REPLAY_REWARDS_A_MONTH_MAX


def test_an_order_of_nothing_makes_a_member_of_the_lowest_tier() -> None:
    report, _ = compared(made(), made(), {"ann": [bought(0)]})
    assert report.live.tiers["club"]["leaf"][-1] == 1


def test_an_order_without_a_customer_tells_nothing_of_its_buyer() -> None:
    assert facts_of(bought(1, customer=None)) == MemberFacts()


def test_a_past_order_was_paid() -> None:
    with pytest.raises(InvariantBroken):
        steps_of([bought(1, paid_at=None)])


def test_nobody_redeems_after_the_last_day() -> None:
    ended = made(ends={"redeem": "2026-01-01"})
    report, _ = compared(ended, ended, {"ann": [bought(50_000)]}, share=MILLION)
    assert not sum(main_money(report.live).rewards)


def test_a_reward_without_a_known_cost_is_noted() -> None:
    free = {"id": "ship", "name": "Ship", "kind": "free_shipping", "cost": REWARD["cost"]}
    program = made(rewards=[free])
    report, _ = compared(program, program, {"ann": [bought(50_000)]}, share=MILLION)
    assert report.notes == ("rewards_unpriced",)
    assert sum(main_money(report.live).unpriced) > 0
    assert not main_money(report.live).total_cost_minor


def test_a_program_that_gives_nothing_is_noted() -> None:
    report, _ = compared(made(), made(earn=[]), {"ann": [bought(50_000)]})
    assert report.notes == ("nothing_earned",)
    assert report.draft.first_reward_median is None
    assert report.draft.never_reached == 1
    assert "none gets there" in report_page(report)


def test_orders_until_a_reward_is_within_reach() -> None:
    orders = [bought(2_000, str(place), 200 - place * 10) for place in range(6)]
    report, _ = compared(made(), made(earn=DOUBLE), {"ann": orders, "bea": orders[:1]})
    assert (report.live.first_reward_median, report.draft.first_reward_median) == (3, 2)
    assert report.live.never_reached == 1


def test_a_reward_for_others_is_not_within_reach() -> None:
    program = made(rewards=[{**REWARD, "who": {"member.country": "DE"}}])
    report, _ = compared(program, program, {"ann": [bought(50_000)]}, share=MILLION)
    assert report.live.never_reached == 1
    assert not sum(main_money(report.live).rewards)
    assert [(each.program, each.where, each.field) for each in report.undated] == [
        ("live", "rewards.five-off", "member.country"),
        ("draft", "rewards.five-off", "member.country"),
    ]


def test_nested_conditions_are_listed_too() -> None:
    asked = {"any": [{"member.tags": {"has": "vip"}}, {"not": {"member.locale": "de"}}]}
    report, _ = compared(made(), made(earn=[{**RULE, "if": asked}]), {"ann": [bought(5_000)]})
    assert [each.field for each in report.undated] == ["member.locale", "member.tags"]


def test_conditions_on_the_programs_own_facts_are_listed() -> None:
    program = made(facts={"level": "integer"}, earn=[{**RULE, "if": {"facts.level": {"gte": 2}}}])
    report, _ = compared(made(), program, {"ann": [bought(5_000)]})
    assert [each.field for each in report.undated] == ["facts.level"]


def test_tiers_are_counted_at_the_end_of_each_month_with_their_moves() -> None:
    orders = [bought(15_000, "1", 200), bought(15_000, "2", 100)]
    report, _ = compared(made(), made(tier_groups=[]), {"ann": orders})
    gold = report.live.tiers["club"]["gold"]
    assert (gold[0], gold[-1]) == (0, 1)
    assert sum(report.live.moves["club"]["leaf>gold"]) == 1
    assert not report.draft.tiers


def test_a_tier_is_lost_when_its_time_is_over() -> None:
    report, _ = compared(made(), made(), {"ann": [bought(30_000, "1", 600)]})
    assert sum(report.live.moves["club"]["gold>leaf"]) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": OrderStatus.CANCELLED}, "order_cancelled"),
        ({"test": True}, "test_order"),
        ({"currency": "EUR"}, "other_currency"),
    ],
)
def test_orders_that_earn_nothing_are_counted_by_their_reason(
    changes: dict[str, Any], reason: str
) -> None:
    order = bought(5_000, refunds=(back(1_000, 50),), **changes)
    report, _ = compared(made(), made(), {"ann": [order]})
    assert report.live.unearned == {reason: 1}
    assert not sum(report.live.orders)
    assert reason in report_page(report)


def test_after_the_last_day_and_outside_the_rollout_nothing_is_earned() -> None:
    ended, outside = made(ends={"earn": "2026-01-01"}), made(join={"rollout": "0"})
    report, _ = compared(ended, outside, {"ann": [bought(5_000)]})
    assert report.live.unearned == {"program_ended": 1}
    assert report.draft.unearned == {"not_in_rollout": 1}


def test_other_currencies_count_at_the_rate_of_the_program() -> None:
    euro = made(fx={"EUR": "2"})
    report, _ = compared(euro, euro, {"ann": [bought(5_000, currency="EUR")]})
    assert sum(report.live.revenue_minor) == 10_000


def test_orders_older_than_the_months_are_left_out() -> None:
    report, _ = compared(made(), made(), {"ann": [bought(5_000, days_ago=900), bought(7_000, "2")]})
    assert len(report.months) == len(report.warming) == 12
    assert sum(report.live.revenue_minor) == 7_000


def test_the_ten_who_gain_and_lose_most_are_explained() -> None:
    spenders = {f"m{place:02}": [bought(1_000 * place, "1")] for place in range(1, 15)}
    report, _ = compared(made(), made(earn=DOUBLE), spenders)
    assert [each.member for each in report.winners] == [
        f"m{place:02}" for place in range(14, 4, -1)
    ]
    best = report.winners[0]
    assert (best.live_minor, best.draft_minor, best.gain_minor) == (1_400, 2_800, 1_400)
    assert [(gain.rule, gain.live, gain.draft) for gain in best.rules] == [("purchase", 140, 280)]
    assert best.example is not None
    assert best.example.order == "#1"
    assert best.example.live
    assert best.example.live != best.example.draft
    worse, _ = compared(made(earn=DOUBLE), made(), spenders)
    assert [each.gain_minor for each in worse.losers][:2] == [-1_400, -1_300]
    assert not worse.winners


def test_a_bonus_for_joining_explains_itself_without_an_order() -> None:
    hello = {"id": "hello", "on": "member.joined", "give": [{"add": 50, "unit": "points"}]}
    report, _ = compared(made(), made(earn=[RULE, hello]), {"ann": [bought(5_000)]})
    (winner,) = report.winners
    assert [(gain.rule, gain.live, gain.draft) for gain in winner.rules] == [
        ("hello", 0, 50),
        ("purchase", 50, 50),
    ]
    assert winner.example is None


def test_a_loss_of_an_order_is_told_by_that_order() -> None:
    report, _ = compared(made(), made(fx={}, ends={"earn": "2026-01-01"}), {"ann": [bought(5_000)]})
    (loser,) = report.losers
    assert loser.example is not None
    assert loser.example.draft == ()


def test_what_is_given_in_warm_up_makes_no_winner() -> None:
    report, _ = compared(made(), made(earn=DOUBLE), {"ann": [bought(5_000, days_ago=600)]})
    assert not report.winners


def test_what_is_given_once_goes_to_the_next_order_when_the_first_comes_back() -> None:
    once = {
        "id": "first",
        "on": "order.paid",
        "once": "member",
        "give": [{"add": 9, "unit": "points"}],
    }
    program = made(earn=[once])
    orders = [bought(5_000, "1", 200, (back(5_000, 150),)), bought(5_000, "2", 100)]
    report, _ = compared(program, program, {"ann": orders})
    assert (sum(_one(report).issued), sum(_one(report).reversed)) == (18, 9)


def test_parts_add_up_to_the_whole_in_any_order() -> None:
    people = {f"m{place}": [bought(900 * place, "1", 20 * place)] for place in range(1, 30)}
    live, draft = made(), made(earn=DOUBLE)
    _, whole = compared(live, draft, people)
    parts: list[Comparison] = []
    span = months()
    for member, orders in people.items():
        part = begun(len(span.names))
        compare_member(
            member, orders, (plan_of(live, span, FIFTH), plan_of(draft, span, FIFTH)), part
        )
        parts.append(part)
    for order in (parts, parts[::-1]):
        merged = begun(len(span.names))
        for part in order:
            merged.merge(part)
        assert merged == whole


@pytest.mark.parametrize(
    ("changes", "worth"),
    [
        ({"units": unit(value={"USD": 3}, value_per=2)}, (3, 2)),
        ({}, (500, 50)),
        ({"rewards": []}, (0, 1)),
        ({"rewards": [{**REWARD, "cost": None}]}, (0, 1)),
        ({"units": unit(spendable=False), "rewards": []}, (0, 1)),
    ],
)
def test_points_are_worth_what_the_program_or_its_best_reward_says(
    changes: dict[str, Any], worth: tuple[int, int]
) -> None:
    program: CompiledProgram = made(**changes)
    assert point_worth(program, "points") == worth
    assert point_worth(program, "unknown") == (0, 1)


def test_a_reward_by_steps_is_taken_by_its_least_number_of_them() -> None:
    steps = {
        "id": "pay",
        "name": "Pay",
        "kind": "amount_off",
        "cost": {"unit": "points", "step": 10, "min": 30, "max": 100},
        "per_step": {"USD": 50},
    }
    (choice,) = choices_of(made(rewards=[steps]))
    assert (choice.points, choice.worth_minor, choice.cost_minor) == (30, 150, 150)
    (single,) = choices_of(made(rewards=[{**steps, "cost": {"unit": "points", "step": 10}}]))
    assert single.points == 10


def test_a_quantile_is_the_smallest_value_that_reaches_it() -> None:
    counts = {1: 5, 2: 4, 9: 1}
    assert quantile(counts, 1, 2) == 1
    assert quantile(counts, 9, 10) == 2
    assert quantile(counts, 1, 1) == 9
    assert quantile({}, 1, 2) is None


def test_a_tally_leaves_out_what_is_before_its_months() -> None:
    tally = Tally(2)
    tally.add(("orders", "", ""), -1, 1)
    assert tally.row("orders") == [0, 0]


class _Tags(HTMLParser):
    """Every tag of a page, and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [name for name, _ in attrs if name in {"src", "href", "style", "onclick"}]


def test_a_reward_that_gets_dearer_is_a_loss_also_where_points_have_a_value() -> None:
    valued = unit(value={"USD": 5}, value_per=1)
    dearer = {**REWARD, "cost": {"unit": "points", "amount": REWARD["cost"]["amount"] * 2}}
    live, draft = made(units=valued), made(units=valued, rewards=[dearer])
    report, _ = compared(live, draft, {"ann": [bought(50_000)]})
    ((lost,), won) = report.losers, report.winners
    assert (lost.draft_minor * 2, won) == (lost.live_minor, ())


def test_points_are_worth_what_most_may_buy_for_them() -> None:
    best = {**REWARD, "id": "best", "value": {"USD": 5_000}}
    few = made(rewards=[{**best, "who": {"member.tags": {"has": "vip"}}}, REWARD])
    amount = REWARD["cost"]["amount"]
    assert what_points_buy(few, "points", choices_of(few)) == (REWARD["value"]["USD"], amount)
    vip = made(rewards=[{**best, "who": {"member.tags": {"has": "vip"}}}])
    assert what_points_buy(vip, "points", choices_of(vip)) == (5_000, amount)
    none = made(units=unit(value={"USD": 5}, value_per=1), rewards=[])
    assert what_points_buy(none, "points", choices_of(none)) == (5, 1)


def test_the_page_stands_alone_and_escapes_what_it_shows() -> None:
    order = bought(50_000, customer=Customer("<b>"), number="<script>")
    report, _ = compared(made(), made(earn=DOUBLE), {"<i>ann": [order]})
    page = report_page(report)
    tags = _Tags()
    tags.feed(page)
    assert "script" not in tags.tags
    assert "&lt;i&gt;ann" in page
    assert "<i>ann" not in page
    assert not tags.loads
    assert tags.tags.count("svg") == 7


def test_losers_and_negative_months_are_drawn_too() -> None:
    order = bought(50_000, days_ago=100, refunds=(back(50_000, 40),))
    page = report_page(compared(made(earn=DOUBLE), made(), {"ann": [order], "bea": [bought(9)]})[0])
    assert "Nobody." in page
    less = report_page(compared(made(earn=DOUBLE), made(), {"ann": [bought(50_000)]})[0])
    assert 'class="bad"' in less


def test_main_money_is_of_the_habit_that_limits_are_held_against() -> None:
    report, _ = compared(made(), made(), {"ann": [bought(50_000)]})
    money: MoneyMonths = main_money(report.draft)
    assert money.habit == "one"


def test_a_reward_that_a_rule_gives_costs_what_it_costs_until_its_order_goes_back() -> None:
    gift = {"id": "gift", "on": "order.paid", "give": [{"reward": REWARD["id"]}]}
    program = made(earn=[RULE, gift], tier_groups=[])
    kept, gone = bought(3_000, "1", 100), bought(3_000, "2", 100, (back(3_000, 40),))
    report, _ = compared(made(), program, {"ann": [kept], "bea": [gone]}, share=0)
    money = main_money(report.draft)
    assert (money.total_cost_minor, sum(money.rewards)) == (500, 1)
    assert [cost for cost in money.cost_minor if cost] == [1_000, -500]
    assert report.left_out == ()
