"""What must hold of the books after every step, read from the raw items and reckoned anew.

Nothing here calls the ledger: hashes are computed from the items' own attributes by the published
recipe (docs: canonical JSON, SHA-256), sums are added up, documents are plain JSON. Only
``unpack`` is shared, because a packed body is bytes. A break is a text that begins with the name
of its invariant (docs/ledger.md), so that a mutant can be said to break that one.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from chalicelib.storage.codec import unpack
from chalicelib.storage.items import Delete, Item, Key, Put, Take, Write, written_key
from tests.builders import SHOP
from tests.memory_table import MemoryTable
from tests.simulation.books_of_budgets import budgets_broken
from tests.simulation.books_of_causes import causes_broken
from tests.simulation.books_of_challenges import challenges_broken
from tests.simulation.books_of_documents import document_breaks, given_once, members_of
from tests.simulation.books_of_partners import partners_broken

LONG_NAMES = {
    "q": "seq", "u": "unit", "p": "points", "k": "kind", "d": "document", "b": "booked_after",
    "o": "occurred_at", "w": "recorded_at", "v": "program_version",
}  # fmt: skip
DEFAULTS: dict[str, Any] = {"program_version": 0}
Names = Counter[tuple[str, str]]


class AuditedTable(MemoryTable):
    """The fake, which notes every single write that breaks a promise."""

    def __init__(self) -> None:
        self.age_ms = 0  # moves on to make the table forget client tokens
        super().__init__(lambda: self.age_ms)
        self.noted: list[str] = []
        self.reads_backwards = False  # a BatchGet promises no order of its keys
        self._parsed: dict[int, tuple[Item, Any]] = {}

    def copy(self) -> "AuditedTable":
        other = AuditedTable()
        other.age_ms = self.age_ms
        other._partitions = {pk: dict(items) for pk, items in self._partitions.items()}
        other._tokens, other._parsed = dict(self._tokens), self._parsed
        return other

    def fresh(self) -> "AuditedTable":
        """A copy that also remembers for itself what it has decoded."""
        other = self.copy()
        other._parsed = {}
        return other

    def _load(self, keys: tuple[Key, ...]) -> dict[Key, Item]:
        return super()._load(keys[::-1] if self.reads_backwards else keys)

    def state(self) -> dict[str, dict[str, Item]]:
        """Everything that is stored, not copied: to be compared, never to be changed."""
        return {pk: items for pk, items in self._partitions.items() if items}

    def parsed(self, item: Item) -> Any:
        """The document of an item, decoded once."""
        known = self._parsed.get(id(item))
        if known is None or known[0] is not item:
            self._parsed[id(item)] = known = (item, json.loads(unpack(bytes(item["b"]))))  # type: ignore[arg-type]
        return known[1]

    def is_hashed(self, entry: Item) -> bool:
        """Whether an entry's hash is that of what it says and of the hash before it; asked once."""
        known = self._parsed.get(id(entry))
        if known is None or known[0] is not entry:
            holds = entry["z"] == _hash(str(entry["h"]), entry)
            self._parsed[id(entry)] = known = (entry, holds)
        return bool(known[1])

    def _store(self, write: Write, found: Item | None) -> None:
        partition, sort = written_key(write)
        if isinstance(write, Put) and sort[:2] in {"A", "C", "O", "D#"}:
            before = 0 if found is None else int(str(found["r"]))
            if int(str(write.item["r"])) <= before:
                self.noted.append(f"I10: {partition} {sort} did not rise from revision {before}")
        if isinstance(write, Put) and sort.startswith(("L#", "X#")) and found is not None:
            self.noted.append(f"I2: {partition} {sort} was overwritten")
        if isinstance(write, Delete) and sort.startswith(("L#", "D#", "O", "A")):
            self.noted.append(f"I4: {partition} {sort} was deleted")
        if isinstance(write, Take) and found is not None and write.amount > int(str(found["n"])):
            self.noted.append(f"I9: {partition} {sort} was oversold")
        super()._store(write, found)


def breaks(table: AuditedTable, stock: dict[str, int], *, may_owe: bool = True) -> list[str]:
    """Every broken promise of the whole table. ``stock``: pieces published, by reward."""
    found = list(table.noted)
    state = table.state()
    for shop in sorted({partition.split("#")[1] for partition in state}):
        members, journal = members_of(shop, state), list[Item]()
        for member, items in members.items():
            mine = [items[sort] for sort in sorted(items) if sort.startswith("L#")]
            journal.extend(mine)
            if "A" in items:
                found += _member(table, (shop, member, items["A"], mine), may_owe=may_owe)
            elif mine:
                found.append(f"I1: {member} has entries and no account")
        found += document_breaks(members, journal, table.parsed)
        prefix = f"S#{shop}#O#"
        orders = [table.parsed(state[pk]["O"]) for pk in state if pk.startswith(prefix)]
        found += given_once(members, orders, table.parsed)
        for order in orders:
            found += _order(order, journal)
    found += _stock(table, stock)
    found += causes_broken(table)
    found += budgets_broken(table)
    found += partners_broken(table)
    found += challenges_broken(table)
    return found


