"""Situations that no order tells alone: a tier that is entered, a badge by staff, points on hold.

Programs, and what happens under them; each act answers the document that is told of.
"""

from collections.abc import Callable

from chalicelib.domain.actions import Action
from chalicelib.domain.instants import HOUR_MS
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.records import Adjustment, AdjustmentKind, Hold
from chalicelib.operations.hold_points import HoldCommand, authorize_hold
from chalicelib.operations.sweep_due import sweep_shops
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import document_key
from tests.builders import TEA, Scene, recorded
from tests.simulation.member_acts import honour

Document = OrderDocument | Action | Adjustment | Hold

STAFF_BADGES = {"badges": [{"id": "regular", "name": "Regular"}]}
ENTERING = {
    "earn": [
        *TEA["earn"],
        {
            "id": "welcome",
            "name": "Welcome to gold",
            "on": "tier.entered",
            "if": {"tier.club": "gold"},
            "once": "subject",
            "give": [{"add": 50, "unit": "points"}],
        },
    ]
}
_OFF = {
    "id": "held-off",
    "name": "Five off",
    "kind": "amount_off",
    "cost": {"unit": "points", "amount": 100},
    "value": {"USD": 500},
    "hold": "PT2H",
}
HELD_OFF = {"rewards": [_OFF]}


def entered(scene: Scene) -> Document:
    """The sweep tells that the tier was reached; what that earned is told of."""
    scene.pay(20_000, "0")
    scene.now += HOUR_MS
    sweep_shops(scene.table, scene.now)
    names = (entry.document.partition(":") for entry in scene.journal())
    (name,) = {name for kind, _, name in names if kind == "action"}
    key = document_key(scene.shop, scene.member(), "action", name)
    action = document_of(scene.table.load([key]).get(key), Action)
    assert action is not None
    return action


def by_staff(kind: AdjustmentKind, *before: AdjustmentKind) -> Callable[[Scene], Document]:
    """What staff did for a member who has bought; the last of it is told of."""

    def act(scene: Scene) -> Document:
        scene.pay(2_000, "0")
        for number, each in enumerate(before):
            recorded(honour(scene, each, f"b{number}", badge="regular"))
        document = recorded(honour(scene, kind, "last", badge="regular"))
        assert isinstance(document, Adjustment)
        return document

    return act


def held(scene: Scene) -> Document:
    """Points that are set aside for a reward."""
    scene.pay(20_000, "0")
    wish = HoldCommand(scene.shop, scene.member(), "points", 100, 0, "h1", scene.now, "held-off")
    document = recorded(authorize_hold(scene.table, wish))
    assert isinstance(document, Hold)
    return document
