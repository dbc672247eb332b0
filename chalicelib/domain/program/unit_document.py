"""The program document, the part of units: kinds of points, as a merchant writes them."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.limits import POOL_MEMBERS_MAX
from chalicelib.domain.program.life_document import Expiry, Pending, Span
from chalicelib.domain.program.scalars import Money, PluralForms, Points


class Gift(Struct, frozen=True, forbid_unknown_fields=True):
    """How many points members may give to each other."""

    max: Annotated[Points, Meta(description="The most that a member gives in the window.")]
    window: Annotated[
        Literal["lifetime"] | Span,
        Meta(description="lifetime, {calendar: day} or {rolling: P30D}."),
    ]


class Sharing(Struct, frozen=True, forbid_unknown_fields=True):
    """Households may share points in a pool."""

    members_max: Annotated[
        int, Meta(ge=2, le=POOL_MEMBERS_MAX, description="How many may share one pool.")
    ] = 6
    leave: Annotated[
        Literal["return", "stay"],
        Meta(description="Who leaves takes their unspent share along, or leaves it to the others."),
    ] = "return"


class Unit(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of points."""

    name: Annotated[
        PluralForms,
        Meta(description='Plural forms {"one", "other", ...}, or {locale: plural forms}.'),
    ]
    kind: Annotated[
        Literal["points", "status", "stamps", "money"],
        Meta(
            description="points and stamps: can be spent; status: only counted; money: minor units "
            "of the currency. Never changes."
        ),
    ] = "points"
    spendable: Annotated[
        bool, Meta(description="Whether rewards may cost it. Default: true but for status.")
    ] = True
    value: Annotated[
        Money | None, Meta(description="What `value_per` of it are worth, for liability.")
    ] = None
    value_per: Annotated[Points, Meta(description="How many are worth `value`.")] = 1
    cost: Annotated[
        Money | None,
        Meta(description="What `value_per` of it cost the shop, for budgets and replays."),
    ] = None
    scale: Annotated[
        Literal[1, 10, 100, 1000],
        Meta(description="Of money: parts of a minor unit that are kept; whole ones are spent."),
    ] = 1
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
        Literal["allow", "clamp", "pending_only"],
        Meta(
            description="When points of a refunded order were spent: owe them, or forgive them; "
            "pending_only: take back nothing that can be spent already."
        ),
    ] = "allow"
    retired: Annotated[bool, Meta(description="No longer earned, still spendable.")] = False
    gift: Annotated[
        Gift | None, Meta(description="Members may give it to each other. Without it: no.")
    ] = None
    pool: Annotated[
        Sharing | None, Meta(description="Households may share it in a pool. Without it: no.")
    ] = None
