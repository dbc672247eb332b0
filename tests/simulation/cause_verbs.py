"""Proof 1's rows of causes: donations, gifts of orders, and what the shop passes on."""

from typing import Any

from msgspec.structs import replace

from chalicelib.operations.settle_cause import SettleCommand, settle_cause
from chalicelib.security.keyed_ids import redemption_id
from tests.builders import NOON, Scene, recorded, refund, refunded, upserted
from tests.operations.action_scenes import done, revoked
from tests.simulation.action_verbs import telling
from tests.simulation.interleaving import Request
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


def meeting(name: str) -> Request:
    """Something that was done for a tree."""
    return telling(done(name, at=NOON, action="meeting.held", subject=name))


MEETING_BACK = telling(revoked("m1", NOON + 1))


def met(scene: Scene) -> None:
    """A member whose first meeting gave a tree, after an order that gave three."""
    placed(scene)
    meeting("m1")(scene)


def _met_and_settled(scene: Scene) -> None:
    met(scene)
    recorded(settling(4)(scene))


CAUSES = (
    Verb("donate", lambda s: s.redeem("tree"), funded, giving),
    Verb("undo of a donation", undone, donated, giving),
    Verb("settle a cause", settling(3), donated, giving),
    Verb("order that gives to a cause", lambda s: s.pay(9_000, "2", at=NOON), funded, giving),
    Verb("refund of a gift", whole_refund, placed, giving),
    Verb("refund of a gift passed on", whole_refund, _half_settled, giving),
    Verb("action that gives to a cause", meeting("m1"), placed, giving),
    Verb("action of nobody yet that gives", meeting("m1"), world=giving),
    Verb("action that gave, taken back", MEETING_BACK, met, giving),
    Verb("action whose gift was passed on, taken back", MEETING_BACK, _met_and_settled, giving),
)
