"""Counts of the proofs: each test says what it counted, the run prints it before its summary."""

from collections.abc import Callable
from typing import Any

import pytest

Counted = Callable[..., None]
COUNTS = "proof"


@pytest.fixture
def counted(record_property: Callable[[str, Any], None]) -> Counted:
    """``counted("Proof 1", schedules=512, wrong=0)`` stands in the section of the run's end."""

    def count(proof: str, **figures: int | str) -> None:
        said = ", ".join(
            f"{figure:,} {name.replace('_', ' ')}" if isinstance(figure, int) else str(figure)
            for name, figure in figures.items()
        )
        record_property(COUNTS, f"{proof}: {said}")

    return count


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A section of its own, also of what workers counted; pytest's last line stays the last."""
    lines = [
        said
        for group in terminalreporter.stats.values()
        for report in group
        if getattr(report, "when", "") == "call"
        for name, said in report.user_properties
        if name == COUNTS
    ]
    if lines:
        terminalreporter.section("proofs of the ledger (docs/proofs.md)")
        for line in sorted(lines):
            terminalreporter.line(line)
