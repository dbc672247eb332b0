"""Program 6, Atlas Coffee Club: countries, miles, gifts and friends; a discount for life.

The story of docs/programs/atlas.md: its numbers are those here.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.validation import check
from tests.builders import NOON, Scene, line, recorded, refund, refunded, refused, state, upserted
from tests.conservation import WatchedTable, verify_table
from tests.operations.action_scenes import done, revoked, tell
from tests.operations.audited import audited, report_of
from tests.operations.challenge_scenes import live, worn
from tests.operations.given_scenes import given, stand
from tests.operations.referral_scenes import come, own, swept

ROOT = Path(__file__).parents[2]
DOCUMENT = json.loads((ROOT / "examples/programs/atlas.json").read_text(encoding="utf-8"))
STOOD = NOON + 14 * DAY_MS


@pytest.fixture
def shop() -> Scene:
    scene = Scene(WatchedTable())
    scene.publish(DOCUMENT)
    return scene


def bags(shop: Scene, order: str, *countries: str, **told: Any) -> Any:
    """A bag of 14.00 USD from each country."""
    lines = (line(1_400, f"l{n}", attributes={"country": c}) for n, c in enumerate(countries))
    times = {"version": shop.now, "created_at": shop.now, "paid_at": shop.now}
    return recorded(shop.order(upserted(state(*lines, id=order, **times, **told))))


def gift(shop: Scene, pieces: int) -> Any:
    """Gift subscriptions of 60.00 USD each."""
    lines = (line(6_000, f"g{n}", tags=("gift-subscription",)) for n in range(pieces))
    return recorded(shop.order(upserted(state(*lines, id="gift"))))


def trip(shop: Scene, name: str, miles: int) -> str:
    return tell(shop, done(name, action="trip.made", subject=name, miles=miles))


def renewed(shop: Scene, month: str) -> str:
    renewal = done(f"sub-{month}", action="subscription.renewed", subject="sub-1", plan="coffee")
    return tell(shop, renewal)


def sound(shop: Scene) -> None:
    verify_table(shop.table.items())  # type: ignore[attr-defined]
    assert report_of(audited(shop.table)).breaks == ()


def test_the_document_is_good() -> None:
    checked = check(DOCUMENT)
    assert (checked.errors, checked.warnings) == ((), ())


def test_each_new_country_gives_a_hundred_points_and_an_old_one_none(shop: Scene) -> None:
    bags(shop, "1", "Kenya", "Peru")
    assert (shop.available(), live(shop, "passport")) == (28 + 200, 2)
    bags(shop, "2", "Kenya", "Laos")
    assert (shop.available(), live(shop, "passport")) == (56 + 300, 3)
    sound(shop)


def test_a_returned_country_goes_unless_another_bag_holds_it(shop: Scene) -> None:
    bags(shop, "1", "Kenya", "Peru")
    bags(shop, "2", "Kenya", "Laos")
    shop.order(refunded(refund(1_400, "r1", "l0"), "1"))  # Kenya: the second order has it, too
    assert (shop.available(), live(shop, "passport")) == (42 + 300, 3)
    shop.order(refunded(refund(1_400, "r2", "l1"), "1"))  # Peru
    assert (shop.available(), live(shop, "passport")) == (28 + 200, 2)
    sound(shop)


def test_twelve_countries_make_an_explorer(shop: Scene) -> None:
    for number in range(11):
        bags(shop, str(number), f"Country {number}")
    assert worn(shop) == set()
    bags(shop, "11", "Country 11")
    assert (shop.available(), worn(shop)) == (12 * 14 + 1_200, {"explorer"})


def test_gift_subscriptions_give_five_hundred_points_each(shop: Scene) -> None:
    gift(shop, 2)
    assert shop.available() == 120 + 1_000


def test_ten_miles_give_a_point_up_to_five_hundred_a_month_each_trip_once(shop: Scene) -> None:
    for _ in range(2):
        trip(shop, "lima", 3_640)
    assert shop.available() == 364
    trip(shop, "rome", 2_000)
    assert shop.available() == 500
    tell(shop, revoked("lima", shop.now))
    assert shop.available() == 136
    sound(shop)


def test_who_subscribes_saves_fifteen_percent_of_an_order_a_month(shop: Scene) -> None:
    shop.join()
    assert refused(shop.redeem("subscriber-price", "k0")) == "reward_not_for_you"
    renewed(shop, "2026-11")
    made: Any = recorded(shop.redeem("subscriber-price", "k1"))
    assert (made.kind, made.cost) == ("percent_off", 0)
    assert refused(shop.redeem("subscriber-price", "k2")) == "limit_reached"
    shop.now = NOON + 12 * DAY_MS  # December: a new month, and the subscription runs still
    recorded(shop.redeem("subscriber-price", "k3"))
    shop.now = NOON + 40 * DAY_MS  # it was not renewed
    assert refused(shop.redeem("subscriber-price", "k4")) == "reward_not_for_you"
    sound(shop)


def test_a_friend_gets_half_off_and_who_brought_them_five_hundred_points(shop: Scene) -> None:
    shop.join()
    own(shop)
    come(shop)
    bags(shop, "f1", "Kenya", customer=Customer("88"))
    assert (shop.balance().pending, stand(shop, "88")) == (500, [])
    swept(shop, STOOD)
    assert (shop.available(), [each.reward_id for each in given(shop, "88")]) == (500, ["half-off"])
    recorded(shop.redeem("shipping"))
    assert shop.available() == 0
    sound(shop)


def test_half_off_is_given_and_never_taken(shop: Scene) -> None:
    shop.join()
    assert refused(shop.redeem("half-off")) == "reward_not_for_you"


def test_ten_thousand_points_are_ten_percent_for_life(shop: Scene) -> None:
    shop.join()
    shop.adjust(20_000)
    made: Any = recorded(shop.redeem("for-life"))
    assert (made.forever, made.expires_at, shop.available()) == (True, None, 10_000)
    assert refused(shop.redeem("for-life", "k2")) == "limit_reached"
    for order in ("1", "2", "3"):
        bags(shop, order, "Kenya", codes=(made.code,))
    shop.now += 2_000 * DAY_MS
    bags(shop, "years-later", "Kenya", codes=(made.code,))
    sound(shop)


def test_ten_dollars_off_come_back_with_the_order_that_used_them(shop: Scene) -> None:
    shop.join()
    shop.adjust(1_000)
    made: Any = recorded(shop.redeem("ten-off"))
    bags(shop, "1", "Kenya", codes=(made.code,))
    assert shop.available() == 14 + 100
    shop.order(refunded(refund(1_400, "r1", "l0"), "1"))
    assert shop.available() == 1_000
    sound(shop)
