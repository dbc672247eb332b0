"""Inactivity: since when which rule holds, and when somebody who does nothing loses points.

::

    version 1 "never"        2 {idle: P12M}                   3 {idle: P6M}
    spans     (0, "")        (since 2, P12M)                  (since 3, P6M)
    lapse     -              max(active + P12M,               max(active + P6M,
                                 since 2 + P12M)                  since 3 + P6M)

A span is in force until the next begins, and what would lapse later than that is judged by the
next one. So no change of the rule takes points before one whole new period, a longer period or
"never" reaches everybody at once, and the answer does not depend on when it is asked.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

import msgspec

from chalicelib.domain.calendar import Period, add_period, parse_period
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import IDLE_SPANS_MAX
from chalicelib.domain.program.campaign_document import MessageCaps
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.hours import Telling, telling_of


class IdleSpan(msgspec.Struct, frozen=True, array_like=True):
    """A rule of one unit, in force from ``since`` until the next span of the unit."""

    since: Instant
    period: str  # ISO 8601; "" while nothing lapsed by inactivity
    zone: str


Spans: TypeAlias = Mapping[str, tuple[IdleSpan, ...]]
"""Oldest first, by unit; a unit that never lapsed by inactivity has none."""


class Warn(msgspec.Struct, frozen=True):
    """How long before points lapse their members are told, and by what rules."""

    periods: tuple[tuple[str, Period], ...]  # as written, and as what is added to the date
    zone: str
    telling: Telling

    def times(self, date: Instant) -> tuple[tuple[Instant, str], ...]:
        """When each is told of what lapses at ``date``."""
        return tuple((add_period(date, back, self.zone), said) for said, back in self.periods)


class Idleness(msgspec.Struct, frozen=True):
    """What a unit's inactivity means: its rules so far, and which activities count now.

    A unit that only warns has no spans: its points have dates of their own.
    """

    spans: tuple[IdleSpan, ...]
    counts: frozenset[str]
    warn: Warn | None = None  # None: nobody is told before


def spans_after(
    before: Spans | None, program: Program, since: Instant
) -> dict[str, tuple[IdleSpan, ...]]:
    """The spans once ``program`` is live from ``since``; ``before`` is None for the first version.

    A version that leaves a unit's rule as it was begins nothing anew.
    """
    known = {**(before or {})}
    for unit in program.units:
        period = _period(program, unit)
        spans = known.get(unit, () if before is None else (IdleSpan(0, "", "UTC"),))
        if (spans[-1].period if spans else "") != period:
            spans = (*spans, IdleSpan(since, period, program.timezone))[-IDLE_SPANS_MAX:]
            known[unit] = spans
    return known


def idleness_of(program: Program, spans: Spans) -> dict[str, Idleness]:
    """Spans, what counts and who is warned by ``program``, for each unit that has any of it."""
    warns = {unit: warn for unit in program.units if (warn := _warn(program, unit))}
    named = dict.fromkeys((*(unit for unit, known in spans.items() if known), *warns))
    return {
        unit: Idleness(spans.get(unit, ()), _counts(program, unit), warns.get(unit))
        for unit in named
    }


@lru_cache(maxsize=4_096)  # each month of a replay asks again for each purse
def lapse_date(
    spans: tuple[IdleSpan, ...], active_at: Instant, not_before: Instant
) -> Instant | None:
    """When points lapse if nothing counts after ``active_at``; None: never, as things stand."""
    ends = (*(span.since for span in spans[1:]), None)
    for place, (span, end) in enumerate(zip(spans, ends, strict=True)):
        if not span.period:
            continue
        period = parse_period(span.period)
        dates = [add_period(active_at, period, span.zone), not_before, span.since]
        if place:  # a change gives everybody one whole new period
            dates.append(add_period(span.since, period, span.zone))
        lapses_at = max(dates)
        if end is None or lapses_at < end:
            return lapses_at
    return None


def _period(program: Program, unit: str) -> str:
    expiry = program.units[unit].expiry
    return "" if isinstance(expiry, str) else expiry.idle or ""


def _warn(program: Program, unit: str) -> Warn | None:
    expiry = program.units[unit].expiry
    if isinstance(expiry, str) or not expiry.warn:
        return None
    caps = program.messages.caps if program.messages else MessageCaps()
    told = telling_of(caps.day, caps.week, caps.quiet)
    periods = tuple((said, _back(parse_period(said))) for said in expiry.warn)
    return Warn(periods, program.timezone, told)


def _back(period: Period) -> Period:
    return Period(-period.months, -period.days, -period.elapsed_ms)


def _counts(program: Program, unit: str) -> frozenset[str]:
    described = program.units.get(unit)
    if described is None or isinstance(described.expiry, str):
        return frozenset()
    return frozenset(described.expiry.counts or ())
