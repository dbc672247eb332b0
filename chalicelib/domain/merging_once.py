"""What two members who are one person both had once: the one that goes gives it back, by its award.

Both may have had a bonus for joining, for a first order, for a first review. Of each the kept
one's stays, however late it came; what the gone one had goes back before its points are moved, in
the same commit.
"""

import msgspec

from chalicelib.domain.actions import Action, action_occasion, name_of
from chalicelib.domain.asking import Holder
from chalicelib.domain.awards import Case, Settled, settle, settle_occasion
from chalicelib.domain.booking import Draft, reversed_points
from chalicelib.domain.budgets import Budgets
from chalicelib.domain.causes import Unsettled, free_of
from chalicelib.domain.challenge_settling import Honours
from chalicelib.domain.crediting import credit_dates
from chalicelib.domain.decision import Document, Marker
from chalicelib.domain.granting import BADGE, Granted, Thing, left_of
from chalicelib.domain.joining import JOINING_ID
from chalicelib.domain.ledger import EntryKind, Explained, Movement
from chalicelib.domain.lots import Touched
from chalicelib.domain.member import Account, Counters, MemberFacts, Profile
from chalicelib.domain.member_records import Merge
from chalicelib.domain.messages import Inbox
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.choosing import MEMBER_MARK
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.compiled_rules import SHARED_PREFIX
from chalicelib.domain.program.occasion import Grant, Share
from chalicelib.domain.promises import Giver, granted
from chalicelib.domain.records import Joining


class Merging(msgspec.Struct, frozen=True):
    """One of the two, as read."""

    member: str
    account: Account | None
    counters: Counters = Counters()
    joinings: tuple[Joining, ...] = ()  # under any of their ids
    honours: Honours = Honours()  # as far as the live program has any
    inbox: Inbox = Inbox()


class WonTwice(msgspec.Struct, frozen=True):
    """A document of the gone one that won once-rules which the kept one has won, too."""

    document: OrderDocument | Action
    program: CompiledProgram  # of its terms
    winners: dict[str, str]  # rule → document of the kept one
    places: dict[str, str]  # rule → under which id the document's marker stands


class MergeLoad(msgspec.Struct, frozen=True):
    """What a merge depends on."""

    shop: str
    kept: Merging
    gone: Merging
    program: CompiledProgram | None
    document: Merge | None = None
    followers: dict[str, Account] = {}  # merged into the gone one before
    joined_by: dict[int, CompiledProgram] = {}  # versions that the gone one joined by
    profile: Profile | None = None  # of a kept one whose account the merge makes
    twice: tuple[WonTwice, ...] = ()
    pools: dict[str, Account] = {}  # that the gone one shares
    unsettled: Unsettled = {}  # of the causes that the gone one gave to once
    budgets: Budgets = Budgets()  # that documents of ``twice`` spent


def joined_twice(loaded: MergeLoad) -> tuple[str, ...]:
    """Joining rules that gave to both."""
    return tuple(sorted(_rules(loaded.kept) & _rules(loaded.gone)))


def _rules(side: Merging) -> set[str]:
    paid = {share.rule_id for joining in side.joinings for share in joining.posted}
    paid |= {rule for joining in side.joinings if joining.drawn for rule in joining.drawn.numbers}
    return paid | {grant.rule_id for joining in side.joinings for grant in joining.grants}


def joinings_taken_back(draft: Draft, loaded: MergeLoad) -> tuple[Draft, tuple[Joining, ...]]:
    """Take back what the gone member had for joining, where the kept one had it, too."""
    shared = set(joined_twice(loaded))
    changed: list[Joining] = []
    free = free_of(loaded.unsettled)
    for joining in loaded.gone.joinings:
        lost = [share for share in joining.posted if share.rule_id in shared]
        for share in lost:
            draft = _reversed(draft, share, loaded.joined_by[joining.program_version])
        source = Giver(f"joining:{JOINING_ID}", joining.program_version)
        target = (_targets(joining, shared), free)
        grants, draft = granted(joining.grants, target, draft, source)
        free = left_of(free, joining.grants, grants)
        if lost or grants != joining.grants:
            left = tuple(share for share in joining.posted if share.rule_id not in shared)
            budgets = _budgets_without(joining, shared)
            made = msgspec.structs.replace(joining, posted=left, grants=grants, budgets=budgets)
            changed.append(msgspec.structs.replace(made, revision=joining.revision + 1))
    return draft, tuple(changed)


def _budgets_without(joining: Joining, rules: set[str]) -> dict[str, int]:
    """What the joining holds of limits that the shop shares, without those of ``rules``."""
    lost = {f"{SHARED_PREFIX}{rule}" for rule in rules}
    held = joining.budgets.items()
    return {name: amount for name, amount in held if name.partition("@")[0] not in lost}


