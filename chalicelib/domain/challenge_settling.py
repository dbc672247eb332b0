"""Settle what a document contributes to challenges, and which badges its member wears by it.

The document keeps its contributions, the member's progress is brought to their sum, and what the
completions give is posted as entries of the progress. All of it is part of the document's own
transaction, under the account's revision.
"""

from typing import TypeAlias, TypeVar

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.booking import Draft
from chalicelib.domain.giving_messages import with_messages_given
from chalicelib.domain.granting import BADGE, Granted, Thing, differences, left_of
from chalicelib.domain.instants import Instant
from chalicelib.domain.messages import Inbox
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.posting import posted_unit
from chalicelib.domain.program.campaigns import is_held_out
from chalicelib.domain.program.challenging import COUNTS_FOR, Contribution
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.plan import CompiledChallenge
from chalicelib.domain.progress import BADGES_ID, Badges, Progress, Worn
from chalicelib.domain.progressing import admitted, fitting, moved, targeted
from chalicelib.domain.promises import given_by_progress

A = TypeVar("A", OrderDocument, Action)

Kept: TypeAlias = Progress | Badges
"""What of challenges a member has, as documents."""


class Honours(msgspec.Struct, frozen=True):
    """What a member has of challenges and badges, as loaded."""

    progress: dict[str, Progress] = {}  # by challenge
    badges: Badges | None = None
    inbox: Inbox | None = None  # None: nothing that was asked for can tell them anything


class Challenged(msgspec.Struct, frozen=True):
    """What a document counts for, and by what it is judged."""

    wanted: dict[str, Contribution]
    honours: Honours
    program: CompiledProgram
    at: Instant
    free: dict[Thing, int] = {}  # what of causes can be taken back
    since: Instant = 0  # when it came about that it counts: what messages tell of


def settle_challenges(
    document: A, before: A, draft: Draft, asked: Challenged
) -> tuple[A, Draft, tuple[Kept, ...]]:
    """``document`` with its contributions, the draft with what they give, and what changed.

    ``before`` is the document with the grants and contributions that the books hold.
    """
    held, honours = before.progress, asked.honours
    if not (held or asked.wanted or before.grants or document.grants):
        return document, draft, ()
    is_out = not held and is_held_out(asked.program, draft.member)
    wanted: dict[str, Contribution] = {} if is_out else asked.wanted
    contributed: dict[str, Contribution] = {}
    changed: list[Progress] = []
    for name in sorted(wanted.keys() | held.keys()):
        challenge = asked.program.challenges[name]
        progress = honours.progress.get(name) or _fresh(name, draft)
        own = held.get(name, {})
        part = admitted(challenge, progress, wanted.get(name, {}), own, asked.at)
        contributed |= {name: part} if part else {}
        if part != own:
            draft, after = _settled(challenge, progress, (own, part), (draft, asked))
            left = left_of(asked.free, progress.grants, after.grants)
            asked = msgspec.structs.replace(asked, free=left)
            changed.append(after)
    document = msgspec.structs.replace(document, progress=contributed)
    document = _told_held_out(document) if is_out and asked.wanted else document
    badges: tuple[Badges, ...] = _badges((before.grants, document.grants), changed, draft, asked)
    return document, draft, (*changed, *badges)


def _told_held_out(document: A) -> A:
    """``document`` whose trace says of challenges that they count for others alone."""
    trace = tuple(
        msgspec.structs.replace(row, code="challenge_held_out") if row.code == COUNTS_FOR else row
        for row in document.trace
    )
    return msgspec.structs.replace(document, trace=trace)


def _badges(
    own: tuple[tuple[Granted, ...], tuple[Granted, ...]],
    changed: list[Progress],
    draft: Draft,
    asked: Challenged,
) -> tuple[Badges, ...]:
    """The badges by the grants of the document, ``own`` (before, after), and of what it moved."""
    known = (asked.honours.progress.get(each.id) for each in changed)
    before = (line for each in known if each is not None for line in each.grants)
    after = (line for each in changed for line in each.grants)
    lines = ((*own[0], *before), (*own[1], *after))
    return worn_after(asked.honours.badges, lines, (draft.member, asked.at))


def worn_after(
    badges: Badges | None,
    lines: tuple[tuple[Granted, ...], tuple[Granted, ...]],
    whose: tuple[str, Instant],
) -> tuple[Badges, ...]:
    """The member's badges where grants became others, as one document; none if they did not.

    ``lines`` are the grants (before, after), ``whose`` is (member, when).
    """
    found = differences(*lines)
    changes = {name: change for (kind, name), change in found.items() if kind == BADGE}
    if not changes:
        return ()
    member, at = whose
    badges = badges or Badges(BADGES_ID, member, recorded_at=at)
    worn = dict(badges.worn)
    for name, change in sorted(changes.items()):
        known = worn.get(name, Worn(0, at))
        worn[name] = msgspec.structs.replace(known, reasons=known.reasons + change)
    left = {name: each for name, each in worn.items() if each.reasons > 0}
    return (msgspec.structs.replace(badges, worn=left, revision=badges.revision + 1),)


def joining_badges(grants: tuple[Granted, ...], whose: tuple[str, Instant]) -> Badges | None:
    """What a new member wears for joining, as it is to be written; None for nothing."""
    return next(iter(worn_after(None, ((), grants), whose)), None)


def as_joined(honours: Honours, badges: Badges | None) -> Honours:
    """``honours`` with what joining, in the same transaction, lets the member wear."""
    if badges is None:
        return honours
    return msgspec.structs.replace(honours, badges=msgspec.structs.replace(badges, revision=0))


def with_joined(kept: tuple[Kept, ...], badges: Badges | None) -> tuple[Kept, ...]:
    """``kept`` with the badges of joining, unless what was settled after it writes them."""
    is_there = badges is None or any(isinstance(each, Badges) for each in kept)
    return kept if is_there or badges is None else (*kept, badges)


def _fresh(challenge: str, draft: Draft) -> Progress:
    return Progress(challenge, draft.member, recorded_at=draft.now)


def _settled(
    challenge: CompiledChallenge,
    progress: Progress,
    parts: tuple[Contribution, Contribution],
    onto: tuple[Draft, Challenged],
) -> tuple[Draft, Progress]:
    """The progress with one contribution in place of another, and what it gives posted."""
    draft, asked = onto
    after = targeted(challenge, moved(challenge, progress, *parts), asked.at, asked.free)
    units = {share.unit for share in (*progress.posted, *after.posted)}
    for unit in sorted(units):
        after, draft = posted_unit(after, draft, asked.program, unit, asked.at)
    after, draft = given_by_progress(progress, fitting(after), draft, asked.program.version)
    news = f"progress:{challenge.id}", max(asked.at, asked.since)
    change = progress.grants, after.grants
    draft = with_messages_given(draft, change, asked.program, news)
    return draft, msgspec.structs.replace(after, revision=progress.revision + 1)
