"""What must hold of progress, from the raw items: it is the sum of what documents contribute."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.simulation.books_of_causes import Books

Key = tuple[str, str, str]
"""(shop, member, challenge)."""


def challenges_broken(table: Books) -> Iterator[str]:
    """Every progress of every member, but of merged ones (theirs is another's, too) and streaks."""
    live, times = dict[Key, Counter[str]](), Counter[Key]()
    for (shop, member, challenge), values in _contributed(table):
        live.setdefault((shop, member, challenge), Counter()).update(values)
        times[shop, member, challenge] += bool(values)
    for key, made in _progress(table):
        told = made.get("l", {}), made.get("d", 0)
        due = dict(live.get(key, Counter())), times[key]
        if told != due:
            yield f"I5: progress of {key} says {told}, documents {due}"


def _contributed(table: Books) -> Iterator[tuple[Key, dict[str, int]]]:
    for partition, items in table.state().items():
        for sort, item in items.items():
            if sort == "O" or sort.startswith("D#action:"):
                made = table.parsed(item)
                for challenge, values in made.get("pg", {}).items():
                    yield (partition.split("#")[1], made["m"], challenge), values


def _progress(table: Books) -> Iterator[tuple[Key, Any]]:
    """Progress of one person alone, which forgets nothing."""
    for partition, items in table.state().items():
        is_one = not {"a", "m"} & items.get("A", {}).keys()
        for sort in [sort for sort in items if sort.startswith("D#progress:")]:
            made = table.parsed(items[sort])
            if is_one and not made.get("ab") and not made.get("o"):
                yield (partition.split("#")[1], made["m"], made["id"]), made
