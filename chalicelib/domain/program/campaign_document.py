"""The program document, the part of campaigns: for whom, from when to when, and for how much."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.limits import CAMPAIGN_RULES_MAX
from chalicelib.domain.program.rule_document import Rule
from chalicelib.domain.program.scalars import Decimal, Id, Money, Points, Text, TimeText


class Budget(Struct, frozen=True, forbid_unknown_fields=True):
    """The most that a campaign may give to all members together."""

    points: Annotated[Points | None, Meta(description="So many points of its units.")] = None
    amount: Annotated[
        Money | None, Meta(description="What those points are worth, by the value of their unit.")
    ] = None


class Campaign(
    Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"from_": "from"},
):
    """Rules for some members, for some time, within a budget."""

    id: Id
    rules: Annotated[
        tuple[Rule, ...],
        Meta(min_length=1, max_length=CAMPAIGN_RULES_MAX, description="What it gives, and for."),
    ]
    budget: Annotated[Literal["unlimited"] | Budget, Meta(description="What it may give in all.")]
    name: Annotated[Text | None, Meta(description="What sentences call it. Default: its id.")] = (
        None
    )
    segment: Annotated[Id | None, Meta(description="Its members. Default: all.")] = None
    from_: Annotated[TimeText | None, Meta(description="Orders placed from then on.")] = None
    to: Annotated[
        TimeText | None, Meta(description="Orders placed before then; a bare date is included.")
    ] = None
    holdout: Annotated[
        Decimal | None,
        Meta(description="Share of its members that get nothing, to compare with; 0 to 1."),
    ] = None
    message: Annotated[Text | None, Meta(description="What its members are told.")] = None
