"""The judge of `make bench ARGS=side-by-side` is judged here, without the libraries it compares.

Those are not installed where the gate runs. A notebook in memory stands in for them: right or
wrong on purpose, it must be judged so, and so must a bare ADD over moto.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock

import pytest

from bench.page import EVERYDAY, SIDE_BY_SIDE, merged
from bench.side_by_side import entrants
from bench.side_by_side.harness import (
    ALL_SCHEDULES,
    Competitor,
    Faults,
    Order,
    calls_of_a_clean_earn,
    load_orders,
    run_load,
    run_schedules,
)
from tests.faults import Crash, Fault
from tests.house.tree import ROOT
from tests.simulation.schedules import SCHEDULES

SOME = (
    (),
    (Fault.LOST_AFTER,),
    (Fault.CRASH,),
    (None, Fault.TIMEOUT_AFTER),
    (None, Fault.CRASH),
    (Fault.THROTTLED, Fault.CONFLICT, Fault.LOST_AFTER),
    (None, Fault.CONDITION_FAILED, Fault.TIMEOUT_BEFORE),
)


@dataclass
class Notebook:
    """A competitor in memory: what it was told, and one call for each delivery."""

    faults: Faults = field(default_factory=Faults)
    counted: dict[str, list[Order]] = field(default_factory=dict)
    told: list[tuple[str, Fault | None]] = field(default_factory=list)
    is_idempotent: bool = True
    lock: Lock = field(default_factory=Lock)

    def enrol(self, member: str) -> None:
        self.counted[member] = []

    def deliver(self, order: Order) -> None:
        fault = self.faults.next("write")
        self.told.append((order.id, fault))
        landed = fault in {None, Fault.TIMEOUT_AFTER, Fault.LOST_AFTER}
        with self.lock:
            if landed and not (self.is_idempotent and order in self.counted[order.member]):
                self.counted[order.member].append(order)
        if fault is Fault.CRASH:
            raise Crash("the process ends")
        if fault is not None:
            raise OSError(fault)

    def balance(self, member: str) -> int:
        return sum(order.points for order in self.counted[member])

    def pass_time(self, duration_ms: int) -> None: ...


@pytest.fixture(scope="module", params=[entrants.LAUREL, entrants.BARE])
def entrant(request: pytest.FixtureRequest) -> Iterator[tuple[str, Competitor]]:
    with entrants.on_moto(request.param) as competitor:
        yield request.param, competitor


def test_the_schedules_are_those_of_proof_1_and_every_later_call_alone() -> None:
    assert ALL_SCHEDULES[: len(SCHEDULES)] == SCHEDULES
    alone = ALL_SCHEDULES[len(SCHEDULES) :]
    assert len(alone) == 21
    assert len(set(ALL_SCHEDULES)) == len(ALL_SCHEDULES) == 533


def test_every_competitor_is_asked_the_same_schedules() -> None:
    right, wrong = Notebook(), Notebook(is_idempotent=False)
    run_schedules(right)
    run_schedules(wrong)
    assert right.told == wrong.told
    assert len({order for order, _ in right.told}) == len(ALL_SCHEDULES)


def test_a_right_competitor_is_never_wrong_and_a_wrong_one_always() -> None:
    assert not any(each.is_wrong for each in run_schedules(Notebook()))
    assert all(each.is_wrong for each in run_schedules(Notebook(is_idempotent=False)))


def test_a_bare_add_is_caught_and_laurel_is_not(
    entrant: tuple[str, Competitor],
) -> None:
    name, competitor = entrant
    ended = run_schedules(competitor, SOME)
    assert all(each.answered for each in ended)
    assert [each.is_wrong for each in ended] == [name == entrants.BARE] * len(SOME)


def test_a_clean_earn_of_laurel_is_two_calls_and_a_bare_add_is_one(
    entrant: tuple[str, Competitor],
) -> None:
    name, competitor = entrant
    expected = {
        entrants.LAUREL: ("BatchGetItem", "TransactWriteItems"),
        entrants.BARE: ("UpdateItem",),
    }
    assert calls_of_a_clean_earn(competitor) == expected[name]


def test_a_lost_answer_counts_thrice_for_a_bare_add_and_once_for_laurel(
    entrant: tuple[str, Competitor],
) -> None:
    name, competitor = entrant
    (ended,) = run_schedules(competitor, ((Fault.LOST_AFTER,),), label="lost")
    times = {entrants.LAUREL: 1, entrants.BARE: 3}  # botocore's retry, and the second delivery
    assert ended.balance == times[name] * ended.expected


def test_every_load_is_the_same_and_holds_every_copy() -> None:
    orders = load_orders("x")
    assert orders == load_orders("x")
    assert len(orders) == 3 * len(set(orders)) == 72


def test_a_load_tells_a_right_competitor_from_a_wrong_one() -> None:
    assert not run_load(Notebook(), "x").is_wrong
    ended = run_load(Notebook(is_idempotent=False), "x")
    assert ended.wrong_members == 3
    assert ended.points_off > 0


def test_each_writer_of_the_page_keeps_the_part_of_the_other() -> None:
    page = merged("# Old\n", EVERYDAY, "# New\n\nfigures\n")
    both = merged(page, SIDE_BY_SIDE, "## Beside\n")
    again = merged(both, EVERYDAY, "# Newer\n")
    assert page == "# New\n\nfigures\n"
    assert "figures" in both
    assert "Beside" in again
    assert again.startswith("# Newer\n")
    assert merged(again, SIDE_BY_SIDE, "## Beside\n") == again


def test_the_gate_imports_no_library_of_the_competitors() -> None:
    program = (
        "import sys, bench.side_by_side.run\n"
        "print([name for name in bench.side_by_side.run.NEEDED if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"
