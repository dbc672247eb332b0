"""Standings: up at once, down at the end of the keep, and back by a reversal."""

from typing import Any

import pytest

from chalicelib.domain.instants import iso
from chalicelib.domain.program.tiers import (
    bucket_of,
    qualify,
    standing_at,
    window_sum,
)
from tests.domain.program.builders import at
from tests.domain.program.standings import NOBODY, YEAR, ladder, spend, tier_at, until

# ---------------------------------------------------------------- up


def test_everybody_stands_in_the_lowest_tier() -> None:
    club = ladder()
    assert tier_at(club, NOBODY, "2026-06-15") == "leaf"
    first = spend(club, NOBODY, ("2026-06-15", 1))
    assert (first.tier, first.since, first.keep_until) == ("leaf", at("2026-06-15"), None)


def test_an_upgrade_is_at_once_and_may_skip_tiers() -> None:
    club = ladder()
    move = qualify(club, NOBODY, 25_000, at("2026-06-15"), at("2026-06-15"))
    assert move.standing.tier == "gold"
    assert move.gained == ("leaf", "silver", "gold")
    assert move.standing.since == at("2026-06-15")


def test_the_threshold_itself_is_enough() -> None:
    club = ladder()
    assert spend(club, NOBODY, ("2026-06-15", 199)).tier == "silver"
    assert spend(club, NOBODY, ("2026-06-15", 199), ("2026-06-16", 1)).tier == "gold"


def test_amounts_are_summed_over_the_rolling_year_in_whole_months() -> None:
    club = ladder()
    standing = spend(club, NOBODY, ("2025-06-20", 150))
    assert window_sum(club, standing, at("2026-06-30")) == 15_000
    assert window_sum(club, standing, at("2026-07-01")) == 0
    assert bucket_of(club, standing, at("2025-06-20")) == "2025-06"


def test_a_lifetime_sums_everything() -> None:
    club = ladder(window="lifetime")
    standing = spend(club, NOBODY, ("2016-06-20", 150), ("2026-06-20", 50))
    assert (standing.tier, standing.keep_until) == ("gold", None)
    assert standing.buckets == {"all": 20_000}
    assert tier_at(club, standing, "2056-01-01") == "gold"


def test_an_order_heard_of_late_counts_in_the_year_it_was_paid() -> None:
    club = ladder(**YEAR)
    standing = spend(club, NOBODY, ("2026-05-01", 150))
    late = qualify(club, standing, 5_000, at("2026-12-30"), at("2027-01-02")).standing
    assert (late.tier, until(late)) == ("gold", "2028-01-01")
    assert late.since == at("2026-12-30")
    assert window_sum(club, late, at("2027-01-02")) == 0


def test_a_late_order_completes_a_sum_with_later_ones() -> None:
    club = ladder()
    standing = spend(club, NOBODY, ("2026-08-01", 150))
    late = qualify(club, standing, 5_000, at("2026-06-01"), at("2026-08-10")).standing
    assert (late.tier, late.since) == ("gold", at("2026-08-10"))


def test_an_order_so_old_that_its_tier_is_over_moves_nobody() -> None:
    club = ladder(keep={"drop": "requalify"})
    move = qualify(club, NOBODY, 25_000, at("2023-06-01"), at("2026-06-01"))
    assert (move.standing.tier, move.standing.buckets) == ("leaf", {})


def test_an_order_paid_before_the_upgrade_is_judged_by_the_floor() -> None:
    club = ladder()
    standing = spend(club, NOBODY, ("2026-06-15T10:00:00Z", 250))
    assert tier_at(club, standing, "2026-06-15T09:59:59Z") == "leaf"
    assert tier_at(club, standing, "2026-06-15T10:00:00Z") == "gold"


