"""Lines of a CSV file as rows of the import door, each checked by the door's own reader.

A row knows the lines that it came from, and a problem its column: ``line 7, points: ...``.
Customers and balances are a line each; an order is as many lines as it has, anywhere in the file,
with the columns of the time machine (``dev/replay/orders_csv``) and ``posted_before``.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chalicelib.domain.events import OrderLine, OrderState, OrderStatus, Refund
from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.outcome import Problem
from chalicelib.routes.admin.import_reading import read_row
from dev.replay.orders_csv import OPTIONAL, REQUIRED, RowWrong, order_of
from dev.replay.orders_csv import Row as Line

KINDS: Final = ("customers", "balances", "orders")
COLUMNS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "customers": (
        ("id", "joined_at"),
        ("email", "email_verified", "name", "country", "locale", "tags", "source"),
    ),
    "balances": (("customer_id", "unit", "points"), ("id", "expires_at", "source")),
    "orders": (REQUIRED, (*OPTIONAL, "posted_before", "source")),
}
"""By kind: columns that must be there, and others that may."""

_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_PLACE = re.compile(r"lines\[(\d+)\]")
_NAME = re.compile("[a-z_]+", re.ASCII)
_CALLED: Final = {"version": "joined_at", "lines": "line_id", "at": "refunded_at"}
_COPIES: Final = (".version", ".created_at")
"""Of an order: copies of when it was paid, or came back, which are told themselves."""
_OTHER_MARKS: Final = (";", "\t")
_MILLI = 1_000


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row as the door takes it, and the lines of the file that say it."""

    lines: tuple[int, ...]
    told: dict[str, object]


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that cannot be imported: where, and why."""

    line: int
    column: str
    why: str

    def __str__(self) -> str:
        """As it is printed."""
        place = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{place}: {self.why}"


def read_file(
    path: Path, kind: str, currency: str, now: Instant
) -> tuple[list[FileRow], list[Wrong]]:
    """Every row of ``path`` that can be imported, and everything that cannot."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        wrong = wrong_header(reader.fieldnames or (), *COLUMNS[kind])
        if wrong:
            return [], wrong
        lines = [(reader.line_num, line) for line in reader]
    wrong = [Wrong(number, "", "more cells than columns") for number, line in lines if None in line]
    if wrong:
        return [], wrong
    rows: list[FileRow] = []
    ids: dict[str, int] = {}
    for numbers, told in _told(lines, kind, currency):
        found = [told] if isinstance(told, Wrong) else problems_of(kind, numbers, told, now)
        name = str(told.get("id", "")) if isinstance(told, dict) and kind == "balances" else ""
        if name and ids.setdefault(name, numbers[0]) != numbers[0]:
            found.append(Wrong(numbers[0], "id", f"line {ids[name]} is called {name}, too"))
        wrong += found
        if not found and isinstance(told, dict):
            rows.append(FileRow(numbers, told))
    return rows, wrong


def wrong_header(
    names: Iterable[str], required: Sequence[str], optional: Sequence[str]
) -> list[Wrong]:
    """What of a file's first line would be read by nobody, or twice, or is not there."""
    found = list(names)
    if len(found) == 1 and any(mark in found[0] for mark in _OTHER_MARKS):
        return [Wrong(1, "", "columns are parted by commas")]
    missing = [Wrong(1, name, "this column is missing") for name in required if name not in found]
    unknown = [
        Wrong(1, name, f"unknown column; there are {', '.join((*required, *optional))}")
        for name in found
        if name not in (*required, *optional)
    ]
    twice = [Wrong(1, name, "this column is there twice") for name in set(found)
             if found.count(name) > 1]  # fmt: skip
    return [*missing, *unknown, *twice]


def _told(
    lines: Sequence[tuple[int, Line]], kind: str, currency: str
) -> Iterator[tuple[tuple[int, ...], dict[str, object] | Wrong]]:
    if kind != "orders":
        tell = _customer if kind == "customers" else _balance
        yield from (((number,), tell(line)) for number, line in lines)
        return
    orders: dict[tuple[str, str], list[tuple[int, Line]]] = {}
    for number, line in lines:
        orders.setdefault((line.get("source") or "", line["order_id"]), []).append((number, line))
    for parts in orders.values():
        numbers = tuple(number for number, _ in parts)
        yield numbers, order_told(parts, currency)


