"""Codes typed at the checkout: an order that makes somebody a member joins them by it."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer, OrderStatus
from chalicelib.domain.instants import DAY_MS
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.storage.table import Table
from tests.builders import NOON, START, Scene, recorded, refund, refunded
from tests.conservation import WatchedTable, verify_table
from tests.operations.audited import audited, report_of
from tests.operations.moments import at_every_moment
from tests.operations.referral_scenes import (
    WEEK,
    code,
    come,
    opened,
    own,
    pending,
    points,
    referral_of,
    referring,
    swept,
)


@pytest.fixture
def scene(table: Table) -> Scene:
    return opened(table)


def typed(scene: Scene, *codes: str, order: str = "f1", **changes: Any) -> Any:
    """The friend's first order, with Ann's code or others."""
    friend = Customer("88", email=changes.pop("email", ""))
    return scene.pay(3_000, order, codes=codes or (code(scene),), customer=friend, **changes)


def sound(scene: Scene) -> None:
    verify_table(scene.table.items())  # type: ignore[attr-defined]
    assert report_of(audited(scene.table)).breaks == ()


def referred(scene: Scene, customer: str = "88") -> tuple[str, ...]:
    account = scene.account(customer)
    return account.referred if account else ()


def test_the_order_that_makes_a_member_joins_them_by_the_code_it_carries(scene: Scene) -> None:
    typed(scene)
    known = referral_of(scene)
    assert (known.state, known.order, known.recorded_at) == ("ordered", "main:f1", NOON)
    assert (pending(scene), points(scene)) == ((100, 50), (0, 30))
    swept(scene, NOON + WEEK)
    assert referral_of(scene).state == "qualified"


def test_the_order_again_is_a_replay(scene: Scene) -> None:
    typed(scene)
    before = scene.account("77"), scene.account("88")
    assert typed(scene).replayed
    assert (scene.account("77"), scene.account("88")) == before


def test_it_may_come_back_like_any_other(scene: Scene) -> None:
    typed(scene)
    scene.order(refunded(refund(3_000), "f1"))
    assert referral_of(scene).state == "reversed"
    assert (pending(scene), points(scene)) == ((0, 0), (0, 0))


def test_a_code_may_be_carried_by_the_cart_as_an_attribute(scene: Scene) -> None:
    mine = code(scene).lower()
    typed(scene, "SUMMER", attributes={"laurel_ref": f" {mine} "})
    assert referral_of(scene).state == "ordered"


def test_the_first_code_that_holds_counts(scene: Scene) -> None:
    typed(scene, "SUMMER", "ZZZZ-ZZZZ", code(scene))
    assert referral_of(scene).state == "ordered"


def test_no_more_codes_are_tried_than_three(scene: Scene) -> None:
    typed(scene, "ZZZZ-ZZZZ", "ZZZZ-ZZZY", "ZZZZ-ZZZX", code(scene))
    assert referred(scene) == ()


def test_a_member_already_joins_nobody(scene: Scene) -> None:
    scene.pay(100, "a", customer=Customer("88"))
    typed(scene)
    assert (referred(scene), pending(scene)) == ((), (0, 0))


def test_who_came_by_another_code_stays_with_it(scene: Scene) -> None:
    scene.join("66")
    own(scene, "66")
    come(scene)
    typed(scene, code(scene, "66"))
    assert scene.balance("66").pending == 0
    assert pending(scene) == (100, 50)


def test_an_order_that_is_not_paid_makes_nobody_a_friend_yet(scene: Scene) -> None:
    typed(scene, status=OrderStatus.OPEN, paid_at=None)
    assert scene.account("88") is None
    typed(scene, version=NOON + 1)
    assert referral_of(scene).state == "ordered"


def test_an_order_below_the_minimum_joins_and_a_later_one_counts(scene: Scene) -> None:
    scene.pay(500, "f1", codes=(code(scene),), customer=Customer("88"))
    assert referral_of(scene).state == "joined"
    scene.pay(3_000, "f2", customer=Customer("88"))
    assert referral_of(scene).order == "main:f2"


def test_who_must_ask_to_join_comes_by_no_order(table: Table) -> None:
    document = referring()
    scene = opened(table, {**document, "join": {"how": "opt_in"}})
    typed(scene)
    assert scene.account("88") is None


def test_a_program_without_referral_reads_no_codes() -> None:
    scene = Scene(WatchedTable())
    scene.publish()
    typed(scene, "AAAA-BBBB")
    scene.table.calls.clear()  # type: ignore[attr-defined]
    scene.pay(900, "g1", codes=("AAAA-BBBB",), customer=Customer("99"))
    assert [call.operation for call in scene.table.calls] == ["load", "transact"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("with_code", [False, True])
def test_only_a_new_members_order_with_a_code_costs_more(with_code: bool) -> None:
    """Two reads to find the advocate; then what the order of any friend costs."""
    scene = opened(WatchedTable())
    scene.pay(100, "a0", customer=Customer("99"))
    calls = scene.table.calls  # type: ignore[attr-defined]
    calls.clear()
    scene.pay(900, "a1", codes=(code(scene),), customer=Customer("99"))
    assert [call.operation for call in calls] == ["load", "transact"]
    calls.clear()
    typed(scene, *(() if with_code else ("SUMMER",)))
    first = ["load", *(["load"] * 2 if with_code else []), "transact"]
    assert [call.operation for call in calls][: len(first)] == first
    assert with_code or len(calls) == 2


def test_nobody_brings_themselves_and_nobody_is_brought_by_who_is_forgotten(scene: Scene) -> None:
    mine = code(scene, "88")
    typed(scene, mine)
    assert referred(scene) == ()
    erase_member(scene.table, EraseCommand(scene.shop, scene.member("77"), "staff", scene.now))
    scene.pay(3_000, "g1", codes=(code(scene),), customer=Customer("99"))
    assert referred(scene, "99") == ()


def test_alike_addresses_are_flagged_as_in_any_joining(scene: Scene) -> None:
    typed(scene, email="a.nn+1@example.com")
    assert (referral_of(scene).state, referral_of(scene).reasons) == ("flagged", ("email",))


def test_the_life_of_the_link_counts_from_that_order(table: Table) -> None:
    scene = opened(table, referring(link_life="P30D"))
    scene.pay(500, "f1", codes=(code(scene),), customer=Customer("88"))
    assert referral_of(scene).until == NOON + 30 * DAY_MS


def test_an_order_that_moves_to_somebody_new_brings_them(scene: Scene) -> None:
    scene.pay(3_000, "f1", codes=(code(scene),), customer=Customer("99"))
    typed(scene, version=NOON + 1)
    assert referred(scene, "88") == (f"{code(scene)}:{scene.member('88')}",)
    assert scene.balance("77").pending == 100


def test_an_order_from_before_the_program_began_is_told_without_a_friend(scene: Scene) -> None:
    typed(scene, at=START - 9 * DAY_MS)
    assert scene.account("88") is None


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("rival", ["again", "joins", "joins by the code", "returns", "advocate"])
def test_a_friend_is_brought_once_at_every_moment_of_another_writer(
    rival: str, backwards: bool
) -> None:
    rivals = {
        "again": typed,
        "joins": lambda scene: scene.join("88"),
        "joins by the code": come,
        "returns": lambda scene: scene.order(refunded(refund(3_000), "f1")),
        "advocate": lambda scene: recorded(scene.pay(2_000, "a1")),
    }
    start = opened(WatchedTable())
    after = {"returns": {(0, 0)}, "joins": {(100, 50), (0, 0)}}.get(rival, {(100, 50)})
    for scene in at_every_moment(start.table, typed, rivals[rival], backwards):  # type: ignore[arg-type]
        assert pending(scene) in after
        sound(scene)
