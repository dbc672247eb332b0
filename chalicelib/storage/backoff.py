"""How long to wait before asking again: full jitter, drawn from a hash instead of a die.

Callers that collided must not come back together, so each waits a part of a growing span; the
part is a hash of what the caller is doing (its token) and the attempt. The same run waits the
same times, and two different transactions wait different ones.
Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 (full jitter).
"""

import hashlib
from collections.abc import Iterable
from typing import Final

from chalicelib.domain.limits import BACKOFF_BASE_MS, BACKOFF_CAP_MS
from chalicelib.storage.items import Key

_DOUBLINGS_MAX: Final = 16  # beyond the cap anyway; keeps the power small


def backoff_ms(token: str, attempt: int) -> int:
    """Milliseconds to wait after failed ``attempt`` (0, 1, ...), from 0 up to its span."""
    span = min(BACKOFF_CAP_MS, BACKOFF_BASE_MS << min(attempt, _DOUBLINGS_MAX))
    digest = hashlib.sha256(f"{token}#{attempt}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % (span + 1)


def token_of_keys(keys: Iterable[Key]) -> str:
    """What stands for a load where there is no client token."""
    return "|".join(f"{partition} {sort}" for partition, sort in keys)
