"""How a history begins: the shop of a world, who is there already, and another shop beside it."""

from copy import deepcopy
from dataclasses import dataclass

from tests.builders import START, Scene
from tests.simulation.all_worlds import EVERY
from tests.simulation.model import Model
from tests.simulation.signed_world import moved_in
from tests.simulation.worlds import scene_of, table_of

CUSTOMERS = ("1", "2", "3", "4")
OTHER_SHOP = "tee"


@dataclass(frozen=True, slots=True)
class Opening:
    """A shop at its start, of which every history has a copy."""

    start: Scene
    known: Model

    def scene(self) -> Scene:
        return Scene(table_of(self.start).fresh(), self.start.now, versions=self.start.versions)

    def model(self) -> Model:
        return deepcopy(self.known)


def opening(world: str) -> Opening:
    """The shop of a world; beside it another shop in the same table, which nobody may touch."""
    scene = scene_of(EVERY[world]())
    other = Scene(scene.table, shop=OTHER_SHOP)
    other.publish(EVERY["rich"]())
    for customer in CUSTOMERS:
        other.adjust(0, customer=customer)
        other.join(customer)
    model = moved_in(scene) if world == "signed" else Model()
    if world == "shared":
        _with_points(scene, model)
    model.rates.append((START, 1))
    return Opening(scene, model)


def _with_points(scene: Scene, model: Model) -> None:
    """Three who have something to share; the fourth may come."""
    for customer in CUSTOMERS[:3]:
        scene.join(customer)
        scene.adjust(60, "moved in", customer)
        model.members.add(customer)
        model.adjusted[customer] = 60
