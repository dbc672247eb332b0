"""CPU of one clean earn, everybody in turns in the same process, over real sockets.

DynamoDB is ministack, PostgreSQL is PostgreSQL: both are processes of their own whose CPU is not
counted, as it is not the function's. What is counted is everything on this side: deciding,
writing the request, the socket, reading the answer. No door is in it: neither Chalice nor FastAPI.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from time import process_time_ns

from bench.side_by_side.harness import Competitor, Order

ROUNDS = 21
EARNS_PER_ROUND = 8


@dataclass(frozen=True, slots=True)
class Cpu:
    """Of one earn: microseconds, and how many times as much as the baseline's in the same round."""

    us: int
    ratio: float


def cpu_of(competitors: Mapping[str, Competitor], baseline: str) -> dict[str, Cpu]:
    """Everybody's CPU; the first round warms up and is not counted."""
    rounds = [_round(competitors, number) for number in range(ROUNDS + 1)][1:]
    return {
        name: Cpu(
            int(median(each[name] for each in rounds)) // (1_000 * EARNS_PER_ROUND),
            median(each[name] / each[baseline] for each in rounds),
        )
        for name in competitors
    }


def _round(competitors: Mapping[str, Competitor], number: int) -> dict[str, int]:
    return {
        name: _spent_ns(competitor, f"cpu-{place}-{number}")
        for place, (name, competitor) in enumerate(competitors.items())
    }


def _spent_ns(competitor: Competitor, member: str) -> int:
    """For new orders of a member who has one already."""
    competitor.enrol(member)
    competitor.deliver(Order(member, f"{member}-before"))
    started = process_time_ns()
    for number in range(EARNS_PER_ROUND):
        competitor.deliver(Order(member, f"{member}-{number}"))
    return process_time_ns() - started
