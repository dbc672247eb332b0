"""A joining that dies, at whatever call, is finished by the sweep: nobody has to ask again."""

from contextlib import suppress
from itertools import count

import pytest

from chalicelib.domain.instants import MINUTE_MS
from chalicelib.domain.outcome import StorageUnavailable
from tests.builders import Scene, recorded
from tests.faults import Crash, Fault
from tests.simulation.books import breaks
from tests.simulation.conftest import Counted
from tests.simulation.member_acts import guest_order, join_verified, sweep
from tests.simulation.summary import summary
from tests.simulation.verbs import OPT_IN
from tests.simulation.worlds import STOCK, copied, plain, scene_of, table_of

CALLS_MAX = 60


def waiting() -> Scene:
    """Three orders wait under a customer's address, and two under their id."""
    scene = scene_of(plain(join=OPT_IN))
    for number in range(3):
        recorded(guest_order(scene, f"g{number}"))
    for number in range(2):
        recorded(scene.pay(4_000, f"o{number}"))
    return copied(scene)


def swept(scene: Scene) -> Scene:
    scene.now += MINUTE_MS
    assert sweep(scene).is_done
    return scene


def died_at(number: int, fault: Fault) -> tuple[Scene, bool]:
    """Joining, which meets ``fault`` at its call of that number; whether it came so far."""
    scene, calls = waiting(), count()
    table_of(scene).fault = lambda *_: fault if next(calls) == number else None
    with suppress(Crash, StorageUnavailable):
        join_verified(scene)
    table_of(scene).fault = lambda *_: None
    return scene, next(calls) > number


@pytest.mark.parametrize("fault", [Fault.CRASH, Fault.LOST_AFTER])
def test_the_sweep_finishes_a_joining_that_died(fault: Fault, counted: Counted) -> None:
    whole = waiting()
    recorded(join_verified(whole))
    want = summary(table_of(swept(whole)))
    finished = 0
    for number in range(CALLS_MAX):
        scene, has_met = died_at(number, fault)
        if not has_met:
            break
        if scene.account() is None:
            continue  # nobody joined: the sweep has nobody to look at
        swept(scene)
        assert summary(table_of(scene)) == want, number
        assert breaks(table_of(scene), STOCK) == []
        finished += 1
    counted(f"1 joinings that died ({fault})", finished_by_the_sweep=finished, wrong=0)
    assert finished > 5
    assert number < CALLS_MAX - 1
