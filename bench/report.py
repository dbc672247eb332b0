"""Rows of figures, as a table for people in a terminal and as one for the docs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, and the target that it is held to ("" for a figure that is only told)."""

    name: str
    figure: str
    detail: str = ""
    target: str = ""
    is_met: bool = True

    @property
    def verdict(self) -> str:
        """In one word, for both tables."""
        if not self.target:
            return ""
        return "met" if self.is_met else "MISSED"


_HEADINGS = ("", "figure", "target", "", "what it is made of")


def _cells(row: Row) -> tuple[str, ...]:
    return (row.name, row.figure, row.target, row.verdict, row.detail)


def as_text(rows: tuple[Row, ...]) -> str:
    """Columns under each other."""
    lines = [_HEADINGS, *map(_cells, rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(_HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def as_markdown(rows: tuple[Row, ...]) -> str:
    """A table of the docs."""
    lines = [_HEADINGS, ("---",) * len(_HEADINGS), *map(_cells, rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
