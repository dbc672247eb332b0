"""Rewards that redeem themselves, in a replay: what the books redeem and give back."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.ledger import EntryKind
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.replay.conditions import left_out
from chalicelib.domain.replay.history import PastOrder
from chalicelib.domain.replay.member_state import Walk, plan_of, quietly
from chalicelib.domain.replay.months import months_between
from chalicelib.domain.replay.report import main_money
from chalicelib.domain.replay.spending import HABITS, MAIN, MILLION
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.replay.walking import walk_member
from chalicelib.operations.sweep_due import sweep_shops
from tests.builders import NOON, TEA, Scene, line, program, refund, refunded, state, unit, upserted
from tests.domain.replay.histories import bought, compared, made
from tests.memory_table import MemoryTable

BEGINNING = NOON - 300 * DAY_MS
FIVE = {**TEA["rewards"][0], "auto": True, "undo": "never"}
BIG = {**FIVE, "id": "big", "cost": {"unit": "points", "amount": 120}, "value": {"USD": 1_500}}
ONCE = {**BIG, "limit": {"times": 1, "window": "lifetime"}}
PROGRAMS: dict[str, dict[str, Any]] = {
    "one": program(rewards=[FIVE]),
    "two, one of them once": program(rewards=[FIVE, ONCE]),
    "once they mature": program(rewards=[FIVE], units=unit(pending={"for": "P14D"})),
}
BUYING = st.lists(
    st.tuples(
        st.integers(0, 20),  # days after the one before
        st.integers(500, 20_000),  # net
        st.one_of(st.none(), st.integers(1, 60)),  # days until all of it comes back
    ),
    min_size=1,
    max_size=6,
)


def lived(document: dict[str, Any], buying: Any) -> tuple[Scene, list[PastOrder]]:
    scene, at = Scene(MemoryTable(), now=BEGINNING), BEGINNING
    scene.publish(document, since=BEGINNING)
    steps: list[tuple[int, Any]] = []
    past = []
    for number, (days, net, back) in enumerate(buying):
        at += days * DAY_MS + 1
        told: dict[str, Any] = {"version": at, "created_at": at, "paid_at": at}
        buyer = Customer("77")
        order = state(line(net), id=str(number), customer=buyer, refunds_complete=False, **told)
        gone_at = at + (back or 0) * DAY_MS + 500 + number
        parts = () if back is None else (refund(net, f"r{number}", at=gone_at),)
        steps.append((at, upserted(order)))
        steps += [(gone_at, refunded(part, str(number))) for part in parts]
        past.append(PastOrder("77", order, parts))
    for when, event in sorted(steps, key=lambda step: step[0]):
        while scene.now + DAY_MS < when:
            scene.now += DAY_MS
            sweep_shops(scene.table, scene.now)
        scene.now = when
        scene.order(event, now=when)
    return scene, past


def walked(document: dict[str, Any], until: int, past: list[PastOrder]) -> Walk:
    compiled = compile_program(read_program(document), 1)
    months = months_between(BEGINNING, until, compiled.zone)
    plan = quietly(plan_of(compiled, months, MILLION))
    return walk_member("77", past, plan, Tally(len(months.names)))


@pytest.mark.parametrize("name", sorted(PROGRAMS))
@settings(max_examples=20, deadline=None)
@given(BUYING)
def test_a_replay_redeems_and_gives_back_what_the_books_do(name: str, buying: Any) -> None:
    scene, past = lived(PROGRAMS[name], buying)
    scene.now += 31 * DAY_MS
    sweep_shops(scene.table, scene.now)
    walk = walked(PROGRAMS[name], scene.now, past)
    for kind in (EntryKind.REDEEM, EntryKind.RETURN):
        booked = sum(abs(each.points) for each in scene.journal() if each.kind is kind)
        for habit, _, _ in HABITS:
            assert sum(walk.tally.row(kind.value, "points", habit)) == booked


def test_it_costs_what_it_costs_and_nothing_once_it_went_back() -> None:
    draft = made(rewards=[FIVE], tier_groups=[])
    kept, gone = bought(5_000, "1", 90), bought(5_000, "2", 60)
    report, _ = compared(made(), draft, {"ann": [kept, gone]}, days=330)
    assert (sum(main_money(report.draft).rewards), report.left_out) == (2, ())
    assert main_money(report.draft).total_cost_minor == 1_000
    back = refund(5_000, at=NOON - 30 * DAY_MS)
    returned = PastOrder("77", gone.state, (back,))
    report, _ = compared(made(), draft, {"ann": [kept, returned]}, days=330)
    assert main_money(report.draft).total_cost_minor == 500
    (points,) = [each for each in report.draft.units if each.habit == MAIN]
    assert (sum(points.redeemed), sum(points.returned), points.outstanding[-1]) == (100, 50, 0)


def test_what_nobody_can_price_is_counted_by_pieces() -> None:
    perk = {key: value for key, value in FIVE.items() if key not in ("value", "unit_cost")}
    draft = made(rewards=[{**perk, "kind": "perk"}], tier_groups=[])
    report, _ = compared(made(), draft, {"ann": [bought(5_000, "1", 90)]}, days=330)
    money = main_money(report.draft)
    assert (sum(money.unpriced), money.total_cost_minor) == (1, 0)


def test_after_the_last_day_to_redeem_nothing_redeems_itself() -> None:
    document = program(rewards=[FIVE], ends={"earn": "2027-01-01", "redeem": "2026-01-01"})
    walk = walked(document, NOON, [bought(5_000, "1", 90)])
    assert sum(walk.tally.row("redeem", "points", MAIN)) == 0
    compiled = walk.plan.program
    assert left_out(compiled, compiled) == ()
