"""A long list cut into segments of the same length, read once and page by page.

::

    every 2:  a b | c d | e      marks: b, d        each segment begins after a mark
    more than there may be: every second mark goes, and segments are twice as long

Where the list grows while it is being walked, what is new belongs to the segment that it falls
into; what comes at the end to the last one, which has no end of its own.
"""

from collections.abc import Sequence

import msgspec

Mark = tuple[str, ...]
"""Where a page of a list begins, after it; the last part is what the list is ordered by."""


class Cut(msgspec.Struct, frozen=True, omit_defaults=True):
    """A list as far as it was read, and the marks in it."""

    every: int  # how many are between two marks
    marks: tuple[Mark, ...] = ()
    total: int = 0  # read so far
    place: Mark | None = None  # where the next page begins
    whole: bool = False  # all of it was read

    def plus(self, page: Sequence[Mark], place: Mark | None, most: int) -> "Cut":
        """The list with one page more; at most ``most`` segments come of it."""
        total, whole = self.total + len(page), place is None
        marks, every = self.marks, self.every
        here = enumerate(page, start=self.total + 1)
        marks = (*marks, *(mark for number, mark in here if number % every == 0))
        while -(-total // every) > most:
            marks, every = marks[1::2], every * 2
        if whole and len(marks) * every == total:
            marks = marks[:-1]  # nothing comes after it
        return Cut(every, marks, total, place, whole)


class Stretch(msgspec.Struct, frozen=True):
    """One segment: of members, or of household pools."""

    of_pools: bool
    after: Mark | None  # None: from the beginning of the list
    until: str  # by what the list is ordered by, with the one that stands there; "" for its end


def stretches(members: Cut, pools: Cut) -> tuple[Stretch, ...]:
    """Every segment, members first; where there are no pools there is none of them."""
    return (*_of(members, of_pools=False), *(_of(pools, of_pools=True) if pools.total else ()))


def _of(cut: Cut, *, of_pools: bool) -> tuple[Stretch, ...]:
    begins = (None, *cut.marks)
    ends = (*(mark[-1] for mark in cut.marks), "")
    return tuple(Stretch(of_pools, *each) for each in zip(begins, ends, strict=True))
