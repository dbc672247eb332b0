"""Birthdays and anniversaries pay once a calendar year, and no key tells anybody the date."""

from datetime import date
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import day_start, local_date
from chalicelib.domain.celebrating import anniversary_after, kept_on, month_day
from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, HOUR_MS, Instant, parse_instant
from chalicelib.domain.wording.sentences import entry_sentence, names_of
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.celebrate import celebrate_birthdays
from chalicelib.operations.manage_members import change_profile
from chalicelib.operations.sweep_due import sweep_shops
from chalicelib.storage.birthdays import birthdays_key
from chalicelib.storage.key_names import profile_key
from chalicelib.storage.members import profile_of
from chalicelib.storage.programs import program_of
from tests.builders import NOON, TEA, Scene, program
from tests.conservation import WatchedTable
from tests.faults import Crash, Fault
from tests.operations.action_scenes import done, facts, tell
from tests.operations.test_decide_and_commit import schedule
from tests.operations.test_erasures import erase
from tests.operations.test_two_writers import MOMENTS_MAX, interrupted
from tests.operations.verbs_of_members import merge

CAKE = {"id": "cake", "on": "member.birthday", "give": [{"add": 100, "unit": "points"}]}
YEARS = {"id": "years", "on": "member.anniversary", "give": [{"add": 30, "unit": "points"}]}
GOLD = {
    **TEA["tier_groups"][0],
    "tiers": [
        TEA["tier_groups"][0]["tiers"][0],
        {**TEA["tier_groups"][0]["tiers"][1], "birthday": [{"add": 50, "unit": "points"}]},
    ],
}


def opened(*rules: dict[str, Any], birthday: str = "03-01", **keys: Any) -> Scene:
    made = Scene(WatchedTable())
    made.publish(program(earn=[*TEA["earn"], *(rules or (CAKE,))], **keys))
    made.join("77", birthday=birthday)
    return made


def at(text: str) -> Instant:
    return parse_instant(f"{text}T00:00:00Z")


def swept(made: Scene, when: Instant) -> int:
    """What is available once every hour of that day was swept."""
    made.now = when
    sweep_shops(made.table, when)
    sweep_shops(made.table, when + HOUR_MS)
    return made.available()


def sound(made: Scene, customer: str = "77") -> None:
    made.verify()
    assert audit_member(made.table, made.shop, made.member(customer)).breaks == ()


def test_a_birthday_pays_once_a_calendar_year() -> None:
    tea = opened()
    assert swept(tea, at("2027-02-28")) == 0
    assert swept(tea, at("2027-03-01")) == 100
    assert swept(tea, at("2027-03-02")) == 100
    assert swept(tea, at("2028-03-01")) == 200
    sound(tea)


def test_days_that_no_sweep_saw_are_made_up_for_a_month() -> None:
    tea = opened()
    assert swept(tea, at("2027-02-27")) == 0
    assert swept(tea, at("2027-03-20")) == 100
    assert swept(tea, at("2028-05-20")) == 100, "more than a month ago: it is over"


def test_the_29th_of_february_is_kept_on_the_28th_where_there_is_none() -> None:
    tea = opened(birthday="1992-02-29")
    assert swept(tea, at("2027-02-28")) == 100
    assert swept(tea, at("2028-02-28")) == 100
    assert swept(tea, at("2028-02-29")) == 200


def test_a_birthday_told_less_than_thirty_days_before_waits_a_year() -> None:
    tea = opened(birthday="12-20")
    assert swept(tea, at("2026-12-20")) == 0
    assert swept(tea, at("2027-12-20")) == 100


def test_a_date_that_is_changed_pays_no_second_time_in_a_year() -> None:
    tea = opened()
    assert swept(tea, at("2027-03-01")) == 100
    change_profile(tea.table, tea.shop, tea.member(), {"birthday": "1990-06-01"}, tea.now)
    assert swept(tea, at("2027-06-01")) == 100
    assert swept(tea, at("2028-06-01")) == 200
    sound(tea)


def test_the_shop_tells_a_birthday_as_a_fact_and_takes_it_away() -> None:
    tea = opened(birthday="")
    assert tell(tea, facts(NOON, birthday="02-30x")) == "value_invalid"
    assert tell(tea, facts(NOON, birthday=228)) == "value_invalid"
    assert tell(tea, facts(NOON, birthday="1990-03-01")) == "recorded"
    assert tell(tea, facts(NOON, birthday="03-01")) == "replayed"
    assert swept(tea, at("2027-03-01")) == 100
    assert tell(tea, facts(tea.now, birthday=None)) == "recorded"
    assert swept(tea, at("2028-03-01")) == 100


def test_a_program_may_have_a_fact_of_that_name_of_its_own() -> None:
    tea = opened(birthday="", facts={"birthday": "integer"})
    assert tell(tea, facts(NOON, birthday=3)) == "recorded"
    assert swept(tea, at("2027-03-01")) == 0


def test_only_month_and_day_are_kept_and_no_key_tells_them() -> None:
    tea = opened(birthday="1990-03-01")
    key = profile_key(tea.shop, tea.member())
    item = tea.table.load([key])[key]
    profile = profile_of(item)
    assert profile is not None
    assert profile.birthday == "03-01"
    keys = [str(item[name]) for name in ("PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK")]
    assert not any("03-01" in text or "0301" in text for text in keys)
    account = tea.account()
    assert account is not None
    assert account.due_at == account.claim_at
    erase(tea, tea.member())
    assert swept(tea, at("2027-03-01")) == 0


