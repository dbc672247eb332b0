"""Windows of tier groups against a model of a dozen lines that knows nothing of buckets."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import local_date
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.member import Account, Standing, standing_of
from chalicelib.domain.program.plan import CompiledGroup
from chalicelib.domain.program.tier_merging import combined, received
from chalicelib.domain.program.tiers import (
    bucket_of,
    held_until,
    progress,
    qualify,
    standing_at,
    window_sum,
)
from tests.domain.program.builders import at, tier
from tests.domain.program.standings import NOBODY, YEAR, ladder, spend, tier_at, until

TIERS = (tier("leaf"), tier("silver", 10), tier("gold", 20), tier("jade", 50))
WINDOWS: list[Any] = [
    {"rolling": "P30D"},
    {"rolling": "P1D"},
    {"rolling": "P3M"},
    {"calendar": "month"},
    {"calendar": "quarter"},
    {"calendar": "year"},
    {"calendar": "year", "start": "04-01"},
    {"calendar": "year", "start": "02-29"},
    {"anniversary": "joined"},
    "lifetime",
]
ZONE = "America/New_York"
HISTORIES = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 2_000)), min_size=1, max_size=25)
DAYS = st.dates(date(2019, 1, 1), date(2024, 12, 31))


def starts_on(day: date, month: int, of_month: int) -> date:
    """The last day ``month``-``of_month`` that is not after ``day``."""

    def start(year: int) -> date:
        is_gone = (month, of_month) == (2, 29) and year % 4
        return date(year, 2, 28) if is_gone else date(year, month, of_month)

    return start(day.year) if start(day.year) <= day else start(day.year - 1)


def window_from(window: Any, joined: date, day: date) -> date:
    """The first day that counts on ``day``."""
    month_start = day.replace(day=1)
    if window == "lifetime":
        return date.min
    if "rolling" in window:
        if window["rolling"] == "P3M":
            for _ in range(3):
                month_start = (month_start - timedelta(days=1)).replace(day=1)
            return month_start
        return day - timedelta(days=29 if window["rolling"] == "P30D" else 0)
    if "anniversary" in window:
        return starts_on(day, joined.month, joined.day)
    if "start" in window:
        return starts_on(day, *map(int, window["start"].split("-")))
    if window["calendar"] == "month":
        return month_start
    return date(day.year, (day.month - 1) // 3 * 3 + 1 if window["calendar"] == "quarter" else 1, 1)


def noon(day: date) -> Instant:
    return at(day.isoformat()) + DAY_MS // 4  # afternoon in New York


@pytest.mark.parametrize("window", WINDOWS, ids=str)
@given(start=DAYS, history=HISTORIES, days=st.integers(0, 800))
def test_what_counts_is_what_the_model_counts(
    window: Any, start: date, history: list[tuple[int, int]], days: int
) -> None:
    club = ladder(*TIERS, zone=ZONE, window=window, keep={"drop": "never"})
    bought, day, told, highest = list[tuple[date, int]](), start, Counter[str](), 0
    standing = Standing(own_from=noon(start))
    for wait, amount in history:
        day += timedelta(days=wait)
        standing = qualify(club, standing, amount, noon(day), noon(day)).standing
        bought.append((day, amount))
        told[bucket_of(club, standing, noon(day))] += amount
        counted = counts(window, start, bought, day)
        assert window_sum(club, standing, noon(day)) == counted
        highest = max(highest, *(n for n, each in enumerate(club.tiers) if each.at <= counted))
        assert club.places[standing.tier] == highest
    # I8: whatever is kept is the sum of what the entries said of it.
    assert standing.buckets == {name: told[name] for name in standing.buckets}
    last = day + timedelta(days=days)
    assert window_sum(club, standing, noon(last)) == counts(window, start, bought, last)


def counts(window: Any, joined: date, bought: list[tuple[date, int]], day: date) -> int:
    first = window_from(window, joined, day)
    return sum(amount for when, amount in bought if first <= when <= day)


@given(
    window=st.sampled_from(WINDOWS),
    parts=st.permutations([1_500, 700, -700, 2_500, -400, -1_100]),
    days=st.integers(0, 3),
)
def test_the_order_of_amounts_of_one_bucket_changes_no_sum_and_no_tier(
    window: Any, parts: list[int], days: int
) -> None:
    club = ladder(*TIERS, window=window, keep={"drop": "requalify"})
    when, now = at("2026-06-15"), at("2026-06-15") + days * DAY_MS
    begun = qualify(club, NOBODY, 0, when, when).standing
    whole = qualify(club, begun, 2_500, when, when).standing
    standing = begun
    for part in parts:
        standing = qualify(club, standing, part, when, when).standing
    seen, same = standing_at(club, standing, now), standing_at(club, whole, now)
    assert (seen.tier, seen.buckets) == (same.tier, same.buckets)


# ---------------------------------------------------------------- windows by example


def test_thirty_days_are_thirty_days() -> None:
    club = ladder(window={"rolling": "P30D"}, keep={"drop": "requalify"})
    standing = spend(club, NOBODY, ("2026-06-01", 120))
    assert standing.buckets == {"2026-06-01": 12_000}
    assert window_sum(club, standing, at("2026-06-30")) == 12_000
    assert window_sum(club, standing, at("2026-07-01")) == 0
    assert (standing.tier, until(standing)) == ("silver", "2026-07-02")
    assert tier_at(club, standing, "2026-07-01") == "silver"
    assert tier_at(club, standing, "2026-07-02") == "leaf"


def test_who_goes_on_trading_keeps_on() -> None:
    club = ladder(window={"rolling": "P30D"}, keep={"drop": "requalify"})
    standing = spend(club, NOBODY, ("2026-06-01", 120), ("2026-06-02", 60), ("2026-07-01", 40))
    assert tier_at(club, standing, "2026-07-02") == "silver"
    assert until(standing_at(club, standing, at("2026-07-02"))) == "2026-08-01"


def test_a_year_may_start_in_april() -> None:
    club = ladder(window={"calendar": "year", "start": "04-01"}, keep={"for": "window"})
    standing = spend(club, NOBODY, ("2026-03-31", 60), ("2026-04-01", 60))
    assert standing.buckets == {"2025-04-01": 6_000, "2026-04-01": 6_000}
    assert standing.tier == "leaf"
    raised = spend(club, standing, ("2026-05-01", 40))
    assert (raised.tier, until(raised)) == ("silver", "2027-04-01")


def test_a_quarter_is_kept_through_the_next() -> None:
    club = ladder(window={"calendar": "quarter"})
    standing = spend(club, NOBODY, ("2026-05-05", 100))
    assert (until(standing), standing.buckets) == ("2026-10-01", {"2026-Q2": 10_000})


def test_an_anniversary_year_counts_from_the_day_of_joining() -> None:
    club = ladder(window={"anniversary": "joined"}, keep={"for": "window"})
    account = Account(revision=0, joined_at=at("2024-02-29"))
    first = standing_of(account, "club")
    standing = spend(club, first, ("2025-02-27", 60), ("2025-02-28", 60))
    assert standing.buckets == {"2024-02-29": 6_000, "2025-02-28": 6_000}
    raised = spend(club, standing, ("2026-01-05", 40))
    assert (raised.tier, until(raised)) == ("silver", "2026-02-28")


def test_an_order_from_before_the_joining_begins_the_own_years() -> None:
    club = ladder(window={"anniversary": "joined"})
    first = standing_of(Account(revision=0, joined_at=at("2026-06-02")), "club")
    late = qualify(club, first, 12_000, at("2026-05-30"), at("2026-06-02")).standing
    assert (late.tier, late.own_from) == ("silver", at("2026-05-30"))


def test_a_group_without_anniversaries_keeps_no_day() -> None:
    first = standing_of(Account(revision=0, joined_at=at("2024-02-29")), "club")
    assert spend(ladder(), first, ("2026-06-02", 5)).own_from == 0


def test_merged_members_count_by_the_days_of_who_is_kept() -> None:
    club = ladder(window={"anniversary": "joined"})
    now = at("2026-06-20")
    kept = spend(club, Standing(own_from=at("2025-03-10")), ("2026-05-01", 50))
    gone = spend(club, Standing(own_from=at("2024-09-01")), ("2026-04-01", 70), ("2025-07-01", 5))
    both = combined(club, kept, gone, now)
    assert both.buckets == {"2026-03-10": 12_000, "2025-03-10": 500}
    assert (both.tier, both.own_from) == ("silver", kept.own_from)
    assert received(club, kept, gone, now) == {"2025-03-10": 500, "2026-03-10": 7_000}
    assert received(club, NOBODY, gone, now) == gone.buckets


def test_buckets_of_another_window_that_say_no_day_are_left_behind() -> None:
    club = ladder(window={"anniversary": "joined"})
    strange = Standing(tier="leaf", buckets={"all": 900}, own_from=at("2024-09-01"))
    kept = Standing(tier="leaf", own_from=at("2025-03-10"))
    assert received(club, kept, strange, at("2026-06-20")) == {}


# ---------------------------------------------------------------- grace


def graced(**keys: Any) -> CompiledGroup:
    return ladder(**YEAR, keep={"for": "window_and_next", "grace": "P1M", **keys})


def test_a_grace_holds_a_lost_tier_a_little_longer() -> None:
    club = graced()
    standing = spend(club, NOBODY, ("2026-06-01", 200))
    assert tier_at(club, standing, "2028-01-20") == "gold"
    assert held_until(club, standing, at("2027-06-01")) == at("2028-01-01T00:00:00Z")
    assert held_until(club, standing, at("2028-01-20")) == at("2028-02-01T00:00:00Z")
    dropped = standing_at(club, standing, at("2028-02-01"))
    assert (dropped.tier, dropped.since) == ("silver", at("2028-02-01T00:00:00Z"))
    assert until(dropped) == "2029-01-01"
    assert held_until(ladder(), NOBODY, at("2028-02-01")) is None


def test_what_is_earned_in_the_grace_keeps_the_tier() -> None:
    club = graced()
    standing = spend(club, NOBODY, ("2026-06-01", 200), ("2028-01-15", 200))
    assert standing.tier == "gold"
    later = standing_at(club, standing, at("2028-02-01"))
    assert (later.tier, until(later), later.since) == ("gold", "2029-01-01", at("2026-06-01"))


def test_too_little_in_the_grace_is_too_little() -> None:
    club = graced(drop="requalify")
    standing = spend(club, NOBODY, ("2026-06-01", 200), ("2028-01-15", 100))
    assert tier_at(club, standing, "2028-01-31") == "gold"
    assert tier_at(club, standing, "2028-02-01") == "silver"


def test_a_tier_that_the_window_supports_needs_no_grace() -> None:
    club = graced()
    standing = spend(club, NOBODY, ("2026-06-01", 200), ("2027-06-01", 250))
    kept = standing_at(club, standing, at("2028-01-20"))
    assert (kept.tier, until(kept)) == ("gold", "2029-01-01")


def test_whole_months_have_a_grace_too() -> None:
    club = ladder(window={"rolling": "P3M"}, keep={"grace": "P14D", "drop": "requalify"})
    standing = spend(club, NOBODY, ("2026-01-10", 200))
    assert until(standing) == "2026-05-01"
    assert tier_at(club, standing, "2026-05-14") == "gold"
    assert tier_at(club, standing, "2026-05-15") == "leaf"
    saved = spend(club, standing, ("2026-05-10", 200))
    assert tier_at(club, saved, "2026-05-15") == "gold"


# ---------------------------------------------------------------- several groups


def test_progress_is_told_in_the_members_own_year() -> None:
    club = ladder(window={"anniversary": "joined"})
    standing = spend(club, Standing(own_from=at("2025-06-10")), ("2026-06-09", 70))
    assert progress(club, standing, at("2026-06-09")).missing == 3_000
    assert progress(club, standing, at("2026-06-10")).missing == 10_000
    assert local_date(standing.own_from, "UTC") == date(2025, 6, 10)
