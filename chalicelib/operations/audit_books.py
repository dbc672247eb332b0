"""The nightly audit of every account of the table: resumable, in parallel, and never repairing.

::

    begin_audit     the run under way, or a new one
    audit_segment   scan keys → each partition once → checks → tallies + checkpoint   (many at once)
    finish_audit    per shop: add up tallies, stock, last night's history → report, metric

A scan finds everything, also what no index and no member leads to. It stops between two
partitions when its time is up and goes on there the next time; the checkpoint and what was counted
up to it are one transaction. Found breaks are values in a report, never changes to the books.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Literal

import msgspec

from chalicelib import clock
from chalicelib.domain.audit_across import member_sum
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import (
    AUDIT_ATTEMPTS_MAX,
    AUDIT_CHECKPOINT_PARTITIONS,
    AUDIT_MARGIN_MS,
    TRANSACTION_WRITES_MAX,
)
from chalicelib.domain.outcome import Busy
from chalicelib.operations.audit_findings import Findings
from chalicelib.operations.audit_member import audit_member, is_member_partition, shop_of
from chalicelib.operations.audit_order import Journals, audit_code, audit_order
from chalicelib.operations.audit_reports import finish_audit
from chalicelib.storage.audits import (
    AuditReport,
    AuditRun,
    Segment,
    load_run,
    load_segment,
    load_tallies,
    run_put,
    segment_put,
    tally_put,
)
from chalicelib.storage.backoff import backoff_ms
from chalicelib.storage.items import Key, Put, key_of
from chalicelib.storage.key_names import parts_of
from chalicelib.storage.table import ConditionFailed, Contended, Scan, Table, Unanswered
from chalicelib.storage.tokens import client_token

_SHOPS_MAX: Final = TRANSACTION_WRITES_MAX - 1  # one write is the checkpoint's
_LOST: Final = -1  # revision of a segment that another process goes on with


class Watch(msgspec.Struct, frozen=True):
    """What an audit asks of its surroundings."""

    now: Instant
    has_time: Callable[[], bool] = lambda: True
    tell: Callable[[Segment, int], None] = lambda _segment, _partitions: None  # progress


class Night(msgspec.Struct, frozen=True):
    """Where an audit stands after it was gone on with."""

    run: AuditRun
    state: Literal["under way", "finished", "not due"]
    reports: tuple[AuditReport, ...] = ()

    @property
    def breaks(self) -> int:
        """Breaks over all shops."""
        return sum(report.counts.get("breaks", 0) for report in self.reports)


def audit_tonight(table: Table, watch: Watch, how: tuple[int, int, int]) -> Night:
    """Go on with the audit under way, or begin one if the last began long enough ago.

    ``how`` is (segments, workers, milliseconds between two beginnings).
    """
    segments, workers, every_ms = how
    known = load_run(table)
    if known and known.finished_at and watch.now - known.started_at < every_ms:
        return Night(known, "not due")
    run = begin_audit(table, segments, watch.now)
    if not audit_segments(table, run, watch, workers):
        return Night(run, "under way")
    return Night(run, "finished", finish_audit(table, run, watch.now))


def begin_audit(table: Table, segments: int, now: Instant) -> AuditRun:
    """The run that is under way, else a new one."""
    known = load_run(table)
    if known is not None and not known.finished_at:
        return known
    started_at = max(now, known.started_at + 1) if known else now
    run = AuditRun(
        id=str(started_at),
        started_at=started_at,
        as_of=now - AUDIT_MARGIN_MS,
        segments=segments,
        before_id=known.id if known else "",
        before_as_of=known.as_of if known else 0,
        revision=(known.revision if known else 0) + 1,
    )
    try:
        table.write(run_put(known, run))
    except ConditionFailed:
        run = load_run(table) or run  # somebody began at the same time: theirs is the one
    return run


def audit_segments(table: Table, run: AuditRun, watch: Watch, workers: int) -> bool:
    """Go on with every segment, ``workers`` at once; whether all of them are done."""
    journals = Journals()

    def go_on(number: int) -> bool:
        return audit_segment(table, run, number, (watch, journals))

    with ThreadPoolExecutor(max_workers=workers) as pool:
        return all(list(pool.map(go_on, range(run.segments))))


def audit_segment(table: Table, run: AuditRun, number: int, means: tuple[Watch, Journals]) -> bool:
    """Go on with one segment until it or the time ends; whether it is done.

    Another process that goes on with the same segment makes this one stop.
    """
    watch, journals = means
    segment = load_segment(table, run.id, number)
    findings, partitions = Findings(), 0
    while not segment.done:
        scan = Scan(number, run.segments, start=segment.start)
        page = table.scan(scan)
        keys = tuple(key_of(item) for item in page.items)
        for last, partition in _partitions(keys, segment.start):
            _look(table, run, partition, (findings, journals))
            partitions += 1
            segment = msgspec.structs.replace(segment, start=last)
            is_late, is_full = not watch.has_time(), len(findings.shops) >= _SHOPS_MAX
            if is_late or is_full or not partitions % AUDIT_CHECKPOINT_PARTITIONS:
                segment, findings = _kept(table, segment, findings, watch)
                watch.tell(segment, partitions)
            if is_late or segment.revision == _LOST:
                return False
        is_last = page.next_start is None
        start = segment.start if is_last else (page.next_start or ("", ""))[:2]
        segment = msgspec.structs.replace(segment, start=start, done=is_last)
    segment, _ = _kept(table, segment, findings, watch)
    watch.tell(segment, partitions)
    return segment.done and segment.revision != _LOST


def _partitions(keys: Iterable[Key], start: Key | None) -> list[tuple[Key, tuple[Key, ...]]]:
    """Keys by partition, each with its last key; one that was looked at before is left out.

    A partition may go on over the end of a page: it was read whole when its first key was met.
    """
    found: dict[str, list[Key]] = {}
    for key in keys:
        found.setdefault(key[0], []).append(key)
    return [
        (mine[-1], tuple(mine))
        for partition, mine in found.items()
        if start is None or partition != start[0]
    ]


def _look(
    table: Table, run: AuditRun, keys: tuple[Key, ...], into: tuple[Findings, Journals]
) -> None:
    """Check what lies in one partition."""
    findings, journals = into
    parts = parts_of(keys[0][0])
    shop = shop_of(parts)
    if not shop:
        return
    if is_member_partition(parts):
        audited = audit_member(table, shop, parts[3])
        entries = audited.books.entries
        sums = (
            member_sum(shop, parts[3], entries, run.as_of),
            member_sum(shop, parts[3], entries, run.before_as_of),
        )
        findings.add_member(shop, audited, sums)
    elif parts[2:3] == ("O",):
        findings.add_order(shop, audit_order(table, shop, keys[0], journals))
    elif parts[2:3] == ("X",):
        findings.add_breaks(shop, audit_code(table, shop, keys[0]))
    elif parts[2:3] == ("B",):
        findings.add_stock(shop, parts[3])
    elif parts[2:3] == ("G",):
        findings.add_cause(shop, parts[3])
    elif parts[2:3] == ("RF",):
        from chalicelib.operations.audit_referrals import (  # noqa: PLC0415 - few shops have any
            audit_referrals,
        )

        findings.add_breaks(shop, audit_referrals(table, shop, keys[0][0]))


def _kept(
    table: Table, segment: Segment, findings: Findings, watch: Watch
) -> tuple[Segment, Findings]:
    """Write the checkpoint with what was found up to it; ``_LOST`` where another was first."""
    known = load_tallies(table, segment, tuple(findings.shops))
    writes: list[Put] = [segment_put(segment, segment, watch.now)]
    for shop, tally in findings.added_to(known).items():
        writes.append(tally_put(segment, shop, tally, watch.now))
    token = client_token(writes)
    for attempt in range(AUDIT_ATTEMPTS_MAX):
        try:
            table.transact(writes, token)
        except ConditionFailed:
            return msgspec.structs.replace(segment, revision=_LOST), Findings()
        except (Contended, Unanswered):
            clock.pause(backoff_ms(token, attempt))  # the same again: it has one effect
        else:
            return msgspec.structs.replace(segment, revision=segment.revision + 1), Findings()
    raise Busy("a checkpoint of the audit was not written; the next start goes on before it")
