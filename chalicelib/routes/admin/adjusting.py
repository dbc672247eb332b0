"""What every route of an adjustment does once its body is read: one door to ``adjust_points``."""

from typing import Any, NamedTuple

from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.records import Adjustment, AdjustmentKind
from chalicelib.operations.adjust_points import AdjustCommand, adjust_points
from chalicelib.operations.find_member import find_member
from chalicelib.routes.admin import member_views as shapes
from chalicelib.routes.contract import Answer, Call, Outcome
from chalicelib.routes.parsing import value_invalid
from chalicelib.security.minting import new_id


class AdjustWish(NamedTuple):
    """What staff ask for. ``until`` is 0 where nothing ends."""

    kind: AdjustmentKind
    reason: str
    unit: str = ""
    points: int = 0
    until: Instant = 0
    tier: str = ""  # <group>/<tier>
    badge: str = ""


def adjusted(call: Call[Any], shop: str, member: str, wish: AdjustWish) -> Outcome:
    """Adjust once per idempotency key, and answer with the entry."""
    found = find_member(call.table, shop, member)
    if isinstance(found, Refusal):
        return found
    if wish.kind is AdjustmentKind.POINTS and not wish.points:
        return value_invalid("$.points", "An adjustment moves at least one point.")
    command = AdjustCommand(
        shop=shop,
        member=found.named,
        unit=wish.unit,
        points=wish.points,
        reason=wish.reason,
        salt=new_id(),
        actor=call.actor,
        idempotency_key=call.idempotency_key,
        now=call.now,
        kind=wish.kind,
        until=wish.until,
        tier=wish.tier,
        badge=wish.badge,
    )
    result = adjust_points(call.table, command)
    if isinstance(result, Refusal):
        return result
    if not isinstance(result.document, Adjustment) or result.document.entry is None:
        raise TypeError("an adjustment has its entry")
    entry = shapes.entry_view(result.document.entry)
    return Answer(entry, replayed=result.replayed, target=found.member)
