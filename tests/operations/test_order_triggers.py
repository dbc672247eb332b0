"""Rules on later times of an order settle in its one target, by themselves when time passes."""

from collections.abc import Callable
from functools import partial
from itertools import permutations
from typing import Any

import pytest

from chalicelib.domain.event_parsing import parse_event
from chalicelib.domain.events import OrderStatus
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.ripen_orders import ripen_orders
from chalicelib.operations.sweep_due import sweep_shops
from tests.builders import NOON, TEA, Scene, line, program, refund, state, unit, upserted
from tests.conservation import WatchedTable
from tests.faults import Crash, Fault
from tests.operations.action_scenes import action_of, revoked, tell
from tests.operations.test_decide_and_commit import schedule
from tests.operations.test_two_writers import MOMENTS_MAX, interrupted

FULFILLED = {
    "id": "arrived",
    "on": "order.fulfilled",
    "give": [{"add": 50, "unit": "points"}],
    "limit": {"times": 2, "window": {"calendar": "month"}},
}
KEPT = {
    "id": "kept",
    "on": "order.returns_closed",
    "returns_days": 30,
    "give": [{"rate": "0.5", "per": {"USD": 100}, "unit": "points"}],
}


def scene(*rules: dict[str, Any], **changes: Any) -> Scene:
    made = Scene(WatchedTable())
    made.publish(program(earn=[*TEA["earn"], *(rules or (FULFILLED, KEPT))], **changes))
    return made


def told(
    made: Scene, net: int = 10_000, order_id: str = "1001", at: Instant = NOON, **changes: Any
) -> Any:
    """An order of a paid state as of ``at``; it was paid at NOON."""
    order = {"id": order_id, "number": f"#{order_id}", "version": at, **changes}
    return made.order(upserted(state(line(net), **order)), now=max(at, made.now))


def given(made: Scene, order_id: str = "1001") -> dict[str, int]:
    return {share.rule_id: share.points for share in made.document(order_id).posted}


def sound(made: Scene, customer: str = "77") -> None:
    made.verify()
    assert audit_member(made.table, made.shop, made.member(customer)).breaks == ()


def test_an_order_earns_more_when_it_is_fulfilled_and_again_when_it_is_kept() -> None:
    tea = scene()
    told(tea)
    assert given(tea) == {"purchase": 100}
    codes = {row.rule_id: row.code for row in tea.document().trace if row.code.startswith("not_")}
    assert codes == {"arrived": "not_fulfilled", "kept": "not_fulfilled"}
    tea.now = NOON + 2 * DAY_MS
    told(tea, at=tea.now, fulfilled_at=tea.now)
    assert given(tea) == {"purchase": 100, "arrived": 50}
    assert tea.document().ripens_at == tea.now + 30 * DAY_MS
    tea.now += 30 * DAY_MS - 1
    assert ripen_orders(tea.table, tea.shop, tea.now) == 0
    tea.now += 1
    sweep_shops(tea.table, tea.now)
    assert given(tea) == {"purchase": 100, "arrived": 50, "kept": 50}
    assert tea.document().ripens_at == 0
    assert ripen_orders(tea.table, tea.shop, tea.now) == 0
    assert tea.available() == 200
    sound(tea)


def test_a_refund_of_everything_nets_to_zero_before_and_after_the_returns_closed() -> None:
    for wait in (1, 40):
        tea = scene()
        told(tea, fulfilled_at=NOON)
        tea.now = NOON + wait * DAY_MS
        sweep_shops(tea.table, tea.now)
        assert ("kept" in given(tea)) == (wait == 40)
        back = (refund(10_000, at=tea.now),)
        told(tea, at=tea.now, fulfilled_at=NOON, refunds=back)
        tea.now += 60 * DAY_MS
        sweep_shops(tea.table, tea.now)
        assert tea.available() == 0
        assert not any(tea.document().net.values())
        sound(tea)


def test_what_nobody_paid_earns_nothing_also_when_it_was_fulfilled() -> None:
    tea = scene({**FULFILLED, "on": "order.placed"}, KEPT)
    told(tea, status=OrderStatus.OPEN, paid_at=None, fulfilled_at=NOON)
    assert tea.document().ripens_at == 0
    told(tea, at=NOON + 1, fulfilled_at=NOON)
    assert given(tea) == {"purchase": 100, "arrived": 50}
    sound(tea)


def test_a_cancelled_order_waits_for_nothing() -> None:
    tea = scene()
    told(tea, fulfilled_at=NOON)
    told(tea, at=NOON + 1, status=OrderStatus.CANCELLED, fulfilled_at=NOON)
    assert tea.document().ripens_at == 0
    assert tea.available() == 0
    sound(tea)


def test_the_limit_of_a_later_trigger_counts_where_the_order_was_paid() -> None:
    tea = scene(FULFILLED)
    for order in ("a", "b", "c"):
        told(tea, order_id=order)
    tea.now = NOON + 20 * DAY_MS  # December
    for order in ("a", "b", "c"):
        told(tea, order_id=order, at=tea.now, fulfilled_at=tea.now)
    assert [given(tea, order).get("arrived", 0) for order in ("a", "b", "c")] == [50, 50, 0]
    sound(tea)


