"""What the table holds and what a transaction may ask of it: plain values, nothing else.

An item is a dictionary of text, whole numbers, bytes, truth values and lists or dictionaries of
these: never a float, never None (an attribute that is not there is absent). ``"PK"`` and ``"SK"``
are always there; ``"r"`` is the revision that ``RevisionIs`` compares; ``GSI1PK``, ``GSI1SK``,
``GSI2PK``, ``GSI2SK`` put the item into an index and are left out to keep it out; ``"ttl"``
(whole seconds since 1970) lets DynamoDB drop it some day, and never stands on anything of the
books. This module knows no DynamoDB and does no work.

The values are structs, not dataclasses: they are made dozens of times for every commit, and a
frozen dataclass costs each cold start half a millisecond to define, a struct next to nothing.
"""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

Key: TypeAlias = tuple[str, str]
"""(PK, SK)."""

Value: TypeAlias = str | int | bytes | bool | list["Value"] | dict[str, "Value"]
Item: TypeAlias = dict[str, Value]

REVISION = "r"
TTL = "ttl"


class Absent(msgspec.Struct, frozen=True):
    """There is no such item: the put-if-absent of documents, entries and identities."""


class RevisionIs(msgspec.Struct, frozen=True):
    """The item exists and its ``"r"`` is exactly ``revision``: nobody wrote it since."""

    revision: int


class Exists(msgspec.Struct, frozen=True):
    """The item exists, whatever it holds."""


class Anything(msgspec.Struct, frozen=True):
    """No condition. Only for what may be overwritten at any time, never for the books."""


Condition: TypeAlias = Absent | RevisionIs | Exists | Anything


class Put(msgspec.Struct, frozen=True):
    """Write the whole item, if ``condition`` holds for what is there now."""

    item: Item
    condition: Condition


class Delete(msgspec.Struct, frozen=True):
    """Remove the item, if ``condition`` holds. Removing what is absent is no error."""

    key: Key
    condition: Condition


class Check(msgspec.Struct, frozen=True):
    """Write nothing; the transaction only holds if ``condition`` does."""

    key: Key
    condition: Condition


class Take(msgspec.Struct, frozen=True):
    """Lower a number of an item by ``amount``, if it holds at least that much.

    Fails when the item or the attribute is absent. A negative ``amount`` gives back. For counters
    that many writers share (stock, budgets); it leaves the item's revision alone.
    """

    key: Key
    attribute: str
    amount: int


class Add(msgspec.Struct, frozen=True):
    """Raise a number of an item by ``amount``, whoever else does; what is absent counts from 0.

    Unconditional, so it stands only beside a write that is not: that one makes it happen once.
    """

    key: Key
    attribute: str
    amount: int


class Fill(msgspec.Struct, frozen=True):
    """Raise a number of an item by ``amount``, if it stays at most ``ceiling``.

    What is absent counts from 0. For what many writers share and nobody may overdraw (budgets).
    """

    key: Key
    attribute: str
    amount: int
    ceiling: int


Write: TypeAlias = Put | Delete | Check | Take | Add | Fill


def key_of(item: Mapping[str, Value]) -> Key:
    """The key of an item."""
    partition, sort = item["PK"], item["SK"]
    if isinstance(partition, str) and isinstance(sort, str):
        return partition, sort
    raise TypeError("PK and SK are text")


def written_key(write: Write) -> Key:
    """The key that ``write`` is about."""
    return key_of(write.item) if isinstance(write, Put) else write.key
