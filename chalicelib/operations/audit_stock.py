"""Hold a reward's stock to what its redemptions took (I9), although both move all the time.

What the audit counted in passing is compared first; only where that does not add up, every
redemption of the shop is counted once more. Redemptions only come and only go on to their end, so
where both counts are of the very same redemptions none changed in between, and the stock that was
read between them must add up with them. Where they differ the stock moved while it was looked at:
``unproven``, which a quieter night settles. Reads only.
"""

from collections.abc import Iterable, Mapping

from chalicelib.domain.audit_across import Taken, stock_detail, taken_of
from chalicelib.domain.audited import Break, Stock
from chalicelib.domain.decision import Document
from chalicelib.domain.records import Redemption
from chalicelib.operations.recounting import recounted
from chalicelib.storage.stock import stored_stock
from chalicelib.storage.table import Table


def audit_stock(
    table: Table, shop: str, taken: Mapping[str, Taken], rewards: tuple[str, ...]
) -> tuple[tuple[Break, ...], tuple[str, ...]]:
    """(what is wrong, what could not be proven); ``taken`` was counted in passing."""
    suspects = [
        reward
        for reward in sorted({*taken, *rewards})
        if _wrong(stored_stock(table, shop, reward), taken.get(reward, Taken()))
    ]
    if not suspects:
        return (), ()
    stocks = {reward: stored_stock(table, shop, reward) for reward in suspects}
    again = recounted(table, shop, frozenset({"redemption"}), _sums)
    breaks: list[Break] = []
    unproven: list[str] = []
    for reward, stock in stocks.items():
        counted = taken.get(reward, Taken())
        if again is None or again.get(reward, Taken()) != counted:
            unproven.append(f"stock of {reward}: it moved while it was counted")
        elif detail := _wrong(stock, counted):
            breaks.append(Break("I9", "", f"stock of {reward}", detail))
    return tuple(breaks), tuple(unproven)


def _wrong(stock: Stock | None, taken: Taken) -> str:
    """What is wrong; a reward that never had stock has none to be wrong."""
    if stock is None:
        return f"{taken.count} pieces are out of a stock that is not there" if taken.count else ""
    return stock_detail(stock, taken.count)


def _sums(documents: Iterable[Document]) -> dict[str, Taken]:
    return taken_of(each for each in documents if isinstance(each, Redemption))
