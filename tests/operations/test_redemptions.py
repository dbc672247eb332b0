"""Rewards for points: who may, what first, once per key, and the way back."""

from typing import Any

import pytest

from chalicelib.domain.events import OrderStatus
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.outcome import Busy
from chalicelib.operations.record_event import record_event
from chalicelib.storage.codes import find_code
from chalicelib.storage.stock import stock_left
from tests.builders import (
    NOON,
    TEA,
    Scene,
    line,
    program,
    recorded,
    refund,
    refunded,
    refused,
    state,
    unit,
    upserted,
)
from tests.faults import Crash, Fault
from tests.simulation.virtual_time import virtual_time

LATER = NOON + HOUR_MS
FIVE = TEA["rewards"][0]


def with_reward(**changes: Any) -> dict[str, Any]:
    return program(rewards=[{**FIVE, **changes}])


def test_a_reward_costs_its_points_once_per_key(shop: Scene) -> None:
    shop.pay(20_000)
    first = recorded(shop.redeem())
    again = shop.redeem()
    assert again.replayed
    assert again.document == first
    assert shop.available() == 150
    assert recorded(shop.redeem(key="k2")) != first
    assert shop.available() == 100


def test_reasons_come_in_their_order_of_precedence(scene: Scene) -> None:
    """One reward that is refused for every reason at once; each step takes the first away."""
    assert refused(scene.redeem()) == "shop_unknown"
    who = {"member.tier": {"in": ["gold"]}}
    once = {"times": 1, "window": "lifetime"}
    scene.publish(program(rewards=[{**FIVE, "id": "else"}], earn=[]))
    assert refused(scene.redeem()) == "member_unknown"
    scene.join()
    scene.join("88")
    assert refused(scene.redeem()) == "reward_unknown"
    scene.publish(with_reward(who=who, limit=once, stock=1))
    scene.adjust(50, customer="88")
    scene.adjust(50)
    assert refused(scene.redeem()) == "reward_not_for_you"
    scene.publish(with_reward(limit=once, stock=1))
    recorded(scene.redeem(key="first"))
    assert refused(scene.redeem()) == "limit_reached"
    scene.publish(with_reward(stock=1))
    assert stock_left(scene.table, scene.shop, "five-off") == 0
    assert refused(scene.redeem()) == "reward_out_of_stock"
    scene.publish(with_reward(stock=2))
    assert refused(scene.redeem()) == "insufficient_points"
    scene.adjust(50, key="more")
    recorded(scene.redeem())


def test_a_replay_is_answered_before_what_depends_on_state(scene: Scene) -> None:
    scene.publish(with_reward(stock=1, limit={"times": 1, "window": "lifetime"}))
    scene.pay(5_000)
    first = recorded(scene.redeem())
    assert recorded(scene.redeem()) == first
    scene.publish(program(rewards=[]))
    assert recorded(scene.redeem()) == first
    assert refused(scene.redeem(key="k2")) == "reward_unknown"


def test_a_key_of_another_request_is_refused_for_that(shop: Scene) -> None:
    shop.publish(program(rewards=[FIVE, {**FIVE, "id": "other"}]))
    shop.pay(5_000)
    recorded(shop.redeem())
    assert refused(shop.redeem("other")) == "same_key_other_request"
    assert refused(shop.redeem("nothing")) == "reward_unknown"
    shop.pay(9_000, "2", customer=None)
    assert shop.available() == 0


def test_a_key_is_the_members_own(shop: Scene) -> None:
    shop.pay(5_000)
    shop.adjust(1)
    shop.join("88")
    shop.adjust(50, customer="88")
    mine, theirs = recorded(shop.redeem()), recorded(shop.redeem(customer="88"))
    assert mine != theirs


def test_nothing_but_spendable_points_pays(scene: Scene) -> None:
    scene.publish(program(units=unit(pending={"for": "P14D"}, expiry={"after": "P30D"})))
    scene.pay(5_000)
    assert refused(scene.redeem()) == "insufficient_points"
    scene.now = NOON + 14 * DAY_MS
    recorded(scene.redeem())
    scene.pay(5_000, "2")
    scene.now += 60 * DAY_MS
    assert refused(scene.redeem(key="k2")) == "insufficient_points"


def test_a_free_reward_moves_no_points_and_can_be_undone(scene: Scene) -> None:
    scene.publish(
        program(rewards=[{**FIVE, "cost": None, "limit": {"times": 1, "window": "lifetime"}}])
    )
    scene.pay(1_000)
    made = recorded(scene.redeem())
    assert [entry.points for entry in scene.journal()] == [10]
    assert refused(scene.redeem(key="k2")) == "limit_reached"
    recorded(scene.undo(made))
    recorded(scene.redeem(key="k2"))


