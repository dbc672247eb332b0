"""What people see of the books: the values that cards, member pages and lists are made of.

Wire shapes of ``docs/api.md``. Times are ISO 8601 texts, points whole, money minor units with
its currency. Built by ``card.py`` and the operations that only read; nothing here computes.
"""

import msgspec


class PointsView(msgspec.Struct, frozen=True):
    """What a member has of one unit, in points; ``text`` is the spendable part in words."""

    available: int
    pending: int
    held: int
    deficit: int
    text: str


class NextTierView(msgspec.Struct, frozen=True):
    """The tier above."""

    id: str
    name: str


class ProgressView(msgspec.Struct, frozen=True):
    """How far to the next tier, in minor units or points; ``text`` for points alone."""

    value: int
    from_: int = msgspec.field(name="from")
    to: int = 0
    next: NextTierView | None = None
    missing: int = 0
    currency: str | None = None
    text: str | None = None


class TierView(msgspec.Struct, frozen=True):
    """The tier held in one group."""

    group: str
    id: str
    name: str
    since: str | None
    keep_until: str | None
    progress: ProgressView


class CostView(msgspec.Struct, frozen=True):
    """What a reward costs; with steps, the least of them."""

    unit: str
    amount: int


class MoneyView(msgspec.Struct, frozen=True):
    """An amount in minor units of its currency."""

    amount: int
    currency: str


class StepsView(msgspec.Struct, frozen=True):
    """How many steps of a reward may be taken, and the most that this member can take now."""

    least: int
    most: int
    best: int  # 0: none


class RewardView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One reward as this member can have it; ``reason`` is why not, as a refusal code."""

    id: str
    name: str
    kind: str
    cost: CostView | None
    affordable: bool
    missing: int
    reason: str | None
    steps: StepsView | None = None


class CodeView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A code that can still be used."""

    redemption_id: str
    code: str
    reward_id: str
    status: str
    expires_at: str | None
    undo_until: str | None
    worth: MoneyView | None = None
    min_order: MoneyView | None = None
    combine: str | tuple[str, ...] = "any"


class ExpiringView(msgspec.Struct, frozen=True):
    """Points that lapse next."""

    unit: str
    points: int
    at: str


class MemberView(msgspec.Struct, frozen=True):
    """Who the card is of."""

    id: str
    name: str
    joined_at: str


class SharerView(msgspec.Struct, frozen=True):
    """One who shares a pool, as the others see them; no name without their consent."""

    name: str
    is_you: bool
    is_owner: bool
    gives_all: bool
    share: int


class SharedPoolView(msgspec.Struct, frozen=True):
    """A pool as those see it who share it; ``text`` is what it can pay, in words."""

    pool_id: str
    unit: str
    points: PointsView
    drawable: int
    spendable: int
    text: str
    members: tuple[SharerView, ...]


class PaidMembershipView(msgspec.Struct, frozen=True):
    """A membership that was paid for, and until when."""

    id: str
    name: str
    until: str


class ChallengeView(msgspec.Struct, frozen=True):
    """How far a member is in a challenge: ``value`` of ``target`` on the way to the next time."""

    id: str
    name: str
    kind: str
    value: int
    target: int
    completed: int
    repeat: int
    takes_part: bool  # false: it counts from the moment on that they join it
    ends_at: str | None


class BadgeView(msgspec.Struct, frozen=True):
    """A badge that the member wears."""

    id: str
    name: str
    since: str


class CardView(msgspec.Struct, frozen=True):
    """Everything that a member sees at a glance; ``member`` is null for somebody who is none."""

    member: MemberView | None
    points: dict[str, PointsView]
    tiers: tuple[TierView, ...]
    rewards: tuple[RewardView, ...]
    codes: tuple[CodeView, ...]
    expiring: tuple[ExpiringView, ...]
    notices: tuple[str, ...]
    program_version: int
    locale: str
    memberships: tuple[PaidMembershipView, ...] = ()  # paid ones that are held
    pools: tuple[SharedPoolView, ...] = ()  # that the member shares, on the whole card
    challenges: tuple[ChallengeView, ...] = ()  # on the whole card
    badges: tuple[BadgeView, ...] = ()  # on the whole card


class RedemptionView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A redemption as it stands, and what is left."""

    redemption_id: str
    reward_id: str
    status: str
    code: str
    fulfilment: str
    expires_at: str | None
    undo_until: str | None
    points: dict[str, PointsView]
    steps: int | None = None
    worth: MoneyView | None = None
    min_order: MoneyView | None = None
    combine: str | tuple[str, ...] = "any"
