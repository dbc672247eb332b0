"""Documents and points: post the difference between what an order earns and what the books hold.

``target = what remains of the order or action, earned by the terms of its award``; we post
``target - posted``. So a duplicate posts nothing, a refund takes back what the award's own terms
say, and a whole return nets to zero. The terms are fixed at the first award: program version,
tier held before, what the member was like, and the room that each cap granted.
The posting itself, unit by unit, is ``posting.py``.
"""

from typing import Generic, TypeVar

import msgspec

from chalicelib.domain import limits, memberships
from chalicelib.domain.actions import Action, is_entering, name_of
from chalicelib.domain.asking import Asking, Holder, asked, entries_of, pair_of
from chalicelib.domain.booking import Draft, with_account, with_qualifying
from chalicelib.domain.challenge_settling import Challenged, Kept, settle_challenges
from chalicelib.domain.entering import marked, unmarked
from chalicelib.domain.exchange import Goods, goods_of
from chalicelib.domain.giving_messages import with_messages_given, with_refused
from chalicelib.domain.giving_tiers import with_tiers_given
from chalicelib.domain.granting import left_of
from chalicelib.domain.habits import bought
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Counters, Standing, standing_of
from chalicelib.domain.order_occasion import order_occasion, order_partner, ripens_at
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.partners import Booking, PartnerLine, issued_lines
from chalicelib.domain.posting import about, posted_all
from chalicelib.domain.program import caps, shared, tiers
from chalicelib.domain.program.campaigns import awarded
from chalicelib.domain.program.choosing import rules_of
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.occasion import (
    Award,
    Occasion,
)
from chalicelib.domain.progressing import always_free
from chalicelib.domain.promises import Giver, granted

A = TypeVar("A", OrderDocument, Action)


class Settled(msgspec.Struct, Generic[A], frozen=True):
    """A document and its member after the difference was posted."""

    document: A
    draft: Draft
    counters: Counters
    kept: tuple[Kept, ...] = ()  # progress and badges that changed


def settle(
    document: OrderDocument, holder: Holder, program: CompiledProgram, reason: str
) -> Settled[OrderDocument]:
    """Bring the books of ``holder`` to what ``document`` should have earned.

    ``reason`` is why the order may not earn now ("" when it may): its target is then nothing.
    """
    goods = goods_of(document, program, reason)
    partner = order_partner(document, program)
    occasion = order_occasion(document, (goods.lines, partner), holder.facts, holder.draft.now)
    settled = settle_occasion(document, Case(occasion, reason, goods), holder, program)
    ripens = 0 if reason else ripens_at(occasion, program)
    change = int(not reason) - int(document.counted)
    count = settled.draft.account.order_count + change
    minor = sum(line.net for line in goods.lines if not line.gift_card)
    after = msgspec.structs.replace(
        settled.document,
        counted=not reason,
        ripens_at=ripens,
        bought=0 if reason else minor,
        partners=_on_accounts(settled.document, holder, program),
    )
    changes = bought(settled.draft.account, document, after, program.zone)
    draft = with_account(settled.draft, order_count=count, **changes)
    return Settled(after, draft, settled.counters, settled.kept)


def _on_accounts(
    document: OrderDocument, holder: Holder, program: CompiledProgram
) -> tuple[PartnerLine, ...]:
    """What the order does to accounts of partners."""
    if not program.payers and not document.partners:
        return ()
    booking = Booking(program, holder.draft.now, document.revision + 1)
    return issued_lines(document.partners, document.posted, booking)


class Case(msgspec.Struct, frozen=True):
    """What is left of a document, why it may not earn ("" when it may), and its goods."""

    occasion: Occasion
    reason: str
    goods: Goods = Goods()
    came_about: Instant = 0  # when it had what it gives, where that is later than the document


