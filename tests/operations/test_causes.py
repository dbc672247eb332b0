"""What rules give to causes: by orders and joinings, given back with them, counted in shards."""

from typing import Any

import msgspec
import pytest

from chalicelib.domain.events import Customer, OrderStatus
from chalicelib.domain.instants import HOUR_MS
from chalicelib.domain.member_records import Settlement
from chalicelib.domain.records import Joining
from chalicelib.operations.settle_cause import SettleCommand, settle_cause
from chalicelib.storage.key_names import shop_partition
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
    upserted,
)
from tests.conservation import WatchedTable, verify_table
from tests.operations.moments import at_every_moment
from tests.operations.verbs_of_members import merge

FOREST = {"id": "forest", "name": "A tree planted", "unit_cost": {"USD": 100}}
TREES = {
    "id": "trees",
    "on": "order.paid",
    "if": {"order.net_total": {"gte": 5_000}},
    "give": [{"cause": "forest", "add": 2}],
}
HELLO = {"id": "hello", "on": "member.joined", "give": [{"cause": "forest", "add": 1}]}


@pytest.fixture
def scene() -> Scene:
    made = Scene(WatchedTable())
    made.publish(program(causes=[FOREST], earn=[TEA["earn"][0], TREES]))
    return made


def counted(scene: Scene, cause: str = "forest") -> int:
    """What stands on the counter, settled or not."""
    partition = f"{shop_partition(scene.shop)}#G#{cause}"
    items = scene.table.items()  # type: ignore[attr-defined]
    return sum(item.get("n", 0) for item in items if item["PK"] == partition)


def later(hours: int = 1, **changes: Any) -> Any:
    order = msgspec.structs.replace(state(), version=NOON + hours * HOUR_MS, **changes)
    return upserted(order)


def stands(scene: Scene) -> list[tuple[str, int, int]]:
    lines = scene.document().grants
    return [(grant.state.value, grant.amount, grant.kept) for grant in lines]


def settle(scene: Scene, units: int, key: str = "s1", **changes: Any) -> Any:
    told: dict[str, Any] = {"cause": "forest", "proof_url": "", "note": "", **changes}
    return settle_cause(
        scene.table,
        SettleCommand(
            scene.shop,
            units=units,
            actor="operator",
            idempotency_key=key,
            now=scene.now,
            **told,
        ),
    )


def test_an_order_gives_to_a_cause_once_however_often_it_is_told(scene: Scene) -> None:
    for _ in range(3):
        recorded(scene.order(upserted(state())))
    assert counted(scene) == 2
    assert stands(scene) == [("granted", 2, 0)]
    verify_table(scene.table.items())  # type: ignore[attr-defined]


