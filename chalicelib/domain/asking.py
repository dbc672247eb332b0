"""What a document asks of its program: terms fixed at its first award, and the room granted.

A later look at the same document asks by the same terms; more room only for a larger base, and of
what the whole shop shares (``program/shared``) all that is asked or nothing.
"""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from chalicelib.domain.actions import Action, name_of
from chalicelib.domain.booking import Draft
from chalicelib.domain.budgets import Budgets
from chalicelib.domain.challenge_settling import Honours
from chalicelib.domain.granting import Granted, Thing
from chalicelib.domain.habits import with_habits
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Counters, MemberFacts, standing_of
from chalicelib.domain.memberships import with_facts as with_memberships
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program import caps, shared, tiers
from chalicelib.domain.program.campaigns import arms_of, awarded, gifts_granted
from chalicelib.domain.program.choosing import MEMBER_MARK, once_marks
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.giving import within_limits
from chalicelib.domain.program.occasion import (
    ENTRY_PREFIX,
    Award,
    Grant,
    Launched,
    Occasion,
    Share,
    Terms,
)


class Holder(msgspec.Struct, frozen=True):
    """The member that a document is for, as loaded and as an order describes them."""

    draft: Draft
    counters: Counters
    facts: MemberFacts  # country, locale and tags as the order tells them
    taken: dict[str, str] = {}  # once-rule → document that holds it
    free: dict[Thing, int] = {}  # what can be taken back of what was granted
    budgets: Budgets = Budgets()  # of what the whole shop shares
    honours: Honours = Honours()  # progress in challenges, and badges
    launched: Launched | None = None  # of an order from before the program


A = TypeVar("A", OrderDocument, Action)


class Asking(msgspec.Struct, frozen=True):
    """The terms, the award by them, and what stands of all that was granted."""

    terms: Terms
    award: Award
    grants: tuple[Granted, ...] = ()  # the document's, brought to the award


def asked(document: A, holder: Holder, program: CompiledProgram, occasion: Occasion) -> Asking:
    """The award and the room granted: fixed the first time, more only for a larger base.

    What the shop shares is granted while it is held: what a refund gave back, another may have.
    """
    asking = _asked(document, holder, program, occasion)
    if document.terms is None:
        return _with_gifts(asking, program, occasion)
    terms, award = asking.terms, asking.award
    while over := _over(document, holder, program, award):
        terms = shared.without(terms, over)
        award = awarded(program, occasion, terms)
    return _with_gifts(Asking(terms, award), program, occasion)


def _over(
    document: OrderDocument | Action, holder: Holder, program: CompiledProgram, award: Award
) -> dict[str, int]:
    """The room of caps of which ``award`` takes more than the document has and what is free."""
    held = document.used
    if all(amount <= held.get(cap, 0) for cap, amount in award.used.items()):
        return {}
    most = {
        cap: held.get(cap, 0) + max(left, 0)
        for cap, left in _room(program, holder, document.earned_at).items()
    }
    return {
        cap: held.get(cap, 0) if cap in program.shared else most[cap]
        for cap, amount in award.used.items()
        if amount > most.get(cap, amount)
    }


def _with_gifts(asking: Asking, program: CompiledProgram, occasion: Occasion) -> Asking:
    """``asking`` whose terms remember the gifts that budgets granted: they come first later."""
    gifts = gifts_granted(program, occasion, asking.award)
    if gifts == asking.terms.gifts:
        return asking
    return Asking(msgspec.structs.replace(asking.terms, gifts=gifts), asking.award)


def _asked(document: A, holder: Holder, program: CompiledProgram, occasion: Occasion) -> Asking:
    if document.terms is None:
        terms = _terms(holder, program, occasion)
        terms, award = shared.granted_whole(program, occasion, terms)
        if not terms.room:
            return Asking(terms, award)
        # What is forgotten stays so, and its reason: there is nothing that it could have granted.
        granted = {
            cap: award.granted.get(cap, 0)
            or award.used.get(cap, min(free, 0) if cap in program.caps else 0)
            for cap, free in terms.room.items()
        }
        return Asking(msgspec.structs.replace(terms, room=granted), award)
    terms = _still_granted(document, holder)
    award = awarded(program, occasion, terms)
    more = {
        cap: award.wanted[cap] - document.wanted.get(cap, 0)
        for cap in terms.room
        if award.wanted.get(cap, 0) > document.wanted.get(cap, 0)
    }
    if not more:
        return Asking(terms, award)
    extra = _extra(document, holder, program, more)
    room = {cap: granted + extra.get(cap, 0) for cap, granted in terms.room.items()}
    terms = msgspec.structs.replace(terms, room=room)
    # What it grows into, or a side of a referral gives once it has qualified, is asked for now for
    # the first time: a limit that has room lets its rule ask for more of others, and of budgets.
    wanted = {cap: max(most, document.wanted.get(cap, 0)) for cap, most in award.wanted.items()}
    known = msgspec.structs.replace(document, terms=terms, wanted={**document.wanted, **wanted})
    return _asked(known, holder, program, occasion)


