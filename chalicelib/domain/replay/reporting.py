"""From sums to the report: which months count, what points are worth, what is left out."""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from chalicelib.domain.pausing import Pauses
from chalicelib.domain.points import floor_ratio
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.replay.choosing import point_worth
from chalicelib.domain.replay.comparing import Comparison
from chalicelib.domain.replay.conditions import Telling, left_out, undated_conditions
from chalicelib.domain.replay.member_state import Plan, plan_of
from chalicelib.domain.replay.months import Months
from chalicelib.domain.replay.past_pools import POOLED
from chalicelib.domain.replay.report import (
    MoneyMonths,
    PoolFigures,
    Report,
    Side,
    UnitMonths,
    pauses_in,
)
from chalicelib.domain.replay.sharing import Round, next_round, refused_of
from chalicelib.domain.replay.spending import HABITS, MILLION
from chalicelib.domain.replay.stock import within_stock
from chalicelib.domain.replay.tally import Tally, quantile

_Row: TypeAlias = Callable[..., tuple[int, ...]]

_ADDED = frozenset({"earn", "import"})
_BACK = ("reinstate", "return")
_PEOPLE = {
    "adjustments_left_out": ("adjust",),
    "gifts_left_out": ("gift_in", "gift_out"),
    "pools_left_out": (POOLED,),
}
"""Notes about entries of the books that no replay makes again, and their kinds."""


class Basis(msgspec.Struct, frozen=True):
    """What a replay was about."""

    live: CompiledProgram
    draft: CompiledProgram
    draft_hash: str
    months: Months
    share_millionths: int
    telling: Telling = Telling()
    turn: Round = Round()  # of walks, where the shop shares budgets
    pauses: Pauses = ()  # of the shop


def plans_of(basis: Basis) -> tuple[Plan, Plan]:
    """Live and draft, walked with the same months and habits."""
    share, by = basis.share_millionths, basis.turn
    return (
        plan_of(basis.live, basis.months, share, by.live, basis.pauses),
        plan_of(basis.draft, basis.months, share, by.draft, basis.pauses),
    )


def following(basis: Basis, comparison: Comparison) -> Round | None:
    """The round that everybody is walked once more in; None where it is settled who gets what."""
    asks = comparison.live.asks, comparison.draft.asks
    return next_round((basis.live, basis.draft), asks, basis.turn)


def report_of(basis: Basis, comparison: Comparison) -> Report:
    """The figures of ``comparison``, without the months that only warmed it up."""
    months = basis.months
    live, draft = (
        _side(program, months, within_stock(program, tally, months))
        for program, tally in ((basis.live, comparison.live), (basis.draft, comparison.draft))
    )
    return Report(
        draft_hash=basis.draft_hash,
        currency=basis.draft.currency,
        months=months.names[months.warming :],
        warming=months.names[: months.warming],
        spend_share_millionths=basis.share_millionths,
        live=live,
        draft=draft,
        winners=tuple(comparison.winners),
        losers=tuple(comparison.losers),
        undated=undated_conditions(basis.live, basis.draft),
        left_out=left_out(basis.live, basis.draft, basis.telling),
        notes=_notes((live, draft), basis, comparison),
        pauses=pauses_in(months, basis.pauses),
        pools=_pools(comparison),
        entries_left_out=_entries_left_out(comparison),
    )


def _side(program: CompiledProgram, months: Months, tally: Tally) -> Side:
    def row(what: str, of: str = "", under: str = "") -> tuple[int, ...]:
        return tuple(tally.row(what, of, under)[months.warming :])

    units = sorted({of for what, of, _ in tally.figures if what in _ADDED})
    revenue = row("revenue")
    return Side(
        name=program.program.id,
        version=program.version,
        orders=row("orders"),
        revenue_minor=revenue,
        members=row("members"),
        units=tuple(_unit(unit, habit, row) for unit in units for habit, _, _ in HABITS),
        money=tuple(_money(program, (units, habit), row, sum(revenue)) for habit, _, _ in HABITS),
        tiers=_named(program, tally, "tier", row),
        moves=_named(program, tally, "move", row),
        unearned={
            reason: sum(counts)
            for (what, reason, _), counts in sorted(tally.figures.items())
            if what == "unearned"
        },
        first_reward_median=quantile(tally.reached, 1, 2),
        first_reward_p90=quantile(tally.reached, 9, 10),
        never_reached=tally.never,
    )


