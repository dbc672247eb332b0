"""A code that an order used before its item was there: remembered, and settled when it is."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from chalicelib.operations.undo_redemption import find_redemption
from chalicelib.security.keyed_ids import code_of, redemption_id
from chalicelib.storage.codes import find_code
from tests.builders import SHOP_KEY, Scene, line, recorded, refund, refunded, state, upserted
from tests.conservation import WatchedTable, verify_table
from tests.faults import Crash, Fault
from tests.memory_table import MemoryTable
from tests.operations.audited import audited, breaks_of
from tests.operations.test_two_writers import MOMENTS_MAX, interrupted

Act = Callable[[], object]


def without_item(table: Any) -> tuple[Scene, str]:
    """A redemption whose process died before it wrote the code's item; also the code."""
    scene = Scene(table)
    scene.publish()
    scene.join()
    scene.adjust(50)
    table.fault = lambda operation, _: Fault.CRASH if operation == "write" else None
    with pytest.raises(Crash):
        scene.redeem()
    table.fault = lambda *_: None
    return scene, code_of(SHOP_KEY, redemption_id(scene.member(), "k1"))


def used(scene: Scene, code: str, order_id: str = "c") -> None:
    sold: dict[str, Any] = {"id": order_id, "codes": (code,), "customer": None}
    scene.order(upserted(state(line(2_000), **sold)))


def stored(scene: Scene) -> Any:
    made = redemption_id(scene.member(), "k1")
    return find_redemption(scene.table, scene.shop, scene.member(), made)


def test_the_replay_that_writes_the_item_settles_the_order_that_waited() -> None:
    table = MemoryTable()
    scene, code = without_item(table)
    used(scene, code)
    scene.order(refunded(refund(500), "c"))
    assert stored(scene).status == "ready"
    made: Any = recorded(scene.redeem())
    assert (made.status, made.used_by, made.returned) == ("used", "main:c", 12)
    assert stored(scene) == made
    assert scene.available() == 12
    assert find_code(table, scene.shop, code) is not None
    assert breaks_of(audited(table)) == ()


def test_a_code_that_is_remembered_leads_nowhere_yet() -> None:
    table = MemoryTable()
    scene, code = without_item(table)
    used(scene, code)
    assert find_code(table, scene.shop, code) is None
    assert breaks_of(audited(table)) == ()


def test_the_first_of_the_orders_that_wait_has_the_code() -> None:
    table = MemoryTable()
    scene, code = without_item(table)
    for order_id in ("c", "d", "c"):
        used(scene, code, order_id)
    made: Any = recorded(scene.redeem())
    assert made.used_by == "main:c"
    writes = len(table.calls)
    assert recorded(scene.redeem()) == made
    assert [call.operation for call in table.calls[writes:]] == ["load"]


def test_a_crash_while_they_are_settled_is_mended_by_the_next_replay() -> None:
    table = MemoryTable()
    scene, code = without_item(table)
    used(scene, code)
    table.fault = lambda operation, _: Fault.CRASH if operation == "write" else None
    with pytest.raises(Crash):
        scene.redeem()
    table.fault = lambda *_: None
    made: Any = recorded(scene.redeem())
    assert (made.status, made.used_by) == ("used", "main:c")


@pytest.mark.parametrize("is_turned", [False, True])
def test_the_order_and_the_replay_at_every_moment_of_each_other(is_turned: bool) -> None:
    start = WatchedTable()
    _, code = without_item(start)
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        here = Scene(table)
        acts: list[Act] = [partial(used, here, code), here.redeem]
        first, second = acts[::-1] if is_turned else acts
        ran = interrupted(table, moment, second, backwards=False)
        first()
        if not ran:
            return
        here.redeem()
        assert (stored(here).status, stored(here).used_by) == ("used", "main:c"), moment
        verify_table(table.items())
    raise AssertionError("more moments than were tried")
