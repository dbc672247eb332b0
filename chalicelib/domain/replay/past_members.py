"""What a replay reads of members themselves: when they joined, their birthday, what was brought in.

Who is known by orders alone joins with the first of them. Birthdays are made anew from the day, so
that a draft may reward them where the live program never did.
"""

from collections.abc import Iterator, Mapping

import msgspec

from chalicelib.domain.actions import Action, is_own
from chalicelib.domain.calendar import day_start, local_date
from chalicelib.domain.celebrating import celebrated, has_birthdays, is_in_time, kept_in
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind
from chalicelib.domain.member import Fact, FactValue, MemberFacts
from chalicelib.domain.program.occasion import Drawn
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rule_document import ANNIVERSARY, BIRTHDAY, TIER_ENTERED
from chalicelib.domain.replay.months import Months
from chalicelib.domain.replay.past_actions import ActionStep, PastAction, past_action_of

NOT_REPLAYED = frozenset({EntryKind.ADJUST, EntryKind.GIFT_IN, EntryKind.GIFT_OUT})
"""Entries that follow from no order, no action and no rule: people wanted them."""

_CELEBRATED = frozenset({BIRTHDAY, ANNIVERSARY, TIER_ENTERED})


class PastImport(msgspec.Struct, frozen=True, omit_defaults=True):
    """A balance that was brought from another system."""

    unit: str
    points: int
    at: Instant
    until: Instant = 0  # of its lot; 0: as points of then


class PastMember(msgspec.Struct, frozen=True, omit_defaults=True, tag="member"):
    """One member, apart from what they did."""

    member: str
    joined_at: Instant = 0  # 0: with their first order
    is_enrolled: bool = False  # they joined elsewhere, before: joining gave nothing
    facts: MemberFacts = MemberFacts()  # as the shop knows them
    told: Mapping[str, Fact] = {}  # the shop's own facts, each with the time it is as of
    birthday: str = ""  # month and day; "": not told
    birthday_at: Instant = 0  # when it was told
    imports: tuple[PastImport, ...] = ()
    parts: Mapping[str, Instant] = {}  # when they said that they take part, by challenge
    drawn: Drawn | None = None  # what chance said in the books, when they joined
    others: Mapping[str, int] = {}  # entries that no replay makes again, by kind

    def birthday_known(self, at: Instant) -> str:
        """The birthday, if it was told by ``at``; else ""."""
        return self.birthday if self.birthday_at <= at else ""

    @property
    def birth_month(self) -> int:
        """1 to 12; 0 where no birthday was told."""
        return int(self.birthday[:2] or 0)

    def told_at(self, at: Instant) -> dict[str, FactValue]:
        """What is known of them today and was so at ``at``."""
        return {name: fact.value for name, fact in self.told.items() if fact.as_of <= at}


class PersonStep(msgspec.Struct, frozen=True):
    """A member joined, was brought points, takes part, or facts of today came to be so."""

    at: Instant
    person: PastMember
    brought: PastImport | None = None
    challenge: str = ""
    is_told: bool = False  # some of the facts of today are as of then


def told_steps(person: PastMember) -> list[PersonStep]:
    """When facts of today were told, as far as it is known; of nobody who was no member yet."""
    times = {max(fact.as_of, person.joined_at) for fact in person.told.values()}
    return [PersonStep(at, person, is_told=True) for at in sorted(times)]


def person_steps(person: PastMember) -> list[PersonStep]:
    """What became of one member, apart from what they did."""
    steps = [PersonStep(person.joined_at, person)] if person.joined_at else []
    steps += [PersonStep(each.at, person, each) for each in person.imports]
    steps += [PersonStep(at, person, challenge=name) for name, at in sorted(person.parts.items())]
    return steps


def is_celebration(action: PastAction | Action) -> bool:
    """Whether the books made it of a birthday, a year or a tier: a replay makes its own."""
    return action.name in _CELEBRATED and is_own(action.id)


def birthday_steps(
    person: PastMember, program: CompiledProgram, span: Months, told: Mapping[str, PastAction]
) -> Iterator[ActionStep]:
    """Every birthday of ``person`` in ``span``; one that the books had (``told``) as they did."""
    if not person.birthday or not has_birthdays(program):
        return
    first, last = (local_date(at, program.zone).year for at in (span.starts[0], span.starts[-1]))
    for year in range(first, last + 1):
        day = kept_in(person.birthday, year)
        at = day_start(day, program.zone)
        if at < span.starts[0] or not is_in_time(person.birthday_at, day, program.zone):
            continue
        made = past_action_of(celebrated(person.member, BIRTHDAY, day, (at, at)))
        yield ActionStep(at, told.get(made.id, made))
