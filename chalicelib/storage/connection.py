"""The one connection of the process: time-outs, retries, region and endpoint are decided here.

Building a client costs some 170 ms, so there is one per process, shared by all threads. It gives
up connecting after 1 s and waiting for an answer after 2 s, and never asks twice by itself: a
blind retry of a write may apply it twice, and our own retries know the difference. PynamoDB is
imported when the first table is opened, to keep ``import app`` light.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Final

import msgspec

from chalicelib import settings
from chalicelib.storage.table import Table

if TYPE_CHECKING:
    from chalicelib.storage.dynamo_table import DynamoTable

CONNECT_TIMEOUT_SECONDS: Final = 1
READ_TIMEOUT_SECONDS: Final = 2
POOL_CONNECTIONS_MAX: Final = 32  # threads of the local server and of race tests; Lambda uses one


class Access(msgspec.Struct, frozen=True):
    """Keys for an engine of one's own; AWS finds its own in the environment."""

    key_id: str
    secret: str


def open_table(
    name: str, region: str, endpoint: str = "", access: Access | None = None
) -> "DynamoTable":
    """A new connection to the table ``name``; an empty ``endpoint`` means AWS in ``region``."""
    from pynamodb.connection import Connection

    from chalicelib.storage.dynamo_table import DynamoTable
    from chalicelib.storage.wire_form import use_wire_form

    connection = Connection(
        region=region,
        host=endpoint or None,
        connect_timeout_seconds=CONNECT_TIMEOUT_SECONDS,
        read_timeout_seconds=READ_TIMEOUT_SECONDS,
        retry_configuration={"total_max_attempts": 1, "mode": "standard"},
        max_pool_connections=POOL_CONNECTIONS_MAX,
        aws_access_key_id=access.key_id if access else None,
        aws_secret_access_key=access.secret if access else None,
    )
    use_wire_form(connection.client)  # made now: making it is not safe between threads
    return DynamoTable(connection, name)


_lock = Lock()
_opened: dict[tuple[str, str, str], Table] = {}
_in_use: list[Table] = []


def table() -> Table:
    """The table of this process: the one in use, else the one that the settings name."""
    if _in_use:
        return _in_use[-1]
    said = settings.current()
    place = (said.table_name, said.region, said.dynamodb_endpoint)
    with _lock:
        if place not in _opened:
            _opened[place] = open_table(*place)
        return _opened[place]


@contextmanager
def use_table(table: Table) -> Iterator[Table]:
    """Let the whole process use ``table`` inside the block: for the local server and tests."""
    _in_use.append(table)
    try:
        yield table
    finally:
        _in_use.remove(table)
