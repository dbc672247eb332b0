"""The end of a month for one member: points lapse, some are spent, and what is held is counted."""

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import booked
from chalicelib.domain.member import Account, MemberFacts
from chalicelib.domain.replay.member_state import Walk, all_opened, keep
from chalicelib.domain.replay.spending import MAIN, spend_month
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
    program, month, tally = walk.plan.program, walk.month, walk.tally
    drafts = all_opened(walk, end)
    facts = _with_tiers(walk, drafts[MAIN].account, end)  # standings are the same in every purse
    for purse in walk.purses:
        lapsed = drafts[purse.name]
        draft, taken = spend_month(purse, lapsed, program, (facts, walk.plan.choices))
        for choice in taken:
            is_priced = choice.cost_minor is not None
            name = "cost" if is_priced else "unpriced"
            tally.add((name, "", purse.name), month, choice.cost_minor or int(not is_priced))
            tally.add(("rewards", choice.reward.id, purse.name), month, 1)
        keep(walk, purse, draft)
        for unit, state in draft.account.units.items():
            tally.add(("outstanding", unit, purse.name), month, booked(state))
    tally.add(("members", "", ""), month, 1)
    _count_tiers(walk, facts.tiers)


def _with_tiers(walk: Walk, account: Account, now: Instant) -> MemberFacts:
    held = held_tiers(account, walk.plan.program, now)
    return msgspec.structs.replace(
        walk.facts, tiers=held, joined_at=account.joined_at, order_count=account.order_count
    )


def _count_tiers(walk: Walk, held: dict[str, str]) -> None:
    for group, tier in held.items():
        walk.tally.add(("tier", group, tier), walk.month, 1)
        before = walk.tiers.get(group, walk.plan.program.groups[group].tiers[0].id)
        if tier != before:
            walk.tally.add(("move", group, f"{before}>{tier}"), walk.month, 1)
    walk.tiers = held
