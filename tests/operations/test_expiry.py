"""Points lapse when their rules say so, not when a job runs, and come back when they should."""

import pytest

from chalicelib.domain.instants import parse_instant
from chalicelib.operations.keep_up import Swept
from chalicelib.operations.sweep_due import sweep_due
from tests.builders import (
    NOON,
    Scene,
    line,
    program,
    recorded,
    refund,
    refused,
    state,
    unit,
    upserted,
)
from tests.conservation import WatchedTable, verify_table
from tests.operations.time_scenes import IDLE, days, kinds, scene

# ---------------------------------------------------------------- inactivity


def test_points_lapse_at_once_and_the_next_commit_books_it() -> None:
    tea = scene(expiry=IDLE)
    tea.pay(10000)
    end = parse_instant("2027-11-21T12:00:00Z")
    assert tea.balance(at=end - 1).available == 100
    assert tea.balance(at=end).available == 0
    tea.now = end
    assert refused(tea.redeem()) == "insufficient_points"
    assert kinds(tea) == [("earn", 100)]
    tea.pay(2000, "1002")
    assert kinds(tea) == [("earn", 100), ("expire", -100), ("earn", 20)]
    assert tea.available() == 20
    tea.verify()


def test_activity_keeps_every_lot_alive() -> None:
    tea = scene(expiry=IDLE)
    tea.pay(10000)
    tea.now += days(300)
    recorded(tea.redeem())
    assert tea.balance(at=tea.now + days(366) - 1).available == 50
    assert tea.balance(at=tea.now + days(366)).available == 0, "a leap year"


def test_what_does_not_count_keeps_nothing_alive() -> None:
    tea = scene(expiry={"idle": "P12M", "counts": ["order.paid"]})
    tea.pay(10000)
    tea.now += days(300)
    recorded(tea.redeem())
    recorded(tea.adjust(5))
    assert tea.balance(at=NOON + days(365)).available == 0


def test_a_credit_that_does_not_count_lives_a_whole_period_when_nothing_else_does() -> None:
    tea = scene(expiry={"idle": "P12M", "counts": ["order.paid"]})
    tea.join()
    recorded(tea.adjust(70))
    assert tea.balance(at=tea.now + days(364)).available == 70
    tea.now += days(365)
    assert tea.available() == 0
    recorded(tea.adjust(30, "a2"))
    assert kinds(tea)[-2:] == [("expire", -70), ("adjust", 30)]
    assert tea.balance(at=tea.now + days(364)).available == 30


@pytest.mark.parametrize("is_swept", [False, True])
def test_an_activity_from_before_the_lapse_that_arrives_late_takes_it_back(is_swept: bool) -> None:
    tea = scene(expiry=IDLE)
    tea.pay(10000)
    tea.now = NOON + days(380)
    if is_swept:
        assert sweep_due(tea.table, tea.shop, tea.now) == Swept(1, 1)
    tea.pay(2000, "1002", at=NOON + days(200))
    assert sorted(kinds(tea)) == [
        ("earn", 20), ("earn", 100), ("expire", -100), ("reinstate", 100),
    ]  # fmt: skip
    assert tea.available() == 120
    assert tea.balance(at=NOON + days(200 + 366)).available == 0
    verify_table(tea.table.items())  # type: ignore[attr-defined] # the watched fake


def test_an_activity_from_after_the_lapse_brings_nothing_back() -> None:
    tea = scene(expiry=IDLE)
    tea.pay(10000)
    tea.now = NOON + days(400)
    tea.pay(2000, "1002", at=NOON + days(390))
    assert tea.available() == 20


def test_late_activities_bring_points_back_in_any_order() -> None:
    for first, second in (((105, "a"), (460, "b")), ((460, "b"), (105, "a"))):
        tea = scene(expiry=IDLE)
        tea.pay(10000)
        tea.now = NOON + days(480)
        for at, name in (first, second):
            tea.pay(1000, name, at=NOON + days(at))
        assert tea.available() == 120