def test_a_tier_gives_on_the_birthday_of_who_holds_it() -> None:
    tea = opened(tier_groups=[GOLD])
    tea.now = NOON + DAY_MS
    tea.pay(30_000)
    before = tea.available()
    assert swept(tea, at("2027-03-01")) == before + 150
    live = program_of(tea.table, tea.shop, 1)
    told = entry_sentence(tea.journal()[-1], names_of(live.program, "en"), "en")
    assert "Birthday" in told
    plain = opened(tier_groups=[GOLD])
    assert swept(plain, at("2027-03-01")) == 100
    sound(tea)


def test_who_says_that_it_is_their_birthday_gets_nothing() -> None:
    tea = opened()
    tell(tea, done("b1", action="member.birthday"))
    assert tea.available() == 0


def test_of_two_birthdays_of_merged_members_one_stays() -> None:
    tea = opened()
    tea.join("88", birthday="03-01")
    assert swept(tea, at("2027-03-01")) == 100
    merge(tea, "88", "77")
    assert tea.available() == 100
    tea.now += DAY_MS
    sweep_shops(tea.table, tea.now)
    assert tea.available() == 100
    sound(tea)


def test_an_anniversary_is_booked_when_it_is_due() -> None:
    tea = opened(YEARS)
    account = tea.account()
    assert account is not None
    assert (account.due_at, account.anniversary_at) == (account.claim_at, at("2027-11-21"))
    assert swept(tea, at("2027-11-21") - 2 * HOUR_MS) == 0
    assert swept(tea, at("2027-11-21")) == 30
    assert swept(tea, at("2028-11-25")) == 60, "a sweep that comes late books it still"
    sound(tea)


def test_a_new_version_gives_everybody_an_anniversary() -> None:
    tea = opened(CAKE, birthday="")
    tea.pay(1_000, "1", customer=Customer("88"))
    tea.now = NOON + DAY_MS
    tea.publish(program(earn=[*TEA["earn"], YEARS]), since=tea.now)
    assert swept(tea, tea.now) == 0
    assert swept(tea, at("2027-11-21")) == 30
    sound(tea)
    tea.publish(TEA, since=tea.now)
    assert swept(tea, at("2028-11-21")) == 30
    account = tea.account()
    assert account is not None
    assert (account.anniversary_at, account.due_at) == (0, 0)


def test_other_writers_at_every_moment_of_a_birthday_lose_nothing() -> None:
    for moment in range(MOMENTS_MAX):
        tea = opened()
        tea.now = at("2027-03-01")
        act = partial(tea.pay, 1_000, "2")
        ran = interrupted(tea.table, moment, act, backwards=False)
        celebrate_birthdays(tea.table, tea.shop, tea.now)
        if not ran:
            return
        assert tea.available() == 110, moment
        sound(tea)
    raise AssertionError("more moments than were tried")


def test_two_sweeps_at_every_moment_book_one_birthday() -> None:
    for moment in range(MOMENTS_MAX):
        tea = opened()
        tea.now = at("2027-03-01")
        act = partial(celebrate_birthdays, tea.table, tea.shop, tea.now)
        ran = interrupted(tea.table, moment, act, backwards=False)
        celebrate_birthdays(tea.table, tea.shop, tea.now)
        if not ran:
            return
        assert tea.available() == 100, moment
    raise AssertionError("more moments than were tried")


def test_a_day_is_done_only_when_everybody_was_asked() -> None:
    tea = opened()
    tea.now = at("2027-03-01")
    assert celebrate_birthdays(tea.table, tea.shop, tea.now, lambda: False) == 1
    key = birthdays_key(tea.shop)
    assert key not in tea.table.load([key])
    schedule(tea.table, [Fault.CONFLICT] * 12)
    assert celebrate_birthdays(tea.table, tea.shop, tea.now) == 1
    assert key in tea.table.load([key])


@pytest.mark.parametrize("fault", [Fault.CRASH, Fault.CRASH_AFTER])
def test_a_run_that_dies_is_resumed(fault: Fault) -> None:
    tea = opened(CAKE, YEARS, birthday="11-21")
    tea.now = at("2027-11-21")
    for _ in range(2):
        schedule(tea.table, [fault])
        with pytest.raises(Crash):
            sweep_shops(tea.table, tea.now)
        schedule(tea.table, [])
    sweep_shops(tea.table, tea.now)
    assert tea.available() == 130
    sound(tea)


def test_nothing_is_kept_where_no_program_is_live() -> None:
    tea = opened()
    assert celebrate_birthdays(tea.table, "nobody", tea.now) == 0
    tea.publish(TEA)
    assert celebrate_birthdays(tea.table, tea.shop, at("2027-03-01")) == 0


@given(st.dates(date(2000, 1, 1), date(2050, 12, 31)), st.integers(0, 4_000))
def test_every_day_of_joining_has_one_anniversary_in_each_later_year(day: date, days: int) -> None:
    zone = "Europe/Budapest"
    joined = day_start(day, zone) + HOUR_MS
    now = joined + days * DAY_MS
    start = anniversary_after(joined, now, zone)
    found = local_date(start, zone)
    assert start > now
    assert found.year - local_date(now, zone).year in (0, 1)
    assert found.year > day.year
    assert month_day(day.isoformat()) in kept_on(found)
