"""A shop whose tiers move at midnight: what an order earns, and what a refund does."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import msgspec
import pytest

from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.member import standing_of
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.tiers import tier_at
from chalicelib.operations.audit_member import audit_member
from tests.builders import NOON, TEA, Scene, program, refund, refunded
from tests.conservation import WatchedTable

LEAF, GOLD = TEA["tier_groups"][0]["tiers"]
CLUB = {**TEA["tier_groups"][0], "evaluate": "daily"}
DAILY = program(tier_groups=[CLUB], timezone="Europe/Budapest")
GROUP = compile_program(read_program(DAILY), 1).groups["club"]
REACHED = GOLD["at"]["USD"]
WRITERS = 4


@pytest.fixture
def made() -> Scene:
    scene = Scene(WatchedTable())
    scene.publish(DAILY)
    return scene


def held(scene: Scene, customer: str = "77") -> str:
    account = scene.account(customer)
    assert account is not None
    return tier_at(GROUP, standing_of(account, "club"), scene.now)


def points_of(scene: Scene, order: str) -> int:
    return sum(share.points for share in scene.document(order).posted)


def is_sound(scene: Scene) -> bool:
    return not audit_member(scene.table, scene.shop, scene.member()).breaks


def test_an_order_is_multiplied_by_the_tier_of_its_day(made: Scene) -> None:
    made.pay(REACHED, "1")
    made.pay(10_000, "2")
    plain = points_of(made, "2")
    assert held(made) == "leaf"
    made.now += DAY_MS
    assert held(made) == "gold"  # and no job has run
    made.pay(10_000, "3", made.now)
    assert points_of(made, "3") > plain == points_of(made, "2")
    assert is_sound(made)


def test_a_refund_of_the_same_day_undoes_the_upgrade_and_a_later_one_takes_it_at_midnight(
    made: Scene,
) -> None:
    made.pay(REACHED, "1")
    made.order(refunded(refund(REACHED), "1"))
    made.now += DAY_MS
    assert held(made) == "leaf"
    made.pay(REACHED, "2", made.now)
    made.now += DAY_MS
    assert held(made) == "gold"
    made.order(refunded(refund(REACHED, "r2", at=made.now), "2"))
    assert held(made) == "gold"
    made.now += DAY_MS
    assert held(made) == "leaf"
    assert is_sound(made)


def test_an_order_told_again_after_midnight_changes_nothing(made: Scene) -> None:
    made.pay(REACHED, "1")
    before = made.account()
    made.now += DAY_MS
    again = made.pay(REACHED, "1", NOON)
    assert again.replayed
    assert made.account() == before
    assert held(made) == "gold"


def test_writers_at_once_come_to_one_move(made: Scene) -> None:
    made.pay(100, "first")
    made.now += DAY_MS
    gate = Barrier(WRITERS)

    def pay(number: int) -> Any:
        gate.wait()
        return made.pay(REACHED // WRITERS, f"w{number}", made.now)

    with ThreadPoolExecutor(WRITERS) as pool:
        assert {type(each).__name__ for each in pool.map(pay, range(WRITERS))} == {"Recorded"}
    assert held(made) == "leaf"
    made.now += DAY_MS
    assert held(made) == "gold"
    account = made.account()
    assert account is not None
    assert sum(standing_of(account, "club").buckets.values()) == REACHED // WRITERS * WRITERS + 100
    assert is_sound(made)


def test_where_tiers_move_at_once_the_account_says_nothing_of_it() -> None:
    scene = Scene(WatchedTable())
    scene.publish(program())
    scene.pay(REACHED, "1")
    account = scene.account()
    assert account is not None
    assert b'"e"' not in msgspec.json.encode(standing_of(account, "club"))
    scene.now += HOUR_MS
    scene.pay(100, "2", scene.now)
    assert held(scene) == "gold"
