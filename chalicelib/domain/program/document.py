"""The program document, first part: exactly what a merchant may write, as frozen values.

The annotations are the one source: JSON Schema (``schema``), walker (``shape``) and guide are
made from them, so a key added here is checked, described and published. Meaning across keys is
the work of the ``*_checks`` modules; defaults that depend on other keys are ``defaults``'.
Money is ``{"USD": 500}`` in minor units; a text is a string or ``{locale: text}``.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.limits import (
    EARN_RULES_MAX,
    EFFECTS_PER_RULE_MAX,
    LOCALES_MAX,
    REWARDS_MAX,
    TIER_GROUPS_MAX,
    UNITS_MAX,
)
from chalicelib.domain.program.life_document import Expiry, Pending
from chalicelib.domain.program.scalars import (
    Condition,
    Currency,
    Decimal,
    Id,
    Locale,
    Money,
    PeriodText,
    Pieces,
    PluralForms,
    Points,
    PointsByUnit,
    ShortWords,
    Text,
    TimeText,
    UndoText,
    Zone,
)
from chalicelib.domain.program.tier_document import TierGroup

__all__ = [
    "Cost",
    "Effect",
    "Expiry",
    "Join",
    "Limit",
    "Limits",
    "Pending",
    "Program",
    "Reward",
    "Rule",
    "Span",
    "Text",
    "TierGroup",
    "Unit",
]


class Join(Struct, frozen=True, forbid_unknown_fields=True):
    """How customers become members."""

    how: Annotated[
        Literal["automatic", "opt_in"],
        Meta(description="automatic: with the first order or visit; opt_in: when they say so."),
    ] = "automatic"
    retroactive_days: Annotated[
        int, Meta(ge=0, le=3_650, description="How old orders may be that still earn at joining.")
    ] = 1


class Span(Struct, frozen=True, forbid_unknown_fields=True):
    """A window that moves: calendar, or rolling."""

    calendar: Literal["day", "week", "month", "quarter", "year"] | None = None
    rolling: PeriodText | None = None


class Gift(Struct, frozen=True, forbid_unknown_fields=True):
    """How many points members may give to each other."""

    max: Annotated[Points, Meta(description="The most that a member gives in the window.")]
    window: Annotated[
        Literal["lifetime"] | Span,
        Meta(description="lifetime, {calendar: day} or {rolling: P30D}."),
    ]


class Unit(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of points."""

    name: Annotated[
        PluralForms,
        Meta(description='Plural forms {"one", "other", ...}, or {locale: plural forms}.'),
    ]
    kind: Annotated[
        Literal["points", "status"],
        Meta(description="points: can be spent; status: only counted. Never changes."),
    ] = "points"
    spendable: Annotated[
        bool, Meta(description="Whether rewards may cost it. Default: true for points.")
    ] = True
    value: Annotated[
        Money | None, Meta(description="What `value_per` of it are worth, for liability.")
    ] = None
    value_per: Annotated[Points, Meta(description="How many are worth `value`.")] = 1
    rounding: Annotated[
        Literal["down", "half_even", "up"], Meta(description="Once per order and unit.")
    ] = "down"
    pending: Annotated[Literal["none"] | Pending, Meta(description="Default: 14 days.")] = Pending(
        for_="P14D"
    )
    expiry: Annotated[
        Literal["never"] | Expiry,
        Meta(description="Default: after 12 months without activity; of status points never."),
    ] = "never"
    negative: Annotated[
        Literal["allow", "clamp"],
        Meta(description="When more is taken back than is there: owe the rest, or forgive it."),
    ] = "allow"
    retired: Annotated[bool, Meta(description="No longer earned, still spendable.")] = False
    gift: Annotated[
        Gift | None, Meta(description="Members may give it to each other. Without it: no.")
    ] = None


