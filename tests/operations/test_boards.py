"""Boards: places, ties, and prizes that are given once whoever closes them at once."""

from typing import Any

import pytest

from chalicelib.domain.boards import Placed, PrizeLoad, Scored, decide_prize, placed
from chalicelib.domain.challenge_settling import Honours
from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, iso
from chalicelib.domain.outcome import InvariantBroken, Refusal
from chalicelib.domain.program.plan import CompiledBoard
from chalicelib.operations.close_boards import close_boards
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.view_board import SeenBoard, view_board
from tests.builders import NOON, Scene, recorded
from tests.conservation import WatchedTable
from tests.domain.program.builders import compiled
from tests.operations.challenge_scenes import FIFTY, challenge, challenging, worn
from tests.operations.moments import at_every_moment
from tests.operations.verbs_of_members import merge

PRIZES = [{"ranks": [1], "give": [FIFTY, {"badge": "regular"}]}]
END = NOON + DAY_MS


def racing(**board: Any) -> dict[str, Any]:
    told = {"prizes": PRIZES, "after": "P1D", **board}
    made = challenge("sum", of="line.net", target=10**9, to=iso(END), board=told)
    return challenging(made)


def without() -> dict[str, Any]:
    """A program that has the challenge no more."""
    return challenging(challenge(id="else"))


def raced(scene: Scene) -> Scene:
    """Customer 77 with 30.00, 88 with 20.00, and nobody closed the board yet."""
    scene.publish(racing())
    for customer, net in (("77", 3_000), ("88", 2_000)):
        recorded(scene.pay(net, customer, customer=Customer(customer)))
    scene.now = END + DAY_MS
    return scene


def shut(scene: Scene) -> int:
    return close_boards(scene.table, scene.shop, scene.now)


def test_equal_scores_share_a_place_where_the_program_says_so() -> None:
    board = CompiledBoard(4, True, True, 0, {})
    scored = [Scored("c", 5, 1), Scored("b", 9, 2), Scored("a", 9, 3), Scored("d", 1, 0),
              Scored("e", 1, 1)]  # fmt: skip
    assert placed(board, scored) == (
        Placed(1, "b", 9), Placed(1, "a", 9), Placed(3, "c", 5), Placed(4, "d", 1),
    )  # fmt: skip
    alone = CompiledBoard(2, False, True, 0, {})
    assert [each.rank for each in placed(alone, scored)] == [1, 2]


@pytest.mark.parametrize("backwards", [False, True])
def test_two_who_close_at_once_give_each_prize_once(backwards: bool) -> None:
    table = WatchedTable()
    raced(Scene(table))

    def later(scene: Scene) -> int:
        scene.now = END + DAY_MS
        return shut(scene)

    for scene in at_every_moment(table, later, later, backwards):
        scene.now = END + DAY_MS
        shut(scene)
        assert (scene.available(), scene.available("88"), worn(scene)) == (50, 0, {"regular"})


@pytest.mark.parametrize("backwards", [False, True])
def test_a_prize_and_an_order_at_once_both_count(backwards: bool) -> None:
    table = WatchedTable()
    raced(Scene(table))

    def late(scene: Scene) -> Any:
        return scene.pay(500, "late", at=NOON)

    def later(scene: Scene) -> int:
        scene.now = END + DAY_MS
        return shut(scene)

    for scene in at_every_moment(table, late, later, backwards):
        scene.now = END + DAY_MS
        shut(scene)
        assert scene.available() == 50


def test_who_was_merged_or_forgotten_is_on_no_board(scene: Scene) -> None:
    raced(scene)
    scene.now = END - 1
    recorded(scene.pay(1_000, "99", customer=Customer("99")))
    recorded(merge(scene, gone="88", kept="99"))
    recorded(erase_member(scene.table, EraseCommand(scene.shop, scene.member(), "operator", END)))
    found = view_board(scene.table, scene.shop, "three", END)
    assert isinstance(found, SeenBoard)
    assert [place.member for place in found.places] == [scene.member("99")]


def test_a_board_whose_challenge_was_left_out_ends_as_it_was_begun(scene: Scene) -> None:
    scene.publish(racing())
    recorded(scene.pay(3_000, "1"))
    for _ in range(2):  # the second leaves out nothing, and the board is open still
        scene.now += 1
        scene.publish(without(), since=scene.now)
    scene.now += 1
    late = scene.pay(9_000, "2", at=scene.now, customer=Customer("88"))
    assert recorded(late).progress == {"else": {"": 1}}  # type: ignore[union-attr]
    assert (shut(scene), scene.available()) == (0, 0)
    scene.now = END + DAY_MS
    assert (shut(scene), shut(scene)) == (1, 0)
    assert (scene.available(), worn(scene), scene.available("88")) == (50, {"regular"}, 0)
    found = view_board(scene.table, scene.shop, "three", scene.now)
    assert isinstance(found, SeenBoard)
    assert (found.is_closed, found.version, found.program.challenges[0].id) == (True, 1, "three")
    scene.publish(challenging(challenge(id="more")), since=scene.now + 40 * DAY_MS)
    assert isinstance(
        view_board(scene.table, scene.shop, "three", scene.now + 40 * DAY_MS), Refusal
    )


def test_a_challenge_that_comes_back_closes_its_own_board(scene: Scene) -> None:
    for number, document in enumerate((racing(), without(), racing())):
        scene.publish(document, since=NOON - 10 + number)
    recorded(scene.pay(3_000, "1"))
    scene.now = END + DAY_MS
    assert shut(scene) == 1
    found = view_board(scene.table, scene.shop, "three", scene.now)
    assert isinstance(found, SeenBoard)
    assert (found.version, found.is_closed) == (3, True)


def test_a_board_that_is_not_there_is_unknown(scene: Scene) -> None:
    def code(name: str) -> str:
        found = view_board(scene.table, scene.shop, name, NOON)
        assert isinstance(found, Refusal)
        return found.code.value

    assert code("three") == "shop_unknown"
    assert close_boards(scene.table, scene.shop, NOON) == 0
    scene.publish(challenging())
    assert code("three") == code("four") == "challenge_unknown"


def test_a_prize_without_progress_is_a_bug() -> None:
    load = PrizeLoad("tea", "m", None, compiled(), "three", Honours())
    with pytest.raises(InvariantBroken):
        decide_prize(1, load, NOON)
