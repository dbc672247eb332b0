"""Actions: what members do besides buying, as documents that are kept for ever.

An action is told once, by an event with an id of its own; the document is the idempotency record,
also where no rule rewards it. Revoked, its target is nothing, by the terms of its award. What was
told of it may be free text: it lies here alone, never in an entry, and erasure takes it away.
``name_of`` is what entries and markers call a document that rules can reward.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from chalicelib.domain.granting import Granted
from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import Touched
from chalicelib.domain.orders import OrderDocument, document_name
from chalicelib.domain.program.occasion import Bought, Drawn, Occasion, Share, Terms, TraceRow
from chalicelib.domain.program.referral_document import qualified_of, trigger_of
from chalicelib.domain.program.rule_document import (
    ACTION_PREFIX,
    ACTION_REVOKED,
    SUBSCRIPTION_RENEWED,
    TIER_ENTERED,
)
from chalicelib.domain.progress import Progress
from chalicelib.domain.referrals import Purchase

OWN_SOURCE = "-"
"""The source of actions that we make ourselves: no shop can have one of that name."""

REVOKED: Final = "action_revoked"
"""Why an action that was taken back earns nothing as what it was; rules for that may give."""


class Side(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """What makes an action one side of a referral."""

    role: str  # friend or advocate
    region: str  # of the offer: its first
    matures_at: Instant  # its points wait until then
    is_qualified: bool = False
    bought: Purchase | None = None  # by the friend: what shares of the offer are of
    approved_at: Instant = 0  # by staff, where that was later than it would have matured

    @property
    def qualified_at(self) -> Instant:
        """When it has qualified, if it has."""
        return max(self.matures_at, self.approved_at)


class Action(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={
        "member": "m",
        "name": "n",
        "request_hash": "h",
        "occurred_at": "o",
        "recorded_at": "at",
        "subject": "su",
        "properties": "pr",
        "is_self_reported": "sr",
        "revoked_at": "x",
        "reason": "why",
        "terms": "t",
        "posted": "p",
        "qualifying": "y",
        "used": "us",
        "wanted": "w",
        "once": "on",
        "net": "ne",
        "forgiven": "f",
        "lapsed": "lp",
        "credited": "c",
        "grants": "g",
        "budgets": "bg",
        "campaigns": "cp",
        "progress": "pg",
        "trace": "tr",
        "drawn": "dr",
        "memberships": "ms",
        "earned_at": "ea",
        "side": "sd",
        "revision": "r",
    },
):
    """One thing that a member did, and what the books hold for it."""

    id: str  # "<source>:<event id>"
    member: str
    name: str  # such as review.approved
    request_hash: str
    occurred_at: Instant
    recorded_at: Instant
    subject: str = ""
    properties: Mapping[str, str | int | bool | tuple[str, ...]] = {}
    is_self_reported: bool = False
    revoked_at: Instant | None = None
    reason: str = ""  # why it earns nothing now
    terms: Terms | None = None  # fixed at the award
    posted: tuple[Share, ...] = ()  # the target that the books hold
    qualifying: dict[str, int] = {}  # posted, by tier group
    used: dict[str, int] = {}  # posted, by cap
    wanted: dict[str, int] = {}  # what was asked of each cap
    once: tuple[str, ...] = ()  # once-rules whose markers this document holds
    net: dict[str, int] = {}  # sum of its entries, by unit
    forgiven: dict[str, int] = {}  # could not be taken back; never asked again
    lapsed: dict[str, int] = {}  # reversed from points that had lapsed already
    credited: dict[str, tuple[Touched, ...]] = {}  # lots it credited and has not reversed
    grants: tuple[Granted, ...] = ()  # what it gave that is no points
    budgets: dict[str, int] = {}  # spent of what the whole shop shares, by name
    campaigns: dict[str, dict[str, int]] = {}  # points of each unit that they added
    progress: dict[str, dict[str, int]] = {}  # by challenge: what it contributes, by value
    trace: tuple[TraceRow, ...] = ()
    memberships: dict[str, Bought] = {}  # paid ones that it bought
    drawn: Drawn | None = None  # what chance said
    earned_at: Instant = 0  # when it happened: dates its points
    side: Side | None = None  # of a referral
    revision: int = 0


class ActionPlace(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whose an action is, by its id alone; one that was revoked before it came is nobody's."""

    id: str
    member: str = ""
    revoked_at: Instant | None = None
    revision: int = 0


def name_of(document: OrderDocument | Action | Progress) -> str:
    """How entries and markers name a document that earns points."""
    if isinstance(document, Progress):
        return f"progress:{document.id}"
    return f"action:{document.id}" if isinstance(document, Action) else document_name(document)


def action_occasion(document: Action, reason: str) -> Occasion:
    """What rules see of an action; nothing, where it may not earn for ``reason``.

    One that is taken back is an occasion of its own, with the fields and the time of the action.
    """
    bought = document.side.bought if document.side and not reason else None
    return Occasion(
        trigger=_trigger_without(document, reason) if reason else _trigger(document),
        at=document.earned_at,
        placed_at=document.occurred_at,
        is_self_reported=document.is_self_reported,
        drawn=document.drawn,
        lines=(bought.line,) if bought else (),
        action={
            "name": document.name,
            "subject": document.subject,
            "properties": dict(document.properties),
        },
    )


def own_action(member: str, told: tuple[str, str, str], times: tuple[Instant, Instant]) -> Action:
    """An action of ours about ``member``: booked once, by its id.

    ``told``: its name, what tells it from the member's others of that name, its subject;
    ``times``: when it happened, and now.
    """
    (name, mark, subject), (at, now) = told, times
    return Action(
        id=f"{OWN_SOURCE}:{name}-{mark}-{member}",
        member=member,
        name=name,
        request_hash=OWN_SOURCE,
        occurred_at=at,
        recorded_at=now,
        subject=subject,
        earned_at=at,
    )


def is_own(action_id: str) -> bool:
    """Whether an action of this id is of ours."""
    return action_id.startswith(f"{OWN_SOURCE}:")


def is_entering(document: Action) -> bool:
    """Whether it tells that a member entered a tier."""
    return document.name == TIER_ENTERED and is_own(document.id)


def _trigger_without(document: Action, reason: str) -> str:
    """What is left of an action that may not earn: that it was taken back, if a shop told of it."""
    is_told = document.side is None and not is_own(document.id)
    is_confusable = _trigger(document) == ACTION_REVOKED  # called so before the name was taken
    return ACTION_REVOKED if reason == REVOKED and is_told and not is_confusable else ""


def _trigger(document: Action) -> str:
    side = document.side
    if side is None:
        is_own_event = is_own(document.id) or document.name == SUBSCRIPTION_RENEWED
        return document.name if is_own_event else f"{ACTION_PREFIX}{document.name}"
    trigger = qualified_of if side.is_qualified else trigger_of
    return trigger(side.role, side.region)