def test_a_clock_that_runs_a_little_ahead_loses_nothing() -> None:
    club = ladder()
    paid, now = at("2026-06-30T23:59:59Z") + 60_000, at("2026-06-30T23:59:59Z")
    standing = qualify(club, NOBODY, 25_000, paid, now).standing
    assert tier_at(club, standing, "2026-06-30T23:59:59Z") == "gold"
    assert qualify(club, standing, 100, now, now).standing.tier == "gold"


# ---------------------------------------------------------------- down


@pytest.mark.parametrize(
    ("keys", "kept_until"),
    [
        ({}, "2027-07-01"),
        ({"keep": {"for": "window"}}, "2027-07-01"),
        ({"keep": {"for": "window_and_next"}}, "2028-07-01"),
        ({"keep": {"for": "P3M"}}, "2026-10-01"),
        ({"keep": {"for": "P10D"}}, "2026-07-01"),
        ({"keep": {"drop": "never"}}, ""),
        ({"window": {"rolling": "P6M"}}, "2027-01-01"),
        (YEAR, "2028-01-01"),
        ({**YEAR, "keep": {"for": "window"}}, "2027-01-01"),
        ({**YEAR, "keep": {"for": "window_and_next"}}, "2028-01-01"),
        ({**YEAR, "keep": {"for": "P18M"}}, "2028-01-01"),
        ({"window": "lifetime", "keep": {"for": "P1Y"}}, ""),
    ],
)
def test_a_tier_is_kept_as_long_as_the_group_says(keys: dict[str, Any], kept_until: str) -> None:
    assert until(spend(ladder(**keys), NOBODY, ("2026-06-15", 250))) == kept_until


def test_the_keep_ends_at_the_programs_midnight() -> None:
    standing = spend(ladder(zone="America/Chicago", **YEAR), NOBODY, ("2026-06-15", 250))
    assert standing.keep_until is not None
    assert iso(standing.keep_until) == "2028-01-01T06:00:00Z"


def test_one_tier_is_dropped_at_each_end() -> None:
    club = ladder()
    standing = spend(club, NOBODY, ("2026-06-15", 250))
    assert tier_at(club, standing, "2027-06-30") == "gold"
    assert tier_at(club, standing, "2027-07-01") == "silver"
    assert until(standing_at(club, standing, at("2027-07-01"))) == "2028-07-01"
    assert tier_at(club, standing, "2028-06-30") == "silver"
    assert tier_at(club, standing, "2028-07-01") == "leaf"
    assert until(standing_at(club, standing, at("2038-07-01"))) == ""


def test_requalifying_drops_to_what_is_qualified() -> None:
    club = ladder(keep={"drop": "requalify"})
    standing = spend(club, NOBODY, ("2026-06-15", 250))
    assert tier_at(club, standing, "2027-07-01") == "leaf"
    busy = spend(club, standing, ("2027-02-01", 120))
    assert tier_at(club, busy, "2027-07-01") == "silver"
    assert until(standing_at(club, busy, at("2027-07-01"))) == "2028-07-01"


def test_never_dropping_never_drops() -> None:
    club = ladder(keep={"drop": "never"})
    assert tier_at(club, spend(club, NOBODY, ("2026-06-15", 250)), "2056-01-01") == "gold"


def test_a_tier_supported_by_the_months_since_is_kept_on() -> None:
    club = ladder()
    standing = spend(club, NOBODY, ("2026-06-15", 250), ("2026-12-01", 120), ("2027-05-01", 80))
    after = standing_at(club, standing, at("2027-07-01"))
    assert (after.tier, until(after), after.since) == ("gold", "2028-07-01", at("2026-06-15"))


def test_the_month_of_the_gain_does_not_count_twice() -> None:
    club = ladder(keep={"drop": "requalify"})
    standing = spend(club, NOBODY, ("2026-06-01", 250))
    assert tier_at(club, standing, "2027-07-01") == "leaf"