def settle_occasion(
    document: A, case: Case, holder: Holder, program: CompiledProgram
) -> Settled[A]:
    """As ``settle``, for any document."""
    occasion = case.occasion
    asking: Asking = asked(document, holder, program, occasion)
    moves = _moves(document, holder.draft, program, occasion, asking.award)
    asking = _with_entered(asking, moves, program, occasion)
    draft = _with_standings(holder.draft, moves)
    draft = _with_entries_undone(document, draft, asking, program)
    counters = _used(document, holder, program, occasion, asking.award)
    free = {**holder.free, **always_free(document.grants)}
    source = Giver(name_of(document), program.version, _given_from(document))
    grants, draft = granted(document.grants, (asking.award.grants, free), draft, source)
    told = name_of(document), max(case.came_about, occasion.at)
    draft = with_tiers_given(draft, (document.grants, grants), rules_of(program, occasion), told)
    news = name_of(document), max(case.came_about, _came_about(document, occasion))
    draft = with_messages_given(draft, (document.grants, grants), program, news)
    asking = msgspec.structs.replace(_told(asking, case.goods), grants=grants)
    settled = _recorded(document, asking, program, case)
    settled, draft = memberships.settled(settled, draft, program, occasion)
    settled, draft = posted_all(document.posted, settled, draft, program, occasion.at)
    deltas = {group: {move.bucket: move.amount} for group, move in moves.items()}
    if deltas:
        draft = with_qualifying(draft, deltas, about(document))
    draft = _with_entered_mark(settled, draft, program)
    left = left_of(holder.free, document.grants, grants)
    wanted, since = asking.award.progress, news[1]
    challenged = Challenged(wanted, holder.honours, program, occasion.at, left, since)
    settled, draft, kept = settle_challenges(settled, document, draft, challenged)
    return Settled(with_refused(settled, document, draft), draft, counters, kept)


def _came_about(document: OrderDocument | Action, occasion: Occasion) -> Instant:
    """When it happened, was taken back, or when what some rules wait for had come."""
    if isinstance(document, Action):
        return max(occasion.at, document.revoked_at or 0)
    ripe = document.ripens_at
    return max(occasion.at, occasion.fulfilled_at or 0, ripe if ripe <= occasion.now else 0)


def _given_from(document: OrderDocument | Action) -> Instant:
    """From when on rewards that it gives have their time; 0: from when they are issued."""
    side = document.side if isinstance(document, Action) else None
    return side.matures_at if side and side.is_qualified else 0


def _with_entered_mark(
    document: OrderDocument | Action, draft: Draft, program: CompiledProgram
) -> Draft:
    """``draft`` with the mark of the tier that an action of ours tells of; taken back, without."""
    if not isinstance(document, Action) or not is_entering(document):
        return draft
    tier = document.subject
    account = (
        marked(draft.account, (tier, document.id), program.groups, draft.now)
        if document.revoked_at is None
        else unmarked(draft.account, tier)
    )
    return msgspec.structs.replace(draft, account=account)


class _QualifyingMove(msgspec.Struct, frozen=True):
    bucket: str
    amount: int  # signed difference
    standing: Standing
    entered: tuple[str, ...]  # tier ids


def _told(asking: Asking, goods: Goods) -> Asking:
    """``asking`` with the rate kept, and the trace beginning with what it was counted as."""
    if goods.fx == asking.terms.fx and not goods.told:
        return asking
    trace = (*goods.told, *asking.award.trace)[: limits.TRACE_ROWS_MAX]
    return Asking(
        msgspec.structs.replace(asking.terms, fx=goods.fx),
        msgspec.structs.replace(asking.award, trace=trace),
    )


def _moves(
    document: A,
    draft: Draft,
    program: CompiledProgram,
    occasion: Occasion,
    award: Award,
) -> dict[str, _QualifyingMove]:
    """The difference of qualifying amounts by tier group, and where it puts the member."""
    moves: dict[str, _QualifyingMove] = {}
    for group in program.groups.values():
        amount = award.qualifying.get(group.id, 0) - document.qualifying.get(group.id, 0)
        if amount:
            standing = standing_of(draft.account, group.id)
            move = tiers.qualify(group, standing, amount, occasion.at, draft.now)
            bucket = tiers.bucket_of(group, move.standing, occasion.at)
            moves[group.id] = _QualifyingMove(bucket, amount, move.standing, move.entered)
    return moves


