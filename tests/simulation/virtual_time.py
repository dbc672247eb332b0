"""Time for the loops below: it passes only when somebody waits, and waiting takes none of ours."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from chalicelib import clock

NS_PER_MS = 1_000_000


class VirtualTime:
    """Stands in for the module ``time`` inside ``chalicelib.clock``, its only user.

    ``on_sleep`` lets a scheduler run others meanwhile; it gets the milliseconds.
    """

    def __init__(self) -> None:
        self.now_ms = 0
        self.on_sleep: Callable[[int], None] = self.pass_by

    def pass_by(self, duration_ms: int) -> None:
        self.now_ms += duration_ms

    def sleep(self, seconds: float) -> None:
        self.on_sleep(round(seconds * 1_000))

    def monotonic_ns(self) -> int:
        return self.now_ms * NS_PER_MS

    def time_ns(self) -> int:
        return self.now_ms * NS_PER_MS


@contextmanager
def virtual_time() -> Iterator[VirtualTime]:
    """Inside the block nobody waits: pauses move the virtual clock, and deadlines see it."""
    made = VirtualTime()
    with patch.object(clock, "time", made):
        yield made
