"""Before points lapse their member is told, once, and nobody whose points do not."""

from functools import partial
from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import parse_instant
from chalicelib.domain.messages import Inbox
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.keep_up import Swept
from chalicelib.operations.read_messages import (
    ReadMessages,
    find_message,
    list_messages,
    open_message,
    read_messages,
)
from chalicelib.operations.sweep_due import date_members, sweep_due
from chalicelib.operations.view_card import CardQuery
from chalicelib.security.storefront_tokens import Customer as Shopper
from chalicelib.storage.members import inbox_key, inbox_of
from tests.builders import NOON, TEA, Scene, program, recorded, unit
from tests.conservation import WatchedTable
from tests.faults import Crash, Fault, no_fault
from tests.operations.test_two_writers import MOMENTS_MAX, interrupted
from tests.operations.time_scenes import IDLE, days, kinds, scene
from tests.operations.verbs_of_members import merge

WARNED = {**IDLE, "warn": ["P30D", "P7D"]}
END = parse_instant("2027-11-21T12:00:00Z")
MONDAY = parse_instant("2027-11-22T00:00:00Z")
FIRST, SECOND = END - days(30), END - days(7)


def inbox(shop: Scene) -> Inbox:
    key = inbox_key(shop.shop, shop.member())
    return inbox_of(shop.table.load([key]).get(key))


def sweep(shop: Scene, at: int) -> Swept:
    shop.now = at
    return sweep_due(shop.table, shop.shop, at)


def query(shop: Scene, locale: str = "") -> CardQuery:
    return CardQuery(shop.shop, Shopper("77", expires_at=0, key_id="k"), locale, shop.now, shop.now)


def told(shop: Scene, locale: str = "") -> list[str]:
    found = read_messages(shop.table, query(shop, locale))
    assert isinstance(found, ReadMessages)
    return [each.text for each in found.items]


@pytest.fixture
def tea() -> Scene:
    made = scene(expiry=WARNED)
    made.pay(10000)
    return made


def once_a_week() -> Scene:
    """A shop that tells its members one thing a week, and warns 7 days before."""
    made, caps = Scene(WatchedTable()), {"day": 1, "week": 1, "quiet": "none"}
    expiry = {"after": "P1Y", "warn": ["P7D"]}
    made.publish(program(units=unit(expiry=expiry), messages={"caps": caps}))
    return made


def two_units(expiry: object = WARNED) -> Scene:
    """Somebody with 100 points and 5 leaves of one order."""
    leaves = {"name": {"other": "leaves"}, "pending": "none", "expiry": expiry}
    more = {"id": "leaf", "on": "order.paid", "give": [{"add": 5, "unit": "leaves"}]}
    made = Scene(WatchedTable())
    units = {**unit(expiry=WARNED), "leaves": leaves}
    made.publish(program(units=units, earn=[*TEA["earn"], more]))
    made.pay(10000)
    return made


def test_members_are_told_thirty_and_seven_days_before_and_once_each(tea: Scene) -> None:
    assert sweep(tea, FIRST - 1) == Swept()
    assert sweep(tea, FIRST) == Swept(1, 0)
    assert told(tea) == ["100 points will lapse after 2027-11-21"]
    assert sweep(tea, FIRST + days(1)) == Swept()
    assert sweep(tea, SECOND - 1) == Swept()
    assert len(inbox(tea).messages) == 1
    assert sweep(tea, SECOND) == Swept(1, 0)
    assert len(told(tea)) == 2
    assert sweep(tea, SECOND + 1) == Swept()
    assert kinds(tea) == [("earn", 100)], "no point moved"
    tea.verify()


def test_when_they_have_lapsed_nothing_says_that_they_will(tea: Scene) -> None:
    sweep(tea, FIRST)
    assert sweep(tea, END) == Swept(1, 1)
    assert told(tea) == []
    account = tea.account()
    assert account is not None
    assert account.due_at == 0


def test_who_was_active_meanwhile_is_told_nothing(tea: Scene) -> None:
    tea.pay(1000, "1002", at=NOON + days(100))
    assert sweep(tea, FIRST) == Swept(1, 0), "the date was looked at"
    assert inbox(tea) == Inbox()
    assert sweep(tea, FIRST + days(101)) == Swept(1, 0)
    assert told(tea) == ["110 points will lapse after 2028-03-01"]


