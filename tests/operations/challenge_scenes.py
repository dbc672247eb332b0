"""Challenges in a scene: what members set out to do, and how far they are."""

from typing import Any

from chalicelib.domain.progress import Badges, Progress
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import document_key
from tests.builders import TEA, Scene, program

FIFTY = {"add": 50, "unit": "points"}
BADGES = [{"id": "regular", "name": "Regular"}]


def challenge(kind: str = "count", **keys: Any) -> dict[str, Any]:
    """Three orders give 50 points."""
    made = {"id": "three", "name": "Three orders", "kind": kind, "on": "order.paid",
            "target": 3, "give": [FIFTY]}  # fmt: skip
    return {key: value for key, value in {**made, **keys}.items() if value is not None}


def challenging(*challenges: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """The tea shop with challenges; orders earn nothing unless ``keys`` say so."""
    told = {"action": {"minutes": "integer", "country": "text"}}
    plain = {"earn": [], "attributes": told, "badges": BADGES, **keys}
    return program(challenges=list(challenges or (challenge(),)), **plain)


def earning(*challenges: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """As ``challenging``, and a point for each dollar."""
    return challenging(*challenges, **{"earn": TEA["earn"], **keys})


def progress(scene: Scene, name: str = "three", customer: str = "77") -> Progress | None:
    key = document_key(scene.shop, scene.member(customer), "progress", name)
    return document_of(scene.table.load([key]).get(key), Progress)


def live(scene: Scene, name: str = "three", customer: str = "77") -> int:
    """What counts of a challenge of one number, or how many values it has."""
    made = progress(scene, name, customer)
    if made is None:
        return 0
    return made.live[""] if "" in made.live else len(made.live)


def worn(scene: Scene, customer: str = "77") -> set[str]:
    key = document_key(scene.shop, scene.member(customer), "badges", "member")
    made = document_of(scene.table.load([key]).get(key), Badges)
    return set(made.worn) if made else set()
