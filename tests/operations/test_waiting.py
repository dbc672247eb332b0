"""Points that wait for their order; lapsed points given back, and longer lives, by hand."""

from typing import Any

import pytest

from chalicelib.domain.limits import WAITING_LOTS_MAX
from chalicelib.domain.records import AdjustmentKind
from tests.builders import (
    NOON,
    line,
    recorded,
    refund,
    refused,
    state,
    upserted,
)
from tests.operations.time_scenes import IDLE, RETURNS, by_hand, days, kinds, scene

# ---------------------------------------------------------------- waiting for an order


def test_points_wait_until_returns_have_closed_and_need_no_job() -> None:
    tea = scene(pending=RETURNS)
    tea.pay(10000)
    assert tea.balance(at=NOON + days(90) - 1).available == 0
    assert tea.balance(at=NOON + days(90)).available == 100, "at the latest"
    tea.now = NOON + days(3)
    tea.order(upserted(state(line(10000), version=tea.now, fulfilled_at=tea.now)))
    assert kinds(tea) == [("earn", 100), ("mature", 0)]
    assert tea.balance(at=NOON + days(17) - 1).available == 0
    assert tea.balance(at=NOON + days(17)).available == 100
    tea.verify()


def test_every_arrival_order_of_fulfilment_ends_in_the_same_dates() -> None:
    told = [
        upserted(state(line(10000), version=NOON + 1)),
        upserted(state(line(10000), version=NOON + 2, fulfilled_at=NOON + 2)),
        upserted(state(line(8000), version=NOON + 3, fulfilled_at=NOON + days(2))),
    ]
    ends = set()
    for sequence in ((0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 2, 1), (1, 2, 0, 1), (2, 0, 1)):
        tea = scene(pending=RETURNS)
        tea.now = NOON + days(3)
        for number in sequence:
            tea.order(told[number])
        account = tea.account()
        assert account is not None
        ends.add(account.units["points"].lots)
        tea.verify()
    assert len(ends) == 1


def test_a_refund_takes_back_what_still_waits() -> None:
    tea = scene(pending=RETURNS)
    tea.pay(10000)
    tea.pay(10000, "1002")
    back = state(line(10000), version=NOON + 1, refunds=(refund(10000),), fulfilled_at=NOON + 1)
    recorded(tea.order(upserted(back), now=NOON + 1))
    assert tea.balance(at=NOON + days(20)).available == 0
    assert tea.balance(at=NOON + days(90)).available == 100


def test_at_most_fifty_lots_wait_and_the_rest_mature_at_the_latest_date() -> None:
    tea = scene(pending=RETURNS)
    for number in range(WAITING_LOTS_MAX + 5):
        tea.pay(100, str(number), at=NOON + number)
    account = tea.account()
    assert account is not None
    waiting = [lot for lot in account.units["points"].lots if lot.waits_for]
    assert len(waiting) == WAITING_LOTS_MAX
    assert tea.balance(at=NOON + days(91)).available == WAITING_LOTS_MAX + 5


# ---------------------------------------------------------------- by hand


def test_lapsed_points_are_given_back_once_and_live_like_new_ones() -> None:
    tea = scene(expiry={"after": "P1Y"})
    tea.pay(10000)
    tea.now = NOON + days(366)
    first = recorded(by_hand(tea, AdjustmentKind.REINSTATE, points=60))
    assert by_hand(tea, AdjustmentKind.REINSTATE, points=60).replayed
    assert first == by_hand(tea, AdjustmentKind.REINSTATE, points=60).document
    assert tea.available() == 60
    assert tea.balance(at=tea.now + days(364)).available == 60
    assert refused(by_hand(tea, AdjustmentKind.REINSTATE, points=41, key="h2")) == (
        "insufficient_points"
    )
    recorded(by_hand(tea, AdjustmentKind.REINSTATE, key="h3"))
    assert tea.available() == 100
    assert refused(by_hand(tea, AdjustmentKind.REINSTATE, key="h4")) == "insufficient_points"
    assert kinds(tea)[1:] == [("expire", -100), ("reinstate", 60), ("reinstate", 40)]
    tea.verify()


def test_what_lapsed_more_than_120_days_ago_is_not_given_back() -> None:
    tea = scene(expiry=IDLE)
    tea.pay(10000)
    tea.now = NOON + days(365 + 120)
    assert refused(by_hand(tea, AdjustmentKind.REINSTATE)) == "insufficient_points"


def test_points_reinstated_after_inactivity_live_a_whole_period() -> None:
    tea = scene(expiry=IDLE)
    tea.pay(10000)
    tea.now = NOON + days(400)
    recorded(by_hand(tea, AdjustmentKind.REINSTATE))
    assert tea.balance(at=tea.now + days(364)).available == 100


@pytest.mark.parametrize("expiry", [IDLE, {"after": "P1Y"}])
def test_an_extension_moves_dates_later_and_never_sooner(expiry: Any) -> None:
    tea = scene(expiry=expiry)
    tea.pay(10000)
    until = NOON + days(500)
    recorded(by_hand(tea, AdjustmentKind.EXTEND, until=until))
    assert kinds(tea)[-1] == ("extend", 0)
    recorded(by_hand(tea, AdjustmentKind.EXTEND, until=NOON + days(30), key="h2"))
    assert tea.balance(at=until - 1).available == 100
    assert tea.balance(at=until).available == 0
    tea.now = until + 1
    back = state(line(10000), version=tea.now, refunds=(refund(10000),))
    recorded(tea.order(upserted(back)))
    assert tea.balance().deficit == 0, "extended points that lapsed cost nothing"
    tea.verify()


def test_an_extension_to_the_past_or_beyond_ten_years_is_refused() -> None:
    tea = scene(expiry=IDLE)
    tea.pay(10000)
    for until in (tea.now, tea.now + days(3_660)):
        assert refused(by_hand(tea, AdjustmentKind.EXTEND, until=until)) == "value_invalid"
