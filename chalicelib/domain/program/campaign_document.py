"""The program document, the part of campaigns and messages: for whom, and how much."""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from chalicelib.domain.limits import (
    CAMPAIGN_RULES_MAX,
    MESSAGE_TEMPLATES_MAX,
    MESSAGES_A_DAY_MAX,
    MESSAGES_A_WEEK_MAX,
)
from chalicelib.domain.program.rule_document import Rule, is_hours
from chalicelib.domain.program.scalars import Decimal, Flaw, Id, Money, Points, Text, TimeText


class Budget(Struct, frozen=True, forbid_unknown_fields=True):
    """The most that a campaign may give to all members together."""

    points: Annotated[Points | None, Meta(description="So many points of its units.")] = None
    amount: Annotated[
        Money | None,
        Meta(description="What those points are worth by their unit, and what gifts cost."),
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


Quiet: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^(none|([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00))$",
        extra={"flaw": Flaw("hours_malformed", "Use local times, 21:00-09:00, or none.", is_hours)},
    ),
]


class MessageCaps(Struct, frozen=True, forbid_unknown_fields=True):
    """How often a member is told something, by everything together, and when not."""

    day: Annotated[
        int, Meta(ge=1, le=MESSAGES_A_DAY_MAX, description="At most so many a day. Default: 1.")
    ] = 1
    week: Annotated[
        int,
        Meta(ge=1, le=MESSAGES_A_WEEK_MAX, description="At most so many a week. Default: 2."),
    ] = 2
    quiet: Annotated[
        Quiet,
        Meta(description="Nothing is shown first in these hours. Default: 21:00-09:00."),
    ] = "21:00-09:00"


class Template(Struct, frozen=True, forbid_unknown_fields=True):
    """What a message says."""

    text: Text
    title: Annotated[Text | None, Meta(description="What stands above it. Default: nothing.")] = (
        None
    )


class Messages(Struct, frozen=True, forbid_unknown_fields=True):
    """What members can be told, and how often."""

    caps: MessageCaps = MessageCaps()
    templates: Annotated[
        dict[Id, Template],
        Meta(max_length=MESSAGE_TEMPLATES_MAX, description="What rules may tell, by id."),
    ] = {}
