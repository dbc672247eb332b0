"""Import a launch from CSV files: ``python -m dev.importing --help``.

    export LAUREL_KEY=...                       a key of the shop with the scope `points`
    python -m dev.importing --url https://api.example --shop tea --customers c.csv --check
    the same without --check                    sends it; --balances and --orders likewise

Everything is checked first, and nothing is sent while a line is wrong. Each row counts once for
ever, so after a crash the same command goes on where it was. What the shop refuses or ignores is
told by its line; the exit status is 1 then. Columns: docs/programs/launch.md.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from chalicelib import clock
from chalicelib.domain.currencies import is_currency
from chalicelib.domain.limits import IMPORT_ROWS_MAX
from dev.importing.rows import KINDS, FileRow, Wrong, read_file
from dev.importing.sending import Unsent, sender

WRONG_TOLD_MAX = 50
"""Of a file with the wrong separator every line is wrong: the first ones say it."""

LINES_MAX = 1_000
"""Lines in one call, which may be 2 MB; a line takes some hundred bytes."""

Send: TypeAlias = Callable[[str, Sequence[FileRow]], Sequence[dict[str, object]]]
"""Sends rows of one kind; answers what became of each."""


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dev.importing", description="A launch.")
    parser.add_argument("--url", required=True, help="where the API answers, such as https://...")
    parser.add_argument("--shop", required=True, help="the id of the shop")
    for kind in KINDS:
        parser.add_argument(f"--{kind}", type=Path, help="CSV in UTF-8")
    parser.add_argument("--currency", default="USD", help="of orders that name none")
    parser.add_argument("--check", action="store_true", help="read the files, send nothing")
    asked = parser.parse_args(words)
    if not any(getattr(asked, kind) for kind in KINDS):
        parser.error("name a file: --customers, --balances or --orders")
    if not is_currency(asked.currency):
        parser.error("--currency is a code of ISO 4217, such as USD")
    return asked


def say(words: str) -> None:
    """Tell whoever looks on."""
    print(words, file=sys.stderr, flush=True)


def main(words: list[str], send: Send | None = None) -> int:
    """Import what the arguments name; 1 where a row was not."""
    asked = _arguments(words)
    files = [(kind, getattr(asked, kind)) for kind in KINDS if getattr(asked, kind)]
    read = []
    is_wrong = False
    for kind, path in files:
        try:
            rows, wrong = read_file(path, kind, asked.currency, clock.utc_now())
        except (OSError, UnicodeDecodeError) as error:
            say(f"{path}: {error}")
            return 1
        _tell_wrong(path, wrong)
        is_wrong = is_wrong or bool(wrong)
        say(f"{path}: {len(rows)} {kind} can be read, {len(wrong)} problems")
        read.append((kind, path, rows))
    if is_wrong or asked.check:
        return int(is_wrong)
    key = os.environ.get("LAUREL_KEY", "")
    try:
        sent = [_sent(each, send or sender(asked.url, asked.shop, key, say)) for each in read]
    except Unsent as error:
        say(f"stopped: {error}. What was sent is recorded: run the same command again.")
        return 1
    return int(not all(sent))


def _tell_wrong(path: Path, wrong: Sequence[Wrong]) -> None:
    for each in wrong[:WRONG_TOLD_MAX]:
        say(f"{path}: {each}")
    if len(wrong) > WRONG_TOLD_MAX:
        say(f"{path}: and {len(wrong) - WRONG_TOLD_MAX} more")


def _sent(file: tuple[str, Path, Sequence[FileRow]], send: Send) -> bool:
    """Whether every row of one file counts now, or did before."""
    kind, path, rows = file
    statuses: Counter[str] = Counter()
    done = 0
    for batch in _batches(rows):
        for row, item in zip(batch, send(kind, batch), strict=True):
            statuses[str(item["status"])] += 1
            if item["status"] in ("refused", "ignored"):
                _tell_row(path, row, item)
        done += len(batch)
        say(f"{path}: {done} of {len(rows)} {kind}")
    told = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
    say(f"{path}: {told or 'no rows'}")
    return not statuses["refused"] and not statuses["ignored"]


def _batches(rows: Sequence[FileRow]) -> Iterator[Sequence[FileRow]]:
    """So many rows as one call takes, and never more lines of orders than that by far."""
    batch: list[FileRow] = []
    lines = 0
    for row in rows:
        if batch and (len(batch) == IMPORT_ROWS_MAX or lines + len(row.lines) > LINES_MAX):
            yield batch
            batch, lines = [], 0
        batch.append(row)
        lines += len(row.lines)
    if batch:
        yield batch


def _tell_row(path: Path, row: FileRow, item: dict[str, object]) -> None:
    why = item.get("reason") or item.get("code")
    errors = item.get("errors")
    details = [str(each["detail"]) for each in errors] if isinstance(errors, list) else []
    told = " ".join((str(item["status"]) + ":", str(why), *details))
    say(f"{path}: {Wrong(row.lines[0], '', told)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
