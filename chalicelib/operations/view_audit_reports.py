"""What the nightly audits found of a shop's books; the audit itself is ``audit_books``."""

from chalicelib.domain.outcome import Refusal
from chalicelib.operations.create_shop import shop_unknown
from chalicelib.storage.audits import AuditReport, newest_reports
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Start, Table


def view_reports(
    table: Table, shop: str, page: tuple[int, Start | None]
) -> tuple[tuple[AuditReport, ...], Start | None] | Refusal:
    """One page of a shop's reports, newest first; ``page`` is (limit, start)."""
    if find_shop(table, shop) is None:
        return shop_unknown()
    return newest_reports(table, shop, *page)
