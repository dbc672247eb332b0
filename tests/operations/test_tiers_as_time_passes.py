"""A tier by conditions rises and ends with all that it asks about, also by time alone."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, MINUTE_MS, Instant, parse_instant
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.sweep_due import sweep_shops
from tests.builders import (
    NOON,
    TEA,
    Scene,
    line,
    program,
    recorded,
    state,
    unit,
    upserted,
)
from tests.conservation import WatchedTable
from tests.operations.action_scenes import facts, tell
from tests.operations.test_erasures import erase
from tests.operations.test_tiers_by_conditions import tier_of
from tests.operations.verbs_of_members import merge

PLUS = {"id": "plus", "name": "Plus", "sold_as": {"sku": "PLUS"}, "period": "P10D"}
RECENT = {"recent": {"member.days_since_order": {"lte": 4}}}
CLUB = TEA["tier_groups"][0]


def vip(gold_if: dict[str, Any], **group: Any) -> dict[str, Any]:
    tiers = [{"id": "plain", "name": "Plain"}, {"id": "gold", "name": "Gold", "if": gold_if}]
    return {"id": "vip", "by": "custom", "tiers": tiers, **group}


def opened(gold_if: dict[str, Any], group: dict[str, Any] | None = None, **keys: Any) -> Scene:
    """A shop whose member 77 joined a day ago, and whom the sweep has looked at since."""
    made = Scene(WatchedTable())
    keys = {"memberships": [PLUS], "segments": RECENT, **keys}
    groups = [CLUB, vip(gold_if, **(group or {}))]
    made.publish(program(tier_groups=groups, earn=TEA["earn"], **keys))
    made.join()
    swept(made, NOON + DAY_MS)
    assert tier_of(made) == "plain"
    return made


def swept(made: Scene, at: Instant) -> str:
    """The tier after the sweep of ``at``: it comes every few minutes, here twice at once."""
    made.now = at
    sweep_shops(made.table, at)
    sweep_shops(made.table, at)
    return tier_of(made)


def bought(made: Scene, minor: int = 30_000) -> None:
    made.now += 5
    item = line(minor, sku="PLUS", tags=("tea",))
    made.order(upserted(state(item, created_at=made.now, paid_at=made.now)), now=made.now)


@pytest.mark.parametrize(
    "gold_if",
    [
        {"member.order_count": {"gte": 1}},
        {"member.orders_12m": {"gte": 1}},
        {"member.spend_12m": {"gte": 20_000}},
        {"member.last_order_at": {"exists": True}},
        {"member.points.points": {"gte": 100}},
        {"member.memberships": {"has": "plus"}},
        {"member.segments": {"has": "recent"}},
        {"member.tier.club": "gold"},
        {"member.bought.skus": {"has": "PLUS"}},
        {"not": {"any": [{"member.order_count": 0}]}},
    ],
    ids=str,
)
def test_what_an_order_changes_is_judged_after_it(gold_if: dict[str, Any]) -> None:
    tea = opened(gold_if)
    bought(tea)
    assert swept(tea, tea.now + 1) == "gold"
    tea.verify()
    assert audit_member(tea.table, tea.shop, tea.member()).breaks == ()


@pytest.mark.parametrize(
    ("gold_if", "days"),
    [
        ({"member.days_since_order": {"lt": 30}}, 30),
        ({"member.days_since_order": {"in": [0, 1, 2]}}, 3),
        ({"member.segments": {"has": "recent"}}, 5),
        ({"member.memberships": {"has": "plus"}}, 10),
    ],
    ids=str,
)
def test_what_time_alone_ends_is_judged_on_that_day(gold_if: dict[str, Any], days: int) -> None:
    tea = opened(gold_if)
    bought(tea)
    ends_at = tea.now + days * DAY_MS
    assert swept(tea, tea.now) == "gold"
    assert swept(tea, ends_at - 1) == "gold"
    assert swept(tea, ends_at) == "plain"
    assert swept(tea, ends_at + 2 * DAY_MS) == "plain"
    account = tea.account()
    assert account is not None
    assert account.judge_at == {}, "nobody is looked at for nothing"
    tea.verify()


def test_what_was_bought_leaves_the_year_by_its_month() -> None:
    fields: list[dict[str, Any]] = [
        {"member.spend_12m": {"gte": 20_000}},
        {"member.bought.skus_12m": {"has": "PLUS"}},
        {"member.bought.tags": {"has": "tea"}, "member.orders_12m": {"gte": 1}},
    ]
    for gold_if in fields:
        tea = opened(gold_if)
        bought(tea)
        ends_at = parse_instant("2027-11-01T00:00:00Z")
        assert swept(tea, tea.now) == "gold"
        assert swept(tea, ends_at - 1) == "gold"
        assert swept(tea, ends_at) == "plain"


def test_the_month_of_the_birthday_begins_and_ends_a_tier() -> None:
    tea = opened({"member.in_birth_month": True})
    tell(tea, facts(tea.now, birthday="01-31"))
    assert swept(tea, parse_instant("2026-12-31T23:59:59Z")) == "plain"
    assert swept(tea, parse_instant("2027-01-01T00:00:00Z")) == "gold"
    assert swept(tea, parse_instant("2027-01-31T23:59:59Z")) == "gold"
    assert swept(tea, parse_instant("2027-02-01T00:00:00Z")) == "plain"
    assert swept(tea, parse_instant("2028-01-01T00:00:00Z")) == "gold"


def test_points_count_once_they_can_be_spent_and_until_they_lapse() -> None:
    units = unit(pending={"for": "P3D"}, expiry={"after": "P9D"})
    tea = opened({"member.points.points": {"gte": 100}}, units=units)
    bought(tea)
    paid_at = tea.now
    assert swept(tea, paid_at + 3 * DAY_MS - 1) == "plain"
    assert swept(tea, paid_at + 3 * DAY_MS) == "gold"
    assert swept(tea, paid_at + 20 * DAY_MS) == "plain"


def test_a_tier_of_another_group_ends_this_one_when_its_time_is_over() -> None:
    club = {**CLUB, "window": {"calendar": "month"}, "keep": {"for": "window"}}
    tea = Scene(WatchedTable())
    tea.publish(program(tier_groups=[club, vip({"member.tier.club": "gold"})], earn=TEA["earn"]))
    bought(tea)
    assert swept(tea, tea.now) == "gold"
    assert swept(tea, parse_instant("2026-12-01T00:00:00Z") - 1) == "gold"
    assert swept(tea, parse_instant("2026-12-01T00:00:00Z")) == "plain"


def test_daily_ones_move_at_the_end_of_the_day_that_changed_them() -> None:
    tea = opened({"member.days_since_order": {"lt": 3}}, {"evaluate": "daily"})
    bought(tea)
    midnight = parse_instant("2026-11-23T00:00:00Z")
    assert swept(tea, midnight - 1) == "plain"
    assert swept(tea, midnight) == "gold"
    assert swept(tea, midnight + 3 * DAY_MS - 1) == "gold"
    assert swept(tea, midnight + 3 * DAY_MS) == "plain"


def test_other_segments_of_a_new_version_are_asked_of_everybody() -> None:
    tea = opened({"member.segments": {"has": "recent"}})
    bought(tea)
    assert swept(tea, tea.now) == "gold"
    tea.now += 3 * DAY_MS
    known = {"recent": {"member.days_since_order": {"lt": 2}}}
    groups = [CLUB, vip({"member.segments": {"has": "recent"}})]
    tea.publish(
        program(tier_groups=groups, earn=TEA["earn"], memberships=[PLUS], segments=known),
        since=tea.now,
    )
    assert swept(tea, tea.now) == "plain"


def test_who_was_erased_or_merged_away_is_not_waited_for() -> None:
    tea = opened({"member.days_since_order": {"lt": 30}})
    tea.pay(1_000, "other", customer=Customer("88"))
    merge(tea, "88", "77")
    gone = tea.account("88")
    assert gone is not None
    assert gone.judge_at == {}
    swept(tea, tea.now)
    erase(tea, tea.member())
    swept(tea, tea.now + 40 * DAY_MS)
    kept = tea.account()
    assert kept is not None
    assert kept.judge_at == {}


@pytest.mark.parametrize("days", [99_999_999, 2**53])
def test_a_day_after_the_last_of_all_years_is_not_waited_for(days: int) -> None:
    tea = opened({"member.days_since_order": {"lte": days}})
    bought(tea)
    assert swept(tea, tea.now) == "gold"
    kept = tea.account()
    assert kept is not None
    assert kept.judge_at == {}


def test_who_is_counted_whole_a_day_later_is_judged_then() -> None:
    tea = Scene(WatchedTable())
    tea.publish(program(tier_groups=[], earn=TEA["earn"]))
    tea.pay(10_000)
    table: Any = tea.table
    table.freeze_indexes()
    silent = state(line(10, sku="GREEN"), id="silent", number="#2")
    recorded(tea.order(upserted(silent)))
    green = vip({"member.bought.skus": {"has": "GREEN"}})
    tea.publish(program(tier_groups=[green], earn=TEA["earn"]), NOON)
    assert swept(tea, NOON + MINUTE_MS) == "plain"
    assert swept(tea, NOON + 2 * MINUTE_MS) == "plain"
    table.thaw_indexes()
    assert swept(tea, NOON + DAY_MS) == "gold"


@pytest.mark.parametrize("is_back", [False, True])
def test_who_spends_for_a_tier_once_by_conditions_breaks_no_books(is_back: bool) -> None:
    tea = Scene(WatchedTable())
    tea.publish(program(tier_groups=[vip({"member.order_count": 1})], earn=TEA["earn"]))
    tea.pay(1_000)
    assert swept(tea, NOON + MINUTE_MS) == "gold"
    tea.pay(1_000, "other")
    assert swept(tea, NOON + 2 * MINUTE_MS) == "plain"
    tea.publish(program(tier_groups=[{**CLUB, "id": "vip"}], earn=TEA["earn"]), tea.now + 1)
    tea.now += MINUTE_MS
    tea.pay(500_000, "big")
    if is_back:
        by_orders = vip({"member.order_count": 3})
        tea.publish(program(tier_groups=[by_orders], earn=TEA["earn"]), tea.now + 1)
        swept(tea, tea.now + MINUTE_MS)
    assert audit_member(tea.table, tea.shop, tea.member()).breaks == ()
