"""Rewards given for nothing: issued once, taken back with their reason, within stock and limit."""

from typing import Any

import msgspec
import pytest

from chalicelib.domain.events import Customer, OrderStatus
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.explain_document import explain_document, list_documents
from chalicelib.operations.find_redemption_by_code import find_redemption_by_code
from chalicelib.operations.sweep_due import sweep_due
from chalicelib.storage.stock import stock_left
from tests.builders import NOON, Scene, recorded, refund, refunded, refused, state, upserted
from tests.conservation import WatchedTable, verify_table
from tests.operations.action_scenes import done, revoked, tell
from tests.operations.audited import audited, report_of
from tests.operations.given_scenes import BIG, CAKE, HELLO, IDEA, given, giving, promised, stand
from tests.operations.moments import at_every_moment
from tests.operations.verbs_of_members import merge


@pytest.fixture
def scene() -> Scene:
    return opened()


def opened(*rules: dict[str, Any], **cake: Any) -> Scene:
    scene = Scene(WatchedTable())
    scene.publish(giving(*rules, **cake))
    return scene


def later(hours: int = 1, **changes: Any) -> Any:
    return upserted(msgspec.structs.replace(state(), version=NOON + hours * HOUR_MS, **changes))


def sound(scene: Scene, customer: str = "77") -> None:
    verify_table(scene.table.items())  # type: ignore[attr-defined]
    assert audit_member(scene.table, scene.shop, scene.member(customer)).breaks == ()


# ---------------------------------------------------------------- issued


def test_an_order_gives_a_reward_once_however_often_it_is_told(scene: Scene) -> None:
    for _ in range(3):
        recorded(scene.order(upserted(state())))
    (cake,) = given(scene)
    assert (cake.reward_id, cake.status, cake.cost, cake.unit) == ("cake", "ready", 0, "")
    assert (cake.given_by, cake.rule) == ("order:main:1001", "big")
    assert cake.expires_at == scene.now + 30 * DAY_MS
    account = scene.account()
    assert account is not None
    assert (account.open_redemptions, account.promises) == ((cake.id,), {})
    assert (account.settle_at, account.due_at) == (0, NOON)  # the bound is only ever lowered
    assert find_redemption_by_code(scene.table, scene.shop, cake.code) == cake
    sound(scene)


def test_a_reward_may_be_given_several_times_with_a_code_each() -> None:
    scene = opened({**BIG, "give": [{"reward": "cake", "times": 3}]})
    recorded(scene.order(upserted(state())))
    assert len({cake.code for cake in given(scene)}) == 3
    recorded(scene.order(refunded(refund(9_000))))
    assert stand(scene) == ["undone"] * 3
    sound(scene)


def test_an_order_that_gives_nothing_costs_nothing_more(scene: Scene) -> None:
    recorded(scene.pay(100, "first"))
    scene.table.calls.clear()  # type: ignore[attr-defined]
    recorded(scene.pay(200, "second"))
    assert [call.operation for call in scene.table.calls] == ["load", "transact"]  # type: ignore[attr-defined]


