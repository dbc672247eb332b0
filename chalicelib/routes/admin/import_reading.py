"""Rows of a launch as JSON, read and imported one by one; see ``importing``, which is the door."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from chalicelib.domain.event_parsing import parse_event, shape_problem
from chalicelib.domain.event_wire import Id, Moment, Source
from chalicelib.domain.events import CustomerUpserted, OrderUpserted
from chalicelib.domain.instants import Instant, to_instant
from chalicelib.domain.outcome import Problem, RefusalCode
from chalicelib.domain.points import POINTS_MAX
from chalicelib.operations.import_rows import (
    BalanceRow,
    CustomerRow,
    ImportCommand,
    PastOrderRow,
    Row,
    import_row,
)
from chalicelib.routes.contract import Call
from chalicelib.routes.parsing import JsonObject
from chalicelib.routes.responses import ProblemItem, problem_items

_Points = Annotated[int, Meta(ge=1, le=POINTS_MAX)]


class Told(NamedTuple):
    """What became of one row, as the door tells it."""

    row: str
    status: str
    reason: str = ""
    code: str = ""
    errors: tuple[ProblemItem, ...] = ()


class WireBalance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of ``balances``."""

    id: Annotated[str, Meta(min_length=1, max_length=64)]
    source: Source = "main"
    customer_id: Id
    unit: Id
    points: _Points
    expires_at: Moment | None = None


class WireBefore(msgspec.Struct, frozen=True):
    """What one of ``orders`` says beside its event."""

    posted_before: dict[Id, _Points] = {}


def imported(
    call: Call[JsonObject], shop: str, rows: Sequence[tuple[str, object]]
) -> Iterator[Told]:
    """What becomes of each row; ``rows`` are lists under their names."""
    command = ImportCommand(shop, call.actor, call.now, call.wall_now)
    for name, told in rows:
        for place, wire in enumerate(told if isinstance(told, list) else ()):
            yield _item(call, command, f"$.{name}[{place}]", read_row(name, wire, call.now))


def read_row(kind: str, wire: object, now: Instant) -> Row | tuple[Problem, ...]:
    """One row of the list ``kind``, or everything that is wrong with it."""
    return _READERS[kind](wire, now)


def _item(
    call: Call[JsonObject], command: ImportCommand, path: str, row: Row | tuple[Problem, ...]
) -> Told:
    if isinstance(row, tuple):
        code = RefusalCode.VALUE_INVALID.value
        return Told(path, "refused", code=code, errors=problem_items(row))
    made = import_row(call.table, command, row)
    if made.refusal is None:
        return Told(path, made.status, made.reason)
    code = made.refusal.code.value
    why = ProblemItem(path, code, made.refusal.detail)
    return Told(path, made.status, code=code, errors=(why,))


# ---------------------------------------------------------------- rows


def _customer(wire: object, now: Instant) -> Row | tuple[Problem, ...]:
    told = dict(wire) if isinstance(wire, dict) else {}
    event = parse_event(
        {
            "type": "customer.upserted",
            "id": "import",
            "version": told.pop("joined_at", None),
            **told,
        },
        now,
    )
    if isinstance(event, tuple):
        return event
    if not isinstance(event, CustomerUpserted):
        raise TypeError("a customer is told as one")
    return CustomerRow(event.source, event.customer, event.version)


def _balance(wire: object, _: Instant) -> Row | tuple[Problem, ...]:
    try:
        row = msgspec.convert(wire, WireBalance)
    except msgspec.ValidationError as error:
        return (shape_problem(error),)
    until = to_instant(row.expires_at) if row.expires_at else 0
    return BalanceRow(row.id, row.source, row.customer_id, row.unit, row.points, until)


def _order(wire: object, now: Instant) -> Row | tuple[Problem, ...]:
    told = dict(wire) if isinstance(wire, dict) else {}
    try:
        before = msgspec.convert({"posted_before": told.pop("posted_before", {})}, WireBefore)
    except msgspec.ValidationError as error:
        return (shape_problem(error),)
    event = parse_event({"type": "order.upserted", "id": "import", **told}, now)
    if isinstance(event, tuple):
        return event
    if not isinstance(event, OrderUpserted):
        raise TypeError("an order is told as one")
    return PastOrderRow(event, before.posted_before)


_READERS: Final = {"customers": _customer, "balances": _balance, "orders": _order}
