"""Pause, end and rollout in the books: what is recorded, what goes on, and what comes later."""

from typing import Any

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.pausing import Pause, Paused
from chalicelib.domain.program.rollout import is_in_share
from chalicelib.operations.hold_points import HoldCommand, authorize_hold
from chalicelib.operations.pause_program import PauseFound, pause_program, resume_program
from chalicelib.operations.publish_program import publish_program
from chalicelib.operations.sweep_due import sweep_shops
from tests.builders import (
    NOON,
    TEA,
    Scene,
    program,
    recorded,
    refund,
    refunded,
    refused,
    state,
    upserted,
)
from tests.conservation import WatchedTable
from tests.operations.action_scenes import done, reviewing, tell

SPENDABLE = {"points": {**TEA["units"]["points"], "pending": "none"}}


def paused(scene: Scene, at: int, what: Paused = Paused.EARNING) -> PauseFound:
    found = pause_program(scene.table, "tea", Pause(what, at, by="key:ann"))
    assert isinstance(found, PauseFound)
    return found


def resumed(scene: Scene, at: int) -> None:
    assert isinstance(resume_program(scene.table, "tea", at), PauseFound)


def test_an_order_of_a_pause_never_earns_whenever_it_is_told(shop: Scene) -> None:
    paused(shop, NOON)
    resumed(shop, NOON + HOUR_MS)
    for order, at, points in (
        ("before", NOON - 1, 10),
        ("first", NOON, 0),
        ("last", NOON + HOUR_MS - 1, 0),
        ("after", NOON + HOUR_MS, 10),
    ):
        shop.now = NOON + DAY_MS
        shop.pay(1000, order, at=at)
        document = shop.document(order)
        assert sum(share.points for share in document.posted) == points, order
        assert document.reason == ("" if points else "paused")
        shop.order(upserted(state(id=order, version=at + 5, paid_at=at, created_at=at)))
        assert bool(shop.document(order).posted) is bool(points)
    shop.verify()


def test_refunds_codes_and_redemptions_go_on_while_earning_is_paused(open_shop: Any) -> None:
    scene = open_shop(program(units=SPENDABLE))
    scene.pay(20_000)
    paused(scene, NOON + 1)
    scene.now = NOON + 2
    assert scene.available() == 200
    recorded(scene.redeem())
    scene.order(refunded(refund(10_000, at=NOON + 2)), now=NOON + 2)
    assert scene.balance().available + scene.balance().deficit >= 0
    assert sum(share.points for share in scene.document().posted) == 100
    scene.verify()


def test_a_pause_of_all_stops_redeeming_and_a_replay_is_still_answered(open_shop: Any) -> None:
    scene = open_shop(program(units=SPENDABLE))
    scene.pay(20_000)
    first = recorded(scene.redeem(key="k1"))
    paused(scene, NOON, Paused.ALL)
    assert recorded(scene.redeem(key="k1")).id == first.id  # type: ignore[union-attr]
    assert refused(scene.redeem(key="k2")) == "program_paused"
    assert refused(scene.redeem(reward="none", key="k3")) == "reward_unknown"
    hold = HoldCommand("tea", scene.member(), "points", 5, HOUR_MS, "h1", NOON)
    assert refused(authorize_hold(scene.table, hold)) == "program_paused"
    undone = scene.undo(first)
    assert recorded(undone).id == first.id  # type: ignore[union-attr]
    resumed(scene, NOON + 1)
    scene.now = NOON + 1
    recorded(scene.redeem(key="k2"))
    scene.verify()


def test_joining_in_a_pause_gives_nothing(open_shop: Any) -> None:
    hello = {"id": "hello", "on": "member.joined", "give": [{"add": 5, "unit": "points"}]}
    scene = open_shop(program(units=SPENDABLE, earn=[TEA["earn"][0], hello]))
    scene.join("1")
    paused(scene, NOON)
    scene.join("2")
    assert [scene.available(customer) for customer in ("1", "2")] == [5, 0]
    scene.verify("1", "2")


def test_pausing_twice_is_pausing_once_and_resuming_nothing_is_no_harm(shop: Scene) -> None:
    assert not paused(shop, NOON).replayed
    assert paused(shop, NOON + 5).replayed
    resumed(shop, NOON + 6)
    again = resume_program(shop.table, "tea", NOON + 7)
    assert isinstance(again, PauseFound)
    assert (again.pause, again.replayed) == (None, True)
    assert refused(resume_program(shop.table, "none", NOON)) == "shop_unknown"


def test_a_pause_and_a_publication_in_one_moment_both_hold(
    table: WatchedTable, shop: Scene
) -> None:
    begun: list[int] = []

    def meanwhile(call: Any) -> None:
        if call.operation == "transact" and not begun:
            begun.append(1)
            publish_program(shop.table, "tea", {**TEA, "name": "B"}, ("key:bob", NOON))

    table.before = meanwhile
    paused(shop, NOON)
    table.before = lambda _: None
    shop.pay(1000)
    assert shop.document().reason == "paused"
    assert isinstance(publish_program(shop.table, "tea", TEA, ("key:bob", NOON)), object)


def test_after_its_last_day_a_program_gives_nothing_and_then_takes_nothing(
    open_shop: Any,
) -> None:
    ends = {"earn": "2026-11-21", "redeem": "2026-11-22"}
    scene = open_shop(program(units=SPENDABLE, ends=ends))
    scene.pay(20_000, at=NOON)
    midnight = NOON + 12 * HOUR_MS
    scene.now = midnight + DAY_MS - 1
    scene.pay(1000, "late", at=midnight)
    assert scene.document("late").reason == "program_ended"
    recorded(scene.redeem(key="k1"))
    scene.now = midnight + DAY_MS
    assert refused(scene.redeem(key="k2")) == "program_ended"
    scene.verify()


