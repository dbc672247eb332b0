"""Becoming a member: an account, a profile, and what the program gives for joining.

Joining happens once a member, by itself with the first order that earns (automatic programs) or
when the shopper asks. Both pass here, in the transaction that makes the account.
"""

from typing import Final

import msgspec

from chalicelib.domain.booking import Draft, counted, credited, with_account
from chalicelib.domain.budgets import Budgets
from chalicelib.domain.celebrating import with_anniversary
from chalicelib.domain.challenge_settling import joining_badges
from chalicelib.domain.crediting import credit_dates
from chalicelib.domain.decision import Book
from chalicelib.domain.giving_messages import with_messages_given
from chalicelib.domain.instants import MINUTE_MS, Instant
from chalicelib.domain.judging import awaiting, judged
from chalicelib.domain.ledger import EntryKind, Explained, Movement
from chalicelib.domain.member import Counters, Profile, recounted
from chalicelib.domain.program import caps, shared
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.occasion import Award, Drawn, Occasion, Share, Terms, TraceRow
from chalicelib.domain.program.rule_document import MEMBER_JOINED
from chalicelib.domain.progress import Badges
from chalicelib.domain.promises import Giver, granted
from chalicelib.domain.records import Joining
from chalicelib.domain.referrals import Referral
from chalicelib.domain.standing import facts_of

JOINING_ID = "member"  # one joining per member: the id within the member's documents


class Finds(msgspec.Struct, frozen=True):
    """What who joins finds: what chance says, and what is left of what the whole shop shares."""

    drawn: Drawn | None = None
    budgets: Budgets = Budgets()


NOTHING_FOUND: Final = Finds()


class Joined(msgspec.Struct, frozen=True):
    """A new member's draft, their joining document and what is known of the person."""

    draft: Draft
    document: Joining | None  # None: the program gives nothing for joining
    profile: Profile | None
    badges: Badges | None = None  # that joining gave
    referral: Referral | None = None  # by which they come
    counters: Counters | None = None  # of limits that joining used some of
    trace: tuple[TraceRow, ...] = ()  # why joining gives nothing, where there is no document

    @property
    def documents(self) -> tuple[Joining | Referral, ...]:
        """What is written of it beside the books."""
        return tuple(each for each in (self.document, self.referral) if each)

    def with_person(self, book: Book, contact: str) -> Book:
        """``book`` with the profile, and the keyed e-mail hash by which staff find it."""
        counters = recounted(Counters(), self.counters) if self.counters else None
        return msgspec.structs.replace(
            book, profile=self.profile, email_hash=contact, counters=counters
        )


def joining_draw(member: str) -> str:
    """What the draws of a joining are made of: the new member's id, which nobody chooses."""
    return f"joining:{member}"


def claiming_again(draft: Draft) -> Draft:
    """Let the sweep look once more, in a minute, for orders that wait for the new member.

    The index that shows them lags: one written just before may be missed at once.
    """
    return with_account(draft, claim_at=draft.now + MINUTE_MS)


def enrolled(draft: Draft, profile: Profile, joined_at: Instant) -> Joined:
    """Make ``draft`` a member's who joined elsewhere at ``joined_at``: joining gives nothing."""
    draft = with_account(draft, joined_at=joined_at)
    return Joined(draft, None, profile)


def came_by(joined: Joined, referral: Referral | None) -> Joined:
    """``joined`` of somebody who comes by ``referral``; None: by nobody."""
    if referral is None:
        return joined
    said = f"{referral.code}:{joined.draft.member}"
    return msgspec.structs.replace(
        joined, draft=with_account(joined.draft, referred=(said,)), referral=referral
    )


def join(
    draft: Draft,
    profile: Profile,
    program: CompiledProgram,
    at: Instant,
    finds: Finds = NOTHING_FOUND,
) -> Joined:
    """Make ``draft`` (of nobody yet) a member's, as of ``at``, and credit the joining rules.

    A blank of a draw is had, so it has a document, too.
    """
    draft = with_account(draft, joined_at=at)
    if (profile.email and profile.email_verified) or draft.now < program.claims_until:
        draft = claiming_again(draft)
    known = facts_of(draft.account, profile, program, at)
    draft = with_anniversary(judged(awaiting(draft, program), program, known), program)
    facts = facts_of(draft.account, profile, program, at)  # with tiers that begin here
    occasion = Occasion(MEMBER_JOINED, at=at, placed_at=at, member=facts, drawn=finds.drawn)
    left = shared.room_at(program, finds.budgets.left, at) if program.shared else {}
    room = {**caps.room(program, Counters(), at), **left}
    terms = Terms(program.version, room=room, facts=facts)
    _, award = shared.granted_whole(program, occasion, terms)
    drawn = _had(finds.drawn, award)
    if not (award.shares or award.grants or drawn):
        return Joined(draft, None, profile, trace=award.trace)
    for share in award.shares:
        draft = _credited(draft, share, program, at)
    draft = counted(draft, MEMBER_JOINED, at)
    source = Giver(f"joining:{JOINING_ID}", program.version)
    grants, draft = granted((), (award.grants, {}), draft, source)
    draft = with_messages_given(draft, ((), grants), program, (source[0], at))
    document = Joining(
        id=JOINING_ID,
        member=draft.member,
        recorded_at=draft.now,
        program_version=program.version,
        posted=award.shares,
        trace=(*draft.refused, *award.trace),
        revision=1,
        grants=grants,
        drawn=drawn,
        budgets=shared.counted(program, award.used, at) if program.shared else {},
    )
    draft = msgspec.structs.replace(draft, refused=())  # told here; the rest is another's
    badges = joining_badges(grants, (draft.member, at))
    counters = caps.count(program, Counters(), at, award.used, draft.now)
    return Joined(draft, document, profile, badges, counters=counters)


def _credited(draft: Draft, share: Share, program: CompiledProgram, at: Instant) -> Draft:
    reasons = (Explained("joined", {"rule": share.rule_id, "points": share.points}),)
    movement = Movement(
        share.unit,
        share.points,
        EntryKind.EARN,
        explanation=reasons,
        document=f"joining:{JOINING_ID}",
    )
    dates = credit_dates(program, share.unit, min(at, draft.now))
    draft, _ = credited(draft, share.unit, share.points, dates, movement)
    return draft


def _had(drawn: Drawn | None, award: Award) -> Drawn | None:
    """What of ``drawn`` rules went by; None: none of them did."""
    numbers = drawn.numbers if drawn else {}
    had = {rule: number for rule, number in numbers.items() if rule in award.once}
    return msgspec.structs.replace(drawn, numbers=had) if drawn and had else None
