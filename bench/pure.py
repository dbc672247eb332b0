"""Work without a wire: decisions of the Best Buy program, and the in-memory table of the tests."""

import json
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time_ns

from bench.report import Row
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.order_decision import decide_order
from chalicelib.domain.outcome import Refusal
from chalicelib.operations.load_order import OrderCommand, load_order
from chalicelib.storage.items import Anything, Key, Put
from tests.builders import NOON, SHOP, Scene, line, state, upserted
from tests.memory_table import MemoryTable

PROGRAM = Path(__file__).parents[1] / "examples" / "programs" / "best-buy.json"
ROUNDS = 9
CALLS_PER_ROUND = 100
PAST_ORDERS = 12


def _per_second(work: Callable[[], object]) -> int:
    """How often ``work`` is done in a second of CPU; the median of the rounds."""
    work()
    took_ns = []
    for _ in range(ROUNDS):
        started = process_time_ns()
        for _ in range(CALLS_PER_ROUND):
            work()
        took_ns.append(process_time_ns() - started)
    return CALLS_PER_ROUND * 1_000_000_000 // int(median(took_ns))


def _decision() -> Callable[[], object]:
    """A paid order of two lines of a member of a year, by the Best Buy program."""
    scene = Scene(MemoryTable())
    scene.publish(json.loads(PROGRAM.read_text(encoding="utf-8")))
    for month in range(PAST_ORDERS):
        scene.pay(9_900, f"past-{month}", NOON - (PAST_ORDERS - month) * 30 * DAY_MS)
    order = upserted(state(line(2_400), line(3_600, "l2"), id="2001", number="#2001"))
    loaded = load_order(scene.table, OrderCommand(SHOP, order, NOON, NOON))
    if isinstance(loaded, Refusal):
        raise TypeError(f"the order was refused: {loaded}")
    return lambda: decide_order(order, loaded.order, NOON)


def _memory() -> tuple[Callable[[], object], Callable[[], object]]:
    """A load of four items, and a transaction of three."""
    table = MemoryTable()
    keys: list[Key] = [("shop", f"item-{number}") for number in range(4)]
    puts = [Put({"PK": pk, "SK": sk, "r": 1, "n": 7}, Anything()) for pk, sk in keys]
    for put in puts:
        table.write(put)
    return (lambda: table.load(keys)), (lambda: table.transact(puts[:3], "the same each time"))


def rows() -> tuple[Row, ...]:
    """Figures that are told and held to nothing: they say where a machine stands."""
    load, transact = _memory()
    return (
        Row(
            "Best Buy: decisions of an order",
            f"{_per_second(_decision())} a second",
            "pure: evaluate, tiers, lots, entries with their hashes",
        ),
        Row("MemoryTable: load", f"{_per_second(load)} a second", "4 items"),
        Row("MemoryTable: transact", f"{_per_second(transact)} a second", "3 puts"),
    )
