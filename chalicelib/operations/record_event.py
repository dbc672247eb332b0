"""Record one canonical event, whatever it is about: the one way in for platforms and admin."""

from dataclasses import dataclass
from typing import Literal

from chalicelib.domain.events import CustomerUpserted, Event
from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal
from chalicelib.operations.load_order import OrderCommand
from chalicelib.operations.record_customer import CustomerCommand, record_customer
from chalicelib.operations.record_order import record_order
from chalicelib.storage.table import Table


@dataclass(frozen=True, slots=True)
class EventResult:
    """What became of an event. ``refusal`` only where it was refused."""

    status: Literal["recorded", "replayed", "ignored", "refused"]
    refusal: Refusal | None = None


def record_event(
    table: Table, shop: str, event: Event, times: tuple[Instant, Instant]
) -> EventResult:
    """Record ``event``; ``times`` is (now of the books, real now). Idempotent.

    Raises:
        Busy, StorageUnavailable: send it again.
    """
    now, wall_now = times
    if isinstance(event, CustomerUpserted):
        status = record_customer(table, CustomerCommand(shop, event, wall_now))
        return EventResult("recorded" if status == "recorded" else _quiet(status))
    result = record_order(table, OrderCommand(shop, event, now, wall_now))
    if isinstance(result, Refusal):
        return EventResult("refused", result)
    return EventResult("replayed" if result.replayed else "recorded")


def _quiet(status: str) -> Literal["replayed", "ignored"]:
    return "ignored" if status == "ignored" else "replayed"