def test_a_refund_of_an_order_whose_points_lapsed_by_inactivity_makes_no_debt() -> None:
    tea = scene(expiry=IDLE)
    tea.pay(10000)
    tea.now = NOON + days(370)
    back = state(line(10000), version=tea.now, refunds=(refund(10000),))
    recorded(tea.order(upserted(back)))
    assert (tea.available(), tea.balance().deficit) == (0, 0)
    assert tea.document().lapsed == {"points": 100}
    tea.verify()


def test_points_given_back_live_thirty_days_more() -> None:
    tea = scene(expiry={"idle": "P12M", "counts": ["order.paid"]})
    tea.pay(10000)
    tea.now = NOON + days(360)
    taken = recorded(tea.redeem())
    recorded(tea.undo(taken))
    assert tea.balance(at=NOON + days(389)).available == 100
    assert tea.balance(at=NOON + days(390)).available == 0


# ---------------------------------------------------------------- other expiries, other rules


def test_a_change_of_the_rule_takes_nothing_before_one_whole_new_period() -> None:
    tea = scene(expiry="never")
    tea.pay(10000)
    change = NOON + days(1000)
    tea.publish(program(units=unit(expiry={"idle": "P6M", "counts": ["order.paid"]})), change)
    end = parse_instant("2030-02-17T12:00:00Z")
    assert tea.balance(at=end - 1).available == 100
    assert tea.balance(at=end).available == 0


def test_a_shorter_period_waits_and_a_longer_one_or_never_helps_at_once() -> None:
    tea = scene(expiry=IDLE)
    tea.pay(10000)
    tea.publish(program(units=unit(expiry={**IDLE, "idle": "P1M"})), NOON + days(350))
    assert tea.balance(at=NOON + days(365)).available == 100, "not by the old rule any more"
    assert tea.balance(at=NOON + days(382)).available == 0
    tea.publish(program(units=unit(expiry="never")), NOON + days(379))
    assert tea.balance(at=NOON + days(382)).available == 100


def test_who_had_lapsed_before_a_change_stays_lapsed_though_nothing_was_booked() -> None:
    tea = scene(expiry=IDLE)
    tea.pay(10000)
    tea.publish(program(units=unit(expiry="never")), NOON + days(400))
    assert tea.balance(at=NOON + days(401)).available == 0


def test_lots_keep_the_dates_of_the_version_that_gave_them() -> None:
    tea = scene(expiry={"after": "P24M", "round": "year"})
    tea.pay(10000)
    tea.publish(program(units=unit(expiry={"after": "P1D"})), NOON + 1)
    new_year = parse_instant("2029-01-01T00:00:00Z")
    assert tea.balance(at=new_year - 1).available == 100
    assert tea.balance(at=new_year).available == 0


def test_several_units_and_lots_lapse_each_by_its_own_rule() -> None:
    units = {
        "points": {**unit()["points"], "expiry": {"on": "12-31", "min_life": "P3M"}},
        "stars": {**unit()["points"], "expiry": IDLE},
    }
    earn = [{"id": name, "on": "order.paid", "give": [{"add": 10, "unit": name}]} for name in units]
    tea = Scene(WatchedTable())
    tea.publish(program(units=units, earn=earn))
    tea.pay(1000, "1", at=parse_instant("2026-09-01T00:00:00Z"))
    tea.pay(1000, "2", at=NOON)
    new_year = parse_instant("2027-01-01T00:00:00Z")
    assert tea.balance(at=new_year - 1).available == 20
    assert tea.balance(at=new_year).available == 10
    assert tea.balance(unit="stars", at=NOON + days(364)).available == 20
    assert tea.balance(unit="stars", at=NOON + days(365)).available == 0
    tea.now = NOON + days(500)
    assert sweep_due(tea.table, tea.shop, tea.now) == Swept(1, 2)
    assert sorted(entry.unit for entry in tea.journal()[-2:]) == ["points", "stars"]
