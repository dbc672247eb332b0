"""Codes that nobody used in time: they end by themselves, with or without their points."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from chalicelib.domain.events import OrderStatus
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.records import Redemption, as_of
from chalicelib.operations.explain_document import explain_document
from chalicelib.operations.list_expiring import ExpiringQuery, list_expiring
from chalicelib.operations.sweep_due import sweep_due
from chalicelib.operations.undo_redemption import find_redemption
from chalicelib.storage.stock import stock_left
from tests.builders import NOON, TEA, Scene, line, program, recorded, refund, refused, state, unit
from tests.builders import upserted as told
from tests.memory_table import MemoryTable
from tests.operations.audited import audited, breaks_of, item_at, put

DAY = DAY_MS
END = NOON + 30 * DAY
FIVE: dict[str, Any] = {**TEA["rewards"][0], "valid": "P30D", "on_expiry": "return"}


def with_reward(**changes: Any) -> dict[str, Any]:
    return program(rewards=[{**FIVE, **changes}])


@pytest.fixture
def till(scene: Scene) -> Scene:
    """A member with 80 points."""
    scene.publish(with_reward())
    scene.join()
    scene.adjust(80)
    return scene


def sweep(scene: Scene) -> None:
    sweep_due(scene.table, scene.shop, scene.now)


def used(made: Any, net: int = 2_000, back: int = 0) -> Any:
    """The order that used the code before it ended, of which ``back`` was refunded."""
    status = OrderStatus.PARTIALLY_REFUNDED if back else OrderStatus.PAID
    refunds = (refund(back),) if back else ()
    changes: dict[str, Any] = {"status": status, "refunds": refunds, "version": NOON + back}
    return told(state(line(net), id="c", codes=(made.code,), customer=None, **changes))


def stored(scene: Scene, made: Any) -> Redemption:
    found = find_redemption(scene.table, scene.shop, scene.member(), made.id)
    assert found is not None
    return found


def test_points_are_back_at_the_very_end_of_the_code_though_no_job_ran(till: Scene) -> None:
    recorded(till.redeem())
    till.now = END - 1
    assert till.available() == 30
    till.now = END
    assert till.available() == 80
    assert [entry.kind.value for entry in till.journal()] == ["adjust", "redeem"]


@pytest.mark.parametrize("late", [0, 200 * DAY])
def test_they_are_booked_once_by_the_sweep_or_the_next_commit(till: Scene, late: int) -> None:
    made = recorded(till.redeem())
    till.now = END + late
    for act in permutations([sweep, sweep, lambda s: s.adjust(1, key="more")]):
        for each in act:
            each(till)
    kinds = [(entry.kind.value, entry.points, entry.document) for entry in till.journal()]
    assert kinds.count(("return", 50, f"redemption:{made.id}")) == 1  # type: ignore[union-attr]
    assert till.available() == 81
    till.verify()


def test_who_keeps_the_points_keeps_them(scene: Scene) -> None:
    scene.publish(with_reward(on_expiry="keep"))
    scene.join()
    scene.adjust(80)
    made = recorded(scene.redeem())
    scene.now = END
    sweep(scene)
    assert scene.available() == 30
    assert as_of(stored(scene, made), scene.now).status == "expired"


def test_an_ended_code_can_not_be_undone(till: Scene) -> None:
    made = recorded(till.redeem())
    till.now = END
    assert refused(till.undo(made)) == "redemption_not_undoable"
    sweep(till)
    assert refused(till.undo(made)) == "redemption_not_undoable"
    assert till.available() == 80


def test_an_undone_code_does_not_come_back_a_second_time(till: Scene) -> None:
    recorded(till.undo(recorded(till.redeem())))
    till.now = END
    sweep(till)
    assert till.available() == 80
    till.verify()


def test_points_that_come_back_live_thirty_days_from_the_codes_end(scene: Scene) -> None:
    """However late it is booked, and even where their own date passed in between."""
    scene.publish(program(units=unit(expiry={"after": "P10D"}), rewards=[FIVE]))
    scene.join()
    scene.adjust(80)
    recorded(scene.redeem())
    scene.now = END
    assert scene.available() == 50
    scene.now = END + 30 * DAY
    assert scene.available() == 0
    sweep(scene)
    booked = [(entry.kind.value, entry.points) for entry in scene.journal()][2:]
    assert booked == [("return", 50), ("expire", -80)]
    scene.verify()


def test_inactivity_leaves_them_thirty_days_too(scene: Scene) -> None:
    idle = {"idle": "P20D", "counts": ["order.paid"]}
    scene.publish(program(units=unit(expiry=idle), rewards=[FIVE]))
    scene.pay(8_000)
    recorded(scene.redeem())
    for late in (END, END + 30 * DAY - 1):
        scene.now = late
        assert scene.available() == 50
    scene.now = END + 30 * DAY
    assert scene.available() == 0
    sweep(scene)
    assert [entry.points for entry in scene.journal()] == [80, -50, 50, -80]
    scene.verify()


def test_the_piece_and_the_turn_are_gone_and_the_points_are_back(scene: Scene) -> None:
    """A late delivery may tell of a use: a piece sold twice would be one too many (I9)."""
    scene.publish(with_reward(stock=1, limit={"times": 1, "window": "lifetime"}))
    scene.join()
    scene.adjust(80)
    recorded(scene.redeem())
    scene.now = END
    sweep(scene)
    assert stock_left(scene.table, scene.shop, "five-off") == 0
    assert refused(scene.redeem(key="k2")) == "limit_reached"


def test_a_member_has_a_bounded_number_of_codes_that_come_back(scene: Scene) -> None:
    scene.publish(with_reward(cost={"unit": "points", "amount": 1}))
    scene.join()
    scene.adjust(80)
    for number in range(20):
        recorded(scene.redeem(key=f"k{number}"))
    assert refused(scene.redeem(key="more")) == "limit_reached"
    scene.now = END
    recorded(scene.redeem(key="more"))


def test_the_lists_of_what_expires_know_of_them(scene: Scene) -> None:
    scene.publish(program(units=unit(expiry={"after": "P40D"}), rewards=[FIVE]))
    scene.join()
    scene.adjust(50)
    recorded(scene.redeem())
    scene.now = END
    query = ExpiringQuery("points", END + 60 * DAY, scene.now)
    found = list_expiring(scene.table, scene.shop, query, (50, None))
    assert not isinstance(found, Refusal)
    assert [(row.points, row.at) for row in found.rows] == [(50, END + 30 * DAY)]


# ---------------------------------------------------------------- used, and told of it late


def test_a_use_told_of_late_takes_the_points_again(till: Scene) -> None:
    made = recorded(till.redeem())
    till.now = END + DAY
    sweep(till)
    assert till.available() == 80
    till.order(used(made), now=till.now)
    assert till.available() == 30
    assert stored(till, made).status == "used"
    assert [entry.kind.value for entry in till.journal()][-1] == "reverse"
    till.verify()


def test_a_use_told_of_before_anything_is_booked_books_nothing(till: Scene) -> None:
    made = recorded(till.redeem())
    till.now = END + DAY
    till.order(used(made), now=till.now)
    sweep(till)
    assert till.available() == 30
    assert [entry.kind.value for entry in till.journal()] == ["adjust", "redeem"]


@pytest.mark.parametrize(("negative", "left", "leaked"), [("allow", -50, 0), ("clamp", 0, 50)])
def test_what_was_spent_meanwhile_is_owed_or_has_leaked(
    scene: Scene, negative: str, left: int, leaked: int
) -> None:
    scene.publish(program(units=unit(negative=negative), rewards=[FIVE]))
    scene.join()
    scene.adjust(50)
    made = recorded(scene.redeem())
    scene.now = END + DAY
    scene.adjust(-50, key="spent")
    scene.order(used(made, back=2_000), now=scene.now)
    kept = stored(scene, made)
    assert (kept.leaked, kept.returned) == (leaked, 50 - leaked)
    assert scene.available() == (0 if leaked else left + 50)
    scene.verify()


Act = Callable[[Scene, Any], object]
ACTS: dict[str, Act] = {
    "paid": lambda s, made: s.order(used(made), now=s.now),
    "partly refunded": lambda s, made: s.order(used(made, back=500), now=s.now),
    "swept": lambda s, _: sweep(s),
    "another order": lambda s, _: s.pay(1_000, "2"),
}


@pytest.mark.parametrize("before", range(len(ACTS) + 1))
@pytest.mark.parametrize("order", list(permutations(ACTS)))
def test_any_order_of_deliveries_and_jobs_ends_in_the_same_books(
    till: Scene, order: tuple[str, ...], before: int
) -> None:
    """Each twice, in all 24 orders, with the code's end before, between or after them."""
    made = recorded(till.redeem())
    for place, name in enumerate(order):
        till.now = END + (place - before) * DAY
        ACTS[name](till, made)
        ACTS[name](till, made)
    till.now = END + 9 * DAY
    sweep(till)
    assert refused(till.undo(made)) == "redemption_not_undoable"
    kept = stored(till, made)
    assert (kept.status, kept.used_by, kept.returned, kept.leaked) == ("used", "main:c", 12, 0)
    assert till.available() == 80 + 10 - 50 + 12
    till.verify()
    assert all(entry.recorded_at for entry in till.journal())


