"""Inactivity by the rules of every version: the timeline decides, not who asks when."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.calendar import add_period, parse_period
from chalicelib.domain.instants import DAY_MS, parse_instant
from chalicelib.domain.limits import IDLE_SPANS_MAX
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.idle import IdleSpan, idleness_of, lapse_date, spans_after
from tests.domain.program.builders import POINTS, document

NOON = parse_instant("2026-11-21T12:00:00Z")


def made(expiry: Any, **units: Any) -> Program:
    return read_program(document(units={"points": {**POINTS, "expiry": expiry}, **units}))


def idle(period: str) -> dict[str, str]:
    return {"idle": period}


def test_the_first_rule_counts_from_the_activity() -> None:
    spans = spans_after(None, made(idle("P1M")), NOON)["points"]
    assert lapse_date(spans, NOON, 0) == parse_instant("2026-12-21T12:00:00Z")
    assert lapse_date(spans, NOON, NOON + 99 * DAY_MS) == NOON + 99 * DAY_MS


def test_a_rule_that_stays_begins_nothing_anew_and_none_has_no_span() -> None:
    first = spans_after(None, made(idle("P1M")), NOON)
    assert spans_after(first, made(idle("P1M")), NOON + DAY_MS) == first
    assert spans_after(None, made("never"), NOON) == {}
    assert spans_after({}, made({"after": "P1Y"}), NOON) == {}


def test_a_unit_that_lapses_later_only_gives_a_whole_period_first() -> None:
    spans = spans_after({}, made(idle("P1M")), NOON)["points"]
    assert [span.period for span in spans] == ["", "P1M"]
    assert lapse_date(spans, 0, 0) == parse_instant("2026-12-21T12:00:00Z")


def test_never_again_has_no_date() -> None:
    spans = spans_after(spans_after(None, made(idle("P1M")), 0), made("never"), NOON)["points"]
    assert lapse_date(spans, NOON - DAY_MS, 0) is None
    assert lapse_date(spans, NOON - 99 * DAY_MS, 0) is not None


def test_old_rules_are_forgotten_beyond_the_limit() -> None:
    spans = spans_after(None, made(idle("P1M")), 0)
    for number in range(IDLE_SPANS_MAX * 2):
        spans = spans_after(spans, made(idle(f"P{number % 2 + 1}Y")), NOON + number * DAY_MS)
    assert len(spans["points"]) == IDLE_SPANS_MAX


def test_what_counts_is_what_the_newest_version_says_also_for_a_unit_left_out() -> None:
    program = made({"idle": "P1M", "counts": ["redeem"]})
    spans = spans_after(None, program, 0)
    assert idleness_of(program, spans)["points"].counts == {"redeem"}
    assert idleness_of(made("never"), spans)["points"].counts == frozenset()
    gone = {"gone": (IdleSpan(0, "P1M", "UTC"),)}
    assert idleness_of(program, gone)["gone"].counts == frozenset()


PERIODS = st.sampled_from(("", "P1M", "P3M", "P12M"))
CHANGES = st.lists(st.tuples(st.integers(1, 500), PERIODS), min_size=1, max_size=6)


@given(CHANGES, st.integers(0, 400), st.integers(0, 3_000))
def test_nobody_lapses_before_a_whole_period_of_the_rule_that_takes_the_points(
    changes: list[tuple[int, str]], active: int, asked: int
) -> None:
    since = NOON
    spans: tuple[IdleSpan, ...] = ()
    for gap, period in changes:
        since += gap * DAY_MS
        spans = (*spans, IdleSpan(since, period, "UTC"))
    active_at, now = NOON + active * DAY_MS, NOON + asked * DAY_MS
    date = lapse_date(spans, active_at, 0)
    if date is None:
        return
    force = [span for span in spans if span.since <= date][-1]
    whole = parse_period(force.period)
    assert date >= add_period(active_at, whole, "UTC")
    assert date >= force.since
    if force is not spans[0]:
        assert date >= add_period(force.since, whole, "UTC")
    known = tuple(span for span in spans if span.since <= now) or spans[:1]
    if now >= date:
        assert lapse_date(known, active_at, 0) == date, "a later rule changes no lapse"


def test_members_are_told_by_the_programs_clock_each_period_before_points_lapse() -> None:
    """Nov 1, 2026 is the day when clocks go back in New York."""
    expiry = {"after": "P1Y", "warn": ["P1M", "P2D"]}
    there = replace(made(expiry), timezone="America/New_York")
    warn = idleness_of(there, {})["points"].warn
    assert warn is not None
    assert warn.times(parse_instant("2026-11-02T12:00:00Z")) == (
        (parse_instant("2026-10-02T11:00:00Z"), "P1M"),
        (parse_instant("2026-10-31T11:00:00Z"), "P2D"),
    )
    assert idleness_of(made({"after": "P1Y"}), {}) == {}
