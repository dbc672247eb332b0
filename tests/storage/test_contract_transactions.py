"""What every ``Table`` promises about transactions, asked of all engines alike."""

import pytest

from chalicelib.domain.outcome import InvariantBroken
from chalicelib.storage.items import (
    Absent,
    Add,
    Anything,
    Check,
    Delete,
    Exists,
    Fill,
    Key,
    Put,
    RevisionIs,
    Take,
)
from chalicelib.storage.table import ConditionFailed, Failure, Query, Table
from tests.storage.builders import commit, item, key, one, refused


def test_absent_admits_the_first_and_shows_it_to_the_second(table: Table) -> None:
    commit(table, Put(item(n=1), Absent()))
    assert refused(table, Put(item(n=2), Absent())) == (Failure(0, item(n=1)),)
    assert one(table, key()) == item(n=1)


def test_revision_admits_who_saw_the_last_write(table: Table) -> None:
    commit(table, Put(item(r=1), Absent()))
    commit(table, Put(item(r=2), RevisionIs(1)))
    assert refused(table, Put(item(r=2, n=9), RevisionIs(1))) == (Failure(0, item(r=2)),)


def test_revision_of_an_absent_item_fails_with_nothing(table: Table) -> None:
    assert refused(table, Put(item(r=2), RevisionIs(1))) == (Failure(0, None),)


def test_exists_admits_only_what_is_there(table: Table) -> None:
    assert refused(table, Put(item(), Exists())) == (Failure(0, None),)
    commit(table, Put(item(), Absent()))
    commit(table, Put(item(n=1), Exists()))
    assert one(table, key()) == item(n=1)


def test_anything_overwrites(table: Table) -> None:
    commit(table, Put(item(n=1), Anything()))
    commit(table, Put(item(m=2), Anything()))
    assert one(table, key()) == item(m=2)


def test_a_check_alone_stops_the_others(table: Table) -> None:
    failures = refused(table, Put(item("B"), Absent()), Check(key("A"), Exists()))
    assert failures == (Failure(1, None),)
    assert one(table, key("B")) is None
    commit(table, Put(item("A", r=3), Absent()))
    commit(table, Put(item("B"), Absent()), Check(key("A"), RevisionIs(3)))
    assert one(table, key("B")) == item("B")


def test_a_check_of_absence_holds_while_nothing_is_there(table: Table) -> None:
    commit(table, Put(item("B"), Absent()), Check(key("A"), Absent()))
    commit(table, Put(item("A"), Absent()))
    failures = refused(table, Put(item("C"), Absent()), Check(key("A"), Absent()))
    assert failures == (Failure(1, item("A")),)


def test_delete_removes_on_its_condition(table: Table) -> None:
    commit(table, Put(item(r=1), Absent()))
    assert refused(table, Delete(key(), RevisionIs(2))) == (Failure(0, item(r=1)),)
    commit(table, Delete(key(), RevisionIs(1)))
    assert one(table, key()) is None
    commit(table, Delete(key(), Anything()))


def test_one_failure_undoes_everything(table: Table) -> None:
    before = [item("A", r=1, stock=5), item("B"), item("D", n=1)]
    commit(table, *(Put(each, Absent()) for each in before))
    failures = refused(
        table,
        Put(item("A", r=2, stock=0), RevisionIs(1)),
        Delete(key("B"), Exists()),
        Put(item("C"), Absent()),
        Take(key("D"), "n", 1),
        Put(item("E"), RevisionIs(1)),
    )
    assert failures == (Failure(4, None),)
    everything = table.load([key(sk) for sk in "ABCDE"])
    assert everything == {key(str(each["SK"])): each for each in before}


def test_a_lowered_number_is_put_back_with_the_rest(table: Table) -> None:
    commit(table, Put(item("D", n=4, rows=[1]), Absent()))
    refused(table, Take(key("D"), "n", 1), Check(key("X"), Exists()))
    assert one(table, key("D")) == item("D", n=4, rows=[1])


def test_every_failed_condition_is_reported_at_its_own_place(table: Table) -> None:
    commit(table, Put(item("A", r=5), Absent()), Put(item("D", n=1), Absent()))
    failures = refused(
        table,
        Take(key("D"), "n", 2),
        Put(item("B"), Absent()),
        Check(key("C"), Exists()),
        Put(item("A", r=2), RevisionIs(1)),
        Delete(key("Z"), Exists()),
    )
    assert failures == (
        Failure(0, item("D", n=1)),
        Failure(2, None),
        Failure(3, item("A", r=5)),
        Failure(4, None),
    )


def test_a_hundred_writes_go_through_and_one_more_does_not(table: Table) -> None:
    writes = [Put(item(f"{number:03d}"), Absent()) for number in range(101)]
    with pytest.raises(InvariantBroken):
        commit(table, *writes)
    commit(table, *writes[:100])
    assert len(table.load([key(f"{number:03d}") for number in range(101)])) == 100


def test_no_key_is_written_twice_in_one_transaction(table: Table) -> None:
    with pytest.raises(InvariantBroken):
        commit(table, Put(item(), Absent()), Check(key(), Absent()))
    with pytest.raises(InvariantBroken):
        commit(table)
    assert one(table, key()) is None


def test_a_check_of_anything_is_refused(table: Table) -> None:
    with pytest.raises(InvariantBroken):
        commit(table, Check(key(), Anything()))


