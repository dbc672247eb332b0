"""The time machine on a table: the orders of the books are the history, and say the same."""

from pathlib import Path

import pytest

from chalicelib.domain.events import Customer, OrderStatus
from chalicelib.domain.instants import DAY_MS, parse_instant
from chalicelib.domain.pausing import Pause, Paused
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.replay.history import past_order_of
from chalicelib.operations.pause_program import pause_program, resume_program
from chalicelib.operations.sweep_due import sweep_shops
from dev.replay.__main__ import main
from dev.replay.orders_csv import RowWrong
from dev.replay.running import job_of, run
from dev.replay.table_orders import Source, spooled_table
from tests.builders import NOON, SHOP, TEA, Scene, line, refund, refunded, state, upserted
from tests.memory_table import MemoryTable
from tests.operations.action_scenes import done, reviewing, tell
from tests.operations.verbs_of_members import merge


def _said(_: str) -> None:
    """Progress that nobody reads."""


def _scene() -> Scene:
    scene = Scene(MemoryTable(), now=NOON - 200 * DAY_MS)
    scene.publish()
    for number in range(6):
        at = NOON - (150 - number * 20) * DAY_MS
        scene.pay(9_000 + number * 1_700, str(number), at)
    late = NOON - 20 * DAY_MS
    scene.order(refunded(refund(4_000, at=late), "2"), now=late)
    return scene


def test_the_orders_of_a_table_come_to_what_its_journal_says() -> None:
    scene = _scene()
    other = Scene(scene.table, now=scene.now, shop="coffee")
    other.publish()
    other.pay(70_000, "x")
    program = read_program(TEA)
    with spooled_table(Source(scene.table, SHOP), _said) as spool:
        assert spool.rows == 6
        report = run(job_of((program, program), "", 0, spool), spool, 1, lambda _: None)
    (points,) = [each for each in report.live.units if each.habit == "one"]
    entries = scene.journal()
    assert sum(points.issued) == sum(entry.points for entry in entries if entry.points > 0)
    assert sum(points.reversed) == -sum(entry.points for entry in entries if entry.points < 0)
    assert sum(points.reversed) > 0
    assert points.outstanding[-1] == scene.balance(at=NOON).available


def test_actions_birthdays_and_merged_members_of_a_table_are_walked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dev.replay.table_orders._EVERY", 2)
    cake = {"id": "cake", "on": "member.birthday", "give": [{"add": 100, "unit": "points"}]}
    document = reviewing()
    document["earn"] = [*document["earn"], cake]
    scene = Scene(MemoryTable(), now=NOON - 300 * DAY_MS)
    scene.publish(document, since=scene.now)
    scene.join("77", birthday="06-01")
    scene.pay(2_000, "1")
    scene.join("88")
    scene.pay(3_000, "2", customer=Customer("88"))
    scene.now += DAY_MS
    tell(scene, done("a1", at=scene.now))
    scene.now = parse_instant("2026-06-01T00:00:00Z")
    sweep_shops(scene.table, scene.now)
    sweep_shops(scene.table, scene.now + 1)
    scene.now += DAY_MS
    merge(scene, "88", "77")
    program, said = read_program(document), list[str]()
    with spooled_table(Source(scene.table, SHOP), said.append) as spool:
        report = run(job_of((program, program), "", 0, spool), spool, 1, said.append)
    (points,) = [each for each in report.live.units if each.habit == "one"]
    assert points.outstanding[-1] == scene.balance().available
    assert (report.live.members[-1], report.left_out) == (1, ())
    assert said[0].startswith("read: 2 orders, actions and members")


def test_pauses_of_the_shop_come_with_its_history() -> None:
    scene = Scene(MemoryTable(), now=NOON - 200 * DAY_MS)
    scene.publish()
    pause_program(scene.table, SHOP, Pause(Paused.ALL, NOON - 100 * DAY_MS))
    resume_program(scene.table, SHOP, NOON - 80 * DAY_MS)
    for number, days_ago in enumerate((120, 90, 60)):
        scene.pay(1_000, str(number), NOON - days_ago * DAY_MS)
    program = read_program(TEA)
    with spooled_table(Source(scene.table, SHOP), _said) as spool:
        report = run(job_of((program, program), "", 0, spool), spool, 1, lambda _: None)
    assert [each.what for each in report.pauses] == ["all"]
    assert report.live.unearned == {"paused": 1}
    assert sum(report.live.units[0].issued) == scene.balance(at=NOON).available == 20


def test_a_draw_of_joining_is_the_one_of_the_books() -> None:
    prizes = [{"weight": 1, "give": [{"add": n * n, "unit": "points"}]} for n in range(1, 11)]
    wheel = {"id": "wheel", "on": "member.joined", "give": [{"chance": prizes}]}
    document = {**TEA, "earn": [*TEA["earn"], wheel]}
    scene = Scene(MemoryTable(), now=NOON - 200 * DAY_MS)
    scene.publish(document, since=scene.now)
    for number in range(12):
        scene.join(f"{number}")
        scene.pay(100, f"o{number}", scene.now, customer=Customer(f"{number}"))
    program = read_program(document)
    with spooled_table(Source(scene.table, SHOP, draws=True), _said) as spool:
        report = run(job_of((program, program), "", 0, spool), spool, 1, lambda _: None)
    (points,) = [each for each in report.live.units if each.habit == "one"]
    assert sum(points.issued) == sum(scene.available(f"{number}") for number in range(12)) > 12


def test_a_shop_without_orders_is_refused() -> None:
    with (
        pytest.raises(RowWrong, match="no paid orders"),
        spooled_table(Source(MemoryTable(), SHOP), _said),
    ):
        pass


@pytest.mark.parametrize("status", [OrderStatus.CANCELLED, OrderStatus.REFUNDED])
def test_an_order_taken_back_whole_was_paid_and_came_back(status: OrderStatus) -> None:
    scene = _scene()
    later = NOON - 5 * DAY_MS
    told = {"id": "4", "number": "#4", "created_at": NOON - 70 * DAY_MS}
    paid_at = scene.document("4").earned_at
    whole = state(line(15_800), status=status, version=later, paid_at=paid_at, **told)
    scene.order(upserted(whole), now=later)
    order = past_order_of(scene.document("4"))
    assert order is not None
    assert (order.state.status, order.paid_at) == (OrderStatus.PAID, paid_at)
    assert [part.lines[0].net for part in order.refunds] == [15_800]
    assert order.refunds[0].at == later


def test_what_is_nobodys_or_never_paid_is_no_history() -> None:
    scene = _scene()
    scene.order(upserted(state(id="g", customer=None, guest_email="a@example.com")))
    scene.order(upserted(state(id="u", status=OrderStatus.OPEN, paid_at=None)))
    assert past_order_of(scene.document("g")) is None
    assert past_order_of(scene.document("u")) is None


def test_an_order_that_earned_nothing_is_history_all_the_same() -> None:
    scene = _scene()
    scene.order(upserted(state(id="e", currency="EUR")))
    order = past_order_of(scene.document("e"))
    assert order is not None
    assert order.state.currency == "EUR"


def test_a_file_and_a_shop_are_not_asked_for_together(tmp_path: Path) -> None:
    words = ["--orders", "a", "--shop", "tea", "--live", "a", "--draft", "b"]
    with pytest.raises(SystemExit):
        main([*words, "--out", str(tmp_path)])
