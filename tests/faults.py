"""What can go wrong with one call to the table, as values that a test schedules.

``MemoryTable`` asks ``fault(operation, number)`` before every call, ``number`` counting all its
calls from 0, and then behaves as DynamoDB would: what is said to be lost AFTER has landed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.storage.items import Key
from chalicelib.storage.table import Contended, Unanswered


class Fault(StrEnum):
    THROTTLED = "throttled"  # nothing landed, and the table says so
    CONFLICT = "conflict"  # another transaction was in the way; nothing landed
    CONDITION_FAILED = "condition_failed"  # a first condition is said to fail; nothing landed
    TIMEOUT_BEFORE = "timeout_before"  # no answer, nothing landed
    TIMEOUT_AFTER = "timeout_after"  # no answer, and it landed
    LOST_AFTER = "lost_after"  # connection lost, and it landed
    CRASH = "crash"  # the process dies before the call
    CRASH_AFTER = "crash_after"  # the process dies after the call landed


FaultPlan: TypeAlias = Callable[[str, int], Fault | None]

AFTER = frozenset({Fault.TIMEOUT_AFTER, Fault.LOST_AFTER, Fault.CRASH_AFTER})
READS = frozenset({"load", "query", "scan"})


class Crash(BaseException):
    """The process died. Not an ``Exception``: no handler of ours may outlive it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it reached the table: what a tenant-wall test or a scheduler looks at."""

    operation: str  # load, query, scan, transact, write
    number: int
    keys: tuple[Key, ...]  # of a query: (partition of table or index, prefix)


def no_fault(operation: str, number: int) -> Fault | None:
    return None


def raise_for(fault: Fault, call: Call) -> None:
    """Raise what the caller sees of ``fault``; CONDITION_FAILED is the table's to raise."""
    if fault in {Fault.CRASH, Fault.CRASH_AFTER}:
        raise Crash(f"{call.operation} number {call.number}")
    if call.operation in READS:
        raise StorageUnavailable(str(fault))
    if fault in {Fault.THROTTLED, Fault.CONFLICT}:
        raise Contended(str(fault))
    raise Unanswered(str(fault))
