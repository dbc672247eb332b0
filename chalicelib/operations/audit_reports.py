"""Finish an audit: add up what its segments found, write each shop's report, raise the metrics.

Finishing again writes the same reports, so a finish that was cut off is simply done again.
"""

from collections import Counter

import msgspec

from chalicelib import telemetry
from chalicelib.domain.audit_across import Taken, history_break, published
from chalicelib.domain.instants import Instant, iso
from chalicelib.operations.audit_budgets import audit_budgets
from chalicelib.operations.audit_causes import audit_causes
from chalicelib.operations.audit_findings import Found
from chalicelib.operations.audit_stock import audit_stock
from chalicelib.storage.audits import (
    AuditReport,
    AuditRun,
    find_report,
    report_put,
    run_put,
    tallies_of,
)
from chalicelib.storage.table import ConditionFailed, Start, Table

JOB = {"job": "audit"}
"""Dimension of the audit's metrics."""


def finish_audit(table: Table, run: AuditRun, now: Instant) -> tuple[AuditReport, ...]:
    """The reports of a run whose segments are all done; the metrics tell of them once."""
    shops: dict[str, Found] = {}
    for number in range(run.segments):
        start: Start | None = None
        while True:
            rows, start = tallies_of(table, run.id, number, start)
            for shop, tally in rows:
                shops.setdefault(shop, Found()).add(tally)
            if start is None:
                break
    reports = tuple(_report(table, run, shop, shops[shop], now) for shop in sorted(shops))
    for report in reports:
        table.write(report_put(report))
    try:
        table.write(run_put(run, msgspec.structs.replace(run, finished_at=now)))
    except ConditionFailed:
        return reports  # somebody finished it at the same time, and told of it
    _tell(reports)
    return reports


def _report(table: Table, run: AuditRun, shop: str, found: Found, now: Instant) -> AuditReport:
    taken: dict[str, Taken] = found.taken
    breaks, unproven = audit_stock(table, shop, taken, tuple(sorted(found.stocks)))
    more, moved = audit_causes(table, shop, found.given, tuple(sorted(found.causes)))
    breaks, unproven = (*breaks, *more), (*unproven, *moved)
    more, moved = audit_budgets(table, shop, found.spent, tuple(sorted(found.budgets)))
    breaks, unproven = (*breaks, *more), (*unproven, *moved)
    before = find_report(table, shop, run)
    is_whole = not found.counts["unread"]
    if before is not None and before.digest and is_whole:
        at = iso(run.before_as_of)
        breaks += history_break(at, before.digest, published(found.total_before))
    found.add_breaks(breaks)
    return AuditReport(
        run=run.id,
        shop=shop,
        started_at=run.started_at,
        finished_at=now,
        as_of=run.as_of,
        digest=published(found.total) if is_whole else "",
        counts={name: count for name, count in found.counts.items() if count},
        breaks=tuple(found.breaks),
        unproven=(*found.unproven, *unproven),
    )


def _tell(reports: tuple[AuditReport, ...]) -> None:
    """Raise the alarm's metric on any break, and say that the night's work is done."""
    totals = Counter[str]()
    for report in reports:
        totals.update(report.counts)
    if totals["breaks"]:
        telemetry.count("audit_breaks", JOB, totals["breaks"])
    telemetry.count("audit_members", JOB, totals["members"])
    telemetry.count("audits_finished", JOB)
