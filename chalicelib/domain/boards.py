"""Boards: who did most in a challenge, frozen once by a document, its prizes given once a place.

::

    open      the index of progress, best first               what everybody sees, as it is
    closed    ``after`` the end: one document with the places   never changes again
    prizes    each place's progress gets its rank; the prize is part of its target from then on
"""

from collections.abc import Iterable

import msgspec

from chalicelib.domain.booking import closed, opened, with_inbox
from chalicelib.domain.causes import Unsettled, free_of, with_causes
from chalicelib.domain.challenge_settling import Honours, worn_after
from chalicelib.domain.decision import AlreadyRecorded, Decision, Outcome
from chalicelib.domain.giving_messages import with_messages_given
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import Source, genesis
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.domain.posting import posted_unit
from chalicelib.domain.program.plan import CompiledBoard, CompiledProgram
from chalicelib.domain.progressing import fitting, targeted
from chalicelib.domain.promises import given_by_progress


class Scored(msgspec.Struct, frozen=True):
    """What one member has on a board, and since when."""

    member: str
    score: int
    at: Instant


class Placed(msgspec.Struct, frozen=True):
    """One place of a board."""

    rank: int
    member: str
    score: int


class ClosedBoard(msgspec.Struct, frozen=True):
    """A board as it was when it was closed. Never changes but for ``is_given``."""

    challenge: str
    closed_at: Instant
    places: tuple[Placed, ...]
    is_given: bool = False  # every prize


def placed(board: CompiledBoard, scored: Iterable[Scored]) -> tuple[Placed, ...]:
    """The places of ``scored``: higher scores first, then who had it first, then by id."""
    best = sorted(scored, key=lambda each: (-each.score, each.at, each.member))
    found: list[Placed] = []
    for number, each in enumerate(best[: board.size], start=1):
        is_equal = board.is_shared and bool(found) and found[-1].score == each.score
        rank = found[-1].rank if is_equal else number
        found.append(Placed(rank, each.member, each.score))
    return tuple(found)


class PrizeLoad(msgspec.Struct, frozen=True):
    """Everything that a decision about a prize depends on."""

    shop: str
    member: str
    account: Account | None
    program: CompiledProgram
    challenge: str
    honours: Honours
    unsettled: Unsettled = {}  # of the causes that the challenge gave to


def decide_prize(rank: int, loaded: PrizeLoad, now: Instant) -> Outcome:
    """Give the prize of ``rank``, once; who was forgotten gets none."""
    known, account = loaded.honours.progress.get(loaded.challenge), loaded.account
    if known is None or account is None:
        raise InvariantBroken("who has a place on a board has progress")
    if known.rank or account.erased_at:
        return AlreadyRecorded(known)
    challenge = loaded.program.challenges[loaded.challenge]
    free = free_of(loaded.unsettled)
    after = targeted(challenge, msgspec.structs.replace(known, rank=rank), now, free)
    after = msgspec.structs.replace(after, reason="contest_prize")
    draft = with_inbox(opened(loaded.member, account, now, loaded.program), loaded.honours.inbox)
    name, change = f"progress:{loaded.challenge}", (known.grants, after.grants)
    draft = with_messages_given(draft, change, loaded.program, (name, now))
    for unit in sorted({share.unit for share in (*known.posted, *after.posted)}):
        after, draft = posted_unit(after, draft, loaded.program, unit, now)
    after, draft = given_by_progress(known, fitting(after), draft, loaded.program.version)
    after = msgspec.structs.replace(after, revision=known.revision + 1)
    badges = worn_after(loaded.honours.badges, (known.grants, after.grants), (loaded.member, now))
    source = Source(
        genesis(loaded.shop, loaded.member),
        name,
        now,
        now,
        loaded.program.version,
    )
    decision = Decision(after, (closed(draft, source),), badges)
    return with_causes(decision, (known,), loaded.unsettled)
