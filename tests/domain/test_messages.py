"""Messages as values: caps hold whatever comes, quiet hours end, what is withdrawn is not read."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import local_date, local_time
from chalicelib.domain.instants import DAY_MS, HOUR_MS, MINUTE_MS, parse_instant
from chalicelib.domain.limits import MESSAGES_KEPT_MAX
from chalicelib.domain.messages import (
    Inbox,
    Message,
    Sending,
    inbox_of_both,
    message_id,
    rewritten_inbox,
    seen,
    sent,
    shown,
    withdrawn,
)
from chalicelib.domain.program.hours import telling_of, told_from

NOON = parse_instant("2026-11-21T12:00:00Z")
ZONES = st.sampled_from(["UTC", "Europe/Budapest", "America/New_York", "Asia/Tehran"])
FREE = telling_of(5, 10, "none")


def wish(name: str, at: int = NOON) -> Message:
    return Message(name, "thanks", "order:main:1", 1, at)


def at(now: int, telling: object = FREE, zone: str = "UTC") -> Sending:
    return Sending(telling, zone, now)  # type: ignore[arg-type]  # a Telling


@given(
    ZONES,
    st.integers(1, 5),
    st.integers(5, 10),
    st.sampled_from(["none", "21:00-09:00", "13:00-15:00", "02:30-03:30"]),
    st.lists(st.integers(0, 30 * 60 * 24), max_size=60),
)
def test_caps_hold_for_every_day_and_week_and_nothing_is_shown_first_in_quiet_hours(
    zone: str, day: int, week: int, quiet: str, minutes: list[int]
) -> None:
    telling, inbox, days = telling_of(day, week, quiet), Inbox(), Counter[object]()
    weeks = Counter[object]()
    for number, minute in enumerate(sorted(minutes)):
        now = NOON - 30 * DAY_MS + minute * MINUTE_MS
        before = inbox
        inbox, refused = sent(inbox, wish(f"m{number}"), at(now, telling, zone))
        assert bool(refused) == (inbox == before)
        if not refused:
            made = next(each for each in inbox.messages if each.id == f"m{number}")
            shown_on = local_date(made.show_at, zone)
            days[shown_on] += 1
            weeks[shown_on.isocalendar()[:2]] += 1
            assert made.show_at >= now
    assert max(days.values(), default=0) <= day
    assert max(weeks.values(), default=0) <= week
    assert len(inbox.messages) <= MESSAGES_KEPT_MAX


@pytest.mark.parametrize(
    ("quiet", "now", "then"),
    [
        ("21:00-09:00", "2026-11-21T20:59:00Z", "2026-11-21T20:59:00Z"),
        ("21:00-09:00", "2026-11-21T21:00:00Z", "2026-11-22T09:00:00Z"),
        ("21:00-09:00", "2026-11-21T03:00:00Z", "2026-11-21T09:00:00Z"),
        ("21:00-09:00", "2026-11-21T09:00:00Z", "2026-11-21T09:00:00Z"),
        ("13:00-15:00", "2026-11-21T14:30:00Z", "2026-11-21T15:00:00Z"),
        ("20:00-24:00", "2026-11-21T20:30:00Z", "2026-11-22T00:00:00Z"),
        ("none", "2026-11-21T03:00:00Z", "2026-11-21T03:00:00Z"),
    ],
)
def test_quiet_hours_end_when_clocks_say_so(quiet: str, now: str, then: str) -> None:
    assert told_from(telling_of(1, 2, quiet), parse_instant(now), "UTC") == parse_instant(then)


@given(ZONES, st.integers(0, 400 * 24 * 60))
def test_what_waits_is_shown_at_the_end_of_the_night_and_never_before(
    zone: str, minute: int
) -> None:
    now = NOON + minute * MINUTE_MS
    then = told_from(telling_of(1, 2, "21:00-09:00"), now, zone)
    assert now <= then <= now + 13 * HOUR_MS
    assert 9 <= local_time(then, zone).hour < 21


def test_an_hour_that_clocks_show_twice_never_brings_a_message_back_in_time() -> None:
    again = parse_instant("2026-10-25T01:10:00Z")  # 2:10 for the second time in Budapest
    assert told_from(telling_of(1, 2, "01:00-02:30"), again, "Europe/Budapest") == again


def test_the_same_message_again_changes_nothing() -> None:
    one, _ = sent(Inbox(), wish("a"), at(NOON))
    assert sent(one, wish("a"), at(NOON + DAY_MS)) == (one, "")
    assert rewritten_inbox(one, one) is None


def test_what_was_read_stays_and_what_was_not_is_withdrawn() -> None:
    one, _ = sent(Inbox(), wish("a"), at(NOON))
    read = seen(one, "a", NOON + 1)
    assert withdrawn(read, "a", NOON + 2) == read
    gone = withdrawn(one, "a", NOON + 2)
    assert shown(gone, NOON + 2) == ()
    assert seen(gone, "a", NOON + 3) == withdrawn(gone, "a", NOON + 4) == gone
    assert withdrawn(one, "other", NOON) == seen(one, "other", NOON) == one
    assert [each.id for each in shown(sent(gone, wish("a"), at(NOON + 5))[0], NOON + 5)] == ["a"]


def test_the_first_time_that_it_is_read_counts() -> None:
    one, _ = sent(Inbox(), wish("a"), at(NOON))
    assert seen(seen(one, "a", NOON + 1), "a", NOON + 2) == seen(one, "a", NOON + 1)


def test_two_who_are_one_were_told_each_thing_once() -> None:
    mine, _ = sent(Inbox((), 3), wish("a"), at(NOON))
    other, _ = sent(Inbox(), wish("a"), at(NOON))
    other, _ = sent(other, wish("b"), at(NOON))
    both = inbox_of_both(mine, other)
    assert ([each.id for each in both.messages], both.revision) == (["a", "b"], 3)


def test_ids_differ_by_document_effect_and_number() -> None:
    made = {
        message_id(document, (rule, effect), number)
        for document in ("order:main:1", "order:main:2")
        for rule in ("a", "b")
        for effect in (0, 1)
        for number in (0, 1)
    }
    assert {len(each) for each in made} == {26}
    assert len(made) == 16
