"""What every ``Table`` promises about scans: each key once, over all segments, page by page."""

import pytest

from chalicelib.domain.outcome import InvariantBroken
from chalicelib.storage.items import Absent, Key, Put, key_of
from chalicelib.storage.table import Scan, Start, Table
from tests.storage.builders import commit, item


@pytest.fixture
def filled(table: Table) -> Table:
    """Twelve partitions of one to four items."""
    for number in range(12):
        puts = [
            Put(item(f"L#{seq}", f"S#tea#M#m{number}", p=seq), Absent())
            for seq in range(1 + number % 4)
        ]
        commit(table, *puts)
    return table


def everything() -> set[Key]:
    return {
        (f"S#tea#M#m{number}", f"L#{seq}") for number in range(12) for seq in range(1 + number % 4)
    }


def scanned(table: Table, segment: int, segments: int, limit: int) -> list[Key]:
    found: list[Key] = []
    start: Start | None = None
    while True:
        page = table.scan(Scan(segment, segments, limit, start))
        assert len(page.items) <= limit
        assert all(set(each) == {"PK", "SK"} for each in page.items)
        found += [key_of(each) for each in page.items]
        start = page.next_start
        if start is None:
            return found


@pytest.mark.parametrize(("segments", "limit"), [(1, 100), (1, 3), (3, 2), (8, 1), (8, 100)])
def test_all_segments_together_are_every_key_once(filled: Table, segments: int, limit: int) -> None:
    found = [key for number in range(segments) for key in scanned(filled, number, segments, limit)]
    assert len(found) == len(set(found))
    assert set(found) == everything()


def test_a_partition_lies_in_one_segment_in_one_piece_and_in_order(filled: Table) -> None:
    for number in range(4):
        keys = scanned(filled, number, 4, 2)
        partitions = list(dict.fromkeys(key[0] for key in keys))
        assert keys == [
            key for name in partitions for key in sorted(everything()) if key[0] == name
        ]


def test_a_scan_goes_on_after_any_key_of_its_segment(filled: Table) -> None:
    keys = scanned(filled, 1, 3, 100)
    for place, key in enumerate(keys):
        page = filled.scan(Scan(1, 3, 100, key))
        assert [key_of(each) for each in page.items] == keys[place + 1 :]


def test_an_empty_table_is_an_empty_last_page(table: Table) -> None:
    page = table.scan(Scan(0, 4))
    assert (page.items, page.next_start) == ((), None)


@pytest.mark.parametrize("scan", [Scan(0, 1, 0), Scan(2, 2), Scan(-1, 2)])
def test_scans_that_cannot_be_are_refused(table: Table, scan: Scan) -> None:
    with pytest.raises(InvariantBroken):
        table.scan(scan)
