"""What must hold of documents and of what they moved, over all members of a shop.

A document stays under the id that asked for it; after a merge its entries may stand in the journal
of the one that stays. So entries are looked up by document over the whole shop. As in ``books``:
raw items, and a break begins with its invariant.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from chalicelib.storage.items import Item

Items = dict[str, Item]
Parse = Callable[[Item], Any]
ONE_EFFECT = ("redemption:", "adjustment:", "hold:", "transfer:", "merge:", "pooling:")


def members_of(shop: str, state: dict[str, Items]) -> dict[str, Items]:
    """The partitions of a shop's members, by member."""
    prefix = f"S#{shop}#M#"
    return {pk.removeprefix(prefix): items for pk, items in state.items() if pk.startswith(prefix)}


def document_breaks(
    members: dict[str, Items], journal: Iterable[Item], parse: Parse
) -> Iterator[str]:
    """One document, one effect (I4); what was set aside, spent or moved, once (I6)."""
    named: dict[str, list[Item]] = {}
    for entry in journal:
        named.setdefault(str(entry["d"]), []).append(entry)
    known = {sort.removeprefix("D#") for items in members.values() for sort in items}
    for name in named:
        if name.startswith(ONE_EFFECT) and name not in known:
            yield f"I4: there is an entry of {name}, which is not recorded"
    for member, items in members.items():
        for sort in [sort for sort in items if sort.startswith("D#")]:
            name = sort.removeprefix("D#")
            check = CHECKS.get(name.partition(":")[0])
            if check is not None:
                yield from check(name, parse(items[sort]), named.get(name, []))
        if "A" in items:
            yield from _standing(member, members, parse)
    yield from _reinstated(named)
    yield from _pooled(named)


def given_once(members: dict[str, Items], orders: Iterable[Any], parse: Parse) -> Iterator[str]:
    """What pays once pays a person once: by joining, or by the one order that won it."""
    given: Counter[tuple[str, str]] = Counter()
    for member, items in members.items():
        if "D#joining:member" in items:
            posted = parse(items["D#joining:member"]).get("posted", [])
            given.update((_person(member, members), share["rule_id"]) for share in posted)
    for order in orders:
        won = order.get("on", [])
        given.update((_person(order.get("m", ""), members), rule) for rule in won)
    for (person, rule), times in given.items():
        if times > 1:
            yield f"I4: {person} was given {rule} {times} times"


def _person(member: str, members: dict[str, Items]) -> str:
    account: Any = members.get(member, {}).get("A", {})
    return str(account.get("m") or member)


def _reinstated(named: dict[str, list[Item]]) -> Iterator[str]:
    """No more is given back of what lapsed than ever lapsed."""
    net: Counter[str] = Counter()
    for entry in (entry for entries in named.values() for entry in entries):
        if entry["k"] in {"expire", "reinstate"}:
            net[str(entry["u"])] += int(str(entry["p"]))
    for unit, points in net.items():
        if points > 0:
            yield f"I6: {points} more {unit} were given back than had lapsed"


def _pooled(named: dict[str, list[Item]]) -> Iterator[str]:
    """What left a member is in the pool, or the other way round."""
    for name, entries in named.items():
        left = sum(_points(entries)) if name.startswith("pooling:") else 0
        if left:
            yield f"I4: {name} leaves {left} between a member and a pool"


def _points(entries: Iterable[Item], kind: str = "") -> list[int]:
    """Points of the entries, of one kind or of all."""
    return [int(str(entry["p"])) for entry in entries if kind in ("", entry["k"])]


def _redemption(name: str, made: Any, entries: list[Item]) -> Iterator[str]:
    """What a redemption cost left once and came back at most once."""
    taken = _points(entries, "donate" if made.get("cause") else "redeem")
    if len(taken) != int(made["cost"] > 0):
        yield f"I4: {name} was taken {len(taken)} times"
    back, net = made.get("returned", 0), sum(_points(entries))
    kept = made["cost"] - back - made.get("leaked", 0)
    # An unused code whose points come back is written nowhere as ended: its entries say it.
    may_come_back = made["status"] == "ready" and made.get("on_expiry") == "return"
    ends = {-kept, 0} if may_come_back else {-kept}
    if not 0 <= back <= made["cost"] or net not in ends:
        yield f"I6: {name} cost {made['cost']}, returned {back}, entries sum {net}"


