"""Two and more writers at once: exactly one wins. Over moto only because of the lock."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError
from unittest.mock import patch

import pytest
from moto.dynamodb.models import DynamoDBBackend

from chalicelib.storage.dynamo_table import DynamoTable
from chalicelib.storage.items import Absent, Item, Put, RevisionIs, Take, Write
from chalicelib.storage.table import ConditionFailed, Table
from chalicelib.storage.tokens import client_token
from tests.engines import fresh_table

WRITERS = 8
ACCOUNT = ("p", "A")


def tried(table: Table, writes: tuple[Write, ...], start: Barrier) -> bool:
    start.wait()
    try:
        table.transact(writes, client_token(writes))
    except ConditionFailed:
        return False
    return True


def race(table: Table, attempts: list[tuple[Write, ...]]) -> int:
    """How many of the attempts, all at once, went through."""
    start = Barrier(len(attempts))
    with ThreadPoolExecutor(len(attempts)) as pool:
        return sum(pool.map(lambda writes: tried(table, writes, start), attempts))


def account(revision: int, writer: int) -> Item:
    return {"PK": "p", "SK": "A", "r": revision, "by": writer}


def test_of_writers_on_one_revision_exactly_one_wins(table: Table) -> None:
    for revision in range(1, 6):
        condition = RevisionIs(revision - 1) if revision > 1 else Absent()
        attempts: list[tuple[Write, ...]] = [
            (
                Put(account(revision, writer), condition),
                Put({"PK": "p", "SK": f"D#{revision}#{writer}"}, Absent()),
            )
            for writer in range(WRITERS)
        ]
        assert race(table, attempts) == 1
    won = table.load([("p", f"D#{r}#{w}") for r in range(1, 6) for w in range(WRITERS)])
    assert len(won) == 5  # a loser leaves nothing behind
    assert table.load([ACCOUNT])[ACCOUNT]["r"] == 5


def test_a_shared_number_is_never_overdrawn(table: Table) -> None:
    table.write(Put({"PK": "p", "SK": "S", "n": 5}, Absent()))
    attempts: list[tuple[Write, ...]] = [
        (Take(("p", "S"), "n", 1), Put({"PK": "p", "SK": f"D#{writer}"}, Absent()))
        for writer in range(WRITERS)
    ]
    assert race(table, attempts) == 5
    assert table.load([("p", "S")])[("p", "S")]["n"] == 0
    assert len(table.load([("p", f"D#{writer}") for writer in range(WRITERS)])) == 5


@pytest.mark.parametrize("rounds", [3])
def test_one_request_sent_by_many_at_once_lands_once(exact_table: Table, rounds: int) -> None:
    exact_table.write(Put({"PK": "p", "SK": "S", "n": 100}, Absent()))
    for attempt in range(rounds):
        writes: tuple[Write, ...] = (
            Take(("p", "S"), "n", 1),
            Put({"PK": "p", "SK": f"D#{attempt}"}, Absent()),
        )
        assert race(exact_table, [writes] * WRITERS) == WRITERS
    assert exact_table.load([("p", "S")])[("p", "S")]["n"] == 100 - rounds


def test_no_two_requests_are_inside_moto_at_once(moto_base: DynamoTable) -> None:
    """Races alone rarely show a missing lock: here two requests wait for each other inside."""
    table = fresh_table(moto_base)
    act, both_inside, met = DynamoDBBackend.transact_write_items, Barrier(2), []

    def meet(backend: DynamoDBBackend, writes: list) -> None:
        try:
            met.append(both_inside.wait(timeout=0.3))
        except BrokenBarrierError:  # nobody came, as it should be
            both_inside.reset()
        act(backend, writes)

    attempts: list[tuple[Write, ...]] = [
        (Put({"PK": "p", "SK": f"D#{writer}"}, Absent()),) for writer in range(2)
    ]
    with patch.object(DynamoDBBackend, "transact_write_items", meet):
        assert race(table, attempts) == 2
    assert met == []
