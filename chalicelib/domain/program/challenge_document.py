"""The program document, the part of challenges: what members may set out to do, and badges."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.limits import (
    BOARD_SIZE_MAX,
    CHALLENGE_REPEATS_MAX,
    CHALLENGE_STEPS_MAX,
    EFFECTS_PER_RULE_MAX,
    SET_VALUES_MAX,
    STREAK_PERIODS_MAX,
)
from chalicelib.domain.program.rule_document import Effect, FieldRef, Trigger
from chalicelib.domain.program.scalars import (
    Condition,
    Id,
    PeriodText,
    Points,
    Text,
    TimeText,
)


class Badge(Struct, frozen=True, forbid_unknown_fields=True):
    """A mark of honour: members have it or not."""

    id: Id
    name: Text
    text: Annotated[Text | None, Meta(description="What it is for, in a sentence.")] = None
    retired: Annotated[bool, Meta(description="No longer given; who wears it goes on.")] = False


class ChallengeStep(Struct, frozen=True, forbid_unknown_fields=True, rename={"if_": "if"}):
    """One of several different things to do."""

    id: Id
    on: Annotated[Trigger, Meta(description="What triggers it.")]
    name: Annotated[Text | None, Meta(description="What sentences call it. Default: its id.")] = (
        None
    )
    if_: Annotated[Condition | None, Meta(description="Only when this holds.")] = None


class Prize(Struct, frozen=True, forbid_unknown_fields=True):
    """What some places of a board win."""

    ranks: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=BOARD_SIZE_MAX)], ...],
        Meta(min_length=1, max_length=BOARD_SIZE_MAX, description="Such as [1], or [2, 3]."),
    ]
    give: Annotated[
        tuple[Effect, ...],
        Meta(
            min_length=1,
            max_length=EFFECTS_PER_RULE_MAX,
            description="What each of them wins: points, rewards, badges, units of a cause.",
        ),
    ]


class Board(Struct, frozen=True, forbid_unknown_fields=True):
    """Who did most: the first so many members, as everybody may see them."""

    size: Annotated[int, Meta(ge=1, le=BOARD_SIZE_MAX, description="How many places it shows.")] = (
        10
    )
    prizes: Annotated[
        tuple[Prize, ...], Meta(max_length=BOARD_SIZE_MAX, description="Given once it is closed.")
    ] = ()
    ties: Annotated[
        Literal["first", "shared"],
        Meta(description="Equal scores: who had it first is before, or they share the place."),
    ] = "first"
    names: Annotated[
        Literal["consent", "none"],
        Meta(description="consent: first names of members who agreed; none: nobody's."),
    ] = "consent"
    after: Annotated[
        PeriodText, Meta(description="How long after the end it is closed, for what comes late.")
    ] = "P1D"


class Challenge(
    Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"if_": "if", "from_": "from"},
):
    """Something to do so many times, in so many periods, or with so many different things."""

    id: Id
    name: Text
    kind: Annotated[
        Literal["count", "sum", "streak", "set", "steps"],
        Meta(
            description="count: how often; sum: of a number; streak: periods in a row; "
            "set: different values; steps: each of several things."
        ),
    ]
    give: Annotated[
        tuple[Effect, ...],
        Meta(
            min_length=1,
            max_length=EFFECTS_PER_RULE_MAX,
            description="For each completion of it: points, rewards, a badge, units of a cause.",
        ),
    ]
    on: Annotated[Trigger | None, Meta(description="What counts; steps have their own.")] = None
    lines: Annotated[Condition | None, Meta(description="Only lines that meet this.")] = None
    if_: Annotated[Condition | None, Meta(description="Only when this holds.")] = None
    of: Annotated[
        FieldRef | None,
        Meta(description="sum: line.net, line.quantity or a whole number; set: whose values."),
    ] = None
    every: Annotated[
        Literal["day", "week", "month", "quarter", "year"] | None,
        Meta(description="streak: the periods, in the program's zone."),
    ] = None
    skips: Annotated[
        int,
        Meta(ge=0, le=STREAK_PERIODS_MAX, description="streak: periods that may be missed."),
    ] = 0
    steps: Annotated[
        tuple[ChallengeStep, ...],
        Meta(max_length=CHALLENGE_STEPS_MAX, description="steps: what there is to do."),
    ] = ()
    target: Annotated[Points | None, Meta(description="How much completes it.")] = None
    max: Annotated[
        Annotated[int, Meta(ge=1, le=SET_VALUES_MAX)] | None,
        Meta(description="set: most different values that are remembered."),
    ] = None
    repeat: Annotated[
        int, Meta(ge=1, le=CHALLENGE_REPEATS_MAX, description="How often it can be completed.")
    ] = 1
    join: Annotated[
        Literal["auto", "opt_in"], Meta(description="Whether members must say that they take part.")
    ] = "auto"
    from_: Annotated[TimeText | None, Meta(description="What is done from then on counts.")] = None
    to: Annotated[
        TimeText | None, Meta(description="What is done before then; a bare date is included.")
    ] = None
    self_reported: Annotated[
        bool, Meta(description="What members report themselves counts, too.")
    ] = False
    board: Annotated[
        Board | None, Meta(description="count, sum and set with an end: who did most.")
    ] = None
