"""Notices that a shop owes its members, each with its proof once it was given."""

from collections.abc import Iterable
from typing import Any

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.program.law_packs import Duty
from chalicelib.storage.items import Absent, Anything, Delete, Item, Put, RevisionIs
from chalicelib.storage.key_names import listed_key, obligations_partition
from chalicelib.storage.table import Query, Start, Table


class Proof(msgspec.Struct, frozen=True):
    """Who was told when, as staff say it."""

    told_at: Instant
    channel: str
    members: int  # who were told
    note: str
    by: str
    recorded_at: Instant


class Obligation(msgspec.Struct, frozen=True):
    """A duty and, once it is done, its proof."""

    duty: Duty
    proof: Proof | None = None


def obligation_puts(shop: str, duties: Iterable[Duty]) -> tuple[Put, ...]:
    """The writes of obligations that must not exist yet."""
    return tuple(Put(_item(shop, Obligation(duty), 1), Absent()) for duty in duties)


def obligation_deletes(shop: str, duties: Iterable[Duty]) -> tuple[Delete, ...]:
    """The removal of what a withdrawn version would have obliged to."""
    partition = obligations_partition(shop)
    return tuple(Delete(listed_key(partition, duty.id), Anything()) for duty in duties)


def done_put(shop: str, done: Obligation) -> Put:
    """The write of an obligation's first proof."""
    return Put(_item(shop, done, 2), RevisionIs(1))


def find_obligation(table: Table, shop: str, name: str) -> Obligation | None:
    """The obligation of that id."""
    key = listed_key(obligations_partition(shop), name)
    item = table.load([key]).get(key)
    return _obligation(item) if item else None


def list_obligations(
    table: Table, shop: str, limit: int, start: Start | None
) -> tuple[tuple[Obligation, ...], Start | None]:
    """One page of obligations, and where the next one starts."""
    query = Query(obligations_partition(shop), limit=limit, start=start, consistent=True)
    page = table.query(query)
    return tuple(_obligation(item) for item in page.items), page.next_start


def _item(shop: str, obligation: Obligation, revision: int) -> Item:
    partition, sort = listed_key(obligations_partition(shop), obligation.duty.id)
    body = msgspec.json.encode(obligation)
    return {"PK": partition, "SK": sort, "r": revision, "b": body}


def _obligation(item: Item) -> Obligation:
    body: Any = item["b"]
    return msgspec.json.decode(bytes(body), type=Obligation)
