"""What a reward costs and is worth, by steps, and how much of an order it may pay."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.outcome import Refusal
from chalicelib.domain.program.document import Reward
from chalicelib.domain.program.pricing import (
    Basket,
    Price,
    Steps,
    Wish,
    best_steps,
    least_price,
    price_of,
    priced,
    steps_of,
)
from chalicelib.domain.program.rewards import face_value, money_cost
from tests.domain.program.builders import compiled, reward


def by_steps(**changes: Any) -> Reward:
    """5.00 off for each 100 points, 200 to 1,000 at once, half of an order at most."""
    made = reward(
        **{
            "value": None,
            "cost": {"unit": "points", "step": 100, "min": 200, "max": 1_000},
            "per_step": {"USD": 500},
            "max_share_of_order": "0.5",
            **changes,
        }
    )
    return compiled(rewards=[made]).program.rewards[0]


PLAIN = compiled(rewards=[reward(min_order={"USD": 900})]).program.rewards[0]
FREE = compiled(rewards=[reward(cost=None)]).program.rewards[0]


def test_a_code_is_worth_its_steps_and_asks_for_an_order_that_its_share_is_of() -> None:
    assert steps_of(by_steps(), "USD") == Steps(2, 10)
    assert price_of(by_steps(), 3, "USD") == Price("points", 300, 3, 1_500, 3_000)
    assert least_price(by_steps(), "USD") == Price("points", 200, 2, 1_000, 2_000)
    third = by_steps(max_share_of_order="0.3", min_order={"USD": 4_000})
    assert [price_of(third, steps, "USD").min_order for steps in (2, 3)] == [4_000, 5_000]
    assert price_of(by_steps(max_share_of_order="0.7"), 2, "USD").min_order == 1_429


def test_steps_that_are_worth_no_money_are_limited_by_their_points_alone() -> None:
    assert steps_of(by_steps(), "EUR") == Steps(2, 10)


def test_a_fixed_reward_has_its_one_price() -> None:
    assert steps_of(PLAIN, "USD") is None
    assert priced(PLAIN, Wish(), "USD") == Price("points", 100, 0, 500, 900)
    assert priced(FREE, Wish(), "USD") == Price("", 0, 0, 500, 0)
    half = compiled(rewards=[reward(max_share_of_order="0.5")]).program.rewards[0]
    assert least_price(half, "USD").min_order == 1_000
    assert best_steps(PLAIN, 10**6, "USD", None) == 0


def test_what_each_step_is_worth_is_what_it_costs_the_shop() -> None:
    assert (face_value(by_steps(), "USD"), money_cost(by_steps(), "USD")) == (500, 500)
    assert money_cost(by_steps(unit_cost={"USD": 300}), "USD") == 300


def test_who_does_not_say_how_many_steps_takes_the_least() -> None:
    assert priced(by_steps(), Wish(), "USD") == price_of(by_steps(), 2, "USD")
    assert priced(by_steps(), Wish(7), "USD") == price_of(by_steps(), 7, "USD")


@pytest.mark.parametrize(
    ("made", "wish", "code"),
    [
        (by_steps(), Wish(1), "value_invalid"),
        (by_steps(), Wish(11), "value_invalid"),
        (PLAIN, Wish(1), "value_invalid"),
        (by_steps(), Wish(4, Basket(3_999, "USD")), "below_minimum"),
        (by_steps(), Wish(4, Basket(9_000, "EUR")), "value_invalid"),
        (PLAIN, Wish(None, Basket(899, "USD")), "below_minimum"),
    ],
)
def test_what_nobody_can_have_is_refused(made: Reward, wish: Wish, code: str) -> None:
    result = priced(made, wish, "USD")
    assert isinstance(result, Refusal)
    assert result.code == code


def test_an_order_just_large_enough_takes_its_steps() -> None:
    wish = Wish(4, Basket(4_000, "USD"))
    assert priced(by_steps(), wish, "USD") == price_of(by_steps(), 4, "USD")


def test_steps_stay_within_every_limit() -> None:
    endless = by_steps(cost={"unit": "points", "step": 1})
    assert steps_of(endless, "USD") == Steps(1, 10**6)
    dear = by_steps(cost={"unit": "points", "step": 1}, per_step={"USD": 10**10})
    assert steps_of(dear, "USD") == Steps(1, 10**4)


def test_the_best_is_what_points_pay_and_the_order_takes() -> None:
    made = by_steps()
    assert best_steps(made, 799, "USD", None) == 7
    assert best_steps(made, 10**6, "USD", None) == 10
    assert best_steps(made, 199, "USD", None) == 0
    assert best_steps(made, -5, "USD", None) == 0
    assert best_steps(made, 799, "USD", Basket(4_999, "USD")) == 4
    assert best_steps(made, 799, "USD", Basket(1_999, "USD")) == 0
    whole = by_steps(max_share_of_order=None, min_order={"USD": 2_000})
    assert best_steps(whole, 799, "USD", Basket(2_499, "USD")) == 4
    assert best_steps(whole, 799, "USD", Basket(1_999, "USD")) == 0


@given(
    step=st.integers(1, 10**6),
    each=st.integers(1, 10**6),
    share=st.sampled_from([None, "0.01", "0.3", "0.333333", "0.5", "1"]),
    available=st.integers(-100, 10**9),
    net=st.integers(0, 10**9),
)
def test_the_best_steps_are_taken_and_one_more_is_refused(
    step: int, each: int, share: str | None, available: int, net: int
) -> None:
    made = by_steps(
        cost={"unit": "points", "step": step}, per_step={"USD": each}, max_share_of_order=share
    )
    steps, basket = steps_of(made, "USD"), Basket(net, "USD")
    assert steps is not None
    best = best_steps(made, available, "USD", basket)
    if best:
        price = priced(made, Wish(best, basket), "USD")
        assert isinstance(price, Price)
        assert price.points <= available
        assert price.worth <= net
    more = best + 1
    if more <= steps.most:
        dearer = price_of(made, more, "USD")
        is_refused = isinstance(priced(made, Wish(more, basket), "USD"), Refusal)
        assert is_refused or dearer.points > available or dearer.worth > net
