"""The program document, the part of a launch with existing customers."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.program.scalars import PeriodText


class Launch(Struct, frozen=True, forbid_unknown_fields=True):
    """What may be imported from before the program."""

    orders: Annotated[
        Literal["award", "qualify_only"] | None,
        Meta(
            description="Past orders. award: they earn by the rules; qualify_only: they count "
            "towards tiers alone, as where balances are imported."
        ),
    ] = None
    balances: Annotated[
        Literal["import"] | None, Meta(description="Balances of another system, as opening lots.")
    ] = None


class Guests(Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of orders that were placed as a guest."""

    keep: Annotated[
        PeriodText | None,
        Meta(description="So long after it was paid an order can be claimed. Default: always."),
    ] = None
