"""The months of a replay: the newest twelve are reported, up to twelve before warm it up.

A program that starts on the first day reported would show nobody in a tier and nothing to redeem;
the months before are walked too and not added up.
"""

from bisect import bisect_right

import msgspec

from chalicelib.domain.calendar import Step, bucket_name, bucket_start, window_ordinal
from chalicelib.domain.calendar import Window as CalendarWindow
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import REPLAY_MONTHS_REPORTED, REPLAY_MONTHS_WARMING

_MONTH = CalendarWindow(Step.MONTH)


class Months(msgspec.Struct, frozen=True):
    """Whole calendar months in a row, the last of them with the end of the history."""

    names: tuple[str, ...]  # 2026-11
    starts: tuple[Instant, ...]  # of each, and the end of the last: one more than names
    warming: int  # how many of the first are not reported

    def place_of(self, at: Instant) -> int:
        """The place of the month that holds ``at``; -1 before the first."""
        return bisect_right(self.starts, at) - 1


def months_between(first: Instant, last: Instant, zone: str) -> Months:
    """The months of a history from ``first`` to ``last``, the oldest left out where they are many.

    A history of a year or less has nothing to spare: all of it is reported.
    """
    end = window_ordinal(_MONTH, last, zone)
    longest = REPLAY_MONTHS_REPORTED + REPLAY_MONTHS_WARMING
    start = max(window_ordinal(_MONTH, first, zone), end - longest + 1)
    numbers = range(start, end + 1)
    return Months(
        names=tuple(bucket_name(Step.MONTH, number) for number in numbers),
        starts=tuple(bucket_start(Step.MONTH, number, zone) for number in (*numbers, end + 1)),
        warming=max(0, len(numbers) - REPLAY_MONTHS_REPORTED),
    )
