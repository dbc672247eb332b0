"""Stock of a reward, dealt over shards so that no single item is hot.

Taking is conditional on the shard itself, in the transaction of the redemption, so stock is never
oversold (invariant I9). One shard holds up to 1,000 pieces. A change of the total is the
difference to the total before: what was sold stays sold.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from chalicelib.domain.audited import Stock
from chalicelib.domain.budgets import Budgets
from chalicelib.domain.causes import SETTLED, Given, Unsettled
from chalicelib.domain.decision import BudgetMove, CauseMove
from chalicelib.domain.limits import (
    BUDGET_SHARDS,
    CAUSE_SHARDS,
    STOCK_SHARD_ONE_MAX,
    STOCK_SHARDS_MAX,
)
from chalicelib.domain.points import ceil_ratio
from chalicelib.storage.items import Absent, Add, Fill, Item, Key, Put, RevisionIs, Take, Write
from chalicelib.storage.key_names import cause_partition, listed_key, stock_key
from chalicelib.storage.table import Table

LEFT: Final = "n"
_TOTAL_SHARD: Final = 99  # the item that remembers what was published


def stock_shards(stock: int) -> int:
    """How many shards a stock is dealt over: one up to 1,000, then more."""
    return min(STOCK_SHARDS_MAX, max(1, ceil_ratio(stock, STOCK_SHARD_ONE_MAX)))


def stock_left(table: Table, shop: str, reward: str) -> int | None:
    """How many pieces are left over all shards; None for a reward that never had stock."""
    items = table.load(_shard_keys(shop, reward))
    return sum(_number(item) for item in items.values()) if items else None


def has_stock(item: Item) -> bool:
    """Whether a shard has a piece left."""
    return _number(item) > 0


def stock_writes(table: Table, shop: str, reward: str, total: int) -> tuple[Write, ...]:
    """The writes that make ``total`` the published stock of ``reward``."""
    keys = _shard_keys(shop, reward)
    total_key = stock_key(shop, reward, _TOTAL_SHARD)
    items = table.load([*keys, total_key])
    known = items.pop(total_key, None)
    before = _number(known) if known else 0
    if known is not None and before == total:
        return ()
    left = max(0, sum(_number(item) for item in items.values()) + total - before)
    wanted = _dealt(left, stock_shards(total))
    writes: list[Write] = [_total_put(total_key, total, known)]
    for shard, key in enumerate(keys):
        target = wanted[shard] if shard < len(wanted) else 0
        if key not in items and shard < len(wanted):
            writes.append(Put({"PK": key[0], "SK": key[1], LEFT: target}, Absent()))
        elif key in items and _number(items[key]) != target:
            writes.append(Take(key, LEFT, _number(items[key]) - target))
    return tuple(writes)


def stored_stock(table: Table, shop: str, reward: str) -> Stock | None:
    """The stock as it is stored, for who checks it; None for a reward that never had any."""
    total_key = stock_key(shop, reward, _TOTAL_SHARD)
    items = table.load([*_shard_keys(shop, reward), total_key])
    total = items.pop(total_key, None)
    if not items and total is None:
        return None
    left = tuple(_number(item) for item in items.values())
    return Stock(left, None if total is None else _number(total))


def _shard_keys(shop: str, reward: str) -> list[Key]:
    return [stock_key(shop, reward, shard) for shard in range(STOCK_SHARDS_MAX)]


def _dealt(pieces: int, shards: int) -> list[int]:
    share, more = divmod(pieces, shards)
    return [share + (shard < more) for shard in range(shards)]


def _total_put(key: Key, total: int, known: Item | None) -> Put:
    revision = _number(known, "r") if known else 0
    item: Item = {"PK": key[0], "SK": key[1], LEFT: total, "r": revision + 1}
    return Put(item, RevisionIs(revision) if revision else Absent())


def _number(item: Item, name: str = LEFT) -> int:
    value = item[name]
    return value if isinstance(value, int) else 0


# ---------------------------------------------------------------- causes


_UNITS: Final = "n"


def given_keys(shop: str, causes: Iterable[str]) -> list[Key]:
    """Every part of the counters of ``causes``."""
    names = sorted(causes)
    return [*unsettled_keys(shop, names), *(_settled_key(shop, cause) for cause in names)]


def given_of(shop: str, causes: Iterable[str], items: Mapping[Key, Item]) -> dict[str, Given]:
    """What was given to each of ``causes``, of the items that were read."""
    return {
        cause: Given(dict(shards), _units(items.get(_settled_key(shop, cause))))
        for cause, shards in unsettled_of(shop, causes, items).items()
    }


def cause_write(shop: str, move: CauseMove) -> Add | Take:
    """The write of one change of a counter."""
    key = _settled_key(shop, move.cause)
    if move.shard != SETTLED:
        key = _cause_shard(shop, move.cause, move.shard)
    if move.amount > 0:
        return Add(key, _UNITS, move.amount)
    return Take(key, _UNITS, -move.amount)


def unsettled_keys(shop: str, causes: Iterable[str]) -> list[Key]:
    """Every shard of ``causes``."""
    return [
        _cause_shard(shop, cause, shard)
        for cause in sorted(causes)
        for shard in range(CAUSE_SHARDS)
    ]


def unsettled_of(shop: str, causes: Iterable[str], items: Mapping[Key, Item]) -> Unsettled:
    """What is unsettled by cause and shard, of the items that were read."""
    return {
        cause: {
            shard: _units(items.get(_cause_shard(shop, cause, shard)))
            for shard in range(CAUSE_SHARDS)
        }
        for cause in sorted(causes)
    }


def _settled_key(shop: str, cause: str) -> Key:
    return listed_key(cause_partition(shop, cause), "T")


def _cause_shard(shop: str, cause: str, shard: int) -> Key:
    return listed_key(cause_partition(shop, cause), f"{shard:02d}")


def _units(item: Item | None) -> int:
    value = item.get(_UNITS, 0) if item else 0
    return value if isinstance(value, int) else 0


# ---------------------------------------------------------------- budgets


_BUDGET: Final = "budget:"  # no reward's id has a colon


def budget_of_stock(name: str) -> str:
    """The budget that a stock of this name is; "" for a reward's stock."""
    return name.removeprefix(_BUDGET) if name.startswith(_BUDGET) else ""


def budget_keys(shop: str, names: Iterable[str]) -> list[Key]:
    """Every shard of the budgets ``names``."""
    return [
        _budget_key(shop, name, shard) for name in sorted(names) for shard in range(BUDGET_SHARDS)
    ]


def budgets_of(shop: str, limits: Mapping[str, int], items: Mapping[Key, Item]) -> Budgets:
    """What is spent of the budgets that ``limits`` names, of the items that were read."""
    spent = {
        name: {
            shard: _units(items.get(_budget_key(shop, name, shard)))
            for shard in range(BUDGET_SHARDS)
        }
        for name in sorted(limits)
    }
    return Budgets(dict(limits), spent)


def budget_write(shop: str, move: BudgetMove) -> Fill | Take:
    """The write of one change of a budget."""
    key = _budget_key(shop, move.budget, move.shard)
    if move.amount > 0:
        return Fill(key, _UNITS, move.amount, move.ceiling)
    return Take(key, _UNITS, -move.amount)


def _budget_key(shop: str, name: str, shard: int) -> Key:
    return stock_key(shop, f"{_BUDGET}{name}", shard)
