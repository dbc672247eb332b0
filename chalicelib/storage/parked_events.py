"""Deliveries that were rightly signed and could not be understood, kept until somebody looks.

The body may hold personal data: it is packed, cut into pieces that fit an item, and dropped by
the table itself after ``PARKED_KEPT_MS``. The id is a hash of connection, topic and body, so a
redelivery parks once.
"""

import hashlib
from typing import Final

import msgspec

from chalicelib.domain.instants import SECOND_MS, Instant
from chalicelib.domain.limits import PARKED_KEPT_MS, PARKED_PIECE_BYTES
from chalicelib.domain.outcome import Problem
from chalicelib.storage.codec import pack, unpack
from chalicelib.storage.items import TTL, Absent, Anything, Delete, Item, Key, Put
from chalicelib.storage.key_names import parked_partition, timed_key
from chalicelib.storage.table import ConditionFailed, Query, Start, Table

_ID_LENGTH: Final = 26
_PIECE: Final = "PIECE"


class ParkedProblem(msgspec.Struct, frozen=True):
    """Why it could not be understood."""

    path: str
    code: str
    detail: str


class ParkedEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """One delivery that waits."""

    id: str
    connection_id: str
    topic: str
    received_at: Instant
    problems: tuple[ParkedProblem, ...] = ()
    pieces: int = 1  # items that the body is cut into


def park(
    table: Table,
    shop: str,
    delivery: tuple[str, str, bytes],
    received_at: Instant,
    problems: tuple[Problem, ...],
) -> ParkedEvent:
    """Keep a delivery (connection id, topic, body). Parked twice is parked once."""
    connection_id, topic, raw = delivery
    digest = hashlib.sha256(connection_id.encode() + b"\x00" + topic.encode() + b"\x00" + raw)
    body = pack(raw)
    pieces = [
        body[start : start + PARKED_PIECE_BYTES]
        for start in range(0, len(body), PARKED_PIECE_BYTES)
    ]
    told = tuple(ParkedProblem(each.path, each.code, each.detail) for each in problems[:20])
    event = ParkedEvent(
        id=digest.hexdigest()[:_ID_LENGTH],
        connection_id=connection_id,
        topic=topic,
        received_at=received_at,
        problems=told,
        pieces=len(pieces),
    )
    for number, piece in enumerate(pieces):
        _write_piece(table, shop, event, number, piece)
    key = _key(shop, event.id)
    row = {"PK": key[0], "SK": key[1], "b": msgspec.json.encode(event), **_dropped(event)}
    _write_once(table, row)
    return event


def find_parked(table: Table, shop: str, parked_id: str) -> tuple[ParkedEvent, bytes] | None:
    """A parked delivery and its body, or None."""
    key = _key(shop, parked_id)
    item = table.load([key]).get(key)
    if item is None:
        return None
    event = _event(item)
    keys = [_piece_key(shop, event.id, number) for number in range(event.pieces)]
    pieces = table.load(keys)
    body = b"".join(_bytes(pieces[key]) for key in keys if key in pieces)
    return event, unpack(body)


def remove_parked(table: Table, shop: str, event: ParkedEvent) -> None:
    """Forget a delivery that was understood after all."""
    table.write(Delete(_key(shop, event.id), Anything()))
    for number in range(event.pieces):
        table.write(Delete(_piece_key(shop, event.id, number), Anything()))


def list_parked(
    table: Table, shop: str, limit: int, start: Start | None
) -> tuple[tuple[ParkedEvent, ...], Start | None]:
    """One page of what waits."""
    page = table.query(
        Query(parked_partition(shop), "E#", limit=limit, start=start, consistent=True)
    )
    return tuple(_event(item) for item in page.items), page.next_start


def _key(shop: str, parked_id: str) -> Key:
    return parked_partition(shop), f"E#{parked_id}"


def _piece_key(shop: str, parked_id: str, number: int) -> Key:
    return timed_key(f"{parked_partition(shop)}#{_PIECE}", number, parked_id)


def _write_piece(table: Table, shop: str, event: ParkedEvent, number: int, piece: bytes) -> None:
    partition, sort = _piece_key(shop, event.id, number)
    _write_once(table, {"PK": partition, "SK": sort, "b": piece, **_dropped(event)})


def _write_once(table: Table, item: Item) -> None:
    try:
        table.write(Put(item, Absent()))
    except ConditionFailed:
        return


def _dropped(event: ParkedEvent) -> Item:
    return {TTL: (event.received_at + PARKED_KEPT_MS) // SECOND_MS}


def _event(item: Item) -> ParkedEvent:
    return msgspec.json.decode(_bytes(item), type=ParkedEvent)


def _bytes(item: Item) -> bytes:
    value = item["b"]
    return value if isinstance(value, bytes) else b""
