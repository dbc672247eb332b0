"""Standings under any history."""

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import local_date
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.member import Standing
from chalicelib.domain.program.plan import CompiledGroup
from chalicelib.domain.program.tiers import progress, qualify, standing_at, tier_at, window_sum
from tests.domain.program.builders import add, at, compiled, group, tier

ENTRY = {"entry": [add(5)]}
TIERS = (tier("leaf"), tier("silver", 10, **ENTRY), tier("gold", 20, **ENTRY), tier("jade", 50))
SHAPES: list[dict[str, Any]] = [
    {"window": {"calendar": "year"}, "keep": {"drop": "requalify"}},
    {"window": {"calendar": "year"}, "keep": {"for": "window"}},
    {"window": {"rolling": "P1Y"}},
    {"window": {"rolling": "P3M"}, "keep": {"for": "P1M", "drop": "requalify"}},
    {"window": {"rolling": "P1Y"}, "keep": {"drop": "never"}},
    {"window": {"rolling": "P30D"}, "keep": {"drop": "requalify"}},
    {"window": {"rolling": "P7D"}, "keep": {"for": "P1D", "grace": "P3D"}},
    {"window": {"calendar": "year"}, "keep": {"grace": "P2M"}},
    {"window": {"calendar": "month"}},
    {"window": {"calendar": "quarter"}, "keep": {"for": "window", "grace": "P20D"}},
    {"window": {"calendar": "year", "start": "10-31"}},
    {"window": {"anniversary": "joined"}, "keep": {"drop": "requalify"}},
    {"window": "lifetime"},
]
SHORT_DAYS = 7
GROUPS = [compiled(tier_groups=[group(*TIERS, **shape)]).groups["club"] for shape in SHAPES]
CLUBS = st.sampled_from(GROUPS)
SLOW_CLUBS = st.sampled_from([club for club in GROUPS if club.window.count != SHORT_DAYS])
AMOUNTS = st.integers(1, 3_000)
HISTORIES = st.lists(st.tuples(st.integers(0, 200), AMOUNTS), max_size=12)


def place(club: CompiledGroup, standing: Standing) -> int:
    return club.places[standing.tier]


def lived(club: CompiledGroup, history: list[tuple[int, int]]) -> tuple[Standing, int]:
    """A standing after orders that many days apart, and the instant of the last."""
    standing, now = qualify(club, Standing(), 0, at("2022-01-05"), at("2022-01-05")).standing, 0
    now = at("2022-01-05")
    for days, amount in history:
        now += days * DAY_MS
        standing = qualify(club, standing, amount, now, now).standing
    return standing, now


def held(standing: Standing) -> tuple[str, int | None]:
    return standing.tier, standing.keep_until


@given(SLOW_CLUBS, HISTORIES, st.lists(AMOUNTS, min_size=1, max_size=8), st.randoms())
def test_additions_and_their_reversals_in_one_period_lead_back_to_the_floor(
    club: CompiledGroup, history: list[tuple[int, int]], amounts: list[int], chance: random.Random
) -> None:
    before, last = lived(club, history)
    start = at(f"{local_date(last, 'UTC').year + 1}-02-10")
    carried = standing_at(club, before, start)
    standing = carried
    for step, amount in enumerate(amounts):
        when = start + step * DAY_MS
        standing = qualify(club, standing, amount, when, when).standing
    gone = list(enumerate(amounts))
    chance.shuffle(gone)
    now = start + len(amounts) * DAY_MS
    for step, amount in gone:
        now += DAY_MS
        standing = qualify(club, standing, -amount, start + step * DAY_MS, now).standing
    assert held(standing) == held(standing_at(club, carried, now))
    assert window_sum(club, standing, now) == window_sum(club, carried, now)


@given(CLUBS, HISTORIES, st.integers(0, 2_000))
def test_a_member_never_stands_below_what_the_window_supports_when_it_is_written(
    club: CompiledGroup, history: list[tuple[int, int]], days: int
) -> None:
    standing, now = lived(club, history)
    now += days * DAY_MS
    amount = window_sum(club, standing, now)
    written = qualify(club, standing, 0, now, now).standing
    assert (
        club.tiers[place(club, written)].at <= max(amount, 0)
        or written.keep_until
        or (club.keeping.is_forever)
    )
    supported = max(index for index, each in enumerate(club.tiers) if each.at <= amount)
    assert place(club, written) >= supported


@given(CLUBS, HISTORIES, st.integers(0, 1_500), st.integers(0, 1_500))
def test_looking_on_the_way_changes_nothing(
    club: CompiledGroup, history: list[tuple[int, int]], first: int, second: int
) -> None:
    standing, now = lived(club, history)
    later, last = now + first * DAY_MS, now + (first + second) * DAY_MS
    seen = standing_at(club, standing, later)
    assert held(standing_at(club, seen, last)) == held(standing_at(club, standing, last))


@given(CLUBS, HISTORIES, st.integers(-400, 1_500))
def test_the_short_way_to_a_tier_leads_to_the_same(
    club: CompiledGroup, history: list[tuple[int, int]], days: int
) -> None:
    standing, now = lived(club, history)
    then = now + days * DAY_MS
    assert tier_at(club, standing, then) == standing_at(club, standing, then).tier


@given(CLUBS, HISTORIES, st.integers(0, 3_000))
def test_time_alone_never_lifts_anybody(
    club: CompiledGroup, history: list[tuple[int, int]], days: int
) -> None:
    standing, now = lived(club, history)
    later = standing_at(club, standing, now + days * DAY_MS)
    assert place(club, later) <= place(club, standing)


@given(CLUBS, HISTORIES, AMOUNTS)
def test_spending_never_lowers_a_tier(
    club: CompiledGroup, history: list[tuple[int, int]], amount: int
) -> None:
    standing, now = lived(club, history)
    move = qualify(club, standing, amount, now, now)
    assert place(club, move.standing) >= place(club, standing)
    assert list(move.gained) == [
        each.id for each in club.tiers[place(club, standing) + 1 : place(club, move.standing) + 1]
    ]


@given(CLUBS, HISTORIES)
def test_an_account_keeps_a_bounded_history(
    club: CompiledGroup, history: list[tuple[int, int]]
) -> None:
    standing, _ = lived(club, history)
    assert len(standing.buckets) <= club.window.count + 1
    assert len(standing.paid) <= 2


@given(CLUBS, HISTORIES)
def test_what_is_missing_is_what_it_takes(
    club: CompiledGroup, history: list[tuple[int, int]]
) -> None:
    standing, now = lived(club, history)
    ahead = progress(club, standing, now)
    if ahead.next is None:
        return
    assert ahead.missing > 0
    almost = qualify(club, standing, ahead.missing - 1, now, now).standing
    assert place(club, almost) == place(club, standing)
    reached = qualify(club, standing, ahead.missing, now, now).standing
    assert reached.tier == ahead.next.id


@given(CLUBS, st.lists(st.tuples(st.integers(0, 900), st.integers(-3_000, 3_000),
                                 st.integers(0, 900)), max_size=10))  # fmt: skip
def test_no_history_makes_a_standing_raise(
    club: CompiledGroup, history: list[tuple[int, int, int]]
) -> None:
    standing, now = Standing(), at("2024-01-05")
    for days, amount, late in history:
        now += days * DAY_MS
        standing = qualify(club, standing, amount, now - late * DAY_MS, now).standing
        assert standing.tier in club.places
        assert standing.floor_tier in club.places
        assert standing_at(club, standing, now).tier == standing.tier
