"""The engines of the storage contract: the fake, moto with its lock, two servers of our own."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader

from chalicelib.storage.dynamo_table import DynamoTable
from chalicelib.storage.table import Table
from dev.dynamodb_local import dynamodb_local, missing_reason
from dev.engines import embedded, ministack
from tests.engines import base_of, fresh_table
from tests.memory_table import MemoryTable

ENGINES = ("memory", "moto", "ministack", "dynamodb-local")
SERVED_ENGINES = ("moto", "ministack", "dynamodb-local")


@pytest.fixture(scope="session", autouse=True)
def botocores_files() -> Iterator[None]:
    """What botocore knows of AWS, megabytes of JSON, is parsed once, not for each connection."""
    known: dict[str, Any] = {}
    parse = JSONFileLoader.load_file

    def load_file(loader: JSONFileLoader, file_path: str) -> Any:
        if file_path not in known:
            known[file_path] = parse(loader, file_path)
        return known[file_path]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", load_file)
        yield


@pytest.fixture(scope="module")
def moto_base() -> Iterator[DynamoTable]:
    """moto, for one module only: inside it all of boto is mocked."""
    with embedded() as table:
        yield table


@pytest.fixture(scope="session")
def ministack_base() -> Iterator[DynamoTable]:
    with ministack() as table:
        yield table


@pytest.fixture(scope="session")
def dynamodb_local_base() -> Iterator[DynamoTable]:
    """Amazon's own emulator; where it was not fetched its tests are skipped, in one line."""
    reason = missing_reason()
    if reason:
        pytest.skip(reason)
    with dynamodb_local() as table:
        yield table


def _table_on(engine: str, request: pytest.FixtureRequest) -> Table:
    if engine == "memory":
        return MemoryTable()
    return fresh_table(request.getfixturevalue(base_of(engine)))


@pytest.fixture(params=ENGINES)
def table(request: pytest.FixtureRequest) -> Table:
    """An empty table, on each engine in turn."""
    return _table_on(request.param, request)


@pytest.fixture(params=("memory", "ministack", "dynamodb-local"))
def exact_table(request: pytest.FixtureRequest) -> Table:
    """An empty table on the engines that know client tokens and sizes, which moto does not."""
    return _table_on(request.param, request)


@pytest.fixture(params=SERVED_ENGINES)
def dynamo_table(request: pytest.FixtureRequest) -> DynamoTable:
    """An empty table behind PynamoDB."""
    return fresh_table(request.getfixturevalue(base_of(request.param)))
