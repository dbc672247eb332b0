"""What becomes of a member besides orders and actions: joining, imports, taking part, years.

Anniversaries follow from when the member joined, which in a replay may be another day than in the
books; so they are made on the way, each before whatever comes after it.
"""

import msgspec

from chalicelib.domain.booking import Draft, counted, credited, opened
from chalicelib.domain.calendar import local_date
from chalicelib.domain.celebrating import celebrated, with_anniversary
from chalicelib.domain.crediting import credit_dates
from chalicelib.domain.entering import all_marked, entering_action, looked_at, to_enter, to_leave
from chalicelib.domain.instants import Instant
from chalicelib.domain.joining import enrolled
from chalicelib.domain.ledger import EntryKind, Movement
from chalicelib.domain.lots import Touched
from chalicelib.domain.member import Profile
from chalicelib.domain.program.rollout import is_open_to
from chalicelib.domain.program.rule_document import ANNIVERSARY
from chalicelib.domain.progress import Progress
from chalicelib.domain.replay.acting import take_action
from chalicelib.domain.replay.by_itself import next_by_itself, redeem_by_itself
from chalicelib.domain.replay.judging import hear_facts, judge_again, judge_due, judged_next
from chalicelib.domain.replay.member_state import (
    Walk,
    all_opened,
    each_once,
    keep,
    known_facts,
    watching,
)
from chalicelib.domain.replay.month_ends import close_months
from chalicelib.domain.replay.past_actions import ActionStep, past_action_of
from chalicelib.domain.replay.past_members import PastImport, PersonStep
from chalicelib.domain.replay.spending import MAIN

_ADJUSTED = "adjust"
"""The activity that an import is, where inactivity ends points."""


def pass_time(walk: Walk, until: Instant) -> None:
    """End months, and let happen by itself what time brings: years, tiers, cards, up to then."""
    places = walk.plan.months
    while walk.main.draft is not None:
        account = walk.main.draft.account
        year, look = account.anniversary_at, looked_at(account)
        due = judged_next(walk) if walk.plan.judges else 0
        at = min((each for each in (year, look, due, next_by_itself(walk)) if each), default=0)
        if not 0 < at <= until:
            break
        close_months(walk, places.place_of(at))
        if at == year:
            _celebrate(walk, at)
        if at == due:
            judge_due(walk, at)
        elif at == look:
            _enter(walk, at)
        redeem_by_itself(walk, at)
    close_months(walk, places.place_of(until))


def _enter(walk: Walk, at: Instant) -> None:
    """Tell of tiers that were entered by ``at``, or taken away, as the sweep does."""
    if walk.main.draft is None:
        return
    account, groups = walk.main.draft.account, walk.plan.program.entering
    for _, action in to_leave(account, groups, at):
        known = past_action_of(walk.actions[MAIN][action])
        take_action(walk, ActionStep(at, known, is_revoked=True))
    for tier in to_enter(account, groups, at):
        take_action(
            walk, ActionStep(at, past_action_of(entering_action(walk.member, tier, (at, at))))
        )

    def noted(draft: Draft) -> Draft:
        account = all_marked(draft.account, groups, at)
        return watching(msgspec.structs.replace(draft, account=account, now=at))

    drafts = {purse.name: purse.draft for purse in walk.purses if purse.draft is not None}
    after = each_once(drafts, noted)
    for purse in walk.purses:
        purse.draft = after[purse.name]


def take_person(walk: Walk, step: PersonStep) -> None:
    """Let the member join, have what was brought for them, or take part in a challenge."""
    is_member = walk.main.draft is not None
    if step.brought is not None and is_member:
        _bring(walk, step.brought)
    elif step.challenge and is_member:
        _take_part(walk, step)
    elif step.is_told:
        hear_facts(walk, step.person, step.at)
    elif not (is_member or step.brought or step.challenge):
        _join(walk, step)


def _join(walk: Walk, step: PersonStep) -> None:
    program = walk.plan.program
    if not is_open_to(walk.member, program):
        return
    walk.facts = known_facts(walk, step.person.facts, step.at)
    if step.person.is_enrolled:
        blank = opened(walk.member, None, step.at, program)
        profile = Profile(walk.member, joined_at=step.at)
        draft = with_anniversary(enrolled(blank, profile, step.at).draft, program)
    else:
        draft = all_opened(walk, step.at, walk.purses)[MAIN]
    for purse in walk.purses:
        keep(walk, purse, draft)
    walk.told = msgspec.structs.replace(walk.facts, facts={})  # joining itself was judged by that
    if step.person.is_enrolled and walk.plan.judges:
        judge_again(walk, step.at)


def _bring(walk: Walk, brought: PastImport) -> None:
    program, unit = walk.plan.program, brought.unit
    if unit not in program.units or (brought.until and brought.until <= brought.at):
        return
    own = credit_dates(program, unit, brought.at).expires_at
    dates = Touched(0, 0, brought.until or own)

    def credit(draft: Draft) -> Draft:
        movement = Movement(unit, brought.points, EntryKind.IMPORT)
        draft, _ = credited(draft, unit, brought.points, dates, movement)
        return counted(draft, _ADJUSTED, brought.at)

    drafts = all_opened(walk, brought.at, walk.purses)
    made = each_once(drafts, credit)
    for purse in walk.purses:
        keep(walk, purse, made[purse.name])


def _take_part(walk: Walk, step: PersonStep) -> None:
    challenge = walk.plan.program.challenges.get(step.challenge)
    if challenge is None or not challenge.is_joined:
        return
    joined = Progress(
        challenge.id, walk.member, challenge.terms, joined_at=step.at, recorded_at=step.at
    )
    for held in walk.progress.values():
        held[challenge.id] = joined  # before that nothing counted


def _celebrate(walk: Walk, at: Instant) -> None:
    """Book the anniversary that comes at ``at``, and note the next one."""
    program = walk.plan.program
    day = local_date(at, program.zone)
    made = past_action_of(celebrated(walk.member, ANNIVERSARY, day, (at, at)))
    drafts = {purse.name: purse.draft for purse in walk.purses if purse.draft is not None}

    def noted(draft: Draft) -> Draft:
        return with_anniversary(msgspec.structs.replace(draft, now=at), program)

    after = each_once(drafts, noted)
    for purse in walk.purses:
        purse.draft = after[purse.name]
    take_action(walk, ActionStep(at, walk.celebrations.get(made.id, made)))
