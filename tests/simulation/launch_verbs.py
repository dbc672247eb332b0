"""A launch in the proofs: balances and past orders that are imported, and what becomes of them."""

from typing import Any

from chalicelib.domain.events import OrderStatus
from chalicelib.domain.launching import Imported
from chalicelib.domain.records import AdjustmentKind
from chalicelib.operations.adjust_points import AdjustCommand, adjust_points
from chalicelib.operations.load_order import OrderCommand
from chalicelib.operations.record_order import record_order
from tests.builders import START, Scene, line, recorded, refund, refunded, state, upserted
from tests.simulation.interleaving import Request
from tests.simulation.rivals import Meeting, adjusting, earning, redeeming
from tests.simulation.verbs import Verb, funded

PAST = START - 30 * 86_400_000


def bring_balance(scene: Scene, points: int, key: str = "b1", customer: str = "77") -> Any:
    """An opening lot of a customer."""
    asked = AdjustCommand(
        scene.shop, scene.member(customer), "points", points, "", "", "operator", key, scene.now,
        AdjustmentKind.IMPORT,
    )  # fmt: skip
    return adjust_points(scene.table, asked)


def _past(**changes: Any) -> Any:
    times = {"version": PAST, "created_at": PAST, "paid_at": PAST}
    return upserted(state(line(9_000), id="old", number="#old", **{**times, **changes}))


def bring_order(scene: Scene) -> Any:
    """A past order for which 90 points had been given."""
    how = Imported("qualify_only", {"points": 90})
    asked = OrderCommand(scene.shop, _past(), scene.now, scene.now, imported=how)
    return record_order(scene.table, asked)


def _brought(scene: Scene) -> None:
    """A member with 90 points more, which had been given for a past order."""
    funded(scene)
    recorded(bring_balance(scene, 90, "b0"))
    recorded(bring_order(scene))


def _balance(key: str) -> Request:
    return lambda scene: bring_balance(scene, 40, key)


def _refund(scene: Scene) -> Any:
    return scene.order(refunded(refund(4_500), "old"))


def _cancel(scene: Scene) -> Any:
    return scene.order(_past(version=PAST + 1, status=OrderStatus.CANCELLED))


LAUNCHES = (
    Verb("balance brought along", _balance("b1"), funded),
    Verb("past order brought along", bring_order, funded),
    Verb("refund of a past order", _refund, _brought),
    Verb("end of a past order", _cancel, _brought),
)
LAUNCH_MEETINGS = (
    Meeting("one balance twice", (_balance("b1"), _balance("b1")), funded),
    Meeting("balance and adjustment", (_balance("b1"), adjusting(-30, "a")), funded),
    Meeting("one past order twice", (bring_order, bring_order), funded),
    Meeting("past order and its refund", (bring_order, _refund), funded),
    Meeting("past order and another order", (bring_order, earning("1")), funded),
    Meeting("end of a past order and redemption", (_cancel, redeeming("k")), _brought),
)
