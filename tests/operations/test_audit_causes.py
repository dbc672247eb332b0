"""Counters of causes under the audit: what moves is not proven, and what is too much either."""

from typing import Any

import pytest

from chalicelib.operations import recounting
from tests.builders import Scene, recorded
from tests.memory_table import MemoryTable
from tests.operations.audited import audited, item_at, lively, put, report_of
from tests.operations.test_audit import counter_changed


def furnished() -> tuple[MemoryTable, Scene]:
    table = MemoryTable()
    return table, lively(table)


def gives_meanwhile(table: MemoryTable, scene: Scene) -> None:
    """A member donates at the audit's second reading of the counter."""
    seen = 0

    def before_key(key: Any) -> None:
        nonlocal seen
        is_counter = key == ("S#tea#G#forest", "00")
        seen += is_counter
        if is_counter and seen == 2:
            scene.redeem("tree", "meanwhile", "75")

    table.before_key = before_key


def test_a_gift_between_two_readings_is_not_called_a_break() -> None:
    table, scene = furnished()
    counter_changed("00", 1)(table, scene)
    gives_meanwhile(table, scene)
    report = report_of(audited(table))
    assert [each for each in report.breaks if "forest" in each.where] == []
    assert report.unproven == ("counter of forest: it moved while it was counted",)


def test_a_table_too_large_to_count_again_is_not_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    table, scene = furnished()
    counter_changed("00", 1)(table, scene)
    monkeypatch.setattr(recounting, "AUDIT_RECOUNT_KEYS_MAX", -1)
    report = report_of(audited(table))
    assert report.unproven == ("counter of forest: it moved while it was counted",)


def test_a_document_that_cannot_be_read_leaves_the_counter_unproven() -> None:
    table, _ = furnished()
    put(table, item_at(table, "tea#O#main:104", "O"), b=b"\x05")
    report = report_of(audited(table))
    assert report.unproven == ("counter of forest: it moved while it was counted",)


def test_counters_of_two_shops_are_told_apart() -> None:
    table, scene = furnished()
    lively(table, "coffee")
    counter_changed("00", 1)(table, scene)
    night = audited(table)
    assert [each.where for each in report_of(night).breaks] == ["counter of forest"]
    assert report_of(night, "coffee").breaks == ()


def test_what_is_taken_back_is_audited_too() -> None:
    table, scene = furnished()
    made = recorded(scene.redeem("tree", "t9", "75"))
    recorded(scene.undo(made, "75"))
    report = report_of(audited(table))
    assert (report.breaks, report.unproven) == ((), ())
