"""Codes lead back to the redemption they were issued for.

The item is written by the fulfilment step, put-if-absent, after the redemption was committed;
a retry of the redemption writes it again if it is missing. An order may use the code in between:
then the item remembers the order, and who writes the item settles it first. It holds ids, nothing
personal.

::

    absent ──► leads to its redemption
       │               ▲
       └──► remembers orders ("w") ── settled by who writes the item
"""

from collections.abc import Callable
from typing import Final

import msgspec

from chalicelib import clock
from chalicelib.domain.limits import WAITING_ORDERS_OF_CODE_MAX
from chalicelib.domain.outcome import Busy, ensure
from chalicelib.storage.backoff import backoff_ms
from chalicelib.storage.items import Absent, Condition, Item, Put, RevisionIs
from chalicelib.storage.key_names import code_key
from chalicelib.storage.table import ConditionFailed, Contended, Table, Unanswered

_ATTEMPTS_MAX: Final = 12  # half a second on average
_WAITING: Final = "w"


class CodeOwner(msgspec.Struct, frozen=True):
    """Whose redemption a code belongs to."""

    member: str
    redemption: str


def write_code(
    table: Table,
    shop: str,
    code: str,
    owner: CodeOwner,
    settle: Callable[[tuple[str, ...]], None],
) -> None:
    """Make ``code`` lead to ``owner``; again is harmless.

    ``settle`` is called before, with the orders that used it already: a crash in between leaves
    them to be settled again.

    Raises:
        Busy: no answer came; the redemption stands, and its replay writes this again.
    """
    known: Item | None = None
    for attempt in range(_ATTEMPTS_MAX):
        if known is not None:
            if is_led(known):
                return
            settle(waiting_orders(known))
        partition, sort = code_key(shop, code)
        item: Item = {"PK": partition, "SK": sort, "m": owner.member, "d": owner.redemption}
        try:
            table.write(Put(item, _unchanged(known)))
        except ConditionFailed:
            known = _found(table, shop, code)
        except (Contended, Unanswered):
            clock.pause(backoff_ms(code, attempt))
        else:
            return
    raise Busy("the code was not written; ask again with the same key")


def remember_order(table: Table, shop: str, code: str, order: str) -> CodeOwner | None:
    """Let a code that leads nowhere yet remember that ``order`` used it; its owner if it does lead.

    Raises:
        Busy: no answer came; the delivery is sent again.
    """
    for attempt in range(_ATTEMPTS_MAX):
        known = _found(table, shop, code)
        if known is not None and is_led(known):
            return code_owner_of(known)
        waiting = waiting_orders(known) if known else ()
        if order in waiting or len(waiting) >= WAITING_ORDERS_OF_CODE_MAX:
            return None
        revision = _revision(known) + 1
        partition, sort = code_key(shop, code)
        item: Item = {"PK": partition, "SK": sort, "r": revision, _WAITING: [*waiting, order]}
        try:
            table.write(Put(item, _unchanged(known)))
        except ConditionFailed:
            continue
        except (Contended, Unanswered):
            clock.pause(backoff_ms(code, attempt))
        else:
            return None
    raise Busy("the code was not remembered; the delivery is sent again")


def find_code(table: Table, shop: str, code: str) -> CodeOwner | None:
    """Whose ``code`` is, or None."""
    item = _found(table, shop, code)
    return code_owner_of(item) if item and is_led(item) else None


def is_led(item: Item) -> bool:
    """Whether a code's item leads to a redemption, and does not only remember orders."""
    return _WAITING not in item


def code_owner_of(item: Item) -> CodeOwner:
    """The owner in a code's item."""
    return CodeOwner(str(item["m"]), str(item["d"]))


def waiting_orders(item: Item) -> tuple[str, ...]:
    """The orders that a code's item remembers, first come first."""
    names = item.get(_WAITING, [])
    ensure(isinstance(names, list), "a code remembers a list of orders")
    return tuple(str(name) for name in names) if isinstance(names, list) else ()


def _found(table: Table, shop: str, code: str) -> Item | None:
    key = code_key(shop, code)
    return table.load([key]).get(key)


def _unchanged(known: Item | None) -> Condition:
    return RevisionIs(_revision(known)) if known else Absent()


def _revision(known: Item | None) -> int:
    revision = known.get("r", 0) if known else 0
    return revision if isinstance(revision, int) else 0
