"""Two acts, the second wholly at each moment of the first: every call, every key that is read."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tests.builders import Scene
from tests.conservation import WatchedTable, verify_table
from tests.operations.test_two_writers import MOMENTS_MAX, interrupted
from tests.simulation.virtual_time import virtual_time

Act = Callable[[Scene], Any]


def at_every_moment(
    start: WatchedTable, first: Act, second: Act, backwards: bool
) -> Iterator[Scene]:
    """The scene after both, once for each moment; every book in it sums."""
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        scene = Scene(table, versions=1)
        ran = interrupted(table, moment, partial(second, scene), backwards)
        with virtual_time():  # whoever meets another pauses, and nothing happens meanwhile
            first(scene)
        if not ran:
            return
        verify_table(table.items())
        yield scene
    raise AssertionError("more moments than were tried")
