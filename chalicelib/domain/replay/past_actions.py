"""What a replay reads of actions: what a member did besides buying, and when it was taken back."""

from collections.abc import Iterable

import msgspec

from chalicelib.domain.actions import Action, Side
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.pausing import PAUSED
from chalicelib.domain.program.occasion import Drawn


class PastAction(msgspec.Struct, frozen=True, omit_defaults=True, tag="action"):
    """One action of the books, without what the books made of it."""

    member: str
    id: str
    name: str
    at: Instant
    subject: str = ""
    properties: dict[str, str | int | bool | tuple[str, ...]] = {}
    is_self_reported: bool = False
    revoked_at: Instant | None = None
    drawn: Drawn | None = None  # what chance said of it in the books
    facts: MemberFacts = MemberFacts()  # as its terms remember the member
    side: Side | None = None  # of a referral that stands
    is_paused: bool = False  # the books say that it fell into a pause
    is_untold: bool = False  # no terms remember the member


class ActionStep(msgspec.Struct, frozen=True):
    """An action was done, or taken back; or the order of a friend has stood long enough."""

    at: Instant
    action: PastAction
    is_revoked: bool = False
    is_qualified: bool = False


def past_action_of(document: Action) -> PastAction:
    """The history of an action of the books."""
    return PastAction(
        member=document.member,
        id=document.id,
        name=document.name,
        at=document.earned_at or document.occurred_at,
        subject=document.subject,
        properties=dict(document.properties),
        is_self_reported=document.is_self_reported,
        revoked_at=document.revoked_at,
        drawn=document.drawn,
        facts=document.terms.facts if document.terms else MemberFacts(),
        side=document.side,
        is_paused=document.reason == PAUSED,
        is_untold=document.terms is None,
    )


def is_undone(document: Action) -> bool:
    """Whether it is a side of a referral that came to nothing: nobody tells when, only that."""
    return document.side is not None and bool(document.reason)


def action_steps(actions: Iterable[PastAction]) -> list[ActionStep]:
    """What became of each action; one that was taken back before it was told never counted."""
    steps = []
    for action in actions:
        gone = action.revoked_at
        if gone is not None and gone <= action.at:
            steps.append(ActionStep(action.at, action, is_revoked=True))
            continue
        steps.append(ActionStep(action.at, action))
        steps += [] if gone is None else [ActionStep(gone, action, is_revoked=True)]
        if action.side is not None and action.side.is_qualified:
            since = max(action.at, action.side.qualified_at)
            steps.append(ActionStep(since, action, is_qualified=True))
    return steps