def test_activity_takes_back_what_was_told(tea: Scene) -> None:
    sweep(tea, FIRST)
    message = inbox(tea).messages[0].id
    tea.now += days(1)
    recorded(tea.redeem())
    assert told(tea) == []
    refusal = find_message(tea.table, query(tea), message)
    assert refusal is not None
    assert refusal.code == "message_unknown"
    assert open_message(tea.table, query(tea), message) == refusal
    staff = list_messages(tea.table, tea.shop, tea.member(), ("", tea.now))
    assert isinstance(staff, ReadMessages)
    assert staff.items == ()


def test_a_warning_is_opened_like_every_message(tea: Scene) -> None:
    sweep(tea, FIRST)
    opened = open_message(tea.table, query(tea), inbox(tea).messages[0].id)
    assert isinstance(opened, ReadMessages)
    assert opened.items[0].message.seen_at == FIRST
    assert find_message(tea.table, query(tea), opened.items[0].message.id) is None


def test_who_has_no_points_left_is_told_nothing() -> None:
    tea = scene(expiry={**WARNED, "counts": ["order.paid"]})
    tea.pay(10000)
    recorded(tea.redeem())
    recorded(tea.adjust(-50))
    assert tea.available() == 0
    sweep(tea, FIRST)
    assert inbox(tea) == Inbox()


def test_a_sweep_that_comes_late_tells_the_last_of_them(tea: Scene) -> None:
    assert sweep(tea, SECOND + days(2)) == Swept(1, 0)
    assert len(told(tea)) == 1
    assert sweep(tea, END - 1) == Swept()


def test_what_is_told_at_night_is_shown_in_the_morning() -> None:
    tea = scene(expiry=WARNED)
    tea.pay(10000, at=parse_instant("2026-11-21T23:00:00Z"))
    night = parse_instant("2027-10-22T23:00:00Z")
    sweep(tea, night)
    assert told(tea) == []
    assert inbox(tea).messages[0].show_at == parse_instant("2027-10-23T09:00:00Z")


def test_caps_hold_and_what_they_refuse_is_asked_again_each_day_while_it_is_true() -> None:
    tea = once_a_week()
    tea.pay(10000, at=NOON + days(1))
    tea.pay(1000, "1002", at=NOON + days(2))
    assert sweep(tea, END - days(6)) == Swept(1, 0), "a Monday"
    assert sweep(tea, END - days(5)) == Swept(1, 0)
    assert sweep(tea, END - days(5) + 1) == Swept()
    assert told(tea) == ["100 points will lapse after 2027-11-22"]
    assert sweep(tea, END - days(3)) == Swept(1, 0)
    assert told(tea) == ["100 points will lapse after 2027-11-22"]
    assert sweep(tea, MONDAY) == Swept(1, 0)
    assert told(tea)[0] == "10 points will lapse after 2027-11-23"
    assert sweep(tea, MONDAY + 1) == Swept()
    tea.verify()


def test_what_caps_refused_and_is_no_more_true_is_not_told() -> None:
    tea = two_units()
    sweep(tea, FIRST)
    assert told(tea) == ["5 leaves will lapse after 2027-11-21"]
    tea.pay(1000, "1002", at=FIRST + 1)
    sweep(tea, FIRST + days(1))
    assert told(tea) == []
    assert len(inbox(tea).messages) == 1


def test_of_two_units_that_lapse_on_one_day_both_are_told() -> None:
    tea = two_units()
    sweep(tea, FIRST)
    sweep(tea, FIRST + days(1))
    words = {"5 leaves will lapse after 2027-11-21", "100 points will lapse after 2027-11-21"}
    assert set(told(tea)) == words
    assert sweep(tea, FIRST + days(2)) == Swept()


def test_what_caps_refused_of_who_is_merged_is_asked_again() -> None:
    tea = once_a_week()
    for name, who in ((1, "88"), (2, "88"), (3, "77")):
        tea.pay(1000 * name, str(name), at=NOON + days(name), customer=Customer(who))
    for back in (6, 5, 4):  # from a Monday on: told, refused, told
        sweep(tea, END - days(back))
    merge(tea)
    assert "20 points will lapse after 2027-11-23" not in told(tea)
    sweep(tea, MONDAY)
    assert told(tea)[0] == "20 points will lapse after 2027-11-23"


