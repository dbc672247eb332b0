"""The program document, the part of rewards: what members can have, and for what."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.program.rule_document import Limit
from chalicelib.domain.program.scalars import (
    Condition,
    Decimal,
    HttpsAddress,
    Id,
    Money,
    PeriodText,
    Pieces,
    Points,
    ShortWords,
    Text,
    UndoText,
    Words,
)


class Cost(Struct, frozen=True, forbid_unknown_fields=True):
    """What a reward costs the member: `amount`, or a number of steps that they choose."""

    unit: Id
    amount: Annotated[Points | None, Meta(description="Points, where they are fixed.")] = None
    step: Annotated[Points | None, Meta(description="Points of one step.")] = None
    min: Annotated[Points | None, Meta(description="Least points, whole steps.")] = None
    max: Annotated[Points | None, Meta(description="Most points at once, whole steps.")] = None


class Reward(Struct, frozen=True, forbid_unknown_fields=True):
    """What members can have for their points."""

    id: Id
    name: Text
    kind: Literal[
        "amount_off",
        "percent_off",
        "free_shipping",
        "product",
        "perk",
        "gift_card",
        "store_credit",
        "experience",
        "service",
        "digital",
        "donation",
    ]
    cost: Annotated[Cost | None, Meta(description="Without it the reward is free.")] = None
    value: Annotated[Money | None, Meta(description="Kinds of money: how much.")] = None
    per_step: Annotated[
        Money | None, Meta(description="Kinds of money: how much for each step of the cost.")
    ] = None
    percent: Annotated[Decimal | None, Meta(description="percent_off: how much.")] = None
    sku: Annotated[ShortWords | None, Meta(description="product: which.")] = None
    cause: Annotated[Id | None, Meta(description="donation: what is given to.")] = None
    add: Annotated[
        Points | None, Meta(description="donation: units of the cause, for each step. Default: 1.")
    ] = None
    auto: Annotated[
        bool,
        Meta(description="Redeemed by itself as soon as the points are there, again and again."),
    ] = False
    who: Annotated[Condition | None, Meta(description="Members who may have it.")] = None
    stock: Annotated[Pieces | None, Meta(description="How many there are.")] = None
    limit: Annotated[Limit | None, Meta(description="How often a member may have it.")] = None
    min_order: Annotated[Money | None, Meta(description="Smallest order it works on.")] = None
    max_share_of_order: Annotated[
        Decimal | None, Meta(description="amount_off: most of an order that it pays, up to 1.")
    ] = None
    valid: Annotated[PeriodText | None, Meta(description="Life of the code.")] = None
    undo: Annotated[
        UndoText,
        Meta(description="never, or how long an unused one may be given back. Default: `valid`."),
    ] = "P30D"
    hold: Annotated[
        PeriodText, Meta(description="How long points that are held for it are set aside.")
    ] = "PT30M"
    on_refund: Annotated[
        Literal["return", "keep"],
        Meta(description="Its points when the order is refunded: back pro rata, or gone."),
    ] = "return"
    on_expiry: Annotated[
        Literal["return", "keep"], Meta(description="Its points when nobody uses it in time.")
    ] = "keep"
    forever: Annotated[bool, Meta(description="Never used up; a member has it once.")] = False
    combine: Annotated[
        Literal["any", "none"] | tuple[Id, ...],
        Meta(description="Rewards that may be used in one order with it: any, none, or these."),
    ] = "any"
    fulfil_note: Annotated[Words | None, Meta(description="What staff do to hand it over.")] = None
    unit_cost: Annotated[Money | None, Meta(description="What it costs the shop, each step.")] = (
        None
    )


class Cause(Struct, frozen=True, forbid_unknown_fields=True):
    """Something good that is counted in units: trees, meals, whole euros."""

    id: Id
    name: Text
    unit_cost: Annotated[
        Money | None, Meta(description="What one unit of it costs the shop, such as one tree.")
    ] = None
    public_counter: Annotated[
        bool, Meta(description="Whether everybody may see how much was given.")
    ] = True
    proof_url: Annotated[
        HttpsAddress | None, Meta(description="Where the shop shows that it was passed on.")
    ] = None
