"""What must hold of budgets, from the raw items: shards sum to what documents spent."""

from collections import Counter
from collections.abc import Iterator

from tests.simulation.books_of_causes import Books


def budgets_broken(table: Books) -> Iterator[str]:
    """Every budget of every shop: spent = what its documents say, and no shard below nothing."""
    counted, spent = Counter[str](), Counter[str]()
    for partition, items in table.state().items():
        shop = partition.split("#")[1] if "#" in partition else ""
        if "#B#budget:" in partition:
            name = f"{shop} {partition.partition('#B#budget:')[2]}"
            shards = [item.get("n", 0) for item in items.values()]
            counted[name] += sum(shards)
            if min(shards) < 0:
                yield f"I9: a shard of budget {name} is below nothing"
        for sort, item in items.items():
            if sort == "O" or sort.startswith(("D#action:", "D#redemption:", "D#joining:")):
                made = table.parsed(item)
                for budget, amount in (made.get("bg") or made.get("budgets") or {}).items():
                    spent[f"{shop} {budget}"] += amount
    if +counted != +spent:
        yield f"I9: documents spent {dict(+spent)}, budgets say {dict(+counted)}"
