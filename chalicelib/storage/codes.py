"""Codes lead back to the redemption they were issued for.

The item is written by the fulfilment step, put-if-absent, after the redemption was committed;
a retry of the redemption writes it again if it is missing. It holds ids, nothing personal.
"""

from typing import Final

import msgspec

from chalicelib import clock
from chalicelib.domain.outcome import Busy
from chalicelib.storage.backoff import backoff_ms
from chalicelib.storage.items import Absent, Item, Put
from chalicelib.storage.key_names import code_key
from chalicelib.storage.table import ConditionFailed, Contended, Table, Unanswered

_ATTEMPTS_MAX: Final = 12  # half a second on average


class CodeOwner(msgspec.Struct, frozen=True):
    """Whose redemption a code belongs to."""

    member: str
    redemption: str


def write_code(table: Table, shop: str, code: str, owner: CodeOwner) -> None:
    """Make ``code`` lead to ``owner``; again is harmless.

    Raises:
        Busy: no answer came; the redemption stands, and its replay writes this again.
    """
    partition, sort = code_key(shop, code)
    item: Item = {"PK": partition, "SK": sort, "m": owner.member, "d": owner.redemption}
    for attempt in range(_ATTEMPTS_MAX):
        try:
            table.write(Put(item, Absent()))
        except ConditionFailed:
            return
        except (Contended, Unanswered):
            clock.pause(backoff_ms(code, attempt))
        else:
            return
    raise Busy("the code was not written; ask again with the same key")


def find_code(table: Table, shop: str, code: str) -> CodeOwner | None:
    """Whose ``code`` is, or None."""
    item = table.load([code_key(shop, code)]).get(code_key(shop, code))
    return code_owner_of(item) if item else None


def code_owner_of(item: Item) -> CodeOwner:
    """The owner in a code's item."""
    return CodeOwner(str(item["m"]), str(item["d"]))