def test_a_refund_that_ends_the_reason_takes_the_gift_back_once(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    for _ in range(2):
        recorded(scene.order(refunded(refund(9_000))))
    assert counted(scene) == 0
    assert stands(scene) == [("revoked", 0, 0)]


def test_a_refund_that_leaves_the_reason_takes_nothing_back(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    recorded(scene.order(refunded(refund(1_000))))
    assert counted(scene) == 2


def test_an_order_that_comes_back_gives_again(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    recorded(scene.order(later(1, status=OrderStatus.CANCELLED)))
    assert counted(scene) == 0
    recorded(scene.order(later(2)))
    assert counted(scene) == 2


def test_what_was_settled_is_never_taken_back(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    recorded(settle(scene, 1))
    recorded(scene.order(later(1, status=OrderStatus.CANCELLED)))
    assert counted(scene) == 1
    assert stands(scene) == [("revoked", 0, 1)]
    recorded(scene.order(later(2)))
    assert counted(scene) == 2
    assert stands(scene) == [("granted", 2, 0)]


def test_an_order_moved_to_another_member_gives_once(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    recorded(settle(scene, 1))
    recorded(scene.order(later(1, customer=Customer("88"))))
    assert scene.document().member == scene.member("88")
    assert counted(scene) == 2
    assert stands(scene) == [("granted", 2, 0)]


def test_a_gift_without_points_leaves_the_books_whole(scene: Scene) -> None:
    scene.publish(program(causes=[FOREST], earn=[TREES]), since=NOON - HOUR_MS)
    recorded(scene.order(upserted(state())))
    assert counted(scene) == 2
    assert scene.available() == 0
    recorded(scene.order(refunded(refund(9_000))))
    assert counted(scene) == 0
    verify_table(scene.table.items())  # type: ignore[attr-defined]


def test_an_edit_back_and_forth_ends_where_it_began(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    recorded(scene.order(later(1, lines=(line(100),))))
    assert counted(scene) == 0
    recorded(scene.order(later(2, lines=(line(11_450),))))
    assert counted(scene) == 2


def test_joining_gives_once_by_itself_and_with_a_first_order() -> None:
    for act in (Scene.join, Scene.pay):
        scene = Scene(WatchedTable())
        scene.publish(program(causes=[FOREST], earn=[HELLO]))
        given = (1_000,) if act is Scene.pay else ()
        recorded(act(scene, *given))
        assert counted(scene) == 1
        recorded(scene.join())
        assert counted(scene) == 1


def test_the_joining_says_what_it_granted() -> None:
    scene = Scene(WatchedTable())
    scene.publish(program(causes=[FOREST], earn=[HELLO]))
    document = recorded(scene.join())
    assert isinstance(document, Joining)
    (grant,) = document.grants
    assert (grant.rule_id, grant.name, grant.stands) == ("hello", "forest", 1)


def test_a_merge_takes_back_what_both_gave_for_joining() -> None:
    scene = Scene(WatchedTable())
    scene.publish(program(causes=[FOREST], earn=[HELLO]))
    for customer in ("77", "88"):
        recorded(scene.join(customer))
    assert counted(scene) == 2
    for _ in range(2):
        recorded(merge(scene))
    assert counted(scene) == 1
    verify_table(scene.table.items())  # type: ignore[attr-defined]


def test_a_merge_keeps_what_only_the_gone_member_gave() -> None:
    scene = Scene(WatchedTable())
    scene.publish(program(causes=[FOREST], earn=[HELLO]))
    recorded(scene.join("88"))
    scene.publish(program(causes=[FOREST]), since=NOON - HOUR_MS)
    recorded(scene.join("77"))
    recorded(merge(scene))
    assert counted(scene) == 1


def test_a_limit_of_times_holds_for_gifts(scene: Scene) -> None:
    limited = {**TREES, "limit": {"times": 1, "window": "lifetime"}}
    scene.publish(program(causes=[FOREST], earn=[limited]), since=NOON - HOUR_MS)
    for order in ("1", "2"):
        recorded(scene.pay(9_000, order))
    assert counted(scene) == 2


def test_an_order_that_gives_costs_one_write_more_and_no_read(scene: Scene) -> None:
    recorded(scene.pay(100, "first"))
    scene.table.calls.clear()  # type: ignore[attr-defined]
    recorded(scene.pay(9_000, "second"))
    calls = [(call.operation, len(call.keys)) for call in scene.table.calls]  # type: ignore[attr-defined]
    assert [name for name, _ in calls] == ["load", "transact"]


def test_a_settlement_is_recorded_once_with_its_cost(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    made = recorded(settle(scene, 1, proof_url="https://example.org/1"))
    assert isinstance(made, Settlement)
    assert (made.units, made.cost_minor, made.currency) == (1, 100, "USD")
    again = settle(scene, 1, proof_url="https://example.org/1")
    assert (recorded(again), again.replayed) == (made, True)
    assert refused(settle(scene, 2)) == "same_key_other_request"
    assert counted(scene) == 2
    verify_table(scene.table.items())  # type: ignore[attr-defined]


def test_no_more_is_settled_than_was_given(scene: Scene) -> None:
    recorded(scene.order(upserted(state())))
    assert refused(settle(scene, 3)) == "settlement_above_given"
    recorded(settle(scene, 2))
    assert refused(settle(scene, 1, "s2")) == "settlement_above_given"


def test_a_settlement_takes_from_every_shard(scene: Scene) -> None:
    for number in range(12):
        recorded(scene.pay(9_000, f"o{number}"))
    recorded(settle(scene, 23))
    recorded(settle(scene, 1, "s2"))
    assert counted(scene) == 24
    verify_table(scene.table.items())  # type: ignore[attr-defined]


def test_a_cause_that_is_not_in_the_program_is_settled_as_long_as_it_was_given_to(
    scene: Scene,
) -> None:
    recorded(scene.order(upserted(state())))
    scene.publish(program(), since=NOON - HOUR_MS)
    assert refused(settle(scene, 1, cause="sea")) == "cause_unknown"
    made = recorded(settle(scene, 2))
    assert isinstance(made, Settlement)
    assert (made.cost_minor, made.currency) == (0, "")


def test_a_shop_that_is_not_there_settles_nothing(scene: Scene) -> None:
    scene.shop = "nobody"
    assert refused(settle(scene, 1)) == "shop_unknown"


@pytest.mark.parametrize(
    "other",
    [
        lambda s: settle(s, 2),
        lambda s: settle(s, 2, "s2"),
        lambda s: s.order(later(1, status=OrderStatus.CANCELLED)),
        lambda s: s.order(later(1, lines=(line(9_000),))),
        lambda s: s.pay(9_000, "2"),
    ],
    ids=["itself", "another settlement", "a cancellation", "an edit", "another gift"],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_the_second_writer_at_every_moment_of_a_settlement(other: Any, backwards: bool) -> None:
    start = WatchedTable()
    made = Scene(start)
    made.publish(program(causes=[FOREST], earn=[TEA["earn"][0], TREES]))
    recorded(made.order(upserted(state())))

    def mine(scene: Scene) -> Any:
        return settle(scene, 2)

    first, second = (other, mine) if backwards else (mine, other)
    assert sum(1 for _ in at_every_moment(start, first, second, backwards)) > 3
