"""Rewards that challenges and prizes give: issued once for each completion, voided with it."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.granting import Granted, regranted
from chalicelib.domain.instants import DAY_MS, iso
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.occasion import Grant
from chalicelib.domain.wording.sentences import document_sentence, names_of
from chalicelib.operations.close_boards import close_boards
from chalicelib.operations.keep_promises import keep_promises
from chalicelib.storage.shops import find_shop
from tests.builders import NOON, Scene, recorded, refund, refunded
from tests.conservation import WatchedTable, verify_table
from tests.operations.challenge_scenes import challenge, challenging, progress
from tests.operations.given_scenes import CAKE, given, promised, stand
from tests.operations.moments import at_every_moment
from tests.operations.test_scenarios_of_rules import sound
from tests.operations.verbs_of_members import merge

Open = Callable[..., Scene]
END = NOON + DAY_MS
TREAT: dict[str, Any] = {"give": [{"reward": "cake"}], "target": 2}


def treating(**keys: Any) -> dict[str, Any]:
    """Each two orders give a cake."""
    return challenging(challenge(**{"repeat": 9, **TREAT, **keys}), rewards=[CAKE])


def buy(scene: Scene, *numbers: int, customer: str = "77") -> None:
    for number in numbers:
        recorded(scene.pay(1_000, str(number), customer=Customer(customer)))


def back(scene: Scene, number: int) -> None:
    scene.order(refunded(refund(1_000, at=scene.now), str(number)))


def test_each_completion_gives_one_and_its_end_takes_the_last(open_shop: Open) -> None:
    scene = open_shop(treating())
    buy(scene, 1)
    assert stand(scene) == []
    buy(scene, 2, 2, 3, 4)
    assert stand(scene) == ["ready", "ready"]
    back(scene, 1)
    assert (stand(scene), promised(scene)) == (["ready", "undone"], 0)
    buy(scene, 5)
    assert stand(scene) == ["ready", "ready"]  # the same again
    sound(scene)


def test_several_of_one_reward_for_a_completion(open_shop: Open) -> None:
    scene = open_shop(treating(give=[{"reward": "cake", "times": 3}, {"badge": "regular"}]))
    buy(scene, 1, 2)
    assert stand(scene) == ["ready"] * 3
    sound(scene)


def test_a_reward_of_a_challenge_says_what_gave_it(open_shop: Open) -> None:
    scene = open_shop(treating(name="Two for tea"))
    buy(scene, 1, 2)
    (cake,) = given(scene)
    assert (cake.given_by, cake.rule, cake.cost) == ("progress:three", "three", 0)
    names = names_of(read_program(treating(name="Two for tea")), "en")
    said = "A free cake was given by Two for tea; its code has not been used yet."
    assert document_sentence(cake, names, "en") == said
    made = progress(scene)
    assert made is not None
    assert "A free cake" in document_sentence(made, names, "en")


def test_a_reward_without_cost_that_a_challenge_gives_is_only_given() -> None:
    free = {key: value for key, value in CAKE.items() if key != "cost"}
    document = challenging(challenge(**TREAT), rewards=[free])
    assert compile_program(read_program(document), 1).rewards["cake"].is_only_given


def test_the_prize_of_a_board_is_a_reward_once(open_shop: Open) -> None:
    board = {"prizes": [{"ranks": [1], "give": [{"reward": "cake"}]}]}
    contest = challenge("sum", of="line.net", target=10**9, to=iso(END), board=board)
    scene = open_shop(challenging(contest, rewards=[CAKE]))
    buy(scene, 1, 2)
    buy(scene, 3, customer="88")
    scene.now = END + DAY_MS
    assert [close_boards(scene.table, scene.shop, scene.now) for _ in range(2)] == [1, 0]
    assert (stand(scene), stand(scene, "88"), promised(scene)) == (["ready"], [], 0)
    back(scene, 1)
    assert stand(scene) == ["ready"]  # the place was won
    sound(scene)


def test_what_a_dead_process_left_is_kept_by_the_next(open_shop: Open) -> None:
    scene = open_shop(treating())
    buy(scene, 1, 2)
    shop = find_shop(scene.table, scene.shop)
    assert shop is not None
    for _ in range(2):
        keep_promises(scene.table, shop, scene.member(), scene.now)
    assert (stand(scene), promised(scene)) == (["ready"], 0)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_completion_and_its_end_at_once_leave_what_stands(backwards: bool) -> None:
    table = WatchedTable()
    start = Scene(table)
    start.publish(treating())
    buy(start, 1)
    scenes = at_every_moment(table, lambda s: buy(s, 2), lambda s: back(s, 1), backwards)
    for scene in scenes:
        buy(scene, 2)
        made = progress(scene)
        assert made is not None
        assert made.completed == 0
        assert set(stand(scene)) <= {"undone"}
        verify_table(table.items())
        sound(scene)


@pytest.mark.parametrize("backwards", [False, True])
def test_two_orders_that_complete_at_once_give_one(backwards: bool) -> None:
    table = WatchedTable()
    start = Scene(table)
    start.publish(treating(repeat=1))
    buy(start, 1)
    scenes = at_every_moment(table, lambda s: buy(s, 2), lambda s: buy(s, 3), backwards)
    for scene in scenes:
        buy(scene, 2)
        assert (stand(scene), promised(scene)) == (["ready"], 0)
        sound(scene)


def test_what_both_were_given_alone_is_one_once_they_are_one(open_shop: Open) -> None:
    scene = open_shop(treating(repeat=1))
    buy(scene, 1, 2)
    buy(scene, 3, 4, customer="88")
    recorded(merge(scene, gone="88", kept="77"))
    buy(scene, 5)
    assert (sorted(stand(scene) + stand(scene, "88")), promised(scene)) == (["ready", "undone"], 0)
    sound(scene)
    for number in (1, 2, 3, 4):
        back(scene, number)
    assert stand(scene) + stand(scene, "88") == ["undone", "undone"]
    sound(scene)


def test_what_both_complete_together_costs_nobody_theirs(open_shop: Open) -> None:
    scene = open_shop(treating())
    buy(scene, 1, 2)
    buy(scene, 3, 4, customer="88")
    recorded(merge(scene, gone="88", kept="77"))
    buy(scene, 5, 6)
    assert stand(scene) + stand(scene, "88") == ["ready"] * 3
    back(scene, 5)
    assert sorted(stand(scene) + stand(scene, "88")) == ["ready", "ready", "undone"]
    sound(scene)


def test_lines_of_one_key_go_on_giving_what_they_give() -> None:
    def line(holder: str, amount: int) -> Granted:
        return Granted("three", 0, "reward", "cake", amount, holder=holder)

    def amounts(known: tuple[Granted, ...], wanted: int) -> list[tuple[str, int]]:
        target = [Grant("three", 0, "reward", "cake", wanted)] if wanted else []
        return [(each.holder, each.amount) for each in regranted(known, target, {})]

    both = (line("a", 1), line("b", 1))
    assert amounts(both, 2) == [("a", 1), ("b", 1)]
    assert amounts(both, 3) == [("a", 2), ("b", 1)]
    assert amounts(both, 1) == [("a", 1), ("b", 0)]
    assert amounts((line("a", 0), line("b", 1)), 2) == [("a", 0), ("b", 2)]
    assert amounts((line("a", 0), line("b", 0)), 1) == [("a", 1), ("b", 0)]
    assert amounts(both, 0) == [("a", 0), ("b", 0)]