def test_what_was_given_costs_nobody_points_and_is_not_undone_by_the_member(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    (cake,) = given(scene)
    assert refused(scene.undo(cake)) == "redemption_not_undoable"
    assert scene.available() == 114


def test_an_order_uses_the_code_that_was_given(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    (cake,) = given(scene)
    recorded(scene.pay(900, "2", codes=(cake.code,)))
    assert stand(scene) == ["used"]
    sound(scene)


def test_joining_gives_by_itself_and_with_a_first_order() -> None:
    for act in (Scene.join, Scene.pay):
        scene = opened(HELLO)
        recorded(act(scene, *((1_000,) if act is Scene.pay else ())))
        recorded(scene.join())
        assert stand(scene) == ["ready"]
        assert given(scene)[0].given_by == "joining:member"
        sound(scene)


def test_an_action_gives_also_to_who_was_no_member_yet() -> None:
    scene = opened(IDEA)
    for _ in range(2):
        tell(scene, done("i1", action="idea.accepted"))
    assert stand(scene) == ["ready"]
    tell(scene, revoked("i1", NOON))
    assert stand(scene) == ["undone"]
    sound(scene)


def test_a_draw_gives_a_reward_as_often_as_it_is_won() -> None:
    for outcome, stands in (([{"reward": "cake"}], ["ready"]), ([], [])):
        scene = opened({**BIG, "give": [{"chance": [{"weight": 1, "give": outcome}]}]})
        for _ in range(2):
            recorded(scene.order(upserted(state())))
        assert stand(scene) == stands
        sound(scene)


def test_a_limit_of_the_rule_holds_for_rewards() -> None:
    scene = opened(IDEA)
    for number in range(5):
        tell(scene, done(f"i{number}", action="idea.accepted", subject=f"p{number}"))
    assert stand(scene) == ["ready"] * 3


# ---------------------------------------------------------------- stock and limit


def test_what_is_out_of_stock_is_told_and_fails_nothing() -> None:
    scene = opened(stock=1)
    recorded(scene.pay(9_000, "1"))
    recorded(scene.pay(9_000, "2"))
    assert stand(scene) == ["failed", "ready"]
    (failed,) = (each for each in given(scene) if each.status == "failed")
    assert (failed.reason, failed.code) == ("reward_out_of_stock", "")
    assert stock_left(scene.table, scene.shop, "cake") == 0
    assert (scene.available(), promised(scene)) == (180, 0)
    sound(scene)
    night = audited(scene.table, scene.now + DAY_MS)  # it has a code's item, and no code
    assert report_of(night).breaks == ()


def test_the_limit_of_a_reward_counts_what_was_given() -> None:
    scene = opened(limit={"times": 1, "window": "lifetime"})
    recorded(scene.pay(9_000, "1"))
    recorded(scene.pay(9_000, "2"))
    assert sorted(each.reason for each in given(scene)) == ["", "limit_reached"]
    scene.adjust(400)
    assert refused(scene.redeem("cake")) == "limit_reached"


def test_what_is_taken_back_frees_its_piece_and_its_turn() -> None:
    scene = opened(stock=1, limit={"times": 1, "window": "lifetime"})
    recorded(scene.order(upserted(state())))
    recorded(scene.order(refunded(refund(9_000))))
    assert stock_left(scene.table, scene.shop, "cake") == 1
    recorded(scene.pay(9_000, "2"))
    assert stand(scene) == ["ready", "undone"]
    sound(scene)


# ---------------------------------------------------------------- taken back


def test_a_refund_that_ends_the_reason_voids_an_unused_reward(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    (cake,) = given(scene)
    for _ in range(2):
        recorded(scene.order(refunded(refund(9_000))))
    assert stand(scene) == ["undone"]
    account = scene.account()
    assert account is not None
    assert account.open_redemptions == ()
    recorded(scene.pay(900, "2", codes=(cake.code,)))
    assert stand(scene) == ["undone"]
    sound(scene)


def test_a_refund_that_leaves_the_reason_voids_nothing(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    recorded(scene.order(refunded(refund(1_000))))
    assert stand(scene) == ["ready"]


def test_a_used_reward_stays_and_says_why(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    (cake,) = given(scene)
    recorded(scene.pay(900, "2", codes=(cake.code,)))
    recorded(scene.order(refunded(refund(9_000))))
    (cake,) = given(scene)
    assert (cake.status, cake.reason) == ("used", "used")
    recorded(scene.order(later(2)))
    assert [each.reason for each in given(scene)] == [""]  # its reason is back: no second one
    sound(scene)


def test_what_expired_is_neither_voided_nor_kept(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    scene.now += 31 * DAY_MS
    recorded(scene.order(refunded(refund(9_000))))
    (cake,) = given(scene)
    assert (cake.status, cake.reason) == ("ready", "")
    assert promised(scene) == 0


def test_an_order_that_comes_back_gives_the_same_reward_again(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    (before,) = given(scene)
    recorded(scene.order(later(1, status=OrderStatus.CANCELLED)))
    assert stand(scene) == ["undone"]
    recorded(scene.order(later(2)))
    (after,) = given(scene)
    assert (after.id, after.code, after.status) == (before.id, before.code, "ready")
    sound(scene)


def test_an_order_that_moves_takes_its_reward_along(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    recorded(scene.order(later(1, customer=Customer("88"))))
    assert (stand(scene), stand(scene, "88")) == (["undone"], ["ready"])
    recorded(scene.order(later(2)))
    assert (stand(scene), stand(scene, "88")) == (["ready"], ["undone"])
    sound(scene)
    sound(scene, "88")


# ---------------------------------------------------------------- merged, erased, swept, told


def test_a_merge_leaves_one_greeting_and_follows_the_others() -> None:
    scene = opened(HELLO, BIG)
    for customer in ("77", "88"):
        recorded(scene.join(customer))
    recorded(scene.order(later(1, customer=Customer("88"))))
    for _ in range(2):
        recorded(merge(scene))
    assert stand(scene) == ["ready"]
    assert sorted((each.rule, each.status.value) for each in given(scene, "88")) == [
        ("big", "ready"),
        ("hello", "undone"),
    ]
    recorded(scene.order(refunded(refund(9_000, at=NOON + 2 * HOUR_MS))))
    assert stand(scene, "88") == ["undone", "undone"]
    sound(scene)


class _Died(Exception):
    """The process ended."""


def dying(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """An order is recorded, and its process ends before it keeps what was promised."""

    def die(*_: Any) -> None:
        raise _Died

    with monkeypatch.context() as patched:
        patched.setattr("chalicelib.operations.keep_promises.keep_promises_of", die)
        with pytest.raises(_Died):
            scene.order(upserted(state()))
    assert (given(scene), promised(scene)) == ([], 1)


def test_what_a_dead_process_promised_is_kept_by_the_next_delivery(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying(scene, monkeypatch)
    recorded(scene.order(upserted(state())))
    assert stand(scene) == ["ready"]


def test_what_a_dead_process_promised_is_kept_by_the_sweep(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying(scene, monkeypatch)
    for _ in range(2):
        sweep_due(scene.table, scene.shop, scene.now)
    assert stand(scene) == ["ready"]
    account = scene.account()
    assert account is not None
    assert (account.promises, account.due_at) == ({}, 0)
    sound(scene)


def test_a_promise_that_was_not_kept_yet_is_taken_back_without_a_trace(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying(scene, monkeypatch)
    recorded(scene.order(later(1, status=OrderStatus.CANCELLED)))
    assert (given(scene), promised(scene)) == ([], 0)


def test_who_was_erased_is_given_nothing_more(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying(scene, monkeypatch)
    command = EraseCommand(scene.shop, "external:77", "operator", scene.now)
    recorded(erase_member(scene.table, command))
    sweep_due(scene.table, scene.shop, scene.now)
    assert [(each.status, each.reason) for each in given(scene)] == [("failed", "member_erased")]


def test_history_and_explanation_tell_of_it(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    (cake,) = given(scene)
    page = list_documents(scene.table, scene.shop, "external:77", (10, None), scene.now)
    named = {each.name: each.sentence for each in page.documents}  # type: ignore[union-attr]
    assert named[f"redemption:{cake.id}"] == (
        "A free cake was given by big; its code has not been used yet."
    )
    assert named["order:main:1001"].endswith("It also gave A free cake.")
    order = explain_document(
        scene.table, scene.shop, "external:77", ("order:main:1001", "en"), scene.now
    )
    told = [sentence for _, sentence in order.trace]  # type: ignore[union-attr]
    assert "Rule big gave A free cake, 1 in number." in told
    assert scene.journal()[-1].kind == "grant"


# ---------------------------------------------------------------- two writers


def cancelled(scene: Scene) -> Any:
    return scene.order(later(1, status=OrderStatus.CANCELLED))


def uses(scene: Scene) -> Any:
    codes = tuple(cake.code for cake in given(scene) if cake.code)
    return scene.pay(900, "2", codes=codes)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    "other",
    [
        lambda s: s.order(upserted(state())),
        cancelled,
        uses,
        lambda s: s.pay(9_000, "9"),
        lambda s: sweep_due(s.table, s.shop, s.now),
        lambda s: merge(s, gone="77", kept="88"),
    ],
    ids=["the same", "cancelled", "used", "another", "swept", "merged"],
)
@pytest.mark.parametrize("first", ["told", "cancelled"])
def test_two_writers_at_every_moment_leave_one_reward_or_none(
    first: str, other: Any, backwards: bool
) -> None:
    start = opened(stock=2)
    recorded(start.join())
    recorded(start.join("88"))
    if first == "cancelled":
        recorded(start.order(upserted(state())))
    act = cancelled if first == "cancelled" else (lambda s: s.order(upserted(state())))
    for scene in at_every_moment(start.table, act, other, backwards):  # type: ignore[arg-type]
        scene.order(upserted(state()))  # an older delivery changes nothing and finishes the rest
        sweep_due(scene.table, scene.shop, scene.now)
        cakes = [*given(scene), *given(scene, "88")]
        out = [each for each in cakes if each.status in ("ready", "used")]
        assert stock_left(scene.table, scene.shop, "cake") == 2 - len(out)
        mine = [each for each in cakes if each.given_by == "order:main:1001"]
        assert len(mine) <= 1
        is_reason = bool(scene.document().grants and scene.document().grants[0].amount)
        assert [each.status in ("ready", "used") for each in mine] in (
            [[True]] if is_reason else [[], [False], [True]]
        )
        assert is_reason or all(each.status != "ready" for each in mine)
        for customer in ("77", "88"):
            assert promised(scene, customer) == 0


def test_a_reward_without_cost_that_something_gives_is_only_given() -> None:
    scene = opened(cost=None)
    recorded(scene.order(upserted(state())))
    assert refused(scene.redeem("cake")) == "reward_not_for_you"
    assert stand(scene) == ["ready"]


def test_the_cake_is_still_to_be_had_for_points(scene: Scene) -> None:
    recorded(scene.pay(45_000))
    made = recorded(scene.redeem("cake"))
    assert (made.cost, CAKE["id"]) == (400, made.reward_id)  # type: ignore[union-attr]
