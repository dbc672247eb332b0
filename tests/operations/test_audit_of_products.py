"""Accounts whose orders are not all found: looked at once a day, and the nightly audit says so."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib import telemetry
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.operations.sweep_due import sweep_shops
from chalicelib.storage.items import Anything, Put
from chalicelib.storage.members import account_item
from tests.builders import NOON, Scene, line, program, recorded, state, upserted
from tests.memory_table import MemoryTable
from tests.operations.audited import audited, report_of

GREEN = {"member.bought.skus": {"has": "GREEN"}}
DRINKERS = program(tier_groups=[], segments={"drinkers": GREEN})
PLAIN = program(tier_groups=[])


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with telemetry.use(lambda _: None):
        yield


def counting(more: int) -> Scene:
    """Who bought green tea, whose account counts so many orders more; then products are asked."""
    scene = Scene(MemoryTable())
    scene.publish(PLAIN)
    recorded(scene.order(upserted(state(line(1_000, sku="GREEN")))))
    held = scene.account()
    assert held is not None
    wrong = replace(held, order_count=held.order_count + more, revision=held.revision + 1)
    scene.table.write(Put(account_item(scene.shop, scene.member(), wrong), Anything()))
    scene.publish(DRINKERS, NOON)
    return scene


def swept(scene: Scene, hours: int) -> int:
    """How often so many hourly sweeps wrote the account."""
    before: Any = scene.account()
    for _ in range(hours):
        sweep_shops(scene.table, scene.now)
        scene.now += HOUR_MS
    after: Any = scene.account()
    return int(after.revision - before.revision)


def test_whose_orders_are_never_all_found_is_looked_at_once_a_day() -> None:
    scene = counting(1)
    assert swept(scene, 2) == 2
    assert swept(scene, 72) == 3


def test_the_audit_says_whose_orders_are_not_all_found() -> None:
    scene = counting(1)
    swept(scene, 2)
    scene.now = NOON + DAY_MS
    report = report_of(audited(scene.table, scene.now))
    said = f"products of {scene.member()}: 1 of 2 orders are shown"
    assert (report.breaks, report.unproven) == ((), (said,))


def test_orders_that_the_account_does_not_count_are_a_break() -> None:
    scene = counting(1)
    recorded(scene.order(upserted(state(line(1_000), id="2"))))
    recorded(scene.order(upserted(state(line(1_000), id="3"))))
    held = scene.account()
    assert held is not None
    wrong = replace(held, order_count=1, revision=held.revision + 1)
    scene.table.write(Put(account_item(scene.shop, scene.member(), wrong), Anything()))
    report = report_of(audited(scene.table, scene.now))
    (found,) = report.breaks
    assert (found.invariant, found.where, found.detail) == (
        "I8",
        "products",
        "counts 1 orders, 3 are its",
    )
    assert report.unproven == ()


def test_of_who_is_counted_whole_nothing_is_unproven() -> None:
    scene = counting(0)
    assert swept(scene, 1) == 1
    assert report_of(audited(scene.table, scene.now)).unproven == ()
