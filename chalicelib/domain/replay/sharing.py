"""What a whole shop shares in a replay: budgets and shared limits, granted by time afterwards.

Members are walked one by one, in any order and in many processes, so nobody knows on the way what
is left of a budget. So a round of walks notes when every document asked, and what came back later;
going through that by time grants it, whole or nothing as the books do; and where somebody is
refused, all are walked once more, knowing it::

    round 1   everybody is granted         asks ──by time──► refusals: none? done
    round 2   by those refusals            asks ──by time──► the same? done

What was asked is kept by *slots* of time, a millisecond wide at first; where they are too many they
are put together, so what is kept has a bound. A wide slot is granted or refused as a whole: a
budget is never overdrawn, and less than one slot of it may be left over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import REPLAY_ASKS_MAX, REPLAY_ROUNDS_MAX
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.replay.months import Months

Place = tuple[str, int, int]
"""A counter; the slots in which a document first asked, and in which this was asked."""

Ask = tuple[str, tuple[Instant, Instant], int, int]
"""One ask: of which counter, at which times, what was taken, and what was wished for."""


def counts(months: Months, counter: str, first: Instant) -> bool:
    """Whether it is of the reported months; what has windows of its own always is."""
    return "@" in counter or first >= months.starts[months.warming]


class Refused(msgspec.Struct, frozen=True):
    """Who is granted nothing: places, by slots of one width."""

    width: int = 1
    places: frozenset[Place] = frozenset()

    def of(self, counters: Iterable[str], times: tuple[Instant, Instant]) -> frozenset[str]:
        """Those of ``counters`` that refuse what is asked at ``times`` (first asked, asked now)."""
        if not self.places:
            return frozenset()
        slots = times[0] // self.width, times[1] // self.width
        return frozenset(name for name in counters if (name, *slots) in self.places)


class Round(msgspec.Struct, frozen=True):
    """One round of walks: by which refusals of each program."""

    number: int = 1
    live: Refused = Refused()
    draft: Refused = Refused()


@dataclass(slots=True)
class Asks:
    """What documents asked of the counters of a shop, in room for ``most`` of them."""

    most: int = REPLAY_ASKS_MAX
    width: int = 1  # milliseconds of a slot: doubled until there is room
    amounts: dict[Place, int] = field(default_factory=dict)  # taken, or (below 0) given back
    beyond: dict[Place, int] = field(default_factory=dict)  # what was asked at first, beyond that

    def add(self, counter: str, times: tuple[Instant, Instant], taken: int, wish: int) -> None:
        """Note what a document that first asked at the first time takes at the second.

        ``wish`` is what it asked for when nobody had refused it anything else yet.
        """
        place = counter, times[0] // self.width, times[1] // self.width
        self.amounts[place] = self.amounts.get(place, 0) + taken
        if wish > taken:
            self.beyond[place] = self.beyond.get(place, 0) + wish - taken
        self._fit()

    def merge(self, other: "Asks") -> None:
        """Add what was asked in another part; the same in whatever order parts are added."""
        self._widen(other.width)
        by = self.width // other.width
        _add(self.amounts, other.amounts, by)
        _add(self.beyond, other.beyond, by)
        self._fit()

    def _fit(self) -> None:
        while len(self.amounts) > self.most and self._may_widen():
            self._widen(self.width * 2)

    def _may_widen(self) -> bool:
        """Whether there is any time left to put together: counters are not."""
        return any(first or now for _, first, now in self.amounts)

    def _widen(self, width: int) -> None:
        if width <= self.width:
            return
        by, self.width = width // self.width, width
        amounts, beyond, self.amounts, self.beyond = self.amounts, self.beyond, {}, {}
        _add(self.amounts, amounts, by)
        _add(self.beyond, beyond, by)


def _add(into: dict[Place, int], amounts: Mapping[Place, int], by: int) -> None:
    """Add ``amounts``, of slots that are ``by`` times as narrow."""
    for (counter, first, now), amount in amounts.items():
        place = counter, first // by, now // by
        into[place] = into.get(place, 0) + amount


def refused_of(program: CompiledProgram, asks: Asks) -> Refused:
    """Who is refused when all that was asked is granted by time."""
    by_counter: dict[str, dict[Place, int]] = {}
    for place, amount in asks.amounts.items():
        by_counter.setdefault(place[0], {})[place] = amount
    found: set[Place] = set()
    for counter, amounts in by_counter.items():
        limit = program.shared[counter.partition("@")[0]].limit
        found |= _refused(limit, amounts, asks.beyond)
    return Refused(asks.width if found else 1, frozenset(found))


def _refused(limit: int, amounts: Mapping[Place, int], beyond: Mapping[Place, int]) -> set[Place]:
    """In order of time; what comes back in a slot is there for those who ask in it."""
    left, refused = limit, set[Place]()
    in_order = sorted(amounts, key=lambda place: (place[2], amounts[place] > 0, place[1]))
    for place in in_order:
        counter, first, now = place
        amount = amounts[place]
        if first != now and (counter, first, first) in refused:
            continue  # it never had what comes back
        if amount + beyond.get(place, 0) <= left:
            left -= amount
        else:
            refused.add(place)
    return refused


def next_round(
    programs: tuple[CompiledProgram, CompiledProgram], asks: tuple[Asks, Asks], known: Round
) -> Round | None:
    """The round that follows ``known``; None where it would be the same, or there were enough."""
    live, draft = (refused_of(*each) for each in zip(programs, asks, strict=True))
    is_settled = (live, draft) == (known.live, known.draft)
    if is_settled or known.number >= REPLAY_ROUNDS_MAX:
        return None
    return Round(known.number + 1, live, draft)
