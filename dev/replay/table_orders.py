"""Orders of a table into small files, each of some members: the shop's own history.

The whole table is scanned for keys, a page at a time, and every order of the shop is read once;
nothing is written to the table. Orders that are nobody's, or were never paid, are left out.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from chalicelib.domain.limits import BATCH_GET_KEYS_MAX
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.replay.history import PastOrder, past_order_of, steps_of
from chalicelib.storage.documents import document_of
from chalicelib.storage.items import Key, key_of
from chalicelib.storage.key_names import parts_of
from chalicelib.storage.table import Scan, Table
from dev.replay.orders_csv import RowWrong
from dev.replay.spool import Spool, part_of

TABLE_PARTS = 64


@contextmanager
def spooled_table(table: Table, shop: str) -> Iterator[Spool]:
    """The orders of ``shop`` in parts, in a folder that is gone afterwards.

    Raises:
        RowWrong: the shop has no paid orders of members.
    """
    with tempfile.TemporaryDirectory(prefix="laurel-replay-") as folder:
        parts = tuple(Path(folder) / f"part-{place:03}.jsonl" for place in range(TABLE_PARTS))
        first, last, count = 1 << 62, 0, 0
        with ExitStack() as stack:
            files = [stack.enter_context(part.open("wb")) for part in parts]
            for order in _orders(table, shop):
                steps = steps_of([order])
                first, last = min(first, order.paid_at), max(last, steps[-1].at)
                count += 1
                files[part_of(order.member, TABLE_PARTS)].write(msgspec.json.encode(order) + b"\n")
        if not count:
            raise RowWrong(f"the shop {shop} has no paid orders of members")
        yield Spool(parts, count, first, last)


def members_of(part: Path) -> Iterator[tuple[str, list[PastOrder]]]:
    """Each member of a part with their orders."""
    by_member: dict[str, list[PastOrder]] = {}
    with part.open("rb") as file:
        for text in file:
            order = msgspec.json.decode(text, type=PastOrder)
            by_member.setdefault(order.member, []).append(order)
    for member in sorted(by_member):
        yield member, by_member.pop(member)


def _orders(table: Table, shop: str) -> Iterator[PastOrder]:
    start = None
    while True:
        page = table.scan(Scan(0, 1, start=start))
        keys = [key for key in map(key_of, page.items) if _is_order(key, shop)]
        for place in range(0, len(keys), BATCH_GET_KEYS_MAX):
            found = table.load(keys[place : place + BATCH_GET_KEYS_MAX])
            for item in found.values():
                document = document_of(item, OrderDocument)
                order = past_order_of(document) if document else None
                if order is not None:
                    yield order
        if page.next_start is None:
            return
        start = page.next_start


def _is_order(key: Key, shop: str) -> bool:
    partition, sort = key
    return sort == "O" and parts_of(partition)[:3] == ("S", shop, "O")
