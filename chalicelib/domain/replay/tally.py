"""Sums by month, in room for months and names alone: nothing of a member stays.

A figure has a key of three words: what it is, of what (a unit, a tier group), and under which
assumption or in which tier. Tallies of any parts of the members add up to that of all of them.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from chalicelib.domain.replay.sharing import Asks

Key: TypeAlias = tuple[str, str, str]


@dataclass(slots=True)
class Tally:
    """What one program comes to over the members walked so far."""

    months: int
    figures: dict[Key, list[int]] = field(default_factory=dict)
    reached: dict[int, int] = field(default_factory=dict)  # orders until a reward → members
    never: int = 0  # members who never could have a reward
    asks: Asks = field(default_factory=Asks)  # of what the whole shop shares

    def add(self, key: Key, month: int, amount: int) -> None:
        """Add ``amount`` to a figure; what is before the first month is not counted."""
        if month < 0:
            return
        row = self.figures.get(key)
        if row is None:
            row = self.figures[key] = [0] * self.months
        row[month] += amount

    def row(self, what: str, of: str = "", under: str = "") -> list[int]:
        """A figure, month by month; of a name that was never added to, zeros."""
        return self.figures.get((what, of, under)) or [0] * self.months

    def reach(self, orders: int | None) -> None:
        """Count a member who could have a first reward after ``orders``; None: never."""
        if orders is None:
            self.never += 1
        else:
            self.reached[orders] = self.reached.get(orders, 0) + 1

    def merge(self, other: "Tally") -> None:
        """Add what another part of the members came to."""
        for key, row in other.figures.items():
            mine = self.row(*key)
            self.figures[key] = [one + more for one, more in zip(mine, row, strict=True)]
        for orders, members in other.reached.items():
            self.reached[orders] = self.reached.get(orders, 0) + members
        self.never += other.never
        self.asks.merge(other.asks)


def quantile(counts: dict[int, int], numerator: int, denominator: int) -> int | None:
    """The smallest value that at least ``numerator / denominator`` of what is counted reaches."""
    total, seen = sum(counts.values()), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen * denominator >= total * numerator:
            return value
    return None
