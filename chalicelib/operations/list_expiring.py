"""What expires when: the list that notices to members are made from. Reads only.

Walks the accounts by the date that something of them is due, which is never later than the truth;
so whoever loses points before a date is among them. The rows are worked out from each account as
it is now: points that inactivity will take are there with the date of today's knowledge.
"""

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import is_lapsed
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.passing import seen
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.storage.index_names import due_at_of, due_partition
from chalicelib.storage.items import key_of
from chalicelib.storage.key_names import account_key
from chalicelib.storage.members import account_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Query, Start, Table


class ExpiringQuery(msgspec.Struct, frozen=True):
    """Which points: of which unit ("" for all), lost before when."""

    unit: str
    before: Instant
    now: Instant


class ExpiringRow(msgspec.Struct, frozen=True):
    """Points of one member and unit that are lost at one instant."""

    member: str
    unit: str
    points: int
    at: Instant


class ExpiringPage(msgspec.Struct, frozen=True):
    """Rows, and where the next page starts. A page holds so many members, not rows."""

    rows: tuple[ExpiringRow, ...]
    next_start: Start | None


def list_expiring(
    table: Table, shop_id: str, query: ExpiringQuery, page: tuple[int, Start | None]
) -> ExpiringPage | Refusal:
    """One page of what expires, members with the soonest date first."""
    shop = find_shop(table, shop_id)
    if shop is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    version = shop.live_version(query.now)
    if not version:
        return ExpiringPage((), None)
    program = program_of(table, shop_id, version)
    if query.unit and query.unit not in program.program.units:
        return Refusal(RefusalCode.UNIT_UNKNOWN, f"The program has no unit '{query.unit}'.")
    limit, start = page
    found = table.query(Query(due_partition(shop_id), index="GSI1", limit=limit, start=start))
    due = [item for item in found.items if due_at_of(item) < query.before]
    members = [key_of(item)[0].rpartition("#M#")[2] for item in due]
    keys = [account_key(shop_id, member) for member in members]
    items = table.load(keys) if keys else {}
    rows: list[ExpiringRow] = []
    for member, key in zip(members, keys, strict=True):
        account = account_of(items.get(key))
        if account is not None:
            rows.extend(_rows(member, account, program, query))
    is_last = len(due) < len(found.items)
    return ExpiringPage(tuple(rows), None if is_last else found.next_start)


def _rows(
    member: str, account: Account, program: CompiledProgram, query: ExpiringQuery
) -> list[ExpiringRow]:
    points: dict[tuple[Instant, str], int] = {}
    for unit, state in seen(account, program.idle, query.now).units.items():
        for lot in state.lots:
            is_asked = lot.expires_at is not None and lot.expires_at < query.before
            is_live = lot.remaining > 0 and not is_lapsed(lot, query.now)
            if is_asked and is_live and query.unit in ("", unit):
                key = (lot.expires_at or 0, unit)
                points[key] = points.get(key, 0) + lot.remaining
    return [ExpiringRow(member, unit, count, at) for (at, unit), count in sorted(points.items())]
