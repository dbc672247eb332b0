"""What a change of a program means to members: how a row of ``meanings.MEANINGS`` is read.

A row names a change and says which direction is good. Where neither the row nor the two values tell
it is ``unclear``, which everybody reads as bad: an advantage is only what surely is one.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from chalicelib.domain.program.changes import Bearing, Change, Kind, Place
from chalicelib.domain.program.comparing import Compare


class Meaning(msgspec.Struct, frozen=True):
    """What a change at a place means.

    ``more`` is the bearing of more (later, longer); None where that can't be said; of less it is
    the opposite, or ``less``. ``when_set`` is the bearing of something that comes where nothing
    was; of its going it is the opposite. With ``weighs_nothing`` the comparison says both.
    """

    code: str
    compare: Compare | None = None
    more: Bearing | None = None
    less: Bearing | None = None
    when_set: Bearing | None = None
    weighs_nothing: bool = False  # nothing is a value of its own to ``compare``
    kind: Kind = Kind.NONE
    by_parts: bool = False  # told as a whole when it comes or goes, else by its parts
    is_item: bool = False  # it has an id, and its code says added or removed
    is_staff: bool = False

    def changes(self, before: object, after: object, place: Place) -> Iterator[Change]:
        """The change from ``before`` to ``after`` in words of the table."""
        code, bearing = self.code, self._bearing(before, after, place.currency)
        if self.is_item:
            code = f"{code}_added" if before is None else f"{code}_removed"
        elif self.when_set is not None and _is_nothing(before):
            code = f"{code}_set"
        elif self.when_set is not None and _is_nothing(after):
            code = f"{code}_unset"
        values = (None, None) if self.is_item else (before, after)
        yield Change(code, place.path, bearing, place.subject, *values, self.kind)

    def is_told_of(self, before: object, after: object) -> bool:
        """Whether a change is told here, and not by its parts."""
        return not self.by_parts or before is None or after is None

    def _bearing(self, before: object, after: object, currency: str) -> Bearing:
        if self.is_staff or (self.is_item and _is_dry(before or after)):
            return Bearing.NEUTRAL
        if self.when_set is not None and not self.weighs_nothing:
            if _is_nothing(before):
                return self.when_set
            if _is_nothing(after):
                return _OPPOSITE[self.when_set]
        sign = self.compare(before, after, currency) if self.compare else 0
        if not sign or self.more is None:
            return Bearing.UNCLEAR
        return self.more if sign > 0 else self.less or _OPPOSITE[self.more]


_GOOD, _BAD = Bearing.ADVANTAGE, Bearing.DISADVANTAGE
_OPPOSITE: Final = {
    Bearing.ADVANTAGE: Bearing.DISADVANTAGE,
    Bearing.DISADVANTAGE: Bearing.ADVANTAGE,
    Bearing.UNCLEAR: Bearing.UNCLEAR,
    Bearing.NEUTRAL: Bearing.NEUTRAL,
}


def _is_nothing(value: object) -> bool:
    return value in (None, [], {}, False)


def _is_dry(item_: object) -> bool:
    """Whether it is a rule that is only tried out: nobody gets anything by it."""
    return isinstance(item_, dict) and item_.get("dry_run") is True


def item(code: str, worth: Compare | None = None) -> Meaning:
    """Something with an id, good to have; by ``worth`` where some are not."""
    is_weighed = worth is not None
    return Meaning(code, worth, _GOOD, None, _GOOD, is_weighed, by_parts=True, is_item=True)


def amount(code: str, compare: Compare, more: Bearing, kind: Kind = Kind.NONE) -> Meaning:
    """A value that is always there; ``more`` of it is good or bad."""
    return Meaning(code, compare, more, kind=kind)


def benefit(code: str, compare: Compare | None = None, kind: Kind = Kind.NONE) -> Meaning:
    """Something good that may be there or not: the more of it, the better."""
    return Meaning(code, compare, _GOOD, when_set=_GOOD, kind=kind)


def burden(code: str, compare: Compare | None = None, kind: Kind = Kind.NONE) -> Meaning:
    """Something bad that may be there or not: the more of it, the worse."""
    return Meaning(code, compare, _BAD, when_set=_BAD, kind=kind)


def bound(code: str, compare: Compare | None = None, kind: Kind = Kind.NONE) -> Meaning:
    """A bound that may be there or not: bad when it comes, better the further it is."""
    return Meaning(code, compare, _GOOD, when_set=_BAD, kind=kind)


def supply(code: str, compare: Compare) -> Meaning:
    """What staff keep filled: more of it concerns staff alone, less of it perhaps members."""
    return Meaning(code, compare, Bearing.NEUTRAL, Bearing.UNCLEAR)


def staff(code: str = "detail") -> Meaning:
    """What concerns staff alone."""
    return Meaning(code, is_staff=True)
