"""On this machine a replay that was begun goes on by itself."""

import time

import pytest

from chalicelib import clock
from chalicelib.operations.replay_workers import call_workers
from chalicelib.storage import connection
from chalicelib.storage.replay_queue import SegmentMessage
from dev.local_replays import replays_at_work
from tests.operations.replay_scenes import LATER, begun, cut_small, found, village

PATIENCE_SECONDS = 30


def test_threads_take_the_messages_and_stop_with_the_house(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_small(monkeypatch, 3)
    scene = village()
    replay, ends = begun(scene), time.monotonic() + PATIENCE_SECONDS
    with (
        connection.use_table(scene.table),
        clock.use(lambda: LATER),
        replays_at_work() as local,
    ):
        local.send((SegmentMessage("no such shop#", "0" * 400, 1),))  # fails, and is told
        assert call_workers(replay)
        while found(scene, replay).phase != "finished" and time.monotonic() < ends:
            time.sleep(0.01)
    assert found(scene, replay).members == 8
    assert local.get_remaining_time_in_millis() == 0
    assert "InvariantBroken" in capsys.readouterr().err
    assert not call_workers(replay)  # the queue is gone with its block
