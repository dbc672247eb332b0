"""Proof 2 where conditions ask what was bought: plain counting of orders judges every step."""

from functools import cache

import pytest

from tests.simulation.asking_happenings import next_asking
from tests.simulation.conftest import Counted
from tests.simulation.histories import lived
from tests.simulation.openings import opening

QUICK, FULL, STEPS = 12, 300, 25


def proven(name: str, count: int, counted: Counted) -> None:
    openings, steps = cache(opening), 0
    for number in range(count):
        steps += lived(f"{name}-{number}", STEPS, next_asking, openings, ("asking",)).steps
    counted("2 products asked for", histories=count, steps=steps, wrong_books=0)


def test_accounts_remember_what_orders_hold_whatever_happens(counted: Counted) -> None:
    proven("asked", QUICK, counted)


@pytest.mark.soak
def test_accounts_remember_what_orders_hold_in_many_histories(counted: Counted) -> None:
    proven("asked of many", FULL, counted)
