"""Whatever happens at a write of a replay, and whoever else is at work: the same report."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import count

import pytest

from chalicelib.domain.outcome import Busy, StorageUnavailable
from chalicelib.domain.replay.report import Report
from chalicelib.operations.replay_segments import Spell
from chalicelib.operations.replay_workers import take_message
from chalicelib.storage.replays import Replay
from tests.builders import Scene
from tests.faults import Crash, Fault
from tests.memory_table import MemoryTable
from tests.operations.replay_scenes import (
    ANY_TIME,
    LATER,
    begun,
    cut_small,
    found,
    in_one_piece,
    message,
    village,
)

KINDS = (Fault.CRASH, Fault.CRASH_AFTER, Fault.TIMEOUT_AFTER, Fault.CONDITION_FAILED)
ROUNDS = 20
WORKERS = 3


@pytest.fixture(scope="module")
def alone() -> Report:
    return in_one_piece()


def scene_of(monkeypatch: pytest.MonkeyPatch) -> tuple[Scene, MemoryTable, Replay]:
    cut_small(monkeypatch, 3)
    scene = village()
    replay, table = begun(scene), scene.table
    assert isinstance(table, MemoryTable)
    return scene, table, replay


def delivered(table: MemoryTable, replay: Replay) -> None:
    """Every message again and again, as long as there is anything to do."""
    for _ in range(ROUNDS):
        ended = set()
        for number in range(len(replay.stretches)):
            with suppress(Crash, Busy, StorageUnavailable):
                ended.add(take_message(table, message(replay, number), ANY_TIME))
        if ended == {"over"}:
            return


def test_a_fault_at_any_write_changes_no_report(
    monkeypatch: pytest.MonkeyPatch, alone: Report
) -> None:
    monkeypatch.setattr("tests.operations.replay_scenes.CHECKPOINT_MEMBERS", 2)
    scene, table, replay = scene_of(monkeypatch)
    probe = table.copy()
    delivered(probe, replay)
    writes = [number for number, call in enumerate(probe.calls) if call.operation == "transact"]
    assert len(writes) > 20
    for place, at in enumerate(writes):
        kind, struck = KINDS[place % len(KINDS)], table.copy()
        struck.fault = partial(_once, at, kind)
        scene.table = struck
        delivered(struck, replay)
        after = found(scene, replay)
        assert (after.report, after.members, after.orders) == (alone, 8, 8), (at, kind)


def _once(at: int, kind: Fault, _: str, number: int) -> Fault | None:
    return kind if number == at else None


def test_many_who_take_the_same_messages_at_once_come_to_the_same_report(
    monkeypatch: pytest.MonkeyPatch, alone: Report
) -> None:
    scene, table, replay = scene_of(monkeypatch)
    moments = count(LATER)
    spell = Spell(lambda _: True, lambda: next(moments))  # no two write the same

    ended: Counter[str] = Counter()
    table.before = lambda _: time.sleep(0)  # let another thread be first

    def work(first: int) -> None:
        while found(scene, replay).phase != "finished":
            for number in range(len(replay.stretches)):
                each = message(replay, (number + first) % len(replay.stretches))
                ended[take_message(table, each, spell)] += 1

    with ThreadPoolExecutor(WORKERS) as pool:
        tuple(pool.map(work, range(WORKERS)))
    after = found(scene, replay)
    assert (after.report, after.members) == (alone, 8)
    assert ended["finished"] == 1
