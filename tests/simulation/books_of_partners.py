"""What must hold of partners' months, from the raw items: each row is the line of its document."""

import json
from collections.abc import Iterator
from typing import Any

from tests.simulation.books_of_causes import Books


def partners_broken(table: Books) -> Iterator[str]:
    """Every row of every month is what a document says of it, and the other way round."""
    rows, lines = dict[tuple[str, ...], Any](), dict[tuple[str, ...], Any]()
    for partition, items in table.state().items():
        shop = partition.split("#")[1] if "#" in partition else ""
        for sort, item in items.items():
            if sort.startswith("PL#"):
                line = json.loads(item["b"])
                rows[shop, item["d"], line["p"], line["m"], line["u"]] = line
            for line in _lines(table, sort, item):
                name = _name(table.parsed(item))
                lines[shop, name, line["p"], line["m"], line["u"]] = line
    for key in rows.keys() | lines.keys():
        if rows.get(key) != lines.get(key):
            yield f"I5: the month of {key} says {rows.get(key)}, its document {lines.get(key)}"


def _lines(table: Books, sort: str, item: Any) -> list[Any]:
    if sort == "O":
        return table.parsed(item).get("pa", [])
    if sort.startswith("D#redemption:"):
        return table.parsed(item).get("partners", [])
    return []


def _name(made: Any) -> str:
    return f"order:{made['src']}:{made['id']}" if "src" in made else f"redemption:{made['id']}"
