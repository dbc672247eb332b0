"""Counts of the proofs: each test says what it counted; ``tests/conftest.py`` prints it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import COUNTS

Counted = Callable[..., None]


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