def _member(
    table: AuditedTable, book: tuple[str, str, Item, list[Item]], *, may_owe: bool
) -> Iterator[str]:
    shop, member, account, journal = book
    last = hashlib.sha256(f"laurel:1:{shop}:{member}".encode()).hexdigest()
    sums: Counter[str] = Counter()
    amounts: Names = Counter()
    for seq, entry in enumerate(journal, start=1):
        unit = str(entry["u"])
        sums[unit] += int(str(entry["p"]))
        if entry["q"] != seq or entry["h"] != last or not table.is_hashed(entry):
            yield f"I2: entry {seq} of {member} does not follow from the one before it"
        if entry["b"] != sums[unit]:
            yield f"I1: entry {seq} of {member} says {entry['b']!r}, the sum is {sums[unit]}"
        for group, deltas in _dict(entry.get("y")).items():
            amounts.update({(group, bucket): by for bucket, by in deltas.items()})
        last = str(entry["z"])
    if account.get("q", 0) != len(journal) or (journal and account["z"] != last):
        yield f"I2: {member} has {len(journal)} entries, the account says {account.get('q')!r}"
    for unit in {*_dict(account.get("u")), *sums} - {""}:
        yield from _unit(member, unit, _dict(_dict(account.get("u")).get(unit)), sums, may_owe)
    yield from _qualified(member, account, amounts)


def _qualified(member: str, account: Item, amounts: Names) -> Iterator[str]:
    """Qualifying amounts are sums of entries, as points are."""
    for group, standing in _dict(account.get("t")).items():
        for bucket, amount in standing.get("b", {}).items():
            if amounts[group, bucket] != amount:
                yield f"I8: {member} qualifies with {amount}, entries sum {amounts[group, bucket]}"


def _unit(
    member: str, unit: str, state: dict[str, Any], sums: Counter[str], may_owe: bool
) -> Iterator[str]:
    lots, deficit = state.get("l", []), state.get("d", 0)
    remaining = [lot[0] if lot else 0 for lot in lots]
    parts = [part[0] if part else 0 for _, held in state.get("h", {}).values() for part in held]
    if sum(remaining) + sum(parts) - deficit != sums[unit]:
        there = f"{sum(remaining)} + {sum(parts)} - {deficit}"
        yield f"I1: {member} holds {there}, entries sum {sums[unit]}"
    if min([deficit, *remaining, *parts]) < 0:
        yield f"I6: {member} has a negative lot, hold or deficit"
    if deficit and sum(remaining):
        yield f"I3: {member} owes {deficit} beside {sum(remaining)} points"
    if deficit and not may_owe:
        yield f"I3: {member} owes {deficit} where nobody may owe"


def _hash(last: str, entry: Item) -> str:
    covered: dict[str, Any] = {**DEFAULTS}
    covered |= {long: entry[short] for short, long in LONG_NAMES.items() if short in entry}
    rows: Any = entry.get("l", [])
    covered["touched"] = [
        [row[0], row[1] if len(row) > 1 else 0, (row[2] or None) if len(row) > 2 else None]
        for row in rows
    ]
    covered["qualifying"] = entry.get("y", {})
    said: Any = entry.get("x", [])
    covered["explanation"] = [
        {"code": each["code"], "parameters": each.get("p", {})} for each in said
    ]
    text = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(last.encode() + text.encode()).hexdigest()


def _order(order: dict[str, Any], entries: list[Item]) -> Iterator[str]:
    """Entries over all members are its net = target + forgiven + lapsed, and what is left."""
    name = f"order:{order['src']}:{order['id']}"
    net: Counter[str] = Counter()
    for entry in entries:
        if entry["d"] == name and entry["p"]:
            net[str(entry["u"])] += int(str(entry["p"]))
    target: Counter[str] = Counter()
    for share in order.get("p", []):
        target[share["unit"]] += share["points"]
    for unit in {*net, *target, *order.get("n", {})}:
        kept = order.get("f", {}).get(unit, 0) + order.get("lp", {}).get(unit, 0)
        left = sum(sum(each.get(unit, [])) for each in order.get("lf", {}).values())
        if not net[unit] - left == order.get("n", {}).get(unit, 0) == target[unit] + kept:
            yield f"I5: {name} has entries of {net[unit]}, should have {target[unit]} + {kept}"


def _stock(table: AuditedTable, stock: dict[str, int]) -> Iterator[str]:
    """Pieces of the shop of the proofs: published = left + taken."""
    state = {pk: items for pk, items in table.state().items() if pk.startswith(f"S#{SHOP}#")}
    taken: Counter[str] = Counter()
    for items in state.values():
        for sort, item in items.items():
            if sort.startswith("D#redemption:"):
                made = table.parsed(item)
                taken[made["reward_id"]] += int(
                    "stock_shard" in made and made["status"] != "undone"
                )
    for reward, total in stock.items():
        shards = {
            sort: int(str(item["n"]))
            for partition, items in state.items()
            if partition.endswith(f"#B#{reward}")
            for sort, item in items.items()
            if sort != max(items)  # the last is what was published
        }
        if min(shards.values(), default=0) < 0 or sum(shards.values()) + taken[reward] != total:
            yield f"I9: of {total} {reward}, {taken[reward]} are taken and {shards} left"


def _dict(value: Any) -> dict[str, Any]:
    return value or {}
