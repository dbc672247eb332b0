"""Proof 1's rows of causes: donations, gifts of orders, and what the shop passes on."""

from typing import Any

from msgspec.structs import replace

from chalicelib.operations.settle_cause import SettleCommand, settle_cause
from chalicelib.security.keyed_ids import redemption_id
from tests.builders import NOON, Scene, recorded, refund, refunded, upserted
from tests.simulation.verbs import BLANK, ORDER, Act, Verb, funded, redeemed
from tests.simulation.worlds import giving


def settling(units: int, key: str = "s1") -> Act:
    """The shop passes units of the cause on."""
    return lambda s: settle_cause(
        s.table, SettleCommand(s.shop, "forest", units, "", "", "operator", key, s.now)
    )


def undone(scene: Scene) -> Any:
    """As the door does: a donation is named by its id."""
    return scene.undo(replace(BLANK, id=redemption_id(scene.member(), "k1")))


def whole_refund(scene: Scene) -> Any:
    return scene.order(refunded(refund(12_000)))


def placed(scene: Scene) -> None:
    """An order that gave three trees."""
    funded(scene)
    recorded(scene.order(upserted(ORDER)))


def donated(scene: Scene) -> None:
    """A member who gave two trees for points, after an order that gave three."""
    placed(scene)
    redeemed(scene, "tree")


def _half_settled(scene: Scene) -> None:
    placed(scene)
    recorded(settling(2)(scene))


CAUSES = (
    Verb("donate", lambda s: s.redeem("tree"), funded, giving),
    Verb("undo of a donation", undone, donated, giving),
    Verb("settle a cause", settling(3), donated, giving),
    Verb("order that gives to a cause", lambda s: s.pay(9_000, "2", at=NOON), funded, giving),
    Verb("refund of a gift", whole_refund, placed, giving),
    Verb("refund of a gift passed on", whole_refund, _half_settled, giving),
)
