"""Hold a reward's stock to what its redemptions took (I9), although both move all the time.

What the audit counted in passing is compared first; only where that does not add up, every
redemption of the shop is counted once more. Redemptions only come and only go on to their end, so
where both counts are of the very same redemptions none changed in between, and the stock that was
read between them must add up with them. Where they differ the stock moved while it was looked at:
``unproven``, which a quieter night settles. Reads only.
"""

from collections.abc import Iterator, Mapping

from chalicelib.domain.audit_across import Taken, stock_detail, taken_of
from chalicelib.domain.audited import Break, Stock
from chalicelib.domain.limits import AUDIT_RECOUNT_MEMBERS_MAX, PAGE_SIZE_MAX
from chalicelib.domain.records import Redemption
from chalicelib.storage.documents import document_of
from chalicelib.storage.index_names import members_partition
from chalicelib.storage.stock import stored_stock
from chalicelib.storage.table import Query, Start, Table

_REDEMPTIONS = "D#redemption:"


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
    again = _recount(table, shop)
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


def _recount(table: Table, shop: str) -> dict[str, Taken] | None:
    """Every redemption of the shop, member by member; None for a shop too large for that."""
    found: dict[str, Taken] = {}
    for count, partition in enumerate(_member_partitions(table, shop), start=1):
        if count > AUDIT_RECOUNT_MEMBERS_MAX:
            return None
        for reward, taken in taken_of(_redemptions(table, partition)).items():
            found[reward] = found.get(reward, Taken()).plus(taken)
    return found


def _member_partitions(table: Table, shop: str) -> Iterator[str]:
    start: Start | None = None
    while True:
        page = table.query(Query(members_partition(shop), index="GSI1", start=start))
        yield from (str(item["PK"]) for item in page.items)
        start = page.next_start
        if start is None:
            return


def _redemptions(table: Table, partition: str) -> Iterator[Redemption]:
    start: Start | None = None
    while True:
        query = Query(partition, _REDEMPTIONS, limit=PAGE_SIZE_MAX, start=start, consistent=True)
        page = table.query(query)
        for item in page.items:
            document = document_of(item, Redemption)
            if document is not None:
                yield document
        start = page.next_start
        if start is None:
            return
