"""Our own count of capacity units is AWS's: by its rules, and as ministack 1.5 reports them."""

from importlib.metadata import version

import pytest

from chalicelib.storage.dynamo_table import DynamoTable
from chalicelib.storage.items import Absent, Anything, Check, Delete, Exists, Item, Put, Take
from chalicelib.storage.table import ConditionFailed, Query
from tests.engines import fresh_table
from tests.memory_table import MemoryTable
from tests.storage.metering import MeteredTable, reported

ENGINE_IS_EXACT = [int(part) for part in version("ministack").split(".")[:2]] >= [1, 5]


def item(sk: str, size: int = 0, **more: str | int) -> Item:
    return {"PK": "p", "SK": sk, "b": b"x" * size, **more}


def entry(seq: int, **more: str | int) -> Item:
    row: Item = {"GSI2PK": "hour", "GSI2SK": f"{seq}", "q": seq, "u": "points", "p": 5, "k": "earn"}
    return {**item(f"L#{seq}", 100), **row, **more}


EARN = (Put(item("A", 700, r=1), Absent()), Put(entry(1), Absent()), Put(item("O", 800), Absent()))


def test_an_earn_costs_seven_units() -> None:
    table = MeteredTable(MemoryTable())
    table.load([("p", "A"), ("p", "O")])
    table.transact(EARN, "t")
    assert table.meter.round_trips == 2
    assert table.meter.write_units == 7
    assert table.meter.read_half_units == 4


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, item("A", 10), 2),
        (None, item("A", 1_100), 4),
        (item("A", 3_000), item("A", 10), 6),
        (None, item("A", GSI1PK="due", GSI1SK="1"), 3),
        (item("A", GSI1PK="due", GSI1SK="1"), item("A", r=2, GSI1PK="due", GSI1SK="1"), 2),
        (item("A", GSI1PK="due", GSI1SK="1"), item("A", GSI1PK="due", GSI1SK="2"), 4),
        (item("A", GSI1PK="due", GSI1SK="1"), item("A"), 3),
        (entry(1), entry(1, p=6), 3),
        (entry(1), entry(1, note="x"), 2),
    ],
)
def test_a_put_in_a_transaction_costs_by_size_and_index_rows(
    before: Item | None, after: Item, units: int, ministack_base: DynamoTable
) -> None:
    engine = fresh_table(ministack_base)
    table = MeteredTable(engine)
    if before is not None:
        table.write(Put(before, Absent()))
    table.meter.reset()
    with reported(engine) as engines:
        table.transact([Put(after, Anything())], "t")
    assert table.meter.write_units == units
    assert engines.write_units == units or not ENGINE_IS_EXACT


def test_checks_deletes_and_takes_are_counted(ministack_base: DynamoTable) -> None:
    engine = fresh_table(ministack_base)
    table = MeteredTable(engine)
    for sk in "SCD":
        table.write(Put(item(sk, 1_500, n=3, GSI1PK="due", GSI1SK=sk), Absent()))
    assert table.meter.write_units == 9
    table.meter.reset()
    with pytest.raises(ConditionFailed):
        table.transact([Take(("p", "S"), "n", 5)], "t1")
    assert table.meter.write_units == 4
    table.meter.reset()
    with pytest.raises(ConditionFailed):
        table.write(Take(("p", "S"), "n", 5))
    assert table.meter.write_units == 2
    table.meter.reset()
    table.transact(
        [Take(("p", "S"), "n", 1), Check(("p", "C"), Exists()), Delete(("p", "D"), Exists())], "t2"
    )
    assert table.meter.write_units == 4 + 4 + 4 + 1


def test_reads_are_counted_and_the_engine_agrees_on_round_trips(
    ministack_base: DynamoTable,
) -> None:
    engine = fresh_table(ministack_base)
    table = MeteredTable(engine)
    table.write(Put(item("A", 5_000), Absent()))
    table.meter.reset()
    with reported(engine) as engines:
        table.load([("p", "A"), ("p", "B")])
        table.query(Query("p"))
        table.query(Query("p", consistent=True))
    assert table.meter.read_half_units == (4 + 2) + 2 + 4
    assert table.meter.round_trips == engines.round_trips == 3
    assert dict(engines.calls) == {"BatchGetItem": 1, "Query": 2}
