"""The command for an audit by hand."""

import json

import pytest

from dev.audit import audit, main
from tests.memory_table import MemoryTable
from tests.operations.audited import item_at, lively, put


def _reports(printed: str) -> list[dict[str, object]]:
    return list(json.loads(printed))


def test_it_prints_the_report_of_every_shop_and_progress_beside_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = MemoryTable()
    lively(table)
    lively(table, "coffee")
    assert audit(table, 3, 2) == 0
    printed = capsys.readouterr()
    assert [report["shop"] for report in _reports(printed.out)] == ["coffee", "tea"]
    assert "3 of 3 done" in printed.err
    assert "finished, 0 breaks" in printed.err


def test_a_break_is_its_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    table = MemoryTable()
    scene = lively(table)
    put(table, item_at(table, scene.member("72"), "A"), q=99)
    assert audit(table, 1, 1) == 1
    (report,) = _reports(capsys.readouterr().out)
    assert report["breaks"]


def test_segments_have_a_bound() -> None:
    with pytest.raises(SystemExit):
        main(["--segments", "0"])
