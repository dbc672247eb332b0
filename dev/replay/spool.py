"""One file of orders, of any length, into many small ones: each holds some customers, wholly.

Which part a customer is in is a hash of the customer's id. So a part can be read into memory,
parts can be replayed at the same time, and memory does not grow with the file.
"""

import csv
import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

from chalicelib.domain.instants import Instant
from chalicelib.domain.pausing import Pauses
from chalicelib.domain.replay.conditions import Telling
from dev.importing.rows import wrong_header
from dev.replay.checking import LINE, Reading, checked
from dev.replay.orders_csv import OPTIONAL, REQUIRED, RowWrong

PART_BYTES = 2_000_000
PARTS_MAX = 250  # twice as many files are open at a time
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
def spooled(orders: Path, reading: Reading, tell: Callable[[str], None]) -> Iterator[Spool]:
    """The parts of ``orders``, in a folder that is gone afterwards.

    Raises:
        RowWrong: everything that cannot be read, by its line, or no order of a customer at all.
    """
    with tempfile.TemporaryDirectory(prefix="laurel-replay-") as name:
        folder = Path(name)
        count = min(PARTS_MAX, 1 + orders.stat().st_size // PART_BYTES)
        parts = tuple(folder / f"part-{place:03}.csv" for place in range(count))
        owners = tuple(folder / f"owner-{place:03}.csv" for place in range(count))
        try:
            cut = _split(orders, parts, owners, tell)
        except UnicodeDecodeError as error:
            raise RowWrong(f"{orders} is not UTF-8; save it as CSV UTF-8: {error}") from error
        found = checked(parts, owners, reading)
        tell(
            f"read: {cut.rows:,} rows, {found.orders:,} orders of {found.customers:,} customers; "
            f"left out: {cut.guests:,} rows of guests"
        )
        telling = Telling(actions=False, birthdays=cut.tells_birthdays, members=False)
        yield Spool(parts, cut.rows, found.first, found.last, telling)


class _Cut(NamedTuple):
    rows: int
    guests: int  # rows without a customer, who is no member
    tells_birthdays: bool


def _split(
    orders: Path, parts: Sequence[Path], owners: Sequence[Path], tell: Callable[[str], None]
) -> _Cut:
    rows, guests = 0, 0
    with ExitStack() as stack:
        source = csv.DictReader(stack.enter_context(orders.open(encoding="utf-8-sig", newline="")))
        names = list(source.fieldnames or ())
        wrong = wrong_header(names, REQUIRED, OPTIONAL)
        if wrong:
            raise RowWrong("\n".join(map(str, wrong)))
        files, owning = ([stack.enter_context(_written(each)) for each in group]
                         for group in (parts, owners))  # fmt: skip
        writers = [csv.DictWriter(file, [*names, LINE]) for file in files]
        for writer in writers:
            writer.writeheader()
        notes = [csv.writer(file) for file in owning]
        for row in source:
            if None in row or any(row[name] is None for name in REQUIRED):
                raise RowWrong(f"line {source.line_num} has too few cells, or too many")
            customer, order, line = row["customer_id"], row["order_id"], source.line_num
            if not customer.strip():
                guests += 1
                continue
            rows += 1
            writers[part_of(customer, len(parts))].writerow({**row, LINE: line})
            notes[part_of(order, len(parts))].writerow((order, customer, line))
            if rows % ROWS_TOLD == 0:
                tell(f"read: {rows:,} rows")
    if not rows:
        raise RowWrong(f"{orders} has no orders of customers; rows of guests: {guests}")
    return _Cut(rows, guests, "birthday" in names)


def _written(part: Path) -> IO[str]:
    return part.open("w", encoding="utf-8", newline="")


def part_of(customer: str, count: int) -> int:
    """The part that a customer is in, the same on every machine."""
    digest = hashlib.blake2b(customer.encode(), digest_size=8).digest()
    return int.from_bytes(digest) % count
