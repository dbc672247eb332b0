"""Limits hold for orders that are told late, twice, changed and in any order, with faults between.

The judge is plain: of what the orders' documents say, no day and no window is ever over its limit.
A run without faults, of the same messages, ends in the same books.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.domain.events import OrderStatus
from chalicelib.domain.instants import DAY_MS, MINUTE_MS, Instant
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import order_key
from tests.builders import NOON, Scene, line, program, refund, refunded, state, upserted
from tests.faults import READS, Crash, Fault
from tests.simulation.dice import Dice
from tests.simulation.virtual_time import virtual_time
from tests.simulation.worlds import rate, scene_of, table_of

QUICK, ORDERS, DAYS, ATTEMPTS_MAX = 15, 7, 16, 90
A_DAY, IN_FIVE, TIMES = 120, 200, 3
LIMITED = program(
    tier_groups=[],
    join={"retroactive_days": 30},
    limits={"points_per_day": A_DAY},
    earn=[
        {**rate(1), "limit": {"amount": IN_FIVE, "window": {"rolling": "P5D"}}},
        {
            "id": "visit",
            "on": "order.paid",
            "give": [{"add": 9, "unit": "points"}],
            "limit": {"times": TIMES, "window": {"rolling": "P9D"}},
        },
        {
            "id": "rare",
            "on": "order.paid",
            "give": [{"add": 5, "unit": "points"}],
            "limit": {"cooldown": "P3D"},
        },
    ],
)


def told(dice: Dice) -> tuple[dict[str, Instant], list[tuple[Instant, Any]]]:
    """(when each order was paid, all that is said of them and when, in the order it comes)."""
    paid = {f"o{each}": NOON + dice.below(DAYS) * DAY_MS for each in range(ORDERS)}
    said: list[Any] = []
    for name, at in paid.items():
        known = {"id": name, "created_at": at, "paid_at": at}
        net, more = dice.between(2_000, 20_000), dice.between(0, 9_000)
        states = [state(line(net), version=at, **known)]
        if dice.one_in(2):
            states.append(state(line(net + more), version=at + MINUTE_MS, **known))
        if dice.one_in(4):
            gone = {"status": OrderStatus.CANCELLED, "version": at + 2 * MINUTE_MS}
            states.append(state(line(net + more), **gone, **known))
        said += [upserted(each) for each in states]
        if dice.one_in(2):
            said.append(refunded(refund(dice.between(1, net), f"r-{name}", at=at), name))
    said = dice.shuffled([*said, *(dice.pick(said) for _ in range(3))])
    end = NOON + (DAYS + 1) * DAY_MS
    return paid, [(end + place * MINUTE_MS, event) for place, event in enumerate(said)]


def documents(scene: Scene, names: Mapping[str, Instant]) -> dict[str, OrderDocument]:
    keys = {order_key(scene.shop, "main", name): name for name in names}
    items = scene.table.load(list(keys))
    found = {name: document_of(items.get(key), OrderDocument) for key, name in keys.items()}
    return {name: document for name, document in found.items() if document is not None}


def exceeded(found: Mapping[str, OrderDocument], paid: Mapping[str, Instant]) -> Iterator[str]:
    """Days and windows that gave more than they may."""
    days, rates, visits, rare = (Counter[int]() for _ in range(4))
    for name, document in found.items():
        day = (paid[name] - NOON) // DAY_MS
        for share in document.posted:
            days[day] += share.points
            rates[day] += share.points if share.rule_id == "purchase" else 0
            visits[day] += share.rule_id == "visit" and share.points > 0
            rare[day] += share.rule_id == "rare" and share.points > 0
    spans = (
        ("points a day", days, 1, A_DAY),
        ("points in five days", rates, 5, IN_FIVE),
        ("visits in nine", visits, 9, TIMES),
        ("rare in three", rare, 3, 1),
    )
    for name, given, span, most in spans:
        for first in range(DAYS):
            many = sum(given[day] for day in range(first, first + span))
            if many > most:
                yield f"{name}: {many} from day {first}, {most} at most"


def heard(scene: Scene, event: Any, dice: Dice | None) -> None:
    """Told until it is answered; with ``dice``, through faults."""
    for tries in range(ATTEMPTS_MAX):
        table_of(scene).fault = _faults(dice, tries)
        try:
            scene.order(event)
        except (StorageUnavailable, Crash):
            continue
        finally:
            table_of(scene).fault = lambda *_: None
        return
    raise AssertionError("never answered")


def _faults(dice: Dice | None, tries: int) -> Any:
    return lambda operation, _: _fault(dice, operation, tries)


def _fault(dice: Dice | None, operation: str, tries: int) -> Fault | None:
    if dice is None or not dice.one_in(4 + tries):
        return None
    fault = dice.pick(tuple(Fault))
    is_lie = fault is Fault.CONDITION_FAILED and operation != "transact" and operation not in READS
    return None if is_lie else fault


def test_no_limit_is_ever_exceeded_however_late_and_often_orders_are_told() -> None:
    with virtual_time():
        for number in range(QUICK):
            dice = Dice(f"late-{number}")
            paid, messages = told(dice)
            scene, twin = scene_of(LIMITED), scene_of(LIMITED)
            for now, event in messages:
                scene.now = twin.now = now
                heard(scene, event, dice)
                heard(twin, event, None)
                found = documents(scene, paid)
                assert list(exceeded(found, paid)) == [], number
                assert found == documents(twin, paid), number
            assert scene.counters() == twin.counters()
            assert any(each.posted for each in documents(scene, paid).values())


def test_an_order_that_comes_back_and_grows_has_what_its_limits_leave() -> None:
    """It had 170 of 120 points a day: what came back was counted as granted, and as free again."""
    with virtual_time():
        limits = {"points_per_day": A_DAY}
        scene = scene_of(program(tier_groups=[], limits=limits, earn=[rate(1)]))
        for name, net in (("a", 20_000), ("b", 5_000), ("a", 25_000), ("c", 5_000)):
            scene.now += MINUTE_MS
            known = {"id": name, "created_at": NOON, "paid_at": NOON}
            scene.order(upserted(state(line(net), version=scene.now, **known)))
            if (name, net) == ("a", 20_000):
                scene.order(refunded(refund(16_400, at=scene.now), "a"))
        assert [scene.document(each).net.get("points", 0) for each in "abc"] == [70, 50, 0]
