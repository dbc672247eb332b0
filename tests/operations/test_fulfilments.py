"""Rewards that staff hand over, rewards for ever, and what may be combined."""

from functools import partial
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.operations.fulfil_redemption import fulfil_redemption, list_open_redemptions
from chalicelib.operations.undo_redemption import find_redemption
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
    upserted,
)
from tests.builders import state as told
from tests.conservation import WatchedTable, verify_table
from tests.operations.test_two_writers import MOMENTS_MAX, interrupted

PLAIN: dict[str, Any] = {**TEA["rewards"][0], "value": None}
DASH = {**PLAIN, "id": "dash", "kind": "experience", "fulfil_note": "30 seconds, one basket"}
CARD = {**PLAIN, "id": "card", "kind": "gift_card", "value": {"USD": 500}}
LIFE = {**TEA["rewards"][0], "id": "life", "forever": True, "combine": ["card", "dash"]}


@pytest.fixture
def shop_floor(scene: Scene) -> Scene:
    return stocked(scene)


def stocked(scene: Scene, **changes: Any) -> Scene:
    scene.publish(program(rewards=[{**DASH, **changes}, {**CARD, **changes}, LIFE]))
    scene.join()
    scene.adjust(200)
    return scene


def fulfil(scene: Scene, made: Any) -> Any:
    owner = (scene.member(), made.id)
    return fulfil_redemption(scene.table, scene.shop, owner, "operator", scene.now)


def waiting(scene: Scene) -> list[tuple[str, str]]:
    found: Any = list_open_redemptions(scene.table, scene.shop, (50, None), scene.now)
    return [(row.redemption.reward_id, row.note) for row in found.rows]


def used(made: Any, order_id: str = "c") -> Any:
    return upserted(told(line(2_000), id=order_id, codes=(made.code,), customer=None))


def test_what_waits_for_staff_is_listed_until_it_is_handed_over(shop_floor: Scene) -> None:
    dash = recorded(shop_floor.redeem("dash"))
    shop_floor.now += 1
    card: Any = recorded(shop_floor.redeem("card", "k2"))
    assert (card.fulfilment, card.worth, card.kind) == ("staff", 500, "gift_card")
    assert waiting(shop_floor) == [("dash", "30 seconds, one basket"), ("card", "")]
    done, again = fulfil(shop_floor, dash), fulfil(shop_floor, dash)
    assert (done.document.status, again.replayed) == ("fulfilled", True)
    assert (done.document.fulfilled_at, done.document.fulfilled_by) == (shop_floor.now, "operator")
    assert waiting(shop_floor) == [("card", "")]
    recorded(shop_floor.undo(card))
    assert waiting(shop_floor) == []
    assert shop_floor.available() == 150


def test_what_was_handed_over_is_neither_undone_nor_used(shop_floor: Scene) -> None:
    made = recorded(shop_floor.redeem("card"))
    fulfil(shop_floor, made)
    assert refused(shop_floor.undo(made)) == "redemption_not_undoable"
    shop_floor.order(used(made))
    shop_floor.order(refunded(refund(2_000), "c"))
    assert shop_floor.available() == 150


@pytest.mark.parametrize("end", ["undone", "used"])
def test_what_ended_otherwise_can_not_be_handed_over(shop_floor: Scene, end: str) -> None:
    made = recorded(shop_floor.redeem("card"))
    if end == "undone":
        shop_floor.undo(made)
    else:
        shop_floor.order(used(made))
    assert refused(fulfil(shop_floor, made)) == "redemption_not_open"


@pytest.mark.parametrize("on_expiry", ["keep", "return"])
def test_a_code_that_ended_waits_for_nobody(scene: Scene, on_expiry: str) -> None:
    stocked(scene, valid="P30D", on_expiry=on_expiry)
    made = recorded(scene.redeem("dash"))
    scene.now = NOON + 30 * DAY_MS
    assert waiting(scene) == []
    assert refused(fulfil(scene, made)) == "redemption_not_open"
    assert scene.available() == (200 if on_expiry == "return" else 150)


def test_points_of_what_was_handed_over_in_time_do_not_come_back(scene: Scene) -> None:
    stocked(scene, valid="P30D", on_expiry="return")
    fulfil(scene, recorded(scene.redeem("dash")))
    scene.now = NOON + 31 * DAY_MS
    scene.adjust(1, key="more")
    assert scene.available() == 151
    scene.verify()


def test_what_nobody_took_can_not_be_handed_over(shop_floor: Scene) -> None:
    owner = (shop_floor.member(), "none")
    result = fulfil_redemption(shop_floor.table, shop_floor.shop, owner, "operator", NOON)
    assert refused(result) == "redemption_unknown"
    assert refused(list_open_redemptions(shop_floor.table, "else", (50, None), NOON)) == (
        "shop_unknown"
    )


@pytest.mark.parametrize("is_turned", [False, True])
def test_undone_or_handed_over_at_every_moment_of_each_other(is_turned: bool) -> None:
    """One of the two, never both: who undoes has the points, who was handed it has not."""
    start = WatchedTable()
    made = recorded(stocked(Scene(start), valid="P30D", on_expiry="return").redeem("dash"))
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        scene = Scene(table)
        acts: list[Any] = [lambda s: s.undo(made), lambda s: fulfil(s, made)]
        first, second = acts[::-1] if is_turned else acts
        ran = interrupted(table, moment, partial(second, scene), backwards=False)
        first(scene)
        if not ran:
            return
        known: Any = find_redemption(table, "tea", scene.member(), made.id)  # type: ignore[union-attr]
        assert (known.status.value, scene.available()) in {("undone", 200), ("fulfilled", 150)}
        verify_table(table.items())
    raise AssertionError("more moments than were tried")


# ---------------------------------------------------------------- for ever


def test_a_reward_for_ever_is_had_once_and_used_by_any_number_of_orders(shop_floor: Scene) -> None:
    made: Any = recorded(shop_floor.redeem("life"))
    assert refused(shop_floor.redeem("life", "k2")) == "limit_reached"
    for order_id in ("a", "b"):
        shop_floor.order(used(made, order_id))
        shop_floor.order(refunded(refund(2_000), order_id))
    known: Any = recorded(shop_floor.redeem("life"))
    assert (known.status, known.used_by, known.returned) == ("ready", "main:a", 0)
    assert known.combine == ("card", "dash")
    assert refused(shop_floor.undo(made)) == "redemption_not_undoable"
    assert shop_floor.available() == 150


def test_it_can_be_undone_until_its_first_use_and_had_again(shop_floor: Scene) -> None:
    recorded(shop_floor.undo(recorded(shop_floor.redeem("life"))))
    made = recorded(shop_floor.redeem("life", "k2"))
    assert shop_floor.available() == 150
    unpaid = told(line(2_000), id="u", paid_at=None, customer=None, codes=(made.code,))  # type: ignore[union-attr]
    shop_floor.order(upserted(unpaid))
    recorded(shop_floor.undo(made))
