"""Entry effects, progress, and standings under a program that changes."""

from chalicelib.domain.member import Standing
from chalicelib.domain.program.plan import CompiledGroup
from chalicelib.domain.program.tiers import (
    Move,
    progress,
    qualify,
    standing_at,
    window_sum,
    without_entry,
)
from tests.domain.program.builders import add, at, tier
from tests.domain.program.standings import NOBODY, YEAR, ladder, spend, tier_at, until

# ---------------------------------------------------------------- entry effects


ENTRIES = (tier("leaf"), tier("silver", 100, entry=[add(10)]), tier("gold", 200, entry=[add(50)]))


def entered(club: CompiledGroup, standing: Standing, day: str, dollars: int) -> Move:
    return qualify(club, standing, dollars * 100, at(day), at(day))


def test_skipped_tiers_give_their_entry_effects_too() -> None:
    assert entered(ladder(*ENTRIES), NOBODY, "2026-06-15", 250).entered == ("silver", "gold")


def test_a_tier_lost_and_regained_in_one_period_pays_once() -> None:
    club = ladder(*ENTRIES)
    up = entered(club, NOBODY, "2026-06-15", 250).standing
    down = entered(club, up, "2026-06-16", -250)
    assert (down.standing.tier, down.entered, down.gained) == ("leaf", (), ())
    again = entered(club, down.standing, "2026-06-17", 250)
    assert (again.gained, again.entered) == (("silver", "gold"), ())


def test_what_was_taken_back_with_its_order_is_due_again() -> None:
    club = ladder(*ENTRIES)
    up = entered(club, NOBODY, "2026-06-15", 250).standing
    down = without_entry(
        club, entered(club, up, "2026-06-16", -250).standing, ["gold"], at("2026-06-16")
    )
    assert entered(club, down, "2026-06-17", 250).entered == ("gold",)


def test_what_was_taken_back_from_a_tier_that_stays_is_due_with_the_next_amount() -> None:
    club = ladder(*ENTRIES)
    up = entered(club, NOBODY, "2026-06-15", 350).standing
    less = entered(club, up, "2026-06-16", -100).standing
    owing = without_entry(club, less, ["silver", "gold"], at("2026-06-16"))
    assert entered(club, owing, "2026-06-17", -10).entered == ()
    paid = entered(club, owing, "2026-06-17", 1)
    assert (paid.gained, paid.entered) == ((), ("silver", "gold"))
    assert paid.standing.owed == {}
    assert entered(club, paid.standing, "2026-06-18", 1).entered == ()


def test_what_was_taken_back_is_not_owed_in_the_next_period() -> None:
    club = ladder(*ENTRIES, keep={"for": "window_and_next", "drop": "requalify"}, **YEAR)
    up = entered(club, NOBODY, "2026-06-15", 350).standing
    owing = without_entry(club, up, ["gold"], at("2026-06-16"))
    assert owing.owed
    later = entered(club, owing, "2027-02-01", 1)
    assert (later.standing.tier, later.entered, later.standing.owed) == ("gold", (), {})


def test_a_tier_that_is_lost_owes_nothing_until_it_is_gained() -> None:
    club = ladder(*ENTRIES)
    up = entered(club, NOBODY, "2026-06-15", 350).standing
    owing = without_entry(club, up, ["gold"], at("2026-06-16"))
    lost = entered(club, owing, "2026-06-17", -250).standing
    assert lost.tier == "silver"
    assert entered(club, lost, "2026-06-18", 1).entered == ()
    assert entered(club, lost, "2026-06-18", 100).entered == ("gold",)


def test_the_next_period_pays_again() -> None:
    club = ladder(*ENTRIES, keep={"for": "window", "drop": "requalify"}, **YEAR)
    up = entered(club, NOBODY, "2026-06-15", 150).standing
    assert entered(club, up, "2027-02-01", 150).entered == ("silver",)


def test_a_lifetime_pays_once_for_ever() -> None:
    club = ladder(*ENTRIES, window="lifetime")
    up = entered(club, NOBODY, "2026-06-15", 150).standing
    down = entered(club, up, "2028-06-15", -150).standing
    assert entered(club, down, "2032-06-15", 150).entered == ()


def test_the_first_tier_is_entered_once() -> None:
    club = ladder(tier("leaf", entry=[add(5)]), tier("gold", 200))
    first = qualify(club, NOBODY, 0, at("2026-06-15"), at("2026-06-15"))
    assert (first.gained, first.entered) == (("leaf",), ("leaf",))
    assert entered(club, first.standing, "2026-06-16", 5).entered == ()


# ---------------------------------------------------------------- progress


def test_progress_is_from_the_tier_held_to_the_next() -> None:
    club = ladder()
    standing = spend(club, NOBODY, ("2026-06-15", 130))
    got = progress(club, standing, at("2026-06-20"))
    assert (got.value, got.from_, got.to, got.missing) == (13_000, 10_000, 20_000, 7_000)
    assert got.next is not None
    assert got.next.id == "gold"


def test_at_the_top_nothing_is_missing() -> None:
    club = ladder()
    got = progress(club, spend(club, NOBODY, ("2026-06-15", 230)), at("2026-06-20"))
    assert (got.value, got.from_, got.to, got.next, got.missing) == (
        23_000,
        20_000,
        20_000,
        None,
        0,
    )


def test_a_member_of_yesterday_starts_from_nothing() -> None:
    got = progress(ladder(), NOBODY, at("2026-06-20"))
    assert (got.value, got.from_, got.to, got.missing) == (0, 0, 10_000, 10_000)


# ---------------------------------------------------------------- a program that changes


def test_a_tier_that_is_gone_leaves_its_members_where_their_amount_puts_them() -> None:
    standing = spend(ladder(), NOBODY, ("2026-06-15", 250))
    without_gold = ladder(tier("leaf"), tier("silver", 100))
    assert tier_at(without_gold, standing, "2026-06-20") == "silver"


def test_a_program_that_begins_to_drop_keeps_by_its_own_rule() -> None:
    standing = spend(ladder(keep={"drop": "never"}), NOBODY, ("2026-06-15", 250))
    assert standing.keep_until is None
    dropping = ladder(keep={"drop": "requalify"})
    assert until(standing_at(dropping, standing, at("2026-07-01"))) == "2027-07-01"
    assert tier_at(dropping, standing, "2027-07-01") == "leaf"


def test_a_program_that_stops_dropping_keeps_for_ever() -> None:
    standing = spend(ladder(), NOBODY, ("2026-06-15", 250))
    assert tier_at(ladder(keep={"drop": "never"}), standing, "2046-06-20") == "gold"


def test_months_are_counted_on_in_a_calendar_year() -> None:
    standing = spend(ladder(), NOBODY, ("2026-02-15", 80), ("2026-06-15", 50))
    yearly = ladder(**YEAR)
    assert window_sum(yearly, standing, at("2026-07-01")) == 13_000
    moved = qualify(yearly, standing, 100, at("2026-07-01"), at("2026-07-01")).standing
    assert moved.buckets == {"2026": 13_100}


def test_a_lifetime_cannot_be_told_apart_into_months() -> None:
    standing = spend(ladder(window="lifetime"), NOBODY, ("2026-02-15", 80))
    assert window_sum(ladder(), standing, at("2026-07-01")) == 0
    assert spend(ladder(), standing, ("2026-07-01", 5)).buckets == {"2026-07": 500}
