"""A file of orders is read whole before anything of it is replayed: every mistake, by its line.

Orders are read as the import door reads them (``dev/importing/rows``), part by part, so that
memory does not grow with the file. Whose an order is stands in files of its own, cut by the order:
two customers of one order may be in two parts.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

from chalicelib.domain.instants import Instant, parse_instant
from dev.importing.rows import Wrong, order_told, problems_of
from dev.replay.orders_csv import Row, RowWrong, birthday_of

LINE: Final = "line"
"""The column of a part that says where in the file its row stood."""
WRONG_MAX: Final = 20
_Numbered: TypeAlias = tuple[int, Row]


@dataclass(frozen=True)
class Reading:
    """By what a file is read."""

    currency: str  # of rows that name none
    rates: frozenset[str]  # currencies that some program counts
    now: Instant


@dataclass(frozen=True)
class Found:
    """What a file holds, and of what time."""

    customers: int
    orders: int
    first: Instant
    last: Instant


def checked(parts: Sequence[Path], owners: Sequence[Path], reading: Reading) -> Found:
    """What the parts hold, where nothing of it is wrong.

    Raises:
        RowWrong: the first lines that are wrong, each with its column.
    """
    customers, orders, first, last = 0, 0, 1 << 62, 0
    wrong = list(islice(_owned_twice(owners), WRONG_MAX))
    for part in parts:
        by_order, found = _orders_of(part)
        customers, orders = customers + found, orders + len(by_order)
        for lines in by_order.values():
            told = _read(lines, reading)
            if isinstance(told, list):
                wrong += told
            else:
                first, last = min(first, told[0]), max(last, told[1])
        if len(wrong) >= WRONG_MAX:
            break
    if wrong:
        raise RowWrong("\n".join(map(str, sorted(wrong, key=_by_line)[:WRONG_MAX])))
    return Found(customers, orders, first, last)


def _by_line(wrong: Wrong) -> tuple[int, str]:
    return wrong.line, wrong.column


def rows_of(part: Path) -> Iterator[Row]:
    """The rows of a part."""
    with part.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _orders_of(part: Path) -> tuple[dict[tuple[str, str], list[_Numbered]], int]:
    """The lines of every order of a part, and how many customers it has."""
    orders: dict[tuple[str, str], list[_Numbered]] = {}
    for row in rows_of(part):
        name = row["customer_id"], row["order_id"]
        orders.setdefault(name, []).append((int(row[LINE]), row))
    return orders, len({customer for customer, _ in orders})


def _read(lines: list[_Numbered], reading: Reading) -> list[Wrong] | tuple[Instant, Instant]:
    """When an order was paid, and when something last became of it; or what is wrong with it."""
    told = order_told(lines, reading.currency)
    if isinstance(told, Wrong):
        return [told]
    numbers = tuple(number for number, _ in lines)
    wrong = [*problems_of("orders", numbers, told, reading.now), *_birthdays(lines)]
    order = told["order"]
    if not isinstance(order, dict) or wrong:
        return wrong
    if order["currency"] not in reading.rates:
        why = f"neither program has a rate for {order['currency']}"
        return [Wrong(numbers[0], "currency", why)]
    return parse_instant(order["paid_at"]), parse_instant(order["version"])


def _birthdays(lines: Iterable[_Numbered]) -> Iterator[Wrong]:
    for number, row in lines:
        try:
            birthday_of(row) if row.get("birthday") else ""
        except RowWrong as error:
            yield Wrong(number, error.column, str(error))


def _owned_twice(owners: Iterable[Path]) -> Iterator[Wrong]:
    for path in owners:
        known: dict[str, tuple[str, str]] = {}
        with path.open(encoding="utf-8", newline="") as file:
            for order, customer, line in csv.reader(file):
                other, earlier = known.setdefault(order, (customer, line))
                if other != customer:
                    why = f"order {order} is of {other}, too (line {earlier})"
                    yield Wrong(int(line), "customer_id", why)
