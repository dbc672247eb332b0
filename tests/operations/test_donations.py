"""Points given to a cause: once per key, without a code, undone while nothing was passed on."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.pricing import Wish
from chalicelib.domain.records import Redemption
from chalicelib.storage.stock import stock_left
from chalicelib.storage.table import Table
from tests.builders import TEA, Scene, program, recorded, refused
from tests.conservation import WatchedTable, verify_table
from tests.operations.moments import at_every_moment
from tests.operations.test_causes import FOREST, counted, settle
from tests.operations.test_two_writers import all_items, at_once
from tests.operations.verbs_of_members import merge
from tests.operations.verbs_of_pools import household, pooled, put, take
from tests.operations.verbs_of_pools import undo as pool_undo

TREE = {
    "id": "tree",
    "name": "Plant a tree",
    "kind": "donation",
    "cause": "forest",
    "cost": {"unit": "points", "amount": 40},
    "undo": "P1D",
}
MEALS = {
    **TREE,
    "id": "meals",
    "add": 3,
    "cost": {"unit": "points", "step": 20, "min": 40, "max": 100},
}
GROVE = {**TREE, "id": "grove", "add": 3, "cost": {"unit": "points", "amount": 100}}


def giving(**changes: Any) -> dict[str, Any]:
    return program(causes=[FOREST], rewards=[{**TREE, **changes}, GROVE, MEALS, TEA["rewards"][0]])


def opened(table: Table | None = None, **changes: Any) -> Scene:
    scene = Scene(WatchedTable() if table is None else table)
    scene.publish(giving(**changes))
    recorded(scene.pay(12_000))
    return scene


def donate(scene: Scene, key: str = "k1", reward: str = "tree", steps: int | None = None) -> Any:
    return scene.redeem(reward, key, wish=Wish(steps))


@pytest.fixture
def scene() -> Scene:
    return opened()


def test_a_donation_takes_points_and_counts_once_per_key(scene: Scene) -> None:
    made = recorded(donate(scene))
    again = donate(scene)
    assert isinstance(made, Redemption)
    assert (made.status, made.code, made.cause, made.given) == ("done", "", "forest", 1)
    assert (recorded(again), again.replayed) == (made, True)
    assert scene.available() == 80
    assert counted(scene) == 1
    entry = scene.journal()[-1]
    assert (entry.kind, entry.points, entry.explanation[0].code) == ("donate", -40, "donated")


def test_a_donation_has_no_code_and_is_not_among_the_open_ones(scene: Scene) -> None:
    recorded(donate(scene))
    account = scene.account()
    assert account is not None
    assert account.open_redemptions == ()
    assert not [item for item in scene.table.items() if "#X#" in str(item["PK"])]  # type: ignore[attr-defined]


def test_a_donation_may_give_several_units(scene: Scene) -> None:
    recorded(donate(scene, reward="grove"))
    assert (scene.available(), counted(scene)) == (20, 3)


@pytest.mark.parametrize(("steps", "cost", "given"), [(None, 40, 6), (2, 40, 6), (5, 100, 15)])
def test_each_step_of_a_donation_gives_as_much(
    scene: Scene, steps: int | None, cost: int, given: int
) -> None:
    made = recorded(donate(scene, reward="meals", steps=steps))
    assert isinstance(made, Redemption)
    assert (made.cost, made.given, made.worth) == (cost, given, 0)
    assert (scene.available(), counted(scene)) == (120 - cost, given)
    recorded(scene.undo(made))
    assert (scene.available(), counted(scene)) == (120, 0)


def test_a_key_names_a_donation_of_as_many_steps(scene: Scene) -> None:
    recorded(donate(scene, reward="meals", steps=2))
    assert refused(donate(scene, reward="meals", steps=3)) == "same_key_other_request"
    assert refused(donate(scene, "k2", "meals", steps=6)) == "value_invalid"
    assert counted(scene) == 6


def test_an_undone_donation_gives_everything_back_once(scene: Scene) -> None:
    made = recorded(donate(scene))
    for _ in range(2):
        assert recorded(scene.undo(made)).status == "undone"  # type: ignore[union-attr]
    assert (scene.available(), counted(scene)) == (120, 0)
    assert [entry.kind for entry in scene.journal()][-2:] == ["donate", "return"]


def test_the_window_of_the_undo_is_the_rewards(scene: Scene) -> None:
    made = recorded(donate(scene))
    scene.now += DAY_MS
    assert refused(scene.undo(made)) == "redemption_not_undoable"
    assert counted(scene) == 1


def test_what_was_passed_on_is_not_undone(scene: Scene) -> None:
    first, second = recorded(donate(scene)), recorded(donate(scene, "k2"))
    recorded(settle(scene, 1))
    assert recorded(scene.undo(second)).status == "undone"  # type: ignore[union-attr]
    assert refused(scene.undo(first)) == "redemption_not_undoable"
    assert (scene.available(), counted(scene)) == (80, 1)


def test_reasons_to_refuse_are_those_of_rewards(scene: Scene) -> None:
    assert refused(donate(scene, reward="sea")) == "reward_unknown"
    assert refused(scene.redeem("tree", "k9", "88")) == "member_unknown"
    recorded(donate(scene, "k1", "grove"))
    assert refused(donate(scene, "k2", "grove")) == "insufficient_points"
    assert refused(donate(scene, "k1")) == "same_key_other_request"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"who": {"member.tier.club": "gold"}}, "reward_not_for_you"),
        ({"limit": {"times": 1, "window": "lifetime"}}, "limit_reached"),
        ({"stock": 1}, "reward_out_of_stock"),
    ],
)
def test_a_donation_keeps_to_segment_limit_and_stock(changes: dict[str, Any], code: str) -> None:
    scene = opened(**changes)
    if code != "reward_not_for_you":
        recorded(donate(scene))
    assert refused(donate(scene, "k2")) == code


def test_an_undone_donation_frees_stock_and_limit() -> None:
    scene = opened(stock=1, limit={"times": 1, "window": "lifetime"})
    made = recorded(donate(scene))
    recorded(scene.undo(made))
    assert stock_left(scene.table, scene.shop, "tree") == 1
    recorded(donate(scene, "k2"))
    assert counted(scene) == 1


def test_a_donation_survives_a_merge_and_its_undo_follows(scene: Scene) -> None:
    made = recorded(donate(scene))
    recorded(scene.join("88"))
    recorded(merge(scene, gone="77", kept="88"))
    assert recorded(donate(scene)) == made
    assert recorded(scene.undo(made)).status == "undone"  # type: ignore[union-attr]
    assert (scene.available("88"), counted(scene)) == (120, 0)
    verify_table(scene.table.items())  # type: ignore[attr-defined]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    "other",
    [
        donate,
        lambda s: donate(s, "k2"),
        lambda s: donate(s, "k3", "grove"),
        lambda s: settle(s, 1),
        lambda s: settle(s, 2, "s2"),
        lambda s: s.pay(9_000, "2"),
    ],
)
@pytest.mark.parametrize("mine", ["donate", "undo"])
def test_the_second_writer_at_every_moment(mine: str, other: Any, *, backwards: bool) -> None:
    start = WatchedTable()
    ready = opened(start)
    made = recorded(donate(ready, "before"))

    def act(scene: Scene) -> Any:
        return donate(scene, "mine") if mine == "donate" else scene.undo(made)

    for first, second in ((act, other), (other, act)):
        for scene in at_every_moment(start, first, second, backwards):
            scene.verify()
            assert scene.available() >= 0


def test_threads_donating_undoing_and_settling_lose_nothing(raced_table: Table) -> None:
    scene = opened(raced_table)
    made = recorded(donate(scene, "before"))
    acts: list[Any] = [
        lambda: donate(scene, "k1"),
        lambda: donate(scene, "k1"),
        lambda: donate(scene, "k2"),
        lambda: scene.undo(made),
        lambda: settle(scene, 1),
        lambda: settle(scene, 1),
    ]
    at_once(acts)
    verify_table(all_items(raced_table))
    assert scene.available() >= 0


def test_a_donation_costs_as_much_as_a_reward_and_one_write_for_the_counter(scene: Scene) -> None:
    recorded(donate(scene, "warm"))
    scene.table.calls.clear()  # type: ignore[attr-defined]
    recorded(donate(scene))
    calls = [(call.operation, len(call.keys)) for call in scene.table.calls]  # type: ignore[attr-defined]
    assert [name for name, _ in calls] == ["load", "transact"]
    assert calls[1][1] == 4  # document, account, entry, shard


def test_a_household_donates_together_and_takes_it_back() -> None:
    scene = Scene(WatchedTable())
    household(scene, causes=[FOREST], rewards=[TREE])
    recorded(put(scene, 60, "77"))
    made = recorded(take(scene, reward="tree"))
    assert isinstance(made, Redemption)
    assert (made.code, made.given, counted(scene)) == ("", 1, 1)
    assert not [item for item in scene.table.items() if "#X#" in str(item["PK"])]  # type: ignore[attr-defined]
    assert recorded(pool_undo(scene, made)).status == "undone"  # type: ignore[union-attr]
    assert (pooled(scene).available, counted(scene)) == (60, 0)
    verify_table(scene.table.items())  # type: ignore[attr-defined]
