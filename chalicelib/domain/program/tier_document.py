"""Tier groups as a merchant writes them; the rest of the document is in ``document``."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.limits import EFFECTS_PER_RULE_MAX, PERKS_MAX, TIERS_MAX, UNITS_MAX
from chalicelib.domain.program.rule_document import Effect
from chalicelib.domain.program.scalars import (
    Condition,
    Decimal,
    Id,
    KeepText,
    Minor,
    Money,
    MonthDay,
    PeriodText,
    ShortWords,
    Text,
)


class Perk(Struct, frozen=True, forbid_unknown_fields=True):
    """A benefit of a tier, in words; `value` is for the shop's own programs."""

    id: Id
    text: Text
    value: ShortWords | None = None
    grants: Annotated[
        Id | None, Meta(description="A free reward that members may take while they hold the tier.")
    ] = None


class Tier(Struct, frozen=True, forbid_unknown_fields=True, rename={"if_": "if"}):
    """A level of a tier group."""

    id: Id
    name: Text
    at: Annotated[
        Money | Minor | None, Meta(description="Amount that reaches it; the first is at 0.")
    ] = None
    if_: Annotated[
        Condition | None,
        Meta(description="By custom: who meets this holds it; the first is everybody's."),
    ] = None
    invite_only: Annotated[
        bool, Meta(description="No amount reaches it: staff invite members. Last in its group.")
    ] = False
    multiply: Annotated[
        dict[Id, Decimal], Meta(max_length=UNITS_MAX, description='{unit: "1.5"}: faster earning.')
    ] = {}
    perks: Annotated[tuple[Perk, ...], Meta(max_length=PERKS_MAX)] = ()
    entry: Annotated[tuple[Effect, ...], Meta(max_length=EFFECTS_PER_RULE_MAX)] = ()
    birthday: Annotated[
        tuple[Effect, ...],
        Meta(max_length=EFFECTS_PER_RULE_MAX, description="Given on the birthday to who holds it."),
    ] = ()


class TierSpan(Struct, frozen=True, forbid_unknown_fields=True):
    """The time over which qualifying amounts count."""

    rolling: Annotated[
        PeriodText | None, Meta(description="Whole months or years, or up to 62 days.")
    ] = None
    calendar: Literal["month", "quarter", "year"] | None = None
    start: Annotated[
        MonthDay | None, Meta(description="First day of each calendar year, such as 04-01.")
    ] = None
    anniversary: Annotated[
        Literal["joined"] | None,
        Meta(description="joined: the member's own years, from the day of joining."),
    ] = None


class Keep(Struct, frozen=True, forbid_unknown_fields=True, rename={"for_": "for"}):
    """How long a tier is kept once reached, and what happens then."""

    for_: Annotated[
        KeepText | None,
        Meta(description="window, window_and_next or a period. Default: through the next window."),
    ] = None
    grace: Annotated[
        PeriodText | None,
        Meta(description="A tier that is lost is held so much longer, to be earned again."),
    ] = None
    drop: Annotated[
        Literal["never", "one", "requalify"],
        Meta(description="never; one tier at a time; to what is qualified."),
    ] = "one"


class TierGroup(Struct, frozen=True, forbid_unknown_fields=True):
    """A ladder of tiers."""

    id: Id
    tiers: Annotated[tuple[Tier, ...], Meta(min_length=1, max_length=TIERS_MAX)]
    by: Annotated[
        Literal["spend", "points", "status", "orders", "referrals", "custom"],
        Meta(
            description="spend: net goods paid; points, status: earned of `unit`, spent or not; "
            "orders: paid and not sent back; referrals: qualified; custom: by conditions."
        ),
    ] = "spend"
    unit: Id | None = None
    window: Literal["lifetime"] | TierSpan = TierSpan(rolling="P1Y")
    keep: Keep = Keep()
    evaluate: Annotated[
        Literal["now", "daily", "window_end"],
        Meta(description="When a move takes effect: at once, at midnight, at the window's end."),
    ] = "now"
    retired: Annotated[
        bool, Meta(description="Nobody sees it any more, and it gives nothing; it is counted on.")
    ] = False
