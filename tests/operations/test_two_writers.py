"""Two and more writers at once, for every verb that moves points: on the fake with a fixed
interleaving, and with threads on the fake, on ministack and (`make soak`) on moto with its lock.

The same key twice has one effect; different keys that race for the same points: whoever fits.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import HOUR_MS
from chalicelib.domain.outcome import Refusal
from chalicelib.operations.hold_points import (
    HoldCommand,
    authorize_hold,
    capture_hold,
    public_hold_id,
    void_hold,
)
from chalicelib.storage.table import Table
from tests.builders import (
    NOON,
    TEA,
    Scene,
    line,
    program,
    recorded,
    refund,
    refunded,
    state,
    upserted,
)
from tests.conservation import WatchedTable, verify_table
from tests.simulation.virtual_time import virtual_time

LATER = NOON + HOUR_MS
WRITERS = 4
MOMENTS_MAX = 60
PROGRAM = program(
    earn=[
        {**TEA["earn"][0], "limit": {"amount": 300, "window": {"calendar": "month"}}},
        {
            "id": "welcome",
            "on": "order.paid",
            "once": "member",
            "give": [{"add": 10, "unit": "points"}],
        },
        {"id": "hello", "on": "member.joined", "give": [{"add": 5, "unit": "points"}]},
    ],
    rewards=[
        TEA["rewards"][0],
        {**TEA["rewards"][0], "id": "last", "stock": 1, "cost": {"unit": "points", "amount": 1}},
    ],
)
Act = Callable[[Scene], Any]


def opened(table: Table) -> Scene:
    scene = Scene(table)
    scene.publish(PROGRAM)
    scene.pay(10_000)
    return scene


def used_code(scene: Scene, order_id: str = "c") -> Any:
    made = recorded(scene.redeem(key="code"))
    return state(line(10_000), id=order_id, codes=(made.code,), customer=None)  # type: ignore[union-attr]


def bought_by(customer: str, version: int) -> Any:
    return upserted(state(line(10_000), version=version, customer=Customer(customer)))


def held(scene: Scene, key: str = "h1", points: int = 70) -> Any:
    command = HoldCommand("tea", scene.member(), "points", points, HOUR_MS, key, scene.now)
    return authorize_hold(scene.table, command)


def captured(scene: Scene) -> Any:
    hold: Any = recorded(held(scene))
    return capture_hold(scene.table, "tea", public_hold_id(hold), (30, scene.now))


def voided(scene: Scene) -> Any:
    hold: Any = recorded(held(scene))
    return void_hold(scene.table, "tea", public_hold_id(hold), scene.now)


# Each verb: two acts that race, and what is available after both (the scene starts with 115).
RACES: dict[str, tuple[Act, Act, int]] = {
    "same order": (lambda s: s.pay(2_000, "2"), lambda s: s.pay(2_000, "2"), 135),
    "two orders": (lambda s: s.pay(2_000, "2"), lambda s: s.pay(3_000, "3"), 165),
    "two orders and a cap": (lambda s: s.pay(15_000, "2"), lambda s: s.pay(15_000, "3"), 315),
    "same refund": (
        lambda s: s.order(refunded(refund(4_000, at=LATER))),
        lambda s: s.order(refunded(refund(4_000, at=LATER))),
        75,
    ),
    "two refunds": (
        lambda s: s.order(refunded(refund(4_000, at=LATER))),
        lambda s: s.order(refunded(refund(1_000, "r2", at=LATER))),
        65,
    ),
    "same redemption": (lambda s: s.redeem(), lambda s: s.redeem(), 65),
    "two redemptions": (lambda s: s.redeem(), lambda s: s.redeem(key="k2"), 15),
    "the last piece": (lambda s: s.redeem("last"), lambda s: s.redeem("last", key="k2"), 114),
    "same adjustment": (lambda s: s.adjust(-100), lambda s: s.adjust(-100), 15),
    "two adjustments for the same points": (
        lambda s: s.adjust(-100),
        lambda s: s.adjust(-100, key="a2"),
        15,
    ),
    "order and redemption": (lambda s: s.pay(2_000, "2"), lambda s: s.redeem(), 85),
    "move and refund": (
        lambda s: s.order(bought_by("88", LATER)),
        lambda s: s.order(refunded(refund(10_000, at=LATER + 1))),
        5,
    ),
    "same move": (
        lambda s: s.order(bought_by("88", LATER)),
        lambda s: s.order(bought_by("88", LATER)),
        5,
    ),
    "same hold": (held, held, 45),
    "two holds for the same points": (held, lambda s: held(s, "h2"), 45),
    "hold and redemption": (lambda s: held(s, points=60), lambda s: s.redeem(), 5),
    "same capture": (captured, captured, 85),
    "same void": (voided, voided, 115),
    "two moves": (
        lambda s: s.order(bought_by("88", LATER)),
        lambda s: s.order(bought_by("99", LATER + 1)),
        5,
    ),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", RACES)
def test_the_second_writer_at_every_moment_of_the_first(name: str, backwards: bool) -> None:
    """All of the second happens before one read of a key, or one call, of the first.

    A BatchGet is no snapshot and has no order, so keys are read forwards and backwards.
    """
    start = WatchedTable()
    opened(start)
    first, second, available = RACES[name]
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        scene = Scene(table)
        ran = interrupted(table, moment, partial(second, scene), backwards)
        with virtual_time():
            first(scene)
        if not ran:
            return
        assert scene.available() == available, moment
        verify_table(table.items())
    raise AssertionError("more moments than were tried")


def interrupted(table: Any, moment: int, act: Callable[[], Any], backwards: bool) -> list[int]:
    """Let ``act`` run at ``moment``, counted over calls and read keys; the list says if it did."""
    count, ran = iter(range(10**6)), list[int]()
    load = table._load
    if backwards:
        table._load = lambda keys: load(tuple(reversed(keys)))

    def at_a_moment(_: object) -> None:
        now = next(count)
        if now == moment:
            table.before = table.before_key = lambda _: None
            ran.append(now)
            act()

    table.before = table.before_key = at_a_moment
    return ran


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    start = Barrier(len(acts))

    def act(run: Callable[[], Any]) -> Any:
        start.wait()
        return run()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def all_items(table: Any) -> tuple[Any, ...]:
    if hasattr(table, "items"):
        return tuple(table.items())
    found: list[Any] = []
    start: dict[str, Any] = {}
    while True:
        page = table.connection.dispatch("Scan", {"TableName": table.name, **start})
        from chalicelib.storage.codec import decode

        found.extend(decode(item) for item in page["Items"])
        if "LastEvaluatedKey" not in page:
            return tuple(found)
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


@pytest.mark.parametrize("name", RACES)
def test_threads_racing_with_each_verb_lose_and_double_nothing(
    name: str, raced_table: Table
) -> None:
    scene = opened(raced_table)
    first, second, available = RACES[name]
    at_once([partial(act, scene) for act in (first, second) * (WRITERS // 2)])
    assert scene.available() == available
    verify_table(all_items(raced_table))


def test_threads_undo_once(raced_table: Table) -> None:
    scene = opened(raced_table)
    made = recorded(scene.redeem())
    results = at_once([lambda: scene.undo(made)] * WRITERS)
    assert {recorded(result).status for result in results} == {"undone"}  # type: ignore[union-attr]
    assert scene.available() == 115
    assert len(scene.journal()) == len(opened(WatchedTable()).journal()) + 2
    verify_table(all_items(raced_table))


def test_a_hold_is_either_captured_or_voided(raced_table: Table) -> None:
    scene = opened(raced_table)
    recorded(held(scene))
    at_once([partial(captured, scene), partial(voided, scene)])
    spent = [entry.points for entry in scene.journal() if entry.kind == "redeem"]
    assert scene.available() == 115 + sum(spent)
    assert spent in ([], [-30])
    verify_table(all_items(raced_table))


def test_a_code_is_either_undone_or_used(raced_table: Table) -> None:
    scene = opened(raced_table)
    order = used_code(scene)
    made = recorded(scene.redeem(key="code"))
    undone, _ = at_once([lambda: scene.undo(made), lambda: scene.order(upserted(order))])
    end = recorded(scene.redeem(key="code"))
    assert end.status == ("used" if isinstance(undone, Refusal) else "undone")  # type: ignore[union-attr]
    assert scene.available() == (65 if isinstance(undone, Refusal) else 115)
    verify_table(all_items(raced_table))


def test_threads_settling_one_code_return_it_once(raced_table: Table) -> None:
    scene = opened(raced_table)
    order = used_code(scene)
    scene.order(upserted(order))
    back = refunded(refund(10_000, at=LATER), "c")
    at_once([lambda: scene.order(back)] * WRITERS)
    assert scene.available() == 115
    verify_table(all_items(raced_table))


def test_threads_joining_and_buying_make_one_member(raced_table: Table) -> None:
    scene = Scene(raced_table)
    scene.publish(PROGRAM)
    acts: list[Callable[[], Any]] = [
        scene.join,
        lambda: scene.pay(1_000),
        lambda: scene.pay(1_000, "2"),
        scene.join,
    ]
    at_once(acts)
    assert scene.available() == 5 + 10 + 10 + 10
    verify_table(all_items(raced_table))


def test_a_burst_of_32_on_one_member_loses_no_point(table: Any) -> None:
    scene = Scene(table)
    scene.publish(program())
    scene.pay(100_000, "0")
    acts: list[Callable[[], Any]] = []
    for number in range(16):
        acts.append(partial(scene.pay, 1_000, f"o{number}"))
        acts.append(partial(scene.redeem, key=f"k{number}"))
    at_once(acts)
    assert scene.available() == 1_000 + 16 * 15 - 16 * 50
    assert len(scene.journal()) == 33
