"""Proof 11: an account with 10,000 entries costs what a new one costs: calls, units, CPU."""

import gc
from collections.abc import Callable
from time import process_time_ns
from typing import Any

import pytest

from chalicelib.domain.lots import booked
from chalicelib.storage import journal
from tests.builders import NOON, Scene, recorded
from tests.simulation.conftest import Counted
from tests.simulation.virtual_time import virtual_time
from tests.simulation.worlds import plain, scene_of
from tests.storage.metering import MeteredTable

Figures = tuple[int, int, int]
LONG, SHORT = 10_000, 400
REPEATS = 2_000


def aged(entries: int) -> Scene:
    """A member with ``entries`` entries, made by the verbs themselves."""
    scene = scene_of(plain())
    recorded(scene.join())
    for number in range(entries - 1):
        recorded(scene.adjust(-1 if number % 2 else 1, f"a{number:06}"))
    return scene


def metered(scene: Scene, act: Callable[[Scene], Any]) -> Figures:
    """(round trips, write units, half read units) of ``act`` in a warm process."""
    table = MeteredTable(scene.table)
    other = Scene(table, scene.now)
    other.pay(100, "warm")
    table.meter.reset()
    act(other)
    return table.meter.round_trips, table.meter.write_units, table.meter.read_half_units


def costs(scene: Scene) -> tuple[Figures, ...]:
    earn = metered(scene, lambda s: s.pay(5_000, "earned", at=NOON))
    redeem = metered(scene, lambda s: s.redeem("five-off", "redeemed"))
    replay = metered(scene, lambda s: s.pay(5_000, "earned", at=NOON))
    return earn, redeem, replay


def proven(entries: int, counted: Counted) -> tuple[Scene, Scene]:
    with virtual_time():
        old, new = aged(entries), aged(2)
        for scene in (old, new):
            recorded(scene.adjust(100, "fund"))
        old_costs, new_costs = costs(old), costs(new)
    figures = ", ".join(f"{trips} trips {units} units" for trips, units, _ in old_costs)
    counted("11 flat cost", entries=entries, earn_redeem_replay=figures)
    assert old_costs == new_costs
    assert old_costs[0][:2] == (2, 7)
    assert old_costs[2][:2] == (1, 0)
    return old, new


def test_an_old_account_costs_what_a_new_one_does(counted: Counted) -> None:
    old, _ = proven(SHORT, counted)
    account, entries = old.account(), journal.whole_journal(old.table, old.shop, old.member())
    assert account is not None
    assert sum(entry.points for entry in entries) == booked(account.units["points"])


def _took_ns(scene: Scene, order: str) -> int:
    before = process_time_ns()
    scene.pay(5_000, order, at=NOON)
    return process_time_ns() - before


def _ratio_permille(old: Scene, new: Scene) -> int:
    """CPU of the quicker quarter, in turns: a busy machine is then busy for both."""
    mine, other = [], []
    for number in range(REPEATS):
        mine.append(_took_ns(old, f"n{number:05}"))
        other.append(_took_ns(new, f"n{number:05}"))
    quarter = REPEATS // 4
    return 1_000 * sum(sorted(mine)[:quarter]) // sum(sorted(other)[:quarter])


@pytest.mark.soak
def test_ten_thousand_entries_cost_what_two_do(counted: Counted) -> None:
    old, new = proven(LONG, counted)
    gc.collect()
    gc.disable()  # it walks over everything that lives, whoever is measured
    try:
        with virtual_time():
            ratio = _ratio_permille(old, new)
    finally:
        gc.enable()
    counted("11 flat cost", cpu_old_to_new_permille=ratio)
    assert 900 <= ratio <= 1_100
