"""A replay by messages of SQS: late, twice, from workers that die; the same report."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.session import get_session
from botocore.stub import Stubber
from moto import mock_aws
from msgspec.structs import replace

from chalicelib import clock, settings, telemetry
from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.domain.replay.report import Report
from chalicelib.jobs.schedules import go_on_with_segment
from chalicelib.operations import replay_stages
from chalicelib.operations.replay_stages import cut_further, keep
from chalicelib.operations.replay_workers import call_workers, go_on_with_all
from chalicelib.storage import connection, replay_queue
from chalicelib.storage.replay_queue import SegmentMessage, SqsReplayQueue
from chalicelib.storage.replay_segments import load_segments
from tests.builders import Scene
from tests.jobs.test_schedules import Context
from tests.memory_table import MemoryTable
from tests.operations.replay_scenes import (
    LATER,
    begun,
    cut_small,
    found,
    in_one_piece,
    message,
    village,
)


@pytest.fixture(scope="module")
def alone() -> Report:
    return in_one_piece()


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


def test_the_job_leaves_a_stage_to_those_that_messages_call(
    scene: Scene, post: Post, monkeypatch: pytest.MonkeyPatch, alone: Report
) -> None:
    monkeypatch.setattr(replay_stages, "REPLAY_CUT_PAGE", 3)
    replay = begun(scene)

    def job() -> tuple[int, int]:
        return go_on_with_all(scene.table, lambda: True, lambda: LATER)

    assert job() == (1, 0)  # it cut the list
    taken = post.take(10)
    assert len(taken) == 5
    assert not any(each.looked_at for each in load_segments(scene.table, found(scene, replay)))
    stages = []
    while found(scene, replay).phase != "finished":
        job()  # with what nobody goes on with
        stages.append(found(scene, replay).stage)
    assert stages == [1, 2, 2]
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
