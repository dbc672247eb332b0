"""The time machine: evaluations and whole replays a second on one core, and peak memory.

Histories are made up as they are walked, so what a process holds at most is the replay's own.
``python -m bench.replay 100000`` is the child that walks so many orders and tells its pace and
peak; ``python -m bench replay`` walks a hundred thousand and a million, which takes minutes.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import process_time_ns

from bench.report import Row
from chalicelib.domain.events import Customer, Refund, RefundLine
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.compiled import CompiledProgram, compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.earning import evaluate
from chalicelib.domain.program.occasion import Occasion, OccasionLine, Terms
from chalicelib.domain.replay.history import PastOrder
from chalicelib.domain.replay.member_state import plan_of, quietly
from chalicelib.domain.replay.months import months_between
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.replay.walking import walk_member
from tests.builders import NOON, line, state

ROOT = Path(__file__).parents[1]
PROGRAMS = ROOT / "examples" / "programs"
EVERYDAY = (2_000, 20_000)
LONG = (100_000, 1_000_000)
EVALUATIONS = 5_000
ORDERS_A_MEMBER = 12
SPEND_MILLIONTHS = 200_000
GROWTH_PERCENT_MAX = 10
BEST_BUY_MIN, HEAVIEST_MIN = 20_000, 8_000


def rows() -> tuple[Row, ...]:
    """What an everyday run shows: it takes seconds."""
    return (*_evaluations(), *_walks(EVERYDAY))


def long_rows() -> tuple[Row, ...]:
    """A hundred thousand orders and a million."""
    return _walks(LONG)


def walk(orders: int, name: str = "best-buy") -> tuple[int, int]:
    """Walk so many made-up orders by a program: (orders a second of CPU, peak memory in KB)."""
    program = _compiled(name)
    span = months_between(NOON - 700 * DAY_MS, NOON, program.zone)
    plan, tally = quietly(plan_of(program, span, SPEND_MILLIONTHS)), Tally(len(span.names))
    started = process_time_ns()
    for member in range(orders // ORDERS_A_MEMBER):
        walk_member(f"m{member}", _history(member, program.currency), plan, tally)
    pace = orders * 1_000_000_000 // (process_time_ns() - started)
    return pace, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _history(member: int, currency: str) -> Iterator[PastOrder]:
    """A dozen orders over two years, every twentieth with a return; the same each time."""
    for place in range(ORDERS_A_MEMBER):
        number = member * ORDERS_A_MEMBER + place
        at = NOON - (ORDERS_A_MEMBER - place) * 55 * DAY_MS - number % 50 * DAY_MS
        told = {"id": str(number), "version": at, "created_at": at, "paid_at": at}
        told["currency"] = currency
        lines = line(1_000 + number * 37 % 9_000), line(500 + number * 91 % 4_000, "l2")
        order = state(*lines, customer=Customer(f"m{member}"), **told)
        back = RefundLine("l2", 0, lines[1].net)
        refunds = (Refund("r", at + 9 * DAY_MS, (back,)),) if number % 20 == 0 else ()
        yield PastOrder(f"m{member}", order, refunds)


def _compiled(name: str) -> CompiledProgram:
    document = json.loads((PROGRAMS / f"{name}.json").read_text(encoding="utf-8"))
    return compile_program(read_program(document), 1)


def _evaluations() -> tuple[Row, ...]:
    names = [path.stem for path in sorted(PROGRAMS.glob("*.json"))]
    paces = {name: _pace(_compiled(name)) for name in names}
    heaviest = min(paces, key=lambda name: paces[name])
    whole = {name: walk(EVERYDAY[0], name)[0] for name in names}
    slowest = min(whole, key=lambda name: whole[name])
    found = (("best-buy", BEST_BUY_MIN), (heaviest, HEAVIEST_MIN))
    replays = tuple(
        Row(
            f"Whole replay: {name}",
            f"{whole[name]:,} a second",
            f"{EVERYDAY[0]:,} orders, one program, one core, no traces",
        )
        for name in ("best-buy", slowest)
    )
    evaluations = tuple(
        Row(
            f"Evaluation of an order: {name}",
            f"{paces[name]:,} a second",
            "two lines, one core; `evaluate` alone, with its trace",
            f"at least {least:,}",
            is_met=paces[name] >= least,
        )
        for name, least in found
    )
    return (*evaluations, *replays)


def _pace(program: CompiledProgram) -> int:
    """Evaluations of an order of two lines in a second of CPU."""
    lines = tuple(OccasionLine(f"l{place}", 2_400, 2_400, 0, 1_000) for place in range(2))
    occasion = Occasion("order.paid", NOON, NOON, lines=lines)
    first = {group.id: group.tiers[-1].id for group in program.groups.values()}
    terms = Terms(1, tiers=first)
    evaluate(program, occasion, terms)
    started = process_time_ns()
    for _ in range(EVALUATIONS):
        evaluate(program, occasion, terms)
    return EVALUATIONS * 1_000_000_000 // (process_time_ns() - started)


def _walks(sizes: tuple[int, int]) -> tuple[Row, ...]:
    told = [_in_a_process(size) for size in sizes]
    (_, few_kb), (_, many_kb) = told
    growth = (many_kb - few_kb) * 100 // few_kb
    paces = tuple(
        Row(
            f"Replay of {size:,} orders",
            f"{pace:,} a second",
            f"whole: lots, tiers, spending three ways; peak {peak_kb // 1_024} MB",
        )
        for size, (pace, peak_kb) in zip(sizes, told, strict=True)
    )
    flat = Row(
        "Replay: growth of memory",
        f"{growth} %",
        f"peak at {sizes[1]:,} orders over that at {sizes[0]:,}",
        f"at most {GROWTH_PERCENT_MAX} %",
        is_met=growth <= GROWTH_PERCENT_MAX,
    )
    return (*paces, flat)


def _in_a_process(orders: int) -> tuple[int, int]:
    command = [sys.executable, "-m", "bench.replay", str(orders)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    pace, peak_kb = answer.stdout.split()
    return int(pace), int(peak_kb)


if __name__ == "__main__":
    print(*walk(int(sys.argv[1])))
