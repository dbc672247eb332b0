"""Conservation: what must hold of every book after every test, and at every single write.

``WatchedTable`` looks at each write as it lands: revisions rise by one, entries and markers are
never overwritten, stock never falls below nothing (I2, I9, I10). ``verify_table`` sums what
stands afterwards (I1, I2, I5, I6, I8).
"""

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from chalicelib.domain.actions import Action
from chalicelib.domain.granting import Granted
from chalicelib.domain.ledger import Entry, chain_breaks, genesis
from chalicelib.domain.lots import booked
from chalicelib.domain.member import Account, UnitState
from chalicelib.domain.member_records import Settlement
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.progress import Badges, Progress
from chalicelib.domain.records import Joining, Redemption, RedemptionStatus
from chalicelib.storage.documents import document_of as stored_document_of
from chalicelib.storage.items import Delete, Item, Put, Take, Write, written_key
from chalicelib.storage.journal import entry_of
from chalicelib.storage.members import account_of
from tests.memory_table import MemoryTable

D = TypeVar("D")
REVISED = ("A", "C", "O", "D#")
APPENDED = ("L#", "N#", "X")


class WatchedTable(MemoryTable):
    """The fake, which also fails the test at the very write that breaks a promise."""

    def copy(self) -> "WatchedTable":
        """As of ``MemoryTable``, and watching."""
        other = super().copy()
        watched = WatchedTable(self._now_ms)
        watched._partitions, watched._tokens = other._partitions, other._tokens
        return watched

    def _store(self, write: Write, found: Item | None) -> None:
        partition, sort = written_key(write)
        if partition.startswith("S#") and "#" in partition[2:]:
            self._watch(write, sort, found)
        super()._store(write, found)

    def _watch(self, write: Write, sort: str, found: Item | None) -> None:
        if isinstance(write, Put) and sort.startswith(REVISED):
            before = 0 if found is None else found["r"]
            assert write.item["r"] == int(str(before)) + 1, f"{sort} skipped a revision"
        if isinstance(write, Put) and sort.startswith(APPENDED):
            # A code's item that only remembers orders leads nowhere yet: that is written over it.
            is_unled = sort == "X" and found is not None and "w" in found
            assert found is None or is_unled, f"{sort} was overwritten"
        if isinstance(write, Delete):
            assert not sort.startswith(("L#", "D#", "O", "A")), f"{sort} was deleted"
        if isinstance(write, Take) and found is not None:
            assert int(str(found[write.attribute])) >= write.amount, f"{sort} was oversold"


def verify_member(
    shop: str, member: str, account: Account | None, journal: Sequence[Entry]
) -> None:
    """Chain unbroken, seq gapless, booked and qualifying amounts sums of entries (I1, I2, I8)."""
    assert not chain_breaks(shop, member, journal)
    if account is None:
        assert not journal
        return
    assert account.seq == len(journal)
    assert account.last_hash == (journal[-1].hash if journal else genesis(shop, member))
    booked_points: Counter[str] = Counter()
    qualifying: Counter[tuple[str, str]] = Counter()
    for entry in journal:
        booked_points[entry.unit] += entry.points
        for group, deltas in entry.qualifying.items():
            qualifying.update({(group, bucket): amount for bucket, amount in deltas.items()})
    for name in {*account.units, *booked_points} - {""}:
        held = account.units.get(name, UnitState())
        assert booked(held) == booked_points[name]
        assert all(lot.remaining >= 0 and lot.lapsed >= 0 for lot in held.lots)
        assert held.deficit >= 0
        assert not held.deficit or not sum(lot.remaining for lot in held.lots)
    for group, standing in account.standings.items():
        for bucket, amount in standing.buckets.items():
            assert qualifying[group, bucket] == amount


def verify_table(items: Sequence[Item]) -> None:
    """Every book of every shop in ``items``: members (I1, I2, I8), orders (I5), redemptions."""
    verify_causes(items)
    verify_progress(items)
    journals: dict[str, list[Entry]] = {}
    for item in items:
        if str(item["SK"]).startswith("L#"):
            journals.setdefault(str(item["PK"]), []).append(entry_of(item))
    accounts = {str(item["PK"]): item for item in items if item["SK"] == "A"}
    for partition in {*accounts, *journals}:
        shop, member = _shop_of(partition), partition.rsplit("#", 1)[-1]
        entries = sorted(journals.get(partition, []), key=lambda entry: entry.seq)
        verify_member(shop, member, account_of(accounts.get(partition)), entries)
    for item in items:
        partition, sort = str(item["PK"]), str(item["SK"])
        if sort == "O":
            shop = _shop_of(partition)
            mine = [e for p, made in journals.items() if _shop_of(p) == shop for e in made]
            verify_order(_known(stored_document_of(item, OrderDocument)), mine)
        elif sort.startswith("D#redemption:"):
            # Since a merge its entries may stand in the journal of the member who was kept.
            shop = _shop_of(partition)
            entries = [e for p, made in journals.items() if _shop_of(p) == shop for e in made]
            verify_redemption(_known(stored_document_of(item, Redemption)), entries)


def verify_causes(items: Sequence[Item]) -> None:
    """Every counter of a cause is what documents gave to it (settled or not)."""
    counters: Counter[tuple[str, str]] = Counter()
    settled: Counter[tuple[str, str]] = Counter()
    given: Counter[tuple[str, str]] = Counter()
    for item in items:
        partition, sort = str(item["PK"]), str(item["SK"])
        shop = partition.split("#")[1] if "#" in partition else ""
        if "#G#" in partition and sort.startswith("Y#"):
            made = _known(stored_document_of(item, Settlement))
            settled[shop, made.cause] += made.units
        elif "#G#" in partition:
            cause = partition.rsplit("#", 1)[-1]
            counters[shop, cause] += int(str(item["n"]))
            settled[shop, cause] -= int(str(item["n"])) if sort == "T" else 0
        elif sort.startswith("D#redemption:"):
            redemption = _known(stored_document_of(item, Redemption))
            if redemption.cause and redemption.status != "undone":
                given[shop, redemption.cause] += redemption.given
        else:
            given.update(_given(shop, _granted(item, sort)))
    for shop, each in _progress_of(items):
        given.update(_given(shop, each.grants))
    assert +counters == +given
    assert not any(settled.values())


