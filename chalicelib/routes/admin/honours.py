"""Admin: honours by hand, each with a reason: invite to a tier, grant a badge, take either back."""

import msgspec

from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.records import AdjustmentKind
from chalicelib.routes.admin import member_views as shapes
from chalicelib.routes.admin.adjusting import AdjustWish, adjusted
from chalicelib.routes.admin.locating import member_missing
from chalicelib.routes.contract import Audience, Call, Contract, KeyedBody, Outcome
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import Id, Reason, instant_of
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)

_REFUSALS = (
    RefusalCode.MEMBER_UNKNOWN,
    RefusalCode.SAME_KEY_OTHER_REQUEST,
    RefusalCode.PROGRAM_NOT_LIVE,
)


class TierInvitationRequest(KeyedBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which tier, and why; without ``until`` for as long as it is not withdrawn."""

    group: Id
    tier: Id
    until: str | msgspec.UnsetType = msgspec.UNSET
    reason: Reason


class TierWithdrawalRequest(KeyedBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which tier the member is no longer invited to, and why."""

    group: Id
    tier: Id
    reason: Reason


@door.post(
    "/v1/admin/shops/{shop}/members/{member}/tier-invitations",
    Contract(
        TierInvitationRequest,
        shapes.EntryView,
        "Invite a member to a tier, for a time or for good, with a reason",
        scope=Scope.POINTS,
        status=201,
        idempotent=True,
        refusals=_REFUSALS,
        locate=member_missing,
    ),
)
def post_tier_invitation(call: Call[TierInvitationRequest], shop: str, member: str) -> Outcome:
    """Invite once per idempotency key; another invitation replaces the dates of the one before."""
    said = call.body
    until = instant_of(said.until, "$.until") if isinstance(said.until, str) else 0
    if isinstance(until, Refusal):
        return until
    tier = f"{said.group}/{said.tier}"
    wish = AdjustWish(AdjustmentKind.INVITE, said.reason, until=until, tier=tier)
    return adjusted(call, shop, member, wish)


@door.post(
    "/v1/admin/shops/{shop}/members/{member}/tier-withdrawals",
    Contract(
        TierWithdrawalRequest,
        shapes.EntryView,
        "Withdraw an invitation to a tier, with a reason",
        scope=Scope.POINTS,
        status=201,
        idempotent=True,
        refusals=(*_REFUSALS, RefusalCode.INVITATION_UNKNOWN),
        locate=member_missing,
    ),
)
def post_tier_withdrawal(call: Call[TierWithdrawalRequest], shop: str, member: str) -> Outcome:
    """Withdraw once per idempotency key; what the member earned by amounts stays."""
    said = call.body
    tier = f"{said.group}/{said.tier}"
    wish = AdjustWish(AdjustmentKind.WITHDRAW, said.reason, tier=tier)
    return adjusted(call, shop, member, wish)


class BadgeRequest(KeyedBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which badge, and why."""

    badge: Id
    reason: Reason


@door.post(
    "/v1/admin/shops/{shop}/members/{member}/badge-grants",
    Contract(
        BadgeRequest,
        shapes.EntryView,
        "Grant a member a badge, with a reason",
        scope=Scope.POINTS,
        status=201,
        idempotent=True,
        refusals=(*_REFUSALS, RefusalCode.BADGE_UNKNOWN, RefusalCode.BADGE_GRANTED_ALREADY),
        locate=member_missing,
    ),
)
def post_badge_grant(call: Call[BadgeRequest], shop: str, member: str) -> Outcome:
    """Grant once per idempotency key; the member may wear it for other reasons, too."""
    wish = AdjustWish(AdjustmentKind.BADGE, call.body.reason, badge=call.body.badge)
    return adjusted(call, shop, member, wish)


@door.post(
    "/v1/admin/shops/{shop}/members/{member}/badge-withdrawals",
    Contract(
        BadgeRequest,
        shapes.EntryView,
        "Take back a badge that staff granted, with a reason",
        scope=Scope.POINTS,
        status=201,
        idempotent=True,
        refusals=(*_REFUSALS, RefusalCode.BADGE_UNKNOWN),
        locate=member_missing,
    ),
)
def post_badge_withdrawal(call: Call[BadgeRequest], shop: str, member: str) -> Outcome:
    """Take back once per idempotency key; what rules and challenges give of it stays."""
    wish = AdjustWish(AdjustmentKind.UNBADGE, call.body.reason, badge=call.body.badge)
    return adjusted(call, shop, member, wish)
