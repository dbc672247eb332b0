"""Program 15, the punch card: ten stamps, one free, again and again, exactly once.

The story of docs/programs/punch-card.md: its numbers are those here.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chalicelib.domain.events import OrderStatus
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.records import Redemption
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.find_redemption_by_code import find_redemption_by_code
from chalicelib.operations.sweep_due import sweep_due
from chalicelib.storage.documents import document_of
from tests.builders import NOON, Scene, line, recorded, refund, refunded, refused, state, upserted
from tests.conservation import WatchedTable, verify_table
from tests.operations.moments import at_every_moment

DOCUMENT = json.loads(
    (Path(__file__).parents[2] / "examples/programs/punch-card.json").read_text(encoding="utf-8")
)


@pytest.fixture
def shop() -> Scene:
    return opened()


def opened(**reward: Any) -> Scene:
    scene = Scene(WatchedTable())
    (coffee,) = DOCUMENT["rewards"]
    scene.publish({**DOCUMENT, "rewards": [{**coffee, **reward}]})
    return scene


def cups(scene: Scene, count: int, order: str = "1", **changes: Any) -> Any:
    """An order of so many cups, at 2.50 each."""
    made = line(250 * count, tags=("coffee",))
    made = msgspec.structs.replace(made, quantity_milli=1_000 * count)
    told: dict[str, Any] = {"currency": "EUR", "id": order, "number": f"#{order}", **changes}
    told = {"version": scene.now, "created_at": scene.now, "paid_at": scene.now, **told}
    return scene.order(upserted(state(made, **told)))


def stamps(scene: Scene) -> int:
    return scene.balance(unit="stamps").available


def coffees(scene: Scene) -> list[Redemption]:
    found = []
    for item in scene.table.items():  # type: ignore[attr-defined]
        if str(item["SK"]).startswith("D#redemption:"):
            document = document_of(item, Redemption)
            assert document is not None
            found.append(document)
    return sorted(found, key=lambda each: (each.requested_at, each.status.value))


def free(scene: Scene) -> list[str]:
    return [each.status.value for each in coffees(scene)]


def sound(scene: Scene) -> None:
    verify_table(scene.table.items())  # type: ignore[attr-defined]
    assert audit_member(scene.table, scene.shop, scene.member()).breaks == ()


def test_ten_cups_make_one_free_and_the_card_begins_anew(shop: Scene) -> None:
    recorded(cups(shop, 4))
    recorded(cups(shop, 5, "2"))
    assert (stamps(shop), free(shop)) == (9, [])
    for _ in range(3):
        recorded(cups(shop, 1, "3"))
    assert (stamps(shop), free(shop)) == (0, ["ready"])
    (coffee,) = coffees(shop)
    assert (coffee.cost, coffee.unit, coffee.expires_at) == (10, "stamps", NOON + 90 * DAY_MS)
    assert find_redemption_by_code(shop.table, shop.shop, coffee.code) == coffee
    account = shop.account()
    assert account is not None
    assert account.open_redemptions == (coffee.id,)
    sound(shop)


def test_a_day_gives_ten_stamps_and_two_cards_are_two_coffees(shop: Scene) -> None:
    recorded(cups(shop, 14))
    assert (stamps(shop), len(free(shop))) == (0, 1)
    shop.now += DAY_MS
    recorded(cups(shop, 9, "2"))
    shop.now += DAY_MS
    recorded(cups(shop, 3, "3"))
    assert (stamps(shop), len(free(shop))) == (2, 2)
    sound(shop)


def test_tea_and_tips_are_no_stamps(shop: Scene) -> None:
    made = line(9_000, tags=("tea",))
    recorded(shop.order(upserted(state(made, currency="EUR"))))
    assert (stamps(shop), free(shop)) == (0, [])


def test_many_stamps_at_once_are_many_coffees(shop: Scene) -> None:
    recorded(cups(shop, 1))
    recorded(shop.adjust(34, unit="stamps"))
    assert (stamps(shop), len(free(shop))) == (5, 3)
    sound(shop)


def test_a_refund_gives_an_unused_coffee_back(shop: Scene) -> None:
    recorded(cups(shop, 9))
    recorded(cups(shop, 1, "2"))
    for _ in range(2):
        recorded(shop.order(refunded(refund(250, at=NOON), "2")))
    assert (stamps(shop), free(shop)) == (9, ["undone"])
    recorded(cups(shop, 1, "3"))
    assert (stamps(shop), sorted(free(shop))) == (0, ["ready", "undone"])
    sound(shop)


def test_a_coffee_that_was_drunk_is_owed(shop: Scene) -> None:
    recorded(cups(shop, 9))
    recorded(cups(shop, 1, "2"))
    (coffee,) = coffees(shop)
    recorded(shop.pay(250, "drunk", currency="EUR", codes=(coffee.code,)))
    recorded(shop.order(refunded(refund(250, at=NOON), "2")))
    assert (stamps(shop), free(shop)) == (-1, ["used"])
    shop.now += DAY_MS
    recorded(cups(shop, 10, "3"))
    assert (stamps(shop), free(shop)) == (9, ["used"])
    sound(shop)


def test_nobody_undoes_what_would_be_redeemed_again(shop: Scene) -> None:
    recorded(cups(shop, 10))
    assert refused(shop.undo(coffees(shop)[0])) == "redemption_not_undoable"


def test_limit_and_stock_hold_and_the_stamps_stay() -> None:
    for changes in ({"limit": {"times": 1, "window": "lifetime"}}, {"stock": 1}):
        shop = opened(**changes)
        recorded(cups(shop, 1))
        recorded(shop.adjust(24, unit="stamps"))
        assert (stamps(shop), len(free(shop))) == (15, 1)
        sweep_due(shop.table, shop.shop, shop.now)
        account = shop.account()
        assert account is not None
        assert account.due_at == shop.now + DAY_MS  # tried again tomorrow, not every hour
        sound(shop)


def test_stamps_that_wait_are_redeemed_by_the_sweep_when_they_are_there() -> None:
    shop = Scene(WatchedTable())
    waiting = {**DOCUMENT["units"]["stamps"], "pending": {"for": "P2D"}}
    shop.publish({**DOCUMENT, "units": {"stamps": waiting}})
    recorded(cups(shop, 10))
    account = shop.account()
    assert account is not None
    assert (free(shop), account.due_at) == ([], NOON + 2 * DAY_MS)
    shop.now += 2 * DAY_MS
    for _ in range(2):
        sweep_due(shop.table, shop.shop, shop.now)
    assert (stamps(shop), free(shop)) == (0, ["ready"])
    sound(shop)


def test_what_a_dead_process_left_is_redeemed_by_the_sweep(
    shop: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("chalicelib.operations.keep_promises.keep_promises_of", lambda *_: None)
        recorded(cups(shop, 10))
    assert (stamps(shop), free(shop)) == (10, [])
    for _ in range(2):
        sweep_due(shop.table, shop.shop, shop.now)
    assert (stamps(shop), free(shop)) == (0, ["ready"])
    account = shop.account()
    assert account is not None
    assert account.settle_at == 0
    sound(shop)


def cancelled(scene: Scene) -> Any:
    return cups(scene, 1, "2", version=NOON + HOUR_MS, status=OrderStatus.CANCELLED)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    "other",
    [
        lambda s: cups(s, 1, "2"),
        lambda s: cups(s, 1, "3"),
        cancelled,
        lambda s: sweep_due(s.table, s.shop, s.now),
        lambda s: s.redeem("free-coffee"),
        lambda s: s.adjust(10, unit="stamps"),
    ],
    ids=["the same", "another", "cancelled", "swept", "asked for", "ten more"],
)
def test_two_writers_at_every_moment_spend_ten_stamps_a_coffee(other: Any, backwards: bool) -> None:
    start = opened()
    recorded(cups(start, 9))
    for scene in at_every_moment(start.table, lambda s: cups(s, 1, "2"), other, backwards):  # type: ignore[arg-type]
        cups(scene, 1, "2")
        sweep_due(scene.table, scene.shop, scene.now)
        net = sum(entry.points for entry in scene.journal() if entry.kind != "redeem")
        out = [each for each in coffees(scene) if each.status == "ready"]
        assert 0 <= stamps(scene) < 10
        assert net - sum(e.points for e in scene.journal() if e.kind == "return") == (
            10 * len(out) + stamps(scene)
        )
