"""The end of a month for one member: points lapse, some are spent, and what is held is counted."""

from collections.abc import Iterable, Mapping

from chalicelib.domain.booking import Draft
from chalicelib.domain.idleness import lapses_at
from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import balance, booked
from chalicelib.domain.member import Account, MemberFacts, UnitState
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.domain.pausing import redeem_stop
from chalicelib.domain.program.idle import Idleness
from chalicelib.domain.replay.by_itself import redeem_by_itself
from chalicelib.domain.replay.member_state import Walk, all_opened, as_known, keep
from chalicelib.domain.replay.spending import Purse, covers, grown, spend_month
from chalicelib.domain.standing import held_tiers


def close_months(walk: Walk, until: int) -> None:
    """End every month before ``until``, one after the other."""
    while walk.month < until:
        if walk.month >= 0 and walk.main.draft is not None:
            _close_month(walk, walk.plan.months.starts[walk.month + 1] - 1)
        elif walk.main.draft is None:
            walk.month = until
            return
        walk.month += 1


def _close_month(walk: Walk, end: Instant) -> None:
    redeem_by_itself(walk, end)  # a limit may have room again
    idle = walk.plan.program.idle
    still = {id(purse.draft): _is_still(_account(purse), idle, end) for purse in _apart(walk)}
    busy = [
        purse for purse in walk.purses if not (still[id(purse.draft)] and _rested(walk, purse, end))
    ]
    held = held_tiers(_account(walk.main), walk.plan.program, end)  # the same in every purse
    if busy:
        drafts, facts = all_opened(walk, end, busy), as_known(walk, end, held)
        for purse in busy:
            spend_at_end(walk, purse, drafts[purse.name], facts)
    for purse in walk.purses:
        for unit, state in _account(purse).units.items():
            walk.tally.add(("outstanding", unit, purse.name), walk.month, booked(state))
    walk.tally.add(("members", "", ""), walk.month, 1)
    _count_tiers(walk, held)


def _apart(walk: Walk) -> Iterable[Purse]:
    """One purse of all that share an account."""
    return {id(purse.draft): purse for purse in walk.purses}.values()


def _is_still(account: Account, idle: Mapping[str, Idleness], end: Instant) -> bool:
    """Whether nothing lapsed until ``end``."""
    for unit, state in account.units.items():
        date = lapses_at(state, idle.get(unit))
        if (date is not None and date <= end) or _has_lapsed(state, end):
            return False
    return True


def _rested(walk: Walk, purse: Purse, end: Instant) -> bool:
    """Whether nothing can be bought, where nothing lapsed: then only appetite grew.

    What matured stays as it was written; the next order, or the next purchase, sees to it.
    """
    program, cheapest = walk.plan.program, walk.plan.cheapest
    if not purse.share_millionths or end >= program.redeem_before:
        return True
    appetite: dict[str, int] = {}
    for unit, state in _account(purse).units.items():
        if unit in cheapest:
            available, least = balance(state, end).available, cheapest[unit]
            hunger = grown(purse, unit, available, least)
            if available >= least and covers(purse, hunger, least, least):
                return False
            appetite[unit] = hunger
    purse.appetite.update(appetite)
    return True


def _has_lapsed(state: UnitState, end: Instant) -> bool:
    for lot in state.lots:
        if lot.remaining and lot.expires_at is not None and lot.expires_at <= end:
            return True
    return False


def spend_at_end(walk: Walk, purse: Purse, lapsed: Draft, facts: MemberFacts) -> None:
    """Let a purse take what its appetite covers at the end of a month; who it is: ``facts``."""
    tally, month = walk.tally, walk.month
    program, pauses = walk.plan.program, walk.plan.pauses
    is_open = redeem_stop(program, pauses, lapsed.now) is None
    choices = walk.plan.choices if is_open else ()
    draft, taken = spend_month(purse, lapsed, program, (facts, choices, walk.plan.cheapest))
    for choice in taken:
        is_priced = choice.cost_minor is not None
        name = "cost" if is_priced else "unpriced"
        tally.add((name, "", purse.name), month, choice.cost_minor or int(not is_priced))
        tally.add(("rewards", choice.reward.id, purse.name), month, 1)
        tally.add(("bought", choice.reward.id, purse.name), month, 1)
    keep(walk, purse, draft)


def _account(purse: Purse) -> Account:
    if purse.draft is None:
        raise InvariantBroken("months of members alone are closed")
    return purse.draft.account


def _count_tiers(walk: Walk, held: dict[str, str]) -> None:
    for group, tier in held.items():
        walk.tally.add(("tier", group, tier), walk.month, 1)
        before = walk.tiers.get(group, walk.plan.program.groups[group].tiers[0].id)
        if tier != before:
            walk.tally.add(("move", group, f"{before}>{tier}"), walk.month, 1)
    walk.tiers = held