def _adjustment(name: str, made: Any, entries: list[Item]) -> Iterator[str]:
    if len(entries) != 1:
        yield f"I4: {name} has {len(entries)} entries"
    is_as_asked = made.get("kind", "points") != "points" or _points(entries) == [made["points"]]
    if not is_as_asked:
        yield f"I4: {name} moves {made['points']}, its entries {_points(entries)}"


def _hold(name: str, made: Any, entries: list[Item]) -> Iterator[str]:
    """A hold is captured once, within what it set aside; else nothing moved."""
    captured = made.get("captured", 0)
    is_captured = made["status"] == "captured"
    if _points(entries) != ([-captured] if is_captured and captured else []):
        yield f"I4: {name} captured {captured}, its entries {_points(entries)}"
    if not 0 <= captured <= made["points"] or (captured and not is_captured):
        yield f"I6: {name} is {made['status']} of {made['points']} and captured {captured}"


def _transfer(name: str, made: Any, entries: list[Item]) -> Iterator[str]:
    """What one side gave the other got; both have the document."""
    told = sorted(_points(entries))
    if told != [-made["points"], made["points"]]:
        yield f"I4: {name} gave {made['points']}, its entries {told}"


def _merge(name: str, made: Any, entries: list[Item]) -> Iterator[str]:
    """What left one journal came into the other; one id may be merged on, under its first name."""
    said, net = Counter[str](), Counter[str]()
    for entry in (entry for entry in entries if str(entry["k"]).startswith("merge_")):
        into = entry["k"] == "merge_in"
        net[str(entry["u"])] += int(str(entry["p"]))
        if into and str(entry["PK"]).endswith(f"#M#{made['member']}"):
            said[str(entry["u"])] += int(str(entry["p"]))
    if {unit: points for unit, points in said.items() if points} != made["points"] or any(
        net.values()
    ):
        yield f"I4: {name} moved {made['points']}, {dict(said)} came in, {dict(net)} is left over"


CHECKS: dict[str, Callable[[str, Any, list[Item]], Iterator[str]]] = {
    "redemption": _redemption,
    "adjustment": _adjustment,
    "hold": _hold,
    "transfer": _transfer,
    "merge": _merge,
}
"""What a document of each kind must have done."""


def _standing(member: str, members: dict[str, Items], parse: Parse) -> Iterator[str]:
    """What the account says is what documents say: holds, and whether it is anybody's."""
    yield from _holds(member, members, parse)
    yield from _codes(member, members, parse)
    if "D#erasure:member" in members[member] and "x" not in members[member]["A"]:
        yield f"I4: {member} was erased, and the account does not know it"


def _holds(member: str, members: dict[str, Items], parse: Parse) -> Iterator[str]:
    """What an account sets aside is what open holds say; a tombstone has nothing."""
    account: Any = members[member]["A"]
    if account.get("m"):
        if account.get("u") and any(_is_anything(unit) for unit in account["u"].values()):
            yield f"I4: {member} was merged and still has something"
        return
    owners = (member, *account.get("a", []))
    for unit, state in account.get("u", {}).items():
        for hold, (_, parts) in state.get("h", {}).items():
            rows = [members.get(owner, {}).get(f"D#hold:{hold}") for owner in owners]
            made = next((parse(row) for row in rows if row is not None), None)
            points = sum(part[0] if part else 0 for part in parts)
            if made is None or (made["status"], made["unit"]) != ("open", unit):
                yield f"I4: {member} sets points aside for {hold}, which is not open"
            elif points != made["points"]:
                yield f"I6: {member} sets {points} aside for {hold} of {made['points']}"


def _codes(member: str, members: dict[str, Items], parse: Parse) -> Iterator[str]:
    """Every code that the account waits for is one that nobody used, undid or was handed."""
    account: Any = members[member]["A"]
    for state in account.get("u", {}).values():
        for code in state.get("c", {}):
            rows = [
                members.get(owner, {}).get(f"D#redemption:{code}")
                for owner in (member, *account.get("a", []))
            ]
            made = next((parse(row) for row in rows if row is not None), None)
            if made is None or made["status"] != "ready" or made.get("on_expiry") != "return":
                yield f"I6: {member} waits for the end of {code}, which is not open"


def _is_anything(state: Any) -> bool:
    lots = [lot for lot in state.get("l", []) if lot and lot[0]]
    return bool(lots or state.get("h") or state.get("d"))
