"""Fresh tables for tests, on any engine, made over one connection per engine.

``tests/storage/conftest.py`` turns these into fixtures. Each test gets a table of its own name,
because making a table is quick and making a connection is not.
"""

from itertools import count

from chalicelib.storage.dynamo_table import DynamoTable
from dev.engines import create_table

_numbers = count(1)


def fresh_table(base: DynamoTable) -> DynamoTable:
    """A new empty table beside ``base``, over the same connection."""
    table = DynamoTable(base.connection, f"{base.name}-{next(_numbers)}")
    create_table(table)
    return table


def base_of(engine: str) -> str:
    """The name of the fixture that holds the connection of ``engine``."""
    return f"{engine.replace('-', '_')}_base"