# ---------------------------------------------------------------- what people are told


def told_of(scene: Scene, made: Any) -> str:
    name = f"redemption:{made.id}"
    found: Any = explain_document(scene.table, scene.shop, "external:77", (name, "en"), scene.now)
    return str(found.sentence)


def test_staff_are_told_how_it_ended(till: Scene) -> None:
    made = recorded(till.redeem())
    assert told_of(till, made).endswith("its code has not been used yet.")
    till.now = END
    ended = "$5 off was redeemed for 50 points; its code expired unused. 50 points were given back."
    assert told_of(till, made) == ended
    sweep(till)
    assert told_of(till, made) == ended


def test_staff_are_told_what_leaked(scene: Scene) -> None:
    scene.publish(program(units=unit(negative="clamp"), rewards=[FIVE]))
    scene.join()
    scene.adjust(50)
    made = recorded(scene.redeem())
    scene.now = END
    scene.adjust(-20, key="spent")
    scene.order(used(made), now=END)
    assert told_of(scene, made).endswith(
        "20 points had come back before, and could not be taken again."
    )


# ---------------------------------------------------------------- the nightly audit


@pytest.mark.parametrize("late", [-DAY, DAY])
@pytest.mark.parametrize("act", [None, *ACTS.values()])
def test_the_audit_finds_nothing_wrong_with_them(late: int, act: Act | None) -> None:
    table = MemoryTable()
    scene = Scene(table)
    scene.publish(with_reward())
    scene.join()
    scene.adjust(80)
    made = recorded(scene.redeem())
    scene.now = END + late
    if act is not None:
        act(scene, made)
    assert breaks_of(audited(table, scene.now + DAY)) == ()


def test_the_audit_finds_a_code_that_is_waited_for_no_more() -> None:
    table = MemoryTable()
    scene = Scene(table)
    scene.publish(with_reward())
    scene.join()
    scene.adjust(80)
    recorded(scene.redeem())
    item = item_at(table, scene.member(), "A")
    lots = {"points": {"l": [[30]]}}
    put(table, item, u=lots)
    (found,) = breaks_of(audited(table))
    assert (found.invariant, "is not waited for" in found.detail) == ("I6", True)
