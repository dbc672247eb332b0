"""The figures of one comparison, as a table, and the page's part about it."""

import importlib.metadata
from collections import Counter
from dataclasses import dataclass

from bench.side_by_side.cpu import Cpu
from bench.side_by_side.harness import Ended, LoadEnded
from tests.faults import Fault

PACKAGES = (
    "aws-lambda-powertools",
    "boto3",
    "moto",
    "ministack",
    "fastapi",
    "sqlalchemy",
    "psycopg",
)
_HEADINGS = ("", "wrong schedules", "wrong loads", "calls a clean earn", "CPU of an earn")


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything about one entrant."""

    name: str
    ended: tuple[Ended, ...]
    loads: tuple[LoadEnded, ...]
    calls: tuple[str, ...]
    cpu: Cpu

    @property
    def wrong(self) -> tuple[Ended, ...]:
        """Schedules that ended with a wrong balance."""
        return tuple(each for each in self.ended if each.is_wrong)

    @property
    def wrong_loads(self) -> int:
        """Loads in which any balance was wrong."""
        return sum(each.is_wrong for each in self.loads)

    @property
    def unanswered(self) -> int:
        """Senders that gave up, in schedules and loads."""
        given_up = sum(not each.answered for each in self.ended)
        return given_up + sum(each.unanswered for each in self.loads)

    @property
    def cells(self) -> tuple[str, ...]:
        """One line of the table."""
        given_up = f"; {self.unanswered} never answered" if self.unanswered else ""
        off = sum(each.points_off for each in self.loads)
        points_off = f" ({off:,} points off)" if off else ""
        return (
            self.name,
            f"{len(self.wrong)} of {len(self.ended)}{given_up}",
            f"{self.wrong_loads} of {len(self.loads)}{points_off}",
            f"{len(self.calls)}: {', '.join(self.calls)}",
            f"{self.cpu.ratio:.2f} x Laurel's ({self.cpu.us} us)",
        )


def as_markdown(figures: tuple[Figures, ...]) -> str:
    """For the page."""
    lines = [_HEADINGS, ("---",) * len(_HEADINGS), *(each.cells for each in figures)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def as_text(figures: tuple[Figures, ...]) -> str:
    """For a terminal."""
    lines = [_HEADINGS, *(each.cells for each in figures)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(_HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def kinds_of_wrong(figures: tuple[Figures, ...]) -> tuple[str, ...]:
    """A sentence on each entrant that is right in some schedules and wrong in others."""
    mixed = (each for each in figures if 0 < len(each.wrong) < len(each.ended))
    return tuple(f"{each.name}: {_kinds(each)}." for each in mixed)


def _kinds(figures: Figures) -> str:
    """Which last fault the wrong schedules have, and how many rest on a condition said falsely."""
    last = Counter(_last(each) for each in figures.wrong)
    told = ", ".join(f"{name} {count}" for name, count in last.most_common())
    false = sum(each.schedule[0] is Fault.CONDITION_FAILED for each in figures.wrong)
    over = sum(each.balance > each.expected for each in figures.wrong)
    under = len(figures.wrong) - over
    return (
        f"{over} too much, {under} too little; last fault: {told or 'none'}; "
        f"{false} begin with a condition that is falsely said to fail"
    )


def _last(ended: Ended) -> str:
    return next((str(fault) for fault in reversed(ended.schedule) if fault), "none")


def versions(postgres: str) -> str:
    """What was compared, with its versions."""
    told = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    return ", ".join([*told, postgres])
