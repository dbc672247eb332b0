"""Source documents besides orders: redemptions, adjustments, joinings.

A document is the idempotency record of its effect, for ever. ``request_hash`` covers what was
asked (operation, member, business fields), so that the same key with another request is refused.
"""

import hashlib
from enum import StrEnum

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import Entry
from chalicelib.domain.lots import Touched
from chalicelib.domain.program.occasion import Share, TraceRow


class RedemptionStatus(StrEnum):
    """Where a redemption stands; ``ready`` codes can be used at the shop."""

    READY = "ready"
    USED = "used"
    UNDONE = "undone"
    EXPIRED = "expired"


class Redemption(msgspec.Struct, frozen=True, omit_defaults=True):
    """One reward taken for points. Keyed by the caller's idempotency key and the member."""

    id: str
    member: str
    reward_id: str
    request_hash: str
    unit: str
    cost: int  # points
    touched: tuple[Touched, ...]  # the lots that paid
    code: str
    status: RedemptionStatus
    program_version: int
    requested_at: Instant
    revision: int = 0
    fulfilment: str = "manual"
    expires_at: Instant | None = None  # of the code
    undo_until: Instant = 0  # it may be undone before then, while nobody used it
    on_refund: str = "return"
    stock_shard: int | None = None
    used_by: str = ""  # "<source>:<order>" that used the code
    used_at: Instant | None = None
    returned: int = 0  # points given back because of refunds of that order
    by: str = ""  # who took it, where ``member`` is a pool
    borne: dict[str, int] = {}  # whose points of the pool paid, by member


class AdjustmentKind(StrEnum):
    """What a person did to the points."""

    POINTS = "points"  # added or took some
    REINSTATE = "reinstate"  # gave lapsed ones back
    EXTEND = "extend"  # let them live longer


class Adjustment(msgspec.Struct, frozen=True, omit_defaults=True):
    """Points moved by a person, with a reason. The reason is free text: erasable, salted."""

    id: str
    member: str
    request_hash: str
    unit: str
    points: int  # signed
    reason: str
    reason_salt: str
    actor: str  # api key id or "operator"
    recorded_at: Instant
    entry: Entry | None = None
    kind: AdjustmentKind = AdjustmentKind.POINTS
    until: Instant = 0  # of an extension
    revision: int = 0


class Joining(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member's first moment, and what joining earned."""

    id: str
    member: str
    recorded_at: Instant
    program_version: int
    posted: tuple[Share, ...] = ()
    trace: tuple[TraceRow, ...] = ()
    revision: int = 0


class HoldStatus(StrEnum):
    """Where a hold stands. One whose time is over is as good as voided, whoever says so."""

    OPEN = "open"
    CAPTURED = "captured"
    VOIDED = "voided"


class Hold(msgspec.Struct, frozen=True, omit_defaults=True):
    """Points set aside for something that is being paid at a shop."""

    id: str
    member: str
    request_hash: str
    unit: str
    points: int
    status: HoldStatus
    expires_at: Instant
    recorded_at: Instant
    program_version: int
    captured: int = 0  # points that were spent of it
    ended_at: Instant | None = None
    revision: int = 0


def request_hash(*parts: str | int) -> str:
    """Thirty-two hex digits over what was asked; never over token or key."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]
