"""A partner's month in figures: the sums of its rows, and money rounded once."""

from collections.abc import Iterable
from datetime import date

import msgspec

from chalicelib.domain.calendar import day_start
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import SETTLE_MARGIN_MS
from chalicelib.domain.partners import PartnerLine
from chalicelib.domain.points import half_even_ratio
from chalicelib.domain.program.compiled_partners import MILLION


class UnitMonth(msgspec.Struct, frozen=True):
    """Points of one unit."""

    unit: str
    issued: int
    reversed: int
    burned: int
    returned: int


class MonthTotals(msgspec.Struct, frozen=True):
    """What the partner owes (below 0: is owed back), and what is due to it, in minor units."""

    units: tuple[UnitMonth, ...]
    owed_minor: int
    due_minor: int

    @property
    def net_minor(self) -> int:
        """What the partner pays in the end; below 0 it is paid."""
        return self.owed_minor - self.due_minor


def settles_from(month: str, zone: str) -> Instant:
    """When ``month``, such as 2026-11, can be settled: once nothing of it is under way any more.

    What was decided in its last second is committed a little later, and belongs to it.
    """
    year, number = map(int, month.split("-"))
    years, month0 = divmod(number, 12)
    return day_start(date(year + years, month0 + 1, 1), zone) + SETTLE_MARGIN_MS


def totals_of(lines: Iterable[PartnerLine]) -> MonthTotals:
    """The sums of a month: exact, each amount rounded once, half to even."""
    sums: dict[str, list[int]] = {}
    owed = due = 0
    for line in lines:
        points = sums.setdefault(line.unit, [0, 0, 0, 0])
        for place, more in enumerate((line.issued, line.reversed, line.burned, line.returned)):
            points[place] += more
        owed, due = owed + line.owed, due + line.due
    units = tuple(UnitMonth(unit, *sums[unit]) for unit in sorted(sums))
    return MonthTotals(units, half_even_ratio(owed, MILLION), half_even_ratio(due, MILLION))
