"""Judging: tiers by conditions on what the shop knows of a member, looked at again as they change.

Such a standing is not made by amounts. It is written when it is judged: at once, at the end of the
day, or of a window, after something that its conditions ask about has changed. Until then the one
written before holds. An entry of 0 points says which tier began; nothing is given on entry.
"""

from typing import Final

import msgspec

from chalicelib.domain.booking import Draft, with_account
from chalicelib.domain.due import judging_time, next_judging, sooner
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind, Explained, Movement
from chalicelib.domain.member import MemberFacts, Standing, standing_of
from chalicelib.domain.program.fields import Subject
from chalicelib.domain.program.keeping import Held
from chalicelib.domain.program.plan import CompiledGroup, CompiledProgram
from chalicelib.domain.program.tier_places import held_of, with_floor, with_held

JUDGED: Final = "tier_judged"
"""The reason of an entry that says which tier began."""


def groups_by_conditions(program: CompiledProgram) -> tuple[CompiledGroup, ...]:
    """The tier groups that are judged: those of now, whatever version an order was awarded by."""
    return program.judging


def conditions_of(program: CompiledProgram) -> dict[str, tuple[object, ...]]:
    """Who holds which tier, by group: whatever of a program says so."""
    return {
        group.id: (
            group.zone,
            program.program.segments if "member.segments" in group.asks else None,
            *((tier.id, tier.tier.if_) for tier in group.tiers),
        )
        for group in groups_by_conditions(program)
    }


def awaiting(draft: Draft, program: CompiledProgram) -> Draft:
    """``draft`` with the times noted at which its standings are to be judged, from now on.

    One that waits for a sooner time keeps it.
    """
    groups = groups_by_conditions(program)
    times = {group.id: judging_time(group, draft.now) for group in groups}
    return with_account(draft, judge_at=sooner(draft.account.judge_at, times))


def judged(draft: Draft, program: CompiledProgram, facts: MemberFacts) -> Draft:
    """``draft`` with every standing judged whose time has come, and when time alone asks again."""
    ripe = {group for group, at in draft.account.judge_at.items() if at <= draft.now}
    waits = {group: at for group, at in draft.account.judge_at.items() if group not in ripe}
    for group in groups_by_conditions(program):
        if group.id in ripe:
            draft = _judged(draft, group, facts)
            told = facts, draft.now
            at = next_judging(draft.account, group, program.groups, told)
            waits |= {group.id: at} if at else {}
    return with_account(draft, judge_at=waits)


def place_by(group: CompiledGroup, facts: MemberFacts) -> int:
    """The place of the highest tier whose condition ``facts`` meet; 0 is everybody's."""
    subject = Subject({}, facts)
    return max(
        (
            place
            for place, tier in enumerate(group.tiers)
            if tier.condition and tier.condition(subject)
        ),
        default=0,
    )


def _judged(draft: Draft, group: CompiledGroup, facts: MemberFacts) -> Draft:
    standing = standing_of(draft.account, group.id)
    place, before = place_by(group, facts), held_of(group, standing)
    if place == before.place and standing.tier in ("", group.tiers[place].id):
        return draft
    moved = _moved(group, standing, place, draft.now)
    tier = f"{group.id}/{moved.tier}"
    movement = Movement(
        "",
        0,
        EntryKind.QUALIFY,
        explanation=(Explained(JUDGED, {"tier": tier}),),
        document=f"standing:{draft.now}",
    )
    draft = with_account(draft, standings={**draft.account.standings, group.id: moved})
    return msgspec.structs.replace(draft, movements=(*draft.movements, movement))


def _moved(group: CompiledGroup, standing: Standing, place: int, now: Instant) -> Standing:
    """Held from now on; what was held before is what an order of before now is judged by."""
    before = held_of(group, standing)
    return with_floor(group, with_held(group, standing, Held(place, now, None)), before)
