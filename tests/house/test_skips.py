"""A skip is said in one line, and on the gate's machine it is a failure."""

import pytest

from tests.conftest import _refuse_skip
from tests.tools import COMMANDS, Tool, find_tool, missing_reason


def _skipped(reason: str) -> pytest.TestReport:
    place = ("tests/test_x.py", 1, f"Skipped: {reason}")
    return pytest.TestReport("x", ("x", 1, "x"), {}, "skipped", place, "setup")


def test_a_skip_stays_a_skip_on_a_developers_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAUREL_REQUIRE_ALL", raising=False)
    report = _skipped("node is not installed")
    _refuse_skip(report)
    assert report.skipped


def test_a_skip_is_a_failure_where_everything_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAUREL_REQUIRE_ALL", "1")
    report = _skipped("node is not installed")
    _refuse_skip(report)
    assert report.failed
    assert "node is not installed" in str(report.longrepr)


def test_optional_material_may_always_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAUREL_REQUIRE_ALL", "1")
    report = _skipped("optional: no sample payloads beside the project")
    _refuse_skip(report)
    assert report.skipped


def test_an_expected_failure_is_no_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAUREL_REQUIRE_ALL", "1")
    report = _skipped("known")
    report.wasxfail = "known"
    _refuse_skip(report)
    assert report.skipped


@pytest.mark.parametrize("tool", COMMANDS)
def test_a_missing_tool_is_named_in_one_line(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    find_tool.cache_clear()
    try:
        assert find_tool(tool) == ""
        assert missing_reason(tool) == f"{tool} is not installed"
    finally:
        find_tool.cache_clear()
