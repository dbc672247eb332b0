"""The time machine on a table: the orders of the books are the history, and say the same."""

from pathlib import Path

import pytest

from chalicelib.domain.events import OrderStatus
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.replay.history import past_order_of
from dev.replay.__main__ import main
from dev.replay.orders_csv import RowWrong
from dev.replay.running import job_of, run
from dev.replay.table_orders import spooled_table
from tests.builders import NOON, SHOP, TEA, Scene, line, refund, refunded, state, upserted
from tests.memory_table import MemoryTable


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
    with spooled_table(scene.table, SHOP) as spool:
        assert spool.rows == 6
        report = run(job_of((program, program), "", 0, spool), spool, 1, lambda _: None)
    (points,) = [each for each in report.live.units if each.habit == "one"]
    entries = scene.journal()
    assert sum(points.issued) == sum(entry.points for entry in entries if entry.points > 0)
    assert sum(points.reversed) == -sum(entry.points for entry in entries if entry.points < 0)
    assert sum(points.reversed) > 0
    assert points.outstanding[-1] == scene.balance(at=NOON).available


def test_a_shop_without_orders_is_refused() -> None:
    with pytest.raises(RowWrong, match="no paid orders"), spooled_table(MemoryTable(), SHOP):
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
