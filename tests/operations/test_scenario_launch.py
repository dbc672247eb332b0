"""A roastery with customers of ten years goes live: nobody loses a point, nobody gets one twice."""

import json
from pathlib import Path

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from tests.builders import NOON, Scene, recorded, refund, refunded
from tests.conservation import WatchedTable, verify_table
from tests.operations.audited import audited, breaks_of
from tests.operations.launch_scenes import balance, customer, past_order, told

EXAMPLE = Path(__file__).parents[2] / "examples" / "programs" / "launch.json"
PROGRAM = json.loads(EXAMPLE.read_text(encoding="utf-8"))
OPENED = NOON - DAY_MS
SPRING = NOON - 200 * DAY_MS
NUMBERS = [str(number) for number in range(100, 140)]


@pytest.fixture
def shop() -> Scene:
    scene = Scene(WatchedTable())
    scene.publish(PROGRAM, since=OPENED)
    return scene


def brought(shop: Scene, number: str) -> str:
    """A customer who had 240 points, 180 of them for one order of this spring."""
    buyer = Customer(number)
    rows = (
        customer(number),
        balance(240, f"row-{number}", number, expires_at=NOON + 90 * DAY_MS),
        past_order(18_000, f"old-{number}", at=SPRING, customer=buyer),
        past_order(15_000, f"new-{number}", {}, at=SPRING + DAY_MS, customer=buyer),
    )
    return told(shop, rows[0]) if told(shop, rows[0]) == "not_in_rollout" else _all(shop, rows[1:])


def _all(shop: Scene, rows: tuple[object, ...]) -> str:
    return " ".join(told(shop, row) for row in rows)  # type: ignore[arg-type]


def test_a_quarter_of_the_customers_comes_first_and_the_rest_when_it_is_wider(shop: Scene) -> None:
    first = {number for number in NUMBERS if brought(shop, number) != "not_in_rollout"}
    assert 4 <= len(first) <= 16
    shop.publish({**PROGRAM, "join": {"rollout": "1"}}, since=NOON - 1)
    for number in NUMBERS:
        again = brought(shop, number)
        assert again == " ".join(["replayed" if number in first else "recorded"] * 3)
        assert (shop.available(number), shop.tier(number)) == (240, "gold")
    verify_table(shop.table.items())  # type: ignore[attr-defined]
    assert breaks_of(audited(shop.table.copy())) == ()  # type: ignore[attr-defined]


@pytest.fixture
def kim(shop: Scene) -> Scene:
    """Customer 77, brought along."""
    shop.publish({**PROGRAM, "join": {"rollout": "1"}}, since=NOON - 1)
    brought(shop, "77")
    return shop


def test_who_was_brought_along_goes_on_as_if_nothing_had_happened(kim: Scene) -> None:
    recorded(kim.pay(4_000))  # gold already: half again as much, no welcome, no entry bonus
    assert kim.available() == 240 + 60
    recorded(kim.redeem())
    assert kim.available() == 200
    assert kim.balance(at=NOON + 91 * DAY_MS).available == 60  # the new ones alone


def test_a_refund_of_an_old_order_takes_back_what_it_had_given_and_the_tier(kim: Scene) -> None:
    recorded(kim.order(refunded(refund(9_000), "old-77")))
    assert (kim.available(), kim.tier()) == (150, "regular")
    recorded(kim.order(refunded(refund(9_000, "r2"), "old-77")))
    recorded(kim.order(refunded(refund(15_000, "r3"), "new-77")))
    assert kim.available() == 60  # what was given for neither stays


def test_a_guest_of_before_the_launch_may_claim_for_ninety_days(shop: Scene) -> None:
    shop.publish({**PROGRAM, "join": {"guests": {"keep": "P90D"}}}, since=NOON - 1)
    assert shop.available() == 0
    recorded(shop.pay(3_000, "guest", NOON, customer=None, guest_email="kim@example.com"))
    shop.now = NOON + 80 * DAY_MS
    recorded(shop.join("77", email="kim@example.com", email_verified=True))
    assert shop.available() == 50 + 30
