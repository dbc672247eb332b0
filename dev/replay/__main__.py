"""Replay a file of orders through two programs: ``python -m dev.replay --help``.

    python -m dev.replay --orders orders.csv --live a.json --draft b.json --out report.html
    python -m dev.replay --shop tea --endpoint http://127.0.0.1:8000 --live …     the shop's own

``--shop`` takes orders, actions and members of a table instead of a file: of an engine on this
machine, or (without ``--endpoint``) of AWS with your own credentials; nothing is written there.
Writes the report as a page, or as JSON where ``--out`` ends in ``.json``; progress goes to standard
error. The columns of the file and the words of the report are docs/programs/time-machine.md.
"""

import argparse
import csv
import os
import sys
from contextlib import AbstractContextManager
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

import msgspec

from chalicelib import clock
from chalicelib.domain.instants import parse_instant
from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.domain.pausing import Pause, Paused, Pauses
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.drafting import canonical_document, hash_of
from chalicelib.domain.program.validation import check
from chalicelib.domain.replay.report import Report
from chalicelib.operations.replay_history import chosen_in, draws_joining
from chalicelib.routes.replay_page import report_page
from chalicelib.routes.replay_people import called_by
from chalicelib.storage.connection import open_table
from dev.engines import LOCAL_ACCESS, REGION
from dev.replay.checking import Reading
from dev.replay.orders_csv import RowWrong
from dev.replay.running import job_of, on_stderr, run
from dev.replay.spool import Spool, spooled
from dev.replay.table_orders import Source, spooled_table

SPEND_PERCENT = 20
"""Of the points they could spend, members spend so much a month, where nobody says otherwise."""


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dev.replay", description="The time machine.")
    history = parser.add_mutually_exclusive_group(required=True)
    history.add_argument("--orders", type=Path, help="CSV, a row a line of an order")
    history.add_argument("--shop", help="the id of a shop, whose orders are in the table")
    parser.add_argument("--endpoint", default="", help="an engine of your own; empty: AWS")
    parser.add_argument("--region", default=REGION)
    parser.add_argument("--table", default="laurel")
    parser.add_argument("--live", type=Path, required=True, help="the program that is live")
    parser.add_argument("--draft", type=Path, required=True, help="the program to try")
    parser.add_argument("--out", type=Path, required=True, help="a page, or .json")
    parser.add_argument(
        "--spend", type=int, default=SPEND_PERCENT, help="percent of available points a month"
    )
    parser.add_argument(
        "--paused",
        type=_pause,
        action="append",
        default=[],
        metavar="SINCE/UNTIL",
        help="with --orders: a time when nothing was earned; again for each (a shop's are known)",
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(words)
    if not 0 <= asked.spend <= 100 or asked.workers < 1:
        parser.error("--spend is 0 to 100, and there is at least one worker")
    if asked.paused and asked.shop:
        parser.error("--paused is for --orders: the pauses of a shop are known")
    if not asked.out.parent.is_dir():
        parser.error(f"there is no folder {asked.out.parent} to write the report to")
    return asked


def _pause(text: str) -> Pause:
    """A pause from its two times.

    Raises:
        ValueError: they are no times with a zone, or it ends before it begins.
    """
    since, until = (parse_instant(part) for part in text.split("/"))
    if until <= since:
        raise ValueError
    return Pause(Paused.EARNING, since, until)


def main(words: list[str]) -> int:
    """Replay what the arguments name; 1 where a file cannot be read."""
    asked = _arguments(words)
    try:
        live, _ = read(asked.live)
        draft, draft_hash = read(asked.draft)
        with _history(asked, (live, draft)) as spool:
            on_stderr(f"{spool.rows:,} rows or orders in {len(spool.parts)} parts")
            job = job_of((live, draft), draft_hash, asked.spend * 10_000, spool)
            if asked.orders is not None:
                job = replace(job, pauses=_in_order(asked.paused))
            report = run(job, spool, asked.workers, on_stderr)
    except (RowWrong, OSError, UnicodeDecodeError, csv.Error, StorageUnavailable) as error:
        on_stderr(f"{error}")
        return 1
    asked.out.write_text(written(report, asked.out, (live, draft)), encoding="utf-8")
    on_stderr(f"written: {asked.out}")
    return 0


def _in_order(pauses: list[Pause]) -> Pauses:
    return tuple(sorted(pauses, key=attrgetter("since")))


def _history(
    asked: argparse.Namespace, programs: tuple[Program, Program]
) -> AbstractContextManager[Spool]:
    if asked.orders is not None:
        live, draft = programs
        if live.currency != draft.currency:
            raise RowWrong(f"two currencies: live {live.currency}, draft {draft.currency}")
        rates = frozenset({live.currency, *live.fx, *draft.fx})
        return spooled(asked.orders, Reading(live.currency, rates, clock.utc_now()), on_stderr)
    access = LOCAL_ACCESS if asked.endpoint else None
    table = open_table(asked.table, asked.region, asked.endpoint, access)
    compiled = tuple(compile_program(program, 1) for program in programs)
    told = chosen_in(*compiled), draws_joining(*compiled)
    return spooled_table(Source(table, asked.shop, *told), on_stderr)


def read(path: Path) -> tuple[Program, str]:
    """The program in a file, and the hash of its words.

    Raises:
        RowWrong: it is no JSON, or no valid program; every error with its path.
    """
    try:
        document = msgspec.json.decode(path.read_bytes())
    except msgspec.DecodeError as error:
        raise RowWrong(f"{path}: {error}") from error
    checked = check(document)
    if checked.program is None:
        errors = "\n".join(f"  {each.path}: {each.detail}" for each in checked.errors)
        raise RowWrong(f"{path} is no valid program:\n{errors}")
    return checked.program, hash_of(canonical_document(document))


def written(report: Report, out: Path, programs: tuple[Program, Program]) -> str:
    """The report in the form that the file's name asks for."""
    if out.suffix == ".json":
        return msgspec.json.format(msgspec.json.encode(report)).decode() + "\n"
    return report_page(report, called_by(*programs))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