def test_a_rule_that_is_once_a_member_is_given_to_the_first_order_that_ripens() -> None:
    tea = scene({**FULFILLED, "limit": None, "once": "member"})
    told(tea, order_id="a")
    told(tea, order_id="b")
    told(tea, order_id="b", at=NOON + 1, fulfilled_at=NOON + 1)
    told(tea, order_id="a", at=NOON + 2, fulfilled_at=NOON + 2)
    assert [given(tea, order).get("arrived", 0) for order in ("a", "b")] == [0, 50]
    back = (refund(10_000, at=NOON + 3),)
    told(tea, order_id="b", at=NOON + 3, fulfilled_at=NOON + 1, refunds=back)
    told(tea, order_id="a", at=NOON + 4, fulfilled_at=NOON + 2)
    assert given(tea, "b") == {}
    sound(tea)


def test_the_order_in_which_an_order_is_told_changes_nothing() -> None:
    deliveries: list[dict[str, Any]] = [
        {"at": NOON},
        {"at": NOON + 5, "fulfilled_at": NOON + 5},
        {"at": NOON + 9, "fulfilled_at": NOON + 5, "refunds": (refund(4_000, at=NOON + 9),)},
    ]
    found = []
    for some in permutations(deliveries):
        tea = scene(units=unit(pending={"for": "P14D"}, expiry={"after": "P1Y"}))
        tea.now = NOON + 10
        for delivery in some:
            told(tea, **delivery)
        tea.now = NOON + 31 * DAY_MS
        sweep_shops(tea.table, tea.now)
        account = tea.account()
        assert account is not None
        found.append((given(tea), account.units["points"]))
        sound(tea)
    assert found[0][0] == {"purchase": 60, "arrived": 50, "kept": 30}
    assert all(each == found[0] for each in found)


def ripe() -> Scene:
    """An order whose returns close now."""
    tea = scene(KEPT)
    told(tea, fulfilled_at=NOON)
    tea.now = NOON + 30 * DAY_MS
    return tea


RIVALS: dict[str, tuple[Callable[[Scene], Any], int]] = {
    "another sweep": (lambda s: ripen_orders(s.table, s.shop, s.now), 150),
    "the same order, told again": (lambda s: told(s, fulfilled_at=NOON), 150),
    "a refund": (
        lambda s: told(s, at=s.now, fulfilled_at=NOON, refunds=(refund(4_000, at=s.now),)),
        90,
    ),
    "another order": (lambda s: s.pay(1_000, "2"), 160),
}


@pytest.mark.parametrize("name", RIVALS)
def test_the_second_writer_at_every_moment_of_the_sweep(name: str) -> None:
    start: Any = ripe()
    rival, available = RIVALS[name]
    for moment in range(MOMENTS_MAX):
        tea = Scene(start.table.copy(), now=start.now)
        ran = interrupted(tea.table, moment, partial(rival, tea), backwards=False)
        ripen_orders(tea.table, tea.shop, tea.now)
        if not ran:
            return
        ripen_orders(tea.table, tea.shop, tea.now)  # where it was passed over: the next hour
        assert tea.available() == available, moment
        sound(tea)
    raise AssertionError("more moments than were tried")


@pytest.mark.parametrize("fault", [Fault.CRASH, Fault.CRASH_AFTER])
def test_a_sweep_that_dies_is_resumed_by_the_next(fault: Fault) -> None:
    tea = ripe()
    table: Any = tea.table
    schedule(table, [fault])
    with pytest.raises(Crash):
        sweep_shops(table, tea.now)
    sweep_shops(table, tea.now)
    assert given(tea) == {"purchase": 100, "kept": 50}
    sound(tea)


# ---------------------------------------------------------------- renewals


def renewed(event_id: str, subscription: str = "s1", **properties: Any) -> Any:
    wire = {
        "type": "subscription.renewed",
        "id": event_id,
        "customer_id": "77",
        "subscription_id": subscription,
        "occurred_at": "2026-11-21T12:00:00Z",
        "properties": properties,
    }
    return parse_event(wire, NOON)


def test_each_renewal_earns_once_and_is_taken_back_by_its_id() -> None:
    rule = {"id": "box", "on": "subscription.renewed", "give": [{"add": 20, "unit": "points"}]}
    yearly = {**rule, "id": "year", "if": {"action.plan": "yearly"}, "once": "subject"}
    tea = scene(rule, yearly, attributes={"action": {"plan": "text"}})
    for event in ("r1", "r1", "r2"):
        tell(tea, renewed(event, plan="yearly"))
    tell(tea, renewed("r3", "s2", plan="monthly"))
    assert tea.available() == 20 + 20 + 20 + 20
    assert action_of(tea, "r1").name == "subscription.renewed"
    tell(tea, revoked("r2", NOON))
    assert tea.available() == 60
    sound(tea)


def test_a_renewal_that_is_misspelt_is_told_where() -> None:
    wire = {"type": "subscription.renewed", "id": "r", "customer_id": "77", "subscription_id": "s"}
    told_wrong = parse_event({**wire, "properties": {"plan": "x" * 129}}, NOON)
    assert isinstance(told_wrong, tuple)
    assert [problem.path for problem in told_wrong] == ["$.properties.plan"]
