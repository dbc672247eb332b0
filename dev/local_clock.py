"""The time of the books on this machine: real, moved for good, or set for one request.

Two ways, both of the local server alone: ``POST /dev/clock`` moves the clock from then on (it
keeps running), the header ``X-Laurel-Now`` sets it for one request. Tokens and caches live by
``clock.wall_now`` and never notice. Nothing of this ships.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from chalicelib import clock
from chalicelib.domain.instants import Instant


class LocalClock:
    """A clock that may be moved. Use ``read`` as the source of ``clock.use``."""

    def __init__(self) -> None:
        """Start at the real time."""
        self._ahead_ms = 0
        self._for_request: ContextVar[Instant | None] = ContextVar("laurel_now", default=None)

    def read(self) -> Instant:
        """The time of the books, for the request of this thread."""
        told = self._for_request.get()
        return clock.wall_now() + self._ahead_ms if told is None else told

    def move_to(self, now: Instant) -> None:
        """Let it be ``now``, for everybody, from now on."""
        self._ahead_ms = now - clock.wall_now()

    @contextmanager
    def at(self, now: Instant | None) -> Iterator[None]:
        """Let it be ``now`` for what this thread does inside the block; None changes nothing."""
        outer = self._for_request.set(now)
        try:
            yield
        finally:
            self._for_request.reset(outer)
