"""Tiers by conditions on the way through a replay, judged when the books judge them.

::

    told       what an order or an action remembers of the member, and today's facts at the time
               that they are as of: judged before what comes then, or noted for the day's end
    booked     noted with whatever changed what a condition asks; the sweep is there at once
    due        days and windows end, and time alone changes what a condition asks

Of facts that changed twice between two awards the first change is not known, nor when those were
told that others replaced since. All habits of spending
are judged by the main one. Programs without such tiers (``Plan.judges``) do not come here.
"""

from collections.abc import Callable

import msgspec

from chalicelib.domain.booking import Draft
from chalicelib.domain.entering import LOOK
from chalicelib.domain.instants import Instant
from chalicelib.domain.judging import awaiting, judged
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.replay.member_state import Walk, all_opened, each_once, keep, with_account_of
from chalicelib.domain.replay.past_members import PastMember


def hear(walk: Walk, facts: MemberFacts, at: Instant) -> None:
    """Note what is told of the member at ``at``; whose tiers may hang on it is judged again."""
    before, walk.told = walk.told, facts
    if facts != before:
        judge_again(walk, at)


def hear_facts(walk: Walk, person: PastMember, at: Instant) -> None:
    """Note those of today's facts that were so at ``at``: they were told then, new or not."""
    known = {**walk.told.facts, **person.told_at(at)}
    walk.told = msgspec.structs.replace(walk.told, facts=known)
    judge_again(walk, at)


def judge_again(walk: Walk, at: Instant) -> None:
    """Judge a member after something changed, now or when the program says so."""
    if walk.main.draft is not None:
        facts, program = with_account_of(walk, walk.told, at), walk.plan.program
        _judge(walk, at, lambda draft: judged(awaiting(draft, program), program, facts))


def judge_due(walk: Walk, at: Instant) -> None:
    """Judge the standings whose time has come."""
    facts, program = with_account_of(walk, walk.told, at), walk.plan.program
    _judge(walk, at, lambda draft: judged(draft, program, facts))


def judged_next(walk: Walk) -> Instant:
    """When a standing of the member is to be judged; 0: none is."""
    waiting = walk.main.draft.account.judge_at if walk.main.draft else {}
    return min((at for group, at in waiting.items() if group != LOOK), default=0)


def _judge(walk: Walk, at: Instant, change: Callable[[Draft], Draft]) -> None:
    after = each_once(all_opened(walk, at, walk.purses), change)
    for purse in walk.purses:
        keep(walk, purse, after[purse.name])
