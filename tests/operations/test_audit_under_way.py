"""The audit while the world goes on: cut off anywhere, twice at once, writers in between."""

from collections.abc import Iterator
from functools import partial
from threading import Thread
from typing import Any

import pytest

from chalicelib import telemetry
from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.operations import audit_books
from chalicelib.operations.audit_books import Night
from chalicelib.storage.items import Item, Key
from chalicelib.storage.table import Page, Query
from tests.builders import Scene
from tests.faults import Call, Crash, Fault
from tests.memory_table import MemoryTable
from tests.operations.audited import NIGHT, audited, breaks_of, item_at, lively, put, report_of


@pytest.fixture(scope="module")
def books() -> MemoryTable:
    table = MemoryTable()
    lively(table)
    return table


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with telemetry.use(lambda _: None):
        yield


class Patience:
    """Has time for so many looks at the clock."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def has_time(self) -> bool:
        self.looks -= 1
        return self.looks >= 0


def in_pieces(table: MemoryTable, looks: int) -> tuple[Night, int]:
    """The audit gone on with until it is finished, and how often that was."""
    for times in range(1, 200):
        night = audited(table, has_time=Patience(looks).has_time)
        if night.state != "under way":
            return night, times
    raise AssertionError("it never ends")


def test_an_audit_that_is_cut_off_anywhere_goes_on_and_counts_nothing_twice(
    books: MemoryTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = books.copy()
    put(table, item_at(table, Scene(table).member("72"), "A"), q=99)
    whole = report_of(audited(table.copy()))
    assert whole.breaks
    for every in (1, 3, 200):
        monkeypatch.setattr(audit_books, "AUDIT_CHECKPOINT_PARTITIONS", every)
        for looks in (2, 3, 7, 20):
            night, times = in_pieces(table.copy(), looks)
            assert times > 1
            report = report_of(night)
            assert (report.counts, report.digest) == (whole.counts, whole.digest)
            assert set(report.breaks) == set(whole.breaks)


def test_an_audit_goes_on_in_the_next_night_and_under_its_own_number_of_segments(
    books: MemoryTable,
) -> None:
    table = books.copy()
    first = audited(table, has_time=Patience(2).has_time)
    second = audited(table, NIGHT + DAY_MS, segments=9)
    assert (first.state, second.state) == ("under way", "finished")
    assert (second.run.id, second.run.segments) == (first.run.id, 4)
    assert audited(table, NIGHT + DAY_MS).state == "finished"


@pytest.mark.parametrize("fault", [Fault.CRASH, Fault.CRASH_AFTER])
def test_an_audit_that_dies_at_any_call_is_finished_by_the_next(
    books: MemoryTable, fault: Fault
) -> None:
    clean = books.copy()
    whole = report_of(audited(clean))
    writes = [call.number for call in clean.calls if call.operation in {"transact", "write"}]
    for number in (*writes, *range(3, len(clean.calls), 11)):
        table = books.copy()
        table.fault = partial(_dies, fault, number)
        with pytest.raises(Crash):
            audited(table)
        table.fault = lambda *_: None
        night = audited(table, NIGHT + DAY_MS)
        report = (
            night.reports[0] if night.reports else report_of(audited(table, NIGHT + 9 * DAY_MS))
        )
        assert (report.counts, report.digest) == (whole.counts, whole.digest), number


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_AFTER, Fault.TIMEOUT_BEFORE, Fault.THROTTLED])
def test_a_checkpoint_without_an_answer_is_written_once(books: MemoryTable, fault: Fault) -> None:
    whole = report_of(audited(books.copy()))
    table = books.copy()
    seen: list[int] = []

    def every_other(operation: str, number: int) -> Fault | None:
        if operation != "transact":
            return None
        seen.append(number)
        return fault if len(seen) % 2 else None

    table.fault = every_other
    report = report_of(audited(table))
    assert len(seen) >= 8
    assert (report.counts, report.digest) == (whole.counts, whole.digest)


def test_two_audits_at_once_count_nothing_twice(
    books: MemoryTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_books, "AUDIT_CHECKPOINT_PARTITIONS", 1)
    whole = report_of(audited(books.copy()))
    for _ in range(5):
        table = books.copy()
        nights: list[Night] = []

        def work(table: MemoryTable = table, nights: list[Night] = nights) -> None:
            nights.append(audited(table, workers=2))

        pair = [Thread(target=work) for _ in range(3)]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()
        last = audited(table, NIGHT + 1)  # whoever lost left the rest to the next start
        finished = [night for night in (*nights, last) if night.state == "finished"]
        for night in finished:
            assert report_of(night).counts == whole.counts


def test_writers_between_any_two_calls_of_the_audit_are_never_reported(books: MemoryTable) -> None:
    """Before every single call of the audit, one after the other, somebody earns and redeems."""
    clean = books.copy()
    audited(clean)
    unproven = 0
    for number in range(0, len(clean.calls), 2):
        table = books.copy()
        _writes_before(table, {number})
        report = report_of(audited(table))
        assert report.breaks == (), number
        unproven += len(report.unproven)
    print(
        f"{len(clean.calls)} calls, a writer before every other one: 0 breaks, {unproven} unproven"
    )


def test_a_member_who_is_written_to_all_the_time_is_busy_and_not_broken(
    books: MemoryTable,
) -> None:
    table = books.copy()
    _writes_before(table, set(range(10_000)), "1")
    report = report_of(audited(table))
    assert report.breaks == ()
    assert report.counts["busy"] >= 1
    assert report.digest == report_of(audited(books.copy())).digest


def _dies(fault: Fault, at: int, _: str, number: int) -> Fault | None:
    return fault if number == at else None


def _writes_before(table: MemoryTable, numbers: set[int], customers: str = "123456") -> None:
    """Let customers earn, redeem and undo just before these reads."""
    scene = Scene(table, now=NIGHT)
    done: list[int] = []

    def interfere(call: Call) -> None:
        if call.number not in numbers or call.operation in {"transact", "write"}:
            return
        table.before = lambda _: None
        done.append(call.number)
        who = customers[len(done) % len(customers)]
        scene.pay(4_000, f"new{len(done)}", customer=Customer(f"7{who}"))
        made: Any = scene.redeem("mug", f"n{len(done)}", "74")
        if len(done) % 2:
            scene.undo(made.document, "74") if hasattr(made, "document") else None
        table.before = interfere

    table.before = interfere


class Damaged(MemoryTable):
    """Holds a value that cannot be decoded, as DynamoDB would after a hand in the console."""

    where = ""

    def load(self, keys: Any) -> dict[Key, Item]:
        if any(key[0] == self.where for key in keys):
            raise InvariantBroken("the table holds '1.5' where a whole number belongs")
        return super().load(keys)

    def query(self, query: Query) -> Page:
        if query.pk == self.where:
            raise InvariantBroken("the table holds '1.5' where a whole number belongs")
        return super().query(query)


@pytest.mark.parametrize("ends", ["A", "O", "X"])
def test_an_item_that_no_codec_reads_is_a_break_and_stops_nothing(ends: str) -> None:
    table = Damaged()
    lively(table)
    (place, *_) = [str(i["PK"]) for i in table.items() if str(i["SK"]) == ends]
    table.where = place
    found = breaks_of(audited(table))
    assert "I0" in {each.invariant for each in found}
