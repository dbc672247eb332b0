"""How members spend, learned from their journals: what share of their points they used a month.

::

    each month   used       redeemed and donated, less what was given back
                 offered    what could be spent at its end, and what was used in it; months in
                            which that bought nothing are left out
    share        used over all months ÷ offered over all months

Only units that some reward is sold for count: ``least`` has the price of the cheapest of each.
Who has redeemed often enough spends by their own share; everybody else by that of everybody else
together (with the frequent ones in it, who seldom redeems would cost more than in the books).
A shop where nobody has redeemed yet is taken to have the usual one.
"""

from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.domain.ledger import Entry, EntryKind
from chalicelib.domain.limits import REPLAY_LEARNED_REDEMPTIONS_MIN, REPLAY_SPEND_MILLIONTHS
from chalicelib.domain.replay.months import Months
from chalicelib.domain.replay.spending import MILLION

_USES = {EntryKind.REDEEM: -1, EntryKind.DONATE: -1, EntryKind.RETURN: -1}
"""Points of these entries, with this sign, were used."""


class Habit(msgspec.Struct, frozen=True, array_like=True):
    """What was used of what was there. Habits of several members add up."""

    times: int = 0  # redemptions
    used: int = 0  # points
    offered: int = 0  # points, counted anew each month

    def plus(self, other: "Habit") -> "Habit":
        """Both together."""
        return Habit(self.times + other.times, self.used + other.used, self.offered + other.offered)

    @property
    def share_millionths(self) -> int:
        """What is used of the points on offer, each month."""
        return min(MILLION, max(0, self.used) * MILLION // self.offered) if self.offered else 0


def habit_of(entries: Iterable[Entry], months: Months, least: Mapping[str, int]) -> Habit:
    """What one member's journal, oldest entry first, tells of the months of a replay."""
    by_unit: dict[str, dict[int, list[Entry]]] = {}
    for entry in entries:
        if entry.unit in least:
            by_month = by_unit.setdefault(entry.unit, {})
            by_month.setdefault(months.place_of(entry.occurred_at), []).append(entry)
    habit = Habit()
    for unit, by_month in by_unit.items():
        habit = habit.plus(_habit_in(by_month, months, least[unit]))
    return habit


def _habit_in(by_month: Mapping[int, list[Entry]], months: Months, least: int) -> Habit:
    """What the entries of one unit tell."""
    booked, habit = 0, Habit()
    waiting: list[tuple[int, int]] = []  # (from when it can be spent, points)
    for month in range(min(by_month), len(months.names)):
        told = by_month.get(month, [])
        for entry in told:
            booked = entry.booked_after
            is_credit = entry.points > 0
            waiting += [(part.available_at, part.points) for part in entry.touched if is_credit]
        if month < 0:
            continue  # before the history: it tells what there is, not how it was used
        end = months.starts[month + 1]
        waiting = [each for each in waiting if each[0] >= end]
        spendable = max(0, booked - sum(points for _, points in waiting))
        used = sum(_USES.get(entry.kind, 0) * entry.points for entry in told)
        times = sum(entry.kind is EntryKind.REDEEM for entry in told)
        offered = spendable + max(0, used)
        habit = habit.plus(Habit(times, used, offered if used > 0 or offered >= least else 0))
    return habit


def telling(own: Habit) -> Habit:
    """What ``own`` tells of whoever has no share of their own; a frequent one: that some redeem."""
    return Habit(own.times) if own.times >= REPLAY_LEARNED_REDEMPTIONS_MIN else own


def spending_of(own: Habit, others: Habit) -> int:
    """The share, in millionths, that a member is taken to spend a month.

    ``others`` is what all journals are ``telling`` together.
    """
    if own.times >= REPLAY_LEARNED_REDEMPTIONS_MIN:
        return own.share_millionths
    return spending_of_shop(others)


def spending_of_shop(others: Habit) -> int:
    """The share of a member of whom too little is known."""
    return others.share_millionths if others.times else REPLAY_SPEND_MILLIONTHS
