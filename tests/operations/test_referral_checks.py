"""Checks of referrals: what both sides have in common is flagged, and kept as hashes alone."""

from functools import partial
from typing import Any

import pytest
from msgspec.json import encode

from chalicelib.domain.events import Customer, Signs
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.limits import ARRIVALS_MAX, ARRIVALS_WINDOW_MS, SIGN_KEPT_MS
from chalicelib.domain.member import Profile
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.join_program import JoinCommand, join_program
from chalicelib.operations.view_card import CardQuery
from chalicelib.operations.view_referrals import view_referrals
from chalicelib.security.storefront_tokens import Customer as Shopper
from chalicelib.storage.items import Item
from chalicelib.storage.referral_signs import signs_key, signs_of
from chalicelib.storage.table import Table
from tests.builders import NOON, Scene, recorded, refund, refunded
from tests.conservation import WatchedTable
from tests.operations.referral_scenes import (
    buy,
    code,
    come,
    opened,
    pending,
    referral_of,
    referring,
    review,
)
from tests.operations.test_two_writers import MOMENTS_MAX, at_once, interrupted
from tests.operations.verbs_of_members import merge

ALL = ("self", "email", "address", "payment", "device", "ip")
HOME = ("12 Main Street", "Apt 4", "40003", "US")
IP, OTHER_IP = "93.184.216.34", "93.184.216.99"


@pytest.fixture
def scene(table: Table) -> Scene:
    return opened(table, referring(checks=list(ALL)))


def signs(**told: Any) -> Signs:
    return Signs(**told)


def at_home(*parts: str) -> Signs:
    return Signs(addresses=(parts or HOME,))


def comes(scene: Scene, customer: str = "88", **told: Any) -> Any:
    """A friend joins by Ann's code, in a browser that shows ``told``."""
    person = Profile(external_id=customer)
    command = JoinCommand(
        scene.shop, person, scene.now, scene.now, referral_code=code(scene), signs=Signs(**told)
    )
    return join_program(scene.table, command)


def asks(scene: Scene, **told: Any) -> None:
    """Ann looks at her friends, in a browser that shows ``told``."""
    query = CardQuery(scene.shop, Shopper("77", NOON, "k1"), "", scene.now, scene.now)
    view_referrals(scene.table, query, Signs(**told))


def kept(scene: Scene) -> list[Item]:
    """Everything that is stored for the checks."""
    items: list[Item] = scene.table.items()  # type: ignore[attr-defined]
    return [item for item in items if item["SK"] in ("SIGNS", "IP")]


def reasons(scene: Scene, friend: str = "88") -> tuple[str, ...]:
    known = referral_of(scene, friend)
    assert (known.state == "flagged") == bool(known.reasons)
    return known.reasons


SIDES = [
    ("address", at_home(), at_home("apt. 4", "12 main st", "40003", "us")),
    ("payment", signs(payment="fp_1"), signs(payment="fp_1")),
    ("device", signs(device="d1"), signs(device="d1")),
    ("ip", signs(ip=IP), signs(ip=IP)),
]


@pytest.mark.parametrize(("reason", "anns", "friends"), SIDES, ids=[row[0] for row in SIDES])
def test_what_orders_of_both_sides_have_in_common_is_flagged(
    scene: Scene, reason: str, anns: Signs, friends: Signs
) -> None:
    scene.pay(500, "a1", signs=anns)
    come(scene)
    buy(scene, signs=friends)
    assert reasons(scene) == (reason,)
    assert pending(scene) == (0, 0)
    review(scene, "88", "ordered")
    assert pending(scene) == (100, 50)


@pytest.mark.parametrize(("reason", "anns", "friends"), SIDES, ids=[row[0] for row in SIDES])
def test_what_the_program_does_not_check_is_neither_flagged_nor_kept(
    table: Table, reason: str, anns: Signs, friends: Signs
) -> None:
    scene = opened(table, referring(checks=[each for each in ALL if each != reason]))
    scene.pay(500, "a1", signs=anns)
    come(scene)
    buy(scene, signs=friends)
    assert reasons(scene) == ()
    assert kept(scene) == []


def test_a_program_without_checks_of_its_own_keeps_nothing(table: Table) -> None:
    scene = opened(table)
    everything = Signs((HOME,), "fp_1", "d1", IP)
    scene.pay(500, "a1", signs=everything)
    comes(scene, ip=IP, device="d1")
    asks(scene, ip=IP, device="d1")
    buy(scene, signs=everything)
    assert reasons(scene) == ()
    assert kept(scene) == []


