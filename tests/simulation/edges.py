"""The edges of time: what ends at an instant is there one millisecond before it, and then is not.

In histories a twin has the same clock, so an edge that lies a little off looks right to it. Each
row here says by plain arithmetic when something ends, and asks one millisecond before and at it.
"""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.memberships import memberships_at
from chalicelib.domain.outcome import Refusal
from tests.builders import NOON, Scene, recorded, unit
from tests.operations.action_scenes import done
from tests.simulation.action_verbs import telling
from tests.simulation.later_worlds import PERIOD_MS, coalition
from tests.simulation.member_acts import HOLD_MS, hold
from tests.simulation.virtual_time import virtual_time
from tests.simulation.worlds import plain, scene_of

Edge = tuple[int, Any, Any, Callable[[Scene], Any]]
"""(when, what is seen one millisecond before, at it, how it is seen)."""


def _taken(scene: Scene, key: str) -> int:
    """How many points a reward of 50 could be paid with, asked for truly: 0 or 50."""
    return 0 if isinstance(scene.redeem("five-off", key), Refusal) else 50


def _earned(**dates: Any) -> Scene:
    scene = scene_of(plain(units=unit(**dates)))
    recorded(scene.pay(3_000, "1", at=NOON))
    return scene


def matured() -> tuple[Scene, Edge]:
    scene = _earned(pending={"for": "P3D"})
    return scene, (NOON + 3 * DAY_MS, 0, 50, lambda s: _taken(s, str(s.now)))


def lapsed() -> tuple[Scene, Edge]:
    scene = _earned(expiry={"after": "P30D"})
    return scene, (NOON + 30 * DAY_MS, 50, 0, lambda s: _taken(s, str(s.now)))


def let_go() -> tuple[Scene, Edge]:
    scene = _earned()
    recorded(hold(scene, 50))
    return scene, (NOON + HOLD_MS, 0, 50, lambda s: _taken(s, str(s.now)))


def unused() -> tuple[Scene, Edge]:
    """A code whose points come back when nobody used it."""
    scene = _earned()
    recorded(scene.redeem("soon"))
    return scene, (NOON + 2 * DAY_MS, 0, 50, lambda s: _taken(s, str(s.now)))


def held_membership() -> tuple[Scene, Edge]:
    scene = scene_of(coalition())
    telling(done("s1", at=NOON, action="subscription.renewed", plan="club"))(scene)

    def seen(scene: Scene) -> Any:
        account = scene.account()
        return memberships_at(account, scene.now) if account else None

    return scene, (NOON + PERIOD_MS, ("club",), (), seen)


EDGES: dict[str, Callable[[], tuple[Scene, Edge]]] = {
    "points mature": matured,
    "points lapse": lapsed,
    "a hold lets go": let_go,
    "an unused code ends": unused,
    "a membership ends": held_membership,
}


def blurred(*names: str) -> str:
    """The first edge that does not lie where it should; "" if all do."""
    for name in names or EDGES:
        for later in (-1, 0):
            with virtual_time():
                scene, (at, before, after, seen) = EDGES[name]()
                scene.now = at + later
                found, due = seen(scene), after if later == 0 else before
            if found != due:
                return f"edges: {name}: {found} at {later} ms, by plain arithmetic {due}"
    return ""
