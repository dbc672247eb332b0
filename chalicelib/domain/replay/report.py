"""The report of a replay: what a merchant reads before publishing, month by month and in sum.

Money is in minor units of the program's currency, points are whole, shares are parts of a million.
The roll-forward of every unit holds in each month: opening + issued + imported + returned -
reversed - redeemed - expired = closing.
"""

import msgspec

from chalicelib.domain.instants import iso
from chalicelib.domain.pausing import Pauses
from chalicelib.domain.replay.comparing import Difference
from chalicelib.domain.replay.conditions import LeftOut, Undated
from chalicelib.domain.replay.months import Months
from chalicelib.domain.replay.spending import MAIN


class UnitMonths(msgspec.Struct, frozen=True):
    """One unit under one habit of spending: points by reported month."""

    unit: str
    habit: str
    issued: tuple[int, ...]
    reversed: tuple[int, ...]
    redeemed: tuple[int, ...]
    expired: tuple[int, ...]
    returned: tuple[int, ...]  # lapsed points, and those of rewards that went back
    outstanding: tuple[int, ...]  # at the end of the month
    imported: tuple[int, ...] = ()  # balances of another system


class MoneyMonths(msgspec.Struct, frozen=True):
    """Money under one habit of spending, by reported month."""

    habit: str
    liability_minor: tuple[int, ...]  # what all points outstanding are worth
    cost_minor: tuple[int, ...]  # of rewards taken
    rewards: tuple[int, ...]  # taken
    unpriced: tuple[int, ...]  # of those, whose cost nobody knows
    refused: tuple[int, ...]  # rewards that had run out
    total_cost_minor: int
    cost_share_millionths: int  # of member revenue, over all reported months


class Side(msgspec.Struct, frozen=True):
    """One program over the history."""

    name: str
    version: int
    orders: tuple[int, ...]  # that earned
    revenue_minor: tuple[int, ...]  # of those orders, less what came back
    members: tuple[int, ...]  # at the end of the month
    units: tuple[UnitMonths, ...]
    money: tuple[MoneyMonths, ...]
    tiers: dict[str, dict[str, tuple[int, ...]]]  # group → tier → members
    moves: dict[str, dict[str, tuple[int, ...]]]  # group → "from>to" → members
    unearned: dict[str, int]  # reason → orders, over all months
    first_reward_median: int | None  # orders until a reward is within reach; None: nobody
    first_reward_p90: int | None
    never_reached: int  # members for whom none came within reach


class PausedTime(msgspec.Struct, frozen=True):
    """A pause of the shop: by both programs nothing is earned then, as it was."""

    what: str  # earning; all: nothing is redeemed either
    since: str
    until: str  # "" where it lasts


class PoolFigures(msgspec.Struct, frozen=True):
    """Household pools that were walked with the members who share them."""

    pools: int = 0
    members: int = 0
    live_passings: int = 0  # times that points went into a pool or came back, in all months
    draft_passings: int = 0


class Report(msgspec.Struct, frozen=True):
    """Both programs side by side."""

    draft_hash: str
    currency: str
    months: tuple[str, ...]  # reported
    warming: tuple[str, ...]  # walked and not reported
    spend_share_millionths: int  # of what is available, a month, at a habit of 1
    live: Side
    draft: Side
    winners: tuple[Difference, ...]
    losers: tuple[Difference, ...]
    undated: tuple[Undated, ...]  # conditions on facts that are known as of today only
    left_out: tuple[LeftOut, ...]  # parts of the programs that were not counted
    notes: tuple[str, ...]  # codes of what the figures leave out
    pauses: tuple[PausedTime, ...] = ()  # of the shop in these months, those before them too
    pools: PoolFigures = PoolFigures()  # household pools
    entries_left_out: dict[str, int] = {}  # note → entries of the books that it is about


def pauses_in(months: Months, pauses: Pauses) -> tuple[PausedTime, ...]:
    """The ``pauses`` that some of the months lie in."""
    first, last = months.starts[0], months.starts[-1]
    return tuple(
        PausedTime(each.what.value, iso(each.since), iso(each.until) if each.until else "")
        for each in pauses
        if each.since < last and (not each.until or each.until > first)
    )


def main_money(side: Side) -> MoneyMonths:
    """The money of a side under the habit that limits are held against."""
    return next(money for money in side.money if money.habit == MAIN)