@pytest.mark.parametrize("stock", [1, 7, 1_001, 2_500])
def test_stock_is_sold_to_the_last_piece_and_never_beyond(scene: Scene, stock: int) -> None:
    scene.publish(with_reward(stock=stock, cost={"unit": "points", "amount": 1}))
    scene.join()
    scene.adjust(10**6)
    almost_out(scene, stock, left=5)
    sold = 0
    for number in range(8):
        result = scene.redeem(key=f"k{number}")
        if sold == min(stock, 5):
            assert refused(result) == "reward_out_of_stock"
        else:
            recorded(result)
            sold += 1
    assert stock_left(scene.table, scene.shop, "five-off") == 0


def almost_out(scene: Scene, stock: int, left: int) -> None:
    """As if all but ``left`` pieces had been sold, the last ones lying in few shards."""
    from chalicelib.storage.items import Take
    from chalicelib.storage.key_names import stock_key
    from chalicelib.storage.stock import LEFT, stock_shards

    gone = max(0, stock - left)
    for shard in range(stock_shards(stock)):
        key = stock_key(scene.shop, "five-off", shard)
        held = int(str(scene.table.load([key])[key][LEFT]))
        taken = min(gone, held)
        gone -= taken
        if taken:
            scene.table.write(Take(key, LEFT, taken))


# ---------------------------------------------------------------- undo


def test_an_unused_code_can_be_undone_once_with_its_stock_and_its_turn(scene: Scene) -> None:
    scene.publish(with_reward(stock=1, limit={"times": 1, "window": "lifetime"}))
    scene.pay(5_000)
    made = recorded(scene.redeem())
    recorded(scene.undo(made))
    assert scene.undo(made).replayed
    assert scene.available() == 50
    assert stock_left(scene.table, scene.shop, "five-off") == 1
    assert scene.redeem().replayed, "the key stands for what became of it"
    recorded(scene.redeem(key="k2"))
    account = scene.account()
    assert account is not None
    assert len(account.open_redemptions) == 1


@pytest.mark.parametrize(("days", "answer"), [(29, ""), (30, "redemption_not_undoable")])
def test_the_window_of_undo_ends(scene: Scene, days: int, answer: str) -> None:
    scene.publish(with_reward(undo="P30D"))
    scene.pay(5_000)
    made = recorded(scene.redeem())
    scene.now = NOON + days * DAY_MS
    result = scene.undo(made)
    assert (refused(result) if answer else "") == answer
    assert scene.available() == (0 if answer else 50)


def test_undo_refuses_what_it_does_not_know_or_may_not(scene: Scene) -> None:
    scene.publish(with_reward(undo="never"))
    scene.pay(5_000)
    made = recorded(scene.redeem())
    assert refused(scene.undo(made)) == "redemption_not_undoable"
    assert refused(scene.undo(made, customer="88")) == "redemption_unknown"


def test_returned_points_live_at_least_a_month(scene: Scene) -> None:
    scene.publish(program(units=unit(expiry={"after": "P30D"})))
    scene.pay(5_000)
    made = recorded(scene.redeem())
    scene.now = NOON + 29 * DAY_MS
    recorded(scene.undo(made))
    assert scene.balance(at=scene.now + 30 * DAY_MS - 1).available == 50
    assert scene.balance(at=scene.now + 30 * DAY_MS).available == 0


# ---------------------------------------------------------------- codes that orders use


def using(made: Any, order_id: str = "2", net: int = 10_000, **changes: Any) -> Any:
    codes = (f" {made.code.lower()} ", "OTHER-CODE")
    told = {"version": LATER, "codes": codes, "customer": None, **changes}
    return upserted(state(line(net), id=order_id, **told))


def redeemed(scene: Scene, **changes: Any) -> Any:
    scene.publish(with_reward(**changes))
    scene.pay(5_000)
    return recorded(scene.redeem())


def stands(scene: Scene, key: str = "k1") -> Any:
    return recorded(scene.redeem(key=key))


def test_a_used_code_comes_back_pro_rata_and_once(scene: Scene) -> None:
    made = redeemed(scene)
    scene.order(using(made))
    assert (stands(scene).status, stands(scene).used_by) == ("used", "main:2")
    assert refused(scene.undo(made)) == "redemption_not_undoable"
    for _ in range(2):
        scene.order(refunded(refund(2_500, at=LATER + 1), "2"))
        assert stands(scene).returned == 12
        assert scene.available() == 12
    scene.order(using(made, version=LATER + 2, status=OrderStatus.CANCELLED))
    assert stands(scene).returned == 50
    assert scene.available() == 50
    scene.order(using(made))
    assert scene.available() == 50


