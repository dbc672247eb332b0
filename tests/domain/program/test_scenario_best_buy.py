"""Best Buy's three tiers by yearly spend, lived through."""

import json
from pathlib import Path

from chalicelib.domain.calendar import add_period, parse_period
from chalicelib.domain.instants import iso
from chalicelib.domain.member import Standing
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.document import Expiry, Pending
from chalicelib.domain.program.occasion import OccasionLine
from chalicelib.domain.program.presentation import present
from chalicelib.domain.program.rewards import expires_at, find_reward
from chalicelib.domain.program.tiers import progress, qualify, standing_at
from chalicelib.domain.program.validation import check
from tests.domain.program.builders import at, award, order, points

EXAMPLE = Path(__file__).parents[3] / "examples" / "programs" / "best-buy.json"
CHECKED = check(json.loads(EXAMPLE.read_text(encoding="utf-8")))
assert CHECKED.program is not None
BEST_BUY = compile_program(CHECKED.program, 1)
ELITE = BEST_BUY.groups["elite"]
TELEVISION = 159_999  # cents
NEW_YEAR = "2027-01-01T06:00:00Z"  # midnight in Chicago


def spend(standing: Standing, day: str, cents: int) -> Standing:
    return qualify(ELITE, standing, cents, at(day), at(day)).standing


def earned(tier: str, *lines: OccasionLine | int) -> int:
    return points(award(BEST_BUY, order(*lines), tiers={"elite": tier}))


def test_a_point_for_each_two_dollars_and_more_by_tier() -> None:
    assert earned("member", TELEVISION) == 799  # 799.995
    assert earned("elite", TELEVISION) == 1_759  # 1759.989
    assert earned("elite-plus", TELEVISION) == 1_999  # 1999.9875


def test_a_television_makes_elite_for_this_year_and_the_next() -> None:
    standing = spend(Standing(), "2026-05-30", TELEVISION)
    assert standing.tier == "elite"
    assert standing.keep_until is not None
    assert iso(standing.keep_until) == "2028-01-01T06:00:00Z"


def test_the_year_ends_at_midnight_in_chicago() -> None:
    eve = spend(Standing(), "2027-01-01T05:59:59Z", 100_000)
    assert spend(eve, "2027-01-01T05:59:59Z", 60_000).tier == "elite"
    assert spend(eve, NEW_YEAR, 60_000).tier == "member"


def test_progress_starts_anew_each_year_while_the_tier_is_kept() -> None:
    standing = spend(Standing(), "2026-05-30", TELEVISION)
    ahead = progress(ELITE, standing, at("2026-06-01"))
    assert (ahead.value, ahead.missing) == (TELEVISION, 350_000 - TELEVISION)
    ahead = progress(ELITE, standing, at("2027-06-01"))
    assert (ahead.value, ahead.missing) == (0, 350_000)
    assert standing_at(ELITE, standing, at("2027-06-01")).tier == "elite"


def test_who_spends_less_the_next_year_drops_to_what_is_qualified() -> None:
    standing = spend(Standing(), "2026-05-30", 400_000)
    assert standing.tier == "elite-plus"
    standing = spend(standing, "2027-11-26", TELEVISION)
    assert standing.tier == "elite-plus"
    assert standing_at(ELITE, standing, at("2028-01-02")).tier == "elite"
    assert standing_at(ELITE, standing, at("2029-01-02")).tier == "member"


def test_a_return_in_january_leaves_the_tier_that_was_carried_in() -> None:
    standing = spend(Standing(), "2026-12-24", TELEVISION)
    back = qualify(ELITE, standing, -TELEVISION, at("2026-12-24"), at("2027-01-05")).standing
    assert back.tier == "elite"
    before = qualify(ELITE, standing, -TELEVISION, at("2026-12-24"), at("2026-12-30")).standing
    assert before.tier == "member"


def test_points_wait_for_the_end_of_returns_and_live_a_year() -> None:
    unit = BEST_BUY.program.units["points"]
    assert isinstance(unit.pending, Pending)
    assert isinstance(unit.expiry, Expiry)
    paid = at("2026-03-01")  # Chicago changes its clocks on 8 March
    assert iso(add_period(paid, parse_period(unit.pending.for_ or ""), BEST_BUY.zone)) == (
        "2026-03-16T11:00:00Z"
    )
    assert iso(add_period(paid, parse_period(unit.expiry.after or ""), BEST_BUY.zone)) == (
        "2027-03-01T12:00:00Z"
    )


def test_a_certificate_is_five_dollars_for_sixty_days() -> None:
    cert = find_reward(BEST_BUY, "cert")
    assert cert is not None
    assert cert.cost is not None
    assert (cert.cost.amount, cert.value) == (250, {"USD": 500})
    ends = expires_at(BEST_BUY, cert, at("2026-06-15"))
    assert ends is not None
    assert iso(ends) == "2026-08-14T12:00:00Z"


def test_the_benefits_table_is_shown_tier_by_tier() -> None:
    groups = present(BEST_BUY, "en")["tier_groups"]
    assert isinstance(groups, list)
    table = {each["name"]: [perk["text"] for perk in each["perks"]] for each in groups[0]["tiers"]}
    assert table == {
        "My Best Buy": ["Free standard shipping, no minimum"],
        "Elite": ["30-day returns"],
        "Elite Plus": ["45-day returns", "Free faster shipping"],
    }
