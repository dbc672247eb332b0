"""Rewards of which the whole shop has so many at a time: no more are taken, the rest come later."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.ledger import EntryKind
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.replay.history import PastOrder
from chalicelib.domain.replay.member_state import plan_of
from chalicelib.domain.replay.months import months_between
from chalicelib.domain.replay.report import Report, main_money
from chalicelib.domain.replay.spending import HABITS, MAIN, MILLION
from chalicelib.domain.replay.stock import within_stock
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.replay.walking import walk_member
from chalicelib.operations.sweep_due import sweep_shops
from tests.builders import NOON, TEA, Scene, line, program, state, upserted
from tests.domain.replay.histories import bought, compared, made
from tests.memory_table import MemoryTable

BEGINNING = NOON - 300 * DAY_MS
FIVE = TEA["rewards"][0]  # 5.00 off for 50 points
AUTO = {**FIVE, "auto": True, "undo": "never"}
FOR_EVER = {"times": 2, "window": "lifetime", "scope": "shop"}
MONTHLY = {"times": 1, "window": {"calendar": "month"}, "scope": "shop"}
BUYING = st.lists(
    st.tuples(
        st.integers(0, 20),  # days after the one before
        st.integers(0, 2),  # who
        st.integers(3_000, 12_000),  # net
    ),
    min_size=1,
    max_size=8,
)


def lived(document: dict[str, Any], buying: Any) -> tuple[Scene, dict[str, list[PastOrder]]]:
    """What the books redeem by themselves, and what a replay reads of it."""
    scene, at = Scene(MemoryTable(), now=BEGINNING), BEGINNING
    scene.publish(document, since=BEGINNING)
    past: dict[str, list[PastOrder]] = {}
    for number, (days, who, net) in enumerate(buying):
        at += days * DAY_MS + 1
        buyer = Customer(f"c{who}")
        told: dict[str, Any] = {"version": at, "created_at": at, "paid_at": at, "customer": buyer}
        order = state(line(net), id=str(number), **told)
        past.setdefault(scene.member(buyer.id), []).append(PastOrder("", order))
        _sweep(scene, at)
        scene.order(upserted(order), now=at)
    _sweep(scene, scene.now + 40 * DAY_MS)
    sweep_shops(scene.table, scene.now)  # a month that began today has turns, too
    return scene, past


def _sweep(scene: Scene, until: int) -> None:
    while scene.now + DAY_MS < until:
        scene.now += DAY_MS
        sweep_shops(scene.table, scene.now)
    scene.now = until


def walked(document: dict[str, Any], until: int, past: dict[str, list[PastOrder]]) -> Tally:
    compiled = made(rewards=document["rewards"])
    span = months_between(BEGINNING, until, compiled.zone)
    tally, plan = Tally(len(span.names)), plan_of(compiled, span, MILLION)
    for member, orders in past.items():
        walk_member(member, orders, plan, tally)
    return within_stock(compiled, tally, span)


def used(scene: Scene) -> int:
    """Points that were redeemed and not given back."""
    entries = [entry for who in range(3) for entry in scene.journal(f"c{who}")]
    return -sum(
        each.points for each in entries if each.kind in (EntryKind.REDEEM, EntryKind.RETURN)
    )


@pytest.mark.parametrize("limit", [FOR_EVER, MONTHLY])
@settings(max_examples=20)
@given(BUYING)
def test_as_many_redeem_themselves_as_in_the_books(limit: dict[str, Any], buying: Any) -> None:
    document = program(rewards=[{**AUTO, "limit": limit}])
    scene, past = lived(document, buying)
    tally = walked(document, scene.now, past)
    for habit, _, _ in HABITS:
        assert sum(tally.row("redeem", "points", habit)) == used(scene)


# ---------------------------------------------------------------- by habit, and as gifts


def reported(draft: CompiledProgram, days_ago: int = 70, days: int = 330) -> Report:
    """Ten members with a reward's points each, who spend all they have."""
    histories = {f"m{number}": [bought(5_000, str(number), days_ago)] for number in range(10)}
    return compared(made(), draft, histories, share=MILLION, days=days)[0]


def taken(report: Report, habit: str = MAIN) -> list[int]:
    money = next(each for each in report.draft.money if each.habit == habit)
    return list(money.rewards[-4:])


def limited(limit: dict[str, Any], **changes: Any) -> CompiledProgram:
    return made(rewards=[{**FIVE, "limit": limit, **changes}], tier_groups=[])


def test_no_more_than_a_months_are_taken_and_the_rest_come_the_months_after() -> None:
    report = reported(limited({**MONTHLY, "times": 4}))
    assert taken(report) == [0, 4, 4, 2]
    assert main_money(report.draft).total_cost_minor == 10 * 500
    assert sum(main_money(report.draft).refused) == 6
    assert report.left_out == ()
    (unit,) = [each for each in report.draft.units if each.habit == MAIN]
    assert unit.outstanding[-3:] == (300, 100, 0)
    assert unit.redeemed[-3:] == (200, 200, 100)


def test_what_is_for_ever_is_over_and_the_points_stay() -> None:
    report = reported(limited(FOR_EVER))
    assert taken(report) == [0, 2, 0, 0]
    (unit,) = [each for each in report.draft.units if each.habit == MAIN]
    assert unit.outstanding[-1] == 400
    assert "rewards_ran_out" in report.notes


@pytest.mark.parametrize(
    ("calendar", "times", "found"),
    [
        ("day", 1, [0, 10, 0, 0]),
        ("week", 1, [0, 4, 4, 2]),  # weeks that begin in September, October and November
        ("quarter", 4, [0, 4, 4, 0]),
        ("year", 4, [0, 4, 0, 0]),
    ],
)
def test_a_month_has_the_turns_of_all_windows_that_begin_in_it(
    calendar: str, times: int, found: list[int]
) -> None:
    limit = {"times": times, "window": {"calendar": calendar}, "scope": "shop"}
    assert taken(reported(limited(limit))) == found


def test_stock_and_limit_of_one_reward_both_hold() -> None:
    assert taken(reported(limited({**MONTHLY, "times": 4}, stock=5))) == [0, 4, 1, 0]


def test_what_only_warms_up_takes_no_turns() -> None:
    assert sum(main_money(reported(limited(FOR_EVER), 600, 700).draft).rewards) == 0
    report = reported(limited(FOR_EVER), 355, 700)
    assert sum(main_money(report.draft).rewards) == 2


def test_gifts_that_find_no_turn_left_are_never_had() -> None:
    gift = {"id": "gift", "on": "order.paid", "give": [{"reward": FIVE["id"]}]}
    draft = made(rewards=[{**FIVE, "cost": None, "limit": {**MONTHLY, "times": 4}}], earn=[gift])
    report = reported(draft)
    assert taken(report) == [0, 4, 0, 0]
    assert (sum(main_money(report.draft).refused), report.left_out) == (6, ())
