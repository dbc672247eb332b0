"""The queue of a replay's segments: SQS, or whatever a block puts in its place.

A message says which segment wants to be gone on with, and nothing of anybody. Messages may come
twice, late, in any order, or never: what is done stands in the table, and the job of five minutes
finds what nobody goes on with. botocore's client is made with the first message.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import msgspec

from chalicelib import settings
from chalicelib.domain.outcome import StorageUnavailable

CONNECT_TIMEOUT_SECONDS: Final = 1
READ_TIMEOUT_SECONDS: Final = 3
MESSAGES_A_CALL_MAX: Final = 10  # of SQS


class SegmentMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Go on with this segment."""

    shop: str
    draft_hash: str
    segment: int


def message_of(body: str) -> SegmentMessage:
    """The message of that body.

    Raises:
        msgspec.DecodeError: it is none of ours.
    """
    return msgspec.json.decode(body, type=SegmentMessage)


class ReplayQueue(Protocol):
    """Takes messages; each is delivered at least once, mostly."""

    def send(self, messages: Sequence[SegmentMessage]) -> None:
        """Send all of them.

        Raises:
            StorageUnavailable: it is unknown which of them were sent.
        """
        ...


class SqsReplayQueue:
    """A queue of SQS."""

    def __init__(self, client: Any, url: str) -> None:  # noqa: ANN401 - botocore has no types
        """``client`` is botocore's for SQS."""
        self._client = client
        self._url = url

    def send(self, messages: Sequence[SegmentMessage]) -> None:
        """Send the messages, ten in a call."""
        for place in range(0, len(messages), MESSAGES_A_CALL_MAX):
            self._send(messages[place : place + MESSAGES_A_CALL_MAX])

    def _send(self, messages: Sequence[SegmentMessage]) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        entries = [
            {"Id": str(number), "MessageBody": msgspec.json.encode(message).decode()}
            for number, message in enumerate(messages)
        ]
        try:
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            raise StorageUnavailable(f"the queue took no message: {error}") from error
        if answer.get("Failed"):
            raise StorageUnavailable("the queue did not take every message")


@lru_cache(maxsize=4)
def _sqs_queue(url: str, region: str) -> SqsReplayQueue:
    from botocore.config import Config
    from botocore.session import get_session

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"total_max_attempts": 2, "mode": "standard"},
    )
    parts = urlsplit(url)
    endpoint = f"{parts.scheme}://{parts.netloc}"
    client = get_session().create_client(
        "sqs", region_name=region, endpoint_url=endpoint, config=config
    )
    return SqsReplayQueue(client, url)


_in_use: list[ReplayQueue] = []


def replay_queue() -> ReplayQueue | None:
    """Where this process sends messages: None where there is no queue."""
    if _in_use:
        return _in_use[-1]
    said = settings.current()
    return _sqs_queue(said.replay_queue_url, said.region) if said.replay_queue_url else None


@contextmanager
def use_queue(queue: ReplayQueue) -> Iterator[ReplayQueue]:
    """Let the whole process send to ``queue`` inside the block."""
    _in_use.append(queue)
    try:
        yield queue
    finally:
        _in_use.remove(queue)
