"""Codes lead back to the redemption they were issued for.

The item is written by the fulfilment step, put-if-absent, after the redemption was committed;
a retry of the redemption writes it again if it is missing. It holds ids, nothing personal.
"""

from dataclasses import dataclass

from chalicelib.storage.items import Absent, Item, Put
from chalicelib.storage.key_names import code_key
from chalicelib.storage.table import ConditionFailed, Table


@dataclass(frozen=True, slots=True)
class CodeOwner:
    """Whose redemption a code belongs to."""

    member: str
    redemption: str


def write_code(table: Table, shop: str, code: str, owner: CodeOwner) -> None:
    """Make ``code`` lead to ``owner``; again is harmless."""
    partition, sort = code_key(shop, code)
    item: Item = {"PK": partition, "SK": sort, "m": owner.member, "d": owner.redemption}
    try:
        table.write(Put(item, Absent()))
    except ConditionFailed:
        return


def find_code(table: Table, shop: str, code: str) -> CodeOwner | None:
    """Whose ``code`` is, or None."""
    item = table.load([code_key(shop, code)]).get(code_key(shop, code))
    return code_owner_of(item) if item else None


def code_owner_of(item: Item) -> CodeOwner:
    """The owner in a code's item."""
    return CodeOwner(str(item["m"]), str(item["d"]))
