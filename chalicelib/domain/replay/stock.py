"""The second pass over a replay: rewards are taken no further than there are any.

::

    stock                        of all reported months: who finds none left keeps the points
    a limit of the whole shop    of each window: who finds no turn left comes again next month

Members are walked one by one, in any order and in many processes, so nobody knows on the way what
is left. All rewards of a month are taken at its end; so going through the months once more with the
sums alone grants them by time. What is refused is given back: its cost, and its points, which stay
with the members, to the end or until they have their turn. That they would take something else
instead is not looked at. What rules give for nothing is had at once or, as in the books, never.

The stock is that of the reported months: a draft's begins when it is published. So do windows that
are under way then. A month has the turns of all days and weeks that begin in it.
"""

from collections.abc import Iterator
from itertools import pairwise

import msgspec

from chalicelib.domain.calendar import LIFETIME, window_ordinal
from chalicelib.domain.program.plan import CompiledProgram, CompiledReward
from chalicelib.domain.program.rewards import money_cost
from chalicelib.domain.replay.choosing import Choice, choices_of
from chalicelib.domain.replay.months import Months
from chalicelib.domain.replay.spending import HABITS
from chalicelib.domain.replay.tally import Tally


class _Limited(msgspec.Struct, frozen=True):
    """A reward of which there are so many."""

    id: str
    stock: int | None  # of all reported months
    turns: tuple[int | None, ...]  # new ones in each month; None: those of before go on
    choice: Choice | None  # what it is sold for
    cost: int | None  # None: nobody knows


def within_stock(program: CompiledProgram, tally: Tally, months: Months) -> Tally:
    """``tally`` with no reward taken beyond its stock, or the limit of the shop, when reported."""
    limited = sorted(_limited(program, months), key=lambda each: each.id)
    if not limited:
        return tally
    figures = {key: list(row) for key, row in tally.figures.items()}
    after = Tally(tally.months, figures, tally.reached, tally.never)
    for each in limited:
        for habit, _, _ in HABITS:
            refused = _refused(after, each, habit, months.warming)
            _give_back(after, each, habit, refused)
    return after


def _limited(program: CompiledProgram, months: Months) -> Iterator[_Limited]:
    choices = {choice.reward.id: choice for choice in choices_of(program)}
    for each in program.rewards.values():
        if each.reward.stock is not None or each.shared is not None:
            cost = money_cost(each.reward, program.currency)
            turns = _turns(each, months, program.zone)
            yield _Limited(each.id, each.reward.stock, turns, choices.get(each.id), cost)


def _turns(reward: CompiledReward, months: Months, zone: str) -> tuple[int | None, ...]:
    """How often the shop lets it be taken, from each month on; () where it does not mind."""
    cap = reward.shared
    if cap is None:
        return ()
    window = cap.window or LIFETIME
    before = [window_ordinal(window, start - 1, zone) for start in months.starts]
    begun = [after - first for first, after in pairwise(before)]
    begun[months.warming] = max(1, begun[months.warming])
    return tuple(cap.limit * count if count else None for count in begun)


def _refused(tally: Tally, reward: _Limited, habit: str, warming: int) -> dict[int, int]:
    """How many are too many, by month; below 0: so many had to wait, and have it then.

    What comes back in a month can be taken again.
    """
    stock, left, waiting, refused = reward.stock, 0, 0, dict[int, int]()
    wanted, bought = tally.row("rewards", reward.id, habit), tally.row("bought", reward.id, habit)
    for month in range(warming, tally.months):
        asked = wanted[month] + waiting
        new = reward.turns[month] if reward.turns else asked
        left = left if new is None else new
        granted = min(asked, left, asked if stock is None else stock)
        stock, left = None if stock is None else stock - granted, left - granted
        sold = min(asked - granted, max(0, bought[month]) + waiting)
        waiting = sold if reward.turns else 0
        if wanted[month] != granted:
            refused[month] = wanted[month] - granted
    return refused


def _give_back(tally: Tally, reward: _Limited, habit: str, refused: dict[int, int]) -> None:
    bought = tally.row("bought", reward.id, habit)
    name = "unpriced" if reward.cost is None else "cost"
    kept = 0  # points of those refused so far
    for month in range(min(refused, default=tally.months), tally.months):
        many = refused.get(month, 0)
        tally.add(("rewards", reward.id, habit), month, -many)
        tally.add((name, "", habit), month, -many * (1 if reward.cost is None else reward.cost))
        tally.add(("refused", reward.id, habit), month, max(0, many))
        if reward.choice is not None:
            choice = reward.choice
            points = min(many, max(0, bought[month])) * choice.points
            kept += points
            tally.add(("redeem", choice.unit, habit), month, -points)
            tally.add(("outstanding", choice.unit, habit), month, kept)
