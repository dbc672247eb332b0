"""What the ledger hands to an evaluation, and what it gets back.

``Occasion`` is what happened and what remains of it; ``Terms`` is what was fixed at the first
award and is stored with the order, so that a refund years later is computed by the same terms;
``Award`` is the answer with its trace. Instants are milliseconds UTC, money is minor units of the
program's currency, points are whole.
"""

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.member import MemberFacts

ENTRY_PREFIX = "tier:"
"""Shares of tier entry effects have the rule id ``tier:<group>/<tier>``."""


class Drawn(msgspec.Struct, frozen=True, rename={"day": "d", "numbers": "n"}):
    """What chance said for one document, by rule, before limits and budgets. Never drawn again."""

    day: str  # of whose secret, UTC, such as 2026-11-22
    numbers: dict[str, int]  # by rule, below ``DRAW_END``


class Bought(msgspec.Struct, frozen=True, array_like=True):
    """A paid membership by one document: until when, and what of its price is left."""

    starts_at: Instant
    ends_at: Instant
    full_until: Instant  # without any refund
    whole: int  # minor units that were paid for it
    left: int  # of them, at the last look


DRAW_END = 1 << 48
"""Numbers that are drawn lie from 0 to below this: exact in JSON, and far beyond all weights."""


BIRTHDAY_PREFIX = "birthday:"
"""Shares of what a tier gives on birthdays have the rule id ``birthday:<group>/<tier>``."""


class OccasionLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """What REMAINS of one order line after refunds."""

    line_id: str
    net: int  # minor units, after discounts, without tax
    gross: int  # minor units, before discounts
    tax: int  # minor units
    quantity_milli: int  # thousandths of a piece
    product_id: str = ""
    sku: str = ""
    tags: tuple[str, ...] = ()
    gift_card: bool = False
    attributes: dict[str, str | int | bool | tuple[str, ...]] = {}


class Occasion(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that rules may reward."""

    trigger: str  # order.paid, member.joined; "" where nothing of it is left
    at: Instant  # paid at, joined at: what caps and tiers count by
    placed_at: Instant  # what the dates of rules are tested against
    member: MemberFacts = MemberFacts()
    lines: tuple[OccasionLine, ...] = ()
    now: Instant = 0  # as of when it is settled: what some rules wait for has come by then, or not
    fulfilled_at: Instant | None = None  # of an order
    is_self_reported: bool = False  # members say so: only rules that allow it may pay
    action: dict[str, object] = {}  # name, subject, properties
    drawn: Drawn | None = None  # None: nothing was drawn, and nothing is given by chance
    order: dict[
        str, object
    ] = {}  # number, channel, currency, net_total, line_count, codes, tags, attributes


class Launched(
    msgspec.Struct, frozen=True, omit_defaults=True, rename={"net": "n", "posted_before": "p"}
):
    """An order from before the program, as it was when it was imported."""

    net: int  # minor units that were left of it
    posted_before: dict[str, int] = {}  # points given for it elsewhere, by unit


class Cut(msgspec.Struct, frozen=True):
    """Points of a unit that a campaign's budget does not cover, and which rules are whose."""

    unit: str
    points: int
    own: frozenset[str]  # rules of the campaign: what they give is cut first
    others: frozenset[str]  # rules of other campaigns: what they give is cut last


class Terms(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={
        "program_version": "v",
        "tiers": "t",
        "qualified_before": "q",
        "room": "c",
        "entered": "e",
        "already_given": "g",
        "facts": "f",
        "fx": "x",
        "subjects": "s",
        "arms": "a",
        "cuts": "m",
        "launched": "l",
        "gifts": "i",
        "withheld": "w",
    },
):
    """What the first award fixed for ever."""

    program_version: int
    tiers: dict[str, str] = {}  # tier held before, by group
    qualified_before: dict[str, int] = {}  # amount in the window before, by group
    room: dict[str, int] = {}  # room granted, by cap id, or FORGOTTEN; none: unlimited
    entered: tuple[str, ...] = ()  # "group/tier" whose entry effects were granted
    already_given: tuple[str, ...] = ()  # once-rules whose marker another document has
    facts: MemberFacts = MemberFacts()  # as they were before the event
    arms: dict[str, str] = {}  # in, holdout or spent, by campaign that was meant for the member
    cuts: tuple[Cut, ...] = ()  # what budgets don't cover, within one evaluation; never stored
    fx: dict[str, str] = {}  # the rate of the order's currency; {} in the program's own
    subjects: dict[str, str] = {}  # what once-rules are once for, where it isn't the member
    launched: Launched | None = None  # imported from before the program: no rule counts it
    gifts: tuple[str, ...] = ()  # effects that budgets of campaigns grant, as ``effect_name``
    withheld: tuple[str, ...] = ()  # effects that they don't, within one evaluation; never stored


class Share(msgspec.Struct, frozen=True):
    """Whole points of one unit that one rule, or one tier entry, gives. Never 0."""

    rule_id: str
    unit: str
    points: int


class Grant(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that is not points and that one effect of a rule gives. Keyed by the effect."""

    rule_id: str
    effect: int  # place among the rule's effects
    kind: str  # cause, badge
    name: str  # id of the cause, of the badge
    amount: int = 1  # units of the cause


def effect_name(rule: str, effect: int) -> str:
    """How terms name one effect of a rule."""
    return f"{rule}/{effect}"


class TraceRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step of the reasoning, as a stable code with its figures."""

    code: str
    rule_id: str = ""
    unit: str = ""
    line_id: str = ""
    points: int = 0
    parameters: dict[str, str | int] = {}


class Award(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an occasion earns by its terms."""

    shares: tuple[Share, ...] = ()  # by unit, then rule id; entry effects last
    qualifying: dict[str, int] = {}  # by tier group: minor units, or points of its unit
    used: dict[str, int] = {}  # by cap id: what this award takes, after cutting
    granted: dict[str, int] = {}  # by cap id, rounded up: what a rule's own limits let it give
    wanted: dict[str, int] = {}  # by cap id: what it would take without any cap
    campaigns: dict[str, dict[str, int]] = {}  # points of each unit that they added
    once: tuple[str, ...] = ()  # once-rules that gave anything
    grants: tuple[Grant, ...] = ()  # by rule id, then effect
    progress: dict[str, dict[str, int]] = {}  # by challenge: what it counts, by value
    trace: tuple[TraceRow, ...] = ()  # at most TRACE_ROWS_MAX