def _extra(
    document: OrderDocument | Action,
    holder: Holder,
    program: CompiledProgram,
    more: dict[str, int],
) -> dict[str, int]:
    """How much of ``more`` room is free; of what the shop shares all that is asked, or nothing.

    Free is what neither others use nor the document was granted, whether it uses that or not.
    """
    granted = document.terms.room if document.terms else {}
    free = _room(program, holder, document.earned_at)
    # Of limits in windows counters know what it uses, of the others nothing.
    held = {**document.used, **dict.fromkeys(_of_one(program), 0)}
    free |= {
        cap: free[cap] + held.get(cap, 0) - max(granted.get(cap, 0), 0) for cap in program.caps
    }
    extra = {cap: min(amount, max(0, free.get(cap, 0))) for cap, amount in more.items()}
    for cap in program.shared.keys() & more.keys():
        was_refused = document.wanted.get(cap, 0) > 0 and not granted.get(cap, 0)
        extra[cap] = more[cap] if free[cap] >= more[cap] and not was_refused else 0
        free[cap] = extra[cap]
    return within_limits(program, granted, extra, free)


def _of_one(program: CompiledProgram) -> tuple[str, ...]:
    """Limits within one document: no counter knows what it was granted of them."""
    every = program.caps.values()
    return tuple(cap.id for cap in every if cap.window is None and cap.cooldown is None)


def _room(program: CompiledProgram, holder: Holder, at: Instant) -> dict[str, int]:
    own = caps.room(program, holder.counters, at)
    return {**own, **shared.room_at(program, holder.budgets.left, at)} if program.shared else own


def _still_granted(document: OrderDocument | Action, holder: Holder) -> Terms:
    """The terms, less once-rules and entry effects that it gave up: others may have them."""
    terms = document.terms or Terms(program_version=0)
    name = name_of(document)
    lost = {rule for rule, winner in holder.taken.items() if winner != name}
    given = tuple(sorted({*terms.already_given, *lost}))
    held = entries_of(document.posted, document.grants)
    entered = tuple(entered for entered in terms.entered if pair_of(entered) in held)
    return msgspec.structs.replace(terms, already_given=given, entered=entered)


def pair_of(entered: str) -> tuple[str, str]:
    """(tier group, tier) of an entry effect, as terms name it."""
    group, _, tier = entered.partition("/")
    return group, tier


def entries_of(shares: Iterable[Share], grants: Iterable[Grant | Granted]) -> set[tuple[str, str]]:
    """(tier group, tier) of every entry effect that gives something: points, or a reward."""
    names = [share.rule_id for share in shares]
    names += [grant.rule_id for grant in grants if grant.amount]
    entered = (name for name in names if name.startswith(ENTRY_PREFIX))
    return {pair_of(name.removeprefix(ENTRY_PREFIX)) for name in entered}


def _terms(holder: Holder, program: CompiledProgram, occasion: Occasion) -> Terms:
    """The snapshot: who the member was, and what was free, before this order."""
    account = holder.draft.account
    held: dict[str, str] = {}
    before: dict[str, int] = {}
    for group in program.groups.values():
        standing = standing_of(account, group.id)
        held[group.id] = tiers.tier_at(group, standing, occasion.at)
        before[group.id] = tiers.window_sum(group, standing, occasion.at)
    marks = once_marks(program, occasion)
    facts = msgspec.structs.replace(
        holder.facts, tiers=held, joined_at=account.joined_at, order_count=account.order_count
    )
    facts = with_memberships(facts, account, program, occasion.at)
    facts = with_habits(facts, account, program, occasion.at)
    return Terms(
        program_version=program.version,
        subjects={rule: mark for rule, mark in marks.items() if mark != MEMBER_MARK},
        tiers=held,
        qualified_before=before,
        room=_room(program, holder, occasion.at),
        launched=holder.launched,
        already_given=tuple(sorted(holder.taken)),
        facts=facts,
        arms=arms_of(program, holder.draft.member, facts.segments, occasion),
    )