def test_a_year_reached_again_keeps_through_the_next_year_too() -> None:
    club = ladder(**YEAR, keep={"for": "window_and_next", "drop": "requalify"})
    standing = spend(club, NOBODY, ("2026-03-01", 250), ("2027-11-01", 120))
    assert tier_at(club, standing, "2027-12-31") == "gold"
    assert tier_at(club, standing, "2028-01-01") == "silver"
    assert tier_at(club, standing, "2028-12-31") == "silver"
    assert tier_at(club, standing, "2029-01-01") == "leaf"


def test_a_tier_kept_for_its_own_year_starts_the_next_from_nothing() -> None:
    club = ladder(**YEAR, keep={"for": "window", "drop": "requalify"})
    standing = spend(club, NOBODY, ("2026-03-01", 250))
    assert tier_at(club, standing, "2026-12-31") == "gold"
    assert tier_at(club, standing, "2027-01-01") == "leaf"


def test_a_short_keep_is_renewed_while_the_window_supports_it() -> None:
    club = ladder(keep={"for": "P45D", "drop": "requalify"})
    standing = spend(club, NOBODY, ("2026-01-10", 250))
    assert tier_at(club, standing, "2027-01-31") == "gold"
    assert tier_at(club, standing, "2027-04-01") == "leaf"


# ---------------------------------------------------------------- reversals


def test_a_reversal_ends_a_tier_of_this_period_at_once() -> None:
    club = ladder()
    standing = spend(club, NOBODY, ("2026-06-15", 150), ("2026-07-15", 100))
    assert standing.tier == "gold"
    back = qualify(club, standing, -10_000, at("2026-07-15"), at("2026-08-01")).standing
    assert (back.tier, back.since, until(back)) == ("silver", at("2026-06-15"), "2027-07-01")
    gone = qualify(club, back, -15_000, at("2026-06-15"), at("2026-08-02")).standing
    assert (gone.tier, gone.since, gone.buckets) == ("leaf", at("2026-06-15"), {})


def test_buying_much_and_sending_it_back_keeps_nothing_for_longer() -> None:
    club = ladder()
    standing = spend(club, NOBODY, ("2026-01-10", 120), ("2026-12-10", 100))
    assert (standing.tier, until(standing)) == ("gold", "2028-01-01")
    back = qualify(club, standing, -10_000, at("2026-12-10"), at("2026-12-20")).standing
    assert (back.tier, until(back)) == ("silver", "2027-02-01")


def test_a_tier_that_the_rest_reaches_too_stays_as_it_was() -> None:
    club = ladder(keep={"for": "P2Y"})
    standing = spend(club, NOBODY, ("2026-01-10", 250), ("2026-05-10", 250))
    now = at("2027-02-20")  # January has left the window, May has not
    back = qualify(club, standing, -25_000, at("2026-01-10"), now).standing
    assert (back.tier, back.since) == ("gold", at("2026-01-10"))
    lighter = spend(club, NOBODY, ("2026-01-10", 150), ("2026-02-10", 50), ("2026-05-10", 180),
                    ("2027-06-20", 1))  # fmt: skip
    now = at("2027-06-25")
    back = qualify(club, lighter, -100, at("2027-06-20"), now).standing
    assert (back.tier, back.since) == ("gold", at("2026-02-10"))


def test_forgetting_old_months_is_no_reversal() -> None:
    club = ladder(keep={"for": "P2Y"})
    standing = spend(club, NOBODY, ("2026-01-10", 250), ("2027-02-10", 10))
    assert "2026-01" in standing.buckets
    now = at("2027-03-10")
    back = qualify(club, standing, -1_000, at("2027-02-10"), now).standing
    assert (back.tier, back.buckets) == ("gold", {})


def test_a_reversal_older_than_the_window_moves_nothing() -> None:
    club = ladder(keep={"for": "P2Y"})
    standing = spend(club, NOBODY, ("2026-01-10", 250))
    back = qualify(club, standing, -25_000, at("2026-01-10"), at("2027-06-20")).standing
    assert (back.tier, back.buckets) == ("gold", {})


