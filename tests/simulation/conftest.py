"""Counts of the proofs: each test says what it counted, the run prints it before its summary."""

from collections.abc import Callable
from typing import Any

import pytest

Counted = Callable[..., None]
COUNTS = pytest.StashKey[list[str]]()


@pytest.fixture
def counted(request: pytest.FixtureRequest, record_property: Callable[[str, Any], None]) -> Counted:
    """``counted("Proof 1", schedules=512, wrong=0)`` stands in the section of the run's end."""

    def count(proof: str, **figures: int | str) -> None:
        for name, figure in figures.items():
            record_property(f"{proof}: {name}", figure)
        said = ", ".join(
            f"{figure:,} {name.replace('_', ' ')}" if isinstance(figure, int) else str(figure)
            for name, figure in figures.items()
        )
        request.config.stash.setdefault(COUNTS, []).append(f"{proof}: {said}")

    return count


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """A section of its own; pytest's own last line stays the last."""
    lines = config.stash.get(COUNTS, [])
    if lines:
        terminalreporter.section("proofs of the ledger (docs/proofs.md)")
        for line in sorted(lines):
            terminalreporter.line(line)
