"""The client token of a transaction: its own fingerprint, so that asking again is harmless.

DynamoDB answers a token that it has seen in the last ten minutes with success and does nothing,
and refuses it for other writes. As the token is a hash of everything that is written, the same
bytes have the same token and other bytes another one; nothing is random.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

from chalicelib.storage.items import (
    Absent,
    Add,
    Anything,
    Condition,
    Exists,
    Fill,
    Put,
    Take,
    Value,
    Write,
)

TOKEN_LENGTH: Final = 36  # what ClientRequestToken has room for: 144 bits

# MessagePack tells bytes from text and True from 1, and sorts names: one form per transaction.
_encoder = msgspec.msgpack.Encoder(order="deterministic")


def _condition(condition: Condition) -> Value:
    match condition:
        case Absent():
            return "absent"
        case Exists():
            return "exists"
        case Anything():
            return "anything"
        case _:
            return condition.revision


def _form(write: Write) -> list[Value]:
    """A write as plain values, its kind first."""
    kind = type(write).__name__
    if isinstance(write, Put):
        return [kind, write.item, _condition(write.condition)]
    if isinstance(write, Fill):
        return [kind, *write.key, write.attribute, write.amount, write.ceiling]
    if isinstance(write, Take | Add):
        return [kind, *write.key, write.attribute, write.amount]
    return [kind, *write.key, _condition(write.condition)]


def client_token(writes: Sequence[Write]) -> str:
    """36 hex digits of the SHA-256 of the whole transaction, in its order."""
    return _fingerprint(_encoder.encode([_form(write) for write in writes]))


def table_token(table_name: str, token: str) -> str:
    """``token`` for one table: DynamoDB knows tokens by account, not by table.

    Without it, a second deployment in one account that writes the same bytes within ten minutes
    (a copy of a shop for trials, fed by the same webhooks) would be told that the token was used.
    """
    return _fingerprint(f"{table_name} {token}".encode())


def _fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:TOKEN_LENGTH]
