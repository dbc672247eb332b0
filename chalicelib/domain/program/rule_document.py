"""The program document, the part of earning: rules, what they give, and their limits."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta, Struct

from chalicelib.domain.limits import (
    CHANCE_BRANCHES_MAX,
    CHANCE_WEIGHT_MAX,
    EFFECTS_PER_RULE_MAX,
    WHEN_HOURS_MAX,
)
from chalicelib.domain.program.life_document import Span
from chalicelib.domain.program.scalars import (
    Condition,
    Days,
    Decimal,
    Flaw,
    Id,
    Money,
    PeriodText,
    Points,
    PointsByUnit,
    Text,
    Times,
    TimeText,
)

ACTION_PREFIX = "action."
"""Triggers of actions: ``action.<name>``."""

MEMBER_JOINED = "member.joined"
"""What happens once, with the account."""

ACTION_REVOKED = f"{ACTION_PREFIX}revoked"
"""What happens to an action that is taken back: its document earns by rules for that, instead."""

BIRTHDAY = "member.birthday"
ANNIVERSARY = "member.anniversary"
"""What happens to a member once a calendar year: actions of ours, whose subject is the year."""

TIER_ENTERED = "tier.entered"
"""What happens as a tier is held that was not: an action of ours, its subject is group/tier."""

SUBSCRIPTION_RENEWED = "subscription.renewed"
"""An action with an event of its own: once for each renewal, its subject is the subscription."""

ORDER_PAID = "order.paid"
"""When an order is settled; rules of its later triggers join in once their time has come."""

TRIGGERS: Final = (
    ORDER_PAID,
    "order.placed",
    "order.fulfilled",
    "order.returns_closed",
    SUBSCRIPTION_RENEWED,
    MEMBER_JOINED,
    BIRTHDAY,
    ANNIVERSARY,
    TIER_ENTERED,
    "referral.qualified",
)
"""All that are no actions."""

_ACTION: Final = "action[.][a-z0-9][a-z0-9_.-]{0,63}"
ACTION_PATTERN: Final = f"^{_ACTION}$"
TRIGGER_PATTERN: Final = f"^({'|'.join(TRIGGERS).replace('.', '[.]')}|{_ACTION})$"

Trigger: TypeAlias = Annotated[
    str,
    Meta(
        pattern=TRIGGER_PATTERN,
        extra={
            "flaw": Flaw(
                "trigger_unknown",
                "Use order.paid, order.placed, order.fulfilled, order.returns_closed, "
                "subscription.renewed, member.joined, member.birthday, member.anniversary, "
                "tier.entered, referral.qualified, action.revoked or action.<name>.",
            )
        },
    ),
]

FieldRef: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[a-z]+[.][a-z][a-z0-9_]{0,47}$",
        extra={"flaw": Flaw("field_malformed", "Name a field, such as action.subject.")},
    ),
]


def is_hours(text: str) -> bool:
    """Whether the two ends of ``text`` differ."""
    first, _, last = text.partition("-")
    return first != last


Hours: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
        extra={
            "flaw": Flaw(
                "hours_malformed", "Use local times such as 09:00-17:00 or 22:00-02:00.", is_hours
            )
        },
    ),
]

Weekday: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Effect(Struct, frozen=True, forbid_unknown_fields=True, rename={"for_": "for"}):
    """What a rule gives: points of a `unit`, in one of many ways, or something else.

    That is units of a `cause`, a `badge`, a `reward`, a `tier` or a `message`.
    """

    unit: Annotated[Id | None, Meta(description="Of the points that are given.")] = None
    cause: Annotated[
        Id | None, Meta(description="Instead of points: `add` units of this cause.")
    ] = None
    badge: Annotated[Id | None, Meta(description="Instead of points: this badge.")] = None
    reward: Annotated[
        Id | None, Meta(description="Instead of points: this reward, for nothing.")
    ] = None
    times: Annotated[Times | None, Meta(description="How many of the reward. Default: 1.")] = None
    tier: Annotated[
        Id | None, Meta(description="Instead of points: this tier, as if staff had invited.")
    ] = None
    tier_group: Annotated[Id | None, Meta(description="With `tier`: its group.")] = None
    for_: Annotated[
        PeriodText | None, Meta(description="With `tier`: for so long. Default: for good.")
    ] = None
    message: Annotated[
        Id | None, Meta(description="Instead of points: the member is told this.")
    ] = None
    add: Annotated[Points | None, Meta(description="So many, once an order: never multiplied.")] = (
        None
    )
    rate: Annotated[
        Decimal | None, Meta(description="Points for each `per`, or for each `per_quantity`.")
    ] = None
    per: Annotated[Money | None, Meta(description="Default: one major currency unit.")] = None
    percent: Annotated[
        Decimal | None, Meta(description="Percent of the amount, in a unit of kind money.")
    ] = None
    per_quantity: Annotated[
        FieldRef | None,
        Meta(description="`rate` for each piece: line.quantity, or a whole number of an action."),
    ] = None
    multiply: Annotated[
        Decimal | None, Meta(description="Multiplies what all rules give of the unit, but bonuses.")
    ] = None
    of: Annotated[
        Literal["net", "gross", "with_tax"],
        Meta(
            description="net: goods after discounts, without tax; gross: before discounts; "
            "with_tax: net and its tax."
        ),
    ] = "net"
    chance: Annotated[
        tuple["Branch", ...],
        Meta(
            max_length=CHANCE_BRANCHES_MAX,
            description="Instead of all else: one of these, drawn by their weights.",
        ),
    ] = ()


class Branch(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the outcomes of a draw."""

    weight: Annotated[
        int,
        Meta(ge=1, le=CHANCE_WEIGHT_MAX, description="Its part of all weights together."),
    ]
    give: Annotated[
        tuple[Effect, ...],
        Meta(max_length=EFFECTS_PER_RULE_MAX, description="What it gives: nothing, or effects."),
    ] = ()


