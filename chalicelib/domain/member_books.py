"""One member as a decision finds them, and the rest of their book once points were settled."""

from typing import TypeVar

import msgspec

from chalicelib.domain.actions import Action, name_of
from chalicelib.domain.awards import Settled
from chalicelib.domain.challenge_settling import Honours
from chalicelib.domain.decision import Book, Marker
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account, Counters, MemberFacts, Profile, recounted
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.choosing import MEMBER_MARK
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.occasion import Drawn
from chalicelib.domain.program.rollout import is_open_to
from chalicelib.domain.progress import Progress
from chalicelib.domain.referrals import Referral

A = TypeVar("A", OrderDocument, Action)


class LoadedMember(msgspec.Struct, frozen=True):
    """What the table holds of one member, and what the event tells of them."""

    member: str
    account: Account | None
    counters: Counters = Counters()
    facts: MemberFacts = MemberFacts()
    profile: Profile | None = None  # as the event tells it, for a new account
    email_hash: str = ""
    taken: dict[str, str] = {}  # once-rule → document that holds it
    places: dict[tuple[str, str], str] = {}  # the id that a marker is at
    honours: Honours = Honours()
    referral: Referral | None = None  # by which they come, should the event make them a member
    drawn: Drawn | None = None  # what chance says, should the event make them a member


def progress_of(*owners: LoadedMember | None) -> tuple[Progress, ...]:
    """All progress in challenges that was read of ``owners``."""
    known = (each.honours.progress.values() for each in owners if each is not None)
    return tuple(progress for each in known for progress in each)


def membership_reason(owner: LoadedMember, program: CompiledProgram, latest: Instant) -> str:
    """Why ``owner`` may not earn by an order that counts for who joined by ``latest``."""
    if owner.account is not None and owner.account.erased_at:
        return "not_a_member"
    is_automatic = program.program.join.how == "automatic"
    if owner.account is None:
        # Where nobody told who this is, the account comes with the delivery that does.
        return "" if is_automatic and owner.profile is not None else "not_a_member"
    if owner.account.joined_at <= latest:
        return ""
    if not is_automatic:
        return "before_joining"
    return "" if is_open_to(owner.member, program) else "not_in_rollout"


def with_rest(book: Book, before: A, settled: Settled[A], owner: LoadedMember) -> Book:
    """The book with what else the transaction writes for this member."""
    name = name_of(before)
    held, holds = set(before.once), set(settled.document.once)
    marks = settled.document.terms.subjects if settled.document.terms else {}
    is_new = owner.account is None
    return msgspec.structs.replace(
        book,
        counters=recounted(owner.counters, settled.counters),
        profile=owner.profile if is_new else None,
        email_hash=owner.email_hash if is_new else "",
        markers=tuple(
            Marker(rule, marks.get(rule, MEMBER_MARK), name) for rule in sorted(holds - held)
        ),
        freed=tuple(
            Marker(rule, marks.get(rule, MEMBER_MARK), name, owner.places.get((rule, name), ""))
            for rule in sorted(held - holds)
        ),
    )


def is_untouched(book: Book, owner: LoadedMember) -> bool:
    """Whether nothing of the member moved: then the document is written alone."""
    if (
        owner.account is None
        or book.entries
        or book.counters
        or book.markers
        or book.freed
        or book.inbox
    ):
        return False
    same = msgspec.structs.replace(
        book.account, revision=owner.account.revision, units=owner.account.units
    )
    return same == owner.account