def test_another_members_order_uses_the_code_and_the_owner_gets_the_points(scene: Scene) -> None:
    from chalicelib.domain.events import Customer

    made = redeemed(scene)
    scene.order(using(made, customer=Customer("88")))
    scene.order(refunded(refund(10_000, at=LATER + 1), "2"))
    assert (scene.available("77"), scene.available("88")) == (50, 0)


def test_a_code_belongs_to_the_first_paid_order(scene: Scene) -> None:
    made = redeemed(scene)
    scene.order(using(made, "8", status=OrderStatus.OPEN))
    scene.order(using(made, "9", test=True))
    assert stands(scene).status == "ready"
    scene.order(using(made, "2"))
    scene.order(using(made, "3"))
    scene.order(refunded(refund(10_000, at=LATER + 1), "3"))
    assert (stands(scene).used_by, scene.available()) == ("main:2", 0)


def test_points_of_several_lots_come_back_to_their_own_in_turn(scene: Scene) -> None:
    scene.publish(program(units=unit(expiry={"after": "P60D"})))
    scene.pay(3_000)
    scene.pay(2_000, "1002", at=NOON + DAY_MS)
    account = scene.account()
    assert account is not None
    lots = account.units["points"].lots
    assert [lot.remaining for lot in lots] == [30, 20]
    scene.now = NOON + 2 * DAY_MS
    made = recorded(scene.redeem())
    parts = (refund(6_000, "a", at=LATER), refund(4_000, "b", at=LATER))
    for count in range(3):
        scene.order(using(made, version=LATER + count, refunds=parts[:count]))
    account = scene.account()
    assert account is not None
    back = account.units["points"].lots
    assert [(lot.remaining, lot.expires_at) for lot in back] == [
        (lot.remaining, lot.expires_at) for lot in lots
    ]


def test_a_reward_that_keeps_gives_nothing_back(scene: Scene) -> None:
    made = redeemed(scene, on_refund="keep")
    scene.order(using(made))
    scene.order(refunded(refund(10_000, at=LATER + 1), "2"))
    assert scene.available() == 0


@pytest.mark.parametrize("end", [OrderStatus.CANCELLED, OrderStatus.REFUNDED])
def test_an_order_that_the_code_made_free_returns_it_whole(scene: Scene, end: OrderStatus) -> None:
    made = redeemed(scene)
    scene.order(using(made, net=0))
    assert scene.available() == 0
    scene.order(using(made, net=0, version=LATER + 1, status=end))
    assert scene.available() == 50


def test_a_cancelled_order_used_its_code_whichever_was_heard_first(scene: Scene) -> None:
    made = redeemed(scene)
    scene.order(using(made, version=LATER + 1, status=OrderStatus.CANCELLED))
    scene.order(using(made))
    assert (stands(scene).status, scene.available()) == ("used", 50)


def test_an_undone_code_is_not_used_anymore(scene: Scene) -> None:
    made = redeemed(scene)
    recorded(scene.undo(made))
    scene.order(using(made))
    scene.order(refunded(refund(10_000, at=LATER + 1), "2"))
    assert (stands(scene).status, scene.available()) == ("undone", 50)


@pytest.mark.parametrize("fault", [Fault.CRASH, Fault.TIMEOUT_BEFORE, Fault.THROTTLED])
def test_a_replay_mends_the_code_that_a_crash_left_out(shop: Scene, fault: Fault) -> None:
    shop.pay(5_000)
    shop.table.fault = lambda operation, _: fault if operation == "write" else None  # type: ignore[attr-defined]
    with virtual_time(), pytest.raises((Crash, Busy)):
        shop.redeem()
    assert shop.available() == 0
    shop.table.fault = lambda *_: None  # type: ignore[attr-defined]
    result = shop.redeem()
    assert result.replayed
    assert find_code(shop.table, shop.shop, result.document.code) is not None
    assert shop.available() == 0


def test_events_take_the_same_way(shop: Scene) -> None:
    event = upserted(state(line(1_000)))
    times = (shop.now, shop.now)
    assert record_event(shop.table, shop.shop, event, times).status == "recorded"
    assert record_event(shop.table, shop.shop, event, times).status == "replayed"
    assert record_event(shop.table, "none", event, times).status == "refused"
