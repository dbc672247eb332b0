"""The hourly sweep as Lambda calls it: every shop, while there is time, and told as metrics."""

from typing import Any

import msgspec

from chalicelib import clock, telemetry
from chalicelib.jobs.schedules import sweep
from chalicelib.storage import connection
from tests.builders import NOON
from tests.jobs.test_schedules import EVENT, Context
from tests.operations.time_scenes import IDLE, days, scene


def test_a_sweep_books_what_has_lapsed_in_every_shop_and_tells_how_much() -> None:
    tea = scene(expiry=IDLE)
    tea.pay(10000)
    later = NOON + days(365)
    lines: list[Any] = []
    with (
        connection.use_table(tea.table),
        clock.use(lambda: later),
        telemetry.use(lambda text: lines.append(msgspec.json.decode(text))),
    ):
        cut = sweep(EVENT, Context([1_000]))
        told = sweep(EVENT, Context([900_000]))
        again = sweep(EVENT, Context([900_000]))
    assert cut == {"accounts": 0, "entries": 0, "done": False}
    assert told == {"accounts": 1, "entries": 1, "done": True}
    assert again == {"accounts": 0, "entries": 0, "done": True}
    metrics = {name: line[name] for line in lines for name in line if name in _METRICS}
    assert metrics == {"swept_accounts": 1, "expired_entries": 1}


_METRICS = ("swept_accounts", "expired_entries")
