"""A limit that all members share: granted whole or not at all, never overdrawn, given back."""

from functools import partial
from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.operations.audit_books import Watch, audit_tonight
from chalicelib.storage.stock import budget_keys, budgets_of
from tests.builders import NOON, TEA, Scene, line, program, refund, state, upserted
from tests.conservation import WatchedTable, verify_table
from tests.operations.action_scenes import done, revoked, tell
from tests.operations.test_two_writers import MOMENTS_MAX, interrupted

DAY = {"calendar": "day"}
BONUS: dict[str, Any] = {
    "id": "first-hundred",
    "on": "order.paid",
    "give": [{"add": 10, "unit": "points"}],
    "limit": {"times": 3, "window": DAY, "scope": "shop"},
}
IDEA: dict[str, Any] = {
    "id": "idea",
    "on": "action.idea",
    "give": [{"add": 40, "unit": "points"}],
    "limit": {"amount": 100, "window": "lifetime", "scope": "shop"},
}


def opened(*rules: dict[str, Any], now: int = NOON) -> Scene:
    made = Scene(WatchedTable(), now=now)
    made.publish(program(earn=[*TEA["earn"], *(rules or (BONUS, IDEA))]))
    return made


def buy(made: Scene, customer: str) -> Any:
    return made.pay(1_000, f"o{customer}", customer=Customer(customer))


def given(made: Scene, customer: str) -> int:
    return made.available(customer)


def spent(made: Scene, name: str) -> int:
    items = made.table.load(budget_keys(made.shop, (name,)))
    return sum(budgets_of(made.shop, {name: 0}, items).spent[name].values())


def sound(made: Scene) -> None:
    table: Any = made.table
    verify_table(table.items())
    night = audit_tonight(made.table, Watch(made.now, lambda: True), (1, 1, DAY_MS))
    assert night.breaks == 0


def test_three_orders_a_day_of_whoever_comes_first() -> None:
    tea = opened()
    for customer in "12345":
        buy(tea, customer)
    assert [given(tea, each) for each in "12345"] == [20, 20, 20, 10, 10]
    codes = {row.code for row in tea.document("o4").trace}
    assert "budget_spent" in codes
    tea.now += DAY_MS
    buy(tea, "6")
    assert given(tea, "6") == 20
    sound(tea)


def test_an_amount_that_does_not_fit_whole_is_not_given() -> None:
    tea = opened()
    for customer in "123":
        tell(tea, done(f"i{customer}", customer, action="idea"))
    assert [given(tea, each) for each in "12"] == [40, 40]
    assert tea.account("3") is None
    assert spent(tea, "shop:idea") == 80
    tell(tea, revoked("i1", NOON))
    assert spent(tea, "shop:idea") == 40
    tell(tea, done("i4", "2", action="idea"))
    assert given(tea, "2") == 80
    sound(tea)


def test_a_refund_gives_back_what_the_shop_may_give_again() -> None:
    tea = opened()
    for customer in "123":
        buy(tea, customer)
    whole = state(
        line(1_000), id="o1", number="#o1", version=NOON + 1, customer=Customer("1"),
        refunds=(refund(1_000, at=NOON + 1),),
    )  # fmt: skip
    tea.order(upserted(whole), now=NOON + 1)
    buy(tea, "4")
    assert [given(tea, each) for each in "1234"] == [0, 20, 20, 20]
    sound(tea)


@pytest.mark.parametrize("backwards", [False, True])
def test_the_last_one_is_given_once_whoever_writes_meanwhile(backwards: bool) -> None:
    for moment in range(MOMENTS_MAX):
        tea = opened({**BONUS, "limit": {**BONUS["limit"], "times": 1}})
        ran = interrupted(tea.table, moment, partial(buy, tea, "2"), backwards)
        buy(tea, "1")
        if not ran:
            return
        assert sorted((given(tea, "1"), given(tea, "2"))) == [10, 20], moment
        sound(tea)
    raise AssertionError("more moments than were tried")
