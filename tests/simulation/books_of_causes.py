"""What must hold of counters of causes, from the raw items: given = documents, never below 0."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Protocol


class Books(Protocol):
    """A table that shows everything in it."""

    def state(self) -> dict[str, dict[str, Any]]: ...

    def parsed(self, item: Any) -> Any: ...


def causes_broken(table: Books) -> Iterator[str]:
    """Every cause of every shop: shards + settled = what documents gave, settled = settlements."""
    counted, given = Counter[str](), Counter[str]()
    for partition, items in table.state().items():
        shop = partition.split("#")[1] if "#" in partition else ""
        if "#G#" in partition:
            cause = f"{shop} {partition.rsplit('#', 1)[-1]}"
            yield from _counter(table, cause, items)
            counted[cause] += sum(item.get("n", 0) for item in items.values())
        for sort, item in items.items():
            for cause, units in _gave(table, sort, item):
                given[f"{shop} {cause}"] += units
    if +counted != +given:
        yield f"I9: causes were given {dict(+given)}, counters say {dict(+counted)}"


def _counter(table: Books, cause: str, items: dict[str, Any]) -> Iterator[str]:
    settled = sum(table.parsed(item)["units"] for sort, item in items.items() if sort[:2] == "Y#")
    if items.get("T", {}).get("n", 0) != settled:
        yield f"I9: {cause} says {items.get('T')}, settlements sum {settled}"
    if min(item.get("n", 0) for item in items.values()) < 0:
        yield f"I9: a part of {cause} is below nothing"


def _is_gift(line: Any) -> bool:
    return bool(line["k"] == "cause")


def _gave(table: Books, sort: str, item: Any) -> Iterator[tuple[str, int]]:
    if sort == "O" or sort.startswith(("D#joining:", "D#action:", "D#progress:")):
        made = table.parsed(item)
        lines = made.get("grants" if sort.startswith("D#joining:") else "g", [])
        yield from ((each["n"], each["a"] + each.get("x", 0)) for each in lines if _is_gift(each))
        # What progress of merged members gave stands on their documents, too.
        yield from ((cause, -units) for cause, units in made.get("ku", {}).items())
    elif sort.startswith("D#redemption:"):
        made = table.parsed(item)
        if made.get("cause") and made["status"] != "undone":
            yield made["cause"], made["given"]
