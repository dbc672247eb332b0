"""Records are kept for a minute of real time, for each table apart, and never beyond a number."""

import pytest

from chalicelib.domain.limits import RECORD_CACHE_MS_MAX, RECORDS_CACHED_MAX
from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.storage.record_cache import RecordCache
from chalicelib.storage.table import Table
from tests.memory_table import MemoryTable


class Source:
    """What is read, and how often."""

    def __init__(self) -> None:
        self.records: dict[str, str] = {"a": "one"}
        self.reads = 0

    def read(self, _: Table, record_id: str) -> str | None:
        self.reads += 1
        return self.records.get(record_id)


@pytest.fixture
def source() -> Source:
    return Source()


def test_a_record_is_read_once_a_minute(source: Source) -> None:
    cache, table = RecordCache(source.read), MemoryTable()
    assert cache.find(table, "a", 1_000) == "one"
    source.records["a"] = "two"
    assert cache.find(table, "a", 1_000 + RECORD_CACHE_MS_MAX - 1) == "one"
    assert cache.find(table, "a", 1_000 + RECORD_CACHE_MS_MAX) == "two"
    assert source.reads == 2


def test_a_clock_that_jumps_back_makes_nothing_live_longer(source: Source) -> None:
    cache, table = RecordCache(source.read), MemoryTable()
    cache.find(table, "a", 10**12)
    source.records["a"] = "two"
    assert cache.find(table, "a", 1_000) == "two"


def test_what_is_absent_is_not_kept(source: Source) -> None:
    cache, table = RecordCache(source.read), MemoryTable()
    assert cache.find(table, "b", 0) is None
    source.records["b"] = "new"
    assert cache.find(table, "b", 0) == "new"


def test_a_record_that_went_is_forgotten_when_it_is_read_again(source: Source) -> None:
    cache, table = RecordCache(source.read), MemoryTable()
    cache.find(table, "a", 0)
    del source.records["a"]
    assert cache.find(table, "a", RECORD_CACHE_MS_MAX) is None
    assert cache.find(table, "a", 1) is None


def test_forgetting_reads_again_and_tables_are_apart(source: Source) -> None:
    cache, one, two = RecordCache(source.read), MemoryTable(), MemoryTable()
    cache.find(one, "a", 0)
    source.records["a"] = "two"
    assert cache.find(two, "a", 0) == "two"
    assert cache.find(one, "a", 0) == "one"
    cache.forget(one, "a")
    assert cache.find(one, "a", 0) == "two"


def test_a_failed_read_is_raised_and_not_kept(source: Source) -> None:
    failing = [True]

    def read(table: Table, record_id: str) -> str | None:
        if failing:
            raise StorageUnavailable("no")
        return source.read(table, record_id)

    cache, table = RecordCache(read), MemoryTable()
    with pytest.raises(StorageUnavailable):
        cache.find(table, "a", 0)
    failing.clear()
    assert cache.find(table, "a", 0) == "one"


def test_no_more_than_a_number_is_kept(source: Source) -> None:
    cache, table = RecordCache(lambda _, record_id: record_id), MemoryTable()
    for number in range(RECORDS_CACHED_MAX + 50):
        cache.find(table, str(number), 0)
    assert len(cache._kept[table]) == RECORDS_CACHED_MAX
    assert "0" not in cache._kept[table]
