"""Tables for the verbs, and the books checked after every test."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest

from chalicelib.storage.dynamo_table import DynamoTable
from chalicelib.storage.table import Table
from dev.engines import embedded, ministack
from tests.builders import Scene
from tests.conservation import WatchedTable, verify_table
from tests.engines import fresh_table

OpenScene: TypeAlias = Callable[..., Scene]


@pytest.fixture(autouse=True)
def conserved() -> Iterator[list[WatchedTable]]:
    """Whatever a test did to its tables, every book in them must sum afterwards."""
    tables: list[WatchedTable] = []
    yield tables
    for table in tables:
        verify_table(table.items())


@pytest.fixture
def table(conserved: list[WatchedTable]) -> WatchedTable:
    """An empty table that watches every write."""
    made = WatchedTable()
    conserved.append(made)
    return made


@pytest.fixture
def scene(table: WatchedTable) -> Scene:
    """The tea shop, before its first program."""
    return Scene(table)


@pytest.fixture
def shop(scene: Scene) -> Scene:
    """The tea shop with its program."""
    scene.publish()
    return scene


@pytest.fixture
def open_shop(scene: Scene) -> Callable[[dict[str, Any]], Scene]:
    """The tea shop with another program."""

    def opened(document: dict[str, Any]) -> Scene:
        scene.publish(document)
        return scene

    return opened


@pytest.fixture(scope="module")
def moto_base() -> Iterator[DynamoTable]:
    """moto, for one module only: inside it all of boto is mocked."""
    with embedded() as table:
        yield table


@pytest.fixture(scope="session")
def ministack_base() -> Iterator[DynamoTable]:
    with ministack() as table:
        yield table


@pytest.fixture(params=("memory", pytest.param("moto", marks=pytest.mark.soak), "ministack"))
def raced_table(request: pytest.FixtureRequest, conserved: list[WatchedTable]) -> Table:
    """An empty table on each engine, for threads.

    moto lets one request in at a time, so of two engines it is the one that finds less in a race,
    and it takes twice as long: `make soak` asks it.
    """
    if request.param == "memory":
        made = WatchedTable()
        conserved.append(made)
        return made
    return fresh_table(request.getfixturevalue(f"{request.param}_base"))
