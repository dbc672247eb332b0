"""The nightly audit: silent on true books, and it names what was changed behind their back."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from chalicelib import telemetry
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.ledger import entry_hash, genesis
from chalicelib.operations.view_audit_reports import view_reports
from chalicelib.storage.items import Delete, Exists, Item, Put, key_of
from chalicelib.storage.journal import entry_item, entry_of
from chalicelib.storage.table import Table
from tests.builders import NOON, Scene, program, unit
from tests.memory_table import MemoryTable
from tests.operations.audited import (
    NIGHT,
    audited,
    breaks_of,
    item_at,
    lively,
    put,
    report_of,
    rewrite,
)

Tamper = Callable[[MemoryTable, Scene], object]


@pytest.fixture(scope="module")
def books() -> MemoryTable:
    table = MemoryTable()
    lively(table)
    lively(table, "coffee")
    return table


@pytest.fixture(autouse=True)
def told() -> Any:
    lines: list[str] = []
    with telemetry.use(lines.append):
        yield lines


def own(table: MemoryTable, customer: str, sort: str) -> Item:
    """An item of a member of the tea shop."""
    return item_at(table, f"S#tea#M#{Scene(table).member(customer)}", sort)


def gone(table: Table, item: Item) -> None:
    table.write(Delete(key_of(item), Exists()))


# ---------------------------------------------------------------- true books


def test_true_books_give_no_break_and_every_item_is_counted(books: MemoryTable) -> None:
    night = audited(books.copy())
    assert night.breaks == 0
    for shop in ("tea", "coffee"):
        report = report_of(night, shop)
        assert (report.breaks, report.unproven) == ((), ())
        in_shop = [item for item in books.items() if str(item["PK"]).startswith(f"S#{shop}#")]
        sorts = [str(item["SK"]) for item in in_shop]
        assert report.counts == {
            "members": sorts.count("A"),
            "orders": sorts.count("O"),
            "entries": sum(sort.startswith("L#") for sort in sorts),
            "documents": sum(sort.startswith("D#") for sort in sorts),
        }


def test_the_digest_is_the_same_however_the_table_is_cut_and_whenever_it_is_made(
    books: MemoryTable,
) -> None:
    digests = {
        report_of(audited(books.copy(), segments=cut, workers=workers)).digest
        for cut, workers in ((1, 1), (3, 1), (16, 4))
    }
    table = books.copy()
    digests.add(report_of(audited(table, NIGHT + 30 * DAY_MS)).digest)
    assert len(digests) == 1
    assert report_of(audited(books.copy()), "coffee").digest not in digests
    late = Scene(table, now=NIGHT + 30 * DAY_MS)
    late.adjust(1, "new", "71")
    assert report_of(audited(table, NIGHT + 60 * DAY_MS)).digest not in digests


def test_a_break_raises_the_metric_and_no_break_does_not(
    books: MemoryTable, told: list[str]
) -> None:
    def metrics() -> dict[str, int]:
        rows = [json.loads(line) for line in told]
        return {name: row[name] for row in rows for name in row if name.startswith("audit")}

    audited(books.copy())
    assert metrics() == {"audit_members": 14, "audits_finished": 1}
    table = books.copy()
    put(table, own(table, "72", "A"), r=1, q=99)
    audited(table)
    assert metrics()["audit_breaks"] >= 1


def test_reports_are_listed_newest_first(books: MemoryTable) -> None:
    table = books.copy()
    nights = [audited(table, NIGHT + day * DAY_MS).run.id for day in range(3)]
    listed = view_reports(table, "tea", (2, None))
    assert isinstance(listed, tuple)
    assert [report.run for report in listed[0]] == nights[:0:-1]


def test_an_audit_writes_nothing_into_the_books(books: MemoryTable) -> None:
    table = books.copy()
    put(table, own(table, "72", "A"), q=99)
    before = {key_of(item): item for item in table.items()}
    audited(table)
    after = {key_of(item): item for item in table.items()}
    assert {key: after[key] for key in before} == before
    assert all("AUDIT" in key[0] for key in after.keys() - before.keys())


# ---------------------------------------------------------------- tampered books


def account_changed(customer: str, **changes: object) -> Tamper:
    return lambda table, _: put(table, own(table, customer, "A"), **changes)


def units_changed(customer: str, change: Callable[[dict[str, Any]], object]) -> Tamper:
    def tamper(table: MemoryTable, _: Scene) -> None:
        item = own(table, customer, "A")
        units: Any = msgspec.json.decode(msgspec.json.encode(item["u"]))
        change(units["points"])
        put(table, item, u=units)

    return tamper


def removed(customer: str, sort: str) -> Tamper:
    return lambda table, _: gone(table, own(table, customer, sort))


def body_changed(customer: str, sort: str, **changes: object) -> Tamper:
    return lambda table, _: rewrite(table, own(table, customer, sort), lambda b: b.update(changes))


def order_changed(order: str, change: Callable[[dict[str, Any]], object]) -> Tamper:
    return lambda table, _: rewrite(table, item_at(table, f"S#tea#O#main:{order}", "O"), change)


def order_removed(table: MemoryTable, _: Scene) -> None:
    gone(table, item_at(table, "S#tea#O#main:104", "O"))


def order_invented(table: MemoryTable, _: Scene) -> None:
    item = item_at(table, "S#tea#O#main:104", "O")
    put(table, item, PK="S#tea#O#main:999")
    rewrite(table, item_at(table, "O#main:999", "O"), lambda body: body.update(id="999"))


def more_net(body: dict[str, Any]) -> None:
    body["n"]["points"] += 7
    body["p"][0]["points"] += 7


def more_target(body: dict[str, Any]) -> None:
    body["p"][0]["points"] += 7


def nobodys(body: dict[str, Any]) -> None:
    body["m"] = "a" * 26


def bucket_changed(table: MemoryTable, _: Scene) -> None:
    item = own(table, "74", "A")
    standings: Any = msgspec.json.decode(msgspec.json.encode(item["t"]))
    buckets = standings["club"]["b"]
    buckets[next(iter(buckets))] += 1
    put(table, item, t=standings)


def bucket_removed(table: MemoryTable, _: Scene) -> None:
    item = own(table, "74", "A")
    standings: Any = msgspec.json.decode(msgspec.json.encode(item["t"]))
    del standings["club"]["b"]
    put(table, item, t=standings)


def entry_of_another_shop(table: MemoryTable, _: Scene) -> None:
    mine = own(table, "71", "L#000000000001")
    put(table, mine, GSI2PK=str(mine["GSI2PK"]).replace("S#tea", "S#coffee"))


def code_to_nowhere(table: MemoryTable, _: Scene) -> None:
    codes = [item for item in table.items() if str(item["PK"]).startswith("S#tea#X#")]
    put(table, codes[0], d="nothing")


def stock_changed(by: int) -> Tamper:
    def tamper(table: MemoryTable, _: Scene) -> None:
        shard = item_at(table, "S#tea#B#mug", "00")
        put(table, shard, n=int(str(shard["n"])) + by)

    return tamper


def counter_changed(part: str, by: int) -> Tamper:
    def tamper(table: MemoryTable, _: Scene) -> None:
        found = [item for item in table.items() if str(item["PK"]) == "S#tea#G#forest"]
        known = next((item for item in found if item["SK"] == part), None)
        blank: Item = {"PK": "S#tea#G#forest", "SK": part, "n": 0}
        put(table, known or blank, n=int(str((known or blank)["n"])) + by)

    return tamper


def moved_to_settled(table: MemoryTable, scene: Scene) -> None:
    found = (item for item in table.items() if str(item["PK"]) == "S#tea#G#forest")
    shard = next(item for item in found if str(item["SK"]).isdigit() and item["n"])
    counter_changed(str(shard["SK"]), -1)(table, scene)
    counter_changed("T", 1)(table, scene)


def without_gifts(body: dict[str, Any]) -> None:
    del body["g"]


def a_lot_below_nothing(state: dict[str, Any]) -> None:
    first = state["l"][0]
    state["l"] = [[first[0] + 5, *first[1:]], [-5, 0, NOON + 900 * DAY_MS]]


def one_more(state: dict[str, Any]) -> None:
    state["l"][0][0] += 1


TAMPERED: dict[str, tuple[str, str, Tamper]] = {
    "an account that cannot be read": ("I0", "A", account_changed("72", u="gone")),
    "an order that cannot be read": (
        "I0",
        "order:main:104",
        lambda table, _: put(table, item_at(table, "tea#O#main:104", "O"), b=b"\x05"),
    ),
    "a program version that is gone": (
        "I0",
        "partition",
        lambda table, _: gone(table, item_at(table, "S#tea", "P#")),
    ),
    "a point more in a lot": ("I1", "points", units_changed("72", one_more)),
    "entries without an account": ("I1", "account", removed("72", "A")),
    "an entry taken out": ("I2", "journal", removed("72", "L#000000000002")),
    "the last entry taken out": ("I2", "account", removed("79", "L#000000000001")),
    "another number in the account": ("I2", "account", account_changed("72", q=99)),
    "another last hash": ("I2", "account", account_changed("72", z="0" * 64)),
    "an adjustment taken out": ("I4", "adjustment:", removed("71", "D#adjustment:")),
    "a redemption taken out": ("I4", "redemption:", removed("71", "D#redemption:")),
    "another adjustment": ("I4", "adjustment:", body_changed("71", "D#adjustment:", points=99)),
    "another joining": ("I4", "joining:", body_changed("79", "D#joining:", posted=[])),
    "an order taken out": ("I4", "order:main:104", order_removed),
    "an order that nobody placed": ("I4", "order:main:999", order_invented),
    "another net of an order": ("I4", "order:main:104", order_changed("104", more_net)),
    "a marker of nothing": (
        "I4",
        "N#first:member",
        lambda table, _: put(table, own(table, "74", "N#first"), d="order:main:0"),
    ),
    "another target of an order": ("I5", "order:main:104", order_changed("104", more_target)),
    "more returned than it cost": ("I6", "redemption:", body_changed("71", "D#red", returned=60)),
    "a lot below nothing": ("I6", "points", units_changed("72", a_lot_below_nothing)),
    "the document of another member": (
        "I7",
        "adjustment:",
        body_changed("71", "D#adjustment:", member="b" * 26),
    ),
    "an order of nobody": ("I7", "order:main:104", order_changed("104", nobodys)),
    "an entry in another shop's journal": ("I7", "L#000000000001", entry_of_another_shop),
    "a code that leads nowhere": ("I7", "X#", code_to_nowhere),
    "another qualifying amount": ("I8", "club", bucket_changed),
    "no qualifying amount": ("I8", "club", bucket_removed),
    "a piece more in stock": ("I9", "mug", stock_changed(1)),
    "a piece less in stock": ("I9", "mug", stock_changed(-1)),
    "stock below nothing": ("I9", "mug", stock_changed(-30)),
    "a tree more on the counter": ("I9", "counter of forest", counter_changed("00", 1)),
    "a tree less on the counter": ("I9", "counter of forest", counter_changed("00", -1)),
    "trees that nobody settled": ("I9", "counter of forest", moved_to_settled),
    "a shard of the counter below nothing": (
        "I9",
        "counter of forest",
        counter_changed("00", -50),
    ),
    "a gift that an order does not know": (
        "I9",
        "counter of forest",
        order_changed("104", without_gifts),
    ),
    "a settlement that cannot be read": (
        "I0",
        "counters of causes",
        lambda table, _: put(table, item_at(table, "S#tea#G#forest", "Y#"), b=b"\x05"),
    ),
    "a donation of more": ("I9", "counter of forest", body_changed("76", "D#red", given=5)),
    "a revision that went back": ("I10", "account", account_changed("71", r=1)),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_changed_behind_the_books_is_named(books: MemoryTable, name: str) -> None:
    invariant, where, tamper = TAMPERED[name]
    table = books.copy()
    tamper(table, Scene(table))
    night = audited(table)
    found = [(each.invariant, each.where) for each in breaks_of(night)]
    assert any(i == invariant and where in w for i, w in found), found
    assert breaks_of(night, "coffee") == ()


@pytest.mark.parametrize(
    "rules",
    [{"negative": "clamp"}, {"negative": "pending_only", "pending": {"for": "P1D"}}],
    ids=str,
)
def test_a_debt_that_no_version_allows_is_a_break(rules: dict[str, Any]) -> None:
    table = MemoryTable()
    scene = Scene(table)
    scene.publish(program(units=unit(**rules)))
    scene.pay(10_000)
    assert audited(table).breaks == 0
    item = item_at(table, scene.member(), "A")
    put(table, item, u={"points": {"l": [[105]], "d": 5}})
    (found,) = breaks_of(audited(table, NIGHT + DAY_MS))
    assert (found.invariant, found.where, found.member) == ("I3", "points", scene.member())


def entry_fields() -> list[str]:
    table = MemoryTable()
    lively(table)
    return sorted(own(table, "74", "L#000000000002").keys() - {"PK", "SK", "GSI2SK"})


@pytest.mark.parametrize("field", entry_fields())
def test_no_attribute_of_an_entry_can_be_changed_or_taken_away(
    books: MemoryTable, field: str
) -> None:
    for changed in (True, False):
        table = books.copy()
        item = own(table, "74", "L#000000000002")
        value: Any = item.pop(field)
        if changed:
            item[field] = value + 1 if isinstance(value, int) else type(value)() or "x"
        put(table, item)
        assert breaks_of(audited(table)), (field, changed)


def test_a_journal_that_was_rewritten_with_all_its_hashes_is_not_what_it_was_last_night(
    books: MemoryTable,
) -> None:
    """The forger has the code, and makes account, chain and document agree."""
    table = books.copy()
    audited(table)
    scene = Scene(table)
    member = scene.member("79")
    (entry,) = scene.journal("79")
    bare = msgspec.structs.replace(entry, recorded_at=entry.recorded_at + 1, hash="")
    forged = msgspec.structs.replace(bare, hash=entry_hash(genesis("tea", member), bare))
    table.write(Put(entry_item("tea", member, forged, 1), Exists()))
    put(table, own(table, "79", "A"), z=forged.hash)
    assert entry_of(own(table, "79", "L#")) == forged
    assert audited(table.copy(), NIGHT, segments=2).state == "not due"
    night = audited(table, NIGHT + DAY_MS)
    (found,) = breaks_of(night)
    assert (found.invariant, found.where[:12]) == ("I2", "all journals")
    assert breaks_of(night, "coffee") == ()


def test_after_a_break_that_hid_a_journal_the_next_nights_do_not_cry_again(
    books: MemoryTable,
) -> None:
    table = books.copy()
    item = own(table, "72", "L#000000000002")
    put(table, item, p="many")
    hidden = report_of(audited(table))
    assert hidden.digest == ""
    assert hidden.breaks
    put(table, item)
    assert [audited(table, NIGHT + day * DAY_MS).breaks for day in (1, 2)] == [0, 0]
