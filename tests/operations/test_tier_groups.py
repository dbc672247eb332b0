"""Several groups with windows of every kind: the nightly audit agrees with each (I8)."""

from typing import Any

import msgspec
import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.tiers import window_sum
from chalicelib.operations.audit_member import audit_member
from tests.builders import NOON, TEA, Scene, program, recorded, refund, state, upserted
from tests.builders import line as goods
from tests.conservation import WatchedTable, verify_table
from tests.operations.verbs_of_members import merge

WINDOWS: list[Any] = [
    {"anniversary": "joined"},
    {"calendar": "year", "start": "04-01"},
    {"rolling": "P30D"},
    "lifetime",
]


def ladder(place: int, window: Any) -> dict[str, Any]:
    tiers = [
        {"id": "new", "name": "New", "at": 0},
        {"id": "known", "name": "Known", "at": 2},
        {"id": "friend", "name": "Friend", "at": 4},
    ]
    return {"id": f"g{place}", "by": "orders", "window": window, "tiers": tiers}


GROUPS = [ladder(place, window) for place, window in enumerate(WINDOWS)]
PROGRAM = program(tier_groups=GROUPS, earn=[TEA["earn"][0]])
COMPILED = compile_program(read_program(PROGRAM), 1)


@pytest.fixture
def made() -> Scene:
    scene = Scene(WatchedTable(), now=NOON - 300 * DAY_MS)
    scene.publish(PROGRAM)
    for number in range(12):
        scene.now += 25 * DAY_MS
        customer = Customer("88" if number % 3 == 1 else "77")
        scene.pay(2_000, f"o{number}", scene.now, customer=customer)
    return scene


def sums(scene: Scene, customer: str = "77") -> list[int]:
    account = scene.account(customer)
    assert account is not None
    groups = COMPILED.groups.values()
    return [window_sum(group, account.standings[group.id], scene.now) for group in groups]


def breaks(scene: Scene, *customers: str) -> list[Any]:
    return [
        each
        for customer in customers
        for each in audit_member(scene.table, scene.shop, scene.member(customer)).breaks
    ]


def test_every_window_counts_its_own_orders(made: Scene) -> None:
    assert sums(made) == [8, 7, 1, 8]
    assert sums(made, "88") == [4, 3, 1, 4]
    assert breaks(made, "77", "88") == []
    verify_table(made.table.items())  # type: ignore[attr-defined]


def test_an_order_taken_back_counts_nowhere(made: Scene) -> None:
    at = made.now
    bought = state(goods(2_000), id="o11", version=at, customer=Customer("77"), paid_at=at)
    back = msgspec.structs.replace(bought, version=at + 1, refunds=(refund(2_000, at=at + 1),))
    made.order(upserted(back))
    assert sums(made) == [7, 6, 0, 7]
    assert breaks(made, "77") == []


def test_merged_members_add_up_in_every_window(made: Scene) -> None:
    recorded(merge(made))
    assert sums(made) == [12, 10, 2, 12]
    assert breaks(made, "77", "88") == []


def test_an_account_with_four_groups_stays_small(made: Scene) -> None:
    account = made.account()
    assert account is not None
    assert len(msgspec.json.encode(account)) <= 1_024