class Effect(Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule gives: `add` points, or `rate` points `per` an amount of money."""

    unit: Id
    add: Annotated[Points | None, Meta(description="A bonus: once an order, never multiplied.")] = (
        None
    )
    rate: Annotated[Decimal | None, Meta(description="Points for each `per`.")] = None
    per: Annotated[Money | None, Meta(description="Default: one major currency unit.")] = None
    of: Annotated[
        Literal["net", "gross", "with_tax"],
        Meta(
            description="net: goods after discounts, without tax; gross: before discounts; "
            "with_tax: net and its tax."
        ),
    ] = "net"


class Limit(Struct, frozen=True, forbid_unknown_fields=True):
    """How often, or how much, in a window."""

    window: Annotated[
        Literal["order", "lifetime"] | Span,
        Meta(description="order, lifetime, {calendar: month} or {rolling: P30D}."),
    ]
    times: Annotated[Points | None, Meta(description="At most so many times.")] = None
    amount: Annotated[
        Points | PointsByUnit | None,
        Meta(description="At most so many points; {unit: points} when the rule gives several."),
    ] = None
    scope: Literal["member"] = "member"


class Rule(
    Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"if_": "if", "from_": "from"},
):
    """A way to earn."""

    id: Id
    on: Annotated[Literal["order.paid", "member.joined"], Meta(description="What triggers it.")]
    give: Annotated[tuple[Effect, ...], Meta(min_length=1, max_length=EFFECTS_PER_RULE_MAX)]
    lines: Annotated[Condition | None, Meta(description="Only lines that meet this.")] = None
    if_: Annotated[Condition | None, Meta(description="Only when this holds.")] = None
    full: Annotated[
        bool, Meta(description="Whole `per` only, rounded down before multiplying.")
    ] = False
    limit: Limit | None = None
    once: Annotated[
        Literal["member"] | None, Meta(description="Once in a membership. Implied for joining.")
    ] = None
    from_: Annotated[TimeText | None, Meta(description="Orders placed from then on.")] = None
    to: Annotated[
        TimeText | None, Meta(description="Orders placed before then; a bare date is included.")
    ] = None
    dry_run: Annotated[bool, Meta(description="Evaluated and explained, not paid.")] = False


class Cost(Struct, frozen=True, forbid_unknown_fields=True):
    """What a reward costs the member."""

    unit: Id
    amount: Points


class Reward(Struct, frozen=True, forbid_unknown_fields=True):
    """What members can have for their points."""

    id: Id
    name: Text
    kind: Literal["amount_off", "percent_off", "free_shipping", "product", "perk"]
    cost: Annotated[Cost | None, Meta(description="Without it the reward is free.")] = None
    value: Annotated[Money | None, Meta(description="amount_off: how much.")] = None
    percent: Annotated[Decimal | None, Meta(description="percent_off: how much.")] = None
    sku: Annotated[ShortWords | None, Meta(description="product: which.")] = None
    who: Annotated[Condition | None, Meta(description="Members who may have it.")] = None
    stock: Annotated[Pieces | None, Meta(description="How many there are.")] = None
    limit: Annotated[Limit | None, Meta(description="How often a member may have it.")] = None
    min_order: Annotated[Money | None, Meta(description="Smallest order it works on.")] = None
    valid: Annotated[PeriodText | None, Meta(description="Life of the code.")] = None
    undo: Annotated[
        UndoText,
        Meta(description="never, or how long an unused one may be given back. Default: `valid`."),
    ] = "P30D"
    on_refund: Annotated[
        Literal["return", "keep"], Meta(description="Its points when the order is refunded.")
    ] = "return"
    unit_cost: Annotated[Money | None, Meta(description="What it costs the shop.")] = None


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of the whole program."""

    points_per_day: Annotated[
        Points | PointsByUnit | None,
        Meta(description="Most that rules give a member a day, of each unit or by unit."),
    ] = None
    reward_cost_share: Annotated[
        Decimal | None, Meta(description="Cost of a reward by the spend that earns it; 0 to 1.")
    ] = None


class Program(Struct, frozen=True, forbid_unknown_fields=True):
    """A loyalty program. `id`, `name` and `currency` are enough."""

    id: Id
    name: Text
    currency: Annotated[Currency, Meta(description="ISO 4217. Never changes.")]
    language: Annotated[Literal[1], Meta(description="Version of this language.")] = 1
    timezone: Annotated[Zone, Meta(description="Where days, months and years begin.")] = "UTC"
    locales: Annotated[
        tuple[Locale, ...],
        Meta(min_length=1, max_length=LOCALES_MAX, description="The first is the fallback."),
    ] = ("en",)
    join: Join = Join()
    units: Annotated[
        dict[Id, Unit],
        Meta(min_length=1, max_length=UNITS_MAX, description="Default: one unit, points."),
    ] = {}
    earn: Annotated[
        tuple[Rule, ...],
        Meta(max_length=EARN_RULES_MAX, description="Default: 1 point for each whole 1.00 spent."),
    ] = ()
    stack: Annotated[
        Literal["best", "sum", "product"], Meta(description="How multipliers are joined.")
    ] = "best"
    tier_groups: Annotated[tuple[TierGroup, ...], Meta(max_length=TIER_GROUPS_MAX)] = ()
    rewards: Annotated[
        tuple[Reward, ...],
        Meta(max_length=REWARDS_MAX, description="Default: 5.00 off for 100 points."),
    ] = ()
    limits: Limits = Limits()
