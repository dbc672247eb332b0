"""How members spend: a share of what they could spend, each month, on the reward worth most.

The share is a habit, not a plan: it sums up as an *appetite* in points, and when the appetite
covers a reward that the member can have, the reward is taken. Every replay is walked under three
habits (half of it, it, one and a half), because it is the one thing that a history of orders does
not tell.

An appetite that began at nothing would lose what is left of it at the end, half a reward a member:
all that there is where members redeem seldom. So each member begins somewhere between two rewards,
at a *phase* by a hash of their id, and what is taken is neither too little nor too much::

    appetite + phase of a reward ≥ a reward    the reward is taken, its price leaves the appetite

It grows in months in which something can be had, as it is learned from them, and keeps growing
while a tier or a limit stands in between: what is kept back now is spent when it can be.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

import msgspec

from chalicelib.domain.booking import Draft, counted, spent, unit_state
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind, Explained, Movement
from chalicelib.domain.limits import REPLAY_REWARDS_A_MONTH_MAX
from chalicelib.domain.lots import Touched, balance
from chalicelib.domain.member import Counters, MemberFacts
from chalicelib.domain.program import caps
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rewards import reward_refusal
from chalicelib.domain.program.rollout import arm_of
from chalicelib.domain.replay.choosing import Choice

MILLION = 1_000_000
_PHASE: Final = "spending"
_ARM_BITS: Final = 64  # of a member's place, see ``arm_of``
HABITS: tuple[tuple[str, int, int], ...] = (("half", 1, 2), ("one", 1, 1), ("more", 3, 2))
"""Names of the assumptions, and what each makes of the share."""
MAIN = "one"
"""The assumption that limits are held against."""
MAIN_PLACE = next(place for place, (name, _, _) in enumerate(HABITS) if name == MAIN)


class Taken(msgspec.Struct, frozen=True):
    """A reward that redeemed itself, and may go back while its points are owed."""

    choice: Choice
    touched: tuple[Touched, ...]
    at: Instant


@dataclass(slots=True)
class Purse:
    """What a member has under one assumption."""

    name: str
    share_millionths: int  # of what is available, each month
    phase_millionths: int = 0  # of a reward, with which the member began
    draft: Draft | None = None  # None: not a member yet
    appetite: dict[str, int] = field(default_factory=dict)  # millionths of a point, by unit
    counters: Counters = field(default_factory=Counters)  # of the limits of rewards
    open: tuple[Taken, ...] = ()  # the newest that redeemed themselves


def purses(share_millionths: int, member: str) -> tuple[Purse, ...]:
    """A purse of ``member`` under each assumption; nobody spends more than there is."""
    phase = phase_of(member)
    return tuple(
        Purse(name, min(MILLION, share_millionths * numerator // denominator), phase)
        for name, numerator, denominator in HABITS
    )


def phase_of(member: str) -> int:
    """Where between two rewards ``member`` begins, in millionths of one: by both programs alike."""
    return arm_of("", _PHASE, member) * MILLION >> _ARM_BITS


def spend_month(
    purse: Purse,
    draft: Draft,
    program: CompiledProgram,
    member: tuple[MemberFacts, tuple[Choice, ...], Mapping[str, int]],
) -> tuple[Draft, tuple[Choice, ...]]:
    """Let the appetite of a month grow, and take what it covers; also what was taken.

    ``member`` is who it is, what there is to choose from, and the least that is asked, by unit.
    """
    facts, choices, cheapest = member
    if draft.now >= program.redeem_before or not purse.share_millionths:
        return draft, ()
    for unit, state in draft.account.units.items():
        if unit in cheapest:
            available = balance(state, draft.now).available
            purse.appetite[unit] = grown(purse, unit, available, cheapest[unit])
    taken: list[Choice] = []
    while choices and len(taken) < REPLAY_REWARDS_A_MONTH_MAX:
        choice = _chosen(_Offer(purse, draft, program, facts), choices, cheapest)
        if choice is None:
            break
        draft = _paid(purse, draft, program, choice)
        taken.append(choice)
    return draft, tuple(taken)


def grown(purse: Purse, unit: str, available: int, least: int) -> int:
    """The appetite for points of a unit, a month on; points that buy nothing yet whet none."""
    before = purse.appetite.get(unit, 0)
    return before + available * purse.share_millionths if available >= least else before


def covers(purse: Purse, appetite: int, points: int, least: int) -> bool:
    """Whether an appetite is for so many points, where ``least`` is all that some reward asks."""
    return appetite + least * purse.phase_millionths >= points * MILLION


@dataclass(slots=True, frozen=True)
class _Offer:
    """What decides on what one member can have."""

    purse: Purse
    draft: Draft
    program: CompiledProgram
    facts: MemberFacts

    def is_open(self, choice: Choice) -> bool:
        """Whether the reward may be theirs, apart from its price."""
        now, counters = self.draft.now, self.purse.counters
        return reward_refusal(self.program, choice.reward, self.facts, counters, now) is None


def _chosen(
    offer: _Offer, choices: tuple[Choice, ...], cheapest: Mapping[str, int]
) -> Choice | None:
    """The best that can be had now, and that the appetite covers."""
    purse, draft = offer.purse, offer.draft
    within: dict[str, int] = {}  # what there is of the units that something is wanted for
    for unit, appetite in purse.appetite.items():
        if covers(purse, appetite, cheapest[unit], cheapest[unit]):
            within[unit] = balance(unit_state(draft, unit), draft.now).available
    had = [
        choice
        for choice in (choices if within else ())
        if choice.points <= within.get(choice.unit, 0) and not choice.reward.auto
    ]
    return next((choice for choice in had if _is_wanted(offer, choice, had, cheapest)), None)


def _is_wanted(
    offer: _Offer, choice: Choice, had: list[Choice], cheapest: Mapping[str, int]
) -> bool:
    """Whether the appetite covers it, from a phase of the least reward that is open."""
    purse, unit, points = offer.purse, choice.unit, choice.points
    appetite = purse.appetite[unit]
    if not covers(purse, appetite, points, points) or not offer.is_open(choice):
        return False
    if covers(purse, appetite, points, cheapest[unit]):
        return True
    smaller = [each for each in had if each.unit == unit and each.points < points]
    least = next(filter(offer.is_open, sorted(smaller, key=attrgetter("points"))), choice)
    return covers(purse, appetite, points, least.points)


def _paid(purse: Purse, draft: Draft, program: CompiledProgram, choice: Choice) -> Draft:
    reasons = (Explained("redeemed", {"reward": choice.reward.id}),)
    movement = Movement(choice.unit, -choice.points, EntryKind.REDEEM, explanation=reasons)
    draft, _ = spent(draft, choice.unit, choice.points, movement)
    left = purse.appetite.get(choice.unit, 0) - choice.points * MILLION
    purse.appetite[choice.unit] = left  # below 0: it was taken ahead of the appetite
    cap = program.rewards[choice.reward.id].cap
    if cap is not None:
        now = draft.now
        purse.counters = caps.count(program, purse.counters, now, {cap.id: 1}, now)
    return counted(draft, "redeem", draft.now)