class Limit(Struct, frozen=True, forbid_unknown_fields=True):
    """How often, or how much, in a window; and how long to wait in between."""

    window: Annotated[
        Literal["order", "lifetime"] | Span | None,
        Meta(description="order, lifetime, {calendar: month} or {rolling: P30D}."),
    ] = None
    times: Annotated[Points | None, Meta(description="At most so many times.")] = None
    amount: Annotated[
        Points | PointsByUnit | None,
        Meta(description="At most so many points; {unit: points} when the rule gives several."),
    ] = None
    cooldown: Annotated[
        PeriodText | None, Meta(description="Not again within so long after the last time.")
    ] = None
    scope: Annotated[
        Literal["member", "shop"],
        Meta(description="shop: all members together; what does not fit whole is not given."),
    ] = "member"


class OnceBy(Struct, frozen=True, forbid_unknown_fields=True):
    """Once for each value of a field."""

    by: Annotated[FieldRef, Meta(description="Such as action.country.")]


class When(Struct, frozen=True, forbid_unknown_fields=True):
    """Days and hours in the program's time zone."""

    weekdays: Annotated[
        tuple[Weekday, ...], Meta(max_length=7, description="None given are all days.")
    ] = ()
    hours: Annotated[
        tuple[Hours, ...],
        Meta(max_length=WHEN_HOURS_MAX, description="Such as 09:00-17:00; the end is not in it."),
    ] = ()


class Rule(
    Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"if_": "if", "from_": "from"},
):
    """A way to earn."""

    id: Id
    on: Annotated[Trigger, Meta(description="What triggers it.")]
    give: Annotated[tuple[Effect, ...], Meta(min_length=1, max_length=EFFECTS_PER_RULE_MAX)]
    name: Annotated[Text | None, Meta(description="What sentences call it. Default: its id.")] = (
        None
    )
    lines: Annotated[Condition | None, Meta(description="Only lines that meet this.")] = None
    if_: Annotated[Condition | None, Meta(description="Only when this holds.")] = None
    full: Annotated[
        bool, Meta(description="Whole `per` only, rounded down before multiplying.")
    ] = False
    bonus: Annotated[bool, Meta(description="Never multiplied.")] = False
    group: Annotated[
        Id | None, Meta(description="With `pick`: of these rules one is chosen for each line.")
    ] = None
    pick: Annotated[
        Literal["best"] | None, Meta(description="The one that gives most, after its own limit.")
    ] = None
    limit: Limit | None = None
    once: Annotated[
        Literal["member", "subject"] | OnceBy | None,
        Meta(description="Once in a membership, for each subject of an action, or by a field."),
    ] = None
    from_: Annotated[TimeText | None, Meta(description="Orders placed from then on.")] = None
    to: Annotated[
        TimeText | None, Meta(description="Orders placed before then; a bare date is included.")
    ] = None
    when: Annotated[When | None, Meta(description="Only on these days, in these hours.")] = None
    counts: Annotated[
        Literal["placed", "paid"],
        Meta(description="The time of an order that dates, days and hours are compared with."),
    ] = "placed"
    tier: Annotated[
        Literal["before", "after"],
        Meta(description="Whose multiplier: the tier held before the order, or by it."),
    ] = "before"
    returns_days: Annotated[
        Days | None,
        Meta(description="Of order.returns_closed: days to send goods back. Default: 14."),
    ] = None
    self_reported: Annotated[
        bool, Meta(description="Members may report the action themselves, at the storefront.")
    ] = False
    dry_run: Annotated[bool, Meta(description="Evaluated and explained, not paid.")] = False
    paid_by: Annotated[
        Id | None, Meta(description="The partner that buys these points. Default: nobody else.")
    ] = None


def effects_of(rule: Rule) -> Iterator[Effect]:
    """Every effect that ``rule`` may have, those that chance decides on, too."""
    return flattened(rule.give)


def flattened(give: tuple[Effect, ...]) -> Iterator[Effect]:
    """Every effect that ``give`` may have, those that chance decides on, too."""
    for effect in give:
        if effect.chance:
            for branch in effect.chance:
                yield from branch.give
        else:
            yield effect
