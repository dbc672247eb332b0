"""The audit log of a shop: who wrote what through the admin API, and when. Appended, never changed.

A row names the actor, the route's template and the ids it was on: no body, no name, no e-mail.
Of words it has one kind: the reason why a program was published over its own limits.
Its own id comes from the request, so a row that is written twice is one row.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.storage.items import Anything, Item, Put
from chalicelib.storage.key_names import audit_partition, timed_key
from chalicelib.storage.table import Page, Query, Start, Table


class AuditRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One admin write that succeeded."""

    row_id: str
    shop: str
    at: Instant  # real time
    actor: str  # "operator" or "key:<id>"
    action: str  # the route's template
    targets: dict[str, str] = {}  # ids by name of the path parameter, and "target"
    reason: str = ""  # why somebody went over a limit of the shop's own


def audit_write(row: AuditRow) -> Put:
    """The write of a row."""
    partition, sort = timed_key(audit_partition(row.shop), row.at, row.row_id)
    fields: dict[str, Any] = msgspec.to_builtins(row)
    return Put({**fields, "PK": partition, "SK": sort}, Anything())


def list_audit_rows(table: Table, shop: str, limit: int, start: Start | None) -> Page:
    """One page of the log, newest first; read it with ``audit_rows_of``."""
    query = Query(
        pk=audit_partition(shop), limit=limit, start=start, newest_first=True, consistent=True
    )
    return table.query(query)


def audit_rows_of(items: Sequence[Item]) -> tuple[AuditRow, ...]:
    """The rows of a page."""
    return tuple(msgspec.convert(item, AuditRow) for item in items)
