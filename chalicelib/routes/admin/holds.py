"""Admin: holds, for shops that take points at their own checkout."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.instants import SECOND_MS, Instant, iso
from chalicelib.domain.limits import HOLD_MS_DEFAULT, HOLD_MS_MAX
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.points import POINTS_MAX
from chalicelib.domain.records import Hold, HoldStatus
from chalicelib.operations.decide_and_commit import Recorded
from chalicelib.operations.find_member import find_member
from chalicelib.operations.hold_points import (
    HoldCommand,
    LoadedHold,
    authorize_hold,
    capture_hold,
    public_hold_id,
    void_hold,
)
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    KeyedBody,
    NoBody,
    Outcome,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import Id
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)

Points = Annotated[int, Meta(ge=1, le=POINTS_MAX)]
Seconds = Annotated[int, Meta(ge=1, le=HOLD_MS_MAX // SECOND_MS)]


class HoldRequest(KeyedBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many points to set aside, for how many seconds; for a reward, as long as that says."""

    unit: Id
    points: Points
    expires_in: Seconds | None = None
    reward: Id | None = None


class CaptureRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many of the points were spent; absent: all of them."""

    points: Points | None = None


class HoldView(msgspec.Struct, frozen=True):
    """A hold as it stands."""

    hold_id: str
    member_id: str
    unit: str
    points: int
    status: str  # open, captured, voided, expired
    captured: int
    expires_at: str


def _answer(result: Recorded[LoadedHold] | Refusal, now: Instant) -> Outcome:
    if isinstance(result, Refusal):
        return result
    hold = result.document
    if not isinstance(hold, Hold):
        raise TypeError("a hold is recorded as one")
    is_over = hold.status is HoldStatus.OPEN and now >= hold.expires_at
    view = HoldView(
        hold_id=public_hold_id(hold),
        member_id=hold.member,
        unit=hold.unit,
        points=hold.points,
        status="expired" if is_over else hold.status.value,
        captured=hold.captured,
        expires_at=iso(hold.expires_at),
    )
    return Answer(view, replayed=result.replayed, target=hold.member)


def _life_ms(said: HoldRequest) -> int:
    """How long it is asked for; 0: as long as the reward says."""
    if said.expires_in is None:
        return 0 if said.reward else HOLD_MS_DEFAULT
    return said.expires_in * SECOND_MS


@door.post(
    "/v1/admin/shops/{shop}/members/{member}/holds",
    Contract(
        HoldRequest,
        HoldView,
        "Set points aside while something is being paid",
        scope=Scope.POINTS,
        status=201,
        idempotent=True,
        refusals=(
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.UNIT_UNKNOWN,
            RefusalCode.REWARD_UNKNOWN,
            RefusalCode.SAME_KEY_OTHER_REQUEST,
            RefusalCode.PROGRAM_NOT_LIVE,
            RefusalCode.PROGRAM_PAUSED,
            RefusalCode.PROGRAM_ENDED,
            RefusalCode.LIMIT_REACHED,
            RefusalCode.INSUFFICIENT_POINTS,
        ),
    ),
)
def post_hold(call: Call[HoldRequest], shop: str, member: str) -> Outcome:
    """Authorize, once per idempotency key."""
    found = find_member(call.table, shop, member)
    if isinstance(found, Refusal):
        return found
    said = call.body
    command = HoldCommand(
        shop=shop,
        member=found.named,
        unit=said.unit,
        points=said.points,
        life_ms=_life_ms(said),
        idempotency_key=call.idempotency_key,
        now=call.now,
        reward=said.reward or "",
    )
    return _answer(authorize_hold(call.table, command), call.now)


@door.post(
    "/v1/admin/shops/{shop}/holds/{hold}/capture",
    Contract(
        CaptureRequest,
        HoldView,
        "Spend a part of a hold, or all of it; the rest goes back",
        scope=Scope.POINTS,
        refusals=(RefusalCode.HOLD_UNKNOWN, RefusalCode.HOLD_EXPIRED),
    ),
)
def post_hold_capture(call: Call[CaptureRequest], shop: str, hold: str) -> Outcome:
    """Capture; the same again is the same."""
    return _answer(capture_hold(call.table, shop, hold, (call.body.points, call.now)), call.now)


@door.post(
    "/v1/admin/shops/{shop}/holds/{hold}/void",
    Contract(
        NoBody,
        HoldView,
        "Let the points of a hold go",
        scope=Scope.POINTS,
        refusals=(RefusalCode.HOLD_UNKNOWN, RefusalCode.HOLD_EXPIRED),
    ),
)
def post_hold_void(call: Call[NoBody], shop: str, hold: str) -> Outcome:
    """Void; the same again is the same."""
    return _answer(void_hold(call.table, shop, hold, call.now), call.now)
