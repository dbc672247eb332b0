"""What a delivery can come to, whatever the platform: events, nothing, or something unreadable."""

from dataclasses import dataclass, field
from typing import TypeAlias

from chalicelib.domain.events import Event
from chalicelib.domain.outcome import Problem


@dataclass(frozen=True, slots=True)
class Translated:
    """Record ``events``, in any order."""

    events: tuple[Event, ...]
    drift_minor: int = field(default=0)
    """Our sum of the goods less the platform's own, in minor units of the order's currency.

    0 is the rule. Above 0 the lines were cut down to the platform's sum; below 0 they were not
    raised to it. Either way the door reports it as a metric: it means that a field is not what
    we think it is.
    """


@dataclass(frozen=True, slots=True)
class Ignored:
    """Rightly signed, and of no concern to us. ``reason`` is a stable code."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Rightly signed, and not what its topic promises: to be parked and looked at."""

    problems: tuple[Problem, ...]


Translation: TypeAlias = Translated | Ignored | Unreadable
