"""A row of the audit log for every admin write that was done, written by the framework itself.

After the write, because a refused one is none; a replay is none either. What was done stays done:
if the row cannot be stored, the answer stands and an alarm counts it, rather than telling a
caller to do it again.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from chalicelib import telemetry
from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.routes.contract import Answer, Audience, Call, NoBody, Route
from chalicelib.storage.audit_log import AuditRow, audit_write
from chalicelib.storage.table import Contended, Unanswered

_ATTEMPTS_MAX: Final = 3
_ROW_ID_LENGTH: Final = 16
_CUSTOMER_PREFIX: Final = "external:"


def record(route: Route, call: Call[NoBody], path: Mapping[str, str], done: Answer) -> None:
    """Append the row of what ``call`` has done, if it was a write of the admin side."""
    is_admin_write = route.audience is Audience.ADMIN and route.is_write
    if is_admin_write and not done.replayed:
        _append(call, _row(route, call, path, done))


def _row(route: Route, call: Call[NoBody], path: Mapping[str, str], done: Answer) -> AuditRow:
    # A shop's id of a customer is about a person: the view names our member id instead.
    targets = {n: v for n, v in path.items() if not v.startswith(_CUSTOMER_PREFIX)}
    targets.pop("shop", None)
    if done.target:
        targets["target"] = done.target
    told = f"{call.request_id} {call.wall_now} {route.template} {sorted(targets.items())}"
    return AuditRow(
        row_id=hashlib.sha256(told.encode()).hexdigest()[:_ROW_ID_LENGTH],
        shop=path.get("shop") or done.target,
        at=call.wall_now,
        actor=call.actor,
        action=route.template,
        targets=targets,
        reason=done.reason,
    )


def _append(call: Call[NoBody], row: AuditRow) -> None:
    for _ in range(_ATTEMPTS_MAX):
        try:
            call.table.write(audit_write(row))
        except (StorageUnavailable, Contended, Unanswered):
            continue  # the same row again is the same item
        return
    telemetry.count("audit_rows_lost", {"action": row.action})
