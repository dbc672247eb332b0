"""What happens where products are asked for: buying, changing, merging, and the sweep by and by."""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.instants import DAY_MS
from chalicelib.operations.sweep_due import date_members
from chalicelib.storage.shops import find_shop
from tests.builders import Scene
from tests.simulation.happenings import buys, changes, joins, publishes, redeems, repeats
from tests.simulation.histories import Broken, History, Step
from tests.simulation.latest_happenings import RUNS_MAX
from tests.simulation.member_acts import sweep
from tests.simulation.member_happenings import forgets, merges
from tests.simulation.worlds import table_of


def comes_by(history: History) -> Step:
    """A day, weeks or eleven months later the job walks all members, and finds all orders."""
    by = history.dice.pick((DAY_MS, DAY_MS, 40 * DAY_MS, 335 * DAY_MS)) + DAY_MS // 24
    history.scene.now += by
    for scene in (history.scene, history.twin) if history.twin else (history.scene,):
        table_of(scene).age_ms += by

    def act(scene: Scene) -> Any:
        table_of(scene).thaw_indexes()
        for _ in range(RUNS_MAX):
            date_members(scene.table, scene.shop, scene.now)
            shop = find_shop(scene.table, scene.shop)
            is_dated = shop is not None and shop.dated_version == shop.live_version(scene.now)
            if is_dated and not sweep(scene).accounts:
                return None
        raise Broken("the job finds something to do for ever")

    def tell(_: Any) -> None:
        history.model.swept_at = history.scene.now

    return Step("walk", act, tell)


ASKING: tuple[tuple[int, Callable[[History], Step]], ...] = (
    (9, buys),
    (8, changes),
    (3, repeats),
    (3, publishes),
    (2, merges),
    (3, comes_by),
    (1, joins),
    (1, redeems),
    (1, forgets),
)
_WEIGHTED = tuple(row for weight, row in ASKING for _ in range(weight))


def next_asking(history: History) -> Step:
    """The next step of a history in the shop that asks for products."""
    return history.dice.pick(_WEIGHTED)(history)
