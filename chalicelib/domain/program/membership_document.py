"""The program document, the part of paid memberships: what is sold, for how long, with what."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.limits import EFFECTS_PER_RULE_MAX
from chalicelib.domain.program.rule_document import Effect
from chalicelib.domain.program.scalars import Id, PeriodText, ShortWords, Text

MEMBERSHIP_PREFIX = "membership:"
"""Of the ids of rules that memberships make: no written rule is called so."""


class SoldAs(Struct, frozen=True, forbid_unknown_fields=True):
    """As a product of the shop, or by a subscription."""

    sku: Annotated[ShortWords | None, Meta(description="Of the product that is bought.")] = None
    plan: Annotated[
        ShortWords | None, Meta(description="The property `plan` of subscription.renewed.")
    ] = None


class Membership(Struct, frozen=True, forbid_unknown_fields=True):
    """A membership that is paid for. Conditions ask about it as member.memberships."""

    id: Id
    name: Text
    sold_as: Annotated[SoldAs, Meta(description="What makes somebody a paid member.")]
    period: Annotated[PeriodText, Meta(description="How long each one lasts, such as P1Y.")]
    on_refund: Annotated[
        Literal["end", "prorate"],
        Meta(description="end: a whole refund ends it; prorate: each part shortens it."),
    ] = "end"
    give: Annotated[
        tuple[Effect, ...],
        Meta(max_length=EFFECTS_PER_RULE_MAX, description="Given when it starts, not renewed."),
    ] = ()