def _with_entered(
    asking: Asking,
    moves: dict[str, _QualifyingMove],
    program: CompiledProgram,
    occasion: Occasion,
) -> Asking:
    """Grant the entry effects of tiers newly entered: they become part of the terms."""
    entered = {f"{group}/{tier}" for group, move in moves.items() for tier in move.entered}
    new = tuple(sorted(entered - set(asking.terms.entered)))
    if not new or asking.terms.launched:
        return asking
    terms = msgspec.structs.replace(asking.terms, entered=(*asking.terms.entered, *new))
    return Asking(terms, awarded(program, occasion, terms))


def _with_standings(draft: Draft, moves: dict[str, _QualifyingMove]) -> Draft:
    if not moves:
        return draft
    standings = {group: move.standing for group, move in moves.items()}
    return with_account(draft, standings={**draft.account.standings, **standings})


def _with_entries_undone(
    document: OrderDocument | Action, draft: Draft, asking: Asking, program: CompiledProgram
) -> Draft:
    """Let tiers whose entry effects this order takes back, or has no right to, pay them again."""
    granted = {pair_of(entered) for entered in asking.terms.entered}
    before = entries_of(document.posted, document.grants) | granted
    undone = before and before - entries_of(asking.award.shares, asking.award.grants)
    if not undone:
        return draft
    standings = dict(draft.account.standings)
    for group_id, tier in sorted(undone):
        group, standing = program.groups[group_id], standings.get(group_id, Standing())
        standings[group_id] = tiers.without_entry(group, standing, (tier,), draft.now)
    return with_account(draft, standings=standings)


def _used(
    document: OrderDocument | Action,
    holder: Holder,
    program: CompiledProgram,
    occasion: Occasion,
    award: Award,
) -> Counters:
    """Counters after the difference; a refund frees room for later orders only."""
    if not award.used and not document.used:
        return holder.counters
    change = {
        cap: award.used.get(cap, 0) - document.used.get(cap, 0)
        for cap in sorted({*award.used, *document.used})
    }
    change = {cap: amount for cap, amount in change.items() if amount}
    if not change:
        return holder.counters
    return caps.count(program, holder.counters, occasion.at, change, holder.draft.now)


def _recorded(document: A, asking: Asking, program: CompiledProgram, case: Case) -> A:
    award, grants, at = asking.award, asking.grants, case.occasion.at
    wanted = {cap: max(document.wanted.get(cap, 0), most) for cap, most in award.wanted.items()}
    # What was entered on the way and is not held is forgotten at once: see ``_still_granted``.
    held = entries_of(award.shares, award.grants)
    entered = tuple(each for each in asking.terms.entered if pair_of(each) in held)
    # The same award again may be cut by what was granted instead of by the cap that cut it first:
    # the first explanation stays, and a repeated delivery stays a replay.
    is_target = (award.shares, grants) == (document.posted, document.grants)
    is_same = document.terms is not None and is_target and (award.shares or award.grants)
    return msgspec.structs.replace(
        document,
        reason=case.reason,
        terms=msgspec.structs.replace(asking.terms, entered=entered),
        posted=award.shares,
        qualifying={group: amount for group, amount in award.qualifying.items() if amount},
        used={cap: amount for cap, amount in award.used.items() if amount},
        budgets=shared.counted(program, award.used, at) if program.shared else {},
        wanted={**document.wanted, **wanted},
        campaigns=award.campaigns,
        once=award.once,
        grants=grants,
        trace=document.trace if is_same else award.trace,
        earned_at=at,
    )