@pytest.mark.parametrize("wrong", [("", "A"), ("S", ""), ("p" * 2_049, "A"), ("S", "s" * 1_025)])
def test_keys_that_do_not_fit_are_refused(table: Table, wrong: Key) -> None:
    with pytest.raises(InvariantBroken):
        commit(table, Put({"PK": wrong[0], "SK": wrong[1]}, Absent()))
    with pytest.raises(InvariantBroken):
        table.load([wrong])


def test_an_item_has_at_most_400_kilobytes(exact_table: Table) -> None:
    # names and keys: PK 2 + 10, SK 2 + 1, body 4
    largest = 400 * 1_024 - 19
    with pytest.raises(InvariantBroken):
        commit(exact_table, Put(item(body=b"x" * (largest + 1)), Absent()))
    commit(exact_table, Put(item(body=b"x" * largest), Absent()))


def test_a_token_has_one_effect(exact_table: Table) -> None:
    commit(exact_table, Put(item("S", n=5), Absent()))
    take = (Take(key("S"), "n", 2),)
    exact_table.transact(take, "token-1")
    exact_table.transact(take, "token-1")
    assert one(exact_table, key("S")) == item("S", n=3)
    exact_table.transact(take, "token-2")
    assert one(exact_table, key("S")) == item("S", n=1)


def test_a_replayed_put_succeeds_though_its_condition_no_longer_holds(exact_table: Table) -> None:
    writes = (Put(item(r=1), Absent()),)
    commit(exact_table, *writes)
    commit(exact_table, *writes)
    assert one(exact_table, key()) == item(r=1)


def test_a_token_of_other_writes_is_a_bug(exact_table: Table) -> None:
    exact_table.transact((Put(item("A"), Absent()),), "token-1")
    with pytest.raises(InvariantBroken):
        exact_table.transact((Put(item("B"), Absent()),), "token-1")
    assert one(exact_table, key("B")) is None


def test_a_failed_transaction_leaves_its_token_free(exact_table: Table) -> None:
    writes = (Put(item("A"), Absent()), Check(key("B"), Exists()))
    assert refused(exact_table, *writes) == (Failure(1, None),)
    commit(exact_table, Put(item("B"), Absent()))
    commit(exact_table, *writes)
    assert one(exact_table, key("A")) == item("A")


@pytest.mark.parametrize("token", ["", "x" * 37])
def test_a_token_has_1_to_36_characters(table: Table, token: str) -> None:
    with pytest.raises(InvariantBroken):
        table.transact((Put(item(), Absent()),), token)


def test_take_stops_at_what_is_there(table: Table) -> None:
    commit(table, Put(item(n=3, r=1), Absent()))
    table.write(Take(key(), "n", 2))
    with pytest.raises(ConditionFailed) as caught:
        table.write(Take(key(), "n", 2))
    assert caught.value.failures == (Failure(0, item(n=1, r=1)),)
    table.write(Take(key(), "n", 1))
    assert one(table, key()) == item(n=0, r=1)
    assert refused(table, Take(key(), "n", 1)) == (Failure(0, item(n=0, r=1)),)


def test_a_negative_take_gives_back(table: Table) -> None:
    commit(table, Put(item(n=0), Absent()))
    commit(table, Take(key(), "n", -4))
    assert one(table, key()) == item(n=4)


@pytest.mark.parametrize("amount", [1, -1])
def test_take_needs_the_item_and_its_number(table: Table, amount: int) -> None:
    assert refused(table, Take(key(), "n", amount)) == (Failure(0, None),)
    commit(table, Put(item(m=1), Absent()))
    assert refused(table, Take(key(), "n", amount)) == (Failure(0, item(m=1)),)
    assert one(table, key()) == item(m=1)


def test_what_is_added_counts_from_nothing_and_leaves_the_rest_alone(table: Table) -> None:
    commit(table, Add(key(), "n", 3))
    assert one(table, key()) == item(n=3)
    commit(table, Put(item(n=3, m=1), Exists()))
    commit(table, Add(key(), "n", 4))
    assert one(table, key()) == item(n=7, m=1)


def test_nothing_is_added_beside_a_write_that_is_refused(table: Table) -> None:
    commit(table, Put(item("D"), Absent()))
    refused(table, Put(item("D"), Absent()), Add(key(), "n", 3))
    assert one(table, key()) is None


def test_a_budget_is_filled_from_nothing_up_to_its_ceiling_and_no_further(table: Table) -> None:
    commit(table, Fill(key(), "n", 3, ceiling=5))
    assert refused(table, Fill(key(), "n", 4, ceiling=5)) == (Failure(0, item(n=3)),)
    commit(table, Fill(key(), "n", 2, ceiling=5))
    assert one(table, key()) == item(n=5)


def test_a_ceiling_that_was_lowered_lets_nothing_more_in(table: Table) -> None:
    commit(table, Fill(key(), "n", 5, ceiling=9))
    assert refused(table, Fill(key(), "n", 1, ceiling=4)) == (Failure(0, item(n=5)),)


def test_take_moves_no_row_of_an_index(table: Table) -> None:
    indexed = item(n=2, GSI1PK="due", GSI1SK="1")
    commit(table, Put(indexed, Absent()))
    table.write(Take(key(), "n", 1))
    assert len(table.query(Query("due", index="GSI1")).items) == 1
