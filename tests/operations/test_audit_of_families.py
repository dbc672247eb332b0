"""The audit over what joins members: gifts, merged members, and what is done after a merge."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import telemetry
from chalicelib.domain.instants import MINUTE_MS
from tests.builders import NOON, Scene, recorded, refund, refunded, unit
from tests.memory_table import MemoryTable
from tests.operations.audited import (
    PROGRAM,
    audited,
    breaks_of,
    item_at,
    lively,
    put,
    report_of,
    rewrite,
)
from tests.operations.test_audit import stock_changed
from tests.operations.verbs_of_members import give, merge
from tests.simulation.member_acts import erase


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with telemetry.use(lambda _: None):
        yield


def family(table: MemoryTable) -> Scene:
    """74 gave 75 points; 75 redeemed, was merged into 74, undid it there; an order came back."""
    scene = lively(table)
    scene.publish(
        {
            **PROGRAM,
            "units": unit(expiry={"after": "P1Y"}, gift={"max": 1000, "window": "lifetime"}),
        },
        since=NOON,
    )
    scene.now = NOON + MINUTE_MS
    recorded(give(scene, 40, giver="74", to="75"))
    made = recorded(scene.redeem("five-off", "late", "75"))
    scene.now += MINUTE_MS
    recorded(merge(scene, gone="75", kept="74"))
    scene.now += MINUTE_MS
    scene.undo(made, "75")
    scene.order(refunded(refund(10_000, at=scene.now), "105"))
    return scene


@pytest.fixture(scope="module")
def books() -> MemoryTable:
    table = MemoryTable()
    family(table)
    return table


def test_gifts_and_merged_members_give_no_break(books: MemoryTable) -> None:
    report = report_of(audited(books.copy()))
    assert (report.breaks, report.unproven) == ((), ())


@pytest.mark.parametrize(
    ("customer", "sort", "change"),
    [
        ("74", "D#transfer:", {"points": 41}),
        ("75", "D#transfer:", {"points": 41}),
        ("74", "D#merge:", {"points": {"points": 1}}),
    ],
)
def test_another_gift_or_merge_is_named(
    books: MemoryTable, customer: str, sort: str, change: dict[str, Any]
) -> None:
    table = books.copy()
    item = item_at(table, Scene(table).member(customer), sort)
    rewrite(table, item, lambda body: body.update(change))
    found = breaks_of(audited(table))
    assert {(each.invariant, each.where[: len(sort) - 2]) for each in found} == {("I4", sort[2:])}


def test_a_member_who_was_merged_into_nobody_is_named(books: MemoryTable) -> None:
    table = books.copy()
    scene = Scene(table)
    put(table, item_at(table, scene.member("75"), "A"), m=scene.member("76"))
    found = [(each.invariant, each.member, each.where) for each in breaks_of(audited(table))]
    assert ("I7", scene.member("75"), "account") in found


def taken_by(who: str) -> tuple[MemoryTable, Scene]:
    """A mug that a merged member took, or a pool, or somebody who was erased."""
    table = MemoryTable()
    scene = family(table)
    if who == "merged":
        scene.redeem("mug", "m3", "76")
        scene.now += MINUTE_MS
        recorded(merge(scene, gone="76", kept="74"))
    elif who == "erased":
        scene.redeem("mug", "m3", "76")
        scene.now += MINUTE_MS
        recorded(erase(scene, "76"))
    return table, scene


@pytest.mark.parametrize("who", ["merged", "erased"])
def test_stock_that_is_not_right_is_a_break_whoever_took_a_piece(who: str) -> None:
    """It was called unproven, night for night: only members by name were counted again."""
    table, scene = taken_by(who)
    assert report_of(audited(table.copy())).breaks == ()
    stock_changed(1)(table, scene)
    report = report_of(audited(table))
    assert [each.where for each in report.breaks] == ["stock of mug"]
    assert report.unproven == ()
