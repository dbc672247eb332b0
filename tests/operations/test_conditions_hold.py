"""What a condition says is true wherever it is accepted, through operations: in joining, referral,
partners, and by dates."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, HOUR_MS, parse_instant
from chalicelib.operations.sweep_due import sweep_shops
from tests.builders import NOON, TEA, Scene, program
from tests.conservation import WatchedTable
from tests.operations.action_scenes import action_of, done, facts, review_rule, tell
from tests.operations.referral_scenes import buy, come, own

ADD_9 = [{"add": 9, "unit": "points"}]
CLUB = TEA["tier_groups"][0]
RATE = TEA["earn"][0]


def opened(**keys: Any) -> Scene:
    made = Scene(WatchedTable())
    made.publish(program(**keys))
    return made


@pytest.mark.parametrize(
    "condition",
    [
        {"member.segments": {"has": "hungarian"}},
        {"member.birth_month": 11},
        {"member.in_birth_month": True},
        {"member.tier.club": "leaf"},
        {"member.tier.vip": "gold"},
        {"member.country": "HU"},
    ],
    ids=str,
)
def test_a_rule_for_joining_knows_who_joins(condition: dict[str, Any]) -> None:
    gold = {"id": "gold", "name": "Gold", "if": {"member.birth_month": 11}}
    vip = {"id": "vip", "by": "custom", "tiers": [{"id": "plain", "name": "Plain"}, gold]}
    welcome = {"id": "hi", "on": "member.joined", "give": ADD_9, "if": condition}
    segments = {"hungarian": {"member.country": "HU"}}
    tea = opened(earn=[welcome], segments=segments, tier_groups=[CLUB, vip])
    tea.join(country="HU", birthday="11-23", birthday_at=NOON - 200 * DAY_MS)
    assert tea.available() == 9
    tea.verify()


def test_a_friends_order_qualifies_by_its_partner() -> None:
    referral = {
        "offers": [{"regions": ["*"], "friend": ADD_9, "advocate": ADD_9}],
        "qualify": {"after": "P7D", "if": {"order.partner": "till"}},
        "page": "https://tea.example/welcome",
    }
    till = {"id": "till", "name": "Till", "connection": "main"}
    tea = opened(partners=[till], referral=referral)
    tea.join("77")
    own(tea)
    come(tea)
    buy(tea)
    sweep_shops(tea.table, NOON + 8 * DAY_MS)
    assert tea.available("77") == 9


def test_the_order_of_tier_groups_gives_to_nobody() -> None:
    rule = {
        "id": "up",
        "on": "tier.entered",
        "give": ADD_9,
        "limit": {"times": 1, "window": "lifetime"},
    }
    tiers = [{"id": "none", "name": "None", "at": 0}, {"id": "one", "name": "One", "at": 1}]
    buyers = {"id": "buyers", "by": "orders", "window": "lifetime", "tiers": tiers}
    told = []
    for groups in ([CLUB, buyers], [buyers, CLUB]):
        tea = opened(tier_groups=groups, earn=[RATE, rule])
        tea.pay(30_000)
        sweep_shops(tea.table, NOON + HOUR_MS)
        told.append([(each.document, each.points) for each in tea.journal()])
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("condition", "days"),
    [
        ("2026-11-21", "day"),
        ({"eq": "2026-11-21"}, "day"),
        ({"ne": "2026-11-21"}, "before after"),
        ({"lte": "2026-11-21"}, "before day"),
        ({"lt": "2026-11-21"}, "before"),
        ({"gte": "2026-11-21"}, "day after"),
        ({"gt": "2026-11-21"}, "after"),
        ({"lte": "2026-11-21T00:00:00"}, "before"),
        ({"gt": "2026-11-21T00:00:00"}, "day after"),
    ],
    ids=str,
)
def test_a_bare_date_is_that_day_in_the_zone_of_the_program(condition: Any, days: str) -> None:
    joined_at = {
        "before": parse_instant("2026-11-20T22:59:59Z"),  # the day begins at 23:00 in UTC
        "day": parse_instant("2026-11-21T22:59:59Z"),
        "after": parse_instant("2026-11-21T23:00:00Z"),
    }
    rule = {**RATE, "if": {"member.joined_at": condition}}
    earned = set()
    for name, at in joined_at.items():
        tea = opened(earn=[rule], timezone="Europe/Budapest")
        tea.now = at
        tea.join()
        tea.now += DAY_MS
        tea.pay(1_000, at=tea.now)
        earned |= {name} if tea.available() else set()
    assert earned == set(days.split())


def test_facts_are_those_before_the_payment_or_the_deed_however_late_it_is_told() -> None:
    rules = [{**RATE, "if": {"facts.level": 3}}, {**review_rule(), "if": {"facts.level": 3}}]
    told = {"action": {"words": "integer", "country": "text"}}
    tea = opened(earn=rules, facts={"level": "integer"}, attributes=told)
    tea.join()
    times = [tea.now + number * HOUR_MS for number in range(1, 4)]
    for at, level in zip(times, (2, 3, 4), strict=True):
        tea.now = at
        tell(tea, facts(at, level=level))
    tea.now += HOUR_MS
    for number, at in enumerate((times[1] - 1, times[1], times[2] - 1, times[2])):
        for _ in range(2):  # told again it is the same
            tea.pay(1_000, f"o{number}", at=at)
            tell(tea, done(f"a{number}", at=at, words=9, country="HU"))
    earned = [bool(tea.document(f"o{number}").posted) for number in range(4)]
    assert earned == [False, True, True, False], "what was so before last is not known"
    assert [bool(action_of(tea, f"a{number}").posted) for number in range(4)] == earned
    tea.verify()
