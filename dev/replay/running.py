"""The replay of a spool: part by part, in as many processes as there are cores."""

import multiprocessing
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from chalicelib.domain.pausing import Pauses
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.document import Program
from chalicelib.domain.replay.comparing import Comparison, begun, compare_household, compare_member
from chalicelib.domain.replay.conditions import Telling
from chalicelib.domain.replay.history import PastOrder
from chalicelib.domain.replay.households import Household
from chalicelib.domain.replay.months import Months, months_between
from chalicelib.domain.replay.report import Report
from chalicelib.domain.replay.reporting import Basis, following, plans_of, report_of
from chalicelib.domain.replay.sharing import Round
from chalicelib.domain.replay.walking import Past
from dev.replay.checking import rows_of
from dev.replay.orders_csv import orders_by_member
from dev.replay.spool import Spool
from dev.replay.table_orders import members_of

ASKS_MAX = 50_000
"""Of what a shop shares, so many asks are kept apart: a process has more room than an item."""


ALL_TOLD, FIRST = Telling(), Round()


@dataclass(frozen=True)
class Job:
    """What every process needs to replay a part; programs are compiled once in each."""

    live: Program
    draft: Program
    draft_hash: str
    months: Months
    share_millionths: int
    telling: Telling = ALL_TOLD
    turn: Round = FIRST
    pauses: Pauses = ()

    def basis(self) -> Basis:
        """The job with its programs compiled."""
        live, draft = compile_program(self.live, 1), compile_program(self.draft, 2)
        given = self.draft_hash, self.months, self.share_millionths, self.telling, self.turn
        return Basis(live, draft, *given, self.pauses)


@dataclass(frozen=True)
class Done:
    """One part, replayed."""

    comparison: Comparison
    orders: int


def job_of(programs: tuple[Program, Program], draft_hash: str, share: int, spool: Spool) -> Job:
    """The job of a spool; months are of the live program's time zone."""
    months = months_between(spool.first, spool.last, programs[0].timezone)
    return Job(*programs, draft_hash, months, share, spool.telling, pauses=spool.pauses)


def run(job: Job, spool: Spool, workers: int, tell: Callable[[str], None]) -> Report:
    """Replay every part and make the report; the same for any number of workers."""
    while True:
        sums, basis = _round(job, spool, workers, tell), job.basis()
        further = following(basis, sums)
        if further is None:
            return report_of(basis, sums)
        tell(f"a budget ran out: round {further.number}, by when it did")
        job = replace(job, turn=further)


def _round(job: Job, spool: Spool, workers: int, tell: Callable[[str], None]) -> Comparison:
    sums, orders, started = begun(len(job.months.names), ASKS_MAX), 0, time.monotonic()
    for place, done in enumerate(_replayed(job, spool, workers), start=1):
        sums.merge(done.comparison)
        orders += done.orders
        pace = int(orders / max(0.001, time.monotonic() - started))
        count = len(spool.parts)
        left = int((time.monotonic() - started) * (count - place) / place)
        tell(f"part {place} of {count}: {orders} orders, {pace} a second, {left} s left")
    return sums


def on_stderr(line: str) -> None:
    """Say how far the replay is."""
    print(line, file=sys.stderr)


def _replayed(job: Job, spool: Spool, workers: int) -> Iterator[Done]:
    if workers < 2 or len(spool.parts) == 1:
        _begin(job)
        yield from map(_part, spool.parts)
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(min(workers, len(spool.parts)), _begin, (job,)) as pool:
        yield from pool.imap_unordered(_part, spool.parts)


_replay: Callable[[Path], Done] | None = None
"""The work of this process, with its programs compiled."""


def _begin(job: Job) -> None:
    global _replay  # noqa: PLW0603  # a pool hands its processes nothing else
    _replay = partial(replay_part, job.basis())


def _part(path: Path) -> Done:
    if _replay is None:
        raise RuntimeError("the process was not begun")
    return _replay(path)


def replay_part(basis: Basis, path: Path) -> Done:
    """Every customer of one part by both programs."""
    plans = plans_of(basis)
    comparison, orders = begun(len(basis.months.names), ASKS_MAX), 0
    is_of_table = path.suffix == ".jsonl"
    found = members_of(path) if is_of_table else _of_file(path, basis)
    for each in found:
        if isinstance(each, Household):
            compare_household(each, plans, comparison)
            orders += sum(map(_orders, each.histories.values()))
        else:
            compare_member(*each, plans, comparison)
            orders += _orders(each[1])
    return Done(comparison, orders)


def _orders(history: Iterable[Past]) -> int:
    return sum(isinstance(each, PastOrder) for each in history)


def _of_file(path: Path, basis: Basis) -> Iterator[tuple[str, list[Past]]]:
    return orders_by_member(rows_of(path), basis.live.currency)