def test_a_reversal_that_leaves_enough_changes_nothing() -> None:
    club = ladder()
    standing = spend(club, NOBODY, ("2026-06-15", 300))
    back = qualify(club, standing, -10_000, at("2026-06-15"), at("2026-06-16")).standing
    assert (back.tier, back.keep_until) == ("gold", standing.keep_until)


def test_a_tier_kept_from_an_earlier_year_stays() -> None:
    club = ladder(**YEAR)
    standing = spend(club, NOBODY, ("2026-12-20", 250))
    back = qualify(club, standing, -25_000, at("2026-12-20"), at("2027-01-10")).standing
    assert (back.tier, until(back)) == ("gold", "2028-01-01")


def test_a_reversal_falls_back_to_the_tier_carried_in() -> None:
    club = ladder(**YEAR)
    standing = spend(club, NOBODY, ("2026-06-01", 120), ("2027-03-01", 250))
    assert (standing.tier, standing.floor_tier) == ("gold", "silver")
    back = qualify(club, standing, -25_000, at("2027-03-01"), at("2027-03-09")).standing
    assert (back.tier, back.since, until(back)) == ("silver", at("2026-06-01"), "2028-01-01")


def test_a_rolling_tier_held_longer_than_the_window_is_carried_in() -> None:
    club = ladder(keep={"for": "P3Y"})
    standing = spend(club, NOBODY, ("2026-06-15", 120), ("2027-06-20", 250))
    assert standing.floor_tier == "leaf"  # silver is not yet older than the window
    later = spend(club, standing, ("2027-08-01", 1))
    assert later.floor_tier == "leaf"  # gold was gained after silver, and is not old enough
    old = spend(club, NOBODY, ("2026-06-15", 120), ("2027-07-01", 1), ("2027-08-01", 250))
    assert (old.tier, old.floor_tier) == ("gold", "silver")


def test_a_reversal_in_the_keep_counts_where_the_tier_was_gained() -> None:
    club = ladder()
    standing = spend(club, NOBODY, ("2026-01-10", 150), ("2026-07-10", 50))
    assert standing.tier == "gold"
    now = at("2027-02-10")  # January has left the window, the keep holds
    kept = qualify(club, standing, 100, now, now).standing
    assert kept.tier == "gold"
    back = qualify(club, kept, -5_000, at("2026-07-10"), now).standing
    assert back.tier == "leaf"  # January's silver alone would have ended with the January after


def test_a_reversal_of_something_else_does_not_end_the_keep() -> None:
    club = ladder()
    standing = spend(club, NOBODY, ("2026-01-10", 250), ("2026-12-01", 10))
    now = at("2027-02-28")  # January's amount has left: the keep to the end of January is over
    assert tier_at(club, standing, "2027-01-31") == "gold"
    silver = standing_at(club, standing, now)
    assert silver.tier == "silver"
    back = qualify(club, standing, -1_000, at("2026-12-01"), now).standing
    assert (back.tier, back.keep_until) == ("silver", silver.keep_until)


def test_a_reversal_never_resurrects_a_tier_that_ended() -> None:
    club = ladder(keep={"drop": "requalify"})
    standing = spend(club, NOBODY, ("2026-01-10", 250), ("2026-06-10", 20))
    now = at("2027-03-01")
    assert tier_at(club, standing, "2027-03-01") == "leaf"
    back = qualify(club, standing, -500, at("2026-06-10"), now).standing
    assert back.tier == "leaf"


def test_buckets_that_can_no_longer_matter_are_forgotten() -> None:
    club = ladder()
    days = [(f"{year}-{month:02}-10", 1) for year in (2024, 2025, 2026) for month in range(1, 13)]
    standing = spend(club, NOBODY, *days)
    assert len(standing.buckets) == 14
    assert min(standing.buckets) == "2025-11"
