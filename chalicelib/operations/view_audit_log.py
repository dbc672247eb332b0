"""The audit log of a shop, newest first."""

import msgspec

from chalicelib.domain.outcome import Refusal
from chalicelib.operations.create_shop import shop_unknown
from chalicelib.storage.audit_log import AuditRow, audit_rows_of, list_audit_rows
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Start, Table


class AuditPage(msgspec.Struct, frozen=True):
    """Rows, and where the next page starts."""

    rows: tuple[AuditRow, ...]
    next_start: Start | None


def view_audit_log(table: Table, shop: str, limit: int, start: Start | None) -> AuditPage | Refusal:
    """One page of the log."""
    if find_shop(table, shop) is None:
        return shop_unknown()
    page = list_audit_rows(table, shop, limit, start)
    return AuditPage(audit_rows_of(page.items), page.next_start)
