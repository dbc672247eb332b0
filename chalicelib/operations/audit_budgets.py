"""Hold what budgets say was spent to what documents spent of them (I9), although both move.

As with causes: what was counted in passing first, then once more where that does not add up.
Reads only.
"""

from collections.abc import Mapping
from typing import Final

from chalicelib.domain.audit_across import Taken, budgets_spent
from chalicelib.domain.audited import Break
from chalicelib.operations.recounting import recounted
from chalicelib.storage.stock import budget_keys, budgets_of
from chalicelib.storage.table import Table

_SPENDING: Final = frozenset({"order", "action", "redemption", "joining"})
"""Kinds of documents that spend budgets."""


def audit_budgets(
    table: Table, shop: str, spent: Mapping[str, Taken], names: tuple[str, ...]
) -> tuple[tuple[Break, ...], tuple[str, ...]]:
    """(what is wrong, what could not be proven); ``spent`` was counted in passing."""
    every = sorted({*spent, *names})
    shards = {name: _shards(table, shop, name) for name in every}
    suspects = [name for name in every if _wrong(shards[name], spent.get(name, Taken()))]
    if not suspects:
        return (), ()
    again = recounted(table, shop, _SPENDING, budgets_spent)
    breaks: list[Break] = []
    unproven: list[str] = []
    for name in suspects:
        counted = spent.get(name, Taken())
        has_moved = again is None or again.get(name, Taken()) != counted
        if has_moved or _shards(table, shop, name) != shards[name]:
            unproven.append(f"budget {name}: it moved while it was counted")
        else:
            breaks.append(Break("I9", "", f"budget {name}", _wrong(shards[name], counted)))
    return tuple(breaks), tuple(unproven)


def _shards(table: Table, shop: str, name: str) -> Mapping[int, int]:
    return budgets_of(shop, {name: 0}, table.load(budget_keys(shop, (name,)))).spent[name]


def _wrong(shards: Mapping[int, int], counted: Taken) -> str:
    if min(shards.values()) < 0:
        return "a shard of it is below nothing"
    spent = sum(shards.values())
    if spent != counted.count:
        return f"says {spent} were spent, documents spent {counted.count}"
    return ""
