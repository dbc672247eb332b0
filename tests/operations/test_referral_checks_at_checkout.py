"""Friends whom an order joins, by a code typed at the checkout: checked as those who join first."""

from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from chalicelib.domain.events import Customer, Signs
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.limits import ARRIVALS_MAX, ARRIVALS_WINDOW_MS
from chalicelib.storage.table import Table
from tests.builders import NOON, Scene, refund, refunded
from tests.conservation import WatchedTable
from tests.faults import Crash, Fault, no_fault
from tests.operations.audited import audited, report_of
from tests.operations.moments import at_every_moment
from tests.operations.referral_scenes import (
    code,
    come,
    opened,
    pending,
    referral_of,
    referring,
    review,
)
from tests.operations.test_decide_and_commit import schedule
from tests.operations.test_two_writers import MOMENTS_MAX, at_once

ALL = ("self", "email", "address", "payment", "device", "ip")
HOME = (("12 Main Street", "Apt 4", "40003", "US"),)
HOME_TOO = (("apt. 4", "12 main st", "40003", "us"),)
IP = "93.184.216.34"


@pytest.fixture
def scene(table: Table) -> Scene:
    return opened(table, referring(checks=list(ALL)))


def typed(scene: Scene, friend: str = "88", order: str = "f1", **told: Any) -> Any:
    """The first order of a friend, with Ann's code."""
    person = Customer(friend, email=told.pop("email", ""))
    by = told.pop("by", code(scene))
    at = told.pop("at", None)
    return scene.pay(3_000, order, at, codes=(by,), customer=person, signs=Signs(**told))


def reasons(scene: Scene, friend: str = "88") -> tuple[str, ...]:
    known = referral_of(scene, friend)
    assert (known.state == "flagged") == bool(known.reasons)
    return known.reasons


@pytest.mark.parametrize(
    ("reason", "anns", "friends"),
    [
        ("address", {"addresses": HOME}, {"addresses": HOME_TOO}),
        ("payment", {"payment": "fp_1"}, {"payment": "fp_1"}),
        ("device", {"device": "d1"}, {"device": "d1"}),
        ("ip", {"ip": IP}, {"ip": IP}),
    ],
)
def test_the_order_that_joins_a_friend_is_compared_with_the_advocates(
    scene: Scene, reason: str, anns: dict[str, Any], friends: dict[str, Any]
) -> None:
    scene.pay(500, "a1", signs=Signs(**anns))
    typed(scene, **friends)
    assert reasons(scene) == (reason,)
    assert pending(scene) == (0, 0)
    review(scene, "88", "ordered")
    assert pending(scene) == (100, 50)


@pytest.mark.parametrize("email", ["ann@example.com", "A.nn+2@Example.com"])
def test_the_address_of_the_advocate_in_another_spelling_is_flagged(
    scene: Scene, email: str
) -> None:
    typed(scene, email=email)
    assert reasons(scene) == ("email",)
    assert pending(scene) == (0, 0)


def test_nobody_is_a_friend_of_themselves(scene: Scene) -> None:
    typed(scene, "77", "a1")
    account = scene.account("77")
    assert account is not None
    assert account.referred == ()
    typed(scene, "99", "b1", by=code(scene, "99"))
    account = scene.account("99")
    assert account is not None
    assert account.referred == ()


def test_one_too_many_of_an_ip_address_are_flagged_however_they_join(scene: Scene) -> None:
    for number in range(ARRIVALS_MAX + 1):
        typed(scene, f"f{number}", f"o{number}", ip=IP)
        typed(scene, f"f{number}", f"o{number}", ip=IP)
    assert [reasons(scene, f"f{number}") for number in range(ARRIVALS_MAX)] == [()] * ARRIVALS_MAX
    assert reasons(scene, f"f{ARRIVALS_MAX}") == ("ip_velocity",)


def test_who_is_told_late_is_counted_in_the_window_that_is_open(scene: Scene) -> None:
    for number in range(ARRIVALS_MAX):
        typed(scene, f"f{number}", f"o{number}", ip=IP)
    typed(scene, "late", "late", at=NOON - DAY_MS, ip=IP)
    assert reasons(scene, "late") == ("ip_velocity",)


def test_who_paid_weeks_before_the_window_is_none_of_its_friends(scene: Scene) -> None:
    for number in range(ARRIVALS_MAX):
        typed(scene, f"f{number}", f"o{number}", ip=IP)
    typed(scene, "late", "late", at=NOON - 2 * ARRIVALS_WINDOW_MS, ip=IP)
    assert reasons(scene, "late") == ()
    typed(scene, "next", "next", ip=IP)
    assert reasons(scene, "next") == ("ip_velocity",)


def test_friends_who_paid_weeks_apart_and_are_told_at_once_are_not_too_many(scene: Scene) -> None:
    scene.now = NOON + 60 * DAY_MS
    for number in range(ARRIVALS_MAX + 1):
        typed(scene, f"f{number}", f"o{number}", at=NOON + number * ARRIVALS_WINDOW_MS, ip=IP)
    assert {reasons(scene, f"f{number}") for number in range(ARRIVALS_MAX + 1)} == {()}


@pytest.mark.parametrize("fault", [Fault.CRASH, Fault.CRASH_AFTER])
def test_a_friend_whose_order_dies_at_any_call_is_flagged_by_the_delivery_again(
    fault: Fault,
) -> None:
    start = WatchedTable()
    told: dict[str, Any] = {"addresses": HOME_TOO, "ip": IP, "email": "a.nn@example.com"}
    ann = opened(start, referring(checks=list(ALL)))
    ann.pay(500, "a1", signs=Signs(addresses=HOME, ip=IP))
    for place in range(MOMENTS_MAX):
        table: Any = start.copy()
        friend = Scene(table, versions=1)
        sent = schedule(table, [*[None] * place, fault], "")
        with suppress(Crash):
            typed(friend, **told)
        table.fault = no_fault
        if fault not in sent:
            return
        typed(friend, **told)
        assert reasons(friend) == ("address", "email", "ip"), place
        assert pending(friend) == (0, 0)
    raise AssertionError("more calls than were tried")


def shows_home(scene: Scene) -> Any:
    """Ann buys, to the address of her friend."""
    return scene.pay(500, "a1", signs=Signs(addresses=HOME))


RACES: dict[str, Any] = {
    "again": lambda s: typed(s, addresses=HOME),
    "joins by the code": come,
    "the advocate shows it too": shows_home,
    "returns": lambda s: s.order(refunded(refund(3_000), "f1")),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("rival", RACES)
def test_who_is_flagged_waits_at_every_moment_of_another_writer(
    rival: str, backwards: bool
) -> None:
    start = WatchedTable()
    shows_home(opened(start, referring(checks=list(ALL))))
    act = partial(typed, addresses=HOME)
    for scene in at_every_moment(start, act, RACES[rival], backwards):
        known = referral_of(scene)
        assert known.state in {"flagged", "joined"} if rival == "returns" else reasons(scene)
        assert pending(scene) == (0, 0)
        assert report_of(audited(scene.table)).breaks == ()


def test_friends_whose_orders_come_at_once_are_counted_right(raced_table: Table) -> None:
    scene = opened(raced_table, referring(checks=["ip"]))
    friends = [f"f{number}" for number in range(ARRIVALS_MAX + 3)]
    at_once([partial(typed, scene, friend, friend, ip=IP) for friend in friends])
    found = [reasons(scene, friend) for friend in friends]
    assert sorted(found) == [()] * ARRIVALS_MAX + [("ip_velocity",)] * 3