def test_different_signs_flag_nobody(scene: Scene) -> None:
    scene.pay(500, "a1", signs=Signs((HOME,), "fp_1", "d1", IP))
    comes(scene, ip=OTHER_IP, device="d2")
    buy(scene, signs=Signs((("13 Main Street", "40003", "US"),), "fp_2", "d2", OTHER_IP))
    assert reasons(scene) == ()
    assert pending(scene) == (100, 50)


def test_the_browser_that_joins_is_compared_with_orders_and_with_who_asked_for_the_code(
    scene: Scene,
) -> None:
    scene.pay(500, "a1", signs=signs(ip=IP))
    asks(scene, device="d1")
    comes(scene, device="d1", ip=IP)
    buy(scene)
    assert reasons(scene) == ("device", "ip")


def test_all_reasons_are_told_together(scene: Scene) -> None:
    scene.pay(500, "a1", signs=Signs((HOME,), "fp_1", "d1", IP))
    come(scene, email="a.nn@example.com")
    buy(scene, signs=Signs((HOME,), "fp_1", "d1", IP))
    assert reasons(scene) == ("address", "device", "email", "ip", "payment")


def test_a_bill_sent_to_the_advocate_is_found_beside_another_delivery(scene: Scene) -> None:
    scene.pay(500, "a1", signs=at_home())
    come(scene)
    buy(scene, signs=Signs(addresses=(("9 Far Road", "90001", "US"), HOME)))
    assert reasons(scene) == ("address",)


def test_what_was_seen_long_ago_flags_nobody(scene: Scene) -> None:
    scene.pay(500, "a1", signs=at_home())
    scene.now += SIGN_KEPT_MS
    come(scene)
    buy(scene, at=scene.now, signs=at_home())
    assert reasons(scene) == ()


def test_another_order_after_a_reversal_is_checked_anew(scene: Scene) -> None:
    come(scene)
    buy(scene)
    scene.order(refunded(refund(3_000), "f1"))
    scene.pay(500, "a1", signs=at_home())
    buy(scene, 3_000, "f2", signs=at_home())
    assert reasons(scene) == ("address",)


def test_on_flag_reject_counts_for_every_check(table: Table) -> None:
    scene = opened(table, referring(checks=["address"], on_flag="reject"))
    scene.pay(500, "a1", signs=at_home())
    come(scene)
    buy(scene, signs=at_home())
    assert referral_of(scene).state == "rejected"


# ------------------------------------------------------------ many from one IP address


def test_more_friends_than_usual_from_one_ip_address_are_flagged(scene: Scene) -> None:
    for number in range(ARRIVALS_MAX + 1):
        comes(scene, f"f{number}", ip=IP)
        comes(scene, f"f{number}", ip=IP)
        buy(scene, 3_000, f"o{number}", f"f{number}")
    for number in range(ARRIVALS_MAX):
        assert reasons(scene, f"f{number}") == ()
    assert reasons(scene, f"f{ARRIVALS_MAX}") == ("ip_velocity",)


def test_friends_of_another_window_or_another_address_are_not_too_many(scene: Scene) -> None:
    for number in range(ARRIVALS_MAX):
        comes(scene, f"f{number}", ip=IP)
    comes(scene, "else", ip=OTHER_IP)
    scene.now += ARRIVALS_WINDOW_MS
    comes(scene, "late", ip=IP)
    for friend in ("else", "late"):
        buy(scene, 3_000, friend, friend, at=scene.now)
        assert reasons(scene, friend) == ()


def test_who_joins_by_an_order_is_counted_by_the_browser_that_bought(scene: Scene) -> None:
    for number in range(ARRIVALS_MAX + 1):
        name = f"f{number}"
        buy(scene, 3_000, name, name, codes=(code(scene),), signs=signs(ip=IP))
        buy(scene, 3_000, name, name, codes=(code(scene),), signs=signs(ip=IP))
    assert reasons(scene, "f0") == ()
    assert reasons(scene, f"f{ARRIVALS_MAX}") == ("ip_velocity",)


def test_joining_without_a_code_is_not_counted(scene: Scene) -> None:
    scene.join("99")
    person = Profile(external_id="55")
    command = JoinCommand(scene.shop, person, NOON, NOON, signs=signs(ip=IP, device="d1"))
    recorded(join_program(scene.table, command))
    assert kept(scene) == []


