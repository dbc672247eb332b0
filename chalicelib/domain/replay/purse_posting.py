"""What a document was awarded, posted into the purse of every habit.

The award, the standing and the counters are the same under every habit; lots, and what of them can
be taken back, are the purse's own. Until habits part everybody has the same lots: then it is posted
once.
"""

from collections.abc import Mapping
from typing import Generic, TypeVar

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.asking import Holder
from chalicelib.domain.awards import Settled
from chalicelib.domain.booking import Draft, counted, with_account
from chalicelib.domain.challenge_settling import Honours
from chalicelib.domain.instants import Instant
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.posting import posted_all, posted_unit
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.progress import Badges, Progress
from chalicelib.domain.replay.member_state import Walk, keep, note_given, note_rewards
from chalicelib.domain.replay.spending import MAIN, Purse

A = TypeVar("A", OrderDocument, Action)


class Posting(msgspec.Struct, Generic[A], frozen=True):
    """A document settled under the main habit, and where everybody stood before."""

    before: A
    settled: Settled[A]
    drafts: Mapping[str, Draft]  # by purse
    activity: str  # that keeps points alive; "" for none


def holder_of(walk: Walk, draft: Draft, document: OrderDocument | Action) -> Holder:
    """The member as the books would load them for ``document``."""
    program = walk.plan.program
    holder = Holder(draft, walk.counters, walk.facts, walk.once.taken(program, document))
    if program.challenges or program.program.badges:
        honours = Honours(walk.progress[MAIN], walk.badges)
        holder = msgspec.structs.replace(holder, honours=honours)
    return holder


def post_everywhere(
    walk: Walk, held: dict[str, dict[str, A]], name: str, posting: Posting[A]
) -> None:
    """Post what was settled into every purse; ``held`` are the documents by purse and name."""
    settled, before, drafts = posting.settled, posting.before, posting.drafts
    after = settled.document
    walk.counters = settled.counters
    moved = [each for each in settled.kept if isinstance(each, Progress)]
    draft = settled.draft
    if draft.account.promises:  # nobody waits for them here
        draft = with_account(draft, promises={})
        settled = msgspec.structs.replace(settled, draft=draft)
    kept = _counted(draft, posting.activity, after.earned_at)
    main = held[MAIN].get(name, before)
    for purse in walk.purses:
        own, draft = after, kept
        known = held[purse.name].get(name, before)
        is_alike = drafts[purse.name] is drafts[MAIN] and known == main
        has_parted = not is_alike or _have_parted(walk, purse, moved)
        if purse.name != MAIN and has_parted:
            posted = _posted(settled, known, drafts[purse.name], walk.plan.program)
            own, draft = posted.document, posted.draft
            for progress in moved:
                draft = _progressed(walk, purse, progress, draft, after.earned_at)
            draft = _counted(draft, posting.activity, after.earned_at)
        held[purse.name][name] = own
        keep(walk, purse, draft)
    walk.once.note(before, after)
    note_given(walk, before.posted, after.posted)
    _keep_honours(walk, settled)
    note_rewards(walk, before.grants, after.grants)


def _have_parted(walk: Walk, purse: Purse, moved: list[Progress]) -> bool:
    """Whether the purse holds something else for what moved than the main one does."""
    own, main = walk.progress[purse.name], walk.progress[MAIN]
    return any(own.get(each.id) != main.get(each.id) for each in moved)


def _progressed(walk: Walk, purse: Purse, progress: Progress, draft: Draft, at: Instant) -> Draft:
    """What a challenge gives by now, posted into a purse of its own lots."""
    own = walk.progress[purse.name].get(progress.id) or Progress(progress.id, progress.member)
    document = msgspec.structs.replace(
        progress, net=own.net, forgiven=own.forgiven, lapsed=own.lapsed, credited=own.credited
    )
    for unit in sorted({share.unit for share in (*own.posted, *progress.posted)}):
        document, draft = posted_unit(document, draft, walk.plan.program, unit, at)
    walk.progress[purse.name][progress.id] = document
    return draft


def _keep_honours(walk: Walk, settled: Settled[A]) -> None:
    """Keep the main purse's progress; habits that have not parted have the same."""
    for kept in settled.kept:
        if isinstance(kept, Badges):
            walk.badges = kept
            continue
        before = walk.progress[MAIN].get(kept.id)
        note_given(walk, before.posted if before else (), kept.posted)
        note_rewards(walk, before.grants if before else (), kept.grants)
        for purse in walk.purses:
            is_own = purse.name != MAIN and walk.progress[purse.name].get(kept.id) != before
            if not is_own:
                walk.progress[purse.name][kept.id] = kept


def _counted(draft: Draft, activity: str, at: Instant) -> Draft:
    return counted(draft, activity, at) if activity else draft


def _posted(settled: Settled[A], own: A, draft: Draft, program: CompiledProgram) -> Settled[A]:
    """What was awarded, in a purse of another assumption: ``own`` is what it holds for it."""
    after: A = settled.document
    account = msgspec.structs.replace(settled.draft.account, units=draft.account.units)
    draft = msgspec.structs.replace(draft, account=account)
    document = msgspec.structs.replace(
        after, net=own.net, forgiven=own.forgiven, lapsed=own.lapsed, credited=own.credited
    )
    document, draft = posted_all(own.posted, document, draft, program, after.earned_at)
    return Settled(document, draft, settled.counters)