# ---------------------------------------------------------------- rollout


def outsider(scene: Scene) -> str:
    customers = (str(number) for number in range(100))
    return next(c for c in customers if not is_in_share("0.5", "tea", "rollout", scene.member(c)))


def insider(scene: Scene) -> str:
    customers = (str(number) for number in range(100))
    return next(c for c in customers if is_in_share("0.5", "tea", "rollout", scene.member(c)))


def bought(scene: Scene, customer: str, order: str, at: int, version: int = 0) -> Any:
    told = {"id": order, "paid_at": at, "created_at": at, "version": version or at}
    return scene.order(upserted(state(customer=Customer(customer), **told)))


def test_outside_the_rollout_orders_are_recorded_and_nobody_joins(open_shop: Any) -> None:
    scene = open_shop(program(join={"rollout": "0.5"}))
    out, inside = outsider(scene), insider(scene)
    bought(scene, out, "out", NOON)
    bought(scene, inside, "in", NOON)
    assert scene.document("out").reason == "not_in_rollout"
    assert scene.account(out) is None
    assert refused(scene.join(out)) == "not_in_rollout"
    assert scene.document("in").posted
    scene.verify(inside)


def test_a_wider_rollout_brings_the_orders_of_the_retroactive_days(open_shop: Any) -> None:
    scene = open_shop(program(join={"rollout": "0.5", "retroactive_days": 3}))
    out = outsider(scene)
    bought(scene, out, "old", NOON)
    bought(scene, out, "young", NOON + 3 * DAY_MS)
    scene.now = NOON + 5 * DAY_MS
    wide = program(join={"rollout": "1", "retroactive_days": 3})
    publish_program(scene.table, "tea", wide, ("key:ann", scene.now))
    bought(scene, out, "young", NOON + 3 * DAY_MS, NOON + 4 * DAY_MS)
    bought(scene, out, "old", NOON, NOON + 4 * DAY_MS)
    assert scene.document("young").posted
    assert scene.document("old").posted  # by now there is an account
    scene.verify(out)


def test_joining_after_widening_claims_what_waited_and_not_what_is_too_old(
    open_shop: Any,
) -> None:
    scene = open_shop(program(join={"rollout": "0.5", "retroactive_days": 3, "how": "opt_in"}))
    out = outsider(scene)
    bought(scene, out, "old", NOON)
    bought(scene, out, "young", NOON + 4 * DAY_MS)
    scene.now = NOON + 5 * DAY_MS
    wide = program(join={"rollout": "1", "retroactive_days": 3, "how": "opt_in"})
    publish_program(scene.table, "tea", wide, ("key:ann", scene.now))
    recorded(scene.join(out))
    assert scene.document("young").posted
    assert scene.document("old").reason == "before_joining"
    scene.verify(out)


def test_who_is_a_member_stays_one_when_the_rollout_shrinks(open_shop: Any) -> None:
    scene = open_shop(program())
    out = outsider(scene)
    bought(scene, out, "one", NOON)
    scene.now = NOON + 1
    publish_program(scene.table, "tea", program(join={"rollout": "0.5"}), ("key:ann", NOON + 1))
    bought(scene, out, "two", NOON + 1)
    assert scene.document("two").posted
    scene.verify(out)


def widened_shop(open_shop: Any, days: int = 10) -> tuple[Scene, str]:
    """A shop that opens to all at NOON + 5 days, and who was kept out: they bought twice."""
    scene = open_shop(program(join={"rollout": "0.5", "retroactive_days": days}))
    out = outsider(scene)
    bought(scene, out, "old", NOON)
    bought(scene, out, "young", NOON + 3 * DAY_MS)
    scene.now = NOON + 5 * DAY_MS
    publish_program(scene.table, "tea", program(), ("key:ann", scene.now))
    return scene, out


def swept_later(scene: Scene, customer: str) -> None:
    scene.now += HOUR_MS
    sweep_shops(scene.table, scene.now)
    scene.verify(customer)


def test_the_first_order_after_widening_brings_what_waited_by_itself(open_shop: Any) -> None:
    scene, out = widened_shop(open_shop)
    scene.now += DAY_MS
    bought(scene, out, "new", scene.now)
    assert scene.document("young").reason == "not_in_rollout"
    swept_later(scene, out)
    assert scene.document("young").posted
    assert scene.document("old").posted


def test_what_is_older_than_the_retroactive_days_stays_out_whoever_tells_it(open_shop: Any) -> None:
    scene, out = widened_shop(open_shop, days=4)
    scene.now += DAY_MS
    bought(scene, out, "new", scene.now)
    swept_later(scene, out)
    assert scene.document("young").posted
    bought(scene, out, "old", NOON, scene.now)
    assert scene.document("old").reason == "not_in_rollout"
    scene.verify(out)


def test_an_action_that_makes_a_member_brings_what_waited(open_shop: Any) -> None:
    scene, out = widened_shop(open_shop)
    scene.now += 1
    publish_program(scene.table, "tea", reviewing(), ("key:ann", scene.now))
    assert tell(scene, done(customer=out, at=scene.now)) == "recorded"
    swept_later(scene, out)
    assert scene.document("young").posted


def test_a_shop_that_was_always_open_looks_for_nothing(open_shop: Any) -> None:
    scene = open_shop(program())
    bought(scene, "77", "one", NOON)
    account = scene.account()
    assert account is not None
    assert account.claim_at == 0


def test_nothing_is_looked_for_once_the_retroactive_days_are_over(open_shop: Any) -> None:
    scene, out = widened_shop(open_shop)
    scene.now += 10 * DAY_MS
    bought(scene, out, "new", scene.now)
    account = scene.account(out)
    assert account is not None
    assert account.claim_at == 0
