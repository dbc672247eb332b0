"""What every ``Table`` promises about pages and indexes, asked of all engines alike."""

import pytest

from chalicelib.domain.outcome import InvariantBroken
from chalicelib.storage.items import Absent, Exists, Item, Put
from chalicelib.storage.table import Query, Table
from tests.storage.builders import commit, item, sorts, walk, walk_from


@pytest.fixture
def journal(table: Table) -> Table:
    """Seven entries, an account, and another member's entry."""
    names = [f"L#{number:012d}" for number in range(1, 8)]
    commit(table, *(Put(item(name), Absent()) for name in [*names, "A", "M"]))
    commit(table, Put(item("L#000000000001", "S#tea#M#m2"), Absent()))
    return table


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_in_both_directions_show_each_item_once(journal: Table, limit: int) -> None:
    names = [f"L#{number:012d}" for number in range(1, 8)]
    query = Query("S#tea#M#m1", "L#", limit=limit)
    pages = walk(journal, query)
    assert sorts(pages) == names
    assert all(len(page) <= limit for page in pages)
    backwards = Query("S#tea#M#m1", "L#", limit=limit, newest_first=True, consistent=True)
    assert sorts(walk(journal, backwards)) == names[::-1]


def test_a_partition_without_prefix_shows_all_in_order(journal: Table) -> None:
    found = sorts(walk(journal, Query("S#tea#M#m1")))
    assert found == ["A", *(f"L#{number:012d}" for number in range(1, 8)), "M"]


def test_a_query_may_start_at_any_key(journal: Table) -> None:
    after = Query("S#tea#M#m1", "L#", start=("S#tea#M#m1", "L#000000000005"))
    assert sorts(walk_from(journal, after)) == ["L#000000000006", "L#000000000007"]
    before = Query("S#tea#M#m1", "L#", start=("S#tea#M#m1", "L#000000000003"), newest_first=True)
    assert sorts(walk_from(journal, before)) == ["L#000000000002", "L#000000000001"]


def test_a_full_page_names_the_next_one(journal: Table) -> None:
    page = journal.query(Query("S#tea#M#m1", "L#", limit=2))
    assert page.next_start == ("S#tea#M#m1", "L#000000000002")


def test_an_empty_partition_is_an_empty_last_page(table: Table) -> None:
    page = table.query(Query("nobody"))
    assert page.items == ()
    assert page.next_start is None


def test_sort_keys_are_in_order_of_bytes(table: Table) -> None:
    names = ["A", "Z", "a", "z", "é", "￿", "🌍"]
    commit(table, *(Put(item(name), Absent()) for name in names))
    assert sorts(walk(table, Query("S#tea#M#m1", limit=2))) == names


@pytest.mark.parametrize("query", [Query("p", limit=0), Query("p", index="GSI1", consistent=True)])
def test_queries_that_cannot_be_are_refused(table: Table, query: Query) -> None:
    with pytest.raises(InvariantBroken):
        table.query(query)


def test_an_index_needs_both_attributes(table: Table) -> None:
    commit(
        table,
        Put(item("A", GSI1PK="due", GSI1SK="2"), Absent()),
        Put(item("B", GSI1PK="due", GSI1SK="1"), Absent()),
        Put(item("C", GSI1PK="due"), Absent()),
        Put(item("D"), Absent()),
        Put(item("E", GSI1PK="other", GSI1SK="1"), Absent()),
    )
    assert sorts(walk(table, Query("due", index="GSI1"))) == ["B", "A"]
    commit(table, Put(item("A"), Exists()))
    assert sorts(walk(table, Query("due", index="GSI1"))) == ["B"]


def test_an_index_shows_only_what_it_carries(table: Table) -> None:
    numbers: Item = {"q": 1, "u": "points", "p": -5, "k": "redeem"}
    row: Item = {"GSI1PK": "due", "GSI1SK": "1", "GSI2PK": "hour", "GSI2SK": "1"}
    commit(table, Put({**item("A", secret="s"), **numbers, **row}, Absent()))
    keys = {"PK": "S#tea#M#m1", "SK": "A"}
    (due,) = table.query(Query("due", index="GSI1")).items
    assert due == {**keys, "GSI1PK": "due", "GSI1SK": "1"}
    (entry,) = table.query(Query("hour", index="GSI2")).items
    assert entry == {**keys, **numbers, "GSI2PK": "hour", "GSI2SK": "1"}


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_of_an_index_show_each_item_once(
    table: Table, limit: int, newest_first: bool
) -> None:
    """Sort keys of an index need not differ: three rows share one."""
    sort_keys = {"A": "3", "B": "1", "C": "2", "D": "2", "E": "2"}
    for sk, sort in sort_keys.items():
        commit(table, Put(item(sk, GSI1PK="due", GSI1SK=sort), Absent()))
    pages = walk(table, Query("due", index="GSI1", limit=limit, newest_first=newest_first))
    found = sorts(pages)
    assert sorted(found) == ["A", "B", "C", "D", "E"]
    shown = [sort_keys[sk] for sk in found]
    assert shown == sorted(shown, reverse=newest_first)


def test_a_prefix_narrows_an_index_too(table: Table) -> None:
    for sk, sort in {"A": "2026-01", "B": "2026-02", "C": "2025-12"}.items():
        commit(table, Put(item(sk, GSI1PK="due", GSI1SK=sort), Absent()))
    assert sorts(walk(table, Query("due", "2026-", index="GSI1", limit=1))) == ["A", "B"]
