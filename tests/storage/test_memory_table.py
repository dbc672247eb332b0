"""The fake fails as it is told to: what landed, what did not, and who hears of it."""

import pytest

from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.storage.items import Absent, Delete, Exists, Item, Key, Put, Take
from chalicelib.storage.table import ConditionFailed, Contended, Failure, Query, Unanswered
from tests.faults import Call, Crash, Fault
from tests.memory_table import TOKEN_LIFE_MS, MemoryTable

KEY: Key = ("p", "A")
ITEM: Item = {"PK": "p", "SK": "A", "n": 1}
PUT = (Put(ITEM, Absent()),)


def failing(fault: Fault, at: int = 0) -> MemoryTable:
    table = MemoryTable()
    table.fault = lambda _, number: fault if number == at else None
    return table


@pytest.mark.parametrize(
    ("fault", "raised", "landed"),
    [
        (Fault.THROTTLED, Contended, False),
        (Fault.CONFLICT, Contended, False),
        (Fault.CONDITION_FAILED, ConditionFailed, False),
        (Fault.TIMEOUT_BEFORE, Unanswered, False),
        (Fault.TIMEOUT_AFTER, Unanswered, True),
        (Fault.LOST_AFTER, Unanswered, True),
        (Fault.CRASH, Crash, False),
        (Fault.CRASH_AFTER, Crash, True),
    ],
)
def test_each_fault_lands_or_not_as_its_name_says(
    fault: Fault, raised: type[BaseException], landed: bool
) -> None:
    together, alone = failing(fault), failing(fault)
    with pytest.raises(raised):
        together.transact(PUT, "t")
    with pytest.raises(raised):
        alone.write(PUT[0])
    for table in (together, alone):
        assert table.load([KEY]) == ({KEY: ITEM} if landed else {})
        assert [call.operation for call in table.calls][1:] == ["load"]


def test_the_same_token_after_a_lost_answer_has_no_second_effect() -> None:
    table = failing(Fault.TIMEOUT_AFTER, at=1)
    table.transact(PUT, "t1")
    take = (Take(KEY, "n", 1),)
    with pytest.raises(Unanswered):
        table.transact(take, "t2")
    table.transact(take, "t2")
    assert table.load([KEY])[KEY]["n"] == 0


def test_a_lost_refusal_is_not_heard() -> None:
    table = failing(Fault.TIMEOUT_AFTER, at=1)
    table.transact(PUT, "t1")
    with pytest.raises(Unanswered):
        table.transact(PUT, "t2")


def test_reads_that_fail_are_an_outage() -> None:
    for fault in (Fault.THROTTLED, Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER):
        with pytest.raises(StorageUnavailable):
            failing(fault).load([KEY])
        with pytest.raises(StorageUnavailable):
            failing(fault).query(Query("p"))
    with pytest.raises(Crash):
        failing(Fault.CRASH).load([KEY])


def test_tokens_are_forgotten_after_ten_minutes() -> None:
    now = [0]
    table = MemoryTable(lambda: now[0])
    table.transact(PUT, "t")
    now[0] = TOKEN_LIFE_MS - 1
    table.transact(PUT, "t")
    now[0] = TOKEN_LIFE_MS
    with pytest.raises(ConditionFailed) as caught:
        table.transact(PUT, "t")
    assert caught.value.failures == (Failure(0, ITEM),)


def test_a_load_is_no_snapshot() -> None:
    table = MemoryTable()
    table.write(Put(ITEM, Absent()))

    def interfere(key: Key) -> None:
        if key == ("p", "B"):
            table.write(Put({"PK": "p", "SK": "B"}, Absent()))
            table.write(Delete(KEY, Exists()))

    table.before_key = interfere
    assert set(table.load([KEY, ("p", "B")])) == {KEY, ("p", "B")}
    table.before_key = lambda _: None
    assert set(table.load([KEY, ("p", "B")])) == {("p", "B")}


def test_indexes_can_lag_while_the_table_does_not() -> None:
    table = MemoryTable()
    due = Query("due", index="GSI1")
    table.freeze_indexes()
    table.write(Put({**ITEM, "GSI1PK": "due", "GSI1SK": "1"}, Absent()))
    assert table.query(due).items == ()
    assert len(table.query(Query("p")).items) == 1
    table.thaw_indexes()
    assert len(table.query(due).items) == 1


def test_hooks_see_every_call_and_its_keys() -> None:
    table = MemoryTable()
    seen: list[tuple[str, Call]] = []
    table.before = lambda call: seen.append(("before", call))
    table.after = lambda call: seen.append(("after", call))
    table.transact(PUT, "t")
    with pytest.raises(ConditionFailed):
        table.write(PUT[0])
    table.query(Query("p", "A"))
    calls = [Call("transact", 0, (KEY,)), Call("write", 1, (KEY,)), Call("query", 2, (KEY,))]
    assert seen == [(when, call) for call in calls for when in ("before", "after")]
    assert table.calls == calls


def test_a_copy_goes_its_own_way() -> None:
    table = MemoryTable()
    table.transact(PUT, "t")
    other = table.copy()
    other.transact(PUT, "t")
    other.write(Take(KEY, "n", 1))
    assert table.items() == (ITEM,)
    assert other.items() == ({**ITEM, "n": 0},)
