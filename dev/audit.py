"""Audit the books of any table now, with progress: ``python -m dev.audit --help``.

    python -m dev.audit --endpoint http://127.0.0.1:8000    an engine on this machine
    python -m dev.audit --region eu-central-1 --table T     AWS, with your own credentials

Goes on with an audit that was cut off, else begins one. Prints the report of every shop as JSON on
standard output, progress on standard error; the exit status is 1 if anything is broken. It writes
its own checkpoints and reports into the table, and never touches the books.
"""

import argparse
import sys
from collections import Counter
from threading import Lock

import msgspec

from chalicelib import clock, telemetry
from chalicelib.domain.limits import AUDIT_SEGMENTS_MAX
from chalicelib.operations.audit_books import Watch, audit_tonight
from chalicelib.storage.audits import Segment
from chalicelib.storage.connection import open_table
from chalicelib.storage.table import Table
from dev.engines import LOCAL_ACCESS, REGION


class _Progress:
    """Prints how many partitions each segment has looked at."""

    def __init__(self, segments: int) -> None:
        self._seen: Counter[int] = Counter()
        self._done: set[int] = set()
        self._segments = segments
        self._lock = Lock()

    def tell(self, segment: Segment, partitions: int) -> None:
        with self._lock:
            self._seen[segment.number] = partitions
            if segment.done:
                self._done.add(segment.number)
            told = f"{self._seen.total():,} partitions, {len(self._done)} of {self._segments} done"
            print(told, file=sys.stderr, flush=True)


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dev.audit", description="Audit the books.")
    parser.add_argument("--endpoint", default="", help="an engine of your own; empty: AWS")
    parser.add_argument("--region", default=REGION)
    parser.add_argument("--table", default="laurel")
    parser.add_argument("--segments", type=int, default=8)
    parser.add_argument("--workers", type=int, default=4)
    asked = parser.parse_args(words)
    if not 1 <= asked.segments <= AUDIT_SEGMENTS_MAX or asked.workers < 1:
        parser.error(f"1 to {AUDIT_SEGMENTS_MAX} segments, and at least one worker")
    return asked


def audit(table: Table, segments: int, workers: int) -> int:
    """Audit ``table`` to the end; the exit status."""
    progress = _Progress(segments)
    watch = Watch(clock.utc_now(), tell=progress.tell)
    with telemetry.use(lambda line: print(line, file=sys.stderr)):
        night = audit_tonight(table, watch, (segments, workers, 0))
    print(msgspec.json.format(msgspec.json.encode(night.reports)).decode())
    print(f"audit {night.run.id}: {night.state}, {night.breaks} breaks", file=sys.stderr)
    return int(night.breaks > 0 or night.state != "finished")


def main(words: list[str]) -> int:
    """Audit what the arguments name."""
    asked = _arguments(words)
    access = LOCAL_ACCESS if asked.endpoint else None
    table = open_table(asked.table, asked.region, asked.endpoint, access)
    return audit(table, asked.segments, asked.workers)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
