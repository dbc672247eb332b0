"""The program document, first part: exactly what a merchant may write, as frozen values.

The annotations are the one source: JSON Schema (``schema``), walker (``shape``) and guide are
made from them, so a key added here is checked, described and published. Meaning across keys is
the work of the ``*_checks`` modules; defaults that depend on other keys are ``defaults``'.
Money is ``{"USD": 500}`` in minor units; a text is a string or ``{locale: text}``.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.limits import (
    BADGES_MAX,
    CAMPAIGNS_MAX,
    CAUSES_MAX,
    CHALLENGES_MAX,
    EARN_RULES_MAX,
    LOCALES_MAX,
    MEMBERSHIPS_MAX,
    PARTNERS_MAX,
    RATES_MAX,
    REWARDS_MAX,
    SEGMENTS_MAX,
    TIER_GROUPS_MAX,
    UNITS_MAX,
)
from chalicelib.domain.program.campaign_document import Campaign, Messages
from chalicelib.domain.program.challenge_document import Badge, Challenge
from chalicelib.domain.program.field_document import Attributes, Declarations
from chalicelib.domain.program.launch_document import Guests, Launch
from chalicelib.domain.program.law_packs import Law
from chalicelib.domain.program.life_document import Expiry, Pending, Span
from chalicelib.domain.program.membership_document import Membership
from chalicelib.domain.program.partner_document import Partner
from chalicelib.domain.program.referral_document import Referral
from chalicelib.domain.program.reward_document import Cause, Cost, Reward
from chalicelib.domain.program.rule_document import Effect, Limit, Rule
from chalicelib.domain.program.scalars import (
    Color,
    Condition,
    Currency,
    Decimal,
    HttpsAddress,
    Id,
    Locale,
    Money,
    Points,
    PointsByUnit,
    Rate,
    Text,
    TimeText,
    Zone,
)
from chalicelib.domain.program.tier_document import TierGroup
from chalicelib.domain.program.unit_document import Gift, Sharing, Unit

__all__ = [
    "Attributes",
    "Badge",
    "Cause",
    "Challenge",
    "Cost",
    "Effect",
    "Ends",
    "Expiry",
    "Gift",
    "Guests",
    "Join",
    "Launch",
    "Limit",
    "Limits",
    "Membership",
    "Messages",
    "Partner",
    "Pending",
    "Presentation",
    "Program",
    "Referral",
    "Reward",
    "Rule",
    "Sharing",
    "Span",
    "Text",
    "TierGroup",
    "Unit",
]


class Join(Struct, frozen=True, forbid_unknown_fields=True):
    """How customers become members."""

    how: Annotated[
        Literal["automatic", "opt_in"],
        Meta(description="automatic: with the first order or visit; opt_in: when they say so."),
    ] = "automatic"
    retroactive_days: Annotated[
        int, Meta(ge=0, le=3_650, description="How old orders may be that still earn at joining.")
    ] = 1
    rollout: Annotated[
        Decimal | None, Meta(description="Share of the customers that may join; 0 to 1.")
    ] = None
    guests: Annotated[Guests, Meta(description="Orders placed as a guest.")] = Guests()


class Ends(Struct, frozen=True, forbid_unknown_fields=True):
    """The end of the program: members hear of it from the moment it is published."""

    earn: Annotated[
        TimeText | None, Meta(description="Last day to earn; a bare date is included.")
    ] = None
    redeem: Annotated[
        TimeText | None, Meta(description="Last day to redeem; a bare date is included.")
    ] = None


class Presentation(Struct, frozen=True, forbid_unknown_fields=True):
    """How the program looks on the shop's pages."""

    accent: Annotated[Color | None, Meta(description="Colour of buttons and progress.")] = None
    on_accent: Annotated[
        Color | None,
        Meta(description="Colour of text on the accent. Default: white or black, what reads best."),
    ] = None
    logo: Annotated[HttpsAddress | None, Meta(description="Address of a picture.")] = None
    launcher: Annotated[
        Text | None, Meta(description="Words of the button that opens the widget.")
    ] = None
    position: Annotated[
        Literal["end", "start"], Meta(description="Side of the page where the button stands.")
    ] = "end"
    odds: Annotated[bool, Meta(description="Members see the odds of what chance decides.")] = False


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of the whole program."""

    points_per_day: Annotated[
        Points | PointsByUnit | None,
        Meta(
            description="Most that earn and campaigns give a member a day, of each unit or by unit."
        ),
    ] = None
    reward_cost_share: Annotated[
        Decimal | None, Meta(description="Cost of a reward by the spend that earns it; 0 to 1.")
    ] = None
    liability: Annotated[
        Money | None,
        Meta(description="What all points outstanding may be worth, as a replay finds it."),
    ] = None


class Program(Struct, frozen=True, forbid_unknown_fields=True):
    """A loyalty program. `id`, `name` and `currency` are enough."""

    id: Id
    name: Text
    currency: Annotated[Currency, Meta(description="ISO 4217. Never changes.")]
    fx: Annotated[
        dict[Currency, Rate],
        Meta(
            max_length=RATES_MAX,
            description="What one major unit of another currency is worth in the program's, "
            'such as {"EUR": "1.0834"}. Orders in a currency without a rate earn nothing.',
        ),
    ] = {}
    language: Annotated[Literal[1], Meta(description="Version of this language.")] = 1
    timezone: Annotated[Zone, Meta(description="Where days, months and years begin.")] = "UTC"
    locales: Annotated[
        tuple[Locale, ...],
        Meta(min_length=1, max_length=LOCALES_MAX, description="The first is the fallback."),
    ] = ("en",)
    law: Annotated[
        tuple[Law, ...],
        Meta(max_length=3, description="Law packs that hold; see docs/law-packs.md."),
    ] = ()
    join: Join = Join()
    ends: Ends = Ends()
    launch: Annotated[Launch, Meta(description="What may be imported from before the program.")] = (
        Launch()
    )
    units: Annotated[
        dict[Id, Unit],
        Meta(min_length=1, max_length=UNITS_MAX, description="Default: one unit, points."),
    ] = {}
    earn: Annotated[
        tuple[Rule, ...],
        Meta(max_length=EARN_RULES_MAX, description="Default: 1 point for each whole 1.00 spent."),
    ] = ()
    stack: Annotated[
        Literal["best", "sum", "product"], Meta(description="How multipliers are joined.")
    ] = "best"
    tier_groups: Annotated[tuple[TierGroup, ...], Meta(max_length=TIER_GROUPS_MAX)] = ()
    rewards: Annotated[
        tuple[Reward, ...],
        Meta(max_length=REWARDS_MAX, description="Default: 5.00 off for 100 points."),
    ] = ()
    referral: Annotated[
        Referral | None, Meta(description="Members bring friends; see docs/referral.md.")
    ] = None
    presentation: Presentation = Presentation()
    attributes: Annotated[
        Attributes, Meta(description="Fields of the shop's own data that conditions ask about.")
    ] = Attributes()
    facts: Annotated[
        Declarations, Meta(description="Facts of members that the shop sets: facts.<name>.")
    ] = {}
    causes: Annotated[
        tuple[Cause, ...],
        Meta(max_length=CAUSES_MAX, description="What rules and rewards of kind donation give to."),
    ] = ()
    segments: Annotated[
        dict[Id, Condition],
        Meta(max_length=SEGMENTS_MAX, description="Members that a condition describes."),
    ] = {}
    partners: Annotated[
        tuple[Partner, ...],
        Meta(max_length=PARTNERS_MAX, description="Shops that share the program, and settle."),
    ] = ()
    challenges: Annotated[
        tuple[Challenge, ...],
        Meta(max_length=CHALLENGES_MAX, description="What members may set out to do."),
    ] = ()
    badges: Annotated[
        tuple[Badge, ...],
        Meta(max_length=BADGES_MAX, description="What rules and challenges honour members with."),
    ] = ()
    campaigns: Annotated[
        tuple[Campaign, ...],
        Meta(max_length=CAMPAIGNS_MAX, description="Rules for some members, for some time."),
    ] = ()
    holdout: Annotated[
        Decimal | None,
        Meta(
            description="Share of all members that get no campaign, no challenge and no message, "
            "to compare with; 0 to 1."
        ),
    ] = None
    messages: Annotated[
        Messages | None, Meta(description="What members can be told, and how often at most.")
    ] = None
    memberships: Annotated[
        tuple[Membership, ...],
        Meta(max_length=MEMBERSHIPS_MAX, description="Memberships that are paid for."),
    ] = ()
    limits: Limits = Limits()
