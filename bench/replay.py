"""The time machine: evaluations and whole replays a second on one core, and peak memory.

Histories are made up as they are walked, so what a process holds at most is the replay's own.
``python -m bench.replay 100000 0 300`` is the child that walks so many orders, from that member on,
for so many seconds at most, and tells what it found; ``python -m bench replay`` walks a hundred
thousand in one process and a million in two, which takes minutes, and never more than ten.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from time import process_time_ns
from typing import NamedTuple

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
FEW, MANY, PROCESSES = 100_000, 1_000_000, 2
SECONDS_MAX = {FEW: 120, MANY: 480}
EVALUATIONS = 5_000
ORDERS_A_MEMBER = 12
SPEND_MILLIONTHS = 200_000
GROWTH_PERCENT_MAX = 10
BEST_BUY_MIN, HEAVIEST_MIN = 20_000, 8_000


def rows() -> tuple[Row, ...]:
    """What an everyday run shows: it takes seconds."""
    return (*_evaluations(), *_walks(EVERYDAY))


def long_rows() -> tuple[Row, ...]:
    """A hundred thousand orders in one process, a million in two."""
    few, *_ = _together(FEW, 1)
    many = _together(MANY, PROCESSES)
    return (*_ratio(few), _walked((few,)), _walked(many), _growth(few, many))


def walk(orders: int, name: str = "best-buy") -> tuple[int, int]:
    """Walk so many made-up orders by a program: (orders a second of CPU, peak memory in KB)."""
    _, pace, peak_kb = walk_from(orders, 0, SECONDS_MAX[FEW], name)
    return pace, peak_kb


def walk_from(
    orders: int, first: int, seconds: int, name: str = "best-buy"
) -> tuple[int, int, int]:
    """As ``walk``, of other orders, for so long at most: also how many were walked."""
    program, ends = _compiled(name), time.monotonic() + seconds
    span = months_between(NOON - 700 * DAY_MS, NOON, program.zone)
    plan, tally = quietly(plan_of(program, span, SPEND_MILLIONTHS)), Tally(len(span.names))
    started, walked = process_time_ns(), 0
    while walked < orders and time.monotonic() < ends:
        member = (first + walked) // ORDERS_A_MEMBER
        walk_member(f"m{member}", _history(member, program.currency), plan, tally)
        walked += ORDERS_A_MEMBER
    pace = walked * 1_000_000_000 // (process_time_ns() - started)
    return walked, pace, _peak_kb()


def _peak_kb() -> int:
    """The most memory this process ever held; ``ru_maxrss`` also counts what its parent held."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (line,) = [each for each in status.read_text().splitlines() if each.startswith("VmHWM")]
    return int(line.split()[1])


def _history(member: int, currency: str) -> Iterator[PastOrder]:
    """A dozen orders over two years, every twentieth with a return; the same each time."""
    for place in range(ORDERS_A_MEMBER):
        number = member * ORDERS_A_MEMBER + place
        days = (ORDERS_A_MEMBER - place) * 55 + number % 50
        at = NOON - days * DAY_MS - number * 7_919_777 % DAY_MS  # seldom the same instant twice
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
    few, many = (_together(size, 1) for size in sizes)
    return (_walked(few), _walked(many), _growth(few[0], many))


class Found(NamedTuple):
    """What a child found."""

    orders: int
    pace: int  # a second of CPU
    peak_kb: int
    seconds: int  # by the clock on the wall
    evaluations: int  # a second of CPU, beside the walk


def _walked(found: tuple[Found, ...]) -> Row:
    orders, seconds = sum(each.orders for each in found), max(each.seconds for each in found)
    paces, peaks = ({each[place] for each in found} for place in (1, 2))
    many = "one process" if len(found) == 1 else f"{len(found)} processes"
    return Row(
        f"Replay of {orders:,} orders",
        f"{min(paces):,} a second of CPU",
        f"{many}, {orders // max(1, seconds):,} a second by the clock; lots, tiers, spending "
        f"three ways; peak {max(peaks) // 1_024} MB",
    )


def _growth(few: Found, many: tuple[Found, ...]) -> Row:
    peak = max(each.peak_kb for each in many)
    growth = (peak - few.peak_kb) * 100 // few.peak_kb
    return Row(
        "Replay: growth of memory",
        f"{growth} %",
        f"peak of a process at {many[0].orders:,} orders over that at {few.orders:,}",
        f"at most {GROWTH_PERCENT_MAX} %",
        is_met=growth <= GROWTH_PERCENT_MAX,
    )


def _ratio(found: Found) -> tuple[Row, Row]:
    tenths = found.evaluations * 10 // found.pace
    return (
        Row(
            "`evaluate` alone: best-buy",
            f"{found.evaluations:,} a second of CPU",
            "two lines, with the trace; measured before and after the walk, in its process",
            f"at least {BEST_BUY_MIN:,}",
            is_met=found.evaluations >= BEST_BUY_MIN,
        ),
        Row(
            "... to a whole replay",
            f"{tenths // 10}.{tenths % 10} x",
            "what lots, tiers, months, three habits and the books' own postings take beside it",
        ),
    )


def _together(orders: int, processes: int) -> tuple[Found, ...]:
    """So many orders, dealt to processes that walk them at the same time."""
    share = orders // processes
    seconds = SECONDS_MAX.get(orders, SECONDS_MAX[FEW])
    commands = [
        [sys.executable, "-m", "bench.replay", *map(str, (share, place * share, seconds))]
        for place in range(processes)
    ]
    children = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for command in commands
    ]
    told = [child.communicate()[0].split() for child in children]
    return tuple(Found(*map(int, words)) for words in told)


def _child(orders: int, first: int, seconds: int) -> Found:
    """Walk so many orders; evaluate before and after, so that both have the same machine."""
    program, started = _compiled("best-buy"), time.monotonic()
    before = _pace(program)
    walked, pace, peak_kb = walk_from(orders, first, seconds)
    elapsed = int(time.monotonic() - started)
    return Found(walked, pace, peak_kb, elapsed, (before + _pace(program)) // 2)


if __name__ == "__main__":
    print(*_child(*map(int, sys.argv[1:])))
