"""A large replay in segments: the same report for any number of them, whoever goes on with what."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.session import get_session
from botocore.stub import Stubber
from moto import mock_aws
from msgspec.structs import replace

from chalicelib import clock, settings, telemetry
from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, MINUTE_MS
from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.domain.program.drafting import Seen
from chalicelib.domain.replay.report import Report
from chalicelib.jobs.schedules import go_on_with_segment
from chalicelib.operations import replay_program, replay_segments, replay_stages
from chalicelib.operations.edit_draft import DraftFound, save_draft
from chalicelib.operations.replay_program import ReplayWish, begin_replay, go_on, progress_of
from chalicelib.operations.replay_segments import Spell, go_on_with
from chalicelib.operations.replay_stages import cut_further, keep
from chalicelib.operations.replay_workers import call_workers, go_on_with_all, take_message
from chalicelib.storage import connection, replay_queue
from chalicelib.storage.replay_queue import SegmentMessage, SqsReplayQueue
from chalicelib.storage.replay_segments import load_segments
from chalicelib.storage.replays import Replay, find_replay
from tests.builders import NOON, TEA, Scene, program, unit
from tests.jobs.test_schedules import Context
from tests.memory_table import MemoryTable
from tests.operations.test_replay_pools import home
from tests.operations.verbs_of_pools import create

LATER = NOON + 20 * DAY_MS
GIVE = [{"add": 10, "unit": "points"}]
EXTRA = {"id": "extra", "on": "order.paid", "give": GIVE}
SPRING = {"id": "spring", "rules": [EXTRA], "budget": {"points": 30}}
ANY_TIME = Spell(lambda _: True, lambda: LATER)
A_PAGE = Spell(lambda looked_at: not looked_at, lambda: LATER)


def cut_small(monkeypatch: pytest.MonkeyPatch, members: int, page: int = 5_000) -> None:
    monkeypatch.setattr(replay_program, "REPLAY_SEGMENT_MEMBERS", members)
    monkeypatch.setattr(replay_program, "REPLAY_SEGMENT_POOLS", 1)
    monkeypatch.setattr(replay_segments, "REPLAY_CHECKPOINT_MEMBERS", 1)
    monkeypatch.setattr(replay_stages, "REPLAY_CUT_PAGE", page)


def village() -> Scene:
    """Eight members with an order each, two of them with a pool, and a pool of nobody."""
    scene = home()
    for number in range(5):
        scene.join(f"c{number}")
        scene.pay(1_000 + number, f"c{number}-1", customer=Customer(f"c{number}"))
    create(scene, "99", "p9")
    return scene


def begun(scene: Scene, now: int = LATER) -> Replay:
    document = program(units=unit(pool={"members_max": 3}), earn=TEA["earn"], campaigns=[SPRING])
    found = save_draft(scene.table, scene.shop, document, Seen(None, ""), ("operator", LATER))
    draft = found.draft.hash if isinstance(found, DraftFound) else ""
    replay = begin_replay(scene.table, scene.shop, ReplayWish(draft, False, "operator", now))
    assert isinstance(replay, Replay), replay
    return replay


def found(scene: Scene, replay: Replay) -> Replay:
    known = find_replay(scene.table, scene.shop, replay.draft_hash)
    assert known is not None
    return known


def message(replay: Replay, number: int = 0) -> SegmentMessage:
    return SegmentMessage(replay.shop, replay.draft_hash, number)


@pytest.fixture(scope="module")
def alone() -> Report:
    """What the village's replay says in one piece."""
    scene = village()
    replay = begun(scene)
    assert len(replay.stretches) == 2  # members, and pools
    report = go_on(scene.table, replay, lambda _: True, LATER).report
    assert report is not None
    assert "budgets_ran_out" in report.notes
    return report


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
    late = go_on(scene.table, replay, lambda _: True, LATER)  # who knows the stage before only
    assert (late, late.phase) == (outdated, "walking")
    assert take_message(scene.table, message(replay, 99), ANY_TIME) == "over"


# ---------------------------------------------------------------- by SQS


class Post:
    """A queue of moto, and a worker that takes messages from it."""

    def __init__(self, client: Any, url: str, table: MemoryTable) -> None:
        self.client, self.url, self.table = client, url, table

    def take(self, most: int = 1) -> list[dict[str, str]]:
        asked = {"QueueUrl": self.url, "MaxNumberOfMessages": most, "WaitTimeSeconds": 0}
        return list(self.client.receive_message(**asked).get("Messages", ()))

    def deliver(self, taken: dict[str, str], left_ms: list[int] | None = None) -> Any:
        record = {"body": taken["Body"], "receiptHandle": taken["ReceiptHandle"]}
        context = Context(left_ms or [900_000])
        return go_on_with_segment({"Records": [record]}, context)

    def done_with(self, taken: dict[str, str]) -> None:
        self.client.delete_message(QueueUrl=self.url, ReceiptHandle=taken["ReceiptHandle"])


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    cut_small(monkeypatch, 3)
    return village()


