"""Admin: invite a member to a tier, or withdraw the invitation; each with a reason."""

import msgspec

from chalicelib.domain.instants import Instant, parse_instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.records import Adjustment, AdjustmentKind
from chalicelib.operations.adjust_points import AdjustCommand, adjust_points
from chalicelib.operations.find_member import find_member
from chalicelib.routes.admin import member_views as shapes
from chalicelib.routes.admin.locating import member_missing
from chalicelib.routes.contract import Answer, Audience, Call, Contract, KeyedBody, Outcome
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import Id, Reason, value_invalid
from chalicelib.security.minting import new_id
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
    until: Instant | None = 0
    if isinstance(said.until, str):
        until = _instant(said.until)
    if until is None:
        return value_invalid("$.until", "Write a time, such as 2026-12-31T00:00:00Z.")
    wish = (AdjustmentKind.INVITE, f"{said.group}/{said.tier}", said.reason, until)
    return _adjusted(call, shop, member, wish)


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
    wish = (AdjustmentKind.WITHDRAW, f"{said.group}/{said.tier}", said.reason, 0)
    return _adjusted(call, shop, member, wish)


def _adjusted(
    call: Call[TierInvitationRequest] | Call[TierWithdrawalRequest],
    shop: str,
    member: str,
    wish: tuple[AdjustmentKind, str, str, Instant],
) -> Outcome:
    found = find_member(call.table, shop, member)
    if isinstance(found, Refusal):
        return found
    kind, tier, reason, until = wish
    command = AdjustCommand(
        shop=shop,
        member=found.named,
        unit="",
        points=0,
        reason=reason,
        salt=new_id(),
        actor=call.actor,
        idempotency_key=call.idempotency_key,
        now=call.now,
        kind=kind,
        until=until,
        tier=tier,
    )
    result = adjust_points(call.table, command)
    if isinstance(result, Refusal):
        return result
    if not isinstance(result.document, Adjustment) or result.document.entry is None:
        raise TypeError("an adjustment has its entry")
    entry = shapes.entry_view(result.document.entry)
    return Answer(entry, replayed=result.replayed, target=found.member)


def _instant(text: str) -> Instant | None:
    try:
        return parse_instant(text)
    except ValueError:
        return None
