"""Limits of events that are told late: never exceeded, and nothing lost that is remembered."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import add_period, window_ordinal
from chalicelib.domain.instants import DAY_MS, HOUR_MS, Instant
from chalicelib.domain.limits import LIMIT_BUCKETS_MAX, LIMIT_BUCKETS_OLD_MAX
from chalicelib.domain.member import Counters
from chalicelib.domain.program import caps
from chalicelib.domain.program.caps import FORGOTTEN
from chalicelib.domain.program.plan import CompiledCap, CompiledProgram
from tests.domain.program.builders import add, at, compiled, rule

START = at("2026-01-01")
NAMED = {"day": "day:points", "cooldown": "cooldown:a"}
LIMITS: tuple[dict[str, Any], ...] = (
    {"amount": 15, "window": {"calendar": "day"}},
    {"amount": 15, "window": {"calendar": "week"}},
    {"amount": 15, "window": {"calendar": "month"}},
    {"amount": 15, "window": {"rolling": "P5D"}},
    {"amount": 15, "window": {"rolling": "P9D"}},
    {"times": 2, "window": {"rolling": "P90D"}},
    {"amount": 15, "window": "lifetime"},
    {"cooldown": "P3D"},
    {"cooldown": "PT30H"},
)


def limited(limit: dict[str, Any]) -> tuple[CompiledProgram, CompiledCap]:
    program = compiled(timezone="America/New_York", earn=[rule("a", add(10), limit=limit)])
    return program, next(iter(program.caps.values()))


def points_a_day(most: int) -> tuple[CompiledProgram, CompiledCap]:
    program = compiled(limits={"points_per_day": most})
    return program, program.caps["day:points"]


def others(count: int) -> Counters:
    """Counters where other limits take all but the least of what is remembered."""
    return Counters(used={f"rule:old-{place}": {"all": 1} for place in range(count)})


def take(
    given: tuple[CompiledProgram, CompiledCap], counters: Counters, when: Instant, wish: int
) -> tuple[Counters, int]:
    program, cap = given
    granted = min(wish, max(caps.room(program, counters, when)[cap.id], 0))
    now = START + 400 * DAY_MS
    return caps.count(program, counters, when, {cap.id: granted}, now), granted


def most_used(cap: CompiledCap, taken: dict[Instant, int], zone: str) -> int:
    """The most that any window has: of a cooldown how many times lie within one."""
    if cap.cooldown is not None:
        return max(
            sum(
                n
                for time, n in taken.items()
                if first <= time < add_period(first, cap.cooldown, zone)
            )
            for first in taken
        )
    window = cap.window
    assert window is not None
    buckets: dict[int, int] = {}
    for time, n in taken.items():
        place = window_ordinal(window, time, zone)
        buckets[place] = buckets.get(place, 0) + n
    return max(
        sum(n for place, n in buckets.items() if end - window.count < place <= end)
        for end in range(min(buckets), max(buckets) + window.count)
    )


@given(
    st.sampled_from([*(limited(each) for each in LIMITS), points_a_day(15)]),
    st.lists(st.tuples(st.integers(0, 40 * 24), st.integers(1, 9)), min_size=1, max_size=25),
    st.sampled_from([0, LIMIT_BUCKETS_MAX]),
)
def test_no_window_is_ever_over_its_limit_in_whatever_order_events_are_told(
    given_: tuple[CompiledProgram, CompiledCap], events: list[tuple[int, int]], beside: int
) -> None:
    program, cap = given_
    counters, taken = others(beside), dict[Instant, int]()
    for hours, wish in events:
        when = START + hours * HOUR_MS
        counters, granted = take(given_, counters, when, wish)
        taken[when] = taken.get(when, 0) + granted
        assert most_used(cap, taken, program.zone) <= cap.limit
    own = counters.used.get(cap.id, {})
    assert not beside or len(own) <= 2 * (cap.window.count if cap.window else 1) + 1


@given(st.permutations(range(40)), st.integers(0, 3))
def test_events_of_a_new_member_lose_nothing_however_old_and_in_whatever_order(
    days: list[int], years: int
) -> None:
    given_ = points_a_day(100)
    counters = Counters()
    for day in days:
        counters, granted = take(given_, counters, START + (day - 365 * years) * DAY_MS, 100)
        assert granted == 100


def test_an_event_before_what_is_remembered_finds_no_room_and_says_why() -> None:
    program, cap = points_a_day(100)
    counters = others(LIMIT_BUCKETS_MAX // 4 - 1)  # 4 days are left for this one
    for day in (1, 2, 3, 4, 5):
        counters, _ = take((program, cap), counters, START + day * DAY_MS, 30)
    assert caps.room(program, counters, START + DAY_MS)[cap.id] == FORGOTTEN
    assert caps.room(program, counters, START)[cap.id] == FORGOTTEN
    assert caps.room(program, counters, START + 2 * DAY_MS)[cap.id] == 70
    assert caps.room(program, counters, START + 9 * DAY_MS)[cap.id] == 100
    given_back = caps.count(program, counters, START, {cap.id: -30}, START + 9 * DAY_MS)
    assert given_back == counters


def test_what_is_older_than_a_year_goes_when_there_is_much_of_it_and_not_while_it_comes() -> None:
    program, cap = points_a_day(100)
    counters, many = Counters(), LIMIT_BUCKETS_OLD_MAX + 10
    now = START + 500 * DAY_MS
    for day in range(many):
        counters = caps.count(program, counters, START + day * DAY_MS, {cap.id: 9}, now)
    assert len(counters.used[cap.id]) == many
    counters = caps.count(program, counters, now, {cap.id: 9}, now)
    assert len(counters.used[cap.id]) == LIMIT_BUCKETS_OLD_MAX + 1
    assert caps.room(program, counters, START + 10 * DAY_MS)[cap.id] == FORGOTTEN
    assert caps.room(program, counters, START + 11 * DAY_MS)[cap.id] == 91


def test_a_window_of_another_kind_forgets_what_was_forgotten() -> None:
    _, daily = limited({"amount": 9, "window": {"calendar": "day"}})
    program, monthly = limited({"amount": 9, "window": {"calendar": "month"}})
    assert daily.id == monthly.id
    counters = Counters(used={daily.id: {"<2026-06-01": 1, "2026-06-02": 4}})
    assert caps.room(program, counters, at("2026-06-20"))[daily.id] == 5
    counted = caps.count(program, counters, at("2026-06-20"), {daily.id: 1}, at("2026-06-20"))
    assert counted.used == {daily.id: {"2026-06": 5}}


@pytest.mark.parametrize("limit", [LIMITS[0], {"cooldown": "P1D"}])
def test_a_year_of_days_is_remembered_in_few_bytes(limit: dict[str, Any]) -> None:
    given_, counters = limited(limit), Counters()
    for day in range(500):
        counters, _ = take(given_, counters, START + day * DAY_MS, 15)
    own = counters.used[given_[1].id]
    assert len(own) == LIMIT_BUCKETS_MAX + 1
    assert sum(len(name) + 1 + 3 for name in own) <= 7 * 1_024  # as DynamoDB counts a map
