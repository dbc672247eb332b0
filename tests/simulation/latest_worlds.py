"""Shops of the proofs whose campaigns give treats, whose doors open by and by, whose points warn.

As in ``later_worlds`` what each gives is a plain number, for ``latest_judges``.
"""

from typing import Any

from tests.builders import unit
from tests.simulation.worlds import (
    BADGE,
    CAPPED,
    CLUB,
    ENTERED,
    FIRST,
    GIFT,
    GOLD,
    JOINING,
    LEAF,
    REVIEW,
    REWARDS,
    SORRY,
    TREAT,
    plain,
    rate,
    rich,
)

FEAST_POINTS, FEAST_MORE, TREAT_CENTS = 40, 25, 30
FEAST_FROM, TREAT_FROM, MORE_FROM = 5_000, 10_000, 15_000
"""From how many cents on an order has the points, a treat, and more points."""
ZEST_POINTS, ZEST_FROM, ZEST_MOST = 20, 8_000, 70
CAKES = 2
"""How many cakes all members together may have in a month."""
KARMA = 5
"""Of each order, by versions that have not retired it."""

FEAST_RULES: list[dict[str, Any]] = [
    {
        "id": "feast-points",
        "on": "order.paid",
        "if": {"order.net_total": {"gte": FEAST_FROM}},
        "give": [{"add": FEAST_POINTS, "unit": "points"}],
    },
    {
        "id": "feast-treat",
        "on": "order.paid",
        "if": {"order.net_total": {"gte": TREAT_FROM}},
        "give": [{"reward": "treat"}],
    },
    {
        "id": "feast-more",
        "on": "order.paid",
        "if": {"order.net_total": {"gte": MORE_FROM}},
        "give": [{"add": FEAST_MORE, "unit": "points"}],
        "limit": {"times": 1, "window": {"calendar": "month"}},
    },
]
ZEST_RULE: dict[str, Any] = {
    "id": "zest-order",
    "on": "order.paid",
    "if": {"order.net_total": {"gte": ZEST_FROM}},
    "give": [{"add": ZEST_POINTS, "unit": "points"}, {"reward": "treat"}],
}
CAKE: dict[str, Any] = {
    "id": "cake",
    "name": "A cake",
    "kind": "perk",
    "cost": {"unit": "points", "amount": 5},
    "undo": "P30D",
    "limit": {"times": CAKES, "window": {"calendar": "month"}, "scope": "shop"},
}


def feast_cents(points: int) -> int:
    """What the campaign may cost by the version with so many points per 1.00."""
    return 70 + 40 * points


def feasting(points: int = 1) -> dict[str, Any]:
    """As ``plain``; one campaign's budget is money and has treats in it, another's is points.

    A cake is there so many times a month for the whole shop.
    """
    campaigns = [
        {"id": "feast", "rules": FEAST_RULES, "budget": {"amount": {"USD": feast_cents(points)}}},
        {"id": "zest", "rules": [ZEST_RULE], "budget": {"points": ZEST_MOST}},
    ]
    units = unit(gift=GIFT, value={"USD": 1}, value_per=1)
    made = plain(points, units=units, campaigns=campaigns)
    treat = {**TREAT, "unit_cost": {"USD": TREAT_CENTS}}
    return {**made, "rewards": [*REWARDS, treat, CAKE]}


LIFE_DAYS = 30
"""Of points, where doors open."""
DOORS = {1: "0.3", 2: "1", 3: "0.6"}
"""Whom each version lets in, by its points per 1.00."""


def opening_doors(points: int = 1) -> dict[str, Any]:
    """As ``plain``, for a part of the customers; what is taken back earns a little."""
    lasting = unit(gift=GIFT, expiry={"after": f"P{LIFE_DAYS}D"})
    join = {"rollout": DOORS[points], "retroactive_days": 3}
    made = plain(points, units=lasting, join=join)
    return {**made, "earn": [*made["earn"], REVIEW, SORRY]}


YEARS: dict[str, Any] = {
    "id": "years",
    "name": "A year with us",
    "kind": "count",
    "on": "member.anniversary",
    "target": 1,
    "repeat": 3,
    "give": [{"add": 9, "unit": "points"}, {"badge": "loyal"}, {"message": "thanks"}],
}
BIRTHDAYS: dict[str, Any] = {
    "id": "birthdays",
    "name": "A birthday with us",
    "kind": "count",
    "on": "member.birthday",
    "target": 1,
    "repeat": 3,
    "give": [{"add": 5, "unit": "points"}],
}
HIGHER: dict[str, Any] = {
    "id": "higher",
    "name": "Two tiers",
    "kind": "count",
    "on": "tier.entered",
    "target": 2,
    "repeat": 9,
    "give": [{"add": 11, "unit": "points"}, {"message": "thanks"}],
}
KARMA_RULE: dict[str, Any] = {
    "id": "karma",
    "on": "order.paid",
    "give": [{"add": KARMA, "unit": "karma"}],
}


def is_retired(points: int) -> bool:
    """Whether the version has retired karma, and the ladder that moves at midnight."""
    return points == 2


def warning(points: int = 1) -> dict[str, Any]:
    """As ``rich``, whose points warn; tiers and years count; a unit and a ladder come and go."""
    made = rich(points)
    gone = is_retired(points)
    dates = {"pending": {"for": "P3D"}, "expiry": {"after": "P30D", "warn": ["P20D", "P7D"]}}
    karma = {**unit(expiry={"after": "P30D", "warn": ["P7D"]})["points"], "retired": gone}
    near = [LEAF, {**GOLD, "at": {"USD": 2_000}}]
    bare = [{key: tier[key] for key in ("id", "name", "at") if key in tier} for tier in near]
    steps = bare if gone else near
    late = {**CLUB, "id": "late", "evaluate": "daily", "tiers": steps, "retired": gone}
    capped = {**CAPPED, "give": rate(points)["give"]}
    karmas = [] if gone else [KARMA_RULE]
    return {
        **made,
        "units": unit(**dates, gift=GIFT) | {"karma": karma},
        "tier_groups": [{**CLUB, "tiers": near}, late],
        "earn": [capped, FIRST, JOINING, ENTERED, *karmas],
        "badges": [BADGE],
        "challenges": [YEARS, BIRTHDAYS, HIGHER],
        "messages": {"templates": {"thanks": {"text": "Thank you!"}}},
    }
