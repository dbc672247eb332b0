"""Deliveries that tell two times of payment for one order: the terms of the first award stay."""

from itertools import permutations
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from tests.builders import NOON, Scene, line, program, recorded, state, upserted
from tests.conservation import WatchedTable

GIVE = [{"rate": "2", "per": {"USD": 100}, "of": "net", "unit": "points"}]
TWICE = {"id": "purchase", "on": "order.paid", "give": GIVE}
PAID = {1: NOON, 2: NOON + 20 * DAY_MS, 3: NOON + 5 * DAY_MS}
"""When the order was paid, as the delivery of each version says."""


def told(version: int) -> Any:
    order = state(line(10_000), version=NOON + version, paid_at=PAID[version])
    return upserted(order)


@pytest.mark.parametrize("first", PAID)
def test_the_first_award_dates_an_order_whatever_is_told_later(first: int) -> None:
    for rest in permutations([*PAID, first]):
        shop = Scene(WatchedTable())
        shop.publish(program())
        shop.publish(program(earn=[TWICE]), NOON + 10 * DAY_MS)
        shop.now = NOON + 30 * DAY_MS
        for version in (first, *rest):
            recorded(shop.order(told(version)))
        document = shop.document()
        assert document.earned_at == PAID[first]
        assert document.terms is not None
        assert document.terms.program_version == (2 if first == 2 else 1)
        assert shop.available() == (200 if first == 2 else 100)
        shop.verify()
