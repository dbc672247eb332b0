"""The nightly audit and replays as Lambda calls them: one event, one context, one table."""

from dataclasses import dataclass
from typing import Any

from chalicelib import clock, telemetry
from chalicelib.jobs.schedules import go_on_with_replays, nightly_audit
from chalicelib.storage import connection
from tests.builders import NOON
from tests.memory_table import MemoryTable
from tests.operations.audited import NIGHT, lively
from tests.operations.test_replays import begun, drafted, shop

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


def test_replays_that_staff_began_are_gone_on_with_while_there_is_time() -> None:
    scene = shop()
    begun(scene, drafted(scene))
    with connection.use_table(scene.table), clock.use(lambda: NOON):
        told: list[Any] = [
            go_on_with_replays(EVENT, Context(left)) for left in ([1_000], [900_000], [900_000])
        ]
    assert told == [
        {"under_way": 0, "finished": 0},
        {"under_way": 1, "finished": 1},
        {"under_way": 0, "finished": 0},
    ]
