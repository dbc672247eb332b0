"""The only reader of the clock, and the only one who waits.

There are two times. ``utc_now`` is the time of the books: what orders, lots and tiers see; the
local server and the tests may shift it. ``wall_now`` is the real time: tokens and caches live by
it, so that a shifted book never revives a token. Durations come from ``monotonic_ms``, which no
correction of the wall clock bends.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chalicelib.domain.instants import SECOND_MS, Instant

_NANOSECONDS_PER_MS = 1_000_000


def wall_now() -> Instant:
    """The real time, for tokens and caches."""
    return time.time_ns() // _NANOSECONDS_PER_MS


_books: list[Callable[[], Instant]] = [wall_now]


def utc_now() -> Instant:
    """The time of the books: the real time, unless a source is in use."""
    return _books[-1]()


@contextmanager
def use(source: Callable[[], Instant]) -> Iterator[None]:
    """Let ``source`` be the time of the books inside the block, in every thread."""
    _books.append(source)
    try:
        yield
    finally:
        _books.remove(source)


def monotonic_ms() -> int:
    """Milliseconds since some moment that never moves: for durations and deadlines."""
    return time.monotonic_ns() // _NANOSECONDS_PER_MS


def pause(duration_ms: int) -> None:
    """Wait that long."""
    time.sleep(duration_ms / SECOND_MS)
