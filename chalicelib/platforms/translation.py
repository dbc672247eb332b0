"""What a delivery can come to, whatever the platform: events, nothing, or something unreadable."""

from typing import TypeAlias

import msgspec

from chalicelib.domain.events import Event
from chalicelib.domain.outcome import Problem


class Translated(msgspec.Struct, frozen=True):
    """Record ``events``, in any order."""

    events: tuple[Event, ...]
    drift_minor: int = 0
    """Our sum of the goods less the platform's own, in minor units of the order's currency.

    0 is the rule. Above 0 the lines were cut down to the platform's sum; below 0 they were not
    raised to it. Either way the door reports it as a metric: it means that a field is not what
    we think it is.
    """


class Ignored(msgspec.Struct, frozen=True):
    """Rightly signed, and of no concern to us. ``reason`` is a stable code."""

    reason: str


class Unreadable(msgspec.Struct, frozen=True):
    """Rightly signed, and not what its topic promises: to be parked and looked at."""

    problems: tuple[Problem, ...]


Translation: TypeAlias = Translated | Ignored | Unreadable