def order_told(parts: Sequence[tuple[int, Line]], currency: str) -> dict[str, object] | Wrong:
    """One order from its numbered lines, as the door takes it."""
    try:
        return _order([line for _, line in parts], currency)
    except RowWrong as error:
        named = (number for number, line in parts if line is error.row)
        return Wrong(next(named, parts[0][0]), error.column, str(error))


def problems_of(
    kind: str, numbers: tuple[int, ...], told: dict[str, object], now: Instant
) -> list[Wrong]:
    """What the door would say of the row, each thing once."""
    read = read_row(kind, told, now)
    found = [
        _located(kind, problem, numbers)
        for problem in (read if isinstance(read, tuple) else ())
        if kind != "orders" or not problem.path.endswith(_COPIES)
    ]
    return list(dict.fromkeys(found))


def _located(kind: str, problem: Problem, numbers: tuple[int, ...]) -> Wrong:
    place = _PLACE.search(problem.path)
    line = numbers[int(place[1])] if place and int(place[1]) < len(numbers) else numbers[0]
    names = [_CALLED.get(name, name) for name in _NAME.findall(problem.path)]
    columns = [name for name in names if name in {*COLUMNS[kind][0], *COLUMNS[kind][1]}]
    return Wrong(line, columns[-1] if columns else "", problem.detail)


# ---------------------------------------------------------------- rows


def _customer(line: Line) -> dict[str, object]:
    names = ("email", "name", "country", "locale")
    customer: dict[str, object] = {name: line[name] for name in names if line.get(name)}
    customer["id"] = line["id"]
    customer["tags"] = _words(line, "tags")
    customer["email_verified"] = (line.get("email_verified") or "").lower() in ("1", "true", "yes")
    return {**_source(line), "customer": customer, "joined_at": line["joined_at"]}


def _balance(line: Line) -> dict[str, object]:
    until = {"expires_at": line["expires_at"]} if line.get("expires_at") else {}
    usual = ":".join((line["customer_id"], line["unit"], *until.values()))
    return {
        **_source(line),
        **until,
        "id": line.get("id") or usual,
        "customer_id": line["customer_id"],
        "unit": line["unit"],
        "points": _whole(line["points"]),
    }


def _order(lines: list[Line], currency: str) -> dict[str, object]:
    past = order_of(lines, currency)
    before = dict(word.partition(":")[::2] for word in _words(lines[0], "posted_before"))
    return {
        **_source(lines[0]),
        "order": _wire(past.state, past.refunds),
        "posted_before": {unit: _whole(points) for unit, points in before.items()},
    }


def _wire(order: OrderState, refunds: tuple[Refund, ...]) -> dict[str, object]:
    """The order as an event tells it."""
    paid_at = iso(order.paid_at or 0)
    customer = order.customer
    status = OrderStatus.PARTIALLY_REFUNDED if refunds else OrderStatus.PAID
    places = ("country", "locale")
    told = {name: getattr(customer, name) for name in places if getattr(customer, name, "")}
    return {
        **{name: getattr(order, name) for name in ("number", "channel") if getattr(order, name)},
        "id": order.id,
        "version": iso(max((order.version, *(refund.at for refund in refunds)))),
        "status": status.value,
        "currency": order.currency,
        "created_at": paid_at,
        "paid_at": paid_at,
        "customer": {"id": customer.id, "tags": list(customer.tags), **told} if customer else None,
        "lines": [_line_told(line) for line in order.lines],
        "refunds": [_refund_told(refund) for refund in refunds],
        "refunds_complete": True,
        "codes": list(order.codes),
        "tags": list(order.tags),
    }


def _line_told(line: OrderLine) -> dict[str, object]:
    whole, milli = divmod(line.quantity_milli, _MILLI)
    return {
        **{name: getattr(line, name) for name in ("product_id", "sku") if getattr(line, name)},
        "id": line.id,
        "quantity": f"{whole}.{milli:03}",
        "net": line.net,
        "gross": line.gross,
        "tax": line.tax,
        "tags": list(line.tags),
        "gift_card": line.gift_card,
    }


def _refund_told(refund: Refund) -> dict[str, object]:
    lines = [{"line_id": part.line_id, "net": part.net} for part in refund.lines]
    return {"id": refund.id, "at": iso(refund.at), "lines": lines}


def _source(line: Line) -> dict[str, object]:
    return {"source": line["source"]} if line.get("source") else {}


def _whole(text: str) -> object:
    return int(text) if _WHOLE.fullmatch(text.strip()) else text


def _words(line: Line, name: str) -> list[str]:
    return [word for word in (line.get(name) or "").split("|") if word]
