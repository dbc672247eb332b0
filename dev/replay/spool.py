"""One file of orders, of any length, into many small ones: each holds some customers, wholly.

Which part a customer is in is a hash of the customer's id. So a part can be read into memory,
parts can be replayed at the same time, and memory does not grow with the file.
"""

import csv
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from chalicelib.domain.instants import Instant
from chalicelib.domain.pausing import Pauses
from chalicelib.domain.replay.conditions import Telling
from dev.replay.orders_csv import REQUIRED, Row, RowWrong, check_header, paid_at_of, refunded_at_of

PART_BYTES = 2_000_000
PARTS_MAX = 500  # files open at a time
ROWS_TOLD = 250_000  # a word of progress


@dataclass(frozen=True)
class Spool:
    """Where the parts are, and what time they tell of."""

    parts: tuple[Path, ...]
    rows: int
    first: Instant
    last: Instant
    telling: Telling
    pauses: Pauses = ()  # of the shop; a file tells of none


@contextmanager
def spooled(orders: Path, tell: Callable[[str], None]) -> Iterator[Spool]:
    """The parts of ``orders``, in a folder that is gone afterwards.

    Raises:
        RowWrong: a header or a time that cannot be read, or no row at all.
    """
    with tempfile.TemporaryDirectory(prefix="laurel-replay-") as folder:
        yield _split(orders, Path(folder), tell)


def rows_of(part: Path) -> Iterator[Row]:
    """The rows of a part."""
    with part.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _split(orders: Path, folder: Path, tell: Callable[[str], None]) -> Spool:
    count = min(PARTS_MAX, 1 + orders.stat().st_size // PART_BYTES)
    parts = tuple(folder / f"part-{place:03}.csv" for place in range(count))
    rows, first, last = 0, 1 << 62, 0
    with ExitStack() as stack:
        source = csv.DictReader(stack.enter_context(orders.open(encoding="utf-8", newline="")))
        names = list(source.fieldnames or ())
        check_header(names)
        files = [
            stack.enter_context(part.open("w", encoding="utf-8", newline="")) for part in parts
        ]
        writers = [csv.DictWriter(file, names) for file in files]
        for writer in writers:
            writer.writeheader()
        for row in source:
            if None in row or any(row[name] is None for name in REQUIRED):
                raise RowWrong(f"line {source.line_num} has too few cells, or too many")
            at = paid_at_of(row)
            first, last, rows = min(first, at), max(last, at, refunded_at_of(row)), rows + 1
            writers[part_of(row["customer_id"], count)].writerow(row)
            if rows % ROWS_TOLD == 0:
                tell(f"read: {rows:,} rows")
    if not rows:
        raise RowWrong(f"{orders} has no orders")
    telling = Telling(actions=False, birthdays="birthday" in names, members=False)
    return Spool(parts, rows, first, last, telling)


def part_of(customer: str, count: int) -> int:
    """The part that a customer is in, the same on every machine."""
    digest = hashlib.blake2b(customer.encode(), digest_size=8).digest()
    return int.from_bytes(digest) % count
