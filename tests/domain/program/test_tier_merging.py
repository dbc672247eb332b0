"""Two standings of one person become one, and nobody is worse off for it."""

from chalicelib.domain.member import Standing
from chalicelib.domain.program.tier_merging import carried, combined
from chalicelib.domain.program.tiers import qualify, without_entry
from tests.domain.program.builders import add, at, tier
from tests.domain.program.standings import NOBODY, ladder, spend

CLUB = ladder(tier("leaf"), tier("silver", 100, entry=[add(10)]), tier("gold", 200))
DAY = "2026-06-15"
NOW = at("2026-06-20")


def after(dollars: int, day: str = DAY) -> Standing:
    return spend(CLUB, NOBODY, (day, dollars))


def test_amounts_add_up_to_a_tier_that_neither_had() -> None:
    both = combined(CLUB, after(150), after(60), NOW)
    assert (both.tier, both.buckets) == ("gold", {"2026-06": 21_000})


def test_the_higher_tier_stays_whoever_had_it() -> None:
    for kept, gone in ((after(250), after(10)), (after(10), after(250))):
        assert combined(CLUB, kept, gone, NOW).tier == "gold"


def test_who_never_stood_anywhere_changes_nothing() -> None:
    assert combined(CLUB, after(150), NOBODY, NOW) == after(150)
    taken = combined(CLUB, NOBODY, after(150), NOW)
    assert (taken.tier, taken.buckets) == ("silver", {"2026-06": 15_000})


def test_amounts_that_came_to_nothing_add_nothing() -> None:
    nothing = qualify(CLUB, after(50), -5_000, at(DAY), at(DAY)).standing
    assert combined(CLUB, after(150), nothing, NOW).buckets == {"2026-06": 15_000}


def test_what_either_had_on_entry_is_not_given_to_both_again() -> None:
    both = combined(CLUB, after(50), after(150), NOW)
    assert both.paid == {"silver": at(DAY)}
    later = combined(CLUB, after(150, "2026-06-17"), after(150), NOW)
    assert later.paid == {"silver": at("2026-06-17")}
    assert qualify(CLUB, both, 100, NOW, NOW).entered == ()


def test_what_one_is_owed_is_owed_to_both_unless_the_other_has_it() -> None:
    owing = without_entry(CLUB, after(150), ["silver"], at(DAY))
    assert combined(CLUB, after(50), owing, NOW).owed == {"silver": at(DAY)}
    assert combined(CLUB, after(150), owing, NOW).owed == {}
    assert qualify(CLUB, combined(CLUB, after(50), owing, NOW), 1, NOW, NOW).entered == ("silver",)


def test_buckets_of_long_ago_stay_behind() -> None:
    old = after(150, "2024-01-15")
    assert carried(CLUB, old, NOW) == {}
    assert combined(CLUB, after(50), old, NOW).buckets == {"2026-06": 5_000}


def test_amounts_of_a_lifetime_belong_to_no_month() -> None:
    for_ever = Standing(buckets={"all": 50_000})
    assert combined(CLUB, for_ever, after(150), NOW).buckets == {"2026-06": 15_000}
