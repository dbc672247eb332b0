"""The engines of the storage contract: the fake, moto with its lock, ministack as a server."""

from collections.abc import Iterator

import pytest

from chalicelib.storage.dynamo_table import DynamoTable
from chalicelib.storage.table import Table
from dev.engines import embedded, ministack
from tests.engines import fresh_table
from tests.memory_table import MemoryTable

ENGINES = ("memory", "moto", "ministack")
SERVED_ENGINES = ("moto", "ministack")


@pytest.fixture(scope="module")
def moto_base() -> Iterator[DynamoTable]:
    """moto, for one module only: inside it all of boto is mocked."""
    with embedded() as table:
        yield table


@pytest.fixture(scope="session")
def ministack_base() -> Iterator[DynamoTable]:
    with ministack() as table:
        yield table


def _table_on(engine: str, request: pytest.FixtureRequest) -> Table:
    if engine == "memory":
        return MemoryTable()
    return fresh_table(request.getfixturevalue(f"{engine}_base"))


@pytest.fixture(params=ENGINES)
def table(request: pytest.FixtureRequest) -> Table:
    """An empty table, on each engine in turn."""
    return _table_on(request.param, request)


@pytest.fixture(params=("memory", "ministack"))
def exact_table(request: pytest.FixtureRequest) -> Table:
    """An empty table on the engines that know client tokens and sizes, which moto does not."""
    return _table_on(request.param, request)


@pytest.fixture(params=SERVED_ENGINES)
def dynamo_table(request: pytest.FixtureRequest) -> DynamoTable:
    """An empty table behind PynamoDB."""
    return fresh_table(request.getfixturevalue(f"{request.param}_base"))
