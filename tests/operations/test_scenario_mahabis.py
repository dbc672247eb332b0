"""Program 10, mahabis: friends by a link, 10 percent in the US and 10 pounds in the UK, for both.

The story of docs/programs/mahabis.md: its numbers are those here.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.validation import check
from tests.builders import NOON, Scene, recorded, refund, refunded
from tests.conservation import WatchedTable, verify_table
from tests.operations.audited import audited, report_of
from tests.operations.given_scenes import given, stand
from tests.operations.referral_scenes import code, come, own, referral_of, review, swept

ROOT = Path(__file__).parents[2]
DOCUMENT = json.loads((ROOT / "examples/programs/mahabis.json").read_text(encoding="utf-8"))
STOOD = NOON + 30 * DAY_MS


@pytest.fixture
def shop() -> Scene:
    """Ann, in London, shares her link."""
    scene = Scene(WatchedTable())
    scene.publish(DOCUMENT)
    scene.join("77", email="ann@example.com", country="GB")
    own(scene)
    return scene


def buys(shop: Scene, friend: str, minor: int, country: str, **told: Any) -> Any:
    """A friend's order, in the currency of their country."""
    currency = {"GB": "GBP", "US": "USD"}[country]
    customer = Customer(friend, country=country)
    return recorded(shop.pay(minor, f"{friend}-1", customer=customer, currency=currency, **told))


def gifts(shop: Scene, customer: str) -> list[str]:
    return [each.reward_id for each in given(shop, customer)]


def sound(shop: Scene) -> None:
    verify_table(shop.table.items())  # type: ignore[attr-defined]
    assert report_of(audited(shop.table)).breaks == ()


def test_the_document_is_good() -> None:
    checked = check(DOCUMENT)
    assert (checked.errors, checked.warnings) == ((), ())


def test_a_friend_in_the_us_gets_ten_percent_and_ann_in_london_ten_pounds(shop: Scene) -> None:
    come(shop, "ben")
    buys(shop, "ben", 9_900, "US")
    known = referral_of(shop, "ben")
    assert (known.state, known.matures_at) == ("ordered", STOOD)
    swept(shop, STOOD - 1)
    assert (gifts(shop, "77"), gifts(shop, "ben")) == ([], [])
    swept(shop, STOOD)
    assert (gifts(shop, "77"), gifts(shop, "ben")) == (["ten-pounds"], ["ten-percent"])
    (pounds,) = given(shop, "77")
    assert (pounds.worth, pounds.currency, pounds.min_order) == (1_000, "GBP", 3_000)
    sound(shop)


def test_both_in_the_uk_get_ten_pounds_and_use_them(shop: Scene) -> None:
    come(shop, "kim")
    buys(shop, "kim", 6_900, "GB")
    swept(shop, STOOD)
    assert (gifts(shop, "77"), gifts(shop, "kim")) == (["ten-pounds"], ["ten-pounds"])
    (pounds,) = given(shop, "kim")
    kim = Customer("kim", country="GB")
    recorded(shop.pay(5_900, "kim-2", customer=kim, currency="GBP", codes=(pounds.code,)))
    assert stand(shop, "kim") == ["used"]
    sound(shop)


def test_forty_dollars_are_thirty_one_pounds_sixty_and_thirty_seven_are_too_little(
    shop: Scene,
) -> None:
    """By the rate of the program, 0.79, against the least of 30.00 pounds."""
    for friend, minor, state in (("ben", 4_000, "ordered"), ("bob", 3_700, "joined")):
        come(shop, friend)
        buys(shop, friend, minor, "US")
        assert referral_of(shop, friend).state == state


def test_slippers_that_come_back_within_thirty_days_bring_nothing(shop: Scene) -> None:
    come(shop, "kim")
    buys(shop, "kim", 6_900, "GB")
    shop.now = STOOD - DAY_MS
    shop.order(refunded(refund(6_900, at=shop.now), "kim-1"))
    swept(shop, STOOD)
    assert referral_of(shop, "kim").state == "reversed"
    assert (gifts(shop, "77"), gifts(shop, "kim")) == ([], [])
    sound(shop)


def test_slippers_that_come_back_later_take_nothing_away(shop: Scene) -> None:
    come(shop, "kim")
    buys(shop, "kim", 6_900, "GB")
    swept(shop, STOOD)
    shop.order(refunded(refund(6_900, at=STOOD), "kim-1"))
    assert (stand(shop, "77"), stand(shop, "kim")) == (["ready"], ["ready"])
    sound(shop)


def test_a_code_typed_at_the_checkout_brings_a_friend_too(shop: Scene) -> None:
    buys(shop, "ben", 9_900, "US", codes=(code(shop),))
    swept(shop, STOOD)
    assert (gifts(shop, "77"), gifts(shop, "ben")) == (["ten-pounds"], ["ten-percent"])


def test_a_friend_who_looks_like_ann_waits_for_staff_and_loses_no_day_by_it(shop: Scene) -> None:
    come(shop, "88", email="Ann+2@example.com")
    buys(shop, "88", 6_900, "GB")
    assert referral_of(shop, "88").state == "flagged"
    swept(shop, STOOD + 10 * DAY_MS)
    assert gifts(shop, "77") == []
    review(shop, "88", "ordered")
    dates = {each.expires_at for who in ("77", "88") for each in given(shop, who)}
    (until,) = dates
    assert until is not None
    assert STOOD + 179 * DAY_MS < until < STOOD + 185 * DAY_MS  # six months, from day 30
    sound(shop)


def test_the_twenty_first_friend_of_a_year_has_theirs_and_ann_no_more(shop: Scene) -> None:
    for number in range(21):
        come(shop, f"f{number}")
        buys(shop, f"f{number}", 6_900, "GB")
    swept(shop, STOOD)
    assert (len(gifts(shop, "77")), gifts(shop, "f20")) == (20, ["ten-pounds"])
    sound(shop)
