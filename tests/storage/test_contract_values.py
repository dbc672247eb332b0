"""What every ``Table`` promises about values and loading, asked of all engines alike."""

import pytest

from chalicelib.domain.outcome import InvariantBroken
from chalicelib.storage.items import Absent, Anything, Check, Delete, Exists, Put, RevisionIs
from chalicelib.storage.table import ConditionFailed, Failure, Table
from tests.storage.builders import commit, item, key, one


def test_values_come_back_as_they_went_in(table: Table) -> None:
    stored = item(
        r=1,
        text="ünï 🌍",
        empty="",
        zero=0,
        negative=-7,
        large=2**63 - 1,
        raw=b"\x00\xff",
        yes=True,
        no=False,
        rows=[1, "two", [3], {"four": b"4"}, []],
        units={"points": {"l": [[100, 0], [50, 1_700_000_000_000]], "d": 0}, "none": {}},
        tags={"S": {"N": 1}, "M": {"M": {"L": [1]}}, "B": "b"},
    )
    commit(table, Put(stored, Absent()))
    found = one(table, key())
    assert found == stored
    assert found is not None
    assert type(found["zero"]) is int
    assert found["yes"] is True
    assert type(found["raw"]) is bytes


def test_tuples_come_back_as_lists(table: Table) -> None:
    commit(table, Put(item(lots=((1, 2), (3, 4))), Absent()))
    assert one(table, key()) == item(lots=[[1, 2], [3, 4]])


@pytest.mark.parametrize("value", [1.0, None, {1, 2}, 2**63, [0.5], {"a": None}, {"": 1}])
def test_what_books_must_not_hold_is_refused(table: Table, value: object) -> None:
    with pytest.raises(InvariantBroken):
        commit(table, Put(item(value=value), Absent()))
    assert one(table, key()) is None


def test_what_was_read_is_the_readers_own(table: Table) -> None:
    mine = item(rows=[1])
    commit(table, Put(mine, Absent()))
    rows = mine["rows"]
    assert isinstance(rows, list)
    rows.append(2)
    found = one(table, key())
    assert found == item(rows=[1])
    found["rows"] = []
    assert one(table, key()) == item(rows=[1])


def test_absent_keys_are_absent(table: Table) -> None:
    commit(table, Put(item("A"), Absent()))
    assert table.load([key("A"), key("B")]) == {key("A"): item("A")}


def test_loading_nothing_is_nothing(table: Table) -> None:
    assert table.load([]) == {}


def test_a_key_asked_for_twice_is_read_once(table: Table) -> None:
    commit(table, Put(item("A"), Absent()))
    assert table.load([key("A"), key("A")]) == {key("A"): item("A")}


def test_more_than_a_hundred_keys_load_in_one_call(table: Table) -> None:
    keys = [key(f"L#{number:012d}") for number in range(230)]
    for start in range(0, 230, 100):
        commit(table, *(Put(item(sk), Absent()) for _, sk in keys[start : start + 100]))
    assert set(table.load(keys)) == set(keys)


def test_single_writes_keep_the_conditions_too(table: Table) -> None:
    table.write(Put(item(r=1), Absent()))
    with pytest.raises(ConditionFailed) as caught:
        table.write(Put(item(r=1, n=2), Absent()))
    assert caught.value.failures == (Failure(0, item(r=1)),)
    table.write(Put(item(r=2), RevisionIs(1)))
    with pytest.raises(ConditionFailed):
        table.write(Delete(key(), RevisionIs(1)))
    table.write(Delete(key(), RevisionIs(2)))
    table.write(Delete(key(), Anything()))
    assert one(table, key()) is None


def test_a_check_does_not_stand_alone(table: Table) -> None:
    with pytest.raises(InvariantBroken):
        table.write(Check(key(), Exists()))  # type: ignore[arg-type]
