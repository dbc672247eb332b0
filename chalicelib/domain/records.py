"""Source documents besides orders: redemptions, adjustments, joinings.

A document is the idempotency record of its effect, for ever. ``request_hash`` covers what was
asked (operation, member, business fields), so that the same key with another request is refused.
"""

import hashlib
from enum import StrEnum

import msgspec

from chalicelib.domain.granting import Granted
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import Entry
from chalicelib.domain.lots import Touched
from chalicelib.domain.partners import PartnerLine
from chalicelib.domain.program.occasion import Drawn, Share, TraceRow


class RedemptionStatus(StrEnum):
    """Where a redemption stands; ``ready`` codes can be used at the shop."""

    READY = "ready"
    USED = "used"
    FULFILLED = "fulfilled"  # handed over by staff
    UNDONE = "undone"
    DONE = "done"  # a donation: there is no code
    EXPIRED = "expired"
    FAILED = "failed"  # given by a rule, and could not be issued: ``reason`` says why


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
    on_expiry: str = "keep"  # the points, when nobody uses the code in time
    stock_shard: int | None = None
    used_by: str = ""  # "<source>:<order>" that used the code
    used_at: Instant | None = None
    returned: int = 0  # points given back because of refunds of that order
    leaked: int = 0  # of those that came back at its end, what a late use could not take again
    by: str = ""  # who took it, where ``member`` is a pool
    borne: dict[str, int] = {}  # whose points of the pool paid, by member
    kind: str = ""  # of the reward
    forever: bool = False  # used by any number of orders, and never used up
    combine: str | tuple[str, ...] = "any"  # rewards that one order may use it with: any, none, ids
    fulfilled_at: Instant | None = None
    fulfilled_by: str = ""  # api key id or "operator"
    steps: int = 0  # how many of the reward's steps were taken; 0: it has none
    worth: int = 0  # what the code takes off, in minor units; 0: not an amount
    min_order: int = 0  # the smallest order that the code is for, in minor units
    currency: str = ""  # of both
    cause: str = ""  # what a donation went to
    given: int = 0  # units of the cause that it gave
    partners: tuple[PartnerLine, ...] = ()  # where it was spent, by month
    auto: bool = False  # redeemed by itself: it goes back while its points are owed
    given_by: str = ""  # the document that gave it for nothing, as entries name it
    rule: str = ""  # of that document, which gave it
    reason: str = ""  # why it failed, or why it stays although its document gives it no more
    budgets: dict[str, int] = {}  # its turn of what all members share, by counter


def as_of(redemption: Redemption, now: Instant) -> Redemption:
    """The redemption as it stands at ``now``: a code that nobody used by its end has expired.

    Its document is not written for that. Where its points come back, they are back since then.
    """
    expires_at = redemption.expires_at
    is_unused = redemption.status is RedemptionStatus.READY
    if not is_unused or expires_at is None or now < expires_at:
        return redemption
    returned = redemption.cost if redemption.on_expiry == "return" else redemption.returned
    return msgspec.structs.replace(redemption, status=RedemptionStatus.EXPIRED, returned=returned)


class AdjustmentKind(StrEnum):
    """What a person did to the points."""

    POINTS = "points"  # added or took some
    REINSTATE = "reinstate"  # gave lapsed ones back
    EXTEND = "extend"  # let them live longer
    INVITE = "invite"  # to a tier
    WITHDRAW = "withdraw"  # took an invitation to a tier back
    BADGE = "badge"  # granted one
    UNBADGE = "unbadge"  # took a badge back that staff granted
    IMPORT = "import"  # brought a balance from another system


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
    until: Instant = 0  # of an extension, an invitation, or the lot of an import
    tier: str = ""  # "group/tier" of an invitation
    revision: int = 0
    badge: str = ""  # that was granted, or taken back


class Joining(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member's first moment, and what joining earned."""

    id: str
    member: str
    recorded_at: Instant
    program_version: int
    posted: tuple[Share, ...] = ()
    trace: tuple[TraceRow, ...] = ()
    revision: int = 0
    grants: tuple[Granted, ...] = ()
    drawn: Drawn | None = None  # what chance said to the rules that went by it
    budgets: dict[str, int] = {}  # what it holds of what the whole shop shares


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
    expires_at: Instant  # asked with 0: as long as the reward says
    recorded_at: Instant
    program_version: int
    reward: str = ""  # what they are held for, if that was said
    captured: int = 0  # points that were spent of it
    ended_at: Instant | None = None
    revision: int = 0


def request_hash(*parts: str | int) -> str:
    """Thirty-two hex digits over what was asked; never over token or key."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]
