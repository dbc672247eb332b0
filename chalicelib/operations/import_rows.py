"""Import rows of another system: customers, their balances, and orders from before the program.

Each row is one commit of a verb that exists: joining, an adjustment of kind ``import``, an order.
So each counts once, however often a file is sent, and a batch that dies is sent again. Customers
come first: nobody is made a member by a balance or by a past order.
"""

from typing import Literal

import msgspec

from chalicelib.domain.events import Customer, OrderUpserted
from chalicelib.domain.instants import Instant
from chalicelib.domain.launching import Imported
from chalicelib.domain.member import Profile
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.launch_document import Launch
from chalicelib.domain.records import AdjustmentKind
from chalicelib.operations.adjust_points import AdjustCommand, adjust_points
from chalicelib.operations.decide_and_commit import Recorded
from chalicelib.operations.join_program import JoinCommand, join_program
from chalicelib.operations.load_order import LoadedOrder, OrderCommand
from chalicelib.operations.record_order import record_order
from chalicelib.security.keyed_ids import member_id
from chalicelib.storage.programs import program_at
from chalicelib.storage.shops import Shop, find_shop, shop_secret
from chalicelib.storage.table import Table

_SHOP_UNKNOWN = Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
_NOT_LIVE = Refusal(RefusalCode.PROGRAM_NOT_LIVE, "The shop has no program yet.")


class CustomerRow(msgspec.Struct, frozen=True):
    """Somebody who joined elsewhere."""

    source: str
    customer: Customer
    joined_at: Instant


class BalanceRow(msgspec.Struct, frozen=True):
    """One opening lot; ``id`` names the row, for ever."""

    id: str
    source: str
    customer_id: str
    unit: str
    points: int
    expires_at: Instant = 0  # 0: as points that are earned now


class PastOrderRow(msgspec.Struct, frozen=True):
    """An order from before the program, and what had been given for it."""

    event: OrderUpserted
    posted_before: dict[str, int] = {}


Row = CustomerRow | BalanceRow | PastOrderRow


class RowResult(msgspec.Struct, frozen=True):
    """What became of a row. ``reason`` says why an order that is kept counts nothing."""

    status: Literal["recorded", "replayed", "ignored", "refused"]
    refusal: Refusal | None = None
    reason: str = ""


class ImportCommand(msgspec.Struct, frozen=True):
    """Whose rows they are, and who brings them."""

    shop: str
    actor: str
    now: Instant
    wall_now: Instant


def import_row(table: Table, command: ImportCommand, row: Row) -> RowResult:
    """Import one row. Idempotent.

    Raises:
        Busy, StorageUnavailable: send the row again.
    """
    shop = find_shop(table, command.shop)
    if shop is None:
        return RowResult("refused", _SHOP_UNKNOWN)
    program = program_at(table, shop, command.now)
    if program is None:
        return RowResult("refused", _NOT_LIVE)
    match row:
        case CustomerRow():
            return _customer(table, command, row)
        case BalanceRow():
            return _balance(table, command, row, shop)
        case PastOrderRow():
            return _order(table, command, row, program.program.launch)


def _customer(table: Table, command: ImportCommand, row: CustomerRow) -> RowResult:
    person = row.customer
    profile = Profile(
        external_id=person.id,
        source=row.source,
        joined_at=row.joined_at,
        email=person.email,
        email_verified=person.email_verified,
        name=person.name,
        locale=person.locale,
        country=person.country,
        tags=person.tags,
    )
    wish = JoinCommand(command.shop, profile, command.now, command.wall_now, row.joined_at)
    result = join_program(table, wish)
    return RowResult("refused", result) if isinstance(result, Refusal) else _done(result.replayed)


def _balance(table: Table, command: ImportCommand, row: BalanceRow, shop: Shop) -> RowResult:
    wish = AdjustCommand(
        shop=command.shop,
        member=member_id(shop_secret(shop), row.source, row.customer_id),
        unit=row.unit,
        points=row.points,
        reason="",
        salt="",
        actor=command.actor,
        idempotency_key=f"import:{row.id}",
        now=command.now,
        kind=AdjustmentKind.IMPORT,
        until=row.expires_at,
    )
    result = adjust_points(table, wish)
    return RowResult("refused", result) if isinstance(result, Refusal) else _done(result.replayed)


def _order(table: Table, command: ImportCommand, row: PastOrderRow, launch: Launch) -> RowResult:
    refusal = _closed(row, launch)
    if refusal is not None or launch.orders is None:
        return RowResult("refused", refusal)
    imported = Imported(launch.orders, row.posted_before)
    wish = OrderCommand(command.shop, row.event, command.now, command.wall_now, imported=imported)
    result = record_order(table, wish)
    return RowResult("refused", result) if isinstance(result, Refusal) else _kept(result, launch)


def _closed(row: PastOrderRow, launch: Launch) -> Refusal | None:
    """Why the live program takes no such order."""
    if launch.orders is None:
        return Refusal(RefusalCode.LAUNCH_NOT_OPEN, "The live program imports no past orders.")
    if row.posted_before and launch.balances is None:
        detail = "points were given before, and the live program imports no balances"
        return Refusal(RefusalCode.VALUE_INVALID, detail)
    return None


def _kept(result: Recorded[LoadedOrder], launch: Launch) -> RowResult:
    document = result.document
    if not isinstance(document, OrderDocument):
        raise TypeError("an order that is told is recorded as one")
    if document.terms is None:
        return RowResult("ignored", reason=document.reason)
    if document.terms.launched is None and launch.orders == "qualify_only":
        return RowResult("ignored", reason="already_awarded")
    return _done(result.replayed)


def _done(is_replayed: bool) -> RowResult:  # noqa: FBT001 - a fact, not a switch
    return RowResult("replayed" if is_replayed else "recorded")
