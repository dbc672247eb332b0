"""A program made ready for evaluation: what ``compiled`` builds once per version."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal, TypeAlias

import msgspec

from chalicelib.domain.calendar import Period, Window
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import TRACE_ROWS_MAX
from chalicelib.domain.program.conditions import Test
from chalicelib.domain.program.document import Program, Reward
from chalicelib.domain.program.fields import Kind, Read
from chalicelib.domain.program.habit_fields import NOTHING_RECALLED, Recalls
from chalicelib.domain.program.hours import Hours, Telling
from chalicelib.domain.program.idle import Idleness
from chalicelib.domain.program.referral_plan import CompiledReferral
from chalicelib.domain.program.tier_document import Tier

Round: TypeAlias = Callable[[int, int], int]
Amount: TypeAlias = Literal["net", "gross", "with_tax", "quantity"]


class CompiledUnit(msgspec.Struct, frozen=True):
    """The arithmetic of one unit: every exact amount is a numerator over its one denominator."""

    id: str
    to_whole: Round  # from points: numerator, denominator -> whole points
    base_denominator: int  # of rates
    multiplier_base: int  # of each multiplier
    factors: int  # how many multipliers may meet in a product
    denominator: int  # of every exact amount: the first by the second, once a factor


class CompiledGive(msgspec.Struct, frozen=True):
    """One effect of a rule: whole points to ``add``, a ``weight`` of amounts, or a multiplier."""

    unit: str
    how: Literal["add", "rate", "percent", "quantity", "multiply"] = "add"
    add: int = 0
    rate: str = ""  # as written, for the trace; "" for a bonus
    per: int = 1  # minor units, or thousandths
    of: Amount = "net"
    quantity_of: Read | None = None  # of an action's quantity: how it is read
    weight: int = 0  # numerator over base_denominator, per minor unit, or per thousandth
    whole_weight: int = 0  # numerator over base_denominator, per whole `per`
    multiplier: int = 0  # numerator over multiplier_base


class CompiledGrant(msgspec.Struct, frozen=True):
    """One effect of a rule that is not points: ``amount`` of what ``kind`` and ``name`` say."""

    effect: int  # place among the rule's effects
    kind: str
    name: str
    amount: int
    period: Period | None = None  # of a tier: how long it is given; None: for good
    waits: bool = False  # told and counted, and given later: by another trigger


class CompiledCap(msgspec.Struct, frozen=True):
    """One limit of what rules give, or of how often a reward is had."""

    id: str  # rule:<rule>, shop:<rule>, cooldown:<rule>, pick:<rule>, day:<unit>, reward:<reward>
    kind: Literal["times", "amount", "day", "cooldown", "pick", "budget"]
    limit: int
    window: Window | None  # None: within one order, no counter
    rule_id: str = ""
    unit: str = ""  # of amounts
    cooldown: Period | None = None


class CompiledRule(msgspec.Struct, frozen=True):
    """One earn rule."""

    id: str
    on: str  # of orders: order.paid, whatever else they wait for
    give: tuple[CompiledGive, ...]
    grants: tuple[CompiledGrant, ...]
    lines: Test | None
    condition: Test | None
    starts_at: Instant
    ends_before: Instant
    needs_lines: bool  # an order rule that matches no line gives nothing
    once: bool
    full: bool
    dry_run: bool
    caps: tuple[CompiledCap, ...]
    subject_of: Read | None = None  # what a once-rule is once for; None: the member
    hours: Hours | None = None
    counts_paid: bool = False
    after: bool = False  # multiplied by the tier that the order reaches
    bonus: bool = False
    group: str = ""
    self_reported: bool = False
    campaign: str = ""  # whose rule it is
    after_fulfilment: Period | None = None  # an order earns by it only so long after; None: at once
    branches: "tuple[CompiledBranch, ...]" = ()  # of a rule that draws
    is_drawn: bool = False  # one outcome of such a rule


class CompiledBranch(msgspec.Struct, frozen=True):
    """One outcome of a draw: the rule as it is where its ticket is drawn."""

    below: int  # tickets from the branch before to this one are its own
    weight: int
    rule: CompiledRule


INVITED_ONLY = 1 << 62
"""Where a tier lies that no amount reaches: by invitation, or by conditions."""


class CompiledTier(msgspec.Struct, frozen=True):
    """One tier. ``multiply`` has numerators over the unit's ``multiplier_base``."""

    id: str
    at: int  # minor units, or points of the group's unit
    entry: tuple[CompiledGive, ...]  # points for reaching it
    grants: tuple[CompiledGrant, ...]  # rewards for reaching it
    tier: Tier
    multiply: Mapping[str, int]
    condition: Test | None = None  # by custom: who meets it holds the tier


