"""A task with a target in a window, and a leaderboard with prizes, lived through."""

from typing import Any

from chalicelib.domain.instants import DAY_MS, HOUR_MS, parse_instant
from chalicelib.operations.close_boards import close_boards
from chalicelib.operations.take_part import take_part
from chalicelib.operations.view_board import SeenBoard, view_board
from chalicelib.operations.view_card import CardQuery
from chalicelib.security.storefront_tokens import Customer
from tests.builders import NOON, Scene, line, refund, refunded
from tests.operations.action_scenes import done, revoked, tell
from tests.operations.challenge_scenes import worn
from tests.operations.test_scenarios_of_rules import live, sound

ENDS = parse_instant("2026-11-30T23:00:00Z")  # midnight in Budapest


def join(scene: Scene, customer: str) -> None:
    scene.join(customer, name=f"{customer} Kovacs", consent=customer != "cili")
    who = Customer(customer, scene.now + 1, "k")
    take_part(scene.table, CardQuery(scene.shop, who, "", scene.now, scene.now), "reviewers")


def reviews(scene: Scene, customer: str, count: int) -> None:
    for number in range(count):
        tell(scene, done(f"{customer}-{number}", customer, subject=f"p{number}"))


def board(scene: Scene) -> SeenBoard:
    found = view_board(scene.table, scene.shop, "reviewers", scene.now)
    assert isinstance(found, SeenBoard)
    return found


def test_five_teas_in_november(scene: Scene) -> None:
    live(scene, "contests")
    tea: Any = {"tags": ("tea",)}
    four = tuple(line(1_000, f"l{n}", product_id=f"t{n}", **tea) for n in range(4))
    scene.pay(0, "1", lines=four)
    assert (scene.available(), worn(scene)) == (40, set())
    scene.pay(0, "2", lines=(line(1_000, product_id="t9", **tea),))
    assert (scene.available(), worn(scene)) == (250, {"taster"})
    scene.order(refunded(refund(1_000, at=scene.now), "2"))
    assert (scene.available(), worn(scene)) == (40, set())
    sound(scene)


def test_the_reviewer_of_the_month_wins_once(scene: Scene) -> None:
    live(scene, "contests")
    for customer in ("ann", "bea", "cili"):
        join(scene, customer)
    scene.join("dora")
    scene.now = NOON + HOUR_MS
    reviews(scene, "ann", 4)
    reviews(scene, "dora", 9)
    scene.now += DAY_MS
    reviews(scene, "bea", 4)
    reviews(scene, "cili", 2)
    assert [scene.available(name) for name in ("ann", "bea", "cili")] == [30, 30, 0]
    open_places = [(place.rank, place.score) for place in board(scene).places]
    assert open_places == [(1, 4), (2, 4), (3, 2)]
    scene.now = ENDS + DAY_MS
    assert close_boards(scene.table, scene.shop, scene.now) == 0  # what comes late may come
    scene.now = ENDS + 2 * DAY_MS
    assert [close_boards(scene.table, scene.shop, scene.now) for _ in range(2)] == [1, 0]
    closed = board(scene)
    assert closed.is_closed
    assert [closed.names[place.member] for place in closed.places] == ["ann", "bea", ""]
    won = [scene.available(name) for name in ("ann", "bea", "cili", "dora")]
    assert won == [1_030, 330, 300, 0]
    assert (worn(scene, "ann"), worn(scene, "bea")) == ({"champion"}, set())
    tell(scene, revoked("ann-0", scene.now))
    assert board(scene).places == closed.places
    assert scene.available("ann") == 1_030  # three are left
    tell(scene, revoked("ann-1", scene.now))
    assert scene.available("ann") == 1_000
    scene.verify("ann", "bea", "cili")
