"""The program document, the part of rewards: what members can have, and for what."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.program.rule_document import Limit
from chalicelib.domain.program.scalars import (
    Condition,
    Decimal,
    Id,
    Money,
    PeriodText,
    Pieces,
    Points,
    ShortWords,
    Text,
    UndoText,
)


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
