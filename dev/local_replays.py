"""The queue of replays on this machine: messages go to threads that call the function of SQS.

Threads and not processes: the embedded table lives in this process alone. They share one core, so
nothing is faster than in turn; but who asked has an answer at once, and the rest goes on by
itself. The command for files (``dev.replay``) has a process for each core.
"""

import queue
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from chalicelib.storage.replay_queue import SegmentMessage, use_queue

WORKERS = 2
_A_RUN_MS = 900_000  # what Lambda gives


class LocalQueue:
    """Messages in memory; what fails is told and not delivered again."""

    def __init__(self) -> None:
        """An empty queue."""
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._is_open = True

    def send(self, messages: Sequence[SegmentMessage]) -> None:
        """Let a thread have them."""
        for message in messages:
            self._waiting.put(msgspec.json.encode(message).decode())

    def is_empty(self) -> bool:
        """Whether no message waits for a thread."""
        return self._waiting.empty()

    def get_remaining_time_in_millis(self) -> int:
        """What is asked of Lambda's context: time enough, until the house is closed."""
        return _A_RUN_MS if self._is_open else 0

    def close(self, workers: int) -> None:
        """Let every worker stop after the checkpoint at hand."""
        self._is_open = False
        for _ in range(workers):
            self._waiting.put(None)

    def work(self) -> None:
        """Take messages until the queue is closed."""
        while self._is_open:
            body = self._waiting.get()
            if body is not None and self._is_open:
                self._deliver(body)

    def _deliver(self, body: str) -> None:
        from chalicelib.jobs.schedules import go_on_with_segment

        try:
            go_on_with_segment({"Records": [{"body": body, "receiptHandle": ""}]}, self)
        except Exception:  # noqa: BLE001 - as Lambda: it is told, and the next one is taken
            traceback.print_exc(file=sys.stderr)


@contextmanager
def replays_at_work(workers: int = WORKERS) -> Iterator[LocalQueue]:
    """Replays that were begun go on by themselves inside the block."""
    local = LocalQueue()
    threads = [threading.Thread(target=local.work, daemon=True) for _ in range(workers)]
    with use_queue(local):
        for thread in threads:
            thread.start()
        try:
            yield local
        finally:
            local.close(workers)
            for thread in threads:
                thread.join()
