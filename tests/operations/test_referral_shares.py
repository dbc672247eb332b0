"""Offers that are a part of the friend's order: of what is left of it when it has stood."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.wording.names import names_of
from chalicelib.domain.wording.sentences import document_sentence
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.storage.programs import program_of
from tests.builders import NOON, TEA, Scene, line, recorded, refund, refunded, state, upserted
from tests.conservation import WatchedTable
from tests.memory_table import MemoryTable
from tests.operations import referral_scenes
from tests.operations.audited import NIGHT, audited, breaks_of, item_at, rewrite
from tests.operations.moments import at_every_moment
from tests.operations.referral_scenes import (
    WEEK,
    buy,
    come,
    pending,
    referral_of,
    referring,
    review,
    side_of,
    swept,
)

TENTH = {"rate": "10", "per": {"USD": 100}, "unit": "points"}
HALF = {"rate": "0.5", "per": {"USD": 100}, "of": "net", "unit": "points"}
SHARES = {"regions": ["*"], "friend": [HALF], "advocate": [TENTH]}
EVER = {"window": "lifetime"}
Has = tuple[int, int]


def sharing(**said: Any) -> dict[str, Any]:
    """The tea program without points for orders, whose referral gives shares."""
    keys = {"earn": [{**TEA["earn"][0], "give": [{**HALF, "rate": "0.001"}]}]}
    return referring(**{"offers": [SHARES], "keys": keys, **said})


def opened(**said: Any) -> Scene:
    made = referral_scenes.opened(WatchedTable(), sharing(**said))
    come(made)
    return made


@pytest.fixture
def scene() -> Scene:
    made = opened()
    buy(made)
    return made


def has(scene: Scene) -> Has:
    """All that Ann and her friend have, pending or not."""
    found = [scene.balance(each) for each in ("77", "88")]
    ann, friend = (each.available + each.pending for each in found)
    return ann, friend


def sound(scene: Scene, *customers: str) -> None:
    scene.verify()
    for name in customers or ("77", "88"):
        assert audit_member(scene.table, scene.shop, scene.member(name)).breaks == ()


def back(scene: Scene, net: int, order: str = "f1", at: int = NOON) -> None:
    scene.order(refunded(refund(net, f"r{net}", at=at), order), now=max(at, scene.now))


# ---------------------------------------------------------------- what is left of the order


@pytest.mark.parametrize(
    ("net", "left"), [(500, (250, 12)), (1, (299, 14)), (1_000, (200, 10)), (1_001, (0, 0))]
)
def test_a_refund_before_lowers_both_and_below_the_condition_takes_all(
    scene: Scene, net: int, left: Has
) -> None:
    assert pending(scene) == (300, 15)
    back(scene, net)
    assert pending(scene) == left
    back(scene, net)
    swept(scene, NOON + WEEK)
    swept(scene, NOON + WEEK + 1)
    assert (has(scene), sum(pending(scene))) == (left, 0)
    sound(scene)


@pytest.mark.parametrize("is_written", [True, False])
def test_a_refund_after_takes_nothing_whether_or_not_the_sweep_came(
    scene: Scene, is_written: bool
) -> None:
    if is_written:
        swept(scene, NOON + WEEK)
    back(scene, 500, at=NOON + WEEK)
    back(scene, 2_500, at=NOON + WEEK)
    swept(scene, NOON + WEEK + 1)
    assert has(scene) == (300, 15)
    sound(scene)


def test_an_order_that_grows_while_it_waits_gives_more_and_later_no_more(scene: Scene) -> None:
    for at, net in ((NOON + 1, 5_000), (NOON + WEEK, 9_000)):
        scene.now = at
        told = state(line(net), id="f1", version=at, customer=Customer("88"))
        scene.order(upserted(told))
        assert has(scene) == (500, 25)
    sound(scene)


def test_another_order_after_a_return_is_the_one_that_counts(scene: Scene) -> None:
    back(scene, 3_000)
    buy(scene, 4_000, "f2", at=NOON + 1)
    back(scene, 2_999, at=NOON + 1)
    assert pending(scene) == (400, 20)
    sound(scene)


def test_an_order_that_becomes_another_customers_gives_nothing(scene: Scene) -> None:
    scene.order(upserted(state(line(3_000), id="f1", version=NOON + 1, customer=Customer("99"))))
    assert (referral_of(scene).state, has(scene)) == ("reversed", (0, 0))
    sound(scene)


def test_a_flagged_one_is_of_what_is_left_when_staff_approve() -> None:
    scene = referral_scenes.opened(WatchedTable(), sharing())
    come(scene, email="a.nn@example.com")
    buy(scene)
    back(scene, 500)
    assert has(scene) == (0, 0)
    scene.now = NOON + WEEK
    review(scene, "88", "ordered")
    assert scene.available("77") == 250
    sound(scene)


def test_who_is_forgotten_keeps_theirs_and_the_other_side_is_of_what_is_left(scene: Scene) -> None:
    gone = EraseCommand(scene.shop, scene.member("88"), "operator", scene.now)
    recorded(erase_member(scene.table, gone))
    back(scene, 500)
    assert scene.balance("77").pending == 250
    assert {break_.detail for break_ in breaks_of(audited(scene.table, NIGHT))} == set()


def test_a_program_without_shares_pays_no_write_for_a_part_that_comes_back() -> None:
    scene = referral_scenes.opened(WatchedTable(), referring())
    come(scene)
    buy(scene)
    before = referral_of(scene), side_of(scene, "advocate")
    back(scene, 500)
    assert (referral_of(scene), side_of(scene, "advocate")) == before
    sound(scene)


# ---------------------------------------------------------------- what is counted


def test_no_tier_multiplies_a_share_and_what_a_friend_bought_lifts_nobody_else() -> None:
    scene = opened()
    scene.pay(25_000, "own", customer=Customer("77"))
    before = scene.account("77")
    buy(scene, 30_000)
    after = scene.account("77")
    assert before is not None
    assert after is not None
    assert scene.balance("77").pending == 3_000
    assert after.standings == before.standings
    sound(scene)


def test_money_and_pieces_are_counted_by_the_friends_whole_order() -> None:
    name = {"one": "cash", "other": "cash"}
    cash = {"name": name, "kind": "money", "pending": "none", "expiry": "never"}
    units = {**TEA["units"], "cash": cash}
    piece = {"rate": "3", "per_quantity": "line.quantity", "unit": "points"}
    offer = {
        "regions": ["*"],
        "friend": [{"percent": "12.5", "of": "with_tax", "unit": "cash"}],
        "advocate": [piece],
    }
    scene = opened(offers=[offer], keys={"units": units})
    lines = (line(2_000, tax=300), line(1_004, "l2"), line(500, "l3", gift_card=True))
    scene.order(upserted(state(*lines, id="f1", customer=Customer("88"))))
    sides = [side_of(scene, role) for role in ("advocate", "friend")]
    assert [dict(side.net) for side in sides if side] == [{"points": 6}, {"cash": 413}]
    sound(scene)


@pytest.mark.parametrize("scope", ["member", "shop"])
def test_a_limit_of_points_bounds_shares_and_what_goes_back_frees_it(scope: str) -> None:
    """An advocate's own limit cuts a share; the shop's is granted whole, or not at all."""
    scene = opened(limit={"amount": 400, **EVER, "scope": scope})
    buy(scene)
    come(scene, "99")
    buy(scene, 2_000, "g1", "99", at=NOON + 1)
    assert pending(scene)[0] == (400 if scope == "member" else 300)
    back(scene, 500)
    come(scene, "66")
    buy(scene, 2_000, "h1", "66", at=NOON + 2)
    assert pending(scene)[0] == (400 if scope == "member" else 250)
    back(scene, 499)
    come(scene, "55")
    buy(scene, 2_000, "i1", "55", at=NOON + 3)
    assert pending(scene)[0] == 400
    sound(scene, "77", "88", "99", "66", "55")


def test_why_is_told_with_the_amount(scene: Scene) -> None:
    side = side_of(scene, "advocate")
    assert side is not None
    rows = [(row.code, row.points, row.parameters["amount"]) for row in side.trace]
    assert rows == [("rate", 300, 3_000)]
    names = names_of(program_of(scene.table, scene.shop, 1).program, "en")
    assert "300 points" in document_sentence(side, names, "en")


# ---------------------------------------------------------------- in all orders, and watched


@pytest.mark.parametrize("backwards", [False, True])
def test_a_refund_at_every_moment_of_the_order_leaves_what_is_left(backwards: bool) -> None:
    start: Any = opened()
    buy(start)

    def again(scene: Scene) -> None:
        told = state(line(4_000), id="f1", version=NOON + 1, customer=Customer("88"))
        scene.order(upserted(told))

    def refunds(scene: Scene) -> None:
        back(scene, 500, at=NOON + 2)

    first, second = (again, refunds) if backwards else (refunds, again)
    seen = 0
    for scene in at_every_moment(start.table, first, second, backwards):
        seen += 1
        assert has(scene) == (350, 17)
        sound(scene)
    assert seen > 3


def test_the_audit_finds_a_side_that_is_of_another_order() -> None:
    scene = referral_scenes.opened(MemoryTable(), sharing())
    come(scene)
    buy(scene)
    table: Any = scene.table
    name = f"referral.{scene.member('88')}.advocate"
    item = item_at(table, f"#{scene.member('77')}", f"D#action:-:{name}")
    rewrite(table, item, lambda body: body["sd"].__setitem__(4, [9_000, 9_000, 0, 1_000]))
    details = [each.detail for each in breaks_of(audited(table, NIGHT))]
    assert [each for each in details if each.endswith("the advocate has other terms")] == details
    assert details
