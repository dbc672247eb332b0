"""Writes of settings (shops, keys, connections) until they are answered; never of points.

Points go through ``decide_and_commit``, which decides again on a conflict. Settings need less:
ask the same again with the same token while the table is in the way, and recognise our own write
where an answer was lost and the engine has no memory for tokens.
"""

from collections.abc import Sequence
from typing import Final

from chalicelib import clock
from chalicelib.domain.limits import COMMIT_DEADLINE_MS
from chalicelib.domain.outcome import Busy
from chalicelib.storage.backoff import backoff_ms
from chalicelib.storage.codec import encode
from chalicelib.storage.items import Delete, Put, Write
from chalicelib.storage.table import ConditionFailed, Contended, Table, Unanswered
from chalicelib.storage.tokens import client_token

_ATTEMPTS_MAX: Final = 24


def record_writes(table: Table, writes: Sequence[Write]) -> None:
    """Do all ``writes`` or none.

    Raises:
        ConditionFailed: somebody was first; read again and decide.
        Busy: the table was in the way until the deadline.
    """
    token = client_token(writes)
    gives_up_at = clock.monotonic_ms() + COMMIT_DEADLINE_MS
    may_have_landed = False
    for attempt in range(_ATTEMPTS_MAX):
        try:
            table.transact(writes, token)
        except ConditionFailed as failed:
            if may_have_landed and _is_ours(writes, failed):
                return
            raise
        except Contended:
            pass
        except Unanswered:
            may_have_landed = True
        else:
            return
        if clock.monotonic_ms() >= gives_up_at:
            break
        clock.pause(backoff_ms(token, attempt))
    raise Busy("the table was in the way until the deadline")


def _is_ours(writes: Sequence[Write], failed: ConditionFailed) -> bool:
    """Whether what stands there is what we wrote, so that only the answer was lost."""
    found = {failure.index: failure.item for failure in failed.failures}
    for index, item in found.items():
        write = writes[index]
        # Stored forms are compared: what was written as a tuple comes back as a list.
        is_same = isinstance(write, Put) and item is not None and encode(item) == encode(write.item)
        is_gone = isinstance(write, Delete) and item is None
        if not (is_same or is_gone):
            return False
    return True
