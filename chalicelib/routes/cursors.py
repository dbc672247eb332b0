"""Cursors: where the next page of one list starts, sealed against that list.

A cursor is base64url of [start, first 12 bytes of an HMAC over list and start]. The list's name
holds its whole path and filters, so a cursor of another list, of another shop or with one changed
letter is refused. That is for clear errors, not for safety: partitions are always computed from
the path that was authorised, never taken from a cursor.
"""

import base64
import binascii
import hashlib
from typing import Final

import msgspec

from chalicelib import settings
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.security import signatures
from chalicelib.storage.table import Start

CURSOR_LENGTH_MAX: Final = 2_048

_MAC_BYTES: Final = 12


class _Cursor(msgspec.Struct, array_like=True, frozen=True):
    start: tuple[str, ...]  # a union of two tuples is more than msgspec can tell apart
    mac: bytes


def _mac(list_name: str, start: Start) -> bytes:
    current = settings.current()
    secret = hashlib.sha256(f"{current.table_name}/{current.operator_key_sha256}".encode())
    message = msgspec.json.encode(("cursor", list_name, start))
    return signatures.mac(secret.digest(), message)[:_MAC_BYTES]


def write_cursor(list_name: str, start: Start) -> str:
    """The cursor of the page of ``list_name`` that starts after ``start``."""
    cursor = _Cursor(start=start, mac=_mac(list_name, start))
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def read_cursor(list_name: str, cursor: str) -> Start | Refusal:
    """Where the page starts; ``cursor_invalid`` for what is not a cursor of ``list_name``."""
    try:
        start = _checked(list_name, cursor[: CURSOR_LENGTH_MAX + 1])
    except (ValueError, binascii.Error, RecursionError):
        start = None
    if start is None:
        return Refusal(RefusalCode.CURSOR_INVALID, "The cursor is not one of this list.")
    return start


def _checked(list_name: str, cursor: str) -> Start | None:
    """The start, if the seal holds; raises ValueError for what cannot be read."""
    if len(cursor) > CURSOR_LENGTH_MAX:
        return None
    padded = cursor + "=" * (-len(cursor) % 4)
    data = base64.b64decode(padded, altchars=b"-_", validate=True)
    read = msgspec.json.decode(data, type=_Cursor)
    start = _start(read.start)
    holds = start is not None and signatures.same_bytes(read.mac, _mac(list_name, start))
    return start if holds else None


def _start(parts: tuple[str, ...]) -> Start | None:
    match parts:
        case (partition, sort):
            return partition, sort
        case (partition, sort, index_sort):
            return partition, sort, index_sort
        case _:
            return None
