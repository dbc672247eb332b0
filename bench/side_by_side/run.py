"""The whole comparison in one run: schedules, loads, calls, CPU; then the part of the page.

Schedules over moto are cut into pieces, each with an empty table of its own, because moto gets
slow as a table grows. Bounded: every sender, server and retry has an end of its own.
"""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench.page import SIDE_BY_SIDE, measured, write_part
from bench.side_by_side import entrants, server
from bench.side_by_side.cpu import cpu_of
from bench.side_by_side.entrants import LAUREL, ON_DYNAMODB
from bench.side_by_side.harness import (
    ALL_SCHEDULES,
    Competitor,
    Ended,
    Faults,
    LoadEnded,
    calls_of_a_clean_earn,
    run_load,
    run_schedules,
)
from bench.side_by_side.report import Figures, as_markdown, as_text, kinds_of_wrong, versions
from bench.side_by_side.text import TEXT
from dev.engines import ministack_server, table_at
from tests.faults import no_fault

NEEDED = ("aws_lambda_powertools", "fastapi", "psycopg", "sqlalchemy", "uvicorn")
PIECE = 64
LOADS = 20


def main(*, writes: bool, installs: bool) -> int:
    """Measure, print, perhaps write. 0: Laurel is right everywhere and the wrong one is caught."""
    try:
        _ensure_all_is_here(installs=installs)
    except server.Missing as missing:
        print(missing, file=sys.stderr)
        return 2
    figures = measure()
    postgres = server.version(server.find_programs())
    print(as_text(figures))
    kinds = kinds_of_wrong(figures)
    print("\n".join(kinds))
    print(versions(postgres))
    if writes:
        told = TEXT.format(
            table=as_markdown(figures),
            kinds="\n".join(f"- {kind}" for kind in kinds),
            schedules=len(ALL_SCHEDULES),
            loads=LOADS,
            measured=measured(),
            versions=versions(postgres),
        )
        print(f"\nwritten: {write_part(SIDE_BY_SIDE, told)}")
    return _verdict(figures)


def _verdict(figures: tuple[Figures, ...]) -> int:
    by_name = {each.name: each for each in figures}
    laurel, bare = by_name[LAUREL], by_name[entrants.BARE]
    if laurel.wrong or laurel.wrong_loads or laurel.unanswered:
        print("\nLaurel was wrong, or did not answer", file=sys.stderr)
        return 1
    if not bare.wrong:
        print("\nthe harness did not catch a bare ADD: it judges nothing", file=sys.stderr)
        return 1
    return 0


def _ensure_all_is_here(*, installs: bool) -> None:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise server.Missing(
            f"not installed: {', '.join(missing)}. `make bench ARGS=side-by-side` brings them, "
            "or `pip install -r requirements-bench.txt`."
        )
    try:
        server.find_programs()
    except server.Missing:
        if not installs:
            raise
        server.install()


def measure() -> tuple[Figures, ...]:
    """Everybody's figures, Laurel first."""
    with ExitStack() as stack:
        socket_folder = stack.enter_context(server.running())
        endpoint = stack.enter_context(ministack_server())
        table = table_at(endpoint)
        served = {name: entrants.on_server(name, table, endpoint) for name in ON_DYNAMODB}
        names = (*ON_DYNAMODB, *_postgres_names())
        ended, calls, loads = {}, {}, {}
        for name in names:
            _say(f"schedules: {name}")
            ended[name], calls[name] = _scheduled(name, socket_folder)
        for name in names:
            _say(f"loads: {name}")
            loads[name] = _loaded(name, socket_folder, served)
        _say("CPU")
        for name in names[len(served) :]:
            served[name] = stack.enter_context(_on_postgres(name, socket_folder))
        cpu = cpu_of(served, LAUREL)
    return tuple(Figures(name, ended[name], loads[name], calls[name], cpu[name]) for name in names)


def _say(what: str) -> None:
    print(f"... {what}", file=sys.stderr, flush=True)


def _postgres_names() -> tuple[str, ...]:
    from bench.side_by_side.postgres import WAYS

    return tuple(WAYS)


def _scheduled(name: str, socket_folder: str) -> tuple[tuple[Ended, ...], tuple[str, ...]]:
    """Every schedule's end, and the calls of a clean earn."""
    if name not in ON_DYNAMODB:
        with _on_postgres(name, socket_folder) as competitor:
            calls = calls_of_a_clean_earn(competitor)
            return run_schedules(competitor), calls
    ended: list[Ended] = []
    for start in range(0, len(ALL_SCHEDULES), PIECE):
        with entrants.on_moto(name) as competitor:
            competitor.faults.start(no_fault)
            calls = calls_of_a_clean_earn(competitor)
            ended += run_schedules(competitor, ALL_SCHEDULES[start : start + PIECE])
    return tuple(ended), calls


def _loaded(name: str, socket_folder: str, served: dict[str, Competitor]) -> tuple[LoadEnded, ...]:
    """Loads through HTTP for the shop's service, straight to the operation for the others."""
    if name in served:
        place = ON_DYNAMODB.index(name)
        return tuple(run_load(served[name], f"load{place}-{number}") for number in range(LOADS))
    from bench.side_by_side.postgres import WAYS, Postgres, make_app
    from bench.side_by_side.service import served as at_http

    competitor = Postgres(socket_folder, WAYS[name], Faults())
    try:
        with at_http(make_app(competitor.engine, WAYS[name])) as send:
            return tuple(run_load(competitor, f"load-{number}", send) for number in range(LOADS))
    finally:
        competitor.close()


@contextmanager
def _on_postgres(name: str, socket_folder: str) -> Iterator[Competitor]:
    from bench.side_by_side.postgres import WAYS, Postgres

    competitor = Postgres(socket_folder, WAYS[name], Faults())
    try:
        yield competitor
    finally:
        competitor.close()
