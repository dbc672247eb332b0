"""Both programs side by side: every member is walked by each, and who gains or loses most is kept.

What a member is given is what the points that the reported months' orders come to after returns
buy by each program, in minor units: a reward that gets dearer is a loss. Spending and lapses are
left out, so that one habit more or less does not change who wins. Of all members only the ten most
on either side stay, with their explanation.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

import msgspec

from chalicelib.domain.limits import REPLAY_ASKS_MAX, REPLAY_EXTREMES_MAX
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.points import floor_ratio
from chalicelib.domain.replay.choosing import what_points_buy
from chalicelib.domain.replay.households import Household, walk_household
from chalicelib.domain.replay.member_state import Plan, Walk, quietly
from chalicelib.domain.replay.sharing import Asks
from chalicelib.domain.replay.spending import MAIN
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.replay.walking import Past, walk_member
from chalicelib.domain.wording.names import names_of
from chalicelib.domain.wording.traces import trace_sentence

_LOCALE: Final = "en"  # staff read the report


class RuleGain(msgspec.Struct, frozen=True):
    """What one rule gave a member in the reported months, by each program."""

    rule: str
    unit: str
    live: int  # points
    draft: int  # points


class Example(msgspec.Struct, frozen=True):
    """The order that makes most of the difference, and how each program came to its answer."""

    order: str  # number of the order, or its id
    live: tuple[str, ...]  # sentences
    draft: tuple[str, ...]


class Difference(msgspec.Struct, frozen=True):
    """One member who is given more, or less, by the draft, and why."""

    member: str
    gain_minor: int  # by the draft over the live program; negative: a loss
    live_minor: int
    draft_minor: int
    orders: int
    rules: tuple[RuleGain, ...]
    live_tiers: dict[str, str]  # at the end, by tier group
    draft_tiers: dict[str, str]
    example: Example | None


@dataclass(slots=True)
class Comparison:
    """What both programs come to over the members walked so far."""

    live: Tally
    draft: Tally
    winners: list[Difference] = field(default_factory=list)  # most first
    losers: list[Difference] = field(default_factory=list)

    def merge(self, other: "Comparison") -> None:
        """Add what another part of the members came to."""
        self.live.merge(other.live)
        self.draft.merge(other.draft)
        self.winners = _most((*self.winners, *other.winners), -1)
        self.losers = _most((*self.losers, *other.losers), 1)


def begun(months: int, asks_max: int = REPLAY_ASKS_MAX) -> Comparison:
    """A comparison of nobody yet, with room for so many asks of what the whole shop shares."""
    live, draft = (Tally(months, asks=Asks(asks_max)) for _ in range(2))
    return Comparison(live, draft)


def compare_member(
    member: str, past: Iterable[Past], plans: tuple[Plan, Plan], into: Comparison
) -> None:
    """Walk ``member`` by both plans (live, draft) and add what they come to."""
    told = tuple(past)
    live = walk_member(member, told, quietly(plans[0]), into.live)
    draft = walk_member(member, told, quietly(plans[1]), into.draft)

    def once_more(plan: Plan) -> Walk:
        return walk_member(member, told, plan, Tally(len(plan.months.names)))

    _note_difference((live, draft), plans, into, once_more)


def compare_household(household: Household, plans: tuple[Plan, Plan], into: Comparison) -> None:
    """As ``compare_member``, of everybody who is walked with a pool."""
    live = walk_household(household, quietly(plans[0]), into.live)
    draft = walk_household(household, quietly(plans[1]), into.draft)
    for member in live:

        def once_more(plan: Plan, member: str = member) -> Walk:
            return walk_household(household, plan, Tally(len(plan.months.names)))[member]

        _note_difference((live[member], draft[member]), plans, into, once_more)


def _note_difference(
    walks: tuple[Walk, Walk],
    plans: tuple[Plan, Plan],
    into: Comparison,
    once_more: Callable[[Plan], Walk],
) -> None:
    """Keep who gains or loses much, walked ``once_more`` with the reasons."""
    gain = _worth_of(walks[1]) - _worth_of(walks[0])
    if gain > 0 and _is_among(gain, into.winners):
        told = _difference(once_more(plans[0]), once_more(plans[1]))
        into.winners = _most((*into.winners, told), -1)
    elif gain < 0 and _is_among(-gain, into.losers):
        told = _difference(once_more(plans[0]), once_more(plans[1]))
        into.losers = _most((*into.losers, told), 1)


def _most(found: tuple[Difference, ...], sign: int) -> list[Difference]:
    """The ten that differ most, ties by member: the same ones in whatever order they came."""
    ordered = sorted(found, key=lambda each: (sign * each.gain_minor, each.member))
    return ordered[:REPLAY_EXTREMES_MAX]


def _is_among(amount: int, kept: list[Difference]) -> bool:
    return len(kept) < REPLAY_EXTREMES_MAX or amount >= abs(kept[-1].gain_minor)


def _worth_of(walk: Walk) -> int:
    by_unit: dict[str, int] = {}
    for (_, unit), points in walk.given.items():
        by_unit[unit] = by_unit.get(unit, 0) + points
    return sum(_value(walk.plan, unit, points) for unit, points in by_unit.items())


def _value(plan: Plan, unit: str, points: int) -> int:
    worth, per = what_points_buy(plan.program, unit, plan.choices)
    return floor_ratio(points * worth, per)


def _difference(live: Walk, draft: Walk) -> Difference:
    before, after = _worth_of(live), _worth_of(draft)
    rules = sorted({*live.given, *draft.given})
    return Difference(
        member=live.member,
        gain_minor=after - before,
        live_minor=before,
        draft_minor=after,
        orders=draft.orders,
        rules=tuple(
            RuleGain(*rule, live.given.get(rule, 0), draft.given.get(rule, 0)) for rule in rules
        ),
        live_tiers=live.tiers,
        draft_tiers=draft.tiers,
        example=_example(live, draft),
    )


def _example(live: Walk, draft: Walk) -> Example | None:
    mine, theirs = live.documents[MAIN], draft.documents[MAIN]

    def moved(order: str) -> tuple[int, str]:
        before, after = _posted(live, mine.get(order)), _posted(draft, theirs.get(order))
        return abs(after - before), order

    order = max({*mine, *theirs}, key=moved, default="")
    known = theirs.get(order) or mine.get(order)
    if known is None or not moved(order)[0]:
        return None
    number = known.state.number if known.state else ""
    return Example(number or order, _told(live, mine.get(order)), _told(draft, theirs.get(order)))


def _posted(walk: Walk, document: OrderDocument | None) -> int:
    if document is None or walk.plan.months.place_of(document.earned_at) < walk.plan.months.warming:
        return 0
    return sum(_value(walk.plan, share.unit, share.points) for share in document.posted)


def _told(walk: Walk, document: OrderDocument | None) -> tuple[str, ...]:
    """How the program came to its answer about an order, in words."""
    names = names_of(walk.plan.program.program, _LOCALE)
    return tuple(trace_sentence(row, names, _LOCALE) for row in document.trace) if document else ()
