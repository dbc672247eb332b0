"""Orders in a CSV file: one row a line of an order, rows of one order anywhere in the file.

Columns are documented in docs/programs/time-machine.md; ``order_id``, ``customer_id``,
``paid_at`` and ``net`` are required, unknown ones are refused. Money is in major units.
What is wrong is told by its row and column; ``checking`` knows the lines.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from chalicelib.domain.calendar_days import parse_month_day
from chalicelib.domain.celebrating import month_day
from chalicelib.domain.currencies import EXPONENTS
from chalicelib.domain.events import (
    Customer,
    OrderLine,
    OrderState,
    OrderStatus,
    Refund,
    RefundLine,
)
from chalicelib.domain.instants import Instant, parse_instant
from chalicelib.domain.replay.history import PastOrder
from chalicelib.domain.replay.past_members import PastMember
from chalicelib.domain.replay.walking import Past

Row: TypeAlias = Mapping[str, str]

REQUIRED = ("order_id", "customer_id", "paid_at", "net")
OPTIONAL = (
    *("currency", "number", "channel", "codes", "order_tags"),
    *("line_id", "product_id", "sku", "tags", "quantity", "gross", "tax", "gift_card"),
    *("refunded", "refunded_at", "country", "locale", "customer_tags", "birthday"),
)
_YES = frozenset({"1", "true", "yes"})
_NO = frozenset({"", "0", "false", "no"})


class RowWrong(Exception):
    """What cannot be read, with its reason; of a row also which one, and of which column."""

    def __init__(self, why: str, row: Row | None = None, column: str = "") -> None:
        """Say ``why``, and where it is known of which cell."""
        super().__init__(why)
        self.row = row
        self.column = column


def orders_by_member(rows: Iterable[Row], currency: str) -> Iterator[tuple[str, list[Past]]]:
    """Each customer of ``rows`` with their orders; ``currency`` is of rows that name none."""
    by_member: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        by_member.setdefault(row["customer_id"], {}).setdefault(row["order_id"], []).append(row)
    for member in sorted(by_member):
        orders = by_member.pop(member)
        past: list[Past] = [order_of(lines, currency) for lines in orders.values()]
        every = (row for lines in orders.values() for row in lines)
        told = next((row for row in every if row.get("birthday")), None)
        yield member, [*past, *([PastMember(member, birthday=birthday_of(told))] if told else [])]


def order_of(rows: list[Row], currency: str) -> PastOrder:
    """One order from its rows; what the order has once is read from the first of them.

    Raises:
        RowWrong: an amount, a time or a currency that cannot be read.
    """
    first = rows[0]
    paid_at, money = _instant(first, "paid_at"), first.get("currency") or currency
    if money not in EXPONENTS:
        raise RowWrong(f"unknown currency {money}", first, "currency")
    for row in rows:
        if row["customer_id"] != first["customer_id"]:
            why = f"order {first['order_id']} is of {first['customer_id']}, too"
            raise RowWrong(why, row, "customer_id")
    ids = [row.get("line_id") or str(place) for place, row in enumerate(rows, start=1)]
    state = OrderState(
        id=first["order_id"],
        number=first.get("number") or "",
        version=paid_at,
        status=OrderStatus.PAID,
        currency=money,
        created_at=paid_at,
        paid_at=paid_at,
        channel=first.get("channel") or "",
        customer=_customer(first),
        lines=tuple(_line(row, line_id, money) for row, line_id in zip(rows, ids, strict=True)),
        codes=_words(first, "codes"),
        tags=_words(first, "order_tags"),
    )
    refunds = tuple(_refunds(rows, ids, money))
    return PastOrder(first["customer_id"], state, refunds)


def _customer(row: Row) -> Customer:
    return Customer(
        id=row["customer_id"],
        country=row.get("country") or "",
        locale=row.get("locale") or "",
        tags=_words(row, "customer_tags"),
    )


def _line(row: Row, line_id: str, currency: str) -> OrderLine:
    net = _minor(row, "net", currency)
    return OrderLine(
        id=line_id,
        quantity_milli=_scaled(row, "quantity", 3) or 1_000,
        net=net,
        gross=_minor(row, "gross", currency) or net,
        tax=_minor(row, "tax", currency),
        product_id=row.get("product_id") or "",
        sku=row.get("sku") or "",
        tags=_words(row, "tags"),
        gift_card=_is_yes(row, "gift_card"),
    )


def _refunds(rows: list[Row], ids: list[str], currency: str) -> Iterator[Refund]:
    for row, line_id in zip(rows, ids, strict=True):
        amount = _minor(row, "refunded", currency)
        if amount:
            at = _returned_at(row, amount, _minor(row, "net", currency))
            yield Refund(f"refund-{line_id}", at, (RefundLine(line_id, 0, amount),))


def _returned_at(row: Row, amount: int, net: int) -> Instant:
    if amount > net:
        raise RowWrong(f"more than the net came back: {row['refunded']}", row, "refunded")
    at = _instant(row, "refunded_at" if row.get("refunded_at") else "paid_at")
    if at < _instant(row, "paid_at"):
        raise RowWrong("before it was paid", row, "refunded_at")
    return at


def _is_yes(row: Row, name: str) -> bool:
    told = (row.get(name) or "").lower()
    if told not in {*_YES, *_NO}:
        raise RowWrong(f"yes or empty: {told}", row, name)
    return told in _YES


def _instant(row: Row, name: str) -> Instant:
    try:
        return parse_instant(row[name])
    except ValueError as error:
        raise RowWrong(f"{error}: {row[name]}", row, name) from error


def _minor(row: Row, name: str, currency: str) -> int:
    return _scaled(row, name, EXPONENTS[currency])


def _scaled(row: Row, name: str, places: int) -> int:
    text = row.get(name) or "0"
    try:
        amount = Decimal(text).scaleb(places)
    except InvalidOperation as error:
        raise RowWrong(f"no number: {text}", row, name) from error
    if not amount.is_finite():
        raise RowWrong(f"no number: {text}", row, name)
    if amount != int(amount) or amount < 0:
        raise RowWrong(f"too many places, or below 0: {text}", row, name)
    return int(amount)


def birthday_of(row: Row) -> str:
    """Month and day of what is told with a year or without.

    Raises:
        RowWrong: there is no such day.
    """
    day = month_day(row["birthday"])
    try:
        parse_month_day(day)
    except ValueError as error:
        raise RowWrong(f"{row['birthday']}: {error}", row, "birthday") from error
    return day


def _words(row: Row, name: str) -> tuple[str, ...]:
    return tuple(word for word in (row.get(name) or "").split("|") if word)
