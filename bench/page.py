"""docs/benchmarks.md, which has three writers: each replaces its own part and keeps the others'."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from chalicelib import clock

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
EVERYDAY = 0
SIDE_BY_SIDE = 1
REPLAY = 2
_SEAMS = tuple(
    f'<!-- below: written by `make bench ARGS="{run} --write"` -->\n'
    for run in ("side-by-side", "replay")
)


def measured() -> str:
    """One sentence: the day and the machine."""
    day = datetime.fromtimestamp(clock.wall_now() // 1_000, UTC).date().isoformat()
    return (
        f"Measured on {day}: Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"{platform.system()} on {platform.machine()}, load average {os.getloadavg()[0]:.1f}."
    )


def merged(page: str, part: int, text: str) -> str:
    """``page`` with its ``part`` replaced by ``text``; parts stand in order, empty ones nowhere."""
    parts = []
    for seam in reversed(_SEAMS):
        page, _, rest = page.partition(seam)
        parts.append(rest)
    parts = [page, *reversed(parts)]
    parts[part] = text
    first, *others = (each.strip("\n") for each in parts)
    below = zip(_SEAMS, others, strict=True)
    return f"{first}\n" + "".join(f"\n{seam}\n{each}\n" for seam, each in below if each)


def write_part(part: int, text: str) -> str:
    """Replace one part of the page; the page's name from the project's root."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Benchmarks\n"
    PAGE.write_text(merged(page, part, text), encoding="utf-8")
    return str(PAGE.relative_to(PAGE.parents[1]))
