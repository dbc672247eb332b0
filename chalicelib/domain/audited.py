"""What the audit looks at, and what it finds: a member's books as read, and breaks as values."""

from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from chalicelib.domain.decision import Document
from chalicelib.domain.ledger import Entry
from chalicelib.domain.member import Account

DIGEST_BYTES: Final = 512
NO_SUM: Final = bytes(DIGEST_BYTES)
"""The part of a digest that nobody has (``audit_across``)."""


class Break(msgspec.Struct, frozen=True):
    """One promise that does not hold, and where."""

    invariant: str  # "I1" and so on
    member: str  # "" where it is nobody's alone
    where: str  # a document's name, an entry's number, an item's key
    detail: str  # what is stored, and what should be; figures and ids of ours alone


class MemberBooks(msgspec.Struct, frozen=True):
    """Everything that is stored of one member, read so that no write came between."""

    shop: str
    member: str
    account: Account | None
    entries: tuple[Entry, ...] = ()  # in order of their keys
    documents: Mapping[str, Document] = {}  # by name, orders too
    markers: Mapping[str, str] = {}  # once-marker → document
    judging: frozenset[str] = frozenset()  # tier groups by conditions, now and next
    may_owe: frozenset[str] = frozenset()  # units that a version named here lets go below 0
    merged: tuple["MemberBooks", ...] = ()  # of the members that were merged into this one
    unshared: tuple[str, ...] = ()  # pools that do not know the member; of a pool, members
    is_known_there: bool = True  # whether whom this one was merged into knows of it

    @property
    def family(self) -> tuple["MemberBooks", ...]:
        """The member's own books, then those of who was merged into them."""
        return self, *self.merged


Found: TypeAlias = tuple[str, str, str]
"""(invariant, where, detail)."""


class Stock(msgspec.Struct, frozen=True):
    """The stock of one reward as it is stored."""

    left: tuple[int, ...]  # by shard
    total: int | None  # what was published; None: never
