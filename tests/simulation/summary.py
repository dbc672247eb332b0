"""What two runs must have in common even if they ran at other times: points, not bytes."""

from typing import Any

from tests.simulation.books import AuditedTable


def summary(table: AuditedTable) -> dict[str, Any]:
    """Entries, lots by size, standings, documents' ends, codes and stock, without any instant."""
    return {
        f"{partition} {sort}": told
        for partition, items in table.state().items()
        for sort, item in items.items()
        if (told := _told(table, sort, item)) is not None
    }


def _told(table: AuditedTable, sort: str, item: dict[str, Any]) -> Any:
    if sort == "A":
        units = {
            name: (_points(state.get("l", [])), state.get("d", 0), _held(state))
            for name, state in item.get("u", {}).items()
        }
        places = {group: (s.get("t"), s.get("b")) for group, s in item.get("t", {}).items()}
        person = item.get("m", ""), item.get("a", []), "x" in item
        return units, places, item.get("o", 0), item.get("c", []), item.get("q", 0), person
    if sort.startswith("L#"):
        document = str(item["d"]).partition(":")
        is_dated = document[0] == "expiry"  # named by the instant that it was booked at
        return item["u"], item["p"], item["k"], document[0] if is_dated else document, item["b"]
    if sort == "O":
        made = table.parsed(item)
        return [made.get(name) for name in ("m", "p", "n", "f", "us", "on", "why", "ct", "g")]
    if sort.startswith("D#"):
        made = table.parsed(item)
        told = ("status", "returned", "cost", "points", "posted", "captured", "receiver", "once")
        worn = made.get("w", {}) if sort.startswith("D#badges:") else {}
        return [*(made.get(name) for name in told), {name: one[0] for name, one in worn.items()}]
    if sort == "I":
        return sorted(message[:4] for message in item.get("m", ()) if not any(message[6:7]))
    if sort == "P":
        return item.get("external_id"), item.get("email")
    if sort == "SHOP":
        return None
    return {name: value for name, value in item.items() if name in {"u", "n", "d", "m"}}


def outcome(table: AuditedTable) -> dict[str, Any]:
    """What members end with, whoever came first: points, documents, stock; not who was when.

    A reward that was given and taken back is as good as one that was never issued: which of the two
    depends on whether its reason went before it was.
    """
    ends: dict[str, Any] = {}
    for partition, items in table.state().items():
        for sort, item in items.items():
            if sort == "A":
                units, places, count, codes, seq, person = _told(table, sort, item)
                entries = [e for s, e in items.items() if s[:2] == "L#"]
                points = [(e["u"], e["p"], e["k"]) for e in entries if e["k"] != "grant"]
                seq -= len(entries) - len(points)
                ends[partition] = units, places, count, sorted(codes), seq, person
                ends[f"{partition} entries"] = sorted(points, key=repr)
            elif "#G#" in partition and "n" in item:
                # Which shard something is taken back from depends on who was first.
                ends[partition] = ends.get(partition, 0) + (item["n"] if sort != "T" else 0)
                ends[f"{partition} settled"] = items.get("T", {}).get("n", 0)
            elif _is_taken_back(table, sort, item):
                continue
            elif sort[:2] in {"O", "P", "U", "I", "D#", "N#", "M#"} or "#B#" in partition:
                ends[f"{partition} {sort}"] = _told(table, sort, item)
    return ends


def _is_taken_back(table: AuditedTable, sort: str, item: dict[str, Any]) -> bool:
    made = table.parsed(item) if sort.startswith("D#redemption:") else {}
    return bool(made.get("given_by")) and made["status"] == "undone"


def _points(lots: list[Any]) -> list[int]:
    return sorted(lot[0] if lot else 0 for lot in lots)


def _held(state: dict[str, Any]) -> dict[str, list[int]]:
    """Points set aside, by hold; until when is no matter of points."""
    return {name: _points(parts) for name, (_, parts) in state.get("h", {}).items()}