class Block(msgspec.Struct, frozen=True):
    """Windows of so many months each, counted from a day: a year that starts in April."""

    months: int
    anchor: date


class Keeping(msgspec.Struct, frozen=True):
    """How long a tier reached is kept: calendar windows, a period, or (neither) for ever."""

    windows: int = 0
    period: Period | None = None
    grace: Period | None = None  # what is lost at the end is held so much longer

    @property
    def is_forever(self) -> bool:
        """Whether nothing ever ends by time."""
        return not self.windows and self.period is None


class CompiledGroup(msgspec.Struct, frozen=True):
    """One tier group, lowest tier first."""

    id: str
    by: Literal["spend", "points", "status", "orders", "referrals", "custom"]
    unit: str  # of points and status, else ""
    window: Window  # of blocks: one bucket, a year
    zone: str
    tiers: tuple[CompiledTier, ...]
    keeping: Keeping
    drop: Literal["never", "one", "requalify"]
    places: Mapping[str, int]  # index of each tier by id
    block: Block | None = None  # of windows that are no calendar steps
    is_anniversary: bool = False  # the anchor of the block is the member's own day
    judged: Window | None = None  # by custom: judged at the end of such a one; None: at once
    asks: Mapping[str, frozenset[int]] = {}  # by custom: fields asked for, and numbers beside them


class CompiledPartner(msgspec.Struct, frozen=True):
    """A shop that shares the program. Prices of a point are millionths of a minor unit."""

    id: str
    source: str  # of the orders that come from it
    bought_at: int
    paid_at: int


class Worth(msgspec.Struct, frozen=True):
    """What a budget counts for points of a unit: ``minor`` for each ``points``."""

    minor: int
    points: int


class CompiledCampaign(msgspec.Struct, frozen=True):
    """One campaign; its rules are among all others."""

    id: str
    segment: str  # "": everybody
    starts_at: Instant
    ends_before: Instant
    holdout: str  # a decimal from 0 to 1
    budget: CompiledCap | None  # None: unlimited
    worth: Mapping[str, Worth]  # by unit; a unit that is not there takes nothing


class CompiledMembership(msgspec.Struct, frozen=True):
    """A membership that is paid for, by a line of ``sku`` or by a renewal of ``plan``."""

    id: str
    sku: str
    plan: str
    period: Period
    is_prorated: bool


class CompiledReward(msgspec.Struct, frozen=True):
    """One reward. ``reward`` is what the merchant wrote."""

    id: str
    reward: Reward
    who: Test | None
    cap: CompiledCap | None
    shared: CompiledCap | None  # of all members together, instead of ``cap``
    is_only_given: bool = False  # members can't take it: something gives it, and it has no cost
    holders: tuple[tuple[str, str], ...] = ()  # (tier group, tier) whose perk it is; (): no perk


class CompiledSource(msgspec.Struct, frozen=True):
    """Something that counts for a challenge: chosen as a rule is, giving nothing by itself."""

    rule: CompiledRule
    step: str = ""  # of a challenge of steps


