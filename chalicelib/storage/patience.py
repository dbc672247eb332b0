"""How long a read is asked again: bounded in attempts and in time, with jitter in between.

``Patience`` is made for one read; ``wait`` pauses until the next attempt or gives up. Clock and
pause are arguments (``Pace``), so tests take no time.
"""

from collections.abc import Callable, Sequence

import msgspec

from chalicelib import clock
from chalicelib.domain.limits import READ_ATTEMPTS_MAX, READ_DEADLINE_MS
from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.storage.backoff import backoff_ms, token_of_keys
from chalicelib.storage.items import Key


class Pace(msgspec.Struct, frozen=True):
    """The time that waiting takes: how to pause, and what has passed, in milliseconds."""

    pause: Callable[[int], None] = clock.pause
    monotonic_ms: Callable[[], int] = clock.monotonic_ms


class Patience:
    """The bound of one read. Not shared between threads."""

    def __init__(self, keys: Sequence[Key], pace: Pace) -> None:
        """Start the time; ``keys`` only tell this read's jitter from another's."""
        self._keys = keys
        self._pace = pace
        self._failed = 0
        self._gives_up_at = pace.monotonic_ms() + READ_DEADLINE_MS

    def wait(self, reason: str) -> None:
        """Pause before the next attempt.

        Raises:
            StorageUnavailable: no attempt or no time is left.
        """
        self._failed += 1
        delay = backoff_ms(token_of_keys(self._keys), self._failed - 1)
        too_often = self._failed >= READ_ATTEMPTS_MAX
        too_late = self._pace.monotonic_ms() + delay >= self._gives_up_at
        if too_often or too_late:
            raise StorageUnavailable(f"gave up after {self._failed} attempts: {reason}")
        self._pace.pause(delay)