# ------------------------------------------------------------ what is kept, and of whom


def test_nothing_of_what_was_told_is_kept_in_clear(scene: Scene) -> None:
    told = Signs((("Elm Lane 17", "40777"),), "fp_secret", "dev_secret", IP)
    scene.pay(500, "a1", signs=told)
    comes(scene, device="dev_secret", ip=IP)
    buy(scene, signs=told)
    everything = repr(scene.table.items()).casefold()  # type: ignore[attr-defined]
    for text in ("elm", "40777", "fp_secret", "dev_secret", IP):
        assert text not in everything
    stored = scene.document("f1").state
    assert stored is not None
    assert stored.signs == Signs()
    assert b"signs" not in encode(stored)


def test_what_is_kept_ends_by_itself_and_is_bounded(scene: Scene) -> None:
    for number in range(9):
        scene.now += DAY_MS
        scene.pay(500, f"a{number}", signs=at_home(f"{number} Main Street"))
    (item,) = kept(scene)
    assert len(signs_of(item).seen["address"]) == 5
    assert item["ttl"] == (scene.now + SIGN_KEPT_MS) // 1_000
    comes(scene, ip=IP)
    (arrivals,) = [each for each in kept(scene) if each["SK"] == "IP"]
    assert arrivals["ttl"] == (scene.now + ARRIVALS_WINDOW_MS) // 1_000


def test_an_order_told_again_writes_no_sign_again(scene: Scene) -> None:
    scene.pay(500, "a1", signs=at_home())
    before = kept(scene)
    scene.pay(500, "a1", signs=at_home())
    assert kept(scene) == before


def test_an_order_that_is_not_paid_yet_tells_nothing(scene: Scene) -> None:
    scene.pay(500, "a1", signs=at_home(), status="open", paid_at=None)
    assert kept(scene) == []


def test_signs_follow_whoever_is_merged(scene: Scene) -> None:
    scene.pay(500, "a1", signs=at_home())
    scene.join("99")
    recorded(merge(scene, "77", "99"))
    come(scene)
    buy(scene, signs=at_home())
    assert reasons(scene) == ("address",)


def test_signs_of_who_is_forgotten_are_gone(scene: Scene) -> None:
    scene.pay(500, "a1", signs=at_home())
    scene.join("99")
    scene.pay(500, "b1", signs=signs(device="d1"), customer=Customer("99"))
    recorded(merge(scene, "99", "77"))
    assert len(kept(scene)) == 2
    erase(scene)
    assert kept(scene) == []


def erase(scene: Scene) -> None:
    """Forget Ann."""
    name = scene.member("77")
    recorded(erase_member(scene.table, EraseCommand(scene.shop, name, "operator", scene.now)))


def test_nothing_is_kept_anew_of_who_was_forgotten(scene: Scene) -> None:
    scene.pay(500, "a1")
    erase(scene)
    scene.pay(500, "a1", signs=at_home())
    assert kept(scene) == []


@pytest.mark.parametrize("backwards", [False, True])
def test_who_is_forgotten_at_any_moment_of_an_order_leaves_no_sign(backwards: bool) -> None:
    start = WatchedTable()
    opened(start, referring(checks=["device"]))
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        scene = Scene(table)
        ran = interrupted(table, moment, partial(erase, scene), backwards)
        scene.pay(500, "a1", signs=signs(device="d1"))
        if not ran:
            return
        assert kept(scene) == [], moment
    raise AssertionError("more moments than were tried")


def test_friends_who_come_at_once_from_one_ip_address_are_counted_right(raced_table: Table) -> None:
    scene = opened(raced_table, referring(checks=["ip"]))
    friends = [f"f{number}" for number in range(ARRIVALS_MAX + 3)]
    at_once([partial(comes, scene, friend, ip=IP) for friend in friends])
    found = [referral_of(scene, friend).reasons for friend in friends]
    assert sorted(found) == [()] * ARRIVALS_MAX + [("ip_velocity",)] * 3


def test_orders_at_once_lose_no_sign(raced_table: Table) -> None:
    scene = opened(raced_table, referring(checks=["device"]))
    devices = [f"d{number}" for number in range(4)]
    at_once([partial(scene.pay, 500, each, signs=signs(device=each)) for each in devices])
    key = signs_key(scene.shop, scene.member("77"))
    known = signs_of(raced_table.load([key]).get(key))
    assert len(known.seen["device"]) == len(devices)
