"""Gifts between members: both sides or neither, with the dates the points had."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.ledger import EntryKind
from chalicelib.operations.explain_document import explain_document
from chalicelib.storage.table import Table
from tests.builders import NOON, Scene, line, program, recorded, refused, state, unit, upserted
from tests.conservation import WatchedTable, verify_table
from tests.operations.moments import at_every_moment
from tests.operations.test_two_writers import all_items, at_once
from tests.operations.verbs_of_members import give

A_DAY = {"max": 60, "window": {"calendar": "day"}}


@pytest.fixture
def pair(scene: Scene) -> Scene:
    """Customer 77 with 100 points, customer 88 with 10; gifts of 60 a day."""
    return furnished(scene)


def furnished(scene: Scene, **changes: Any) -> Scene:
    scene.publish(program(units=unit(**{"gift": A_DAY, **changes})))
    scene.pay(10_000)
    scene.pay(1_000, "2", customer=Customer("88"))
    return scene


def test_a_gift_moves_points_once(pair: Scene) -> None:
    first, again = give(pair, 40), give(pair, 40)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.document == again.document
    assert (pair.available(), pair.available("88")) == (60, 50)
    kinds = [journal[-1].kind for journal in (pair.journal(), pair.journal("88"))]
    assert kinds == [EntryKind.GIFT_OUT, EntryKind.GIFT_IN]
    pair.verify("77", "88")


def test_both_members_find_the_gift_under_one_name(pair: Scene) -> None:
    made = recorded(give(pair, 40))
    name = f"transfer:{made.id}"  # type: ignore[union-attr]
    assert {pair.journal()[-1].document, pair.journal("88")[-1].document} == {name}
    told = [
        explain_document(pair.table, pair.shop, pair.member(who), (name, "en"), pair.now).sentence  # type: ignore[union-attr]
        for who in ("77", "88")
    ]
    assert told == ["40 points given to another member.", "40 points received from another member."]


def test_points_keep_their_dates(scene: Scene) -> None:
    furnished(scene, expiry={"after": "P30D"})
    scene.now = NOON + 10 * DAY_MS
    recorded(give(scene, 40))
    assert scene.balance("88", at=NOON + 29 * DAY_MS).available == 50
    assert scene.balance("88", at=NOON + 31 * DAY_MS).available == 0


def test_a_gift_fills_what_the_receiver_owes(pair: Scene) -> None:
    recorded(pair.redeem("five-off"))
    recorded(give(pair, 10))
    owed = state(line(1_000), id="3", version=NOON, customer=Customer("88"))
    pair.order(upserted(owed))
    recorded(pair.adjust(-30, key="spent", customer="88"))
    pair.order(upserted(state(line(1_000), id="3", version=NOON + 1, status="cancelled")))
    assert pair.balance("88").deficit == 10
    recorded(give(pair, 25, key="t2"))
    assert (pair.balance("88").deficit, pair.available("88")) == (0, 15)
    pair.verify("77", "88")


@pytest.mark.parametrize(
    ("changes", "points", "code"),
    [
        ({"gift": None}, 40, "transfer_not_allowed"),
        ({}, 61, "limit_reached"),
        ({"gift": {"max": 500, "window": "lifetime"}}, 101, "insufficient_points"),
        ({"pending": {"for": "P14D"}}, 40, "insufficient_points"),
    ],
)
def test_what_may_not_be_given_stays(
    scene: Scene, changes: dict[str, Any], points: int, code: str
) -> None:
    told = {key: value for key, value in {"gift": A_DAY, **changes}.items() if value}
    scene.publish(program(units=unit(**told)))
    scene.pay(10_000)
    scene.pay(1_000, "2", customer=Customer("88"))
    assert refused(give(scene, points)) == code
    assert len(scene.journal()) == len(scene.journal("88")) == 1


def test_the_limit_is_for_a_window_of_the_giver(pair: Scene) -> None:
    recorded(give(pair, 40))
    assert refused(give(pair, 21, key="t2")) == "limit_reached"
    recorded(give(pair, 20, key="t2"))
    pair.now = NOON + DAY_MS
    recorded(give(pair, 40, key="t3"))
    assert pair.available() == 0


def test_other_refusals(pair: Scene) -> None:
    assert refused(give(pair, 1, to="99")) == "member_unknown"
    assert refused(give(pair, 1, to="77")) == "value_invalid"
    assert refused(give(pair, 1, unit="stars")) == "unit_unknown"
    recorded(give(pair, 1))
    assert refused(give(pair, 2)) == "same_key_other_request"
    assert refused(give(pair, 1, message="for you")) == "same_key_other_request"


def test_the_entries_hold_the_hash_of_a_message_alone(pair: Scene) -> None:
    recorded(give(pair, 1, message="for you"))
    for journal in (pair.journal(), pair.journal("88")):
        (why,) = journal[-1].explanation
        assert len(str(why.parameters["message_hash"])) == 64
        assert "for you" not in repr(journal)


@pytest.mark.parametrize("backwards", [False, True])
def test_the_second_writer_at_every_moment_of_a_gift(backwards: bool) -> None:
    start = WatchedTable()
    furnished(Scene(start))
    for other in (
        lambda s: give(s, 40),
        lambda s: give(s, 5, giver="88", to="77", key="back"),
        lambda s: s.pay(1_000, "5", customer=Customer("88")),
    ):
        for scene in at_every_moment(start, lambda s: give(s, 40), other, backwards):
            assert 50 <= scene.available("88") + scene.available() - 60 <= 60
            scene.verify("77", "88")


def test_threads_give_to_each_other_and_lose_nothing(raced_table: Table) -> None:
    scene = furnished(Scene(raced_table))
    acts = [
        lambda: give(scene, 30, key="a"),
        lambda: give(scene, 30, key="a"),
        lambda: give(scene, 10, giver="88", to="77", key="b"),
        lambda: give(scene, 30, key="c"),
    ]
    at_once(acts)
    assert scene.available() + scene.available("88") == 110
    assert scene.available("88") == 60
    verify_table(all_items(raced_table))
