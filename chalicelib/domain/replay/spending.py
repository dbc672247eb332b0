"""How members spend: a share of what they could spend, each month, on the reward worth most.

The share is a habit, not a plan: it sums up as an *appetite* in points, and when the appetite
covers a reward that the member can have, the reward is taken. Every replay is walked under three
habits (half of it, it, one and a half), because it is the one thing that a history of orders does
not tell.
"""

from dataclasses import dataclass, field

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
from chalicelib.domain.replay.choosing import Choice

MILLION = 1_000_000
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
    draft: Draft | None = None  # None: not a member yet
    appetite: dict[str, int] = field(default_factory=dict)  # millionths of a point, by unit
    counters: Counters = field(default_factory=Counters)  # of the limits of rewards
    open: tuple[Taken, ...] = ()  # the newest that redeemed themselves


def purses(share_millionths: int) -> tuple[Purse, ...]:
    """A purse under each assumption; nobody spends more than there is."""
    return tuple(
        Purse(name, min(MILLION, share_millionths * numerator // denominator))
        for name, numerator, denominator in HABITS
    )


def spend_month(
    purse: Purse,
    draft: Draft,
    program: CompiledProgram,
    member: tuple[MemberFacts, tuple[Choice, ...]],
) -> tuple[Draft, tuple[Choice, ...]]:
    """Let the appetite of a month grow, and take what it covers; also what was taken.

    ``member`` is who it is, and what there is to choose from.
    """
    if draft.now >= program.redeem_before or not purse.share_millionths:
        return draft, ()
    for unit, state in draft.account.units.items():
        purse.appetite[unit] = grown(purse, unit, balance(state, draft.now).available)
    taken: list[Choice] = []
    for _ in range(REPLAY_REWARDS_A_MONTH_MAX):
        choice = _chosen(purse, draft, program, member)
        if choice is None:
            break
        draft = _paid(purse, draft, program, choice)
        taken.append(choice)
    return draft, tuple(taken)


def grown(purse: Purse, unit: str, available: int) -> int:
    """The appetite for points of a unit, a month on: never for more than there is to spend."""
    before = purse.appetite.get(unit, 0)
    if available <= 0:
        return before
    return min(before + available * purse.share_millionths, available * MILLION)


def _chosen(
    purse: Purse,
    draft: Draft,
    program: CompiledProgram,
    member: tuple[MemberFacts, tuple[Choice, ...]],
) -> Choice | None:
    """The best that can be had now."""
    facts, choices = member
    for choice in choices:
        if choice.reward.auto or choice.points * MILLION > purse.appetite.get(choice.unit, 0):
            continue
        available = balance(unit_state(draft, choice.unit), draft.now).available
        if available < choice.points:
            continue
        if reward_refusal(program, choice.reward, facts, purse.counters, draft.now) is None:
            return choice
    return None


def _paid(purse: Purse, draft: Draft, program: CompiledProgram, choice: Choice) -> Draft:
    reasons = (Explained("redeemed", {"reward": choice.reward.id}),)
    movement = Movement(choice.unit, -choice.points, EntryKind.REDEEM, explanation=reasons)
    draft, _ = spent(draft, choice.unit, choice.points, movement)
    purse.appetite[choice.unit] -= choice.points * MILLION
    cap = program.rewards[choice.reward.id].cap
    if cap is not None:
        now = draft.now
        purse.counters = caps.count(program, purse.counters, now, {cap.id: 1}, now)
    return counted(draft, "redeem", draft.now)
