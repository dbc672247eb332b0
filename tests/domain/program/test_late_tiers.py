"""Tiers that are evaluated at the end of a day, or of a window: what is held in between."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import instant_of, local_time
from chalicelib.domain.instants import DAY_MS, HOUR_MS, Instant, iso
from chalicelib.domain.member import Invitation, Standing
from chalicelib.domain.program.plan import CompiledGroup
from chalicelib.domain.program.tier_merging import combined
from chalicelib.domain.program.tier_windows import judged_at, of_member
from chalicelib.domain.program.tiers import (
    held_until,
    progress,
    qualify,
    standing_at,
    tier_at,
)
from tests.domain.program.builders import at, tier
from tests.domain.program.standings import ladder

TIERS = (tier("leaf"), tier("silver", 10), tier("gold", 20))
MONTH: dict[str, Any] = {"window": {"calendar": "month"}}
SHAPES: list[dict[str, Any]] = [
    {"evaluate": "daily", "window": {"calendar": "year"}, "keep": {"drop": "requalify"}},
    {"evaluate": "daily", "window": {"rolling": "P1Y"}},
    {"evaluate": "daily", "window": {"rolling": "P7D"}, "keep": {"for": "P1D", "grace": "P3D"}},
    {"evaluate": "daily", "window": "lifetime"},
    {"evaluate": "daily", "window": {"anniversary": "joined"}},
    {"evaluate": "daily", **MONTH, "keep": {"for": "window"}},
    {"evaluate": "window_end", **MONTH},
    {"evaluate": "window_end", **MONTH, "keep": {"for": "P10D", "drop": "requalify"}},
    {"evaluate": "window_end", "window": {"calendar": "quarter"}, "keep": {"grace": "P20D"}},
    {"evaluate": "window_end", "window": {"calendar": "year", "start": "10-31"}},
    {"evaluate": "window_end", "window": {"anniversary": "joined"}, "keep": {"drop": "requalify"}},
]
ZONE = "Europe/Budapest"
PAIRS = [
    (ladder(*TIERS, zone=ZONE, **shape), ladder(*TIERS, zone=ZONE, **{**shape, "evaluate": "now"}))
    for shape in SHAPES
]
DAILY = ladder(*TIERS, zone=ZONE, evaluate="daily", window={"calendar": "year"})
MONTHLY = ladder(*TIERS, evaluate="window_end", **MONTH)
HISTORIES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(-2_500, 2_500)), min_size=1, max_size=12
)


def booked(club: CompiledGroup, *amounts: tuple[str, int]) -> Standing:
    """A standing after dollars at local times, each heard of at once."""
    standing = qualify(club, Standing(), 0, at("2026-01-01"), at("2026-01-01")).standing
    for moment, dollars in amounts:
        standing = qualify(club, standing, dollars * 100, at(moment), at(moment)).standing
    return standing


def seen(club: CompiledGroup, standing: Standing, *moments: str) -> list[str]:
    return [tier_at(club, standing, at(moment)) for moment in moments]


def test_a_tier_that_is_evaluated_daily_is_held_from_the_next_local_midnight() -> None:
    standing = booked(DAILY, ("2026-03-10T12:00Z", 20))
    moments = "2026-03-10T12:00Z", "2026-03-10T22:59Z", "2026-03-10T23:00Z", "2026-12-01"
    assert seen(DAILY, standing, *moments) == ["leaf", "leaf", "gold", "gold"]
    assert iso(standing_at(DAILY, standing, at("2026-03-11")).since) == "2026-03-10T23:00:00Z"


def test_one_that_is_evaluated_at_the_end_of_a_window_is_held_through_the_next() -> None:
    standing = booked(MONTHLY, ("2026-03-10", 10), ("2026-03-20", 10))
    moments = "2026-03-31T23:59Z", "2026-04-01", "2026-04-30T23:59Z", "2026-05-01"
    assert seen(MONTHLY, standing, *moments) == ["leaf", "gold", "gold", "silver"]
    shown = standing_at(MONTHLY, standing, at("2026-04-10"))
    assert iso(shown.since) == "2026-04-01T00:00:00Z"
    assert held_until(MONTHLY, shown, at("2026-04-10")) == at("2026-05-01T00:00Z")


def test_a_refund_in_between_undoes_what_never_took_effect() -> None:
    standing = booked(DAILY, ("2026-03-10T08:00Z", 20), ("2026-03-10T18:00Z", -20))
    assert seen(DAILY, standing, "2026-03-10T19:00Z", "2026-03-11", "2026-04-01") == ["leaf"] * 3


def test_a_refund_takes_a_tier_away_at_the_next_midnight() -> None:
    standing = booked(DAILY, ("2026-03-10", 20), ("2026-03-12T08:00Z", -15))
    assert seen(DAILY, standing, "2026-03-12T20:00Z", "2026-03-13") == ["gold", "leaf"]


def test_steps_of_one_day_are_one_move() -> None:
    standing = booked(
        DAILY, ("2026-03-10", 10), ("2026-03-12T08:00Z", 10), ("2026-03-12T09:00Z", 1)
    )
    assert seen(DAILY, standing, "2026-03-12T20:00Z", "2026-03-13") == ["silver", "gold"]
    ahead = progress(DAILY, standing, at("2026-03-12T20:00Z"))
    assert (ahead.next and ahead.next.id, ahead.missing, ahead.from_) == ("gold", 0, 1_000)


def test_what_is_heard_of_late_takes_effect_after_it_is_heard_of() -> None:
    standing = booked(DAILY, ("2026-03-10", 10))
    standing = qualify(DAILY, standing, 1_000, at("2026-03-11"), at("2026-03-20")).standing
    moments = "2026-03-12", "2026-03-20T20:00Z", "2026-03-21"
    assert seen(DAILY, standing, *moments) == ["silver", "silver", "gold"]


def test_an_order_of_before_the_tier_is_judged_by_what_was_held_before() -> None:
    standing = booked(DAILY, ("2026-03-10", 10), ("2026-03-12", 1))
    assert seen(DAILY, standing, "2026-03-10T20:00Z", "2026-03-11") == ["leaf", "silver"]


def test_an_invitation_is_held_at_once() -> None:
    invited = {"gold": Invitation(at("2026-03-10T08:00Z"))}
    standing = Standing(invited=invited)
    assert seen(DAILY, standing, "2026-03-10T07:00Z", "2026-03-10T09:00Z") == ["leaf", "gold"]


def test_who_reached_a_tier_at_once_keeps_it_when_a_version_evaluates_later() -> None:
    at_once = ladder(*TIERS, zone=ZONE, window={"calendar": "year"})
    standing = booked(at_once, ("2026-03-10T08:00Z", 20))
    assert seen(DAILY, standing, "2026-03-10T09:00Z", "2026-03-11") == ["gold", "gold"]
    standing = qualify(
        DAILY, standing, 5, at("2026-03-10T10:00Z"), at("2026-03-10T10:00Z")
    ).standing
    assert seen(DAILY, standing, "2026-03-10T11:00Z", "2026-03-11") == ["gold", "gold"]


def test_what_waits_is_held_when_a_version_moves_at_once() -> None:
    at_once = ladder(*TIERS, zone=ZONE, window={"calendar": "year"})
    standing = booked(DAILY, ("2026-03-10T08:00Z", 20))
    assert seen(at_once, standing, "2026-03-10T09:00Z") == ["gold"]
    standing = qualify(
        at_once, standing, 5, at("2026-03-10T10:00Z"), at("2026-03-10T10:00Z")
    ).standing
    assert standing.shown is None


def test_a_shown_tier_that_a_version_left_out_is_read_from_the_amounts() -> None:
    standing = booked(DAILY, ("2026-03-10", 10), ("2026-03-12T08:00Z", 1))
    without = ladder(tier("leaf"), tier("gold", 20), zone=ZONE, evaluate="daily",
                     window={"calendar": "year"})  # fmt: skip
    assert seen(without, standing, "2026-03-12T09:00Z") == ["leaf"]


def test_a_merge_lets_nothing_take_effect_early() -> None:
    now = at("2026-03-12T12:00Z")
    silver, waiting = (
        booked(DAILY, ("2026-03-10", 10)),
        booked(DAILY, ("2026-03-12T08:00Z", 20)),
    )
    for kept, gone in ((silver, waiting), (waiting, silver)):
        both = combined(DAILY, kept, gone, now)
        assert seen(DAILY, both, "2026-03-12T13:00Z", "2026-03-13") == ["silver", "gold"]


@given(st.sampled_from(PAIRS), HISTORIES, st.integers(0, 400))
def test_what_is_held_is_what_the_books_had_come_to_when_the_day_or_window_began(
    pair: tuple[CompiledGroup, CompiledGroup], history: list[tuple[int, int]], hours: int
) -> None:
    """At any instant, whatever was booked: by the same ladder that moves at once, until then."""
    late, at_once = pair
    start = at("2026-01-20")
    now, moves = start, list[tuple[Instant, int]]()
    for steps, amount in history:
        now += steps * 7 * HOUR_MS
        moves.append((now, amount))
    shown = lived(late, start, moves)
    asked = now + hours * HOUR_MS
    own = of_member(late, shown)
    began = judged_at(own, asked)
    then = lived(at_once, start, [move for move in moves if move[0] < began])
    expected = "leaf" if start >= began else tier_at(at_once, then, began)
    assert tier_at(late, shown, asked) == expected == standing_at(late, shown, asked).tier


@given(st.sampled_from(PAIRS), HISTORIES)
def test_waiting_changes_nothing_of_what_is_booked(
    pair: tuple[CompiledGroup, CompiledGroup], history: list[tuple[int, int]]
) -> None:
    late, at_once = pair
    start = at("2026-01-20")
    moves = [(start + number * DAY_MS * days, amount) for number, (days, amount) in
             enumerate(history)]  # fmt: skip
    moves.sort()
    standing = lived(late, start, moves)
    assert standing.shown is not None
    plain = lived(at_once, start, moves)
    assert {**fields(standing), "shown": None} == fields(plain)


def fields(standing: Standing) -> dict[str, Any]:
    return {name: getattr(standing, name) for name in standing.__struct_fields__}


def lived(group: CompiledGroup, start: Instant, moves: list[tuple[Instant, int]]) -> Standing:
    standing = qualify(group, Standing(own_from=start), 0, start, start).standing
    for moment, amount in moves:
        standing = qualify(group, standing, amount, moment, moment).standing
    return standing


@pytest.mark.parametrize("moment", ["2026-03-28T23:30Z", "2026-03-29T10:00Z", "2026-10-25T10:00Z"])
def test_midnight_is_the_programs_also_when_clocks_change(moment: str) -> None:
    began = judged_at(DAILY, at(moment))
    local = local_time(began, ZONE)
    assert (local.hour, local.minute) == (0, 0)
    assert began <= at(moment) < instant_of(local, ZONE) + 25 * HOUR_MS
