"""The program document, the part of time: how long points wait, and when they are lost."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.limits import EXPIRY_WARNINGS_MAX
from chalicelib.domain.program.scalars import Activity, Days, MonthDay, PeriodText


class Pending(Struct, frozen=True, forbid_unknown_fields=True, rename={"for_": "for"}):
    """Points wait before they can be spent: `for` a time, or `until` the order is through."""

    for_: Annotated[PeriodText | None, Meta(description="So long after they were earned.")] = None
    until: Annotated[
        Literal["order.returns_closed", "order.fulfilled"] | None,
        Meta(description="fulfilled; or fulfilled and the days for returns over."),
    ] = None
    at_most: Annotated[
        PeriodText | None, Meta(description="With `until`: so long after they were earned anyway.")
    ] = None
    returns_days: Annotated[
        Days | None,
        Meta(description="With order.returns_closed: days to send goods back. Default: 14."),
    ] = None


class Expiry(Struct, frozen=True, forbid_unknown_fields=True, rename={"round_": "round"}):
    """Points are lost: `after` a time, `on` a date of the year, or when the member is `idle`."""

    after: Annotated[PeriodText | None, Meta(description="So long after they were earned.")] = None
    round_: Annotated[
        Literal["month", "year"] | None, Meta(description="With `after`: at the end of that one.")
    ] = None
    on: Annotated[
        MonthDay | None, Meta(description="At the end of that day of the year, such as 12-31.")
    ] = None
    min_life: Annotated[
        PeriodText | None, Meta(description="With `on`: the next year where it would be sooner.")
    ] = None
    idle: Annotated[
        PeriodText | None, Meta(description="All of them, so long after the last activity.")
    ] = None
    counts: Annotated[
        Annotated[tuple[Activity, ...], Meta(min_length=1, max_length=5)] | None,
        Meta(description="With `idle`: what is activity."),
    ] = None
    warn: Annotated[
        Annotated[tuple[PeriodText, ...], Meta(max_length=EXPIRY_WARNINGS_MAX)] | None,
        Meta(
            description="So long before, members are told that points lapse: P30D. Default where "
            "`expiry` is not given: 30 and 7 days; where it is: none."
        ),
    ] = None


class Span(Struct, frozen=True, forbid_unknown_fields=True):
    """A window that moves: calendar, or rolling."""

    calendar: Literal["day", "week", "month", "quarter", "year"] | None = None
    rolling: PeriodText | None = None
