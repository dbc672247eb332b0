"""The judge: one sender, one list of fault schedules, one load, whoever is asked.

The sender is a shop platform. It delivers an order until it is answered, eleven minutes apart
(later than a Lambda lives, than DynamoDB remembers a client token), and then once more, because
it never heard the answer. Nothing is read from a competitor but the balance at the end, and the
right one is plain arithmetic: every order once. The schedules are those of proof 1
(``tests.simulation.schedules``): all outcomes of the first three calls to the store, and a few
for later calls.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from tests.faults import Crash, Fault, FaultPlan, no_fault
from tests.simulation.schedules import (
    DELIVERIES_MAX,
    FORGOTTEN_MS,
    OUTCOMES,
    SCHEDULES,
    planned,
)
from tests.simulation.virtual_time import virtual_time

Schedule: TypeAlias = tuple[Fault | None, ...]

LATER_CALLS = range(3, 6)
ALL_SCHEDULES: tuple[Schedule, ...] = (
    *SCHEDULES,
    *((*(None,) * place, fault) for place in LATER_CALLS for fault in OUTCOMES if fault),
)
"""Proof 1's, and every fault alone at the fourth to sixth call, where a shop's COMMIT may be."""

NET_MINOR = 11_450  # one order: 114 points at a point per 1.00

LOAD_MEMBERS = 3
LOAD_ORDERS_EACH = 8
LOAD_BLOCK = 4
LOAD_COPIES = 3  # each order is delivered so often, at the same time
LOAD_SENDERS = 8
LOAD_PATIENCE = 60  # deliveries of one copy before the sender gives up
LOAD_PAUSE_SECONDS = 0.02
SWITCH_SECONDS = 0.0005  # threads take turns more often than Python lets them by itself


@dataclass(frozen=True, slots=True)
class Order:
    """A paid order, as every competitor is told of it. ``net`` in minor units."""

    member: str
    id: str
    net: int = NET_MINOR

    @property
    def points(self) -> int:
        """A point per whole 1.00."""
        return self.net // 100


class Faults:
    """Where a competitor's calls to its store pass: counted, and failed as planned."""

    def __init__(self) -> None:
        """Nothing fails until a plan is made."""
        self.plan: FaultPlan = no_fault
        self.asked: list[str] = []
        self.unfailing: list[str] = []  # round trips that no schedule counts

    def start(self, plan: FaultPlan) -> None:
        """Count from 0 again, under ``plan``."""
        self.asked.clear()
        self.unfailing.clear()
        self.plan = plan

    def next(self, operation: str) -> Fault | None:
        """What happens to the call that is about to be sent."""
        self.asked.append(operation)
        return self.plan(operation, len(self.asked) - 1)


class Competitor(Protocol):
    """What is compared: something that is told of orders and keeps balances."""

    faults: Faults

    def enrol(self, member: str) -> None:
        """Make ready for a member; nothing of this is counted or failed."""
        ...

    def deliver(self, order: Order) -> None:
        """Take one delivery. Any exception means: no answer, the sender comes again."""
        ...

    def balance(self, member: str) -> int:
        """The member's points."""
        ...

    def pass_time(self, duration_ms: int) -> None:
        """So much later."""
        ...


@dataclass(frozen=True, slots=True)
class Ended:
    """How one schedule ended."""

    schedule: Schedule
    expected: int
    balance: int
    answered: bool

    @property
    def is_wrong(self) -> bool:
        """Whether points are missing, or there twice."""
        return self.balance != self.expected


def run_schedules(
    competitor: Competitor, schedules: Sequence[Schedule] = ALL_SCHEDULES, label: str = "m"
) -> tuple[Ended, ...]:
    """Every schedule, each with a member and an order of its own; nobody waits for real."""
    with virtual_time():
        return tuple(
            _run(competitor, schedule, Order(f"{label}{number}", f"{label}-order-{number}"))
            for number, schedule in enumerate(schedules)
        )


def _run(competitor: Competitor, schedule: Schedule, order: Order) -> Ended:
    competitor.faults.start(no_fault)
    competitor.enrol(order.member)
    competitor.faults.start(planned(schedule))
    first = _deliver_until_answered(competitor, order)
    answered = _deliver_until_answered(competitor, order) and first
    competitor.faults.start(no_fault)
    return Ended(schedule, order.points, competitor.balance(order.member), answered)


def _deliver_until_answered(competitor: Competitor, order: Order) -> bool:
    for _ in range(DELIVERIES_MAX):
        competitor.pass_time(FORGOTTEN_MS)
        if is_answered(competitor, order):
            return True
    return False


def is_answered(competitor: Competitor, order: Order) -> bool:
    """One delivery. A crash and an error are the same to the sender: no answer."""
    try:
        competitor.deliver(order)
    except (Exception, Crash):  # noqa: BLE001  # whatever it is, the platform sees a 500
        return False
    return True


def calls_of_a_clean_earn(competitor: Competitor) -> tuple[str, ...]:
    """The calls of a first delivery that nothing disturbs, to a member with an earlier order."""
    competitor.enrol("clean")
    competitor.deliver(Order("clean", "clean-order-1"))
    competitor.faults.start(no_fault)
    competitor.deliver(Order("clean", "clean-order-2"))
    return (*competitor.faults.unfailing, *competitor.faults.asked)


# ---------------------------------------------------------------- many senders at once


@dataclass(frozen=True, slots=True)
class LoadEnded:
    """How one load ended."""

    wrong_members: int
    points_off: int  # of all members together, without sign
    unanswered: int  # copies whose sender gave up

    @property
    def is_wrong(self) -> bool:
        """Whether any balance is wrong."""
        return self.wrong_members > 0


def load_orders(label: str) -> tuple[Order, ...]:
    """The deliveries of one load in the order in which senders take them.

    A member's orders in blocks of ``LOAD_BLOCK``, each block several times over: other orders of
    the same member and copies of the same order are on their way at the same time.
    """
    members = [f"{label}-{number}" for number in range(LOAD_MEMBERS)]
    return tuple(
        Order(member, f"{member}-{number}", NET_MINOR + 100 * number)
        for first in range(0, LOAD_ORDERS_EACH, LOAD_BLOCK)
        for member in members
        for _ in range(LOAD_COPIES)
        for number in range(first, first + LOAD_BLOCK)
    )


def run_load(
    competitor: Competitor, label: str, send: Callable[[Order], bool] | None = None
) -> LoadEnded:
    """Deliver ``load_orders`` from several threads; ``send`` is another way than ``deliver``."""
    orders = load_orders(label)
    expected = dict.fromkeys((order.member for order in orders), 0)
    for order in set(orders):
        expected[order.member] += order.points
    for member in expected:
        competitor.enrol(member)
    way = send or (lambda order: is_answered(competitor, order))
    with quick_turns(), ThreadPoolExecutor(LOAD_SENDERS) as senders:
        answers = list(senders.map(lambda order: _persist(way, order), orders))
    off = [abs(competitor.balance(member) - points) for member, points in expected.items()]
    return LoadEnded(sum(map(bool, off)), sum(off), answers.count(False))


def _persist(send: Callable[[Order], bool], order: Order) -> bool:
    for _ in range(LOAD_PATIENCE):
        if send(order):
            return True
        time.sleep(LOAD_PAUSE_SECONDS)
    return False


@contextmanager
def quick_turns() -> Iterator[None]:
    """Let threads interrupt each other often, so that races are met."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