class CompiledPrize(msgspec.Struct, frozen=True):
    """What a place of a board wins."""

    gives: tuple[tuple[str, int], ...]  # (unit, points)
    grants: tuple[CompiledGrant, ...]


class CompiledBoard(msgspec.Struct, frozen=True):
    """The board of a challenge."""

    size: int
    is_shared: bool  # equal scores have one place
    has_names: bool
    closes_at: Instant
    prizes: Mapping[int, CompiledPrize]  # by place


class CompiledChallenge(msgspec.Struct, frozen=True):
    """One challenge: what completes it, and what a completion gives."""

    id: str
    kind: Literal["count", "sum", "streak", "set", "steps"]
    terms: str  # fingerprint: progress made by other terms stays as it is
    target: int
    repeat: int  # how often it can be completed
    skips: int
    most: int  # values of a set that are remembered
    is_joined: bool  # only of members who said that they take part
    window: Window | None  # the period of a streak
    of: str | None  # what of lines is read; None: ``read``
    read: Read | None
    gives: tuple[tuple[str, int], ...]  # (unit, points) for each completion
    grants: tuple[CompiledGrant, ...]
    sources: tuple[CompiledSource, ...]
    board: CompiledBoard | None = None


class CompiledProgram(msgspec.Struct, frozen=True):
    """Everything an evaluation needs, by id. ``program`` is what the merchant wrote."""

    program: Program
    version: int
    zone: str
    currency: str
    units: Mapping[str, CompiledUnit]  # every unit, retired ones too
    rules: Mapping[str, tuple[CompiledRule, ...]]  # by trigger, in order of ids
    groups: Mapping[str, CompiledGroup]
    rewards: Mapping[str, CompiledReward]
    caps: Mapping[str, CompiledCap]  # of rules and days, by cap id
    rule_caps: Mapping[str, tuple[CompiledCap, ...]]  # by rule id, those that have any
    day_caps: Mapping[str, CompiledCap]  # by unit
    reward_caps: Mapping[str, CompiledCap]  # by cap id
    shared: Mapping[str, CompiledCap]  # of the whole shop, by cap id; not among ``caps``
    earn_before: Instant  # what happens from then on earns nothing
    redeem_before: Instant
    campaigns: Mapping[str, CompiledCampaign]
    segments: Mapping[str, Test]  # in order of their ids
    asks_habits: bool  # whether any condition asks what the account remembers of buying
    declared: Mapping[str, Kind]  # fields of the shop's own data
    memberships: tuple[CompiledMembership, ...]  # in order of ids
    partners: Mapping[str, CompiledPartner]  # by id
    payers: Mapping[str, str]  # partner that buys the points of a rule, by rule id
    draws: frozenset[str]  # rules that chance decides on; those for joining are not among them
    auto: Mapping[str, int]  # by unit: the least that a reward costs which is redeemed by itself
    idle: Mapping[str, Idleness]  # by unit: those that lapse, or ever lapsed, by inactivity
    referral: CompiledReferral | None = None
    telling: Telling | None = None  # None: nothing is ever told
    judging: tuple[CompiledGroup, ...] = ()  # whose tiers are held by conditions
    entering: tuple[CompiledGroup, ...] = ()  # where rules ask who enters a tier: all groups
    recalls: Recalls = NOTHING_RECALLED  # products that conditions ask for
    trace_rows: int = TRACE_ROWS_MAX  # kept of an evaluation; 0: nobody will read why
    claims_until: Instant = 0  # until then orders may count that a rollout before it kept out
    challenges: Mapping[str, CompiledChallenge] = {}
    sources: Mapping[str, tuple[tuple[CompiledChallenge, CompiledSource], ...]] = {}  # by trigger


def untold(program: CompiledProgram) -> CompiledProgram:
    """``program`` with the same answers and no reasons: no trace, no explained entries."""
    return msgspec.structs.replace(program, trace_rows=0)
