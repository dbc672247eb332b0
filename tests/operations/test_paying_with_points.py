"""Rewards by steps: the member chooses how many points to spend, the code is worth its steps."""

from typing import Any

import pytest

from chalicelib.domain.events import OrderStatus
from chalicelib.domain.instants import HOUR_MS
from chalicelib.domain.program.pricing import Basket, Wish
from chalicelib.domain.records import request_hash
from tests.builders import (
    NOON,
    TEA,
    Scene,
    line,
    program,
    recorded,
    refund,
    refused,
    state,
    upserted,
)

LATER = NOON + HOUR_MS
BY_STEPS: dict[str, Any] = {
    **TEA["rewards"][0],
    "value": None,
    "cost": {"unit": "points", "step": 10, "min": 20, "max": 100},
    "per_step": {"USD": 100},
    "max_share_of_order": "0.5",
}


@pytest.fixture
def till(scene: Scene) -> Scene:
    scene.publish(program(rewards=[BY_STEPS]))
    scene.join()
    scene.adjust(75)
    return scene


def wish(steps: int | None, net: int | None = None) -> Wish:
    return Wish(steps, None if net is None else Basket(net, "USD"))


def test_the_code_is_worth_its_steps_and_names_the_smallest_order(till: Scene) -> None:
    made: Any = recorded(till.redeem(wish=wish(5)))
    assert (made.cost, made.steps, made.worth, made.min_order) == (50, 5, 500, 1_000)
    assert till.available() == 25


def test_who_says_no_steps_spends_the_least(till: Scene) -> None:
    made: Any = recorded(till.redeem())
    assert (made.cost, made.steps, made.worth, made.currency) == (20, 2, 200, "USD")


def test_the_same_key_with_another_number_of_steps_is_another_request(till: Scene) -> None:
    first = recorded(till.redeem(wish=wish(2)))
    assert recorded(till.redeem(wish=wish(2))) == first
    for other in (wish(3), wish(None), wish(2, 4_000)):
        assert refused(till.redeem(wish=other)) == "same_key_other_request"
    assert till.available() == 55


def test_reasons_of_steps_come_in_their_order(till: Scene) -> None:
    assert refused(till.redeem(wish=wish(1, 100))) == "value_invalid"
    assert refused(till.redeem(wish=wish(8, 1_599))) == "below_minimum"
    assert refused(till.redeem(wish=wish(8, 1_600))) == "insufficient_points"
    recorded(till.redeem(wish=wish(7, 1_400)))
    assert refused(till.redeem(wish=wish(11))) == "value_invalid"


def test_a_replay_is_answered_when_the_steps_are_gone(till: Scene) -> None:
    first = recorded(till.redeem(wish=wish(5)))
    till.publish(program(rewards=[{**BY_STEPS, "cost": {"unit": "points", "step": 50}}]))
    assert recorded(till.redeem(wish=wish(5))) == first


def test_a_request_without_steps_is_hashed_as_it_always_was(shop: Scene) -> None:
    shop.pay(5_000)
    made: Any = recorded(shop.redeem())
    assert made.request_hash == request_hash("redeem", shop.member(), "five-off")


def test_points_of_chosen_steps_come_back_pro_rata_with_a_refund(till: Scene) -> None:
    made: Any = recorded(till.redeem(wish=wish(5)))
    sold: dict[str, Any] = {"codes": (made.code,), "customer": None}
    till.pay(2_000, "5", **sold)
    assert till.available() == 25
    sold |= {"version": LATER, "status": OrderStatus.PARTIALLY_REFUNDED}
    told = state(line(2_000), id="5", number="#5", refunds=(refund(500),), **sold)
    till.order(upserted(told), now=LATER)
    assert till.available() == 25 + 50 * 500 // 2_000
    till.verify()


def test_undoing_gives_back_what_was_chosen(till: Scene) -> None:
    made: Any = recorded(till.redeem(wish=wish(7)))
    recorded(till.undo(made))
    assert till.available() == 75
    till.verify()