@pytest.fixture
def post(scene: Scene) -> Iterator[Post]:
    replay_queue._sqs_queue.cache_clear()
    table = scene.table
    assert isinstance(table, MemoryTable)
    with mock_aws(), connection.use_table(table), clock.use(lambda: LATER):
        client: Any = get_session().create_client("sqs", region_name="us-east-1")
        url = client.create_queue(QueueName="replays")["QueueUrl"]
        said = replace(settings.current(), replay_queue_url=url)
        with settings.use(said), telemetry.use(lambda _: None):
            yield Post(client, url, table)
    replay_queue._sqs_queue.cache_clear()


def test_messages_bring_a_replay_to_its_report(scene: Scene, post: Post, alone: Report) -> None:
    """They come in any order, and most of them twice."""
    replay = begun(scene)
    assert call_workers(replay)
    said: list[str] = []
    while taken := post.take(10):
        for number, each in enumerate(reversed(taken)):
            said += post.deliver(each)
            said += post.deliver(each) if number % 3 else []
            post.done_with(each)
    after = found(scene, replay)
    assert (after.report, after.members) == (alone, 8)
    assert said.count("next stage") == 2  # to the first walk, and to the second
    assert said.count("finished") == 1
    assert post.deliver({"Body": _body(message(replay)), "ReceiptHandle": ""}) == ["over"]
    assert not call_workers(after)


def _body(told: SegmentMessage) -> str:
    return f'{{"shop":"{told.shop}","draft_hash":"{told.draft_hash}","segment":{told.segment}}}'


def test_who_has_no_time_left_sends_the_message_once_more(scene: Scene, post: Post) -> None:
    replay = begun(scene)
    assert call_workers(replay, (0,))
    (taken,) = post.take()
    assert taken["Body"] == _body(message(replay))
    assert post.deliver(taken, [1_000, 900_000]) == ["sent again"]
    post.done_with(taken)
    (again,) = post.take()
    assert again["Body"] == taken["Body"]
    assert load_segments(scene.table, replay)[0].looked_at == 1
    assert post.deliver(again) == ["done"]


def test_a_worker_that_dies_leaves_its_checkpoints(scene: Scene, post: Post) -> None:
    replay = begun(scene)
    call_workers(replay)
    (taken,) = post.take()
    with pytest.raises(IndexError):
        post.deliver(taken, _Dying())
    segment = load_segments(scene.table, replay)[0]
    assert (segment.looked_at, segment.touched_at) == (1, LATER)
    assert post.deliver(taken) == ["done"]  # the queue delivers it again


class _Dying(list[int]):
    """Time enough, twice asked."""

    def __init__(self) -> None:
        super().__init__([900_000] * 2)

    def __len__(self) -> int:
        return 2

    def pop(self, *_: Any) -> int:
        return super().pop(0)


def test_a_list_that_is_long_is_cut_by_messages_too(
    scene: Scene, post: Post, monkeypatch: pytest.MonkeyPatch, alone: Report
) -> None:
    monkeypatch.setattr(replay_stages, "REPLAY_CUT_PAGE", 3)
    replay = begun(scene)
    assert not replay.is_cut
    call_workers(replay)
    said = []
    (first,) = post.take(10)
    said += post.deliver(first, [1_000])
    post.done_with(first)
    (first,) = post.take(10)
    rival = keep(scene.table, replay, cut_further(scene.table, replay))
    assert rival is not None
    said += post.deliver(first)
    post.done_with(first)
    assert said == ["sent again", "cut"]
    while taken := post.take(10):
        for each in taken:
            post.deliver(each)
            post.done_with(each)
    assert found(scene, replay).report == alone


def test_what_the_queue_does_not_take_the_job_finds(scene: Scene, post: Post) -> None:
    replay = begun(scene)
    gone = SqsReplayQueue(post.client, f"{post.url}-gone")
    with pytest.raises(StorageUnavailable):
        gone.send((message(replay),))
    counted: list[str] = []
    with replay_queue.use_queue(gone), telemetry.use(counted.append):
        assert not call_workers(replay)
        assert go_on_with_all(scene.table, lambda: True, lambda: LATER) == (1, 1)
    assert "replay_messages_late" in counted[0]


def test_a_message_that_a_batch_left_out_is_told(post: Post) -> None:
    with Stubber(post.client) as stubbed:
        left_out = {"Id": "1", "SenderFault": False, "Code": "InternalError"}
        stubbed.add_response("send_message_batch", {"Successful": [], "Failed": [left_out]})
        with pytest.raises(StorageUnavailable):
            SqsReplayQueue(post.client, post.url).send((SegmentMessage("tea", "0", 1),))


def test_a_body_that_is_none_of_ours_is_not_taken(post: Post) -> None:
    with pytest.raises(Exception, match="JSON"):
        post.deliver({"Body": "hello", "ReceiptHandle": ""})
