"""Referral as a merchant writes it: what both sides get, what qualifies, and what is looked at.

An offer is for regions, countries by ISO 3166-1 or ``*`` for every other one, and gives each side
effects of its own. The rest of the document is in ``document``.
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from chalicelib.domain.limits import (
    EFFECTS_PER_RULE_MAX,
    REFERRAL_CHECKS_MAX,
    REFERRAL_OFFERS_MAX,
    REFERRAL_REGIONS_MAX,
)
from chalicelib.domain.program.rule_document import Effect, Limit
from chalicelib.domain.program.scalars import Condition, Flaw, HttpsAddress, PeriodText

EVERYWHERE = "*"
"""The region of an offer for every country that no other offer names."""

FRIEND = "friend"
ADVOCATE = "advocate"
QUALIFIED = "referral.qualified"
"""The trigger of rules for advocates beside the offers."""

ReferralCheck: TypeAlias = Literal["self", "email", "address", "payment", "device", "ip"]
"""What can tell that friend and advocate are one person, or that friends are made up."""

SIGNS = frozenset({"address", "payment", "device", "ip"})
"""Checks that look at what was seen of both sides (``referral_signs``)."""

Region: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^([A-Z]{2}|[*])$",
        extra={"flaw": Flaw("region_malformed", "Use a country such as US, or * for the rest.")},
    ),
]


class ReferralOffer(Struct, frozen=True, forbid_unknown_fields=True):
    """What friend and advocate get, in some regions."""

    regions: Annotated[
        tuple[Region, ...],
        Meta(
            min_length=1,
            max_length=REFERRAL_REGIONS_MAX,
            description='Countries, or ["*"] for all others: the last offer.',
        ),
    ]
    friend: Annotated[
        tuple[Effect, ...],
        Meta(max_length=EFFECTS_PER_RULE_MAX, description="What the new customer gets."),
    ] = ()
    advocate: Annotated[
        tuple[Effect, ...],
        Meta(max_length=EFFECTS_PER_RULE_MAX, description="What the member who shared gets."),
    ] = ()


class Qualify(Struct, frozen=True, forbid_unknown_fields=True, rename={"if_": "if"}):
    """The order of the friend that counts, and how long it has to stand."""

    on: Annotated[Literal["order.paid"], Meta(description="What the friend has to do.")] = (
        "order.paid"
    )
    if_: Annotated[
        Condition | None,
        Meta(description="Only when this holds of what is left of the order, and of the friend."),
    ] = None
    after: Annotated[
        PeriodText,
        Meta(description="Both sides wait so long after it was paid; a refund before takes back."),
    ] = "P14D"


class Referral(Struct, frozen=True, forbid_unknown_fields=True):
    """Members bring friends, and both get something once the friend has bought."""

    offers: Annotated[tuple[ReferralOffer, ...], Meta(min_length=1, max_length=REFERRAL_OFFERS_MAX)]
    region_of: Annotated[
        Literal["each", "friend", "advocate"],
        Meta(description="Whose country chooses the offer: each side's own, or one for both."),
    ] = "each"
    qualify: Qualify = Qualify()
    checks: Annotated[
        tuple[ReferralCheck, ...],
        Meta(
            max_length=REFERRAL_CHECKS_MAX,
            description="What flags a referral: see docs/referral.md. Default: self and email.",
        ),
    ] = ("self", "email")
    on_flag: Annotated[
        Literal["review", "reject"],
        Meta(description="review: staff approve or reject it; reject: nobody gets anything."),
    ] = "review"
    limit: Annotated[
        Limit | None, Meta(description="How many referrals reward an advocate; friends still are.")
    ] = None
    link_life: Annotated[
        PeriodText | None,
        Meta(description="The friend's order counts so long after joining. Default: for ever."),
    ] = None
    page: Annotated[
        HttpsAddress | None,
        Meta(description="Where links lead; the code is added as ?laurel_ref=<code>."),
    ] = None


def trigger_of(role: str, region: str) -> str:
    """What the offer of ``role`` for ``region`` is triggered by."""
    return f"referral.{role}:{region}"


def qualified_of(role: str, region: str) -> str:
    """The same, once the referral has qualified."""
    return f"{QUALIFIED}:{region}" if role == ADVOCATE else f"referral.friend_qualified:{region}"


def rule_id_of(role: str) -> str:
    """How shares of an offer name it."""
    return f"referral:{role}"
