"""Shops of the proofs with campaigns and budgets, and with partners and paid memberships.

What each of these gives is a plain number, so that ``judges`` can reckon it without the ledger:
a campaign adds 40 to an order and 15 to a review, a partner pays 1.1 cents for each point.
"""

from typing import Any

from tests.builders import unit
from tests.simulation.worlds import GIFT, JOINING, LAUNCH, REVIEW, plain, rate

SPRING_POINTS, IDEA_POINTS, BONUS_POINTS = 40, 15, 12
FEE = "plus"
"""The line of an order that buys a membership."""
PERIOD_MS = 30 * 86_400_000
MILLIONTHS = {"mill": 1_100_000, "farm": 800_000}
"""What each partner pays for a point that it gave, in millionths of a cent."""
BURNED_MILLIONTHS = {"mill": 900_000, "farm": 0}
"""What each gets for one that was spent there."""
PAID_BY = {"of-the-mill": "mill", "of-the-farm": "farm"}

SPRING = {
    "id": "spring",
    "rules": [
        {
            "id": "spring-order",
            "on": "order.paid",
            "if": {"order.net_total": {"gte": 5_000}},
            "give": [{"add": SPRING_POINTS, "unit": "points"}],
        },
    ],
    "holdout": "0.25",
}
IDEAS = {
    "id": "ideas",
    "rules": [
        {
            "id": "idea-once",
            "on": "action.review.approved",
            "once": "member",
            "give": [{"add": IDEA_POINTS, "unit": "points"}],
        },
        {
            "id": "idea-order",
            "on": "order.paid",
            "once": "member",
            "give": [{"add": IDEA_POINTS, "unit": "points"}],
        },
    ],
}
FIRST_FEW = {
    "id": "first-few",
    "on": "order.paid",
    "give": [{"add": BONUS_POINTS, "unit": "points"}],
    "limit": {"times": 3, "window": {"calendar": "month"}, "scope": "shop"},
}


def spring_budget(points: int) -> int:
    """What the campaign may give by the version with so many points per 1.00."""
    return SPRING_POINTS * (2 + points) + 7


IDEAS_CENTS = 70
"""Three ideas of 15 points, at 3 cents for two, rounded up: 69."""


def budgeted(points: int = 1) -> dict[str, Any]:
    """As ``plain``; a campaign with a budget in points, one in money, a bonus of the whole shop."""
    worth = {"value": {"USD": 3}, "value_per": 2}
    campaigns = [
        {**SPRING, "budget": {"points": spring_budget(points)}},
        {**IDEAS, "budget": {"amount": {"USD": IDEAS_CENTS}}},
    ]
    made = plain(units=unit(gift=GIFT, **worth), campaigns=campaigns)
    return {**made, "earn": [rate(points), JOINING, REVIEW, FIRST_FEW]}


def coalition(points: int = 1) -> dict[str, Any]:
    """Two partners give and take points; a month of membership is sold, or comes by a plan."""
    bought = [
        {
            "id": rule,
            "on": "order.paid",
            "paid_by": partner,
            "if": {"order.partner": partner},
            "give": rate(points)["give"],
        }
        for rule, partner in PAID_BY.items()
    ]
    doubled = {
        "id": "doubled",
        "on": "order.paid",
        "if": {"member.memberships": {"has": "plus"}},
        "give": [{"multiply": "2", "unit": "points"}],
    }
    partners = [
        {
            "id": "mill",
            "name": "Mill",
            "buys_point_at": "0.011",
            "paid_per_point_burned": "0.009",
        },
        {"id": "farm", "name": "Farm", "burns": False, "buys_point_at": "0.008"},
    ]
    hello = [{"add": 30, "unit": "points"}]
    memberships = [
        {
            "id": "plus",
            "name": "Plus",
            "sold_as": {"sku": FEE},
            "period": "P30D",
            "on_refund": "prorate",
            "give": hello,
        },
        {"id": "club", "name": "Club", "sold_as": {"plan": "club"}, "period": "P30D"},
    ]
    dates = {"expiry": {"after": "P60D"}}
    made = plain(
        units=unit(**dates, gift=GIFT), partners=partners, memberships=memberships, launch=LAUNCH
    )
    own = {**rate(points), "if": {"order.partner": {"exists": False}}}
    return {**made, "earn": [own, *bought, doubled, JOINING, REVIEW]}