def _unit(unit: str, habit: str, row: _Row) -> UnitMonths:
    return UnitMonths(
        unit,
        habit,
        issued=row("earn", unit, habit),
        reversed=row("reverse", unit, habit),
        redeemed=row("redeem", unit, habit),
        expired=row("expire", unit, habit),
        returned=tuple(map(sum, zip(*(row(each, unit, habit) for each in _BACK), strict=True))),
        outstanding=row("outstanding", unit, habit),
        imported=row("import", unit, habit),
    )


def _money(
    program: CompiledProgram, of: tuple[list[str], str], row: _Row, revenue: int
) -> MoneyMonths:
    units, habit = of
    by_unit = []
    for unit in units:
        worth, per = point_worth(program, unit)
        points = row("outstanding", unit, habit)
        by_unit.append([floor_ratio(count * worth, per) for count in points])
    cost = row("cost", "", habit)

    def of_rewards(what: str) -> tuple[int, ...]:
        rows = (row(what, reward, habit) for reward in sorted(program.rewards))
        return tuple(sum(month) for month in zip(*rows, strict=True))

    return MoneyMonths(
        habit=habit,
        liability_minor=tuple(sum(month) for month in zip(*by_unit, strict=True)),
        cost_minor=cost,
        rewards=of_rewards("rewards"),
        unpriced=row("unpriced", "", habit),
        refused=of_rewards("refused"),
        total_cost_minor=sum(cost),
        cost_share_millionths=floor_ratio(sum(cost) * MILLION, revenue) if revenue > 0 else 0,
    )


def _named(
    program: CompiledProgram, tally: Tally, what: str, row: _Row
) -> dict[str, dict[str, tuple[int, ...]]]:
    """Figures of a tier group by tier, or by move."""
    by_group: dict[str, dict[str, tuple[int, ...]]] = {}
    for group_id, group in program.groups.items():
        known = {under for kind, of, under in tally.figures if (kind, of) == (what, group_id)}
        in_order = [tier.id for tier in group.tiers] if what == "tier" else sorted(known)
        by_group[group_id] = {under: row(what, group_id, under) for under in in_order}
    return by_group


def _pools(comparison: Comparison) -> PoolFigures:
    live, draft = comparison.live, comparison.draft
    told = sum(live.row("pools")), sum(live.row("sharers"))
    return PoolFigures(*told, sum(live.row("passings")), sum(draft.row("passings")))


def _entries_left_out(comparison: Comparison) -> dict[str, int]:
    """How many entries of the books stand behind each note about them."""
    found = {
        note: sum(sum(comparison.live.row("other", kind)) for kind in kinds)
        for note, kinds in _PEOPLE.items()
    }
    return {note: count for note, count in found.items() if count}


def _notes(sides: tuple[Side, ...], basis: Basis, comparison: Comparison) -> tuple[str, ...]:
    """Codes of what the figures cannot say, for whoever reads them."""
    notes = list(_entries_left_out(comparison))
    if any(sum(money.refused) for side in sides for money in side.money):
        notes.append("rewards_ran_out")
    if basis.turn.live.places or basis.turn.draft.places:
        notes.append("budgets_ran_out")
    if refused_of(basis.draft, comparison.draft.asks) != basis.turn.draft:
        notes.append("budgets_unsettled")
    if any(sum(money.unpriced) for side in sides for money in side.money):
        notes.append("rewards_unpriced")
    if any(not side.units for side in sides):
        notes.append("nothing_earned")
    return tuple(notes)
