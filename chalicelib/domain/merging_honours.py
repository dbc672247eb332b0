"""Challenges and badges of two members who are one person: settled by the merge itself.

::

    live      added: a set's values are one set, a streak's periods one line of periods
    target    by the sum: what both completed alone is worth what it is worth once
    posted    target - what both had: entries of the progress, in the commit of the merge

Progress by other terms than the live program's is left to whoever touches the challenge next, who
has those terms. What the gone member wrote stays with them, and nothing reads it any more.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from chalicelib.domain.booking import Draft
from chalicelib.domain.challenge_settling import Honours, Kept, worn_after
from chalicelib.domain.giving_messages import with_messages_given
from chalicelib.domain.granting import Granted, Thing, left_of
from chalicelib.domain.posting import posted_unit
from chalicelib.domain.program.plan import CompiledChallenge, CompiledProgram
from chalicelib.domain.progress import BADGES_ID, Badges, Progress, badges_of_all, progress_of_all
from chalicelib.domain.progressing import fitting, from_floor, moved, targeted
from chalicelib.domain.promises import given_by_progress

ONCE: Final = "challenge_once"
"""Why a merge takes back what both had for a challenge."""

Lines: TypeAlias = tuple[tuple[Granted, ...], tuple[Granted, ...]]
"""Grants (before, after)."""

Worth: TypeAlias = tuple[CompiledProgram, Mapping[Thing, int]]
"""The program by which it is worth something, and what of causes can be taken back."""


def honours_together(
    draft: Draft, sides: tuple[Honours, Honours], worth: Worth, own: Lines
) -> tuple[Draft, tuple[Kept, ...]]:
    """The draft of the member that stays with what both are worth together, and what they have.

    ``sides`` are (of the member that stays, of the one that goes), ``own`` the grants of documents
    that the merge takes back.
    """
    (kept, gone), (program, free) = sides, worth
    changed: list[Progress] = []
    before, after = own
    for name, theirs in sorted(gone.progress.items()):
        challenge, mine = program.challenges.get(name), kept.progress.get(name)
        if challenge is None or not _is_by_terms(challenge, mine, theirs):
            continue
        both = _together(challenge, (draft.member, mine), theirs)
        draft, made = _settled(challenge, both, draft, (program, free))
        free = left_of(free, both.grants, made.grants)
        changed.append(made)
        before, after = (*before, *both.grants), (*after, *made.grants)
    return draft, (*changed, *_badges(sides, (before, after), draft))


def _is_by_terms(challenge: CompiledChallenge, *every: Progress | None) -> bool:
    return all(each is None or each.terms in ("", challenge.terms) for each in every)


def _together(
    challenge: CompiledChallenge, mine: tuple[str, Progress | None], theirs: Progress
) -> Progress:
    """Both added up; of streaks first up to where both remember."""
    member, own = mine
    own = own or Progress(theirs.id, member, recorded_at=theirs.recorded_at)
    floor = max(own.floor, theirs.floor)
    theirs, own = (from_floor(challenge, each, floor) for each in (theirs, own))
    both = progress_of_all(own, (member, (theirs,))) or own
    return moved(challenge, both, {}, {})


def _settled(
    challenge: CompiledChallenge, both: Progress, draft: Draft, worth: Worth
) -> tuple[Draft, Progress]:
    """What both have brought to what it is worth."""
    program, free = worth
    made = targeted(challenge, both, draft.now, free)
    made = msgspec.structs.replace(made, reason=ONCE if made.reason else "")
    for unit in sorted({share.unit for share in (*both.posted, *made.posted)}):
        made, draft = posted_unit(made, draft, program, unit, draft.now)
    made, draft = given_by_progress(both, fitting(made), draft, program.version)
    news, change = (f"progress:{made.id}", draft.now), (both.grants, made.grants)
    draft = with_messages_given(draft, change, program, news)
    return draft, msgspec.structs.replace(made, revision=both.revision + 1)


def _badges(sides: tuple[Honours, Honours], lines: Lines, draft: Draft) -> tuple[Badges, ...]:
    """What both wear, as one document; none where nobody who goes wears anything."""
    kept, gone = (side.badges for side in sides)
    both = badges_of_all(kept, (draft.member, (gone,)))
    fresh = Badges(BADGES_ID, draft.member, recorded_at=draft.now)
    changed = worn_after(both or fresh, lines, (draft.member, draft.now))
    if changed or gone is None or both is None:
        return changed
    return (msgspec.structs.replace(both, revision=both.revision + 1),)