def test_a_unit_that_warns_of_nothing_lapses_untold_beside_one_that_does() -> None:
    tea = two_units({"after": "P1Y"})
    assert tea.balance(unit="leaves").available == 5
    sweep(tea, FIRST)
    assert told(tea) == ["100 points will lapse after 2027-11-21"]


def test_the_program_may_say_it_in_its_own_words() -> None:
    lapse = {"text": {"en": "Use {points} by {day}!", "hu": "{points}: {day}!"}, "title": "Hurry"}
    tea = Scene(WatchedTable())
    tea.publish(program(units=unit(expiry=WARNED), messages={"templates": {"lapse": lapse}}))
    tea.pay(10000)
    sweep(tea, FIRST)
    found = read_messages(tea.table, query(tea))
    assert isinstance(found, ReadMessages)
    assert [(each.title, each.text) for each in found.items] == [
        ("Hurry", "Use 100 points by 2027-11-21!")
    ]


def test_a_program_that_begins_to_warn_looks_at_everybody_once() -> None:
    tea = scene(expiry=IDLE)
    tea.pay(10000)
    tea.publish(program(units=unit(expiry=WARNED)), NOON + days(10))
    assert date_members(tea.table, tea.shop, NOON + days(11)) == Swept(1, 0)
    assert date_members(tea.table, tea.shop, NOON + days(12)) == Swept()
    sweep(tea, FIRST)
    assert len(told(tea)) == 1


def test_a_program_that_warns_of_nothing_has_the_old_dates() -> None:
    tea = scene(expiry={**IDLE, "warn": []})
    tea.pay(10000)
    account = tea.account()
    assert account is not None
    assert account.due_at == END


def test_who_is_forgotten_is_told_nothing(tea: Scene) -> None:
    member = tea.member()
    erase_member(tea.table, EraseCommand(tea.shop, member, "operator", tea.now))
    sweep(tea, FIRST)
    key = inbox_key(tea.shop, member)
    assert not inbox_of(tea.table.load([key]).get(key)).messages


def due() -> Scene:
    """Somebody who is to be told by the next sweep."""
    made = scene(expiry=WARNED)
    made.pay(10000)
    made.now = FIRST
    return made


@pytest.mark.parametrize("backwards", [False, True])
def test_two_sweeps_at_a_time_tell_it_once(backwards: bool) -> None:
    for moment in range(MOMENTS_MAX):
        tea = due()
        table: Any = tea.table
        ran = interrupted(table, moment, partial(sweep, tea, FIRST), backwards)
        sweep(tea, FIRST)
        table.before = table.before_key = lambda _: None
        assert len(inbox(tea).messages) == 1
        tea.verify()
        if not ran:
            return
    raise AssertionError("more moments than were tried")


@pytest.mark.parametrize("backwards", [False, True])
def test_an_order_in_the_midst_of_a_sweep_leaves_nothing_that_is_untrue(backwards: bool) -> None:
    for moment in range(MOMENTS_MAX):
        tea = due()
        table: Any = tea.table
        ran = interrupted(table, moment, partial(tea.pay, 1000, "1002", at=FIRST), backwards)
        sweep(tea, FIRST)
        table.before = table.before_key = lambda _: None
        assert tea.balance().available == (110 if ran else 100)
        assert bool(told(tea)) is not bool(ran)
        tea.verify()
        if not ran:
            return
    raise AssertionError("more moments than were tried")


@pytest.mark.parametrize("fault", [Fault.CRASH, Fault.CRASH_AFTER])
def test_a_sweep_that_dies_is_made_up_for(tea: Scene, fault: Fault) -> None:
    table: Any = tea.table
    table.fault = lambda operation, _: fault if operation == "transact" else None
    with pytest.raises(Crash):
        sweep(tea, FIRST)
    table.fault = no_fault
    sweep(tea, FIRST + days(1))
    sweep(tea, FIRST + days(2))
    assert len(inbox(tea).messages) == 1