def verify_progress(items: Sequence[Item]) -> None:
    """What members have of challenges is what documents contribute; badges are what is granted."""
    held, told, badges = _progress_of(items), Counter[tuple[str, str, str]](), _worn(items)
    floors: dict[tuple[str, str], int] = {}
    live = Counter[tuple[str, str, str]]()
    for shop, each in held:
        live.update({(shop, each.id, value): amount for value, amount in each.live.items()})
        badges.subtract((shop, line.name) for line in each.grants if _is_worn(line))
        floors[shop, each.id] = max(floors.get((shop, each.id), 0), each.floor)
    for item in items:
        shop, granted = _shop_of(str(item["PK"])), _granted(item, str(item["SK"]))
        badges.subtract((shop, line.name) for line in granted if _is_worn(line))
        document = _contributing(item)
        if document is None:
            continue
        for name, part in document.progress.items():
            told.update({(shop, name, value): amount for value, amount in part.items()})
    for key in [key for key in told if floors.get(key[:2])]:  # streaks that forgot something
        if int(key[2]) < floors[key[:2]]:
            del told[key]
    assert +live == +told
    assert not any(badges.values())


def _progress_of(items: Sequence[Item]) -> list[tuple[str, Progress]]:
    """Progress that is not in another's, with its shop."""
    found = [
        (_shop_of(str(item["PK"])), _known(stored_document_of(item, Progress)))
        for item in items
        if str(item["SK"]).startswith("D#progress:")
    ]
    gone = {(shop, each.id, member) for shop, each in found for member in each.absorbed}
    return [(shop, each) for shop, each in found if (shop, each.id, each.member) not in gone]


def _worn(items: Sequence[Item]) -> Counter[tuple[str, str]]:
    """Reasons to wear badges, without those by staff."""
    found = [
        (_shop_of(str(item["PK"])), _known(stored_document_of(item, Badges)))
        for item in items
        if str(item["SK"]).startswith("D#badges:")
    ]
    gone = {(shop, member) for shop, each in found for member in each.absorbed}
    worn = Counter[tuple[str, str]]()
    for shop, each in found:
        if (shop, each.member) not in gone:
            worn.update({(shop, name): one.reasons for name, one in each.worn.items()})
            worn.subtract({(shop, name): times for name, times in each.granted.items()})
    return worn


def _contributing(item: Item) -> OrderDocument | Action | None:
    sort = str(item["SK"])
    if sort == "O":
        return stored_document_of(item, OrderDocument)
    return stored_document_of(item, Action) if sort.startswith("D#action:") else None


def _is_worn(line: Granted) -> bool:
    return line.kind == "badge" and bool(line.amount)


def _granted(item: Item, sort: str) -> Sequence[Granted]:
    """What the document in ``item`` grants; nothing where it is none that can."""
    if sort == "O":
        return _known(stored_document_of(item, OrderDocument)).grants
    if sort.startswith("D#joining:"):
        return _known(stored_document_of(item, Joining)).grants
    if sort.startswith("D#action:"):
        return _known(stored_document_of(item, Action)).grants
    return ()


def _given(shop: str, grants: Sequence[Granted]) -> dict[tuple[str, str], int]:
    found: Counter[tuple[str, str]] = Counter()
    for grant in grants:
        found[shop, grant.name] += grant.stands if grant.kind == "cause" else 0
    return found


def _shop_of(partition: str) -> str:
    return partition.partition("#")[2].partition("#")[0]  # reports of audits are of no shop


def _known(document: D | None) -> D:
    assert document is not None
    return document


def verify_order(document: OrderDocument, entries: Sequence[Entry]) -> None:
    """Entries over all members are its net = target + forgiven + lapsed, and what is left (I5)."""
    name = f"order:{document.source}:{document.order_id}"
    net: Counter[str] = Counter()
    for entry in entries:
        if entry.document == name and entry.points:
            net[entry.unit] += entry.points
    target = Counter[str]()
    for share in document.posted:
        target[share.unit] += share.points
    for unit in {*net, *target, *document.net, *document.forgiven, *document.lapsed}:
        kept = document.forgiven.get(unit, 0) + document.lapsed.get(unit, 0)
        if document.terms is not None:
            left = sum(sum(each.get(unit, ())) for each in document.left.values())
            assert net[unit] - left == document.net.get(unit, 0) == target[unit] + kept


def verify_redemption(redemption: Redemption, entries: Sequence[Entry]) -> None:
    """What it cost left once, and came back at most once (I6)."""
    name = f"redemption:{redemption.id}"
    net = sum(entry.points for entry in entries if entry.document == name)
    assert sum(part.points for part in redemption.touched) == redemption.cost
    back = redemption.returned + redemption.leaked
    assert 0 <= redemption.returned <= back <= redemption.cost
    own = [entry for entry in entries if entry.document == name]
    ended = [e for e in own if any(x.code == "code_expired" for x in e.explanation)]
    assert len(ended) <= 1
    if ended and redemption.status is RedemptionStatus.READY:
        back = redemption.cost  # its time was over: the document is not written for that
    assert net == back - redemption.cost
