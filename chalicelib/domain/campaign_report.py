"""What a campaign brought, by arm: counted from documents, compared as intended to treat.

Everybody who entered counts, whether they ever bought: the arms were dealt by a hash, so what they
differ in is the campaign. ``comparison`` is the difference of the two arms' mean revenue by member
with an interval of 95 percent (normal approximation over members; two members or more in each arm).
"""

from collections.abc import Iterable, Mapping
from math import isqrt
from typing import Final

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.instants import Instant
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.points import half_even_ratio

_Z_SQUARED: Final = (38_416, 10_000)  # 1.96 squared
_FINE: Final = 10**6  # so that a square root keeps six places
_LEAST: Final = 2


class ArmCount(msgspec.Struct, frozen=True, omit_defaults=True):
    """One arm of a campaign, so far. Money in minor units of the program's currency."""

    members: int = 0
    buyers: int = 0
    orders: int = 0
    revenue: int = 0  # goods left after refunds, from entering to the campaign's end
    squares: int = 0  # of the members' revenues
    points: dict[str, int] = {}  # that the campaign added, by unit
    cost: int = 0  # of them, where the budget counts money; else points

    def plus(self, other: "ArmCount") -> "ArmCount":
        """Both together."""
        units = {**self.points, **other.points}
        return ArmCount(
            members=self.members + other.members,
            buyers=self.buyers + other.buyers,
            orders=self.orders + other.orders,
            revenue=self.revenue + other.revenue,
            squares=self.squares + other.squares,
            points={u: self.points.get(u, 0) + other.points.get(u, 0) for u in sorted(units)},
            cost=self.cost + other.cost,
        )


class Comparison(msgspec.Struct, frozen=True):
    """What a member brought more for being treated: the estimate, and its interval."""

    per_member: int  # minor units
    low: int
    high: int


def counted(
    documents: Iterable[OrderDocument | Action], campaign: str, span: tuple[Instant, Instant]
) -> ArmCount:
    """One enrolled member; ``span`` is from entering to before the campaign's end."""
    first, end = span
    since = [each for each in documents if first <= each.earned_at < end]
    orders = [each for each in since if isinstance(each, OrderDocument) and each.bought]
    revenue = sum(order.bought for order in orders)
    points: dict[str, int] = {}
    for each in since:
        for unit, added in each.campaigns.get(campaign, {}).items():
            points[unit] = points.get(unit, 0) + added
    return ArmCount(
        members=1,
        buyers=int(bool(orders)),
        orders=len(orders),
        revenue=revenue,
        squares=revenue * revenue,
        points=points,
        cost=sum(each.budgets.get(f"campaign:{campaign}", 0) for each in since),
    )


def comparison(arms: Mapping[str, ArmCount]) -> Comparison | None:
    """Treated against held out; None where an arm has fewer than two members."""
    treated, held_out = arms.get("in", ArmCount()), arms.get("holdout", ArmCount())
    n, m = treated.members, held_out.members
    if n < _LEAST or m < _LEAST:
        return None
    difference = treated.revenue * m - held_out.revenue * n  # over n * m
    # Each variance of a mean is (n * squares - sum^2) / (n^2 * (n - 1)).
    one, other = _spread(treated), _spread(held_out)
    above = one * m * m * (m - 1) + other * n * n * (n - 1)
    below = n * n * (n - 1) * m * m * (m - 1)
    half = isqrt(_Z_SQUARED[0] * above * _FINE * _FINE // (_Z_SQUARED[1] * below))
    low = half_even_ratio(difference * _FINE - half * n * m, n * m * _FINE)
    high = half_even_ratio(difference * _FINE + half * n * m, n * m * _FINE)
    return Comparison(half_even_ratio(difference, n * m), low, high)


def _spread(arm: ArmCount) -> int:
    return arm.members * arm.squares - arm.revenue * arm.revenue