def _targets(joining: Joining, shared: set[str]) -> list[Grant]:
    """What the joining still grants where ``shared`` rules do not count; badges stay."""
    lines = (
        line
        for line in joining.grants
        if line.amount and (line.rule_id not in shared or line.kind == BADGE)
    )
    return [Grant(line.rule_id, line.effect, line.kind, line.name, line.amount) for line in lines]


def given_before(loaded: MergeLoad, changed: tuple[Joining, ...]) -> tuple[Document, ...]:
    """The documents that the merge changes, as they were, and progress that it may change."""
    names = {joining.member for joining in changed}
    joinings = (joining for joining in loaded.gone.joinings if joining.member in names)
    sides = (loaded.kept.honours, loaded.gone.honours)
    progress = (each for side in sides for each in side.progress.values())
    return (*joinings, *(won.document for won in loaded.twice), *progress)


def free_after(
    loaded: MergeLoad, joinings: tuple[Joining, ...], awards: tuple[OrderDocument | Action, ...]
) -> dict[Thing, int]:
    """What of causes can be taken back once ``joinings`` and ``awards`` gave theirs back."""
    before = (*loaded.gone.joinings, *(won.document for won in loaded.twice))
    changed = {joining.member: joining for joining in joinings}
    after = (*(changed.get(each.member, each) for each in loaded.gone.joinings), *awards)
    lines = ([line for each in documents for line in each.grants] for documents in (before, after))
    return left_of(free_of(loaded.unsettled), *lines)


def _reversed(draft: Draft, share: Share, program: CompiledProgram) -> Draft:
    dates = credit_dates(program, share.unit, min(draft.account.joined_at, draft.now))
    own = (Touched(share.points, dates.available_at, dates.expires_at),)
    movement = Movement(
        share.unit,
        -share.points,
        EntryKind.REVERSE,
        explanation=(Explained("merged_once", {"rule": share.rule_id}),),
        document=f"joining:{JOINING_ID}",
    )
    draft, _ = reversed_points(draft, own, movement, program.program.units[share.unit].negative)
    return draft


def awards_taken_back(
    draft: Draft, loaded: MergeLoad, joinings: tuple[Joining, ...]
) -> tuple[Draft, tuple[OrderDocument | Action, ...], Counters]:
    """Settle what the gone one won and the kept one has: the bonus goes back.

    ``joinings`` are those that were changed before.
    """
    before_joinings = (line for each in loaded.gone.joinings for line in each.grants)
    changed = {joining.member: joining for joining in joinings}
    now_joinings = (
        line for each in loaded.gone.joinings for line in changed.get(each.member, each).grants
    )
    free = left_of(free_of(loaded.unsettled), before_joinings, now_joinings)
    counters, documents = loaded.gone.counters, list[OrderDocument | Action]()
    for each in loaded.twice:
        before = len(draft.movements)
        settled = _without_bonus(each, Holder(draft, counters, MemberFacts(), each.winners, free))
        free = left_of(free, each.document.grants, settled.document.grants)
        name = name_of(each.document)
        mine = (
            msgspec.structs.replace(movement, document=name)
            for movement in settled.draft.movements[before:]
        )
        movements = (*settled.draft.movements[:before], *mine)
        draft = msgspec.structs.replace(settled.draft, movements=movements)
        counters, revision = settled.counters, each.document.revision + 1
        documents.append(msgspec.structs.replace(settled.document, revision=revision))
    return draft, tuple(documents), counters


def grants_taken_back(
    loaded: MergeLoad, awards: tuple[OrderDocument | Action, ...]
) -> tuple[tuple[Granted, ...], tuple[Granted, ...]]:
    """Grants (before, after) of the documents that were won twice."""
    before = tuple(line for each in loaded.twice for line in each.document.grants)
    return before, tuple(line for each in awards for line in each.grants)


def _without_bonus(won: WonTwice, holder: Holder) -> Settled[OrderDocument] | Settled[Action]:
    document = won.document
    if isinstance(document, OrderDocument):
        return settle(document, holder, won.program, document.reason)
    case = Case(action_occasion(document, document.reason), document.reason)
    return settle_occasion(document, case, holder, won.program)


def freed_markers(won: WonTwice) -> tuple[Marker, ...]:
    """The markers that the document holds no more."""
    name = name_of(won.document)
    marks = won.document.terms.subjects if won.document.terms else {}
    return tuple(
        Marker(rule, marks.get(rule, MEMBER_MARK), name, place)
        for rule, place in sorted(won.places.items())
    )
