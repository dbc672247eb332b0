"""The program document, the part of earning: rules, what they give, and their limits."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.limits import EFFECTS_PER_RULE_MAX
from chalicelib.domain.program.life_document import Span
from chalicelib.domain.program.scalars import (
    Condition,
    Decimal,
    Id,
    Money,
    Points,
    PointsByUnit,
    TimeText,
)


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
