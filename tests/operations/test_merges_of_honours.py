"""Merges settle challenges and badges in their own commit: nothing waits for the next order."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, iso
from chalicelib.domain.ledger import EntryKind
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.progress import Progress
from chalicelib.domain.progressing import completions, from_floor, moved
from chalicelib.domain.wording.sentences import entry_sentence, names_of
from chalicelib.operations.view_board import SeenBoard, view_board
from tests.builders import NOON, Scene, recorded, refund, refunded
from tests.conservation import WatchedTable, verify_table
from tests.operations.action_scenes import done, tell
from tests.operations.challenge_scenes import (
    FIFTY,
    challenge,
    challenging,
    live,
    progress,
    worn,
)
from tests.operations.moments import at_every_moment
from tests.operations.test_scenarios_of_rules import sound
from tests.operations.verbs_of_members import merge

Open = Callable[..., Scene]
BOTH = [FIFTY, {"badge": "regular"}]


def walk(scene: Scene, name: str, customer: str = "77", at: int = NOON, **told: Any) -> None:
    tell(scene, done(name, customer, at, action="walk", **told))


def buy(scene: Scene, number: int, customer: str = "77") -> None:
    recorded(scene.pay(1_000, str(number), customer=Customer(customer)))


def one(scene: Scene) -> None:
    recorded(merge(scene, gone="88", kept="77"))
    sound(scene)


def test_what_both_have_of_a_set_is_one_set(open_shop: Open) -> None:
    countries = challenge("set", on="action.walk", of="action.country", target=3, max=9)
    scene = open_shop(challenging(countries))
    for customer, names in (("77", ("hu", "at")), ("88", ("at", "it"))):
        for name in names:
            walk(scene, f"{customer}{name}", customer, country=name)
    one(scene)
    assert (live(scene), scene.available()) == (3, 50)


def test_weeks_of_both_are_one_streak(open_shop: Open) -> None:
    weeks = challenge("streak", on="action.walk", every="week", target=4)
    scene = open_shop(challenging(weeks))
    for number in range(4):
        customer = "88" if number % 2 else "77"
        walk(scene, f"w{number}", customer, NOON - (28 - 7 * number) * DAY_MS)
    assert scene.available() == 0
    one(scene)
    assert scene.available() == 50


def test_a_streak_that_one_of_them_forgot_stays_completed(open_shop: Open) -> None:
    days = challenge("streak", on="action.walk", every="day", target=2, repeat=9)
    scene = open_shop(challenging(days, join={"how": "automatic", "retroactive_days": 120}))
    for number, (customer, before) in enumerate([("88", 99), ("88", 98), ("77", 1), ("77", 0)]):
        walk(scene, f"w{number}", customer, NOON - before * DAY_MS)
    assert (scene.available(), scene.available("88")) == (50, 50)
    one(scene)
    made = progress(scene)
    assert made is not None
    assert (made.banked, made.completed, scene.available()) == (1, 2, 100)


def test_what_a_merge_takes_back_is_told_as_such(open_shop: Open) -> None:
    scene = open_shop(challenging(challenge(target=1, give=BOTH)))
    buy(scene, 1)
    buy(scene, 2, "88")
    one(scene)
    entry = next(each for each in scene.journal() if each.kind is EntryKind.REVERSE)
    assert (entry.points, entry.document) == (-50, "progress:three")
    names = names_of(read_program(challenging(challenge(target=1, give=BOTH))), "en")
    assert entry_sentence(entry, names, "en") == "Given once: Three orders"
    assert (scene.available(), worn(scene)) == (50, {"regular"})
    scene.order(refunded(refund(1_000, at=NOON), "1"))
    assert (scene.available(), worn(scene)) == (50, {"regular"})  # the other's order stands
    scene.order(refunded(refund(1_000, at=NOON), "2"))
    assert (scene.available(), worn(scene)) == (0, set())
    sound(scene)


def test_a_badge_of_a_rule_that_pays_once_goes_with_the_merge(open_shop: Open) -> None:
    first = {"id": "first", "on": "order.paid", "once": "member", "give": BOTH}
    scene = open_shop(challenging(challenge(target=9), earn=[first]))
    buy(scene, 1)
    buy(scene, 2, "88")
    one(scene)
    assert (scene.available(), worn(scene)) == (50, {"regular"})
    scene.order(refunded(refund(1_000, at=NOON), "1"))
    assert (scene.available(), worn(scene)) == (0, set())
    sound(scene)


def test_who_goes_with_nothing_changes_nothing(open_shop: Open) -> None:
    scene = open_shop(challenging(challenge(target=2)))
    buy(scene, 1)
    scene.join("88")
    one(scene)
    made = progress(scene)
    assert made is not None
    assert (made.revision, made.absorbed) == (1, ())


def test_who_stays_with_nothing_has_all_of_the_other(open_shop: Open) -> None:
    scene = open_shop(challenging(challenge(target=1, give=BOTH)))
    scene.join("77")
    buy(scene, 1, "88")
    one(scene)
    assert (live(scene), scene.available(), worn(scene)) == (1, 50, {"regular"})


def test_a_challenge_that_was_left_out_is_added_when_it_is_touched(open_shop: Open) -> None:
    scene = open_shop(challenging(challenge(target=1, give=BOTH)))
    buy(scene, 1)
    buy(scene, 2, "88")
    scene.now += DAY_MS
    scene.publish(challenging(challenge(id="other", target=9), badges=[]), since=scene.now)
    one(scene)
    assert scene.available() == 100
    scene.order(refunded(refund(1_000, at=scene.now), "2"))
    assert (live(scene), scene.available()) == (1, 50)
    sound(scene)


def test_the_board_ranks_both_as_one_at_once(open_shop: Open) -> None:
    contest = challenge("sum", of="line.net", target=10**9, to=iso(NOON + DAY_MS), board={})
    scene = open_shop(challenging(contest))
    for number, customer in enumerate(("77", "88", "99", "99")):
        buy(scene, number, customer)
    one(scene)
    found = view_board(scene.table, scene.shop, "three", NOON)
    assert isinstance(found, SeenBoard)
    scores = {place.member: place.score for place in found.places}
    assert scores == {scene.member("77"): 2_000, scene.member("99"): 2_000}


def test_a_second_merge_adds_whom_the_first_brought(open_shop: Open) -> None:
    scene = open_shop(challenging(challenge(target=3, give=BOTH)))
    for number, customer in enumerate(("77", "88", "99")):
        buy(scene, number, customer)
    recorded(merge(scene, gone="99", kept="88"))
    one(scene)
    assert (live(scene), scene.available(), worn(scene)) == (3, 50, {"regular"})
    scene.order(refunded(refund(1_000, at=NOON), "2"))
    assert (live(scene), scene.available(), worn(scene)) == (2, 0, set())
    sound(scene)


@pytest.mark.parametrize("backwards", [False, True])
def test_an_order_of_the_gone_one_at_any_moment_counts_once(backwards: bool) -> None:
    table = WatchedTable()
    start = Scene(table)
    start.publish(challenging(challenge(target=2, repeat=9, give=BOTH)))
    for number, customer in enumerate(("77", "88", "88")):
        buy(start, number, customer)

    def merges(scene: Scene) -> None:
        recorded(merge(scene, gone="88", kept="77"))

    for scene in at_every_moment(table, merges, lambda s: buy(s, 9, "88"), backwards):
        buy(scene, 9, "88")
        assert (live(scene), scene.available(), worn(scene)) == (4, 100, {"regular"})
        verify_table(table.items())
        sound(scene)


def test_raising_a_floor_banks_what_is_forgotten_once() -> None:
    told = challenging(challenge("streak", on="action.walk", every="day", target=2, repeat=9))
    streak = compile_program(read_program(told), 1).challenges["three"]
    made = Progress("three", "m")
    for period in (100, 101, 150):
        made = moved(streak, made, {}, {str(period): 1})
    for floor in (0, 120, 110):
        made = from_floor(streak, made, floor)
    assert (made.floor, made.banked, set(made.live), completions(streak, made)) == (
        120, 1, {"150"}, 1,
    )  # fmt: skip
