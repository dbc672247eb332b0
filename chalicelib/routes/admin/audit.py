"""Admin: who changed what in a shop. The framework writes the rows (``routes/auditing.py``)."""

import msgspec

from chalicelib.domain.instants import iso
from chalicelib.domain.outcome import Refusal
from chalicelib.operations.view_audit_log import view_audit_log
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    ListView,
    NoBody,
    Outcome,
)
from chalicelib.routes.door import Door
from chalicelib.security.scopes import Scope
from chalicelib.storage.audit_log import AuditRow

door = Door(Audience.ADMIN)


class AuditRowView(msgspec.Struct, frozen=True):
    """One write that was done."""

    id: str
    at: str
    actor: str  # "operator" or "key:<id>"
    action: str  # method and path template
    targets: dict[str, str]  # ids, by the names of the path's parameters
    reason: str  # why somebody went over a limit of the shop's own; mostly empty


def _view(row: AuditRow) -> AuditRowView:
    return AuditRowView(row.row_id, iso(row.at), row.actor, row.action, row.targets, row.reason)


@door.get(
    "/v1/admin/shops/{shop}/audit-log",
    Contract(
        NoBody,
        ListView[AuditRowView],
        "Read the audit log, newest first",
        scope=Scope.OWNER,
        is_list=True,
    ),
)
def get_audit_log(call: Call[NoBody], shop: str) -> Outcome:
    """Read the log."""
    page = view_audit_log(call.table, shop, call.page.limit, call.page.start)
    if isinstance(page, Refusal):
        return page
    return Answer(call.page_of(tuple(_view(row) for row in page.rows), page.next_start))
