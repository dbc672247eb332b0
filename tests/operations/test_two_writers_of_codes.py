"""Two writers and one code: its end, its undoing, its use and other commits, at every moment."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from chalicelib.operations.sweep_due import sweep_due
from tests.builders import Scene, program, recorded
from tests.conservation import WatchedTable, verify_table
from tests.operations.test_two_writers import MOMENTS_MAX, interrupted
from tests.operations.test_unused_codes import END, FIVE, used

Act = Callable[[Scene, Any], object]


def swept(scene: Scene, _: object) -> None:
    sweep_due(scene.table, scene.shop, END)


def undone(scene: Scene, made: Any) -> None:
    """By a clock that is a little late: the window is still open on it."""
    scene.now = END - 1
    scene.undo(made)


def paid(scene: Scene, made: Any) -> None:
    scene.order(used(made), now=END)


def adjusted(scene: Scene, _: object) -> None:
    scene.now = END
    scene.adjust(1, key="more")


# Each pair and what may be available after both: the member has 30, and 50 in the code.
RACES: dict[str, tuple[Act, Act, set[int]]] = {
    "end and end": (swept, swept, {80}),
    "end and use": (swept, paid, {30}),
    "end and undo": (swept, undone, {80}),
    "end and another commit": (swept, adjusted, {81}),
    "undo and another commit": (undone, adjusted, {81}),
    "use and another commit": (paid, adjusted, {31}),
    # Undone and used: whoever is first. A shop that takes an undone code gives its own money.
    "undo and use": (undone, paid, {30, 80}),
    "use and use": (paid, paid, {30}),
}


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", RACES)
def test_a_code_ends_once_whoever_writes_when(name: str, backwards: bool, is_turned: bool) -> None:
    start = WatchedTable()
    scene = Scene(start)
    scene.publish(program(rewards=[FIVE]))
    scene.join()
    scene.adjust(80)
    made = recorded(scene.redeem())
    first, second, available = RACES[name]
    if is_turned:
        first, second = second, first
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        here, other = Scene(table), Scene(table)
        ran = interrupted(table, moment, partial(second, other, made), backwards)
        first(here, made)
        if not ran:
            return
        here.now = END
        swept(here, made)
        assert here.available() in available, moment
        verify_table(table.items())
    raise AssertionError("more moments than were tried")
