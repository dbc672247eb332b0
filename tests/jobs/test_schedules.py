"""The nightly audit as Lambda calls it: one event, one context, one table."""

from dataclasses import dataclass
from typing import Any

from chalicelib import clock, telemetry
from chalicelib.jobs.schedules import nightly_audit
from chalicelib.storage import connection
from tests.memory_table import MemoryTable
from tests.operations.audited import NIGHT, lively

EVENT = {
    "version": "0",
    "account": "1",
    "region": "r",
    "detail": {},
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "",
    "id": "",
    "resources": [],
}


@dataclass
class Context:
    """What is asked of Lambda's context."""

    left_ms: list[int]

    def get_remaining_time_in_millis(self) -> int:
        return self.left_ms.pop() if len(self.left_ms) > 1 else self.left_ms[0]


def test_a_night_that_ran_out_of_time_is_finished_by_the_next_call() -> None:
    table = MemoryTable()
    lively(table)
    with connection.use_table(table), clock.use(lambda: NIGHT), telemetry.use(lambda _: None):
        told: list[Any] = [
            nightly_audit(EVENT, Context(left)) for left in ([1_000], [900_000], [900_000])
        ]
    assert [each["state"] for each in told] == ["under way", "finished", "not due"]
    assert {each["breaks"] for each in told} == {0}
    assert len({each["run"] for each in told}) == 1
