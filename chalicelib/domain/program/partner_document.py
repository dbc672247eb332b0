"""The program document, the part of partners: shops that share one program and settle for it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.program.scalars import Decimal, Flaw, Id, Text

Source = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$",
        extra={"flaw": Flaw("id_malformed", "Name the source of a connection, such as fuel.")},
    ),
]


class Partner(Struct, frozen=True, forbid_unknown_fields=True):
    """A shop at which members earn or burn points, and what a point costs between it and us."""

    id: Id
    name: Text
    connection: Annotated[
        Source | None,
        Meta(description="Source of the connection that its orders come by. Default: its id."),
    ] = None
    earns: Annotated[bool, Meta(description="Members earn there.")] = True
    burns: Annotated[bool, Meta(description="Members pay with points there.")] = True
    buys_point_at: Annotated[
        Decimal | None,
        Meta(description="What it pays for a point of rules that are paid_by it, such as 0.011."),
    ] = None
    paid_per_point_burned: Annotated[
        Decimal | None, Meta(description="What it gets for a point that was spent there.")
    ] = None
    settle: Annotated[Literal["month"], Meta(description="How often it is settled.")] = "month"
