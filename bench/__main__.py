"""``python -m bench``: every figure in one run, and an exit code that says whether targets hold.

``replay`` walks the time machine over a million orders (minutes) and prints its table.
``side-by-side`` is another run (``bench.side_by_side``): minutes long, with libraries of its own.
``--write`` also writes the run's part of docs/benchmarks.md. Ratios are medians of interleaved
rounds, so a busy machine shifts both sides alike; absolute figures are of the machine and of the
moment.
"""

import argparse
import sys
from collections.abc import Callable, Iterable

from bench import imports, pure, replay, resident, verbs
from bench.page import EVERYDAY, REPLAY, measured, write_part
from bench.report import Row, as_markdown, as_text

SECTIONS: tuple[Callable[[], tuple[Row, ...]], ...] = (
    verbs.rows,
    imports.rows,
    resident.rows,
    pure.rows,
    replay.rows,
)

_TEXT = """# Benchmarks

Written by `make bench ARGS=--write`; run `make bench` for your machine's own figures. It ends
with an error when a target is missed.

{table}

{measured}

## What stands beside what

- **CPU of a verb.** The requests that Laurel sends for it, recorded and ready made, given to a
  bare botocore client over the same stubbed wire: the same calls, the same answers byte for byte,
  signed the same way, the answers thrown away. The figure that is held to the target is against
  botocore as it comes, which checks parameters; beside it stands the ratio to a client without
  the checks, as PynamoDB sets up the one that Laurel stands on. The process is warm (shop and
  program are known), the member has twelve orders behind them. The wire costs nothing here; in
  AWS most of the time is waiting for it, and the ratios of what a shopper feels are nearer to 1.
- **Why a ratio can be below 1.** `chalicelib/storage/wire_form.py` writes and reads the calls
  without botocore's walk along its service model; that saves more than deciding costs.
- **Import.** CPU of fresh interpreters, in turns, with bytecode at hand as in the deployed
  package. `import app` leaves PynamoDB for the first table, so the second row tells the whole
  way until a client is ready to send; it is held to nothing.
- **Memory.** A process with the app, a client over the stubbed wire, the local gateway and the
  in-memory books of the tests, which a Lambda does not have.
- **Time machine.** Evaluation is `evaluate` alone; a whole replay also moves lots and tiers, ends
  months and spends three ways. `make bench ARGS=replay` walks a million orders.
- **Decisions, MemoryTable.** A second of CPU, without any wire.

## What this does not say

No AWS was reachable: cold starts, latency, throttling and memory in Lambda itself are unproven.
Two cores that others use too: read the ratios, not the absolute figures.
"""

_REPLAY = """## The time machine: a million orders

Written by `make bench ARGS="replay --write"`.

{table}

{measured}

- **A whole replay** settles each order by the books' own functions, keeps lots, tiers, counters and
  challenges, ends months, and spends under three habits; one program, without traces. A report
  walks two programs, so it takes twice that.
- **`evaluate` alone** is what the rules say of an order, with the trace: no lots, no months. The
  20,000 a second that are asked for hold of it; whole replays are far from that, and say so.
- **Seconds of CPU** are of one process; by the clock it is what the machine had left.
- Made-up orders of Best Buy: a dozen a member over two years, two lines, every twentieth with a
  return. What did not fit into eight minutes is not counted, and the first column says how many.
"""


def _page(rows: tuple[Row, ...]) -> str:
    return _TEXT.format(table=as_markdown(rows), measured=measured())


def main() -> int:
    """Measure, print, and say by the exit code whether every target is met."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Laurel's figures.")
    parser.add_argument(
        "run",
        nargs="?",
        choices=("everyday", "side-by-side", "replay"),
        default="everyday",
        help="which",
    )
    parser.add_argument("--write", action="store_true", help="also write docs/benchmarks.md")
    parser.add_argument(
        "--install", action="store_true", help="side-by-side: let apt bring a missing PostgreSQL"
    )
    asked = parser.parse_args()
    if asked.run == "side-by-side":
        from bench.side_by_side import run

        return run.main(writes=asked.write, installs=asked.install)
    if asked.run == "replay":
        rows, missed = _told((replay.long_rows,))
        if asked.write:
            page = _REPLAY.format(table=as_markdown(rows), measured=measured())
            print(f"\nwritten: {write_part(REPLAY, page)}")
        return missed
    rows, missed = _told(SECTIONS)
    if asked.write:
        print(f"\nwritten: {write_part(EVERYDAY, _page(rows))}")
    return missed


def _told(sections: Iterable[Callable[[], tuple[Row, ...]]]) -> tuple[tuple[Row, ...], int]:
    """The figures, printed, and the exit code."""
    rows: tuple[Row, ...] = ()
    for section in sections:
        rows += section()
    print(as_text(rows))
    missed = [row.name for row in rows if not row.is_met]
    if missed:
        print(f"\nmissed: {', '.join(missed)}", file=sys.stderr)
    return rows, 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
