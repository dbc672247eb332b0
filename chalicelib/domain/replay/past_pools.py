"""What a replay reads of household pools: who passed points into one, and what they got back.

People are taken to pass the same *share* of what they had then, since by a draft they may have
more or less. Pools that somebody went from or to are walked together; where those are too many, a
member is walked with that of their newest passing, and what went to others is counted and told.
"""

from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import Entry, EntryKind

POOLED = "pool"
"""What entries are counted under that no replay makes again because of their pool."""
_POOLING = "pooling:"
_PASSED = frozenset({EntryKind.GIFT_IN, EntryKind.GIFT_OUT})


class Passing(msgspec.Struct, frozen=True, omit_defaults=True):
    """Points went from a member to the pool; or, where ``is_back``, from the pool to them."""

    at: Instant
    member: str
    points: int  # above 0
    of: int  # what the giver had then
    is_back: bool = False


class PastPool(msgspec.Struct, frozen=True, omit_defaults=True, tag="pool"):
    """One pool, and who is walked with it, and with those that its members came from or went to."""

    pool: str
    unit: str
    owner: str
    made_at: Instant
    members: tuple[str, ...]
    passings: tuple[Passing, ...] = ()  # in order of time
    alone: tuple[str, ...] = ()  # who shared it and is too many: walked, and passes nothing
    others: Mapping[str, int] = {}  # entries that no replay makes again, by kind
    further: tuple["PastPool", ...] = ()  # with the same members, who stand here alone


def is_pooling(entry: Entry) -> bool:
    """Whether points passed between a member and a pool; of either of them."""
    return entry.kind in _PASSED and entry.document.startswith(_POOLING)


def who_of(entry: Entry) -> str:
    """Whose place in the pool an entry of ``is_pooling`` is about, by the id of then."""
    return next((f"{each.parameters.get('member', '')}" for each in entry.explanation), "")


def passings_of(
    journal: Iterable[Entry], members: Mapping[str, tuple[Entry, ...]]
) -> tuple[Passing, ...]:
    """What passed between a pool (its ``journal``) and each of ``members`` (theirs)."""
    own = {
        (name, entry.document): entry
        for name, entries in members.items()
        for entry in entries
        if is_pooling(entry)
    }
    holders = {document: name for name, document in own}
    found = []
    for entry in journal:
        member = holders.get(entry.document)
        if member is None or not is_pooling(entry):
            continue
        is_back = entry.kind is EntryKind.GIFT_OUT
        giving = entry if is_back else own[member, entry.document]
        points = abs(entry.points)
        found.append(
            Passing(entry.occurred_at, member, points, giving.booked_after + points, is_back)
        )
    return tuple(found)
