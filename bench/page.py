"""docs/benchmarks.md, which has two writers: each replaces its own part and keeps the other's."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from chalicelib import clock

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
EVERYDAY = 0
SIDE_BY_SIDE = 1
_SEAM = '<!-- below: written by `make bench ARGS="side-by-side --write"` -->\n'


def measured() -> str:
    """One sentence: the day and the machine."""
    day = datetime.fromtimestamp(clock.wall_now() // 1_000, UTC).date().isoformat()
    return (
        f"Measured on {day}: Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"{platform.system()} on {platform.machine()}, load average {os.getloadavg()[0]:.1f}."
    )


def merged(page: str, part: int, text: str) -> str:
    """``page`` with its ``part`` replaced by ``text``."""
    parts = [*page.split(_SEAM, 1), ""][:2]
    parts[part] = text
    everyday, beside = (each.strip("\n") for each in parts)
    return f"{everyday}\n" + (f"\n{_SEAM}\n{beside}\n" if beside else "")


def write_part(part: int, text: str) -> str:
    """Replace one part of the page; the page's name from the project's root."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Benchmarks\n"
    PAGE.write_text(merged(page, part, text), encoding="utf-8")
    return str(PAGE.relative_to(PAGE.parents[1]))
