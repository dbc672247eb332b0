"""A large replay in segments: the same report for any number of them, whoever goes on with what."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.instants import MINUTE_MS
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.domain.replay.report import Report
from chalicelib.operations import replay_stages
from chalicelib.operations.replay_program import go_on, progress_of
from chalicelib.operations.replay_segments import Spell, go_on_with
from chalicelib.operations.replay_stages import keep
from chalicelib.operations.replay_workers import go_on_with_all, take_message
from chalicelib.storage.items import Anything, Put
from chalicelib.storage.key_names import account_key
from chalicelib.storage.replay_segments import load_segments, segment_put
from tests.builders import NOON, TEA, Scene
from tests.faults import Fault
from tests.memory_table import MemoryTable
from tests.operations.replay_scenes import (
    A_PAGE,
    ANY_TIME,
    LATER,
    begun,
    cut_small,
    found,
    in_one_piece,
    message,
    village,
)

FAILED = Fault.CONDITION_FAILED


@pytest.fixture(scope="module")
def alone() -> Report:
    return in_one_piece()


@pytest.mark.parametrize(("members", "segments"), [(1, 10), (2, 6), (3, 5), (7, 4)])
def test_a_report_of_many_segments_is_that_of_one(
    monkeypatch: pytest.MonkeyPatch, alone: Report, members: int, segments: int
) -> None:
    cut_small(monkeypatch, members)
    scene = village()
    replay = begun(scene)
    assert len(replay.stretches) == segments
    after = go_on(scene.table, replay, lambda _: True, LATER)
    assert (after.report, after.members, after.orders) == (alone, 8, 8)
    assert after.turn.number == 2


def test_the_job_goes_on_with_several_segments_at_once(
    monkeypatch: pytest.MonkeyPatch, alone: Report
) -> None:
    cut_small(monkeypatch, 2, page=3)
    scene = village()
    replay = begun(scene)
    assert not replay.is_cut
    assert progress_of(scene.table, replay).segments == 0
    assert go_on_with_all(scene.table, lambda: True, lambda: LATER) == (1, 1)
    assert found(scene, replay).report == alone


def test_progress_is_of_the_stage_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_small(monkeypatch, 2)
    scene = village()
    replay = go_on(scene.table, begun(scene), lambda looked: looked < 5, LATER)
    progress = progress_of(scene.table, replay)
    assert (progress.segments_done, progress.segments, progress.members_total) == (2, 6, 8)
    assert (progress.percent, progress.members) == (50, 0)
    after = go_on(scene.table, replay, lambda _: True, LATER)
    whole = progress_of(scene.table, after)
    assert (whole.percent, whole.members, whole.segments_done) == (100, 8, 6)


def test_what_somebody_goes_on_with_the_job_leaves_alone_until_it_stands_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cut_small(monkeypatch, 1_000)
    scene = village()
    replay = begun(scene)
    members, *pools = load_segments(scene.table, replay)
    assert all(go_on_with(scene.table, replay, each, ANY_TIME).segment.is_done for each in pools)
    dies = Spell(_asked(4), lambda: LATER)
    with pytest.raises(ZeroDivisionError):
        go_on_with(scene.table, replay, members, dies)
    (touched, *_) = load_segments(scene.table, replay)
    assert (touched.looked_at, touched.touched_at) == (2, LATER)

    def job(after_ms: int) -> tuple[int, int]:
        return go_on_with_all(scene.table, lambda: True, lambda: LATER + after_ms)

    assert job(MINUTE_MS) == (1, 0)
    assert load_segments(scene.table, replay)[0] == touched
    assert job(2 * MINUTE_MS) == (1, 1)


def _asked(most: int) -> Any:
    """Has time until it was asked so often; then the worker dies."""
    times = iter(range(most))

    def has_time(_: int) -> bool:
        if next(times) == most - 1:
            raise ZeroDivisionError("died")
        return True

    return has_time


def test_of_two_on_one_segment_one_stops_and_nobody_is_counted_twice(
    monkeypatch: pytest.MonkeyPatch, alone: Report
) -> None:
    cut_small(monkeypatch, 1_000)
    scene = village()
    replay = begun(scene)
    (mine, *_) = load_segments(scene.table, replay)
    theirs = go_on_with(scene.table, replay, mine, A_PAGE)
    assert (theirs.segment.looked_at, theirs.segment.touched_at) == (1, 0)
    lost = go_on_with(scene.table, replay, mine, ANY_TIME)
    assert (lost.is_lost, lost.looked_at) == (True, 1)
    assert load_segments(scene.table, replay, (0,)) == (theirs.segment,)
    after = go_on(scene.table, found(scene, replay), lambda _: True, LATER)
    assert after.report == alone


def test_of_two_who_merge_one_writes_and_both_have_found_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cut_small(monkeypatch, 3)
    scene = village()
    replay = begun(scene)
    for segment in load_segments(scene.table, replay):
        go_on_with(scene.table, replay, segment, ANY_TIME)
    segments = load_segments(scene.table, replay)
    mine, theirs = (
        replay_stages.next_stage(scene.table, replay, segments, LATER) for _ in range(2)
    )
    assert mine == theirs
    assert keep(scene.table, replay, mine) == found(scene, replay)
    assert keep(scene.table, replay, theirs) == found(scene, replay)  # the same write
    assert found(scene, replay).revision == 2
    assert keep(scene.table, replay, replace(theirs, members=1)) is None
    assert take_message(scene.table, message(replay), A_PAGE) == "sent again"  # of the next stage


def test_a_segment_of_an_earlier_stage_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_small(monkeypatch, 1_000)
    scene = village()
    replay = begun(scene)
    outdated = go_on(scene.table, replay, lambda looked: looked < 14, LATER)
    assert outdated.phase == "walking"
    (members, *_) = load_segments(scene.table, outdated)
    assert (members.looked_at, members.habit.offered, members.stage) == (0, 0, 1)
    assert members.revision > 8
    go_on_with(scene.table, outdated, members, A_PAGE)
    known = load_segments(scene.table, outdated)
    late = go_on(scene.table, replay, lambda _: True, LATER)  # who knows the stage before only
    assert (late, late.phase) == (outdated, "walking")
    assert go_on_with(scene.table, replay, known[0], ANY_TIME).is_lost
    assert load_segments(scene.table, outdated) == known
    assert take_message(scene.table, message(replay, 99), ANY_TIME) == "over"


def test_a_segment_that_fails_keeps_no_other_and_no_other_shop_from_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cut_small(monkeypatch, 1)
    scene = village()
    replay = begun(scene)
    key = account_key(scene.shop, replay.list_cut.marks[0][0].split("#")[3])
    scene.table.write(Put({**scene.table.load([key])[key], "u": "broken"}, Anything()))
    other = Scene(scene.table, now=NOON, shop="other")
    other.publish(TEA)
    theirs = begun(other, LATER + 1)
    with pytest.raises(AttributeError):
        go_on_with_all(scene.table, lambda: True, lambda: LATER)
    assert [each.is_done for each in load_segments(scene.table, replay)].count(False) == 1
    assert found(other, theirs).phase == "finished"


def test_a_request_cuts_and_merges_what_nobody_did(
    monkeypatch: pytest.MonkeyPatch, alone: Report
) -> None:
    cut_small(monkeypatch, 3, page=3)
    scene = village()
    replay = go_on(scene.table, begun(scene), lambda looked: not looked, LATER)
    assert not replay.is_cut
    replay = go_on(scene.table, replay, lambda looked: looked < 30, LATER)
    for segment in load_segments(scene.table, replay):
        go_on_with(scene.table, replay, segment, ANY_TIME)
    assert found(scene, replay).phase == "learning"
    walking = go_on(scene.table, replay, lambda looked: not looked, LATER)
    assert walking.phase == "walking"
    assert go_on(scene.table, walking, lambda _: True, LATER).report == alone


def test_who_finds_the_list_cut_by_another_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_small(monkeypatch, 3, page=3)
    scene = village()
    replay, table = begun(scene), scene.table
    assert isinstance(table, MemoryTable)
    table.fault = lambda operation, _: FAILED if operation == "transact" else None
    assert take_message(table, message(replay), ANY_TIME) == "lost"
    assert go_on(table, replay, lambda _: True, LATER) == replay
    assert go_on_with_all(table, lambda: True, lambda: LATER) == (1, 0)


def test_a_stored_segment_has_a_body(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_small(monkeypatch, 3)
    scene = village()
    replay = begun(scene)
    segment = load_segments(scene.table, replay)[0]
    write = segment_put(replay, segment, segment, LATER)
    scene.table.write(Put({**write.item, "b": "text"}, Anything()))
    with pytest.raises(InvariantBroken):
        load_segments(scene.table, replay)
