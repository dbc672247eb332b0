"""What the nightly audit keeps: its run, how far each segment has come, tallies, reports.

Nothing here is of the books. A checkpoint and the tallies it stands for are written in one
transaction under the checkpoint's revision, so a segment that is resumed counts nothing twice and
two processes on one segment cannot both go on. All of it but the reports disappears by itself.
"""

from typing import Any

import msgspec

from chalicelib.domain.audited import NO_SUM, Break
from chalicelib.domain.instants import SECOND_MS, Instant
from chalicelib.domain.limits import AUDIT_STATE_KEPT_MS
from chalicelib.storage.items import TTL, Absent, Anything, Item, Key, Put, RevisionIs
from chalicelib.storage.key_names import (
    audit_run_key,
    audit_segment_key,
    audit_tally_key,
    book_audits_partition,
    timed_key,
)
from chalicelib.storage.members import stored_fields
from chalicelib.storage.table import Query, Start, Table


class AuditRun(msgspec.Struct, frozen=True, kw_only=True):
    """One audit of the whole table, from its start to its report."""

    id: str
    started_at: Instant
    as_of: Instant  # the digest covers entries recorded before
    segments: int
    before_id: str = ""  # the finished run that this one's history is held against
    before_as_of: Instant = 0
    finished_at: Instant = 0
    revision: int = 0


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run has come in one segment."""

    run: str
    number: int
    start: tuple[str, str] | None = None  # the key to go on after; None: from the first
    done: bool = False
    revision: int = 0


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one shop in one segment so far. Tallies add up."""

    counts: dict[str, int] = {}  # members, entries, documents, orders, busy, breaks
    breaks: tuple[Break, ...] = ()  # the first ones; ``counts`` has them all
    unproven: tuple[str, ...] = ()  # the first members of whom something could not be proved
    total: bytes = NO_SUM  # of the digest
    total_before: bytes = NO_SUM  # the same as of the run before
    taken: dict[str, tuple[int, int]] = {}  # reward → (pieces out, fingerprint)
    stocks: tuple[str, ...] = ()  # rewards that have stock
    given: dict[str, tuple[int, int]] = {}  # cause → (units that documents gave, fingerprint)
    causes: tuple[str, ...] = ()  # causes that have a counter
    spent: dict[str, tuple[int, int]] = {}  # budget → (what documents spent, fingerprint)
    budgets: tuple[str, ...] = ()  # budgets that anything was spent of


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """What one run found of one shop. Written once, never changed."""

    run: str
    shop: str
    started_at: Instant
    finished_at: Instant
    as_of: Instant
    digest: str
    counts: dict[str, int]
    breaks: tuple[Break, ...] = ()
    unproven: tuple[str, ...] = ()  # what moved while it was looked at, or no index shows whole


def load_run(table: Table) -> AuditRun | None:
    """The run under way, or the last one."""
    item = table.load([audit_run_key()]).get(audit_run_key())
    return msgspec.convert(item, AuditRun) if item else None


def run_put(before: AuditRun | None, after: AuditRun) -> Put:
    """The write of ``after``, if nobody wrote since ``before``."""
    condition = Absent() if before is None else RevisionIs(before.revision)
    revision = (before.revision if before else 0) + 1
    return Put(_item(audit_run_key(), after, revision), condition)


def load_segment(table: Table, run: str, number: int) -> Segment:
    """How far the run has come in segment ``number``."""
    key = audit_segment_key(run, number)
    item = table.load([key]).get(key)
    return msgspec.convert(item, Segment) if item else Segment(run=run, number=number)


def segment_put(before: Segment, after: Segment, now: Instant) -> Put:
    """The checkpoint ``after``, if nobody went on since ``before``."""
    condition = RevisionIs(before.revision) if before.revision else Absent()
    item = _item(audit_segment_key(after.run, after.number), after, before.revision + 1)
    return Put({**item, **_passing(now)}, condition)


def load_tallies(table: Table, segment: Segment, shops: tuple[str, ...]) -> dict[str, Tally]:
    """What the segment has found so far of ``shops``."""
    keys = {audit_tally_key(segment.run, segment.number, shop): shop for shop in shops}
    items = table.load(list(keys)) if keys else {}
    return {shop: msgspec.convert(items[key], Tally) for key, shop in keys.items() if key in items}


def tally_put(segment: Segment, shop: str, tally: Tally, now: Instant) -> Put:
    """The write of a tally; the checkpoint beside it in the transaction is what guards it."""
    item = _item(audit_tally_key(segment.run, segment.number, shop), tally, 1)
    return Put({**item, "shop": shop, **_passing(now)}, Anything())


def tallies_of(
    table: Table, run: str, number: int, start: Start | None
) -> tuple[tuple[tuple[str, Tally], ...], Start | None]:
    """One page of a segment's tallies, by shop."""
    partition, _ = audit_segment_key(run, number)
    page = table.query(Query(partition, "T#", start=start, consistent=True))
    rows = tuple((str(item["shop"]), msgspec.convert(item, Tally)) for item in page.items)
    return rows, page.next_start


def report_put(report: AuditReport) -> Put:
    """The write of a report; the same run writes the same one."""
    return Put(
        _item(_report_key(report.shop, report.started_at, report.run), report, 1), Anything()
    )


def find_report(table: Table, shop: str, run: AuditRun) -> AuditReport | None:
    """What the run before ``run`` found of the shop."""
    if not run.before_id:
        return None
    key = _report_key(shop, int(run.before_id), run.before_id)
    item = table.load([key]).get(key)
    return msgspec.convert(item, AuditReport) if item else None


def newest_reports(
    table: Table, shop: str, limit: int, start: Start | None
) -> tuple[tuple[AuditReport, ...], Start | None]:
    """One page of a shop's reports, newest first."""
    page = table.query(
        Query(
            book_audits_partition(shop),
            limit=limit,
            start=start,
            newest_first=True,
            consistent=True,
        )
    )
    return tuple(msgspec.convert(item, AuditReport) for item in page.items), page.next_start


def _report_key(shop: str, started_at: Instant, run: str) -> Key:
    return timed_key(book_audits_partition(shop), started_at, run)


def _item(key: Key, value: msgspec.Struct, revision: int) -> Item:
    fields: dict[str, Any] = dict(stored_fields(value))
    stored = {name: field for name, field in fields.items() if field is not None}
    if "revision" in stored:
        stored["revision"] = revision
    return {**stored, "PK": key[0], "SK": key[1], "r": revision}


def _passing(now: Instant) -> Item:
    return {TTL: (now + AUDIT_STATE_KEPT_MS) // SECOND_MS}
